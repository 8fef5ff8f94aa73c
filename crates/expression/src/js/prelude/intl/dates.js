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
  const DATE_STYLES = {
    full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }, long: { year: 'numeric', month: 'long', day: 'numeric' },
    medium: { year: 'numeric', month: 'short', day: 'numeric' }, short: { year: 'numeric', month: 'numeric', day: 'numeric' },
  };
  const TIME_STYLES = {
    full: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'long' }, long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
    medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' }, short: { hour: 'numeric', minute: '2-digit' },
  };
  const shortStyle = (locale) => (locale.language === 'en' && locale.order === 'mdy' ? { year: '2-digit' } : locale.language === 'de' || locale.language === 'es' ? { year: '2-digit' } : {});
  const part = (type, value) => ({ type, value: String(value) });
  const literal = (value) => ({ type: 'literal', value });
  // V8 writes an ordinary space before AM and PM, but its parts keep the narrow one of the locale data.
  const NARROW = '\u202f';
  const spaced = (parts) => parts.map((p) => (p.value === NARROW ? ' ' : p.value)).join('');

  class DateTimeFormat {
    #locale; #options; #zone;
    constructor(locales, options = {}) {
      const locale = this.#locale = X.locale(locales);
      const o = { ...options };
      this.#zone = o.timeZone ?? X.systemZone;
      if (Number.isNaN(X.offsetOf(this.#zone, 0))) throw new RangeError(`Invalid time zone specified: ${this.#zone}`);
      if (o.dateStyle) Object.assign(o, DATE_STYLES[o.dateStyle], o.dateStyle === 'short' ? shortStyle(locale) : {});
      if (o.timeStyle) Object.assign(o, TIME_STYLES[o.timeStyle]);
      const names = ['weekday', 'era', 'year', 'month', 'day', 'hour', 'minute', 'second', 'dayPeriod', 'fractionalSecondDigits'];
      if (!names.some((name) => o[name] !== undefined)) Object.assign(o, o.defaults ?? { year: 'numeric', month: 'numeric', day: 'numeric' });
      else if (o.also && !o.dateStyle && !o.timeStyle) o.also(o);
      this.#options = o;
      this.format = (date) => spaced(this.formatToParts(date));
    }
    formatToParts(date) {
      const ts = date === undefined ? H.now() : Number(date);
      if (!Number.isFinite(ts)) throw new RangeError('Invalid time value');
      const f = fieldsOf(ts, X.offsetOf(this.#zone, ts));
      const day = this.#date(f), time = this.#time(f, ts);
      const parts = day.length && time.length ? [...day, literal(this.#joint()), ...time] : [...day, ...time];
      const { digits } = this.#locale;
      return digits && this.#options.numberingSystem !== 'latn' ? parts.map((p) => ({ ...p, value: p.value.replace(/\d/g, (d) => digits[d]) })) : parts;
    }
    #joint() {
      const { month, weekday, dateStyle } = this.#options;
      const l = this.#locale;
      const long = dateStyle ? dateStyle === 'long' || dateStyle === 'full' : month === 'long';
      if (!long) return l.language === 'sv' || l.language === 'tr' ? ' ' : ', ';
      return l.atLong && !weekday ? l.atLong : l.at;
    }
    #date(f) {
      const { weekday, year, month, day, era } = this.#options;
      const l = this.#locale;
      const out = {};
      if (year) out.year = part('year', year === '2-digit' ? two(f.year % 100) : era && f.year <= 0 ? 1 - f.year : f.year);
      if (era) out.era = part('era', l.eras[era === 'long' ? 1 : era === 'narrow' ? 2 : 0][f.year > 0 ? 1 : 0]);
      const alone = !day && !year;
      const textual = month && month !== 'numeric' && month !== '2-digit';
      if (textual) out.month = part('month', month === 'narrow' ? X.narrow(l, f.month - 1, false) : l.months[month === 'long' ? 0 : alone ? 2 : 1]?.[f.month - 1] ?? l.months[1][f.month - 1]);
      const pad = l.padded && !textual && month && day && year;
      if (month && !textual) out.month = part('month', month === '2-digit' || pad ? two(f.month) : f.month);
      if (day) out.day = part('day', day === '2-digit' || pad ? two(f.day) : f.day);
      const days = weekday === 'long' ? l.days[0] : weekday === 'short' ? (month || day ? l.days[1] : l.days[2] ?? l.days[1]) : undefined;
      if (weekday) out.weekday = part('weekday', days ? days[f.weekday] : X.narrow(l, f.weekday, true));
      return textual ? this.#textual(out) : this.#numeric(out);
    }
    #numeric({ weekday, year, month, day, era }) {
      const l = this.#locale;
      const order = { mdy: [month, day, year], dmy: [day, month, year], ymd: [year, month, day] }[l.order].filter(Boolean);
      const separator = l.order === 'ymd' && !year ? '/' : l.separator;
      const out = order.flatMap((p, i) => (i ? [literal(separator), p] : [p]));
      if (l.language === 'de' && out.length > 1 && !year) out.push(literal('.'));
      if (era) out.push(literal(' '), era);
      if (!weekday) return out;
      return out.length ? [weekday, literal(l.language === 'fr' || l.language === 'sv' ? ' ' : ', '), ...out] : [weekday];
    }
    #textual({ weekday, year, month, day, era }) {
      const l = this.#locale;
      const of = l.language === 'pt' || (l.language === 'es' && this.#options.month === 'long') ? ' de ' : ' ';
      let out = [month];
      if (l.language === 'en' && l.order === 'mdy') {
        if (day) out.push(literal(' '), day);
        if (year) out.push(literal(day ? ', ' : ' '), year);
      } else {
        if (day) out = [day, literal(l.language === 'de' ? '. ' : of), month];
        if (year) out.push(literal(of), year);
      }
      if (era) out.push(literal(' '), era);
      if (!weekday) return out;
      const long = this.#options.weekday === 'long';
      const gap = l.language === 'fr' || l.language === 'sv' || (l.name === 'en-GB' && long) ? ' ' : ', ';
      if (l.language === 'tr') return [...out, literal(' '), weekday];
      return [weekday, literal(gap), ...out];
    }
    #time(f, ts) {
      const { hour, minute, second, fractionalSecondDigits, timeZoneName, hour12, hourCycle } = this.#options;
      const l = this.#locale;
      const twelve = hour !== undefined && (hour12 ?? (hourCycle ? hourCycle === 'h12' || hourCycle === 'h11' : l.twelve));
      const out = [];
      const push = (p) => { if (out.length) out.push(literal(':')); out.push(p); };
      if (hour) push(part('hour', twelve ? (hour === '2-digit' ? two(f.hour % 12 || 12) : f.hour % 12 || 12) : hour === '2-digit' || minute || l.language !== 'en' ? two(f.hour) : two(f.hour)));
      if (minute) push(part('minute', hour || second || minute === '2-digit' && (hour || second) ? two(f.minute) : f.minute));
      if (second) push(part('second', minute || hour ? two(f.second) : f.second));
      if (fractionalSecondDigits) out.push(literal(l.decimal), part('fractionalSecond', String(f.millisecond).padStart(3, '0').slice(0, fractionalSecondDigits)));
      if (twelve) out.push(literal(l.language === 'en' ? NARROW : ' '), part('dayPeriod', l.dayPeriods[f.hour < 12 ? 0 : 1]));
      if (timeZoneName) {
        const name = this.#zoneName(ts, timeZoneName);
        const bare = l.language === 'es' && timeZoneName === 'long' && second;
        if (out.length) out.push(literal(bare ? ' (' : ' '));
        out.push(part('timeZoneName', name));
        if (bare) out.push(literal(')'));
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
