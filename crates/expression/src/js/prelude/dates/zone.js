// Zones and units of the date library.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const D = X.dates = {};
  const offsetText = D.offsetText = (minutes, format) => {
    const sign = minutes < 0 ? '-' : '+';
    const h = Math.trunc(Math.abs(minutes / 60)), m = Math.trunc(Math.abs(minutes % 60));
    const two = (n) => String(n).padStart(2, '0');
    if (format === 'short') return `${sign}${two(h)}:${two(m)}`;
    if (format === 'techie') return `${sign}${two(h)}${two(m)}`;
    return `${sign}${h}${m ? `:${m}` : ''}`;
  };

  class Zone {
    #name;
    constructor(name, minutes) {
      this.#name = name;
      if (minutes !== undefined) this.fixed = minutes;
      else Object.assign(this, { zoneName: name, valid: true });
    }
    get type() { return this.fixed === undefined ? 'iana' : 'fixed'; }
    get name() { return this.#name; }
    get ianaName() { return this.fixed === undefined ? this.#name : this.fixed === 0 ? 'Etc/UTC' : `Etc/GMT${offsetText(-this.fixed, 'narrow')}`; }
    get isUniversal() { return this.fixed !== undefined; }
    get isValid() { return this.isUniversal || this.valid; }
    offset(ts) {
      if (this.fixed !== undefined) return this.fixed;
      return this.valid ? X.offsetOf(this.#name, ts) : NaN;
    }
    formatOffset(ts, format) { return offsetText(this.offset(ts), format); }
    offsetName(ts, { format, locale } = {}) {
      if (this.fixed !== undefined) return this.#name;
      return X.zoneName(this.#name, ts, X.locale(locale), format === 'long');
    }
    equals(other) { return this.type === other.type && (this.fixed === undefined ? this.#name === other.name : this.fixed === other.fixed); }
  }
  const fixed = (minutes) => new Zone(minutes === 0 ? 'UTC' : `UTC${offsetText(minutes, 'narrow')}`, minutes);
  const iana = (name) => {
    const zone = new Zone(name);
    zone.valid = name !== '' && !/^[+-]/.test(name) && !Number.isNaN(H.zoneOffset(name, 0));
    return zone;
  };
  D.utc = fixed(0);
  D.Zone = Zone;
  let lastZone;
  D.defaultZone = () => {
    const name = H.zone();
    // As luxon: a default zone of this name is the fixed one, whose ISO text ends in Z.
    if (/^(utc|gmt)$/i.test(name)) return D.utc;
    if (lastZone?.name !== name) lastZone = iana(name);
    return X.shared(lastZone);
  };
  D.zoneOf = (input, fallback = D.defaultZone()) => {
    if (input === undefined || input === null) return fallback;
    if (input instanceof Zone) return input;
    if (typeof input === 'number') return fixed(input);
    if (typeof input === 'string') {
      const lower = input.toLowerCase();
      if (lower === 'default') return fallback;
      if (lower === 'local' || lower === 'system') return iana(X.systemZone);
      if (lower === 'utc' || lower === 'gmt') return D.utc;
      const spec = /^utc([+-])(\d{1,2})(?::(\d{2}))?$/i.exec(input);
      if (spec) return fixed((spec[1] === '-' ? -1 : 1) * (Number(spec[2]) * 60 + Number(spec[3] ?? 0)));
      return iana(input);
    }
    if (typeof input === 'object' && typeof input.offset === 'function') return input;
    const zone = new Zone(String(input));
    zone.valid = false;
    return zone;
  };

  D.UNITS = ['years', 'quarters', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'];
  class InvalidUnit extends RangeError { constructor(unit) { super(`Invalid unit ${unit}`); } }
  X.handedOut.push(InvalidUnit);
  const FIELDS = { year: 'year', years: 'year', quarter: 'quarter', quarters: 'quarter', month: 'month', months: 'month', day: 'day', days: 'day', hour: 'hour', hours: 'hour', minute: 'minute', minutes: 'minute', second: 'second', seconds: 'second', millisecond: 'millisecond', milliseconds: 'millisecond', weekday: 'weekday', weekdays: 'weekday', weeknumber: 'weekNumber', weeksnumber: 'weekNumber', weeknumbers: 'weekNumber', weekyear: 'weekYear', weekyears: 'weekYear', ordinal: 'ordinal', localweekday: 'localWeekday', localweeknumber: 'localWeekNumber', localweekyear: 'localWeekYear' };
  D.field = (name) => FIELDS[`${name}`.toLowerCase()] ?? (() => { throw new InvalidUnit(name); })();
  D.unit = (name) => {
    const lower = `${name}`.toLowerCase();
    const found = D.UNITS.find((unit) => unit === lower || unit === `${lower}s`);
    if (!found) throw new InvalidUnit(name);
    return found;
  };

  // Calendar arithmetic.
  D.isLeap = (y) => y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  D.daysInYear = (y) => (D.isLeap(y) ? 366 : 365);
  D.daysInMonth = (year, month) => {
    const m = (((month - 1) % 12) + 12) % 12 + 1;
    const y = year + (month - m) / 12;
    return m === 2 ? (D.isLeap(y) ? 29 : 28) : [4, 6, 9, 11].includes(m) ? 30 : 31;
  };
  // Milliseconds of local fields, as if they were UTC; fields may overflow.
  D.localTs = (c) => {
    const d = new Date(0);
    d.setUTCFullYear(c.year, c.month - 1, c.day);
    return +d + ((c.hour * 60 + c.minute) * 60 + c.second) * 1000 + c.millisecond;
  };
  D.dayOfWeek = (year, month, day) => {
    const d = new Date(D.localTs({ year, month, day, hour: 0, minute: 0, second: 0, millisecond: 0 })).getUTCDay();
    return d === 0 ? 7 : d;
  };
  D.ordinal = (c) => {
    let days = c.day;
    for (let m = 1; m < c.month; m++) days += D.daysInMonth(c.year, m);
    return days;
  };
  D.fromOrdinal = (year, ordinal) => {
    let month = 1, day = ordinal;
    while (month < 12 && day > D.daysInMonth(year, month)) day -= D.daysInMonth(year, month++);
    return { month, day };
  };
  // Weeks that begin on `start` (1: Monday) with at least `min` days in the year.
  const startOffset = (year, min, start) => {
    const first = D.dayOfWeek(year, 1, min);
    return -((((first - start) % 7) + 7) % 7) + min - 1;
  };
  D.weeksIn = (year, min = 4, start = 1) => {
    const here = startOffset(year, min, start), next = startOffset(year + 1, min, start);
    return (D.daysInYear(year) - here + next) / 7;
  };
  D.toWeek = (c, min = 4, start = 1) => {
    const weekday = ((D.dayOfWeek(c.year, c.month, c.day) - start + 7) % 7) + 1;
    let weekYear = c.year;
    let weekNumber = Math.floor((D.ordinal(c) - weekday + 14 - min) / 7);
    if (weekNumber < 1) weekNumber = D.weeksIn(--weekYear, min, start);
    else if (weekNumber > D.weeksIn(weekYear, min, start)) { weekYear++; weekNumber = 1; }
    return { weekYear, weekNumber, weekday };
  };
  D.fromWeek = ({ weekYear, weekNumber, weekday }, min = 4, start = 1) => {
    let year = weekYear;
    let ordinal = weekNumber * 7 + weekday - (((D.dayOfWeek(weekYear, 1, min) - start + 7) % 7) + 1) - 7 + min;
    if (ordinal < 1) ordinal += D.daysInYear(--year);
    else if (ordinal > D.daysInYear(year)) { ordinal -= D.daysInYear(year); year++; }
    return { year, ...D.fromOrdinal(year, ordinal) };
  };
  // The week habits of a locale.
  D.weekHabits = (locale) => (/-US$|^en$|-CA$|-IN$|^pt|-BR$|-MX$/.test(locale) ? { min: 4, start: 7 } : /^ar/.test(locale) ? { min: 4, start: 6 } : { min: 4, start: 1 });
})
