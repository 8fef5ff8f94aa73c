// Formats: tokens out, tokens in, and the fixed formats.
(function (H, G) {
  'use strict';
  const X = G.__kv_x, D = X.dates;
  const pad = D.pad = (n, width = 2) => (n < 0 ? `-${String(-n).padStart(width, '0')}` : String(n).padStart(width, '0'));

  // Runs of one character; text in single quotes stands for itself.
  D.tokens = (format) => {
    const out = [];
    let run = '', quoted = false;
    const push = () => { if (run) out.push({ literal: quoted || /^\s+$/.test(run), val: run }); run = ''; };
    for (let i = 0; i < format.length; i++) {
      const c = format[i];
      if (c === "'") {
        if (!run && quoted && format[i - 1] === "'") { out.push({ literal: true, val: "'" }); }
        push();
        quoted = !quoted;
      } else if (quoted || c === run[0]) run += c;
      else { push(); run = c; }
    }
    push();
    return out;
  };

  const P = D.PRESETS = {};
  const date = { DATE_SHORT: { year: 'numeric', month: 'numeric', day: 'numeric' }, DATE_MED: { year: 'numeric', month: 'short', day: 'numeric' }, DATE_FULL: { year: 'numeric', month: 'long', day: 'numeric' } };
  P.DATE_MED_WITH_WEEKDAY = { ...date.DATE_MED, weekday: 'short' };
  P.DATE_HUGE = { ...date.DATE_FULL, weekday: 'long' };
  Object.assign(P, date);
  const time = { TIME_SIMPLE: { hour: 'numeric', minute: 'numeric' }, TIME_WITH_SECONDS: { hour: 'numeric', minute: 'numeric', second: 'numeric' } };
  time.TIME_WITH_SHORT_OFFSET = { ...time.TIME_WITH_SECONDS, timeZoneName: 'short' };
  time.TIME_WITH_LONG_OFFSET = { ...time.TIME_WITH_SECONDS, timeZoneName: 'long' };
  for (const [name, options] of Object.entries(time)) {
    P[name] = options;
    P[name.replace('TIME_', 'TIME_24_')] = { ...options, hourCycle: 'h23' };
  }
  const both = (name, day, extra) => { P[`DATETIME_${name}`] = { ...day, hour: 'numeric', minute: 'numeric', ...extra }; P[`DATETIME_${name}_WITH_SECONDS`] = { ...day, hour: 'numeric', minute: 'numeric', second: 'numeric', ...extra }; };
  both('SHORT', P.DATE_SHORT, {});
  both('MED', P.DATE_MED, {});
  both('FULL', P.DATE_FULL, { timeZoneName: 'short' });
  both('HUGE', P.DATE_HUGE, { timeZoneName: 'long' });
  P.DATETIME_MED_WITH_WEEKDAY = { ...P.DATE_MED_WITH_WEEKDAY, hour: 'numeric', minute: 'numeric' };
  const MACROS = { D: 'DATE_SHORT', DD: 'DATE_MED', DDD: 'DATE_FULL', DDDD: 'DATE_HUGE', t: 'TIME_SIMPLE', tt: 'TIME_WITH_SECONDS', ttt: 'TIME_WITH_SHORT_OFFSET', tttt: 'TIME_WITH_LONG_OFFSET',
    T: 'TIME_24_SIMPLE', TT: 'TIME_24_WITH_SECONDS', TTT: 'TIME_24_WITH_SHORT_OFFSET', TTTT: 'TIME_24_WITH_LONG_OFFSET', f: 'DATETIME_SHORT', ff: 'DATETIME_MED', fff: 'DATETIME_FULL', ffff: 'DATETIME_HUGE',
    F: 'DATETIME_SHORT_WITH_SECONDS', FF: 'DATETIME_MED_WITH_SECONDS', FFF: 'DATETIME_FULL_WITH_SECONDS', FFFF: 'DATETIME_HUGE_WITH_SECONDS' };

  const year = (dt, width) => { const y = dt.year; return width === 2 ? pad(((y % 100) + 100) % 100) : pad(y, width); };
  const month = (l, dt, form) => l.months[form][dt.month - 1];
  const day = (l, dt, form) => l.days[form][dt.weekday % 7];
  const week = (n, width) => pad(n, width);
  const TOKENS = {
    S: (dt) => pad(dt.millisecond, 1), u: (dt) => pad(dt.millisecond, 3), SSS: (dt) => pad(dt.millisecond, 3),
    uu: (dt) => pad(Math.floor(dt.millisecond / 10)), uuu: (dt) => String(Math.floor(dt.millisecond / 100)),
    s: (dt) => String(dt.second), ss: (dt) => pad(dt.second), m: (dt) => String(dt.minute), mm: (dt) => pad(dt.minute),
    h: (dt) => String(dt.hour % 12 || 12), hh: (dt) => pad(dt.hour % 12 || 12), H: (dt) => String(dt.hour), HH: (dt) => pad(dt.hour),
    Z: (dt) => D.offsetText(dt.offset, 'narrow'), ZZ: (dt) => D.offsetText(dt.offset, 'short'), ZZZ: (dt) => D.offsetText(dt.offset, 'techie'),
    ZZZZ: (dt) => dt.zone.offsetName(dt.ts, { format: 'short', locale: dt.loc.locale }), ZZZZZ: (dt) => dt.zone.offsetName(dt.ts, { format: 'long', locale: dt.loc.locale }),
    z: (dt) => dt.zoneName, a: (dt, l) => l.dayPeriods[dt.hour < 12 ? 0 : 1],
    d: (dt) => String(dt.day), dd: (dt) => pad(dt.day),
    c: (dt) => String(dt.weekday), ccc: (dt, l) => day(l, dt, 2), cccc: (dt, l) => day(l, dt, 3), ccccc: (dt, l) => X.narrow(l, dt.weekday % 7, true),
    E: (dt) => String(dt.weekday), EEE: (dt, l) => day(l, dt, 1), EEEE: (dt, l) => day(l, dt, 0), EEEEE: (dt, l) => X.narrow(l, dt.weekday % 7, true),
    L: (dt) => String(dt.month), LL: (dt) => pad(dt.month), LLL: (dt, l) => month(l, dt, 2), LLLL: (dt, l) => month(l, dt, 3), LLLLL: (dt, l) => X.narrow(l, dt.month - 1, false),
    M: (dt) => String(dt.month), MM: (dt) => pad(dt.month), MMM: (dt, l) => month(l, dt, 1), MMMM: (dt, l) => month(l, dt, 0), MMMMM: (dt, l) => X.narrow(l, dt.month - 1, false),
    y: (dt) => String(dt.year), yy: (dt) => year(dt, 2), yyyy: (dt) => year(dt, 4), yyyyyy: (dt) => year(dt, 6),
    G: (dt, l) => l.eras[0][dt.year > 0 ? 1 : 0], GG: (dt, l) => l.eras[1][dt.year > 0 ? 1 : 0], GGGGG: (dt, l) => l.eras[2][dt.year > 0 ? 1 : 0],
    kk: (dt) => pad(dt.weekYear % 100), kkkk: (dt) => pad(dt.weekYear, 4), W: (dt) => String(dt.weekNumber), WW: (dt) => week(dt.weekNumber, 2),
    n: (dt) => String(dt.localWeekNumber), nn: (dt) => pad(dt.localWeekNumber), ii: (dt) => pad(dt.localWeekYear % 100), iiii: (dt) => pad(dt.localWeekYear, 4),
    o: (dt) => String(dt.ordinal), ooo: (dt) => pad(dt.ordinal, 3), q: (dt) => String(dt.quarter), qq: (dt) => pad(dt.quarter),
    X: (dt) => String(Math.floor(dt.ts / 1000)), x: (dt) => String(dt.ts),
  };
  D.format = (dt, format, options = {}) => {
    const shown = options.locale ? dt.setLocale(options.locale) : dt;
    const l = X.locale(shown.loc.locale);
    return D.tokens(format).map(({ literal, val }) => {
      if (literal) return val;
      if (MACROS[val]) return shown.toLocaleString(P[MACROS[val]]);
      return TOKENS[val] ? TOKENS[val](shown, l) : val;
    }).join('');
  };
  D.intl = (dt, options = {}, overrides = {}) => {
    const zone = dt.zone.fixed === undefined ? dt.zone.name : dt.zone.fixed === 0 ? 'UTC' : D.offsetText(dt.zone.fixed, 'short');
    return new X.DateTimeFormat(overrides.locale ?? dt.loc.locale, { timeZone: zone, ...options, ...overrides, locale: undefined });
  };

  // luxon joins the parts itself where the zone is fixed and no `Etc/GMT` stands for it. Beside the options only the locale counts.
  D.intlText = (dt, options, { locale, numberingSystem } = {}) => {
    const format = D.intl(dt, { ...options, numberingSystem: options.numberingSystem ?? numberingSystem }, { locale });
    const { fixed } = dt.zone;
    const named = fixed === undefined || options.timeZone !== undefined || fixed !== 0 && fixed % 60 === 0 && fixed >= -720 && fixed <= 840;
    return named ? format.format(dt.ts) : format.formatToParts(dt.ts).map((p) => p.value).join('');
  };

  // ISO 8601 out.
  D.isoDate = (c, extended) => {
    const y = c.year > 9999 || c.year < 0 ? `${c.year < 0 ? '-' : '+'}${String(Math.abs(c.year)).padStart(6, '0')}` : pad(c.year, 4);
    const dash = extended ? '-' : '';
    return `${y}${dash}${pad(c.month)}${dash}${pad(c.day)}`;
  };
  D.isoTime = (dt, { format = 'extended', suppressSeconds = false, suppressMilliseconds = false, includeOffset = true, extendedZone = false } = {}) => {
    const colon = format === 'extended' ? ':' : '';
    const c = dt.c;
    let out = `${pad(c.hour)}${colon}${pad(c.minute)}`;
    if (c.second || c.millisecond || !suppressSeconds) {
      out += `${colon}${pad(c.second)}`;
      if (c.millisecond || !suppressMilliseconds) out += `.${pad(c.millisecond, 3)}`;
    }
    if (!includeOffset) return out;
    if (dt.zone.isUniversal && dt.offset === 0 && !extendedZone) return `${out}Z`;
    const o = Math.trunc(Math.abs(dt.o)), sign = dt.o < 0 ? '-' : '+';
    out += `${sign}${pad(Math.trunc(o / 60))}:${pad(o % 60)}`;
    return extendedZone ? `${out}[${dt.zone.ianaName}]` : out;
  };
})
