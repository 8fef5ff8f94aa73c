// `Interval`.
(function (H, G) {
  'use strict';
  const X = G.__kv_x, D = X.dates;
  const { DateTime, Duration } = D;
  const dateTime = (v) => {
    if (DateTime.isDateTime(v)) return v;
    if (v instanceof Date) return DateTime.fromJSDate(v);
    if (v && typeof v === 'object') return DateTime.fromObject(v);
    throw new TypeError(`Unknown datetime argument: ${v}, of type ${typeof v}`);
  };
  class Interval {
    constructor(config) {
      this.s = config.start;
      this.e = config.end;
      this.invalid = config.invalid ?? null;
      this.isLuxonInterval = true;
    }
    static invalid(reason, explanation = null) { return new Interval({ invalid: { reason, explanation } }); }
    static fromDateTimes(a, b) {
      const start = dateTime(a), end = dateTime(b);
      if (!start.isValid) return Interval.invalid('missing or invalid start');
      if (!end.isValid) return Interval.invalid('missing or invalid end');
      if (end < start) return Interval.invalid('end before start', `The end of an interval must be after its start, but you had start=${start.toISO()} and end=${end.toISO()}`);
      return new Interval({ start, end });
    }
    static after(start, like) { const s = dateTime(start); return Interval.fromDateTimes(s, s.plus(Duration.fromDurationLike(like))); }
    static before(end, like) { const e = dateTime(end); return Interval.fromDateTimes(e.minus(Duration.fromDurationLike(like)), e); }
    static fromISO(text, options) {
      const [s, e] = `${text ?? ''}`.split('/', 2);
      if (s && e) {
        const start = DateTime.fromISO(s, options), end = DateTime.fromISO(e, options);
        if (start.isValid && end.isValid) return Interval.fromDateTimes(start, end);
        if (start.isValid) { const d = Duration.fromISO(e, options); if (d.isValid) return Interval.after(start, d); }
        else if (end.isValid) { const d = Duration.fromISO(s, options); if (d.isValid) return Interval.before(end, d); }
      }
      return Interval.invalid('unparsable', `the input "${text}" can't be parsed as ISO 8601`);
    }
    static isInterval(o) { return (o && o.isLuxonInterval) || false; }
    get start() { return this.isValid ? this.s : null; }
    get end() { return this.isValid ? this.e : null; }
    get lastDateTime() { return this.isValid ? this.e.minus(1) : null; }
    get isValid() { return this.invalidReason === null; }
    get invalidReason() { return this.invalid ? this.invalid.reason : null; }
    get invalidExplanation() { return this.invalid ? this.invalid.explanation : null; }
    length(unit = 'milliseconds') { return this.isValid ? this.toDuration(unit).get(unit) : NaN; }
    count(unit = 'milliseconds', options) {
      if (!this.isValid) return NaN;
      const start = this.start.startOf(unit, options), end = this.end.startOf(unit, options);
      return Math.floor(end.diff(start, unit).get(unit)) + (+end !== +this.end ? 1 : 0);
    }
    hasSame(unit) { return this.isValid ? this.isEmpty() || this.e.minus(1).hasSame(this.s, unit) : false; }
    isEmpty() { return +this.s === +this.e; }
    isAfter(dt) { return this.isValid ? this.s > dt : false; }
    isBefore(dt) { return this.isValid ? this.e <= dt : false; }
    contains(dt) { return this.isValid ? this.s <= dt && this.e > dt : false; }
    set({ start, end } = {}) { return this.isValid ? Interval.fromDateTimes(start ?? this.s, end ?? this.e) : this; }
    splitAt(...moments) {
      if (!this.isValid) return [];
      const sorted = moments.map(dateTime).filter((d) => this.contains(d)).sort((a, b) => a - b);
      const out = [];
      let s = this.s;
      for (let i = 0; s < this.e; i++) {
        const next = sorted[i] ?? this.e;
        const to = +next > +this.e ? this.e : next;
        out.push(Interval.fromDateTimes(s, to));
        s = to;
      }
      return out;
    }
    splitBy(like) {
      const d = Duration.fromDurationLike(like);
      if (!this.isValid || !d.isValid || d.as('milliseconds') === 0) return [];
      const out = [];
      let s = this.s;
      for (let i = 1; s < this.e; i++) {
        const next = this.s.plus(d.mapUnits((n) => n * i));
        const to = +next > +this.e ? this.e : next;
        out.push(Interval.fromDateTimes(s, to));
        s = to;
      }
      return out;
    }
    divideEqually(parts) { return this.isValid ? this.splitBy(this.length() / parts).slice(0, parts) : []; }
    overlaps(other) { return this.e > other.s && this.s < other.e; }
    abutsStart(other) { return this.isValid ? +this.e === +other.s : false; }
    abutsEnd(other) { return this.isValid ? +other.e === +this.s : false; }
    engulfs(other) { return this.isValid ? this.s <= other.s && this.e >= other.e : false; }
    equals(other) { return this.isValid && other.isValid && this.s.equals(other.s) && this.e.equals(other.e); }
    intersection(other) {
      if (!this.isValid) return this;
      const s = this.s > other.s ? this.s : other.s, e = this.e < other.e ? this.e : other.e;
      return s >= e ? null : Interval.fromDateTimes(s, e);
    }
    union(other) { return this.isValid ? Interval.fromDateTimes(this.s < other.s ? this.s : other.s, this.e > other.e ? this.e : other.e) : this; }
    static merge(intervals) {
      const out = [];
      for (const one of [...intervals].sort((a, b) => a.s - b.s)) {
        const last = out.at(-1);
        if (last && (last.overlaps(one) || last.abutsStart(one))) out[out.length - 1] = last.union(one);
        else out.push(one);
      }
      return out;
    }
    static xor(intervals) {
      const edges = intervals.flatMap((i) => [{ time: i.s, type: 's' }, { time: i.e, type: 'e' }]).sort((a, b) => a.time - b.time);
      const out = [];
      let start = null, open = 0;
      for (const edge of edges) {
        open += edge.type === 's' ? 1 : -1;
        if (open === 1) start = edge.time;
        else {
          if (start && +start !== +edge.time) out.push(Interval.fromDateTimes(start, edge.time));
          start = null;
        }
      }
      return Interval.merge(out);
    }
    difference(...intervals) { return Interval.xor([this, ...intervals]).map((i) => this.intersection(i)).filter((i) => i && !i.isEmpty()); }
    toString() { return this.isValid ? `[${this.s.toISO()} – ${this.e.toISO()})` : 'Invalid Interval'; }
    toLocaleString(options = D.PRESETS.DATE_SHORT, overrides = {}) { return this.isValid ? D.intl(this.s, options, overrides).formatRange(this.s.ts, this.e.ts) : 'Invalid Interval'; }
    toISO(options) { return this.isValid ? `${this.s.toISO(options)}/${this.e.toISO(options)}` : 'Invalid Interval'; }
    toISODate() { return this.isValid ? `${this.s.toISODate()}/${this.e.toISODate()}` : 'Invalid Interval'; }
    toISOTime(options) { return this.isValid ? `${this.s.toISOTime(options)}/${this.e.toISOTime(options)}` : 'Invalid Interval'; }
    toFormat(format, { separator = ' – ' } = {}) { return this.isValid ? `${this.s.toFormat(format)}${separator}${this.e.toFormat(format)}` : 'Invalid Interval'; }
    toDuration(unit, options) { return this.isValid ? this.e.diff(this.s, unit, options) : Duration.invalid(this.invalidReason); }
    mapEndpoints(f) { return Interval.fromDateTimes(f(this.s), f(this.e)); }
  }
  X.hidden(Interval.prototype, X.kind, (v) => (v.isValid ? ['Interval', v.toISO()] : ['Interval', null, v.invalidReason]));
  D.Interval = Interval;

  X.isDateTime = (v) => v instanceof DateTime;
  X.vars.DateTime = () => DateTime;
  X.vars.Duration = () => Duration;
  X.vars.Interval = () => Interval;
  X.vars.$now = () => DateTime.now();
  X.vars.$today = () => DateTime.now().set({ hour: 0, minute: 0, second: 0, millisecond: 0 });
})
