// Methods of texts.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const fail = X.extensionError;

  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const bytesOf = X.utf8 = (text) => {
    const out = [];
    for (const c of text.toWellFormed()) {
      const p = c.codePointAt(0);
      if (p < 0x80) out.push(p);
      else if (p < 0x800) out.push(0xc0 | (p >> 6), 0x80 | (p & 63));
      else if (p < 0x10000) out.push(0xe0 | (p >> 12), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63));
      else out.push(0xf0 | (p >> 18), 0x80 | ((p >> 12) & 63), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63));
    }
    return out;
  };
  const encode64 = X.encode64 = (bytes) => {
    let out = '';
    for (let i = 0; i < bytes.length; i += 3) {
      const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      out += ALPHABET[n >> 18] + ALPHABET[(n >> 12) & 63] + (i + 1 < bytes.length ? ALPHABET[(n >> 6) & 63] : '=') + (i + 2 < bytes.length ? ALPHABET[n & 63] : '=');
    }
    return out;
  };
  const decode64 = X.decode64 = (text) => {
    const out = [];
    let bits = 0, count = 0;
    for (const c of text.replace(/-/g, '+').replace(/_/g, '/')) {
      const n = ALPHABET.indexOf(c);
      if (n < 0) continue;
      bits = (bits << 6) | n;
      count += 6;
      if (count >= 8) { count -= 8; out.push((bits >> count) & 255); }
    }
    return out;
  };
  // One letter alone is no byte.
  const wholeBase64 = (text) => {
    if (text.replace(/[^A-Za-z0-9+/_-]/g, '').length % 4 === 1) throw new TypeError('malformed base64.');
    return decode64(text);
  };
  const SEQUENCES = /[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}/g;
  const point = (s) => {
    const b = [...s].map((c) => c.charCodeAt(0));
    const lead = [0, 0, 0x1f, 0x0f, 0x07][b.length];
    return String.fromCodePoint(b.slice(1).reduce((p, c) => (p << 6) | (c & 63), b[0] & lead));
  };
  // Bytes that are no UTF-8 stay as single characters.
  const textOf = (bytes) => bytes.map((b) => String.fromCharCode(b)).join('').replace(SEQUENCES, (s) => { try { return point(s); } catch { return s; } });

  const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3'];
  const hash = (v, algorithm = 'md5') => {
    const name = algorithm.toLowerCase();
    if (name === 'base64') return encode64(bytesOf(v));
    if (!ALGORITHMS.includes(name)) fail(`Unknown algorithm ${algorithm}. Available algorithms are: ${ALGORITHMS.join()}, and Base64.`);
    return H.digest(name, v) ?? X.fail(`hash('${name}') is not there yet`, 'unsupported');
  };

  const SMALL = new Set('a ad an and as at because but by en for if in neither nor of on only or over per so some than that the to up upon v v. versus via vs vs. when with without yet'.split(' '));
  const capital = (word) => word.replace(/^([^\p{L}\p{N}]*)(\p{L})/u, (_, before, c) => before + c.toUpperCase());
  const toTitleCase = (v) => {
    // Line breaks are lost, as in n8n.
    const words = v.replace(/[\n\r\u2028\u2029]+/g, '\0').split(/(\s+|\0)/).map((word) => (word === '\0' ? '' : word));
    const first = words.findIndex((w) => /\S/.test(w));
    const last = words.findLastIndex((w) => /\S/.test(w));
    return words.map((word, i) => {
      if (/\p{L}\p{Lu}|[^\s]\../u.test(word)) return word;
      if (i !== first && i !== last && SMALL.has(word)) return word;
      return word.split('-').map(capital).join('-');
    }).join('');
  };
  const toSentenceCase = (v) => v.toLowerCase().replace(/((?:^|[.!?])\P{L}*)(\p{L})/gu, (_, before, c) => before + c.toUpperCase());
  const toSnakeCase = (v) => v.toLowerCase().replace(/[ -]/g, '_').replace(/[^\p{L}\p{M}\p{N}_]/gu, '');

  const MARKDOWN = [
    [/^#{1,6}\s+/gm, ''],
    [/^([ \t]*)([*+-]|\d+\.)\s+/gm, '$1'],
    [/```.*\n/g, ''],
    [/!\[[^\]]*\]\([^)]*\)/g, ''],
    [/\[([^\]]*)\][[(][^)\]]*[)\]]/g, '$1'],
    [/<[^>]*>/g, ''],
    [/([*_]{1,3})(\S.*?\S)\1/g, '$2'],
    [/~~(.*?)~~/g, '$1'],
    [/^>(?=\s)/gm, ''],
    [/`(.+?)`/g, '$1'],
  ];
  const removeMarkdown = (v) => MARKDOWN.reduce((text, [pattern, by]) => text.replace(pattern, by), v);

  const SPECIAL = { ß: 'ss', ø: 'o', Ø: 'O', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'TH', ı: 'i',
    '“': '"', '”': '"', '„': '"', '‘': "'", '’': "'", '‚': "'", '–': '-', '—': '-', '…': '...', '€': 'EU', '«': '<<', '»': '>>', '©': '(C)', '®': '(R)', '™': 'TM' };
  const replaceSpecialChars = (v) => [...v].map((c) => SPECIAL[c] ?? c.normalize('NFD').replace(/\p{M}/gu, '')).join('');

  // Signs of currencies are no part of a number.
  const amount = (v) => v.replace(/\p{Sc}/gu, '').trim();
  const toFloat = (v) => {
    if (v.includes(',')) fail('cannot convert to float, expected . as decimal separator');
    const n = parseFloat(amount(v));
    return Number.isNaN(n) ? fail('cannot convert to float') : n;
  };
  const toInt = (v, radix) => {
    const n = parseInt(amount(v), radix);
    return Number.isNaN(n) ? fail('cannot convert to integer') : n;
  };
  // Regular expressions of n8n look for something that could be a host; what comes behind it they hardly look at.
  const HOST = String.raw`(?:localhost|(?:[\w-]+\.)+(?:xn--[a-z0-9-]+|[a-z]{2,})|\d{1,3}(?:\.\d{1,3}){3})`;
  const EMAIL = /[^\s<>()[\]\\.,;:@"]+(?:\.[^\s<>()[\]\\.,;:@"]+)*@((?:[a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,}|\[\d{1,3}(?:\.\d{1,3}){3}\])/;
  const URL = new RegExp(String.raw`(?:https?|ftp)://${HOST}\S*`, 'i');
  const URL_WHOLE = new RegExp(String.raw`^(?:https?|ftp)://${HOST}\S*$`, 'i');
  const DOMAIN = new RegExp(String.raw`^${HOST}(?::\d+)?(?:[/?#]\S*)?$`, 'i');
  const WITH_DOMAIN = new RegExp(String.raw`^(?:(?:(?:https?|ftp):)?//)?(${HOST})(?::\d+)?(?:[/?#]\S*)?$`, 'i');
  const isEmail = (v) => !v.includes(' ') && EMAIL.test(v);
  const extractDomain = (v) => (isEmail(v) ? EMAIL : WITH_DOMAIN).exec(v)?.[1];
  const parts = (v) => /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?#:]*)(?::\d+)?([^?#]*)/.exec(v.trim());
  const extractUrlPath = (v) => {
    const url = parts(v);
    return url ? url[3] || '/' : undefined;
  };
  const parseJson = (v) => {
    try { return JSON.parse(v); } catch { return fail(v.includes("'") ? "Parsing failed. Check you're using double quotes" : 'Parsing failed'); }
  };
  const quote = (v, mark = '"') => {
    if (mark === '') throw new SyntaxError('Invalid regular expression: /\\/: \\ at end of pattern');
    return mark + v.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`) + mark;
  };
  const toDate = (v) => {
    const date = new Date(v);
    return Number.isNaN(date.getTime()) ? fail('cannot convert to date') : date;
  };

  Object.assign(X.tables.string, {
    base64Decode: (v) => textOf(wholeBase64(v)),
    base64Encode: (v) => encode64(bytesOf(v)),
    extractDomain,
    extractEmail: (v) => EMAIL.exec(v)?.[0],
    extractUrl: (v) => URL.exec(v)?.[0],
    extractUrlPath,
    hash,
    isDomain: (v) => DOMAIN.test(v),
    isEmail,
    isEmpty: (v) => v === '',
    isNotEmpty: (v) => v !== '',
    isNumeric: (v) => !v.includes(' ') && !Number.isNaN(Number(v)) && !Number.isNaN(parseFloat(v)),
    isUrl: (v) => URL_WHOLE.test(v),
    length: (v) => v.length,
    parseJson,
    quote,
    removeMarkdown,
    removeTags: (v) => v.replace(/<[^>]*>/g, ''),
    replaceSpecialChars,
    toBoolean: (v) => !['false', 'no', '0', ''].includes(v.toLowerCase()),
    toDate,
    toDateTime: (v, format) => X.dateOfText(v, format),
    toDecimalNumber: toFloat,
    toFloat,
    toInt,
    toJsonString: (v) => JSON.stringify(v),
    toNumber: (v) => (Number.isNaN(Number(amount(v))) ? fail('cannot convert to number') : Number(amount(v))),
    toSentenceCase,
    toSnakeCase,
    toTitleCase,
    toWholeNumber: toInt,
    urlDecode: (v, whole) => (whole ? decodeURI(v) : decodeURIComponent(v)),
    urlEncode: (v, whole) => (whole ? encodeURI(v) : encodeURIComponent(v)),
  });
})
