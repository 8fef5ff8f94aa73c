// `Duration`.
(function (H, G) {
  'use strict';
  const X = G.__kv_x, D = X.dates;
  const { UNITS } = D;
  const low = { weeks: { days: 7, hours: 168, minutes: 10080, seconds: 604800, milliseconds: 604800000 }, days: { hours: 24, minutes: 1440, seconds: 86400, milliseconds: 86400000 }, hours: { minutes: 60, seconds: 3600, milliseconds: 3600000 }, minutes: { seconds: 60, milliseconds: 60000 }, seconds: { milliseconds: 1000 } };
  const high = (name, quarters, months, weeks, days) => {
    const row = { days, hours: days * 24, minutes: days * 1440, seconds: days * 86400, milliseconds: days * 86400000, weeks };
    if (months) row.months = months;
    if (quarters) row.quarters = quarters;
    return { [name]: row };
  };
  const CASUAL = { ...low, ...high('years', 4, 12, 52, 365), ...high('quarters', 0, 3, 13, 91), ...high('months', 0, 0, 4, 30) };
  const YEAR = 146097 / 400, MONTH = 146097 / 4800;
  const LONGTERM = { ...low, ...high('years', 4, 12, YEAR / 7, YEAR), ...high('quarters', 0, 3, YEAR / 28, YEAR / 4), ...high('months', 0, 0, MONTH / 7, MONTH) };
  X.handedOut.push(CASUAL, LONGTERM);

  const isNumber = (n) => typeof n === 'number' && !Number.isNaN(n);
  const number = (value, unit) => {
    const n = typeof value === 'boolean' || value === '' || !Number.isFinite(Number(value)) ? NaN : Number(value);
    if (Number.isNaN(n)) throw new TypeError(`Invalid unit value ${value}`);
    return n;
  };
  const normalizeObject = (object) => {
    const out = {};
    for (const [key, value] of Object.entries(object)) if (value !== undefined && value !== null) out[D.unit(key)] = number(value, key);
    return out;
  };
  // Whole units, each with the sign of the whole.
  const tidy = (matrix, vals) => {
    const factor = millis(matrix, vals) < 0 ? -1 : 1;
    let previous;
    for (const unit of [...UNITS].reverse()) {
      if (vals[unit] === undefined || vals[unit] === null) continue;
      if (previous) {
        const amount = vals[previous] * factor;
        const conversion = matrix[unit][previous];
        const up = Math.floor(amount / conversion);
        vals[unit] += up * factor;
        vals[previous] -= up * conversion * factor;
      }
      previous = unit;
    }
    previous = undefined;
    for (const unit of UNITS) {
      if (vals[unit] === undefined || vals[unit] === null) continue;
      if (previous) {
        const fraction = vals[previous] % 1;
        vals[previous] -= fraction;
        vals[unit] += fraction * matrix[previous][unit];
      }
      previous = unit;
    }
  };
  const millis = (matrix, vals) => UNITS.slice(0, -1).reduce((sum, unit) => (vals[unit] ? sum + vals[unit] * matrix[unit].milliseconds : sum), vals.milliseconds ?? 0);
  const round3 = (n) => Math.round(n * 1000) / 1000;

  const GERMAN = { years: 'Jahr/Jahre', quarters: 'Quartal/Quartale', months: 'Monat/Monate', weeks: 'Woche/Wochen', days: 'Tag/Tage', hours: 'Stunde/Stunden', minutes: 'Minute/Minuten', seconds: 'Sekunde/Sekunden' };
  const MILLIS = { en: 'millisecond/milliseconds', de: 'Millisekunde/Millisekunden', fr: 'milliseconde/millisecondes', es: 'milisegundo/milisegundos', pt: 'milissegundo/milissegundos' };
  const SHORT = { years: 'yr/yrs', quarters: 'qtr/qtrs', months: 'mth/mths', weeks: 'wk/wks', days: 'day/days', hours: 'hr/hr', minutes: 'min/min', seconds: 'sec/sec', milliseconds: 'ms/ms' };
  const NARROW = { years: 'y', quarters: 'q', months: 'm', weeks: 'w', days: 'd', hours: 'h', minutes: 'm', seconds: 's', milliseconds: 'ms' };
  const unitWords = (locale, unit, display) => {
    if (display === 'narrow') return [NARROW[unit], NARROW[unit]];
    if (display === 'short' && locale.language !== 'en') return X.fail(`Short units in "${locale.name}" are not there yet`, 'unsupported');
    if (display === 'short') return SHORT[unit].split('/');
    if (locale.language === 'de' && GERMAN[unit]) return GERMAN[unit].split('/');
    if (unit === 'milliseconds') return (MILLIS[locale.language] ?? X.fail(`Units in "${locale.name}" are not there yet`, 'unsupported')).split('/');
    return (X.RELATIVE[locale.language] ?? X.fail(`Units in "${locale.name}" are not there yet`, 'unsupported')).units[unit.slice(0, -1)];
  };

  class Duration {
    constructor(values, config = {}) {
      this.values = values;
      this.loc = config.loc ?? { locale: config.locale ?? 'en-US', numberingSystem: config.numberingSystem ?? null };
      this.conversionAccuracy = config.conversionAccuracy ?? 'casual';
      this.invalid = config.invalid ?? null;
      this.matrix = config.matrix ?? (this.conversionAccuracy === 'longterm' ? LONGTERM : CASUAL);
      this.isLuxonDuration = true;
    }
    static fromObject(object, options = {}) {
      if (object === null || typeof object !== 'object') throw new TypeError(`Duration.fromObject: argument expected to be an object, got ${object === null ? 'null' : typeof object}`);
      return new Duration(normalizeObject(object), options);
    }
    static fromMillis(count, options) { return Duration.fromObject({ milliseconds: count }, options); }
    static fromDurationLike(like) {
      if (typeof like === 'number') return Duration.fromMillis(like);
      if (Duration.isDuration(like)) return like;
      if (typeof like === 'object') return Duration.fromObject(like);
      throw new TypeError(`Unknown duration argument ${like} of type ${typeof like}`);
    }
    static fromISO(text, options) {
      const found = /^(-?)P(?:(?:(-?\d+(?:[.,]\d+)?)Y)?(?:(-?\d+(?:[.,]\d+)?)M)?(?:(-?\d+(?:[.,]\d+)?)W)?(?:(-?\d+(?:[.,]\d+)?)D)?(?:T(?:(-?\d+(?:[.,]\d+)?)H)?(?:(-?\d+(?:[.,]\d+)?)M)?(?:(-?\d+)(?:[.,](-?\d+))?S)?)?)$/.exec(text);
      if (!found || found[0].length < 3) return Duration.invalid('unparsable', `the input "${text}" can't be parsed as ISO 8601`);
      const sign = found[1] ? -1 : 1;
      const n = (t) => (t === undefined ? undefined : sign * Number(t.replace(',', '.')));
      const [, , years, months, weeks, days, hours, minutes, seconds, fraction] = found;
      const below = fraction === undefined ? undefined : Math.floor(Number(`0.${fraction}`) * 1000) * (seconds?.startsWith('-') ? -1 : 1) * sign;
      return Duration.fromObject({ years: n(years), months: n(months), weeks: n(weeks), days: n(days), hours: n(hours), minutes: n(minutes), seconds: n(seconds), milliseconds: below }, options);
    }
    static fromISOTime(text, options) {
      const found = /^T?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?$/.exec(text);
      if (!found) return Duration.invalid('unparsable', `the input "${text}" can't be parsed as ISO 8601`);
      const out = { hours: Number(found[1]), minutes: Number(found[2]) };
      if (found[3] !== undefined) out.seconds = Number(found[3]);
      if (found[4] !== undefined) out.milliseconds = Math.floor(Number(`0.${found[4]}`) * 1000);
      return Duration.fromObject(out, options);
    }
    static invalid(reason, explanation = null) { return new Duration(null, { invalid: { reason, explanation } }); }
    static isDuration(o) { return (o && o.isLuxonDuration) || false; }
    static normalizeUnit(unit) { return D.unit(unit); }
    get locale() { return this.isValid ? this.loc.locale : null; }
    get numberingSystem() { return this.isValid ? this.loc.numberingSystem : null; }
    get isValid() { return this.invalid === null; }
    get invalidReason() { return this.invalid ? this.invalid.reason : null; }
    get invalidExplanation() { return this.invalid ? this.invalid.explanation : null; }
    #with(values) { return new Duration(values, { loc: this.loc, conversionAccuracy: this.conversionAccuracy, matrix: this.matrix }); }
    toFormat(format, { floor = true } = {}) {
      if (!this.isValid) return 'Invalid Duration';
      const tokens = D.tokens(format);
      const names = { S: 'milliseconds', s: 'seconds', m: 'minutes', h: 'hours', d: 'days', w: 'weeks', M: 'months', y: 'years' };
      const wanted = tokens.filter((t) => !t.literal && names[t.val[0]]).map((t) => names[t.val[0]]);
      const shifted = wanted.length ? this.shiftTo(...wanted) : this;
      return tokens.map((t) => {
        const unit = t.literal ? undefined : names[t.val[0]];
        if (!unit) return t.val;
        const n = floor ? Math.floor(shifted.get(unit)) : shifted.get(unit);
        const text = String(Math.abs(n)).padStart(t.val.length > 1 ? t.val.length : 0, '0');
        return n < 0 || Object.is(n, -0) ? `-${text}` : text;
      }).join('');
    }
    toHuman(options = {}) {
      if (!this.isValid) return 'Invalid Duration';
      const locale = X.locale(this.loc.locale);
      const numbers = new X.NumberFormat(this.loc.locale, { useGrouping: false, ...options, style: undefined, unit: undefined });
      const plural = new X.PluralRules(this.loc.locale);
      const parts = UNITS.filter((unit) => this.values[unit] !== undefined && (options.showZeros !== false || this.values[unit] !== 0)).map((unit) => {
        const n = this.values[unit];
        const [one, other] = unitWords(locale, unit, options.unitDisplay ?? 'long');
        const word = plural.select(n) === 'one' ? one : other;
        return `${numbers.format(n)}${options.unitDisplay === 'narrow' ? '' : ' '}${word}`;
      });
      return new X.ListFormat(this.loc.locale, { type: 'conjunction', style: options.listStyle ?? 'narrow' }).format(parts).replace(/^(.*)$/, (t) => (options.listStyle && options.listStyle !== 'narrow' ? t : parts.join(', ')));
    }
    toObject() { return this.isValid ? { ...this.values } : {}; }
    toISO() {
      if (!this.isValid) return null;
      const v = this.values;
      let s = 'P';
      if (v.years) s += `${v.years}Y`;
      if (v.months || v.quarters) s += `${(v.months ?? 0) + (v.quarters ?? 0) * 3}M`;
      if (v.weeks) s += `${v.weeks}W`;
      if (v.days) s += `${v.days}D`;
      if (v.hours || v.minutes || v.seconds || v.milliseconds) s += 'T';
      if (v.hours) s += `${v.hours}H`;
      if (v.minutes) s += `${v.minutes}M`;
      if (v.seconds || v.milliseconds) s += `${round3((v.seconds ?? 0) + (v.milliseconds ?? 0) / 1000)}S`;
      return s === 'P' ? 'PT0S' : s;
    }
    toISOTime(options = {}) {
      if (!this.isValid) return null;
      const ms = this.toMillis();
      if (ms < 0 || ms >= 86400000) return null;
      return D.DateTime.fromMillis(ms, { zone: 'UTC' }).toISOTime({ suppressMilliseconds: false, suppressSeconds: false, includePrefix: false, format: 'extended', ...options, includeOffset: false });
    }
    toJSON() { return this.toISO(); }
    toString() { return this.toISO(); }
    toMillis() { return this.isValid ? millis(this.matrix, this.values) : NaN; }
    valueOf() { return this.toMillis(); }
    plus(other) {
      if (!this.isValid) return this;
      const add = Duration.fromDurationLike(other);
      const out = {};
      for (const unit of UNITS) if (unit in add.values || unit in this.values) out[unit] = (add.values[unit] ?? 0) + (this.values[unit] ?? 0);
      return this.#with(out);
    }
    minus(other) { return this.isValid ? this.plus(Duration.fromDurationLike(other).negate()) : this; }
    mapUnits(f) {
      if (!this.isValid) return this;
      return this.#with(Object.fromEntries(Object.entries(this.values).map(([unit, n]) => [unit, number(f(n, unit))])));
    }
    get(unit) { return this[D.unit(unit)]; }
    set(values) { return this.isValid ? this.#with({ ...this.values, ...normalizeObject(values) }) : this; }
    reconfigure({ locale, numberingSystem, conversionAccuracy, matrix } = {}) {
      return new Duration(this.values, { loc: { locale: locale ?? this.loc.locale, numberingSystem: numberingSystem ?? this.loc.numberingSystem }, conversionAccuracy, matrix });
    }
    as(unit) { return this.isValid ? this.shiftTo(unit).get(unit) : NaN; }
    normalize() {
      if (!this.isValid) return this;
      const out = { ...this.values };
      tidy(this.matrix, out);
      return this.#with(out);
    }
    rescale() {
      if (!this.isValid) return this;
      return this.shiftToAll().removeZeros();
    }
    removeZeros() { return this.isValid ? this.#with(Object.fromEntries(Object.entries(this.values).filter(([, n]) => n !== 0))) : this; }
    shiftTo(...units) {
      if (!this.isValid || !units.length) return this;
      const wanted = units.map(D.unit);
      const built = {}, carried = {};
      let last;
      for (const unit of UNITS) {
        const own = this.values[unit];
        if (!wanted.includes(unit)) {
          if (isNumber(own)) carried[unit] = own;
          continue;
        }
        last = unit;
        let sum = 0;
        for (const from of Object.keys(carried)) {
          sum += this.matrix[from][unit] * carried[from];
          carried[from] = 0;
        }
        if (isNumber(own)) sum += own;
        built[unit] = Math.trunc(sum);
        carried[unit] = (sum * 1000 - built[unit] * 1000) / 1000;
      }
      for (const [unit, n] of Object.entries(carried)) if (n !== 0) built[last] += unit === last ? n : n / this.matrix[last][unit];
      tidy(this.matrix, built);
      return this.#with(built);
    }
    shiftToAll() { return this.isValid ? this.shiftTo('years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds') : this; }
    negate() { return this.isValid ? this.#with(Object.fromEntries(Object.entries(this.values).map(([unit, n]) => [unit, n === 0 ? 0 : -n]))) : this; }
    equals(other) {
      if (!this.isValid || !other.isValid || this.loc.locale !== other.loc.locale) return false;
      return UNITS.every((unit) => (this.values[unit] ?? 0) === (other.values[unit] ?? 0));
    }
  }
  for (const unit of UNITS) Object.defineProperty(Duration.prototype, unit, { get() { return this.isValid ? this.values[unit] ?? 0 : NaN; }, configurable: true });
  X.hidden(Duration.prototype, X.kind, (v) => (v.isValid ? ['Duration', v.toISO()] : ['Duration', null, v.invalidReason]));
  D.Duration = Duration;
})
