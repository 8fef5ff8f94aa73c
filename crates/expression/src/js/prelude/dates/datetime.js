// `DateTime`.
(function (H, G) {
  'use strict';
  const X = G.__kv_x, D = X.dates;
  const { Duration } = D;
  const MAX = 8.64e15;
  const DEFAULTS = { month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
  const locOf = (o = {}) => ({ locale: o.locale ?? 'en-US', numberingSystem: o.numberingSystem ?? null, outputCalendar: o.outputCalendar ?? null });

  // The moment of local fields: `guess` is the offset to try first.
  const fix = (local, guess, zone) => {
    let ts = local - guess * 60000;
    const second = zone.offset(ts);
    if (guess === second) return [ts, guess];
    ts -= (second - guess) * 60000;
    const third = zone.offset(ts);
    return second === third ? [ts, second] : [local - Math.min(second, third) * 60000, Math.max(second, third)];
  };
  const guessFor = (zone) => zone.offset(H.now());
  const range = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;
  const outOfRange = (unit, value) => ({ reason: 'unit out of range', explanation: `you specified ${value} (of type ${typeof value}) as a ${unit}, which is invalid` });
  const checkTime = (c) => {
    const { hour, minute, second, millisecond } = c;
    if (!(range(hour, 0, 23) || (hour === 24 && !minute && !second && !millisecond))) return outOfRange('hour', hour);
    if (!range(minute, 0, 59)) return outOfRange('minute', minute);
    if (!range(second, 0, 59)) return outOfRange('second', second);
    return range(millisecond, 0, 999) ? undefined : outOfRange('millisecond', millisecond);
  };
  const checkDate = (c) => {
    if (!Number.isInteger(c.year)) return outOfRange('year', c.year);
    if (!range(c.month, 1, 12)) return outOfRange('month', c.month);
    return range(c.day, 1, D.daysInMonth(c.year, c.month)) ? undefined : outOfRange('day', c.day);
  };
  const normalize = (object) => {
    const out = {};
    for (const [key, value] of Object.entries(object)) {
      if (value === undefined || value === null) continue;
      const n = typeof value === 'boolean' || value === '' || Number.isNaN(Number(value)) ? NaN : Number(value);
      if (Number.isNaN(n)) throw new TypeError(`Invalid unit value ${value}`);
      out[D.field(key)] = n;
    }
    return out;
  };
  const conflict = (a, b) => { throw new TypeError(`Can't mix ${a} with ${b}`); };

  class DateTime {
    constructor(config) {
      const zone = config.zone ?? D.defaultZone();
      let invalid = config.invalid ?? (Number.isNaN(config.ts) ? { reason: 'invalid input', explanation: null } : null);
      if (!invalid && !zone.isValid) invalid = { reason: 'unsupported zone', explanation: `the zone "${zone.name}" is not supported` };
      this.ts = config.ts === undefined ? H.now() : config.ts;
      let c = null, o = null;
      if (!invalid) {
        o = config.o ?? zone.offset(this.ts);
        const f = X.fieldsOf(this.ts, o);
        c = { year: f.year, month: f.month, day: f.day, hour: f.hour, minute: f.minute, second: f.second, millisecond: f.millisecond };
        if (Number.isNaN(c.year)) { invalid = { reason: 'invalid input', explanation: null }; c = null; o = null; }
      }
      this._zone = zone;
      this.loc = config.loc ?? locOf();
      this.invalid = invalid;
      this.weekData = null;
      this.localWeekData = null;
      this.c = c;
      this.o = o;
      this.isLuxonDateTime = true;
    }
    static #of(ts, zone, loc, o) { return new DateTime({ ts, zone, loc, o }); }
    #at(ts, o) { return DateTime.#of(ts, this._zone, this.loc, o); }
    static #args(args) {
      const list = [...args];
      const options = list.length && typeof list.at(-1) === 'object' ? list.pop() : {};
      const [year, month, day, hour, minute, second, millisecond] = list;
      return [options ?? {}, { year, month, day, hour, minute, second, millisecond }, list.length];
    }
    static #quick(fields, options, zone = D.zoneOf(options.zone)) {
      const loc = locOf(options);
      if (!zone.isValid) return new DateTime({ ts: NaN, zone, loc, invalid: { reason: 'unsupported zone', explanation: `the zone "${zone.name}" is not supported` } });
      const now = X.fieldsOf(H.now(), zone.offset(H.now()));
      const c = {};
      let given = false;
      for (const unit of ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond']) {
        if (fields[unit] !== undefined) given = true;
        c[unit] = fields[unit] ?? (given ? DEFAULTS[unit] : now[unit]);
      }
      const invalid = checkDate(c) ?? checkTime(c);
      if (invalid) return new DateTime({ ts: NaN, zone, loc, invalid });
      const [ts, o] = fix(D.localTs(c), guessFor(zone), zone);
      return DateTime.#of(ts, zone, loc, o);
    }
    static now() { return new DateTime({}); }
    static local(...args) {
      const [options, fields, count] = DateTime.#args(args);
      return count ? DateTime.#quick(fields, options) : new DateTime({ zone: D.zoneOf(options.zone), loc: locOf(options) });
    }
    static utc(...args) {
      const [options, fields, count] = DateTime.#args(args);
      return count ? DateTime.#quick(fields, options, D.utc) : new DateTime({ zone: D.utc, loc: locOf(options) });
    }
    static fromJSDate(date, options = {}) {
      const ts = date instanceof Date ? date.valueOf() : NaN;
      return Number.isNaN(ts) ? DateTime.invalid('invalid input') : new DateTime({ ts, zone: D.zoneOf(options.zone), loc: locOf(options) });
    }
    static fromMillis(ms, options = {}) {
      if (typeof ms !== 'number') throw new TypeError(`fromMillis requires a numerical input, but received a ${typeof ms} with value ${ms}`);
      if (ms < -MAX || ms > MAX) return DateTime.invalid('Timestamp out of range');
      return new DateTime({ ts: ms, zone: D.zoneOf(options.zone), loc: locOf(options) });
    }
    static fromSeconds(seconds, options = {}) {
      if (typeof seconds !== 'number') throw new TypeError('fromSeconds requires a numerical input');
      return new DateTime({ ts: seconds * 1000, zone: D.zoneOf(options.zone), loc: locOf(options) });
    }
    static fromObject(object, options = {}) {
      const o = normalize(object ?? {});
      const zone = D.zoneOf(options.zone);
      const loc = locOf(options);
      const habits = D.weekHabits(loc.locale);
      const isLocal = o.localWeekday !== undefined || o.localWeekNumber !== undefined || o.localWeekYear !== undefined;
      if (isLocal) {
        if (o.weekday !== undefined || o.weekNumber !== undefined || o.weekYear !== undefined) conflict('local week units', 'ISO week units');
        o.weekday = o.localWeekday; o.weekNumber = o.localWeekNumber; o.weekYear = o.localWeekYear;
      }
      const ordinal = o.ordinal !== undefined;
      const calendar = o.year !== undefined || o.month !== undefined || o.day !== undefined;
      const week = o.weekYear !== undefined || o.weekNumber !== undefined;
      if ((calendar || ordinal) && week) conflict('weekYear/weekNumber units', 'year/month/day or ordinals');
      if ((o.month !== undefined || o.day !== undefined) && ordinal) conflict('ordinal dates', 'month/day');
      const byWeek = week || (o.weekday !== undefined && !calendar);
      if (!byWeek && !ordinal) {
        const made = DateTime.#quick(o, options, zone);
        if (o.weekday !== undefined && calendar && made.isValid && made.weekday !== o.weekday) return DateTime.invalid('mismatched weekday', `you can't specify both a weekday of ${o.weekday} and a date of ${made.toISO()}`);
        return made;
      }
      const now = new DateTime({ zone, loc });
      if (!now.isValid) return now;
      const [min, start] = isLocal ? [habits.min, habits.start] : [4, 1];
      const names = byWeek ? ['weekYear', 'weekNumber', 'weekday'] : ['year', 'ordinal'];
      const base = byWeek ? D.toWeek(now.c, min, start) : { year: now.c.year, ordinal: D.ordinal(now.c) };
      const low = { weekNumber: 1, weekday: 1, ordinal: 1 };
      let given = false;
      const date = {};
      for (const name of names) {
        if (o[name] !== undefined) given = true;
        date[name] = o[name] ?? (given ? low[name] : base[name]);
      }
      const time = {};
      for (const name of ['hour', 'minute', 'second', 'millisecond']) time[name] = o[name] ?? (given ? 0 : now.c[name]);
      const bad = byWeek
        ? (!range(date.weekNumber, 1, D.weeksIn(date.weekYear, min, start)) ? outOfRange('week', date.weekNumber) : !range(date.weekday, 1, 7) ? outOfRange('weekday', date.weekday) : undefined)
        : !range(date.ordinal, 1, D.daysInYear(date.year)) ? outOfRange('ordinal', date.ordinal) : undefined;
      if (bad ?? checkTime(time)) return new DateTime({ ts: NaN, zone, loc, invalid: bad ?? checkTime(time) });
      const c = byWeek ? D.fromWeek(date, min, start) : { year: date.year, ...D.fromOrdinal(date.year, date.ordinal) };
      const [ts, off] = fix(D.localTs({ ...c, ...time }), guessFor(zone), zone);
      return DateTime.#of(ts, zone, loc, off);
    }
    static #parsed(found, options, text, format) {
      if (!found) return DateTime.invalid('unparsable', `the input "${text}" can't be parsed as ${format}`);
      const wanted = D.zoneOf(options.zone);
      const own = found.zone ? D.zoneOf(found.zone) : found.offset === undefined ? undefined : D.zoneOf(found.offset);
      const made = DateTime.fromObject(found.fields, { ...options, zone: own ?? wanted });
      if (made.isValid && found.weekday !== undefined && made.weekday !== found.weekday) {
        return DateTime.invalid('mismatched weekday', `you can't specify both a weekday of ${found.weekday} and a date of ${made.toISO()}`);
      }
      return options.setZone || !own ? made : made.setZone(wanted);
    }
    static fromISO(text, options = {}) { return DateTime.#parsed(D.parseISO(text), options, text, 'ISO 8601'); }
    static fromRFC2822(text, options = {}) { return DateTime.#parsed(D.parseRFC2822(text), options, text, 'RFC 2822'); }
    static fromHTTP(text, options = {}) { return DateTime.#parsed(D.parseHTTP(text), options, text, 'HTTP'); }
    static fromSQL(text, options = {}) { return DateTime.#parsed(D.parseSQL(text), options, text, 'SQL'); }
    static fromFormat(text, format, options = {}) {
      if (text === undefined || format === undefined) throw new TypeError('fromFormat requires an input string and a format');
      return DateTime.#parsed(D.parseFormat(text, format, options), options, text, `format ${format}`);
    }
    static fromString(text, format, options) { return DateTime.fromFormat(text, format, options); }
    static fromFormatExplain(text, format, options) { const { parsed, ...out } = D.explainFormat(text, format, options); return { ...out, zone: parsed?.zone ?? null, specificOffset: parsed?.offset }; }
    static invalid(reason, explanation = null) {
      if (!reason) throw new TypeError('need to specify a reason the DateTime is invalid');
      return new DateTime({ ts: NaN, invalid: { reason: reason.reason ?? reason, explanation } });
    }
    static isDateTime(o) { return (o && o.isLuxonDateTime) || false; }
    static #best(list, better) {
      if (!list.every(DateTime.isDateTime)) throw new TypeError('min and max require all arguments be DateTimes');
      return list.reduce((best, dt) => (best === undefined || better(dt, best) ? dt : best), undefined);
    }
    static min(...list) { return DateTime.#best(list, (a, b) => a.ts < b.ts); }
    static max(...list) { return DateTime.#best(list, (a, b) => a.ts > b.ts); }

    get(unit) { return this[unit]; }
    get isValid() { return this.invalid === null; }
    get invalidReason() { return this.invalid ? this.invalid.reason : null; }
    get invalidExplanation() { return this.invalid ? this.invalid.explanation : null; }
    get locale() { return this.isValid ? this.loc.locale : null; }
    get numberingSystem() { return this.isValid ? this.loc.numberingSystem : null; }
    get outputCalendar() { return this.isValid ? this.loc.outputCalendar : null; }
    get zone() { return this._zone; }
    get zoneName() { return this.isValid ? this._zone.name : null; }
    get quarter() { return this.isValid ? Math.ceil(this.c.month / 3) : NaN; }
    #week() { return D.toWeek(this.c); }
    #localWeek() { const { min, start } = D.weekHabits(this.loc.locale); return D.toWeek(this.c, min, start); }
    get weekYear() { return this.isValid ? this.#week().weekYear : NaN; }
    get weekNumber() { return this.isValid ? this.#week().weekNumber : NaN; }
    get weekday() { return this.isValid ? this.#week().weekday : NaN; }
    get isWeekend() { return this.isValid && [6, 7].includes(this.weekday); }
    get localWeekday() { return this.isValid ? this.#localWeek().weekday : NaN; }
    get localWeekNumber() { return this.isValid ? this.#localWeek().weekNumber : NaN; }
    get localWeekYear() { return this.isValid ? this.#localWeek().weekYear : NaN; }
    get ordinal() { return this.isValid ? D.ordinal(this.c) : NaN; }
    get monthShort() { return this.isValid ? this.toFormat('LLL') : null; }
    get monthLong() { return this.isValid ? this.toFormat('LLLL') : null; }
    get weekdayShort() { return this.isValid ? this.toFormat('ccc') : null; }
    get weekdayLong() { return this.isValid ? this.toFormat('cccc') : null; }
    get offset() { return this.isValid ? +this.o : NaN; }
    get offsetNameShort() { return this.isValid ? this._zone.offsetName(this.ts, { format: 'short', locale: this.loc.locale }) : null; }
    get offsetNameLong() { return this.isValid ? this._zone.offsetName(this.ts, { format: 'long', locale: this.loc.locale }) : null; }
    get isOffsetFixed() { return this.isValid ? this._zone.isUniversal : null; }
    get isInDST() {
      if (!this.isValid || this.isOffsetFixed) return false;
      return this.offset > this.set({ month: 1, day: 1 }).offset || this.offset > this.set({ month: 5 }).offset;
    }
    get isInLeapYear() { return D.isLeap(this.year); }
    get daysInMonth() { return D.daysInMonth(this.year, this.month); }
    get daysInYear() { return this.isValid ? D.daysInYear(this.year) : NaN; }
    get weeksInWeekYear() { return this.isValid ? D.weeksIn(this.weekYear) : NaN; }
    get weeksInLocalWeekYear() { const { min, start } = D.weekHabits(this.loc.locale); return this.isValid ? D.weeksIn(this.localWeekYear, min, start) : NaN; }
    getPossibleOffsets() {
      if (!this.isValid || this.isOffsetFixed) return [this];
      const local = D.localTs(this.c), day = 86400000;
      const [early, late] = [this._zone.offset(local - day), this._zone.offset(local + day)];
      const [o1, o2] = [this._zone.offset(local - early * 60000), this._zone.offset(local - late * 60000)];
      if (o1 === o2) return [this];
      const [a, b] = [this.#at(local - o1 * 60000, o1), this.#at(local - o2 * 60000, o2)];
      return a.hour === b.hour && a.minute === b.minute && a.second === b.second ? [a, b] : [this];
    }
    resolvedLocaleOptions() { return { locale: this.loc.locale, numberingSystem: 'latn', outputCalendar: 'gregory' }; }

    toUTC(offset = 0, options = {}) { return this.setZone(offset === 0 ? D.utc : D.zoneOf(offset), options); }
    toLocal() { return this.setZone(D.defaultZone()); }
    setZone(input, { keepLocalTime = false, keepCalendarTime = false } = {}) {
      const zone = D.zoneOf(input);
      if (zone.equals(this._zone) && zone.isValid) return this;
      if (!zone.isValid) return new DateTime({ ts: NaN, zone, loc: this.loc, invalid: { reason: 'unsupported zone', explanation: `the zone "${zone.name}" is not supported` } });
      if (!this.isValid) return this;
      const ts = keepLocalTime || keepCalendarTime ? fix(D.localTs(this.c), zone.offset(this.ts), zone)[0] : this.ts;
      return DateTime.#of(ts, zone, this.loc);
    }
    reconfigure({ locale, numberingSystem, outputCalendar } = {}) {
      const loc = { locale: locale ?? this.loc.locale, numberingSystem: numberingSystem ?? this.loc.numberingSystem, outputCalendar: outputCalendar ?? this.loc.outputCalendar };
      return new DateTime({ ts: this.ts, zone: this._zone, loc, o: this.o ?? undefined, invalid: this.invalid });
    }
    setLocale(locale) { return this.reconfigure({ locale }); }
    set(values) {
      if (!this.isValid) return this;
      const o = normalize(values);
      const week = o.weekYear !== undefined || o.weekNumber !== undefined || o.weekday !== undefined;
      const local = o.localWeekYear !== undefined || o.localWeekNumber !== undefined || o.localWeekday !== undefined;
      const calendar = o.year !== undefined || o.month !== undefined || o.day !== undefined;
      if ((calendar || o.ordinal !== undefined) && (week || local)) conflict('weekYear/weekNumber units', 'year/month/day or ordinals');
      if ((o.month !== undefined || o.day !== undefined) && o.ordinal !== undefined) conflict('ordinal dates', 'month/day');
      let c;
      if (week) c = { ...this.c, ...D.fromWeek({ ...this.#week(), ...o }) };
      else if (local) {
        const { min, start } = D.weekHabits(this.loc.locale);
        const own = this.#localWeek();
        c = { ...this.c, ...D.fromWeek({ weekYear: o.localWeekYear ?? own.weekYear, weekNumber: o.localWeekNumber ?? own.weekNumber, weekday: o.localWeekday ?? own.weekday }, min, start) };
      } else if (o.ordinal !== undefined) c = { ...this.c, ...D.fromOrdinal(o.year ?? this.c.year, o.ordinal) };
      else {
        c = { ...this.c, ...o };
        if (o.day === undefined) c.day = Math.min(D.daysInMonth(c.year, c.month), c.day);
      }
      for (const name of ['hour', 'minute', 'second', 'millisecond']) c[name] = o[name] ?? this.c[name];
      const [ts, off] = fix(D.localTs(c), this.o, this._zone);
      return this.#at(ts, off);
    }
    plus(like) {
      if (!this.isValid) return this;
      const v = Duration.fromDurationLike(like).values;
      const whole = (unit) => Math.trunc(v[unit] ?? 0);
      const year = this.c.year + whole('years');
      const month = this.c.month + whole('months') + whole('quarters') * 3;
      const c = { ...this.c, year, month, day: Math.min(this.c.day, D.daysInMonth(year, month)) + whole('days') + whole('weeks') * 7 };
      const rest = {};
      for (const unit of ['years', 'quarters', 'months', 'weeks', 'days']) rest[unit] = (v[unit] ?? 0) - whole(unit);
      for (const unit of ['hours', 'minutes', 'seconds', 'milliseconds']) rest[unit] = v[unit] ?? 0;
      const ms = Duration.fromObject(rest).as('milliseconds');
      const [ts, o] = fix(D.localTs(c), this.o, this._zone);
      return ms ? this.#at(ts + ms) : this.#at(ts, o);
    }
    minus(like) { return this.isValid ? this.plus(Duration.fromDurationLike(like).negate()) : this; }
    startOf(unit, { useLocaleWeeks = false } = {}) {
      if (!this.isValid) return this;
      const name = D.unit(unit);
      const o = {};
      const falls = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'quarters', 'years'];
      const at = falls.indexOf(name);
      if (at >= 8) o.month = 1;
      if (at >= 6) o.day = 1;
      if (at >= 4) o.hour = 0;
      if (at >= 3) o.minute = 0;
      if (at >= 2) o.second = 0;
      if (at >= 1) o.millisecond = 0;
      if (name === 'weeks') {
        if (useLocaleWeeks) {
          const { start } = D.weekHabits(this.loc.locale);
          if (this.weekday < start) o.weekNumber = this.weekNumber - 1;
          o.weekday = start;
        } else o.weekday = 1;
      }
      if (name === 'quarters') o.month = (Math.ceil(this.c.month / 3) - 1) * 3 + 1;
      return this.set(o);
    }
    endOf(unit, options) { return this.isValid ? this.plus({ [unit]: 1 }).startOf(unit, options).minus(1) : this; }

    toFormat(format, options) {
      if (!this.isValid) return 'Invalid DateTime';
      return D.format(this, format, options);
    }
    toLocaleString(options = D.PRESETS.DATE_SHORT, overrides = {}) { return this.isValid ? D.intlText(this, options ?? {}, overrides ?? {}) : 'Invalid DateTime'; }
    toLocaleParts(overrides = {}) { return this.isValid ? D.intl(this, {}, overrides).formatToParts(this.ts) : []; }
    toISO(options = {}) { return this.isValid ? `${D.isoDate(this.c, options.format !== 'basic')}T${D.isoTime(this, options)}` : null; }
    toISODate({ format = 'extended' } = {}) { return this.isValid ? D.isoDate(this.c, format === 'extended') : null; }
    toISOWeekDate() { return this.isValid ? this.toFormat("kkkk-'W'WW-c") : null; }
    toISOTime({ includePrefix = false, ...options } = {}) { return this.isValid ? `${includePrefix ? 'T' : ''}${D.isoTime(this, options)}` : null; }
    toRFC2822() { return this.isValid ? this.setLocale('en-US').toFormat('EEE, dd LLL yyyy HH:mm:ss ZZZ') : null; }
    toHTTP() { return this.isValid ? this.toUTC().setLocale('en-US').toFormat("EEE, dd LLL yyyy HH:mm:ss 'GMT'") : null; }
    toSQLDate() { return this.isValid ? D.isoDate(this.c, true) : null; }
    toSQLTime({ includeOffset = true, includeZone = false, includeOffsetSpace = true } = {}) {
      if (!this.isValid) return null;
      const tail = includeZone ? 'z' : includeOffset ? 'ZZ' : '';
      return this.toFormat(`HH:mm:ss.SSS${tail && includeOffsetSpace ? ' ' : ''}${tail}`);
    }
    toSQL(options) { return this.isValid ? `${this.toSQLDate()} ${this.toSQLTime(options)}` : null; }
    toString() { return this.isValid ? this.toISO() : 'Invalid DateTime'; }
    valueOf() { return this.toMillis(); }
    toMillis() { return this.isValid ? this.ts : NaN; }
    toSeconds() { return this.isValid ? this.ts / 1000 : NaN; }
    toUnixInteger() { return this.isValid ? Math.floor(this.ts / 1000) : NaN; }
    toJSON() { return this.toISO(); }
    toBSON() { return this.toJSDate(); }
    toObject(options = {}) {
      if (!this.isValid) return {};
      return options.includeConfig ? { ...this.c, ...this.loc } : { ...this.c };
    }
    toJSDate() { return new Date(this.isValid ? this.ts : NaN); }

    diff(other, units = 'milliseconds', options = {}) {
      const end = other instanceof DateTime ? other : undefined;
      if (!this.isValid || !end?.isValid) return Duration.invalid('created by diffing an invalid DateTime');
      const list = [units].flat().map(D.unit);
      const later = end.ts > this.ts;
      const made = D.between(later ? this : end, later ? end : this, list, { locale: this.loc.locale, ...options });
      return later ? made.negate() : made;
    }
    diffNow(units = 'milliseconds', options = {}) { return this.diff(DateTime.now(), units, options); }
    until(other) { return this.isValid ? D.Interval.fromDateTimes(this, other) : this; }
    hasSame(other, unit, options) {
      if (!this.isValid) return false;
      const ms = other.valueOf();
      const here = this.setZone(other.zone, { keepLocalTime: true });
      return here.startOf(unit, options) <= ms && ms <= here.endOf(unit, options);
    }
    equals(other) { return this.isValid && other.isValid && this.ts === other.ts && this._zone.equals(other.zone) && this.loc.locale === other.loc.locale; }
    toRelative(options = {}) {
      if (!this.isValid) return null;
      const base = options.base ?? DateTime.fromObject({}, { zone: this._zone });
      const units = [options.unit ?? ['years', 'months', 'days', 'hours', 'minutes', 'seconds']].flat();
      const padded = options.padding ? (this < base ? this.minus(options.padding) : this.plus(options.padding)) : this;
      const round = (n) => (options.round === false ? n : Math.trunc(n));
      const say = (n, unit) => new X.RelativeTimeFormat(options.locale ?? this.loc.locale, { numeric: options.numeric ?? 'always', style: options.style }).format(n, unit);
      for (const unit of units) {
        const n = padded.diff(base, unit).get(unit);
        if (Math.abs(n) >= 1) return say(round(n), unit);
      }
      const last = D.unit(units.at(-1));
      return say(base > padded ? -0 : 0, last);
    }
    toRelativeCalendar(options = {}) {
      if (!this.isValid) return null;
      const base = options.base ?? DateTime.fromObject({}, { zone: this._zone });
      const units = [options.unit ?? ['years', 'months', 'days']].flat();
      const say = (n, unit) => new X.RelativeTimeFormat(options.locale ?? this.loc.locale, { numeric: 'auto' }).format(n, unit);
      for (const unit of units) {
        const n = Math.round(this.startOf(unit).diff(base.startOf(unit), unit).get(unit));
        if (n) return say(n, unit);
      }
      return say(0, D.unit(units.at(-1)));
    }
  }
  for (const unit of ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond']) {
    Object.defineProperty(DateTime.prototype, unit, { get() { return this.isValid ? this.c[unit] : NaN; }, configurable: true });
  }
  for (const [name, options] of Object.entries(D.PRESETS)) Object.defineProperty(DateTime, name, { get: () => options, configurable: true });
  X.hidden(DateTime.prototype, X.kind, (v) => (v.isValid ? ['DateTime', v.toISO()] : ['DateTime', null, v.invalidReason]));

  // The time between two moments in the units asked for: calendar units first, what is left by length.
  const dayNumber = (dt) => Math.floor(dt.toUTC(0, { keepLocalTime: true }).startOf('day').valueOf() / 86400000);
  const CALENDAR = [
    ['years', (a, b) => b.year - a.year],
    ['quarters', (a, b) => b.quarter - a.quarter + (b.year - a.year) * 4],
    ['months', (a, b) => b.month - a.month + (b.year - a.year) * 12],
    ['weeks', (a, b) => { const days = dayNumber(b) - dayNumber(a); return (days - (days % 7)) / 7; }],
    ['days', (a, b) => dayNumber(b) - dayNumber(a)],
  ];
  D.between = (earlier, later, units, options) => {
    const results = {};
    let cursor = earlier, lowest, beyond;
    for (const [unit, count] of CALENDAR) {
      if (!units.includes(unit)) continue;
      lowest = unit;
      results[unit] = count(cursor, later);
      beyond = earlier.plus(results);
      if (beyond > later) {
        results[unit]--;
        cursor = earlier.plus(results);
        if (cursor > later) {
          beyond = cursor;
          results[unit]--;
          cursor = earlier.plus(results);
        }
      } else cursor = beyond;
    }
    const remaining = later - cursor;
    const lower = units.filter((unit) => ['hours', 'minutes', 'seconds', 'milliseconds'].includes(unit));
    if (!lower.length) {
      if (beyond < later) beyond = cursor.plus({ [lowest]: 1 });
      if (+beyond !== +cursor) results[lowest] = (results[lowest] ?? 0) + remaining / (beyond - cursor);
    }
    const whole = Duration.fromObject(results, options);
    return lower.length ? Duration.fromMillis(remaining, options).shiftTo(...lower).plus(whole) : whole;
  };
  D.DateTime = DateTime;
})
