// `zlib`: a whole at once. Its streams gather what comes, and give what came of it at the end.
(function (H, G, X) {
  'use strict';
  const { Buffer, coded, wrongType, view } = X.bytesOfNode();
  const constants = {
    Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2,
    Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6, Z_NO_COMPRESSION: 0, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1, Z_FILTERED: 1,
    Z_HUFFMAN_ONLY: 2, Z_RLE: 3, Z_FIXED: 4, Z_DEFAULT_STRATEGY: 0, ZLIB_VERNUM: 4880, DEFLATE: 1, INFLATE: 2, GZIP: 3, GUNZIP: 4, DEFLATERAW: 5, INFLATERAW: 6, UNZIP: 7, BROTLI_DECODE: 8,
    BROTLI_ENCODE: 9, Z_MIN_WINDOWBITS: 8, Z_MAX_WINDOWBITS: 15, Z_DEFAULT_WINDOWBITS: 15, Z_MIN_CHUNK: 64, Z_MAX_CHUNK: Infinity, Z_DEFAULT_CHUNK: 16384, Z_MIN_MEMLEVEL: 1,
    Z_MAX_MEMLEVEL: 9, Z_DEFAULT_MEMLEVEL: 8, Z_MIN_LEVEL: -1, Z_MAX_LEVEL: 9, Z_DEFAULT_LEVEL: -1, BROTLI_OPERATION_PROCESS: 0, BROTLI_OPERATION_FLUSH: 1, BROTLI_OPERATION_FINISH: 2,
    BROTLI_PARAM_MODE: 0, BROTLI_MODE_GENERIC: 0, BROTLI_MODE_TEXT: 1, BROTLI_PARAM_QUALITY: 1, BROTLI_PARAM_LGWIN: 2, BROTLI_PARAM_SIZE_HINT: 5, BROTLI_MAX_QUALITY: 11, BROTLI_MIN_QUALITY: 0, BROTLI_DEFAULT_QUALITY: 11,
  };
  const problem = (message) => {
    if (/^Cannot create a Buffer/.test(message)) return coded(RangeError, 'ERR_BUFFER_TOO_LARGE', message);
    const [errno, code] = message === 'unexpected end of file' ? [-5, 'Z_BUF_ERROR'] : message === 'Decompression failed' ? [-1, 'ERR__ERROR_FORMAT_PADDING_1'] : [-3, 'Z_DATA_ERROR'];
    return Object.assign(new Error(message), { errno, code });
  };
  const given = (data) => {
    if (typeof data === 'string') return H.bytesOf(data, 'utf8');
    const found = data !== null && typeof data === 'object' ? view(data) : undefined;
    if (!found) throw wrongType('buffer', 'of type string or an instance of Buffer, TypedArray, DataView, or ArrayBuffer', data);
    return found;
  };
  const run = (kind, data, options) => {
    try {
      const made = H.zlib(kind, given(data), options?.level ?? -1, options?.maxOutputLength ?? 0);
      return Buffer.from(made.buffer, made.byteOffset, made.byteLength);
    } catch (error) { throw error.code ? error : problem(error.message); }
  };
  const KINDS = { Gzip: 'gzip', Gunzip: 'gunzip', Deflate: 'deflate', Inflate: 'inflate', DeflateRaw: 'deflateRaw', InflateRaw: 'inflateRaw', Unzip: 'unzip', BrotliDecompress: 'brotliDecompress', BrotliCompress: 'brotliCompress' };
  const module = { constants, codes: { Z_OK: 0, Z_STREAM_END: 1, Z_NEED_DICT: 2, Z_ERRNO: -1, Z_STREAM_ERROR: -2, Z_DATA_ERROR: -3, Z_MEM_ERROR: -4, Z_BUF_ERROR: -5, Z_VERSION_ERROR: -6, 0: 'Z_OK', 1: 'Z_STREAM_END', 2: 'Z_NEED_DICT', '-1': 'Z_ERRNO', '-2': 'Z_STREAM_ERROR', '-3': 'Z_DATA_ERROR', '-4': 'Z_MEM_ERROR', '-5': 'Z_BUF_ERROR', '-6': 'Z_VERSION_ERROR' } };
  for (const [name, kind] of Object.entries(KINDS)) {
    let Class;
    const stream = () => (Class ??= class extends X.builtin('stream').Transform {
      #chunks = []; #options;
      constructor(options = {}) { super(options); this.#options = options; this.bytesWritten = 0; }
      _transform(chunk, encoding, done) { this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk); this.bytesWritten += chunk.length; done(); }
      _flush(done) {
        let made;
        try { made = run(kind, Buffer.concat(this.#chunks), this.#options); } catch (error) { done(error); return; }
        for (let at = 0; at < made.length; at += 16384) this.push(made.subarray(at, at + 16384));
        done();
      }
      flush(...args) { const done = args.at(-1); if (typeof done === 'function') X.builtin('process').nextTick(done); }
      params(level, strategy, done) { this.#options = { ...this.#options, level }; if (done) X.builtin('process').nextTick(done); }
      reset() { this.#chunks = []; }
      close(done) { if (done) X.builtin('process').nextTick(done); this.destroy(); }
    });
    Object.defineProperty(module, name, { get: stream, enumerable: true, configurable: true });
    module[`create${name}`] = (options) => new (stream())(options);
    module[`${kind}Sync`] = (data, options) => run(kind, data, options);
    module[kind] = (data, options, done = options) => {
      if (typeof done !== 'function') throw wrongType('callback', 'of type function', done);
      given(data);
      let result;
      try { result = [null, run(kind, data, typeof options === 'object' ? options : {})]; } catch (error) { result = [error]; }
      X.builtin('timers').setImmediate(done, ...result);
    };
  }
  module.crc32 = (data, before = 0) => H.crc32(given(data), before);
  return Object.defineProperties(module, Object.getOwnPropertyDescriptors(constants));
})
