// `Intl.DateTimeFormat`, `Intl.RelativeTimeFormat` and the methods of `Date` that stand on them.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const two = (n) => String(n).padStart(2, '0');

  // The fields of a moment in a zone.
  const fieldsOf = X.fieldsOf = (ts, offset) => {
    const d = new Date(ts + offset * 60000);
    return { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(), hour: d.getUTCHours(), minute: d.getUTCMinutes(), second: d.getUTCSeconds(), millisecond: d.getUTCMilliseconds(), weekday: d.getUTCDay() };
  };
  const STYLES = ['full', 'long', 'medium', 'short'];
  // A key of the tables, by the options: see data/locales.mjs. The pattern of a key that is not in the table follows from a simpler one.
  const KEYS = { weekday: { short: 'w', long: 'W', narrow: 'w' }, year: { numeric: 'y', '2-digit': 'Y' }, month: { numeric: 'n', '2-digit': 'N', short: 'b', long: 'B', narrow: 'b' }, day: { numeric: 'd', '2-digit': 'D' } };
  const SIMPLER = [['W', 'w', ['%w', '%W'], ['%v', '%V']], ['Y', 'y', ['%y', '%Y']], ['D', 'd', ['%d', '%D']], ['N', 'n', ['%n', '%N']], ['B', 'b', ['%b', '%B'], ['%l', '%L']]];
  const datePattern = (table, key) => {
    if (table[key] === undefined || table[key] === null) {
      const [from, to, ...swaps] = SIMPLER.find(([letter]) => key.includes(letter));
      table[key] = swaps.reduce((text, [a, b]) => text.replace(a, b), datePattern(table, key.replace(from, to)));
    }
    return table[key];
  };
  const part = (type, value) => ({ type, value: String(value) });
  const literal = (value) => ({ type: 'literal', value });
  // V8 writes an ordinary space before AM and PM, but its parts keep the narrow one of the locale data.
  const NARROW = '\u202f';
  const spaced = (parts) => parts.map((p) => p.value.replaceAll(NARROW, ' ')).join('');

  class DateTimeFormat {
    #locale; #options; #zone;
    constructor(locales, options = {}) {
      const locale = this.#locale = X.locale(locales);
      const o = { ...options };
      this.#zone = o.timeZone ?? X.systemZone;
      if (Number.isNaN(X.offsetOf(this.#zone, 0))) throw new RangeError(`Invalid time zone specified: ${this.#zone}`);
      if (o.dateStyle || o.timeStyle) return this.#finish(o);
      const names = ['weekday', 'era', 'year', 'month', 'day', 'hour', 'minute', 'second', 'dayPeriod', 'fractionalSecondDigits'];
      if (!names.some((name) => o[name] !== undefined)) Object.assign(o, o.defaults ?? { year: 'numeric', month: 'numeric', day: 'numeric' });
      else if (o.also) o.also(o);
      this.#finish(o);
    }
    #finish(o) {
      this.#options = o;
      this.format = (date) => spaced(this.formatToParts(date));
    }
    formatToParts(date) {
      const ts = date === undefined ? H.now() : Number(date);
      if (!Number.isFinite(ts)) throw new RangeError('Invalid time value');
      const f = fieldsOf(ts, X.offsetOf(this.#zone, ts));
      const parts = this.#joined(this.#date(f), this.#time(f, ts));
      const { digits } = this.#locale;
      return digits && this.#options.numberingSystem !== 'latn' ? parts.map((p) => ({ ...p, value: p.value.replace(/\d/g, (d) => digits[d]) })) : parts;
    }
    #joined(day, time) {
      if (!day.length || !time.length) return [...day, ...time];
      const { dateStyle } = this.#options;
      const { styles, joints } = this.#locale;
      const joint = dateStyle ? styles.joint[STYLES.indexOf(dateStyle)] : joints[this.#key().replace(/[WYND]/g, (c) => c.toLowerCase())] ?? joints[''];
      return joint[0] === '<' ? [...time, literal(joint.slice(1)), ...day] : [...day, literal(joint), ...time];
    }
    #key() { return Object.entries(KEYS).map(([name, forms]) => forms[this.#options[name]] ?? '').join(''); }
    // The parts of a pattern; what a field becomes is said by `field`.
    #parts(pattern, field) {
      if (pattern.includes('?')) X.fail(`Such a date in "${this.#locale.name}" is not there yet`, 'unsupported');
      return pattern.split(/(%.)/).filter(Boolean).map((text) => (text[0] === '%' && text.length === 2 ? field(text[1]) : literal(text)));
    }
    #date(f) {
      const { dateStyle, timeStyle, era, month, weekday } = this.#options;
      if (!dateStyle && timeStyle) return [];
      const l = this.#locale;
      const key = dateStyle ? '' : this.#key();
      const pattern = dateStyle ? l.styles.date[STYLES.indexOf(dateStyle)] : key ? datePattern(l.dates, key) : '';
      const named = (type, narrow, forms, c, i) => part(type, (narrow ? forms[4] : forms[{ B: 0, b: 1, l: 2, L: 3, W: 0, w: 1, v: 2, V: 3 }[c]])[i]);
      const out = this.#parts(pattern, (c) => {
        switch (c) {
          case 'd': return part('day', f.day);
          case 'D': return part('day', two(f.day));
          case 'n': return part('month', f.month);
          case 'N': return part('month', two(f.month));
          case 'y': return part('year', era && f.year <= 0 ? 1 - f.year : f.year);
          case 'Y': return part('year', two(Math.abs(f.year) % 100));
          case 'w': case 'W': case 'v': case 'V': return named('weekday', weekday === 'narrow', l.days, c, f.weekday);
          default: return named('month', month === 'narrow', l.months, c, f.month - 1);
        }
      });
      if (era) out.push(...(out.length ? [literal(' ')] : []), part('era', l.eras[era === 'long' ? 1 : era === 'narrow' ? 2 : 0][f.year > 0 ? 1 : 0]));
      return out;
    }
    #time(f, ts) {
      const { hour, minute, second, fractionalSecondDigits, timeZoneName, hour12, hourCycle, dateStyle, timeStyle } = this.#options;
      if (dateStyle && !timeStyle) return [];
      const l = this.#locale;
      const twelve = (timeStyle !== undefined || hour !== undefined) && (hour12 ?? (hourCycle ? hourCycle === 'h12' || hourCycle === 'h11' : l.twelve));
      const table = twelve ? l.times12 : l.times24;
      const from0 = hourCycle === 'h11' && hour12 === undefined || l.language === 'ja' && hour12 === true;
      const style = timeStyle && STYLES.indexOf(timeStyle);
      const key = style !== undefined ? (style === 3 ? 'hm' : 'hms') : `${hour ? (hour === '2-digit' ? 'i' : 'h') : ''}${minute ? 'm' : ''}${second ? 's' : ''}`;
      const zone = style === undefined ? timeZoneName : ['long', 'short'][style];
      // A style has a pattern of its own where the hours are counted as the locale counts them.
      const pattern = style !== undefined && twelve === l.twelve ? l.styles.time[style] : table[key] ?? '';
      const halved = twelve && (from0 ? f.hour % 12 : f.hour % 12 || 12);
      const whole = hourCycle === 'h24' && hour12 === undefined && f.hour === 0 ? 24 : f.hour;
      const out = this.#parts(pattern, (c) => {
        switch (c) {
          case 'h': return part('hour', halved);
          case 'i': return part('hour', two(halved));
          case 'H': return part('hour', whole);
          case 'I': return part('hour', two(whole));
          case 'm': return part('minute', f.minute);
          case 'M': return part('minute', two(f.minute));
          case 's': return part('second', f.second);
          case 'S': return part('second', two(f.second));
          case 'a': return part('dayPeriod', l.dayPeriods[f.hour < 12 ? 0 : 1]);
          default: return part('timeZoneName', this.#zoneName(ts, zone));
        }
      });
      if (fractionalSecondDigits) {
        const fraction = part('fractionalSecond', String(f.millisecond).padStart(3, '0').slice(0, fractionalSecondDigits));
        const at = out.findIndex((p) => p.type === 'second') + 1;
        out.splice(at || out.length, 0, ...(at ? [literal(l.decimal)] : []), fraction);
      }
      if (zone && !pattern.includes('%z')) {
        const [before, after] = l.zones[`${second || style !== undefined ? 's' : 'm'}${zone.startsWith('long') && zone !== 'longOffset' ? 'l' : 's'}`];
        out.push(...(out.length ? [literal(before)] : []), part('timeZoneName', this.#zoneName(ts, zone)), ...(out.length && after ? [literal(after)] : []));
      }
      return out;
    }
    #zoneName(ts, style) {
      const l = this.#locale;
      if (style === 'shortOffset' || style === 'longOffset') return X.offsetName(X.offsetOf(this.#zone, ts), l, style === 'longOffset');
      return X.zoneName(this.#zone, ts, l, style.startsWith('long'));
    }
    formatRange(a, b) {
      const [x, y] = [this.formatToParts(a), this.formatToParts(b)];
      const text = spaced;
      if (text(x) === text(y)) return text(x);
      // Day ranges inside one month share the rest.
      const dayFirst = x[0]?.type === 'day' && y[0]?.type === 'day' && text(x.slice(1)) === text(y.slice(1));
      if (dayFirst) return `${x[0].value} – ${text(y)}`.replace(/^(\S+) – /, this.#locale.language === 'pt' || this.#locale.language === 'en' ? '$1\u2009–\u2009' : '$1–');
      const at = x.findIndex((p) => p.type === 'day');
      if (at > 0 && text(x.slice(0, at)) === text(y.slice(0, at)) && text(x.slice(at + 1)) === text(y.slice(at + 1))) return `${text(x.slice(0, at + 1))}\u2009–\u2009${y[at].value}${text(y.slice(at + 1))}`;
      return `${text(x)}\u2009–\u2009${text(y)}`;
    }
    resolvedOptions() { return { locale: this.#locale.name, calendar: 'gregory', numberingSystem: this.#locale.digits ? 'arab' : 'latn', timeZone: this.#zone }; }
    static supportedLocalesOf(list) { return [list].flat(); }
  }

  const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];
  const words = (text) => Object.fromEntries(text.split(' ').map((pair, i) => [UNITS[i], pair.split('/')]));
  const RELATIVE = {
    en: { units: words('second/seconds minute/minutes hour/hours day/days week/weeks month/months quarter/quarters year/years'), future: 'in {}', past: '{} ago', auto: { day: ['yesterday', 'today', 'tomorrow'], year: ['last year', 'this year', 'next year'], month: ['last month', 'this month', 'next month'], week: ['last week', 'this week', 'next week'], quarter: ['last quarter', 'this quarter', 'next quarter'], hour: [undefined, 'this hour'], minute: [undefined, 'this minute'], second: [undefined, 'now'] },
      short: words('sec./sec. min./min. hr./hr. day/days wk./wk. mo./mo. qtr./qtrs. yr./yr.') },
    de: { units: words('Sekunde/Sekunden Minute/Minuten Stunde/Stunden Tag/Tagen Woche/Wochen Monat/Monaten Quartal/Quartalen Jahr/Jahren'), future: 'in {}', past: 'vor {}', auto: { day: ['gestern', 'heute', 'morgen'], year: ['letztes Jahr', 'dieses Jahr', 'nächstes Jahr'], month: ['letzten Monat', 'diesen Monat', 'nächsten Monat'], week: ['letzte Woche', 'diese Woche', 'nächste Woche'] } },
    fr: { units: words('seconde/secondes minute/minutes heure/heures jour/jours semaine/semaines mois/mois trimestre/trimestres an/ans'), future: 'dans {}', past: 'il y a {}', auto: { day: ['hier', 'aujourd’hui', 'demain'], year: ['l’année dernière', 'cette année', 'l’année prochaine'], month: ['le mois dernier', 'ce mois-ci', 'le mois prochain'], week: ['la semaine dernière', 'cette semaine', 'la semaine prochaine'] } },
    es: { units: words('segundo/segundos minuto/minutos hora/horas día/días semana/semanas mes/meses trimestre/trimestres año/años'), future: 'dentro de {}', past: 'hace {}', auto: { day: ['ayer', 'hoy', 'mañana'], year: ['el año pasado', 'este año', 'el próximo año'], month: ['el mes pasado', 'este mes', 'el próximo mes'], week: ['la semana pasada', 'esta semana', 'la próxima semana'] } },
    pt: { units: words('segundo/segundos minuto/minutos hora/horas dia/dias semana/semanas mês/meses trimestre/trimestres ano/anos'), future: 'em {}', past: 'há {}', auto: { day: ['ontem', 'hoje', 'amanhã'], year: ['ano passado', 'este ano', 'próximo ano'], month: ['mês passado', 'este mês', 'próximo mês'], week: ['semana passada', 'esta semana', 'próxima semana'] } },
  };
  class RelativeTimeFormat {
    #locale; #options;
    constructor(locales, options = {}) { this.#locale = X.locale(locales); this.#options = options; }
    format(value, unit) {
      const data = RELATIVE[this.#locale.language] ?? X.fail(`Relative times in "${this.#locale.name}" are not there yet`, 'unsupported');
      const name = unit.replace(/s$/, '');
      if (!data.units[name]) throw new RangeError(`Invalid unit argument for format() '${unit}'`);
      const auto = this.#options.numeric === 'auto' ? data.auto[name]?.[Math.abs(value) <= 1 ? value + 1 : -1] : undefined;
      if (auto) return auto;
      const style = this.#options.style ?? 'long';
      const units = style === 'long' ? data.units : data.short ?? X.fail(`Short relative times in "${this.#locale.name}" are not there yet`, 'unsupported');
      const n = Math.abs(value);
      const one = new X.PluralRules(this.#locale.name).select(n) === 'one';
      const text = `${new X.NumberFormat(this.#locale.name).format(n)} ${units[name][one ? 0 : 1]}`;
      return (value < 0 || Object.is(value, -0) ? data.past : data.future).replace('{}', text);
    }
  }
  X.RELATIVE = RELATIVE;
  X.DateTimeFormat = DateTimeFormat;
  X.RelativeTimeFormat = RelativeTimeFormat;
  X.hidden(G.Intl, 'DateTimeFormat', X.callableClass(DateTimeFormat));
  X.hidden(G.Intl, 'RelativeTimeFormat', X.callableClass(RelativeTimeFormat));

  const DATE = { year: 'numeric', month: 'numeric', day: 'numeric' };
  const TIME = { hour: 'numeric', minute: '2-digit', second: '2-digit' };
  const local = (defaults, also) => function (locales, options = {}) {
    const ts = this.getTime();
    return Number.isNaN(ts) ? 'Invalid Date' : new DateTimeFormat(locales, { ...options, defaults, also }).format(ts);
  };
  const add = (wanted, unless) => (o) => { if (!unless.some((name) => o[name] !== undefined)) Object.assign(o, wanted); };
  X.hidden(Date.prototype, 'toLocaleString', local({ ...DATE, ...TIME }));
  X.hidden(Date.prototype, 'toLocaleDateString', local(DATE, add(DATE, ['weekday', 'year', 'month', 'day'])));
  X.hidden(Date.prototype, 'toLocaleTimeString', local(TIME, add(TIME, ['hour', 'minute', 'second'])));
})
