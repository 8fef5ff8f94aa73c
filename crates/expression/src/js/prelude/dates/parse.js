// Reading dates: ISO 8601, SQL, RFC 2822, HTTP, and formats.
(function (H, G) {
  'use strict';
  const X = G.__kv_x, D = X.dates;
  const n = (text) => (text === undefined ? undefined : Number(text));
  const millis = (fraction) => (fraction === undefined ? undefined : Math.floor(Number(`0.${fraction}`) * 1000));
  const offsetOf = (text) => {
    if (text === undefined) return undefined;
    if (/^z$/i.test(text)) return 0;
    const [, sign, h, m] = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(text);
    return (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m ?? 0));
  };
  const DATES = [
    [/^([+-]\d{6}|\d{4})(?:-(\d\d)(?:-(\d\d))?|(\d\d)(\d\d))?$/, (f) => ({ year: n(f[1]), month: n(f[2] ?? f[4]) ?? 1, day: n(f[3] ?? f[5]) ?? 1 })],
    [/^(\d{4})-?W(\d\d)(?:-?(\d))?$/, (f) => ({ weekYear: n(f[1]), weekNumber: n(f[2]), weekday: n(f[3]) ?? 1 })],
    [/^(\d{4})-?(\d{3})$/, (f) => ({ year: n(f[1]), ordinal: n(f[2]) })],
  ];
  const TIME = /^(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,30}))?)?)?(z|[+-]\d\d(?::?\d\d)?)?(?:\[([\w+/-]+)\])?$/i;
  const timeOf = (text, pattern = TIME) => {
    const f = pattern.exec(text);
    if (!f) return undefined;
    const fields = { hour: n(f[1]), minute: n(f[2]) ?? 0, second: n(f[3]) ?? 0, millisecond: millis(f[4]) ?? 0 };
    return { fields, offset: offsetOf(f[5]), zone: f[6] };
  };
  D.parseISO = (text) => {
    if (text === undefined || text === null) return undefined;
    const whole = `${text}`;
    const [day, clock, more] = whole.split(/T/i);
    if (more !== undefined) return undefined;
    const at = DATES.map(([pattern, read]) => { const f = pattern.exec(day); return f && read(f); }).find(Boolean);
    if (at && clock === undefined) return { fields: at };
    if (at) {
      const time = timeOf(clock);
      return time && { ...time, fields: { ...at, ...time.fields } };
    }
    if (clock !== undefined && day !== '') return undefined;
    return whole.includes(':') || clock ? timeOf(clock ?? whole) : undefined;
  };
  const SQL_TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,30}))?)?(?: ?(z|[+-]\d\d(?::?\d\d)?))?(?: ?([a-z][\w+/-]*))?$/i;
  D.parseSQL = (text) => {
    const f = /^(\d{4}-\d\d-\d\d)(?: (.*))?$/.exec(text);
    if (!f) return timeOf(text, SQL_TIME);
    const [year, month, day] = f[1].split('-').map(Number);
    if (f[2] === undefined) return { fields: { year, month, day } };
    const time = timeOf(f[2], SQL_TIME);
    return time && { ...time, fields: { year, month, day, ...time.fields } };
  };
  const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
  const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const monthOf = (text) => MONTHS.indexOf(text.toLowerCase().slice(0, 3)) + 1;
  const dayOf = (text) => (text === undefined ? undefined : DAYS.indexOf(text.toLowerCase().slice(0, 3)) + 1);
  const century = (y) => (y.length === 2 ? (Number(y) > 60 ? 1900 : 2000) + Number(y) : Number(y));
  const OLD = { GMT: 0, UT: 0, UTC: 0, Z: 0, EST: -300, EDT: -240, CST: -360, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420 };
  D.parseRFC2822 = (text) => {
    const f = /^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun),\s)?(\d{1,2})\s(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s(\d{2,4})\s(\d\d):(\d\d)(?::(\d\d))?\s(?:(UT|GMT|[ECMP][SD]T)|([Zz])|([+-]\d\d\d\d))$/
      .exec(text.replace(/\([^()]*\)|[\n\t]/g, ' ').replace(/(\s\s+)/g, ' ').trim());
    if (!f) return undefined;
    return { fields: { year: century(f[4]), month: monthOf(f[3]), day: n(f[2]), hour: n(f[5]), minute: n(f[6]), second: n(f[7]) ?? 0, millisecond: 0 }, weekday: dayOf(f[1]), offset: f[8] ? OLD[f[8]] : offsetOf(f[9] ?? f[10]) };
  };
  const HTTP = [
    [/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/, (f) => [f[1], f[2], f[3], f[4], f[5], f[6], f[7]]],
    [/^(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday), (\d\d)-(\w{3})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/, (f) => [f[1], f[2], f[3], f[4], f[5], f[6], f[7]]],
    [/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) ( \d|\d\d) (\d\d):(\d\d):(\d\d) (\d{4})$/, (f) => [f[1], f[3], f[2], f[7], f[4], f[5], f[6]]],
  ];
  D.parseHTTP = (text) => {
    for (const [pattern, read] of HTTP) {
      const f = pattern.exec(text);
      if (!f) continue;
      const [weekday, day, month, year, hour, minute, second] = read(f);
      return { fields: { year: century(year), month: monthOf(month), day: n(day), hour: n(hour), minute: n(minute), second: n(second), millisecond: 0 }, weekday: dayOf(weekday), offset: 0 };
    }
    return undefined;
  };

  // Formats in: each token as a pattern and what it sets.
  const escape = (text) => text.replace(/[-[\]{}()*+?.,\\^$|#\s]/g, '\\$&');
  const oneOf = (words) => words.map((word) => escape(word.replace(/\.$/, '')) + '\\.?').join('|');
  const index = (words, start) => (text) => words.findIndex((word) => word.replace(/\.$/, '').toLowerCase() === text.replace(/\.$/, '').toLowerCase()) + start;
  const digits = (pattern, field) => ({ pattern, field, read: Number });
  const names = (field, words, start) => ({ pattern: oneOf(words), field, read: index(words, start) });
  const weekdays = (words) => [...words.slice(1), words[0]];
  const tokenOf = (token, l) => {
    switch (token) {
      case 'G': return names('era', l.eras[0], 0);
      case 'GG': return names('era', l.eras[1], 0);
      case 'y': return digits('\\d{1,6}', 'year');
      case 'yy': return { pattern: '\\d{2,4}', field: 'year', read: century };
      case 'yyyy': return digits('\\d{4}', 'year');
      case 'yyyyy': return digits('\\d{4,6}', 'year');
      case 'yyyyyy': return digits('\\d{6}', 'year');
      case 'M': case 'L': return digits('\\d{1,2}', 'month');
      case 'MM': case 'LL': return digits('\\d{2}', 'month');
      case 'MMM': return names('month', l.months[1], 1);
      case 'LLL': return names('month', l.months[2], 1);
      case 'MMMM': return names('month', l.months[0], 1);
      case 'LLLL': return names('month', l.months[3], 1);
      case 'd': return digits('\\d{1,2}', 'day');
      case 'dd': return digits('\\d{2}', 'day');
      case 'o': return digits('\\d{1,3}', 'ordinal');
      case 'ooo': return digits('\\d{3}', 'ordinal');
      case 'H': case 'h': return digits('\\d{1,2}', token === 'h' ? 'hour12' : 'hour');
      case 'HH': case 'hh': return digits('\\d{2}', token === 'hh' ? 'hour12' : 'hour');
      case 'm': return digits('\\d{1,2}', 'minute');
      case 'mm': return digits('\\d{2}', 'minute');
      case 'q': case 'qq': return digits(token === 'q' ? '\\d{1,2}' : '\\d{2}', 'quarter');
      case 's': return digits('\\d{1,2}', 'second');
      case 'ss': return digits('\\d{2}', 'second');
      case 'S': return digits('\\d{1,3}', 'millisecond');
      case 'SSS': return digits('\\d{3}', 'millisecond');
      case 'u': return { pattern: '\\d{1,9}', field: 'millisecond', read: millis };
      case 'uu': return { pattern: '\\d{1,2}', field: 'millisecond', read: millis };
      case 'uuu': return { pattern: '\\d', field: 'millisecond', read: millis };
      case 'a': return names('meridiem', l.dayPeriods, 0);
      case 'kkkk': return digits('\\d{4}', 'weekYear');
      case 'kk': return { pattern: '\\d{2,4}', field: 'weekYear', read: century };
      case 'W': return digits('\\d{1,2}', 'weekNumber');
      case 'WW': return digits('\\d{2}', 'weekNumber');
      case 'E': case 'c': return digits('\\d', 'weekday');
      case 'EEE': return names('weekday', weekdays(l.days[1]), 1);
      case 'ccc': return names('weekday', weekdays(l.days[2]), 1);
      case 'EEEE': return names('weekday', weekdays(l.days[0]), 1);
      case 'cccc': return names('weekday', weekdays(l.days[3]), 1);
      case 'Z': case 'ZZ': return { pattern: '[+-]\\d{1,2}(?::\\d{2})?', field: 'offset', read: (t) => offsetOf(t.replace(/^([+-])(\d)(?!\d)/, '$10$2')) };
      case 'ZZZ': return { pattern: '[+-]\\d{1,2}\\d{2}', field: 'offset', read: (t) => offsetOf(t.replace(/^([+-])(\d)(\d\d)$/, '$10$2$3')) };
      case 'z': return { pattern: '[a-z_+-/]{1,256}?', field: 'zone', read: String };
      case ' ': return { pattern: '[ \\u00a0]', read: () => undefined };
      default: return undefined;
    }
  };
  D.explainFormat = (text, format, options = {}) => {
    const l = X.locale(options.locale ?? 'en-US');
    const tokens = D.tokens(format);
    const units = tokens.map((t) => (t.literal ? undefined : tokenOf(t.val, l)));
    const regex = new RegExp(`^${tokens.map((t, i) => (units[i] ? `(${units[i].pattern})` : escape(t.val).replace(/\\ |\\\s/g, '[ \\u00a0]'))).join('')}$`, 'i');
    const rawMatches = text.match(regex);
    const result = {}, matches = {};
    if (rawMatches) {
      units.filter(Boolean).forEach((unit, i) => {
        if (!unit.field) return;
        result[unit.field] = unit.read(rawMatches[i + 1]);
      });
      tokens.forEach((t, i) => { if (units[i]?.field) matches[t.val[0]] = result[units[i].field]; });
    }
    return { input: text, tokens, regex, rawMatches, matches, result: rawMatches ? fieldsOf(result) : null, parsed: rawMatches ? result : undefined };
  };
  const fieldsOf = (found) => {
    const { hour12, meridiem, era, quarter, offset, zone, ...fields } = found;
    if (hour12 !== undefined) fields.hour = meridiem === 1 && hour12 < 12 ? hour12 + 12 : meridiem === 0 && hour12 === 12 ? 0 : hour12;
    if (quarter !== undefined) fields.month = (quarter - 1) * 3 + 1;
    if (era === 0 && fields.year) fields.year = -fields.year;
    return fields;
  };
  D.parseFormat = (text, format, options) => {
    const { parsed } = D.explainFormat(text, format, options);
    if (!parsed) return undefined;
    const fields = fieldsOf(parsed);
    let weekday;
    if (fields.weekday !== undefined && fields.weekYear === undefined && fields.weekNumber === undefined) {
      ({ weekday } = fields);
      if (fields.year !== undefined || fields.month !== undefined || fields.day !== undefined) delete fields.weekday;
    }
    return { fields, weekday, offset: parsed.offset, zone: parsed.zone };
  };
})
