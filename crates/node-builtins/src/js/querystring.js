// `querystring`.
(function (H, G, X) {
  'use strict';
  const { coded } = X.bytesOfNode();
  const escape = (value) => {
    const text = typeof value === 'string' ? value : typeof value === 'object' ? String(value) : `${value}`;
    if (!text.isWellFormed()) throw coded(URIError, 'ERR_INVALID_URI', 'URI malformed');
    return encodeURIComponent(text).replace(/%20/g, '%20');
  };
  const unescapeBuffer = (text, spaces) => {
    const { Buffer } = X.bytesOfNode();
    const bytes = Buffer.from(spaces ? `${text}`.replace(/\+/g, ' ') : `${text}`);
    const out = [];
    for (let i = 0; i < bytes.length; i++) {
      const digits = bytes[i] === 37 ? String.fromCharCode(bytes[i + 1], bytes[i + 2]) : '';
      if (/^[0-9a-fA-F]{2}$/.test(digits)) { out.push(parseInt(digits, 16)); i += 2; } else out.push(bytes[i]);
    }
    return Buffer.from(out);
  };
  const unescape = (text) => {
    try { return decodeURIComponent(text); } catch { return unescapeBuffer(text, false).toString(); }
  };
  const plain = (value) => (typeof value === 'string' ? value : typeof value === 'number' && Number.isFinite(value) || typeof value === 'bigint' || typeof value === 'boolean' ? `${value}` : '');
  const stringify = (object, separator = '&', equals = '=', options = undefined) => {
    const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : module.escape;
    if (object === null || typeof object !== 'object') return '';
    const written = (text) => (/^[\w!'()*.~-]*$/.test(text) && encode === escape ? text : encode(text));
    const pair = (key, value) => `${written(plain(key))}${equals || '='}${written(plain(value))}`;
    return Object.keys(object).flatMap((key) => (Array.isArray(object[key]) ? object[key].map((one) => pair(key, one)) : [pair(key, object[key])])).join(separator || '&');
  };
  const parse = (text, separator = '&', equals = '=', options = undefined) => {
    const found = { __proto__: null };
    if (typeof text !== 'string' || text.length === 0) return found;
    const decode = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : module.unescape;
    const decoded = (piece) => {
      const spaced = piece.replace(/\+/g, decode === unescape ? ' ' : '%20');
      if (decode === unescape && !spaced.includes('%')) return spaced;
      try { return decode(spaced); } catch { return unescape(spaced); }
    };
    const most = typeof options?.maxKeys === 'number' ? options.maxKeys : 1000;
    const pieces = text.split(`${separator || '&'}`).filter((piece) => piece !== '');
    for (const piece of most > 0 ? pieces.slice(0, most) : pieces) {
      const at = piece.indexOf(`${equals || '='}`);
      const key = decoded(at < 0 ? piece : piece.slice(0, at));
      const value = at < 0 ? '' : decoded(piece.slice(at + `${equals || '='}`.length));
      if (!(key in found)) found[key] = value;
      else if (Array.isArray(found[key])) found[key].push(value);
      else found[key] = [found[key], value];
    }
    return found;
  };
  const module = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
  return module;
})
