// Bytes and text for user code: `Buffer`, `TextEncoder`, `TextDecoder`, `btoa`, `atob`.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const to64 = (bytes) => {
    const out = [];
    for (let i = 0; i < bytes.length; i += 3) {
      const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      out.push(ALPHABET[n >> 18] + ALPHABET[(n >> 12) & 63] + (i + 1 < bytes.length ? ALPHABET[(n >> 6) & 63] : '=') + (i + 2 < bytes.length ? ALPHABET[n & 63] : '='));
    }
    return out.join('');
  };
  const from64 = (text) => {
    const out = [];
    let bits = 0, count = 0;
    for (const c of text.replace(/-/g, '+').replace(/_/g, '/')) {
      if (c === '=') break;
      const n = ALPHABET.indexOf(c);
      if (n < 0) continue;
      bits = ((bits << 6) | n) & 0xffffff;
      count += 6;
      if (count >= 8) { count -= 8; out.push((bits >> count) & 255); }
    }
    return out;
  };
  const toUtf8 = (text) => {
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
  // How long the sequence is that begins with a byte, and the least it may stand for.
  const LEADS = [[0x80, 0, 1, 0], [0xe0, 0xc0, 2, 0x80], [0xf0, 0xe0, 3, 0x800], [0xf8, 0xf0, 4, 0x10000]];
  const fromUtf8 = (bytes) => {
    const out = [];
    for (let i = 0; i < bytes.length;) {
      const lead = LEADS.find(([mask, value]) => (bytes[i] & mask) === value);
      let point = -1;
      if (lead) {
        point = lead[2] === 1 ? bytes[i] : bytes[i] & (0xff >> (lead[2] + 1));
        for (let k = 1; k < lead[2] && point >= 0; k++) point = (bytes[i + k] & 0xc0) === 0x80 ? (point << 6) | (bytes[i + k] & 63) : -1;
        if (point >= 0 && (point < lead[3] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))) point = -1;
      }
      out.push(point < 0 ? '\ufffd' : String.fromCodePoint(point));
      i += point < 0 ? 1 : lead[2];
    }
    return out.join('');
  };
  const latin = (bytes) => Array.from(bytes, (b) => String.fromCharCode(b)).join('');
  const CODECS = {
    utf8: [toUtf8, fromUtf8],
    base64: [from64, to64],
    base64url: [from64, (b) => to64(b).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')],
    hex: [(t) => (t.match(/[0-9a-f]{2}/gi) ?? []).map((h) => parseInt(h, 16)), (b) => Array.from(b, (n) => n.toString(16).padStart(2, '0')).join('')],
    latin1: [(t) => Array.from(t, (c) => c.charCodeAt(0) & 255), latin],
    ascii: [(t) => Array.from(t, (c) => c.charCodeAt(0) & 255), (b) => latin(Array.from(b, (n) => n & 127))],
    utf16le: [(t) => { const out = []; for (let i = 0; i < t.length; i++) out.push(t.charCodeAt(i) & 255, t.charCodeAt(i) >> 8); return out; },
      (b) => { const out = []; for (let i = 0; i + 1 < b.length; i += 2) out.push(String.fromCharCode(b[i] | (b[i + 1] << 8))); return out.join(''); }],
  };
  const ALIASES = { 'utf-8': 'utf8', binary: 'latin1', ucs2: 'utf16le', 'ucs-2': 'utf16le', 'utf-16le': 'utf16le' };
  const codec = (name = 'utf8') => {
    const lower = `${name}`.toLowerCase();
    const found = CODECS[ALIASES[lower] ?? lower];
    if (!found) throw new TypeError(`Unknown encoding: ${name}`);
    return found;
  };
  class Bytes extends Uint8Array {
    static from(value, encoding) {
      if (typeof value === 'string') return new Bytes(codec(encoding)[0](value));
      if (value instanceof ArrayBuffer) return new Bytes(value);
      if (value?.type === 'Buffer' && Array.isArray(value.data)) return new Bytes(value.data);
      if (value === null || typeof value !== 'object') {
        throw new TypeError(`The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ${value === null || value === undefined ? value : `type ${typeof value} (${value})`}`);
      }
      return new Bytes(Array.from(value));
    }
    static alloc(size, fill = 0) { return new Bytes(size).fill(fill); }
    static allocUnsafe(size) { return new Bytes(size); }
    static isBuffer(value) { return value instanceof Bytes; }
    static isEncoding(name) { try { codec(name); return true; } catch { return false; } }
    static byteLength(value, encoding) { return typeof value === 'string' ? codec(encoding)[0](value).length : value.byteLength; }
    static concat(list) { return new Bytes(list.flatMap((b) => Array.from(b))); }
    toString(encoding, start, end) { return codec(encoding)[1](start === undefined && end === undefined ? this : this.subarray(start, end)); }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return this.length === other.length && this.every((b, i) => b === other[i]); }
    slice(start, end) { return this.subarray(start, end); }
    indexOf(what, from = 0, encoding = undefined) {
      if (typeof what === 'number') return super.indexOf(what, from);
      const sought = typeof what === 'string' ? codec(encoding)[0](what) : what;
      for (let at = from; at + sought.length <= this.length; at++) if (sought.every((byte, i) => this[at + i] === byte)) return at;
      return -1;
    }
    includes(what, from, encoding) { return this.indexOf(what, from, encoding) >= 0; }
    write(text, offset = 0, encoding = undefined) { const b = codec(encoding)[0](text).slice(0, this.length - offset); this.set(b, offset); return b.length; }
  }
  // The constructor itself has long been withdrawn: Node.js warns of it, and where n8n runs code the warning fails.
  const OLD = 'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.';
  function Buffer() {
    throw X.hidden(new TypeError(`Cannot assign to read only property 'name' of object 'Error: ${OLD}'`), 'fromHost', true);
  }
  Object.setPrototypeOf(Buffer, Bytes);
  Buffer.prototype = Bytes.prototype;
  X.hidden(Bytes.prototype, 'constructor', Buffer);
  Object.defineProperty(Buffer, Symbol.species, { get: () => Bytes });
  // readUInt16BE, writeInt32LE and so on.
  for (const [name, view, size] of [['UInt8', 'Uint8', 1], ['Int8', 'Int8', 1], ['UInt16', 'Uint16', 2], ['Int16', 'Int16', 2], ['UInt32', 'Uint32', 4],
    ['Int32', 'Int32', 4], ['Float', 'Float32', 4], ['Double', 'Float64', 8], ['BigInt64', 'BigInt64', 8], ['BigUInt64', 'BigUint64', 8]]) {
    for (const order of size === 1 ? [''] : ['BE', 'LE']) {
      const at = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      X.hidden(Buffer.prototype, `read${name}${order}`, function (offset = 0) { return at(this)[`get${view}`](offset, order === 'LE'); });
      X.hidden(Buffer.prototype, `write${name}${order}`, function (value, offset = 0) { at(this)[`set${view}`](offset, value, order === 'LE'); return offset + size; });
    }
  }
  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return new Uint8Array(toUtf8(`${text}`)); }
  }
  class TextDecoder {
    constructor(encoding = 'utf-8') { this.encoding = `${encoding}`.toLowerCase(); }
    decode(bytes = []) {
      const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
      return codec(this.encoding === 'iso-8859-1' || this.encoding === 'windows-1252' ? 'latin1' : this.encoding)[1](view).replace(/^\ufeff/, '');
    }
  }
  const btoa = (text) => {
    const bytes = Array.from(`${text}`, (c) => c.charCodeAt(0));
    if (bytes.some((b) => b > 255)) throw new Error('Invalid character');
    return to64(bytes);
  };
  const atob = (text) => {
    const digits = `${text}`.replace(/[\t\n\f\r ]/g, '');
    const bare = digits.length % 4 ? digits : digits.replace(/={1,2}$/, '');
    const wrong = /[^A-Za-z0-9+/]/.test(bare) ? 'Invalid character' : bare.length % 4 === 1 ? 'The string to be decoded is not correctly encoded.' : undefined;
    if (wrong) throw X.hidden(new Error(wrong), 'name', 'InvalidCharacterError');
    return latin(from64(digits));
  };
  Object.entries({ Buffer, TextEncoder, TextDecoder, btoa, atob }).forEach(([name, value]) => X.hidden(G, name, value));
  X.bytes = { Buffer, to64 };
})
