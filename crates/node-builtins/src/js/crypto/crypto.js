// `crypto`.
(function (H, G, X) {
  'use strict';
  const { Buffer, coded, wrongType, outOfRange, view } = X.bytesOfNode();
  const { hidden } = X;
  // Bytes that were given as such, or as a text.
  const bytes = (value, name, encoding) => {
    if (typeof value === 'string') return H.bytesOf(value, X.bytes.encodingOf(encoding === 'buffer' ? 'utf8' : encoding));
    const found = value !== null && typeof value === 'object' ? view(value) : undefined;
    if (!found) throw wrongType(name, 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView', value);
    return found;
  };
  const buffer = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const written = (made, encoding) => (encoding && encoding !== 'buffer' ? buffer(made).toString(encoding) : buffer(made));
  // A piece of what is hashed; bytes are copied, for their owner may change them.
  const piece = (data, encoding) => {
    if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw wrongType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
    return typeof data === 'string' ? bytes(data, 'data', encoding) : new Uint8Array(view(data));
  };
  const Transform = () => X.builtin('stream').Transform;
  // Hashes and the like are streams too: what makes them so is found when it is asked for.
  const streaming = (Class, flush) => {
    const proto = Class.prototype;
    const names = ['pipe', 'on', 'once', 'write', 'end', 'read', 'setEncoding', 'emit', 'removeListener', 'resume', 'pause', 'destroy', 'unpipe', 'addListener', 'prependListener', 'listenerCount', 'off'];
    const become = () => {
      for (const name of names.splice(0)) delete proto[name];
      if (proto instanceof Transform()) return;
      Object.setPrototypeOf(proto, Transform().prototype);
      hidden(proto, '_transform', function (chunk, encoding, done) { try { const made = this.update(chunk, encoding); if (!flush.hash && made?.length) this.push(made); done(); } catch (error) { done(error); } });
      hidden(proto, '_flush', function (done) { try { this.push(flush(this)); done(); } catch (error) { done(error); } });
    };
    for (const name of names) hidden(proto, name, { [name](...args) { become(); return this[name](...args); } }[name]);
    for (const name of ['_readableState', '_writableState']) {
      Object.defineProperty(proto, name, {
        configurable: true, set(value) { hidden(this, name, value); },
        get() { if (!(this instanceof Class)) return undefined; become(); Transform().call(this); return this[name]; },
      });
    }
  };

  class Hash {
    #name; #chunks = []; #length; #done = false;
    constructor(name, options) {
      if (typeof name !== 'string') throw wrongType('algorithm', 'of type string', name);
      this.#name = name;
      this.#length = options?.outputLength;
      if (this.#length !== undefined) whole(this.#length, 'options.outputLength', 0, 1048576);
      if (H.hashSize(name) === undefined && !/^shake(128|256)$/i.test(name)) throw new Error('Digest method not supported');
    }
    update(data, encoding) {
      if (this.#done) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#chunks.push(piece(data, encoding));
      return this;
    }
    digest(encoding) {
      if (this.#done) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#done = true;
      const all = Buffer.concat(this.#chunks);
      const made = H.hash(this.#name, all) ?? H.shake(this.#name, all, this.#length ?? (/128/.test(this.#name) ? 16 : 32));
      return written(made, encoding);
    }
    copy(options) {
      if (this.#done) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      const made = new Hash(this.#name, options ?? { outputLength: this.#length });
      made.#chunks = [...this.#chunks];
      return made;
    }
  }
  class Hmac {
    #name; #key; #chunks = []; #done = false;
    constructor(name, key, options) {
      if (typeof name !== 'string') throw wrongType('hmac', 'of type string', name);
      this.#key = secretBytes(key, options?.encoding);
      this.#name = name;
      if (H.hashSize(name) === undefined) throw coded(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`);
    }
    update(data, encoding) {
      if (this.#done) throw coded(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#chunks.push(piece(data, encoding));
      return this;
    }
    digest(encoding) {
      if (this.#done) return written(new Uint8Array(), encoding);
      this.#done = true;
      return written(H.hmac(this.#name, this.#key, Buffer.concat(this.#chunks)), encoding);
    }
  }
  const secretBytes = (key, encoding) => {
    if (X.part('crypto/keys').isKeyObject(key)) {
      if (key.type !== 'secret') throw coded(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', `Invalid key object type ${key.type}, expected secret.`);
      return X.part('crypto/keys').contentOf(key);
    }
    if (typeof key !== 'string' && (key === null || typeof key !== 'object' || !view(key))) throw wrongType('key', 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey', key);
    return bytes(key, 'key', encoding);
  };
  const asHash = (stream) => (stream.copy?.() ?? stream).digest();
  asHash.hash = true;
  streaming(Hash, asHash);
  streaming(Hmac, asHash);

  // A call back is called later, with what was made or thrown.
  const later = (done, make) => {
    if (typeof done !== 'function') return make();
    let result;
    try { result = [null, make()]; } catch (error) { result = [error]; }
    X.builtin('timers').setImmediate(done, ...result);
    return undefined;
  };
  const whole = (value, name, least = 0, most = 2147483647) => {
    if (typeof value !== 'number') throw wrongType(name, 'of type number', value);
    if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
    if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value);
    return value;
  };
  const callback = (done) => {
    if (typeof done !== 'function') throw wrongType('callback', 'of type function', done);
    return done;
  };
  const MOST_RANDOM = 64 * 1024 * 1024;
  const random = (size) => {
    if (size > MOST_RANDOM) throw outOfRange('size', `<= ${MOST_RANDOM} here`, size);
    return H.random(size);
  };
  const randomBytes = (size, done) => {
    if (typeof size !== 'number') throw wrongType('size', 'of type number', size);
    if (!(size >= 0 && size <= 2147483647)) throw outOfRange('size', '>= 0 && <= 2147483647', size);
    return later(done, () => buffer(random(Math.trunc(size))));
  };
  const randomFillSync = (target, offset = 0, size = undefined) => {
    const into = target !== null && typeof target === 'object' ? view(target) : undefined;
    if (!into) throw wrongType('buf', 'an instance of ArrayBuffer or ArrayBufferView', target);
    const unit = target.BYTES_PER_ELEMENT ?? 1;
    const [from, count] = [offset * unit, size === undefined ? into.length - offset * unit : size * unit];
    if (!(from >= 0 && from <= into.length)) throw outOfRange('offset', `>= 0 && <= ${into.length}`, offset);
    if (!(count >= 0 && from + count <= into.length)) throw outOfRange('size + offset', `<= ${into.length}`, from + count);
    into.set(random(count), from);
    return target;
  };
  const randomFill = (target, ...rest) => { const done = callback(rest.pop()); later(done, () => randomFillSync(target, ...rest)); };
  const randomInt = (...args) => {
    const done = typeof args.at(-1) === 'function' ? args.pop() : undefined;
    const [min, max] = args.length === 1 ? [0, args[0]] : args;
    if (!Number.isSafeInteger(min)) throw wrongType('min', 'a safe integer', min);
    if (!Number.isSafeInteger(max)) throw wrongType('max', 'a safe integer', max);
    if (max <= min) throw outOfRange('max', `greater than the value of "min" (${min})`, max);
    const range = max - min;
    if (!(range <= 2 ** 48 - 1)) throw outOfRange(args.length === 1 ? 'max' : 'max - min', '<= 281474976710655', range);
    return later(done, () => {
      const limit = 2 ** 48 - 2 ** 48 % range;
      for (;;) {
        const found = buffer(H.random(6)).readUIntBE(0, 6);
        if (found < limit) return min + found % range;
      }
    });
  };
  const randomUUID = () => {
    const made = buffer(H.random(16));
    made[6] = made[6] & 15 | 64;
    made[8] = made[8] & 63 | 128;
    return made.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
  const timingSafeEqual = (a, b) => {
    for (const [value, name] of [[a, 'buf1'], [b, 'buf2']]) {
      if (value === null || typeof value !== 'object' || !view(value)) throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
    }
    if (a.byteLength !== b.byteLength) throw coded(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
    const [left, right] = [view(a), view(b)];
    let difference = 0;
    for (let i = 0; i < left.length; i++) difference |= left[i] ^ right[i];
    return difference === 0;
  };

  const digestName = (digest) => {
    if (typeof digest !== 'string') throw wrongType('digest', 'of type string', digest);
    if (H.hashSize(digest) === undefined) throw coded(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${digest}`);
    return digest;
  };
  // What is wrong with the arguments is said at once, also to who wants to be called back.
  const pbkdf2Of = (password, salt, rounds, length, digest) => {
    const [secret, with_] = [bytes(password, 'password'), bytes(salt, 'salt')];
    whole(rounds, 'iterations', 1);
    whole(length, 'keylen');
    digestName(digest);
    return () => buffer(H.pbkdf2(digest, secret, with_, rounds, length));
  };
  const pbkdf2Sync = (...args) => pbkdf2Of(...args)();
  const pbkdf2 = (password, salt, rounds, length, digest, done) => {
    const make = pbkdf2Of(password, salt, rounds, length, digest);
    later(callback(done), make);
  };
  const scryptSync = (password, salt, length, options = {}) => {
    const [secret, with_] = [bytes(password, 'password'), bytes(salt, 'salt')];
    whole(length, 'keylen');
    const [cost, size, parallel] = [options.N ?? options.cost ?? 16384, options.r ?? options.blockSize ?? 8, options.p ?? options.parallelization ?? 1];
    const memory = options.maxmem ?? 32 * 1024 * 1024;
    const log = Math.log2(cost);
    if (!Number.isInteger(log) || cost < 2 || 128 * cost * size > memory) {
      throw coded(RangeError, 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS', `Invalid scrypt params${Number.isInteger(log) && cost >= 2 ? ': error:030000AC:digital envelope routines::memory limit exceeded' : ''}`);
    }
    try {
      return buffer(H.scrypt(secret, with_, [log, size, parallel], length));
    } catch (error) { throw coded(RangeError, 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS', error.message); }
  };
  const scrypt = (password, salt, length, ...rest) => { const done = callback(rest.pop()); later(done, () => scryptSync(password, salt, length, ...rest)); };
  const hkdfSync = (digest, key, salt, info, length) => {
    digestName(digest);
    const secret = secretBytes(key);
    whole(length, 'length');
    const made = H.hkdf(digest, secret, bytes(salt, 'salt'), bytes(info, 'info'), length);
    if (!made) throw coded(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
    return made.buffer;
  };
  const hkdf = (digest, key, salt, info, length, done) => { later(callback(done), () => hkdfSync(digest, key, salt, info, length)); };

  const NAMES = ['RSA-MD5', 'RSA-RIPEMD160', 'RSA-SHA1', 'RSA-SHA1-2', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA384', 'RSA-SHA512', 'md5', 'ripemd', 'ripemd160', 'rmd160',
    'sha1', 'sha224', 'sha256', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'sha384', 'sha512', 'sha512-224', 'sha512-256', 'shake128', 'shake256'];
  const getHashes = () => [...NAMES];
  const hash = (name, data, encoding = 'hex') => new Hash(name).update(typeof data === 'string' ? data : view(data)).digest(encoding);
  const constants = {
    RSA_PKCS1_PADDING: 1, RSA_NO_PADDING: 3, RSA_PKCS1_OAEP_PADDING: 4, RSA_X931_PADDING: 5, RSA_PKCS1_PSS_PADDING: 6, RSA_PSS_SALTLEN_DIGEST: -1,
    RSA_PSS_SALTLEN_MAX_SIGN: -2, RSA_PSS_SALTLEN_AUTO: -2, POINT_CONVERSION_COMPRESSED: 2, POINT_CONVERSION_UNCOMPRESSED: 4, POINT_CONVERSION_HYBRID: 6,
    SSL_OP_ALL: 2147485776, SSL_OP_NO_SSLv2: 0, SSL_OP_NO_SSLv3: 33554432, SSL_OP_NO_TLSv1: 67108864, SSL_OP_NO_TLSv1_1: 268435456, SSL_OP_LEGACY_SERVER_CONNECT: 4,
    SSL_OP_IGNORE_UNEXPECTED_EOF: 128, defaultCoreCipherList: '', TLS1_VERSION: 769, TLS1_1_VERSION: 770, TLS1_2_VERSION: 771, TLS1_3_VERSION: 772,
  };
  Object.assign(X, { cryptoTools: { bytes, buffer, written, streaming, later, callback, secretBytes, random, digestName } });
  const module = {
    createHash: (name, options) => new Hash(name, options), createHmac: (name, key, options) => new Hmac(name, key, options), Hash: function (name, options) { return new Hash(name, options); },
    Hmac: function (name, key, options) { return new Hmac(name, key, options); }, hash, getHashes, randomBytes, pseudoRandomBytes: randomBytes, prng: randomBytes, rng: randomBytes, randomFillSync, randomFill, randomInt, randomUUID,
    timingSafeEqual, pbkdf2, pbkdf2Sync, scrypt, scryptSync, hkdf, hkdfSync, constants, getFips: () => 0, setFips() {}, fips: false, setEngine() {}, secureHeapUsed: () => undefined,
    getRandomValues: (array) => module.webcrypto.getRandomValues(array),
    ...X.refusedMembers('crypto', ['createDiffieHellman', 'createDiffieHellmanGroup', 'getDiffieHellman', 'createECDH', 'diffieHellman', 'ECDH', 'DiffieHellman', 'generatePrime', 'generatePrimeSync', 'checkPrime', 'checkPrimeSync', 'privateEncrypt', 'publicDecrypt']),
  };
  const from = (file, ...names) => names.forEach((name) => Object.defineProperty(module, name, {
    configurable: true, enumerable: true, get: () => X.part(file)[name], set(value) { Object.defineProperty(module, name, { value, writable: true, configurable: true, enumerable: true }); },
  }));
  from('crypto/ciphers', 'createCipheriv', 'createDecipheriv', 'getCiphers', 'getCipherInfo', 'Cipheriv', 'Decipheriv');
  from('crypto/keys', 'createSecretKey', 'createPublicKey', 'createPrivateKey', 'KeyObject', 'generateKeyPair', 'generateKeyPairSync', 'generateKey', 'generateKeySync', 'X509Certificate', 'getCurves');
  from('crypto/sign', 'createSign', 'createVerify', 'sign', 'verify', 'Sign', 'Verify', 'publicEncrypt', 'privateDecrypt');
  from('crypto/web', 'webcrypto', 'subtle');
  return module;
})
