// Bytes and text: `Buffer`, `TextEncoder`, `TextDecoder`, `btoa`, `atob`, as Node.js has them.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { hidden } = X;
  const NAMES = {
    __proto__: null, utf8: 'utf8', 'utf-8': 'utf8', latin1: 'latin1', binary: 'latin1', ascii: 'ascii', hex: 'hex', base64: 'base64', base64url: 'base64url',
    utf16le: 'utf16le', 'utf-16le': 'utf16le', ucs2: 'utf16le', 'ucs-2': 'utf16le',
  };
  // An error with a code, as those of Node.js.
  const coded = (Class, code, message) => {
    const error = new Class(message);
    hidden(error, 'toString', () => `${error.name} [${code}]: ${error.message}`);
    error.code = code;
    return error;
  };
  const encodingOf = (name) => {
    if (name === undefined || name === null || name === '') return 'utf8';
    const found = NAMES[name] ?? NAMES[`${name}`.toLowerCase()];
    if (found === undefined) throw coded(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${name}`);
    return found;
  };
  // What was given, as Node.js's errors say it.
  const received = (value) => {
    if (value === null || value === undefined) return `Received ${value}`;
    if (typeof value === 'function') return `Received function ${value.name}`;
    if (typeof value === 'object') return value.constructor?.name ? `Received an instance of ${value.constructor.name}` : 'Received [Object: null prototype] {}';
    const text = typeof value === 'string' ? `'${value.length > 25 ? `${value.slice(0, 25)}...` : value}'` : typeof value === 'bigint' ? `${value}n` : String(value);
    return `Received type ${typeof value} (${text})`;
  };
  const wrongType = (name, expected, value) => coded(TypeError, 'ERR_INVALID_ARG_TYPE',
    `The ${name.includes(' ') ? name : `"${name}" ${name.includes('.') ? 'property' : 'argument'}`} must be ${expected}. ${received(value)}`);
  const withCommas = (value) => {
    const text = `${value}`;
    return /^-?\d{4,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, '_') : text;
  };
  const outOfRange = (name, range, value) => {
    const huge = typeof value === 'bigint' ? value > 2n ** 32n || value < -(2n ** 32n) : Number.isInteger(value) && Math.abs(value) > 2 ** 32;
    const shown = huge ? withCommas(value) : String(value);
    return coded(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be ${range}. Received ${shown}${typeof value === 'bigint' ? 'n' : ''}`);
  };
  const MOST = 2 ** 32;
  const size = (value, name = 'size') => {
    if (typeof value !== 'number') throw wrongType(name, 'of type number', value);
    if (!(value >= 0 && value <= MOST)) throw outOfRange(name, `>= 0 && <= ${MOST}`, value);
    return Math.trunc(value);
  };
  const view = (value) => (value instanceof Uint8Array ? value : ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : value instanceof ArrayBuffer || G.SharedArrayBuffer && value instanceof G.SharedArrayBuffer ? new Uint8Array(value) : undefined);
  const bytesOf = (text, encoding) => H.bytesOf(text, encodingOf(encoding));
  const integer = (value, otherwise) => {
    const number = value === undefined ? otherwise : Math.trunc(+value);
    return Number.isNaN(number) ? 0 : number;
  };
  const clamped = (value, most) => Math.min(Math.max(value, 0), most);
  const owned = (array) => new Bytes(array.buffer, array.byteOffset, array.byteLength);
  const filled = (list) => {
    const made = new Bytes(list.length > 0 ? list.length : 0);
    for (let i = 0; i < made.length; i++) made[i] = list[i];
    return made;
  };

  class Bytes extends Uint8Array {
    static from(value, encoding, length) {
      if (typeof value === 'string') return owned(bytesOf(value, encoding));
      if (typeof value === 'object' && value !== null) {
        if (value instanceof ArrayBuffer || G.SharedArrayBuffer && value instanceof G.SharedArrayBuffer) {
          const offset = encoding === undefined ? 0 : +encoding || 0;
          if (offset > value.byteLength) throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
          const rest = value.byteLength - offset;
          const wanted = length === undefined ? rest : Math.max(0, +length || 0);
          if (wanted > rest) throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"length" is outside of buffer bounds');
          return new Bytes(value, offset, wanted);
        }
        const plain = value.valueOf?.();
        if (plain !== null && plain !== undefined && plain !== value && (typeof plain === 'string' || typeof plain === 'object')) return Bytes.from(plain, encoding, length);
        if (value instanceof Uint8Array) { const made = new Bytes(value.length); made.set(value); return made; }
        if (value.length !== undefined || value.buffer instanceof ArrayBuffer) return filled(typeof value.length === 'number' ? value : []);
        if (value.type === 'Buffer' && Array.isArray(value.data)) return filled(value.data);
        const primitive = value[Symbol.toPrimitive]?.('string');
        if (typeof primitive === 'string') return owned(bytesOf(primitive, encoding));
      }
      throw coded(TypeError, 'ERR_INVALID_ARG_TYPE',
        `The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. ${received(value)}`);
    }
    static of(...items) { return filled(items); }
    static alloc(length, fill, encoding) {
      const made = new Bytes(size(length));
      return fill === undefined || fill === 0 || made.length === 0 ? made : made.fill(fill, encoding);
    }
    static allocUnsafe(length) { return new Bytes(size(length)); }
    static allocUnsafeSlow(length) { return new Bytes(size(length)); }
    static copyBytesFrom(array, offset = 0, length = undefined) {
      const part = array.subarray(offset, length === undefined ? undefined : offset + length);
      return Bytes.from(view(part).slice());
    }
    static isBuffer(value) { return value instanceof Bytes; }
    static isEncoding(name) { return typeof name === 'string' && name.length !== 0 && NAMES[name.toLowerCase()] !== undefined; }
    static byteLength(value, encoding) {
      if (typeof value === 'string') {
        const known = NAMES[`${encoding ?? 'utf8'}`.toLowerCase()] ?? 'utf8';
        switch (known) {
          case 'utf8': return H.byteLength(value);
          case 'utf16le': return value.length * 2;
          case 'hex': return value.length >>> 1;
          case 'base64': case 'base64url': return Math.floor(value.replace(/={1,2}$/, '').length * 3 / 4);
          default: return value.length;
        }
      }
      if (!view(value)) throw wrongType('string', 'of type string or an instance of Buffer or ArrayBuffer', value);
      return value.byteLength;
    }
    static concat(list, length) {
      if (!Array.isArray(list)) throw wrongType('list', 'an instance of Array', list);
      if (list.length === 0) return new Bytes(0);
      const total = length === undefined ? list.reduce((sum, one) => sum + one.length, 0) : size(length, 'length');
      const made = new Bytes(total);
      let at = 0;
      list.forEach((one, i) => {
        if (!(one instanceof Uint8Array)) throw wrongType(`list[${i}]`, 'an instance of Buffer or Uint8Array', one);
        if (at < total) made.set(at + one.length > total ? one.subarray(0, total - at) : one, at);
        at += one.length;
      });
      return made;
    }
    static compare(a, b) {
      if (!(a instanceof Uint8Array)) throw wrongType('buf1', 'an instance of Buffer or Uint8Array', a);
      if (!(b instanceof Uint8Array)) throw wrongType('buf2', 'an instance of Buffer or Uint8Array', b);
      return H.bytesOrder(a, b);
    }
    get parent() { return this instanceof Bytes ? this.buffer : undefined; }
    get offset() { return this instanceof Bytes ? this.byteOffset : undefined; }
    toString(encoding, start, end) {
      const known = encodingOf(encoding);
      if (start === undefined && end === undefined) return H.textOf(this, known);
      const from = clamped(integer(start, 0), this.length);
      const to = clamped(integer(end, this.length), this.length);
      return to <= from ? '' : H.textOf(new Uint8Array(this.buffer, this.byteOffset + from, to - from), known);
    }
    toLocaleString(encoding, start, end) { return this.toString(encoding, start, end); }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) {
      if (!(other instanceof Uint8Array)) throw wrongType('otherBuffer', 'an instance of Buffer or Uint8Array', other);
      return this === other || this.byteLength === other.byteLength && H.bytesOrder(this, view(other)) === 0;
    }
    compare(target, targetStart = 0, targetEnd = target?.length, start = 0, end = this.length) {
      if (!(target instanceof Uint8Array)) throw wrongType('target', 'an instance of Buffer or Uint8Array', target);
      return H.bytesOrder(this.subarray(start, Math.max(start, end)), target.subarray(targetStart, Math.max(targetStart, targetEnd)));
    }
    subarray(start, end) {
      const place = (value, otherwise) => {
        const at = integer(value, otherwise);
        return at < 0 ? Math.max(0, at + this.length) : Math.min(at, this.length);
      };
      const from = place(start, 0);
      const to = Math.max(from, place(end, this.length));
      return new Bytes(this.buffer, this.byteOffset + from, to - from);
    }
    slice(start, end) { return this.subarray(start, end); }
    #sought(what, encoding) {
      if (typeof what === 'string') return bytesOf(what, encoding);
      if (typeof what === 'number') return new Uint8Array([what]);
      if (what instanceof Uint8Array) return what;
      throw wrongType('value', 'one of type number or string or an instance of Buffer or Uint8Array', what);
    }
    indexOf(what, from, encoding) {
      if (typeof from === 'string') [from, encoding] = [undefined, from];
      const sought = this.#sought(what, encoding);
      const given = integer(from, 0);
      const at = given < 0 ? Math.max(0, this.length + given) : Math.min(given, this.length);
      if (sought.length === 0) return at;
      return H.bytesAt(this, sought, at, typeof what === 'string' && encodingOf(encoding) === 'utf16le' ? 2 : 1);
    }
    lastIndexOf(what, from, encoding) {
      if (typeof from === 'string') [from, encoding] = [undefined, from];
      const sought = this.#sought(what, encoding);
      const given = from === undefined || Number.isNaN(+from) ? this.length : Math.trunc(+from);
      const at = given < 0 ? this.length + given : Math.min(given, this.length);
      if (at < 0) return -1;
      return sought.length === 0 ? at : H.bytesLastAt(this, sought, at);
    }
    includes(what, from, encoding) { return this.indexOf(what, from, encoding) !== -1; }
    write(text, offset, length, encoding) {
      if (typeof text !== 'string') throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'argument must be a string');
      if (typeof offset === 'string') [offset, length, encoding] = [undefined, undefined, offset];
      else if (typeof length === 'string') [length, encoding] = [undefined, length];
      const at = offset === undefined ? 0 : offset;
      if (typeof at !== 'number') throw wrongType('offset', 'of type number', at);
      if (!(at >= 0 && at <= this.length)) throw outOfRange('offset', `>= 0 && <= ${this.length}`, at);
      if (length !== undefined && !(length >= 0 && length <= this.length)) throw outOfRange('length', `>= 0 && <= ${this.length}`, length);
      const known = encodingOf(encoding);
      let bytes = bytesOf(text, known);
      const room = Math.min(length === undefined ? this.length - at : length, this.length - at);
      if (bytes.length > room) {
        let end = room;
        // No character is written in part.
        if (known === 'utf8') while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
        if (known === 'utf16le') end -= end % 2;
        bytes = bytes.subarray(0, end);
      }
      this.set(bytes, at);
      return bytes.length;
    }
    fill(value, start, end, encoding) {
      if (typeof start === 'string') [start, end, encoding] = [undefined, undefined, start];
      else if (typeof end === 'string') [end, encoding] = [undefined, end];
      const from = start === undefined ? 0 : start;
      const to = end === undefined ? this.length : end;
      if (!(from >= 0 && from <= MOST)) throw outOfRange('offset', `>= 0 && <= ${MOST}`, from);
      if (!(to >= 0 && to <= this.length)) throw outOfRange('end', `>= 0 && <= ${this.length}`, to);
      const bytes = typeof value === 'string' ? bytesOf(value, encoding) : value instanceof Uint8Array ? value : undefined;
      if (from >= to) return this;
      if (bytes && bytes.length === 0 && value !== '') {
        throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'value' is invalid. Received ${typeof value === 'string' ? `'${value}'` : '<Buffer >'}`);
      }
      if (!bytes || bytes.length === 0) super.fill(bytes ? 0 : value & 255, from, to);
      else if (bytes.length === 1) super.fill(bytes[0], from, to);
      else for (let at = from; at < to; at += bytes.length) this.set(at + bytes.length > to ? bytes.subarray(0, to - at) : bytes, at);
      return this;
    }
    copy(target, targetStart = 0, start = 0, end = this.length) {
      if (!ArrayBuffer.isView(target)) throw wrongType('target', 'an instance of Buffer or Uint8Array', target);
      const [at, from, to] = [integer(targetStart, 0), integer(start, 0), Math.min(integer(end, this.length), this.length)];
      if (at < 0) throw outOfRange('targetStart', '>= 0', at);
      if (from < 0 || from > this.length) throw outOfRange('sourceStart', `>= 0 && <= ${this.length}`, from);
      if (to < 0) throw outOfRange('sourceEnd', '>= 0', to);
      const into = view(target);
      const count = Math.min(to - from, into.length - at);
      if (count <= 0) return 0;
      into.set(new Uint8Array(this.buffer, this.byteOffset + from, count), at);
      return count;
    }
    inspect() { return this[Symbol.for('nodejs.util.inspect.custom')](); }
    [Symbol.for('nodejs.util.inspect.custom')]() {
      const shown = this.toString('hex', 0, 50).replace(/(.{2})(?!$)/g, '$1 ');
      const left = this.length - 50;
      return `<Buffer${shown && ` ${shown}`}${left > 0 ? ` ... ${left} more byte${left > 1 ? 's' : ''}` : ''}>`;
    }
  }
  // The constructor itself has long been withdrawn: Node.js warns of it, and where n8n runs code the warning fails. Packages may use it.
  const OLD = 'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.';
  function Buffer(value, encoding, length) {
    if (!X.oldBuffer) throw hidden(new TypeError(`Cannot assign to read only property 'name' of object 'Error: ${OLD}'`), 'fromHost', true);
    return typeof value === 'number' ? Bytes.alloc(value) : Bytes.from(value, encoding, length);
  }
  Object.setPrototypeOf(Buffer, Bytes);
  // Plain functions, as those of Node.js: there are libraries that call them with `new`.
  for (const name of ['from', 'of', 'alloc', 'allocUnsafe', 'allocUnsafeSlow', 'copyBytesFrom', 'isBuffer', 'isEncoding', 'byteLength', 'concat', 'compare']) {
    Buffer[name] = { [name]: function (...args) { return Bytes[name](...args); } }[name];
  }
  Buffer.prototype = Bytes.prototype;
  Buffer.poolSize = 8192;
  hidden(Bytes.prototype, 'constructor', Buffer);
  Object.defineProperty(Buffer, Symbol.species, { get: () => Bytes });

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return H.bytesOf(`${text}`, 'utf8'); }
    encodeInto(text, target) {
      let [read, written] = [0, 0];
      for (const c of `${text}`) {
        const bytes = H.bytesOf(c, 'utf8');
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        read += c.length;
        written += bytes.length;
      }
      return { read, written };
    }
  }
  class TextDecoder {
    constructor(encoding = 'utf-8') { this.encoding = `${encoding}`.toLowerCase(); }
    decode(bytes = new Uint8Array()) {
      const known = encodingOf(this.encoding === 'iso-8859-1' || this.encoding === 'windows-1252' ? 'latin1' : this.encoding);
      return H.textOf(view(bytes), known).replace(/^\ufeff/, '');
    }
  }
  const btoa = (text) => {
    const units = `${text}`;
    if (/[^\0-\xff]/.test(units)) throw hidden(new Error('Invalid character'), 'name', 'InvalidCharacterError');
    return H.textOf(H.bytesOf(units, 'latin1'), 'base64');
  };
  const atob = (text) => {
    const digits = `${text}`.replace(/[\t\n\f\r ]/g, '');
    const bare = digits.length % 4 ? digits : digits.replace(/={1,2}$/, '');
    const wrong = /[^A-Za-z0-9+/]/.test(bare) ? 'Invalid character' : bare.length % 4 === 1 ? 'The string to be decoded is not correctly encoded.' : undefined;
    if (wrong) throw hidden(new Error(wrong), 'name', 'InvalidCharacterError');
    return H.textOf(H.bytesOf(digits, 'base64'), 'latin1');
  };
  Object.entries({ Buffer, TextEncoder, TextDecoder, btoa, atob }).forEach(([name, value]) => hidden(G, name, value));
  const to64 = (bytes) => H.textOf(view(bytes), 'base64');
  X.bytes = { Buffer, TextEncoder, atob, btoa, to64, view, coded, received, wrongType, outOfRange, encodingOf, NAMES };
})
