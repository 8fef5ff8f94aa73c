// Makes locales.tsv out of what Node.js knows (CLDR, by ICU): `node locales.mjs > locales.tsv`. Node.js 20 with CLDR 48.
//
// A line is the names of locales, a tab, and their data as JSON: of a language all of it, of a region what differs from its
// language. Patterns are texts with fields: %d %D day (plain, two digits), %n %N month, %b %B its short and long name, %l %L these
// names alone, %y %Y year (all, two digits), %w %W weekday (short, long), %v %V alone; %h %i hour of twelve, %H %I of twenty-four,
// %m %M minute, %s %S second, %a half of the day, %z zone;
// a `?` is a form of a name that is in no list.

const LANGUAGES = 'en de fr es pt it nl sv nb da fi pl cs sk hu ro bg hr uk ru el tr he ar hi vi id ms ja ko zh ca'.split(' ');
const CURRENCIES = 'USD EUR GBP BRL JPY INR CNY KRW AUD CAD MXN CHF SEK NOK DKK TRY PLN CZK HUF RON ILS ZAR RUB UAH ARS CLP COP PEN NGN KES PHP IDR THB VND MYR SGD HKD NZD TWD AED SAR EGP'.split(' ');
// Saturday, 5 September, and Thursday, 5 March: together they tell the forms of a name from each other.
const AT = Date.UTC(2026, 8, 5, 8, 4, 9, 7), OTHER = Date.UTC(2026, 2, 5, 8, 4, 9, 7);
const parts = (tag, options, at = AT) => new Intl.DateTimeFormat(tag, { timeZone: 'UTC', numberingSystem: 'latn', calendar: 'gregory', ...options }).formatToParts(at);
const value = (tag, options, type, at) => parts(tag, options, at).find((p) => p.type === type)?.value;
const month = (tag, options) => Array.from({ length: 12 }, (_, i) => value(tag, options, 'month', Date.UTC(2026, i, 5)));
const weekday = (tag, options) => Array.from({ length: 7 }, (_, i) => value(tag, options, 'weekday', Date.UTC(2026, 2, 1 + i)));

const words = (tag) => ({
  months: [{ month: 'long', day: 'numeric' }, { month: 'short', day: 'numeric' }, { month: 'short' }, { month: 'long' }, { month: 'narrow' }].map((o) => month(tag, o)),
  days: [{ weekday: 'long', day: 'numeric', month: 'long' }, { weekday: 'short', day: 'numeric', month: 'short' }, { weekday: 'short' }, { weekday: 'long' }, { weekday: 'narrow' }].map((o) => weekday(tag, o)),
  dayPeriods: [8, 20].map((hour) => value(tag, { hour: 'numeric', hour12: true }, 'dayPeriod', Date.UTC(2026, 2, 5, hour)) ?? ''),
  eras: ['short', 'long', 'narrow'].map((era) => [-1000, 2000].map((y) => value(tag, { era, year: 'numeric' }, 'era', Date.UTC(y, 5, 1)))),
});

const dateField = (l, p, other, short) => {
  // Where two forms are the same text, the one that was asked for is meant.
  const at = (lists, forms) => forms.find(([i]) => lists[i][0] === p.value && lists[i][1] === other.value)?.[1];
  const [long, brief] = [(m, n) => [[0, m], [3, n]], (m, n) => [[1, m], [2, n]]];
  const forms = (a, b, c, d) => (short ? [...brief(b, c), ...long(a, d)] : [...long(a, d), ...brief(b, c)]);
  switch (p.type) {
    case 'day': return p.value === '5' ? '%d' : '%D';
    case 'year': return p.value === '2026' ? '%y' : '%Y';
    case 'month': return p.value === '9' ? '%n' : p.value === '09' ? '%N' : at(l.months.map((names) => [names[8], names[2]]), forms('%B', '%b', '%l', '%L'));
    case 'weekday': return at(l.days.map((names) => [names[6], names[4]]), forms('%W', '%w', '%v', '%V'));
    default: return p.value;
  }
};
const timeField = (twelve, p) => {
  switch (p.type) {
    case 'hour': return p.value === '8' ? (twelve ? '%h' : '%H') : twelve ? '%i' : '%I';
    case 'minute': return p.value === '4' ? '%m' : '%M';
    case 'second': return p.value === '9' ? '%s' : '%S';
    case 'dayPeriod': return '%a';
    case 'timeZoneName': return '%z';
    default: return p.value;
  }
};
const isTime = (p) => ['hour', 'minute', 'second', 'dayPeriod', 'timeZoneName'].includes(p.type);
const isDate = (p) => ['day', 'month', 'year', 'weekday'].includes(p.type);
const datePattern = (tag, l, options) => {
  const others = parts(tag, options, OTHER);
  const short = (type) => (type === 'weekday' ? options.weekday === 'short' : options.month === 'short' || options.dateStyle === 'medium');
  return parts(tag, options).map((p, i) => dateField(l, p, others[i], short(p.type)) ?? '?').join('');
};
const timePattern = (tag, options, twelve) => parts(tag, { ...options, ...(twelve === undefined ? {} : { hour12: twelve }) }).map((p) => timeField(twelve, p)).join('');

// Of a name or number of a field in a key, the pattern of a simpler key follows.
const KEYS = [];
for (const w of ['', 'w', 'W']) for (const y of ['', 'y', 'Y']) for (const m of ['', 'n', 'N', 'b', 'B']) for (const d of ['', 'd', 'D']) if (w + y + m + d) KEYS.push([w, y, m, d]);
const OPTIONS = { w: { weekday: 'short' }, W: { weekday: 'long' }, y: { year: 'numeric' }, Y: { year: '2-digit' }, n: { month: 'numeric' }, N: { month: '2-digit' }, b: { month: 'short' }, B: { month: 'long' }, d: { day: 'numeric' }, D: { day: '2-digit' } };
const optionsOf = (key) => Object.assign({}, ...key.filter(Boolean).map((k) => OPTIONS[k]));
// As `simpler` in locales.js: the key whose pattern it is made of, and what is put in the place of what.
const SIMPLER = [['W', 'w', [['%w', '%W'], ['%v', '%V']]], ['Y', 'y', [['%y', '%Y']]], ['D', 'd', [['%d', '%D']]], ['N', 'n', [['%n', '%N']]], ['B', 'b', [['%b', '%B'], ['%l', '%L']]]];
const derived = (patterns, key) => {
  for (const [from, to, swaps] of SIMPLER) {
    if (key.includes(from)) return swaps.reduce((text, [a, b]) => text.replace(a, b), patterns[key.replace(from, to)] ?? derived(patterns, key.replace(from, to)));
  }
  return undefined;
};
const dates = (tag, l) => {
  const out = {};
  const order = (key) => SIMPLER.filter(([from]) => key.includes(from)).length;
  for (const key of KEYS.toSorted((a, b) => order(a.join('')) - order(b.join('')))) {
    const name = key.join('');
    const pattern = datePattern(tag, l, optionsOf(key));
    if (pattern !== derived(out, name)) out[name] = pattern;
  }
  return out;
};

// What stands between a date and its time; with `<` before it where the time stands first.
const glueOf = (all, dateAlone) => {
  const text = (list) => list.map((p) => p.value).join('');
  const first = all.findIndex(isTime), lastDate = all.findLastIndex(isDate);
  if (first < lastDate) return `<${text(all.slice(all.findLastIndex(isTime) + 1, all.findIndex(isDate)))}`;
  const end = text(dateAlone.slice(dateAlone.findLastIndex(isDate) + 1));
  const glue = text(all.slice(lastDate + 1, first));
  return glue.startsWith(end) ? glue.slice(end.length) : glue;
};
const joints = (tag) => {
  const of = (key) => glueOf(parts(tag, { ...optionsOf(key), hour: 'numeric', minute: '2-digit', second: '2-digit', hour12: false }), parts(tag, optionsOf(key)));
  const out = { '': of(['', 'y', 'n', 'd']) };
  for (const key of KEYS) {
    const name = key.join('');
    if (/[WYDN]/.test(name)) continue;
    const glue = of(key);
    if (glue !== out['']) out[name] = glue;
  }
  return out;
};
const times = (tag, twelve) => {
  const out = {};
  for (const [h, m, s] of [[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 0], [0, 1, 1], [0, 0, 1]]) {
    for (const hour of h ? ['numeric', '2-digit'] : [undefined]) {
      out[`${h ? (hour === 'numeric' ? 'h' : 'i') : ''}${m ? 'm' : ''}${s ? 's' : ''}`] = timePattern(tag, { hour, minute: m ? hour ?? 'numeric' : undefined, second: s ? 'numeric' : undefined }, twelve);
    }
  }
  return out;
};
const styles = (tag, l, twelve) => ({
  date: ['full', 'long', 'medium', 'short'].map((dateStyle) => datePattern(tag, l, { dateStyle })),
  time: ['full', 'long', 'medium', 'short'].map((timeStyle) => timePattern(tag, { timeStyle }, twelve)),
  joint: ['full', 'long', 'medium', 'short'].map((dateStyle) => glueOf(parts(tag, { dateStyle, timeStyle: 'short' }), parts(tag, { dateStyle }))),
});
const zones = (tag) => {
  const out = {};
  for (const [key, time] of [['m', { hour: 'numeric', minute: 'numeric' }], ['s', { hour: 'numeric', minute: 'numeric', second: 'numeric' }]]) {
    for (const timeZoneName of ['short', 'long']) {
      const all = parts(tag, { ...time, hour12: false, timeZoneName });
      const at = all.findIndex((p) => p.type === 'timeZoneName');
      const text = (list) => list.filter((p) => p.type === 'literal').map((p) => p.value).join('');
      const last = all.slice(0, at).findLastIndex(isTime);
      out[key + timeZoneName[0]] = [at < last || at === 0 ? ' ' : text(all.slice(last + 1, at)), text(all.slice(at + 1))];
    }
  }
  return out;
};

const numeric = (tag, options, n) => new Intl.NumberFormat(tag, options).formatToParts(n);
const numberPattern = (tag, options, n) => {
  let seen = false;
  return numeric(tag, options, n).map((p) => {
    if (['integer', 'group', 'decimal', 'fraction'].includes(p.type)) { const first = !seen; seen = true; return first ? '%n' : ''; }
    return p.type === 'currency' ? '%c' : p.value;
  }).join('');
};
const numbers = (tag) => {
  const get = (n, type) => numeric(tag, { maximumFractionDigits: 2 }, n).find((p) => p.type === type)?.value;
  const groups = (n) => numeric(tag, {}, n).filter((p) => p.type === 'integer').map((p) => p.value.length);
  const symbols = (currencyDisplay) => Object.fromEntries(CURRENCIES.map((currency) => [currency, numeric(tag, { style: 'currency', currency, currencyDisplay }, 1).find((p) => p.type === 'currency').value]).filter(([code, text]) => code !== text));
  return {
    decimal: get(1.5, 'decimal'), group: get(1234567, 'group') ?? '', groupFrom: groups(1234).length > 1 ? 4 : 5, indian: groups(123456789).includes(2),
    minus: get(-1, 'minusSign'), negative: numberPattern(tag, {}, -1), percent: [1, -1].map((n) => numberPattern(tag, { style: 'percent' }, n)),
    moneyGroup: numeric(tag, { style: 'currency', currency: 'USD' }, 1234567).find((p) => p.type === 'group')?.value,
    moneyDecimal: numeric(tag, { style: 'currency', currency: 'USD' }, 1.5).find((p) => p.type === 'decimal').value,
    money: [['USD', 1], ['USD', -1], ['PYG', 1], ['PYG', -1]].map(([currency, n]) => numberPattern(tag, { style: 'currency', currency, currencyDisplay: currency === 'PYG' ? 'code' : 'narrowSymbol' }, n)),
    symbols: symbols('symbol'), narrow: symbols('narrowSymbol'),
  };
};

const localeOf = (tag) => {
  const l = words(tag);
  const own = new Intl.DateTimeFormat(tag, { hour: 'numeric' }).resolvedOptions();
  const usual = new Intl.NumberFormat(tag).resolvedOptions().numberingSystem;
  const isTwelve = own.hourCycle === 'h12' || own.hourCycle === 'h11';
  const digits = (system) => (system === 'latn' ? undefined : [...new Intl.NumberFormat(tag, { numberingSystem: system, useGrouping: false }).format(9876543210)].reverse().join(''));
  return {
    ...l, dates: dates(tag, l), joints: joints(tag), times12: times(tag, true), times24: times(tag, false), styles: styles(tag, l, isTwelve), zones: zones(tag),
    twelve: isTwelve, digits: digits(usual), ...numbers(tag),
    utc: /^UTC/.test(value(tag, { timeZone: 'Asia/Kathmandu', timeZoneName: 'shortOffset' }, 'timeZoneName')) ? 'UTC' : undefined,
  };
};
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
// What is to be put over the data of the language: entries of tables one by one.
const difference = (own, base) => {
  const out = {};
  for (const key of new Set([...Object.keys(own), ...Object.keys(base)])) {
    if (same(own[key], base[key])) continue;
    const tables = [own[key], base[key]].every((v) => v && typeof v === 'object' && !Array.isArray(v));
    out[key] = tables ? Object.fromEntries([...new Set([...Object.keys(own[key]), ...Object.keys(base[key])])].filter((k) => !same(own[key][k], base[key][k])).map((k) => [k, own[key][k] ?? null])) : own[key] ?? null;
  }
  return out;
};
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const REGIONS = [...LETTERS.flatMap((a) => LETTERS.map((b) => a + b)), '001', '150', '419'];
const supported = (tag) => new Intl.DateTimeFormat(tag).resolvedOptions().locale === tag;
const lines = new Map();
for (const language of LANGUAGES) {
  const base = localeOf(language);
  lines.set(`${language}\t${JSON.stringify(base)}`, [language]);
  for (const region of REGIONS) {
    const tag = `${language}-${region}`;
    if (!supported(tag)) continue;
    const text = JSON.stringify(difference(localeOf(tag), base));
    if (text === '{}') continue;
    const key = `${language}-\t${text}`;
    lines.set(key, [...(lines.get(key) ?? []), tag]);
  }
}
for (const [key, tags] of lines) console.log(`${tags.join(' ')}\t${key.slice(key.indexOf('\t') + 1)}`);
