// `buffer`: what it has beside `Buffer`.
(function (H, G, X) {
  'use strict';
  const bytes = X.bytesOfNode();
  const { Buffer, coded, wrongType, view } = bytes;
  const { hidden } = X;
  const { DOMException } = X.part('web/events');
  const custom = Symbol.for('nodejs.util.inspect.custom');
  // What they throw is an exception of the web's here.
  const [atob, btoa] = [bytes.atob, bytes.btoa].map((plain) => ({ [plain.name](text) {
    try { return plain(text); } catch (error) { throw error.name === 'InvalidCharacterError' ? new DOMException(error.message, error.name) : error; }
  } }[plain.name]));

  const contents = new WeakMap();
  const pieceOf = (piece) => {
    if (contents.has(piece)) return contents.get(piece);
    const found = typeof piece === 'object' && piece !== null ? view(piece) : undefined;
    return found ?? H.bytesOf(`${piece}`.toWellFormed(), 'utf8');
  };
  class Blob {
    #type;
    constructor(pieces = [], options = {}) {
      if (pieces === null || typeof pieces !== 'object' || typeof pieces[Symbol.iterator] !== 'function') throw wrongType('sources', 'a sequence', pieces);
      contents.set(this, Buffer.concat(Array.from(pieces, pieceOf)));
      const type = `${options?.type ?? ''}`;
      this.#type = /[^\u0020-\u007e]/.test(type) ? '' : type.toLowerCase();
    }
    get type() { return this.#type; }
    get size() { return contents.get(this).length; }
    slice(start = 0, end = this.size, type = '') { return new Blob([contents.get(this).subarray(start, end)], { type }); }
    async arrayBuffer() { return new Uint8Array(contents.get(this)).buffer; }
    async bytes() { return new Uint8Array(contents.get(this)); }
    async text() { return contents.get(this).toString(); }
    stream() { return X.part('stream/web').readableOf(new Uint8Array(contents.get(this))); }
    [custom](depth, options, inspect) { return `${this.constructor.name} ${inspect({ size: this.size, type: this.type }, options)}`; }
  }
  hidden(Blob.prototype, Symbol.toStringTag, 'Blob');
  class File extends Blob {
    #name; #modified;
    constructor(pieces, name, options = {}) {
      if (arguments.length < 2) throw coded(TypeError, 'ERR_MISSING_ARGS', 'The "fileBits" and "fileName" arguments must be specified');
      super(pieces, options);
      this.#name = `${name}`.toWellFormed();
      this.#modified = options?.lastModified === undefined ? H.now() : Math.trunc(+options.lastModified) || 0;
    }
    get name() { return this.#name; }
    get lastModified() { return this.#modified; }
  }
  hidden(File.prototype, Symbol.toStringTag, 'File');

  const given = (value) => view(value) ?? (() => { throw wrongType('input', 'an instance of ArrayBuffer, Buffer, or TypedArray', value); })();
  const transcode = (source, from, to) => {
    if (!(source instanceof Uint8Array)) throw wrongType('source', 'an instance of Buffer or Uint8Array', source);
    const text = Buffer.from(source).toString(from);
    const narrow = ['latin1', 'ascii'].includes(bytes.encodingOf(to));
    const most = bytes.encodingOf(to) === 'ascii' ? 127 : 255;
    return Buffer.from(narrow ? Array.from(text, (c) => (c.codePointAt(0) > most ? '?' : c)).join('') : text, to);
  };
  const SlowBuffer = (length) => Buffer.allocUnsafeSlow(length);
  const module = {
    Buffer, SlowBuffer, transcode, kMaxLength: 2 ** 32, kStringMaxLength: 536870888, constants: { MAX_LENGTH: 2 ** 32, MAX_STRING_LENGTH: 536870888 }, atob, btoa,
    Blob, File, INSPECT_MAX_BYTES: 50, resolveObjectURL: () => undefined,
    isUtf8: (value) => { const found = given(value); return H.bytesOrder(H.bytesOf(H.textOf(found, 'utf8'), 'utf8'), found) === 0; },
    isAscii: (value) => given(value).every((byte) => byte < 128),
  };
  X.blobBytes = (blob) => contents.get(blob);
  return module;
})
