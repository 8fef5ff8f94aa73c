// `string_decoder`: texts of bytes that come in pieces.
(function (H, G, X) {
  'use strict';
  const { Buffer, encodingOf, view, wrongType } = X.bytesOfNode();
  const SHOWN = { utf8: 'utf8', latin1: 'latin1', ascii: 'ascii', hex: 'hex', base64: 'base64', base64url: 'base64url', utf16le: 'utf16le' };
  // How many bytes at the end begin a character that is not whole.
  const unfinished = {
    utf8(bytes) {
      for (let back = 1; back <= Math.min(3, bytes.length); back++) {
        const byte = bytes[bytes.length - back];
        if ((byte & 0xc0) === 0x80) continue;
        const length = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? byte < 0xf0 ? 3 : 1 : byte >= 0xc2 ? 2 : 1;
        return length <= back ? 0 : back;
      }
      return 0;
    },
    utf16le(bytes) {
      const odd = bytes.length % 2;
      const high = bytes[bytes.length - odd - 1];
      return high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
    },
    base64: (bytes) => bytes.length % 3,
    base64url: (bytes) => bytes.length % 3,
  };
  function StringDecoder(encoding) {
    this.encoding = SHOWN[encodingOf(encoding)];
    X.hidden(this, 'kept', Buffer.alloc(0));
  }
  StringDecoder.prototype.write = function (given) {
    if (typeof given === 'string') return given;
    if (!ArrayBuffer.isView(given)) throw wrongType('buf', 'an instance of Buffer, TypedArray, or DataView', given);
    const bytes = this.kept.length ? Buffer.concat([this.kept, view(given)]) : Buffer.from(view(given).buffer, view(given).byteOffset, view(given).byteLength);
    const left = unfinished[this.encoding]?.(bytes) ?? 0;
    this.kept = Buffer.from(bytes.subarray(bytes.length - left));
    return bytes.toString(this.encoding, 0, bytes.length - left);
  };
  StringDecoder.prototype.end = function (given) {
    const text = given === undefined ? '' : this.write(given);
    const rest = this.kept.toString(this.encoding);
    this.kept = Buffer.alloc(0);
    return text + rest;
  };
  StringDecoder.prototype.text = function (given, offset) { return this.write(given.slice(offset)); };
  Object.defineProperties(StringDecoder.prototype, {
    lastNeed: { configurable: true, enumerable: true, get() { return this.kept.length ? 1 : 0; } },
    lastTotal: { configurable: true, enumerable: true, get() { return this.kept.length ? this.kept.length + 1 : 0; } },
    lastChar: { configurable: true, enumerable: true, get() { return this.kept; } },
  });
  return { StringDecoder };
})
