// Methods of `DateTime` and `Date`, and what makes dates of texts and numbers.
(function (H, G) {
  'use strict';
  const X = G.__kv_x, D = X.dates;
  const { DateTime, Duration } = D;
  const fail = X.extensionError;
  const wrap = (v) => (v instanceof Date ? DateTime.fromJSDate(v) : v);
  // What was a `Date` comes back as one.
  const like = (v, made) => (v instanceof Date ? made.toJSDate() : made);
  const parse = (v) => {
    if (v instanceof Date) return DateTime.fromJSDate(v);
    if (DateTime.isDateTime(v)) return v;
    return DateTime.fromISO(v);
  };
  // Short names of units beside those of the date library.
  const UNITS = { ms: 'milliseconds', sec: 'seconds', secs: 'seconds', min: 'minutes', mins: 'minutes', hr: 'hours', hrs: 'hours' };
  // An amount is what the date library takes for one; an amount of a unit that is missing changes nothing.
  const amount = (n, unit) => (unit === undefined ? n : { [UNITS[unit] ?? unit]: n });
  const moved = (v, method, n, unit) => like(v, wrap(v)[method](amount(n, unit)));
  const SHOWN = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'quarters', 'years'];
  const units = (wanted = 'days') => [wanted].flat().map((unit) => {
    const found = SHOWN.find((known) => known === unit || known === `${unit}s`);
    return found ?? fail(`Unsupported unit '${String(unit)}'. Supported: ${SHOWN.map((u) => `'${u}'`).join(', ')}.`);
  });
  const difference = (a, b, wanted) => {
    if (!(a instanceof DateTime)) throw new TypeError('diff is not a function');
    const list = units(wanted);
    const made = a.diff(b, list);
    return Array.isArray(wanted) ? made.toObject() : made.as(list[0]);
  };
  const EXTRACT = { ordinal: 'ordinal', dayOfYear: 'ordinal', yearDayNumber: 'ordinal', week: 'weekNumber', weekNumber: 'weekNumber', weekday: 'weekday' };

  Object.assign(X.tables.date, {
    beginningOf: (v, unit = 'week') => like(v, wrap(v).startOf(unit)),
    diffTo: (v, other, wanted) => difference(v, other === undefined ? DateTime.invalid('missing') : typeof other === 'string' ? X.dateOfText(other) : parse(other), wanted),
    diffToNow: (v, wanted) => difference(v, DateTime.now(), wanted),
    endOfMonth: (v) => like(v, wrap(v).endOf('month')),
    extract: (v, part = 'week') => wrap(v).get(EXTRACT[part] ?? part),
    format: (v, format, options) => wrap(v).toFormat(format, options),
    isBetween: (v, ...args) => {
      if (args.length !== 2) fail('isBetween(): expected exactly two args');
      const [a, b] = args.map(parse);
      if (!a.isValid || !b.isValid) return undefined;
      const [low, high] = a < b ? [a, b] : [b, a];
      return wrap(v) > low && wrap(v) < high;
    },
    isDst: (v) => wrap(v).isInDST,
    isInLast: (v, n = 0, unit = 'minutes') => {
      const dt = wrap(v), now = DateTime.now();
      return dt >= now.minus(amount(n, unit)) && dt <= now;
    },
    isWeekend: (v) => wrap(v).isWeekend,
    minus: (v, n, unit) => moved(v, 'minus', n, unit),
    plus: (v, n, unit) => moved(v, 'plus', n, unit),
    toDateTime: (v) => wrap(v),
  });

  const EXCEL = (serial) => DateTime.fromMillis(Math.round((serial - 25569) * 86400000));
  X.dateOfNumber = (v, format) => {
    if (format === undefined || format === 'ms') return DateTime.fromMillis(v);
    if (format === 's') return DateTime.fromSeconds(v);
    if (format === 'us') return DateTime.fromMillis(v / 1000);
    if (format === 'excel') return EXCEL(v);
    return fail(`Unsupported format '${String(format)}'. toDateTime() supports 'ms', 's', 'us' and 'excel'.`);
  };
  const FORMATS = [(v) => DateTime.fromISO(v, { setZone: true }), (v) => DateTime.fromRFC2822(v, { setZone: true }), (v) => DateTime.fromHTTP(v, { setZone: true }), (v) => DateTime.fromSQL(v, { setZone: true })];
  X.dateOfText = (v, format) => {
    if (['s', 'ms', 'us', 'excel'].includes(format)) return X.dateOfNumber(Number(v), format);
    if (format) return DateTime.fromFormat(v, format);
    if (/^\d{9,}$/.test(v)) return fail('cannot convert to Luxon DateTime');
    const found = FORMATS.map((read) => read(v)).find((dt) => dt.isValid);
    if (found) return found;
    const date = new Date(v);
    return Number.isNaN(date.getTime()) ? fail('cannot convert to Luxon DateTime') : DateTime.fromJSDate(date);
  };
})
