// Ciphers of `crypto`: AES in `cbc`, `ecb`, `ctr` and `gcm`.
(function (H, G, X) {
  'use strict';
  X.builtin('crypto');
  const { Buffer, coded, wrongType } = X.bytesOfNode();
  const { bytes, buffer, written, streaming, secretBytes } = X.cryptoTools;
  const known = (name) => {
    const found = /^(?:id-)?aes-?(128|192|256)-?(cbc|ecb|ctr|gcm)?$/i.exec(name);
    return found && { size: found[1] / 8, mode: (found[2] ?? (/^id-/i.test(name) ? 'gcm' : 'cbc')).toLowerCase(), name: `aes-${found[1]}-${(found[2] ?? 'cbc').toLowerCase()}` };
  };
  const finished = () => coded(Error, 'ERR_CRYPTO_INVALID_STATE', 'Unsupported state or unable to authenticate data');
  class Cipher {
    #back; #kind; #key; #iv; #at = 0; #rest = Buffer.alloc(0); #aside = []; #code = []; #tag; #size; #padding = true; #done = false;
    constructor(back, name, key, iv, options) {
      if (typeof name !== 'string') throw wrongType('cipher', 'of type string', name);
      this.#back = back;
      this.#kind = known(name);
      if (!this.#kind) throw coded(Error, 'ERR_CRYPTO_UNKNOWN_CIPHER', 'Unknown cipher');
      this.#key = secretBytes(key);
      this.#iv = iv === null ? new Uint8Array() : bytes(iv, 'iv');
      this.#size = options?.authTagLength ?? 16;
      if (this.#key.length !== this.#kind.size) throw coded(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
      const { mode } = this.#kind;
      const good = mode === 'gcm' ? this.#iv.length > 0 : this.#iv.length === (mode === 'ecb' ? 0 : 16);
      if (!good) throw coded(TypeError, 'ERR_CRYPTO_INVALID_IV', 'Invalid initialization vector');
    }
    get #stream() { return this.#kind.mode === 'ctr' || this.#kind.mode === 'gcm'; }
    #run(data) {
      const { mode } = this.#kind;
      const made = H.cipher(mode, this.#back, this.#key, this.#iv, data, this.#at);
      this.#at += data.length;
      if (mode === 'cbc' && data.length) this.#iv = new Uint8Array((this.#back ? data : made).slice(-16));
      if (mode === 'gcm') this.#code.push(this.#back ? new Uint8Array(data) : made);
      return buffer(made);
    }
    update(data, given, encoding) {
      if (this.#done) throw new Error('Trying to add data in unsupported state');
      if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw wrongType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
      const all = Buffer.concat([this.#rest, bytes(data, 'data', given)]);
      // The last block may be padding: it waits for the end.
      const waits = this.#stream ? 0 : this.#back && this.#padding && all.length % 16 === 0 ? Math.min(16, all.length) : all.length % 16;
      this.#rest = Buffer.from(all.subarray(all.length - waits));
      return this.#said(this.#run(all.subarray(0, all.length - waits)), encoding, false);
    }
    final(encoding) {
      if (this.#done) throw finished();
      this.#done = true;
      const { mode } = this.#kind;
      if (mode === 'gcm') {
        const tag = buffer(H.gcmTag(this.#key, this.#iv, Buffer.concat(this.#aside), Buffer.concat(this.#code)));
        if (!this.#back) this.#tag = tag.subarray(0, this.#size);
        else if (!this.#tag || !tag.subarray(0, this.#tag.length).equals(this.#tag)) throw Object.assign(new Error('Unsupported state or unable to authenticate data'));
      }
      if (this.#stream) return this.#said(Buffer.alloc(0), encoding, true);
      const wrong = (code, reason) => Object.assign(new Error(`error:${code}:Provider routines::${reason}`), { library: 'Provider routines', reason, code: `ERR_OSSL_${reason.toUpperCase().replaceAll(' ', '_')}` });
      if (!this.#back) {
        if (!this.#padding) {
          if (this.#rest.length) throw wrong('1C80006A', 'wrong final block length');
          return this.#said(Buffer.alloc(0), encoding, true);
        }
        const fill = 16 - this.#rest.length;
        return this.#said(this.#run(Buffer.concat([this.#rest, Buffer.alloc(fill, fill)])), encoding, true);
      }
      if (this.#rest.length % 16 || this.#padding && this.#rest.length === 0) throw wrong('1C80006B', 'wrong final block length');
      const last = this.#run(this.#rest);
      if (!this.#padding) return this.#said(last, encoding, true);
      const fill = last.at(-1);
      if (fill < 1 || fill > 16 || !last.subarray(16 - fill).every((byte) => byte === fill)) throw wrong('1C800064', 'bad decrypt');
      return this.#said(last.subarray(0, 16 - fill), encoding, true);
    }
    // Texts of pieces must not be cut within a character.
    #decoder;
    #said(made, encoding, last) {
      if (!encoding || encoding === 'buffer') return made;
      this.#decoder ??= new (X.builtin('string_decoder').StringDecoder)(encoding);
      return last ? this.#decoder.end(made) : this.#decoder.write(made);
    }
    setAutoPadding(padding = true) { this.#padding = Boolean(padding); return this; }
    setAAD(data, options) { this.#aside.push(new Uint8Array(bytes(data, 'buffer', options?.encoding))); return this; }
    getAuthTag() {
      if (this.#back || !this.#done || !this.#tag) throw coded(Error, 'ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation getAuthTag');
      return this.#tag;
    }
    setAuthTag(tag, encoding) {
      const given = buffer(bytes(tag, 'buffer', encoding));
      if (![4, 8, 12, 13, 14, 15, 16].includes(given.length)) throw coded(TypeError, 'ERR_CRYPTO_INVALID_AUTH_TAG', `Invalid authentication tag length: ${given.length}`);
      this.#tag = Buffer.from(given);
      return this;
    }
  }
  streaming(Cipher, (stream) => stream.final());
  void written;
  const NAMES = [128, 192, 256].flatMap((size) => ['cbc', 'ctr', 'ecb', 'gcm'].map((mode) => `aes-${size}-${mode}`)).concat('aes128', 'aes192', 'aes256');
  const getCipherInfo = (name) => {
    const found = known(`${name}`);
    if (!found) return undefined;
    const info = { mode: found.mode, name: found.mode === 'gcm' ? `id-aes${found.size * 8}-GCM` : found.name, nid: 0, keyLength: found.size };
    if (found.mode !== 'ecb') info.ivLength = found.mode === 'gcm' ? 12 : 16;
    if (found.mode === 'cbc' || found.mode === 'ecb') info.blockSize = 16;
    return info;
  };
  const createCipheriv = (name, key, iv, options) => new Cipher(false, name, key, iv, options);
  const createDecipheriv = (name, key, iv, options) => new Cipher(true, name, key, iv, options);
  return { createCipheriv, createDecipheriv, getCiphers: () => [...NAMES].sort(), getCipherInfo, Cipheriv: function (...args) { return createCipheriv(...args); }, Decipheriv: function (...args) { return createDecipheriv(...args); } };
})
