// `punycode`.
(function (H, G, X) {
  'use strict';
  const wrong = () => { throw new RangeError('Invalid input'); };
  const decode = (text) => H.punycodeDecode(`${text}`) ?? wrong();
  const encode = (text) => H.punycodeEncode(`${text}`) ?? wrong();
  const labels = (domain, change) => {
    const at = `${domain}`.lastIndexOf('@');
    const [before, name] = [`${domain}`.slice(0, at + 1), `${domain}`.slice(at + 1)];
    return before + name.replace(/[\u3002\uff0e\uff61]/g, '.').split('.').map(change).join('.');
  };
  return {
    version: '2.1.0',
    ucs2: { decode: (text) => Array.from(text, (c) => c.codePointAt(0)), encode: (points) => String.fromCodePoint(...points) },
    decode, encode,
    toASCII: (domain) => labels(domain, (label) => (/[^\0-\x7f]/.test(label) ? `xn--${encode(label)}` : label)),
    toUnicode: (domain) => labels(domain, (label) => (/^xn--/.test(label) ? decode(label.slice(4).toLowerCase()) : label)),
  };
})
