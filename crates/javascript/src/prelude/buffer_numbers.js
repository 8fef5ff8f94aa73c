// Numbers in a `Buffer`: `readUInt16BE`, `writeInt32LE` and so on.
(function (H, G) {
  'use strict';
  const { hidden, bytes: { Buffer, coded, wrongType, outOfRange } } = G.__kv_x;
  const at = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  // Offsets are checked in the words of Node.js.
  const checked = (buffer, offset, size) => {
    if (typeof offset !== 'number') throw wrongType('offset', 'of type number', offset);
    if (!Number.isInteger(offset)) {
      if (offset >= 0 && offset <= buffer.length - size || !Number.isFinite(offset) && Number.isNaN(offset)) throw outOfRange('offset', 'an integer', offset);
    }
    const most = buffer.length - size;
    if (most < 0) throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds');
    if (!(offset >= 0 && offset <= most)) throw outOfRange('offset', `>= 0 and <= ${most}`, offset);
    return offset;
  };
  const fits = (value, least, most, size, big) => {
    if (!(value < least || value > most)) return;
    const n = big ? 'n' : '';
    const range = size > 4 || big
      ? least == 0 ? `>= 0${n} and < 2${n} ** ${size * 8}${n}` : `>= -(2${n} ** ${size * 8 - 1}${n}) and < 2${n} ** ${size * 8 - 1}${n}`
      : `>= ${least} and <= ${most}`;
    throw outOfRange('value', range, value);
  };
  const method = (names, f) => names.forEach((name) => hidden(Buffer.prototype, name, { [names[0]](...args) { return f(this, ...args); } }[names[0]]));
  const both = (name) => (name.includes('UInt') ? [name, name.replace('UInt', 'Uint')] : [name]);

  for (const [name, kind, size, least, most] of [['UInt8', 'Uint8', 1, 0, 255], ['Int8', 'Int8', 1, -128, 127], ['UInt16', 'Uint16', 2, 0, 65535],
    ['Int16', 'Int16', 2, -32768, 32767], ['UInt32', 'Uint32', 4, 0, 2 ** 32 - 1], ['Int32', 'Int32', 4, -(2 ** 31), 2 ** 31 - 1], ['Float', 'Float32', 4],
    ['Double', 'Float64', 8], ['BigInt64', 'BigInt64', 8, -(2n ** 63n), 2n ** 63n - 1n], ['BigUInt64', 'BigUint64', 8, 0n, 2n ** 64n - 1n]]) {
    for (const order of size === 1 ? [''] : ['BE', 'LE']) {
      const big = typeof least === 'bigint';
      method(both(`read${name}${order}`), (buffer, offset = 0) => at(buffer)[`get${kind}`](checked(buffer, offset, size), order === 'LE'));
      method(both(`write${name}${order}`), (buffer, value, offset = 0) => {
        const given = big ? value : +value;
        if (least !== undefined) fits(given, least, most, size, big);
        at(buffer)[`set${kind}`](checked(buffer, offset, size), given, order === 'LE');
        return offset + size;
      });
    }
  }
  // Whole numbers of 1 to 6 bytes.
  const length = (value) => {
    if (typeof value !== 'number') throw wrongType('byteLength', 'of type number', value);
    if (!Number.isInteger(value)) throw outOfRange('byteLength', 'an integer', value);
    if (value < 1 || value > 6) throw outOfRange('byteLength', '>= 1 and <= 6', value);
    return value;
  };
  for (const order of ['BE', 'LE']) {
    const places = (size) => Array.from({ length: size }, (_, i) => (order === 'LE' ? size - 1 - i : i));
    const read = (buffer, offset, size) => {
      const from = checked(buffer, offset, length(size));
      return places(size).reduce((sum, place) => sum * 256 + buffer[from + place], 0);
    };
    const write = (buffer, value, offset, size, signed) => {
      length(size);
      fits(value, signed ? -(2 ** (size * 8 - 1)) : 0, signed ? 2 ** (size * 8 - 1) - 1 : 2 ** (size * 8) - 1, size, false);
      const from = checked(buffer, offset, size);
      let rest = value < 0 ? value + 2 ** (size * 8) : value;
      for (const place of places(size).reverse()) { buffer[from + place] = rest % 256; rest = Math.floor(rest / 256); }
      return offset + size;
    };
    method(both(`readUInt${order}`), read);
    method([`readInt${order}`], (buffer, offset, size) => {
      const value = read(buffer, offset, size);
      return value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
    });
    method(both(`writeUInt${order}`), (buffer, value, offset, size) => write(buffer, +value, offset, size, false));
    method([`writeInt${order}`], (buffer, value, offset, size) => write(buffer, +value, offset, size, true));
  }
  for (const size of [2, 4, 8]) {
    method([`swap${size * 8}`], (buffer) => {
      if (buffer.length % size) throw coded(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${size * 8}-bits`);
      for (let from = 0; from < buffer.length; from += size) {
        for (let i = 0; i < size / 2; i++) [buffer[from + i], buffer[from + size - 1 - i]] = [buffer[from + size - 1 - i], buffer[from + i]];
      }
      return buffer;
    });
  }
  // What older libraries call.
  for (const encoding of ['ascii', 'base64', 'base64url', 'latin1', 'hex', 'ucs2', 'utf8']) {
    method([`${encoding}Slice`], (buffer, start, end) => buffer.toString(encoding, start, end));
    method([`${encoding}Write`], (buffer, text, offset = 0, most = undefined) => buffer.write(text, offset, most ?? buffer.length - offset, encoding));
  }
})
