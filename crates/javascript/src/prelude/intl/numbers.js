// `Intl.NumberFormat` and what stands on it.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const DIGITS = { JPY: 0, KRW: 0, CLP: 0, VND: 0 };
  const UNITS = { 'kilometer-per-hour': 'km/h', kilometer: 'km', meter: 'm', centimeter: 'cm', kilogram: 'kg', gram: 'g', liter: 'L', percent: '%', celsius: '°C', byte: 'byte', kilobyte: 'kB', megabyte: 'MB', gigabyte: 'GB', second: 'sec', minute: 'min', hour: 'hr', day: 'day' };

  // A finite number as digits, rounded half away from zero as decimal text.
  const decimal = (n, min, max) => {
    const plain = expand(Math.abs(n));
    let [whole, fraction = ''] = plain.split('.');
    if (fraction.length > max) {
      const up = fraction[max] >= '5';
      let digits = whole + fraction.slice(0, max);
      if (up) digits = String(BigInt(digits) + 1n).padStart(digits.length, '0');
      whole = digits.slice(0, digits.length - max) || '0';
      fraction = max ? digits.slice(-max) : '';
    }
    fraction = fraction.replace(/0+$/, '').padEnd(min, '0');
    return [whole, fraction];
  };
  const expand = (n) => {
    const text = String(n);
    const found = /^(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
    if (!found) return text;
    const [, whole, fraction = '', exponent] = found;
    const digits = whole + fraction;
    const point = whole.length + Number(exponent);
    if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
    return point >= digits.length ? digits + '0'.repeat(point - digits.length) : `${digits.slice(0, point)}.${digits.slice(point)}`;
  };
  const grouped = (whole, locale) => {
    if (whole.length < (locale.groupFrom ?? 4)) return [whole];
    const out = [];
    let rest = whole;
    for (let size = 3; rest.length > size; size = locale.indian ? 2 : 3) {
      out.unshift(rest.slice(-size));
      rest = rest.slice(0, -size);
    }
    return [rest, ...out];
  };
  const significant = (n, min, max) => {
    if (n === 0) return decimal(0, Math.max(0, min - 1), Math.max(0, min - 1));
    const [mantissa, exponent] = Math.abs(n).toExponential(max - 1).split('e');
    const rounded = Number(`${mantissa}e${exponent}`);
    return decimal(rounded, Math.max(0, min - 1 - Number(exponent)), Math.max(0, max - 1 - Number(exponent)));
  };

  class NumberFormat {
    #locale; #options;
    constructor(locales, options = {}) {
      this.#locale = X.locale(locales);
      const o = this.#options = { ...options };
      const style = o.style ?? 'decimal';
      if (style === 'currency' && o.currency === undefined) throw new TypeError('Currency code is required with currency style.');
      if (o.currency !== undefined) {
        o.currency = `${o.currency}`.toUpperCase();
        if (!/^[A-Z]{3}$/.test(o.currency)) throw new RangeError(`Invalid currency code : ${o.currency}`);
      }
      const [min, max] = style === 'currency' ? [DIGITS[o.currency] ?? 2, DIGITS[o.currency] ?? 2] : style === 'percent' ? [0, 0] : [0, 3];
      const check = (v, name, low, high) => {
        if (v === undefined) return undefined;
        const n = Number(v);
        if (!(n >= low && n <= high)) throw new RangeError(`${name} value is out of range.`);
        return Math.floor(n);
      };
      o.minimumIntegerDigits = check(o.minimumIntegerDigits, 'minimumIntegerDigits', 1, 21) ?? 1;
      const lowest = check(o.minimumFractionDigits, 'minimumFractionDigits', 0, 100);
      const highest = check(o.maximumFractionDigits, 'maximumFractionDigits', 0, 100);
      if (lowest !== undefined && highest !== undefined && lowest > highest) throw new RangeError('maximumFractionDigits value is out of range.');
      o.minimumFractionDigits = lowest ?? Math.min(min, highest ?? min);
      o.maximumFractionDigits = highest ?? Math.max(max, o.minimumFractionDigits);
      this.format = (n) => this.formatToParts(n).map((p) => p.value).join('');
    }
    formatToParts(value) {
      const { style = 'decimal' } = this.#options;
      const locale = this.#locale, o = this.#options;
      let n = typeof value === 'bigint' ? value : Number(value);
      const negative = n < 0 || Object.is(n, -0);
      const parts = [];
      if (style === 'percent' && typeof n === 'number') n *= 100;
      const core = this.#core(n);
      const zero = core.every((p) => !/[1-9]/.test(p.value) || p.type === 'nan') && n !== 0;
      const sign = negative && !(zero && o.signDisplay === 'negative') && o.signDisplay !== 'never' ? locale.minus
        : o.signDisplay === 'always' || (o.signDisplay === 'exceptZero' && n > 0) ? '+' : '';
      const bare = /[-\u2212]/;
      const signed = (plain, minus) => (sign === '' ? plain : sign === '+' ? minus.replace(bare, '+') : minus);
      const before = sign ? [{ type: sign === '+' ? 'plusSign' : 'minusSign', value: sign }] : [];
      if (style === 'currency' && o.currencyDisplay === 'name') parts.push(...before, ...core, { type: 'literal', value: ' ' }, { type: 'currency', value: o.currency });
      else if (style === 'currency') parts.push(...this.#money(signed, core));
      else if (style === 'percent') parts.push(...this.#filled(signed(...locale.percent), core));
      else if (style === 'unit') parts.push(...before, ...core, { type: 'literal', value: ' ' }, { type: 'unit', value: UNITS[o.unit] ?? X.fail(`The unit "${o.unit}" is not there yet`, 'unsupported') });
      else parts.push(...this.#filled(signed('%n', locale.negative), core));
      return locale.digits ? parts.map((p) => ({ ...p, value: p.value.replace(/\d/g, (d) => locale.digits[d]) })) : parts;
    }
    // A symbol that ends in a letter keeps its distance from the number.
    #money(signed, core) {
      const [plain, minus, plainCode, minusCode] = this.#locale.money;
      const symbol = this.#symbol();
      const letter = /\p{L}/u.test(plain.indexOf('%c') < plain.indexOf('%n') ? symbol.at(-1) : symbol[0]);
      return this.#filled(letter ? signed(plainCode, minusCode) : signed(plain, minus), core, symbol);
    }
    #filled(pattern, core, symbol) {
      const literal = (text) => ({ type: text === this.#locale.minus ? 'minusSign' : text === '+' ? 'plusSign' : /[%٪]/.test(text) ? 'percentSign' : 'literal', value: text });
      return pattern.split(/(%n|%c|[-+\u2212])/).filter(Boolean).flatMap((text) => (text === '%n' ? core : text === '%c' ? [{ type: 'currency', value: symbol }] : [literal(text)]));
    }
    #symbol() {
      const { currency, currencyDisplay } = this.#options;
      const { symbols, narrow } = this.#locale;
      if (currencyDisplay === 'code') return currency;
      return (currencyDisplay === 'narrowSymbol' ? narrow[currency] : symbols[currency]) ?? currency;
    }
    #core(n) {
      const locale = this.#locale, o = this.#options;
      if (Number.isNaN(n)) return [{ type: 'nan', value: 'NaN' }];
      if (n === Infinity || n === -Infinity) return [{ type: 'infinity', value: '∞' }];
      if (o.notation === 'scientific' || o.notation === 'engineering') return this.#scientific(Number(n));
      if (o.notation === 'compact') return this.#compact(Number(n));
      const [whole, fraction] = typeof n === 'bigint' ? [String(n < 0n ? -n : n), ''.padEnd(o.minimumFractionDigits, '0')]
        : o.maximumSignificantDigits || o.minimumSignificantDigits ? significant(n, o.minimumSignificantDigits ?? 1, o.maximumSignificantDigits ?? 21)
          : decimal(n, o.minimumFractionDigits, o.maximumFractionDigits);
      const digits = whole.padStart(o.minimumIntegerDigits, '0');
      const groups = o.useGrouping === false ? [digits] : grouped(digits, o.useGrouping === 'always' ? { ...locale, groupFrom: 4 } : locale);
      const [separator, point] = o.style === 'currency' ? [locale.moneyGroup, locale.moneyDecimal] : [locale.group, locale.decimal];
      const out = groups.flatMap((g, i) => (i ? [{ type: 'group', value: separator }, { type: 'integer', value: g }] : [{ type: 'integer', value: g }]));
      if (fraction) out.push({ type: 'decimal', value: point }, { type: 'fraction', value: fraction });
      return out;
    }
    #scientific(n) {
      const exponent = n === 0 ? 0 : Math.floor(Math.log10(Math.abs(n)));
      const shift = this.#options.notation === 'engineering' ? Math.floor(exponent / 3) * 3 : exponent;
      const [whole, fraction] = decimal(Number(`${n}e${-shift}`), this.#options.minimumFractionDigits, this.#options.maximumFractionDigits);
      const out = [{ type: 'integer', value: whole }];
      if (fraction) out.push({ type: 'decimal', value: this.#locale.decimal }, { type: 'fraction', value: fraction });
      return [...out, { type: 'exponentSeparator', value: 'E' }, ...(shift < 0 ? [{ type: 'exponentMinusSign', value: '-' }] : []), { type: 'exponentInteger', value: String(Math.abs(shift)) }];
    }
    #compact(n) {
      if (this.#locale.language !== 'en') X.fail(`Compact numbers in "${this.#locale.name}" are not there yet`, 'unsupported');
      const abs = Math.abs(n);
      const step = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']].find(([from]) => abs >= from) ?? [1, ''];
      const scaled = abs / step[0];
      const [whole, fraction] = scaled < 100 ? significant(scaled, 1, 2) : decimal(scaled, 0, 0);
      const out = [{ type: 'integer', value: whole }];
      if (fraction) out.push({ type: 'decimal', value: '.' }, { type: 'fraction', value: fraction });
      return step[1] ? [...out, { type: 'compact', value: step[1] }] : out;
    }
    resolvedOptions() { return { locale: this.#locale.name, numberingSystem: this.#locale.digits ? 'arab' : 'latn', style: 'decimal', ...this.#options }; }
    static supportedLocalesOf(list) { return [list].flat(); }
  }
  const callable = X.callableClass = (C) => X.withheld.Proxy && new X.withheld.Proxy(C, { apply: (target, self, args) => new target(...args) });

  // Rules that are the language's own are not there for all of them.
  const only = (languages, what) => (locales) => {
    const { language, name } = X.locale(locales);
    return languages.includes(language) ? language : X.fail(`${what} in "${name}" is not there yet`, 'unsupported');
  };
  const plurals = only('en de fr es pt sv tr ar it nl nb da fi el hu bg ca hi id ms vi ja ko zh'.split(' '), 'The plural');
  const lists = only('en de fr es pt sv tr ar'.split(' '), 'A list');
  const sorting = only('en de fr es pt sv tr ar it nl id ms ca'.split(' '), 'The order of texts');
  // One and other, and English ordinals: what public workflows use.
  class PluralRules {
    #language; #ordinal;
    constructor(locales, options = {}) { this.#language = plurals(locales); this.#ordinal = options.type === 'ordinal'; }
    select(n) {
      if (this.#ordinal) {
        if (this.#language !== 'en') return this.#language === 'fr' && n === 1 ? 'one' : 'other';
        const ten = n % 10, hundred = n % 100;
        return ten === 1 && hundred !== 11 ? 'one' : ten === 2 && hundred !== 12 ? 'two' : ten === 3 && hundred !== 13 ? 'few' : 'other';
      }
      if (this.#language === 'ar') return n === 0 ? 'zero' : n === 1 ? 'one' : n === 2 ? 'two' : n % 100 >= 3 && n % 100 <= 10 ? 'few' : n % 100 >= 11 ? 'many' : 'other';
      if (['id', 'ms', 'vi', 'ja', 'ko', 'zh'].includes(this.#language)) return 'other';
      const one = this.#language === 'fr' || this.#language === 'pt' ? Math.floor(Math.abs(n)) <= 1 : n === 1;
      return one ? 'one' : 'other';
    }
  }
  const AND = { en: ' and ', de: ' und ', fr: ' et ', es: ' y ', pt: ' e ', sv: ' och ', tr: ' ve ', ar: ' و' };
  const OR = { en: ' or ', de: ' oder ', fr: ' ou ', es: ' o ', pt: ' ou ', sv: ' eller ', tr: ' veya ', ar: ' أو ' };
  class ListFormat {
    #language; #options;
    constructor(locales, options = {}) { this.#language = lists(locales); this.#options = options; }
    format(list) {
      const items = [...list];
      const { type = 'conjunction', style = 'long' } = this.#options;
      if (items.length < 2) return items[0] ?? '';
      if (type === 'unit') return items.join(style === 'narrow' ? ' ' : ', ');
      const word = (type === 'disjunction' ? OR : AND)[this.#language];
      const short = style !== 'long' && this.#language === 'en' && type === 'conjunction';
      const last = items.pop();
      if (items.length === 1) return `${items[0]}${short ? ', ' : word}${last}`;
      if (this.#language === 'en') return `${items.join(', ')},${short ? ' ' : word}${last}`;
      return `${items.join(', ')}${word}${last}`;
    }
  }
  const FOLD = { base: (s) => s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(), accent: (s) => s.toLowerCase(), case: (s) => s.normalize('NFD').replace(/\p{M}/gu, ''), variant: (s) => s };
  const SWEDISH = { å: 'z1', ä: 'z2', ö: 'z3' };
  const GERMAN = { ß: 'ss' };
  const keyOf = (text, language) => {
    const special = language === 'sv' ? SWEDISH : GERMAN;
    return [...text.toLowerCase()].map((c) => special[c] ?? c.normalize('NFD').replace(/\p{M}/gu, '')).join('').replace(/[^\p{L}\p{N}]/gu, (c) => `\u0001${c}`);
  };
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const numericOrder = (a, b) => {
    const split = (s) => s.split(/(\d+)/);
    const [x, y] = [split(a), split(b)];
    for (let i = 0; i < Math.max(x.length, y.length); i++) {
      const found = i % 2 ? order(Number(x[i] ?? -1), Number(y[i] ?? -1)) : order(x[i] ?? '', y[i] ?? '');
      if (found) return found;
    }
    return 0;
  };
  const compare = (a, b, language, options = {}) => {
    const { sensitivity = 'variant', numeric = false } = options;
    const plain = (numeric ? numericOrder : order)(keyOf(a, language), keyOf(b, language));
    if (plain || sensitivity === 'base') return plain;
    const accents = (s) => FOLD.accent(s).normalize('NFD');
    if (sensitivity !== 'case') {
      const byAccent = order(accents(a), accents(b));
      if (byAccent || sensitivity === 'accent') return byAccent;
    }
    // Small letters come first.
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const [x, y] = [a[i] !== a[i].toLowerCase(), b[i] !== b[i].toLowerCase()];
      if (x !== y) return x ? 1 : -1;
    }
    return 0;
  };
  class Collator {
    #language; #options;
    constructor(locales, options = {}) { this.#language = sorting(locales); this.#options = options; this.compare = (a, b) => compare(`${a}`, `${b}`, this.#language, this.#options); }
  }

  const Intl = {};
  X.hidden(G, 'Intl', Intl);
  Object.entries({ NumberFormat, PluralRules, ListFormat, Collator }).forEach(([name, C]) => X.hidden(Intl, name, callable(C)));
  X.NumberFormat = NumberFormat;
  X.PluralRules = PluralRules;
  X.ListFormat = ListFormat;
  const replace = (proto, name, f) => X.hidden(proto, name, f);
  replace(Number.prototype, 'toLocaleString', function (locales, options) { return new NumberFormat(locales, options).format(Number(this)); });
  replace(BigInt.prototype, 'toLocaleString', function (locales, options) { return new NumberFormat(locales, options).format(BigInt(this)); });
  replace(Array.prototype, 'toLocaleString', function (locales, options) { return this.map((v) => (v === null || v === undefined ? '' : v.toLocaleString(locales, options))).join(','); });
  replace(String.prototype, 'localeCompare', function (other, locales, options) {
    if (this === undefined || this === null) throw new TypeError('String.prototype.localeCompare called on null or undefined');
    return compare(`${this}`, `${other}`, sorting(locales), options);
  });
  const turkish = (locales) => locales !== undefined && X.locale(locales).language === 'tr';
  const lower = String.prototype.toLowerCase, upper = String.prototype.toUpperCase;
  replace(String.prototype, 'toLocaleLowerCase', function (locales) { return lower.call(turkish(locales) ? this.replace(/I/g, 'ı').replace(/İ/g, 'i') : this); });
  replace(String.prototype, 'toLocaleUpperCase', function (locales) { return upper.call(turkish(locales) ? this.replace(/i/g, 'İ') : this); });
})
