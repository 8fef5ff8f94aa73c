// `crypto.webcrypto`: what of `subtle` libraries use.
(function (H, G, X) {
  'use strict';
  const crypto = X.builtin('crypto');
  const { Buffer, wrongType, view } = X.bytesOfNode();
  const { DOMException } = X.part('web/events');
  const keys = X.part('crypto/keys');
  const refused = (message, name = 'NotSupportedError') => new DOMException(message, name);
  const named = (algorithm) => (typeof algorithm === 'string' ? { name: algorithm } : algorithm);
  const hashName = (hash) => {
    const { name } = named(hash);
    if (!/^SHA-(1|256|384|512)$/i.test(name)) throw refused('Unrecognized algorithm name');
    return name.toUpperCase().replace('SHA-', 'sha');
  };
  const given = (data) => view(data) ?? (() => { throw wrongType('data', 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView', data); })();
  const inner = new WeakMap();
  class CryptoKey {
    constructor(key, algorithm, extractable, usages) {
      if (!keys.isKeyObject(key)) throw new TypeError('Illegal constructor');
      inner.set(this, key);
      for (const [name, value] of Object.entries({ type: key.type, extractable, algorithm, usages: [...usages] })) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }
  const keyObjectOf = (key) => inner.get(key);
  const may = (key, usage) => {
    if (!key.usages.includes(usage)) throw refused(`Unable to use this key to ${usage}`, 'InvalidAccessError');
    return inner.get(key);
  };
  const buffer = (bytes) => new Uint8Array(bytes).buffer;
  const algorithmOf = (algorithm, key) => {
    const { name, hash, namedCurve } = named(algorithm);
    const made = { name };
    if (hash) made.hash = { name: named(hash).name };
    if (key.type === 'secret') made.length = key.symmetricKeySize * 8;
    if (namedCurve) made.namedCurve = namedCurve;
    return made;
  };
  const PADDED = { 'RSA-PSS': ({ saltLength }) => ({ padding: 6, saltLength }), 'RSASSA-PKCS1-v1_5': () => ({}), ECDSA: () => ({ dsaEncoding: 'ieee-p1363' }), Ed25519: () => ({}) };
  const signing = (algorithm, key) => {
    const { name, hash } = { ...key.algorithm, ...named(algorithm) };
    if (!PADDED[name]) throw refused('Unrecognized algorithm name');
    return { hash: name === 'Ed25519' ? null : hashName(hash ?? key.algorithm.hash), options: { key: inner.get(key), ...PADDED[name](named(algorithm)) } };
  };
  const cipher = (algorithm, key, data, back) => {
    const { name, iv, counter, additionalData, tagLength = 128 } = algorithm;
    const mode = { 'AES-GCM': 'gcm', 'AES-CBC': 'cbc', 'AES-CTR': 'ctr' }[name];
    if (!mode) throw refused('Unrecognized algorithm name');
    const secret = keys.contentOf(key);
    const made = crypto[back ? 'createDecipheriv' : 'createCipheriv'](`aes-${secret.length * 8}-${mode}`, secret, given(iv ?? counter), { authTagLength: tagLength / 8 });
    if (additionalData) made.setAAD(given(additionalData));
    let bytes = given(data);
    if (mode === 'gcm' && back) { const size = tagLength / 8; made.setAuthTag(bytes.subarray(bytes.length - size)); bytes = bytes.subarray(0, bytes.length - size); }
    try {
      const parts = [made.update(bytes), made.final()];
      if (mode === 'gcm' && !back) parts.push(made.getAuthTag());
      return buffer(Buffer.concat(parts));
    } catch { throw refused('The operation failed for an operation-specific reason', 'OperationError'); }
  };
  const subtle = {
    async digest(algorithm, data) { return buffer(H.hash(hashName(algorithm), given(data))); },
    async importKey(format, data, algorithm, extractable, usages) {
      const own = format === 'jwk' ? data.kty !== 'oct' : format === 'pkcs8' || format === 'spki';
      let key;
      if (format === 'raw') key = crypto.createSecretKey(given(data));
      else if (format === 'jwk' && !own) key = crypto.createSecretKey(Buffer.from(data.k, 'base64url'));
      else if (format === 'jwk') key = data.d === undefined ? crypto.createPublicKey({ key: data, format }) : crypto.createPrivateKey({ key: data, format });
      else if (format === 'pkcs8') key = crypto.createPrivateKey({ key: given(data), format: 'der', type: 'pkcs8' });
      else if (format === 'spki') key = crypto.createPublicKey({ key: given(data), format: 'der', type: 'spki' });
      else throw refused(`Unable to import a key as ${format}`);
      return new CryptoKey(key, algorithmOf(algorithm, key), Boolean(extractable), usages);
    },
    async exportKey(format, key) {
      if (!key.extractable) throw refused('key is not extractable', 'InvalidAccessException');
      const object = inner.get(key);
      if (format === 'jwk') return { ...object.export({ format }), key_ops: [...key.usages], ext: key.extractable };
      return buffer(object.type === 'secret' ? object.export() : object.export({ format: 'der', type: format }));
    },
    async generateKey(algorithm, extractable, usages) {
      const { name, length, modulusLength, namedCurve, hash } = named(algorithm);
      if (name === 'HMAC' || /^AES-/.test(name)) {
        const size = length ?? { sha1: 512, sha256: 512, sha384: 1024, sha512: 1024 }[hashName(hash)];
        const key = crypto.createSecretKey(H.random(size / 8));
        return new CryptoKey(key, algorithmOf(algorithm, key), extractable, usages);
      }
      const pair = /^RSA/.test(name) ? crypto.generateKeyPairSync('rsa', { modulusLength }) : name === 'Ed25519' ? crypto.generateKeyPairSync('ed25519') : crypto.generateKeyPairSync('ec', { namedCurve });
      const split = (list) => usages.filter((usage) => list.includes(usage));
      return {
        publicKey: new CryptoKey(pair.publicKey, algorithmOf(algorithm, pair.publicKey), true, split(['verify', 'encrypt', 'wrapKey'])),
        privateKey: new CryptoKey(pair.privateKey, algorithmOf(algorithm, pair.privateKey), extractable, split(['sign', 'decrypt', 'unwrapKey', 'deriveKey', 'deriveBits'])),
      };
    },
    async sign(algorithm, key, data) {
      const object = may(key, 'sign');
      if (named(algorithm).name === 'HMAC') return buffer(H.hmac(hashName(key.algorithm.hash), keys.contentOf(object), given(data)));
      const { hash, options } = signing(algorithm, key);
      return buffer(crypto.sign(hash, given(data), options));
    },
    async verify(algorithm, key, signature, data) {
      const object = may(key, 'verify');
      if (named(algorithm).name === 'HMAC') {
        const made = H.hmac(hashName(key.algorithm.hash), keys.contentOf(object), given(data));
        return made.length === signature.byteLength && crypto.timingSafeEqual(made, given(signature));
      }
      const { hash, options } = signing(algorithm, key);
      return crypto.verify(hash, given(data), options, given(signature));
    },
    async encrypt(algorithm, key, data) {
      const object = may(key, 'encrypt');
      if (algorithm.name === 'RSA-OAEP') return buffer(crypto.publicEncrypt({ key: object, padding: 4, oaepHash: hashName(key.algorithm.hash), oaepLabel: algorithm.label }, given(data)));
      return cipher(algorithm, object, data, false);
    },
    async decrypt(algorithm, key, data) {
      const object = may(key, 'decrypt');
      if (algorithm.name === 'RSA-OAEP') return buffer(crypto.privateDecrypt({ key: object, padding: 4, oaepHash: hashName(key.algorithm.hash), oaepLabel: algorithm.label }, given(data)));
      return cipher(algorithm, object, data, true);
    },
    async deriveBits(algorithm, key, length) {
      const secret = keys.contentOf(inner.get(key));
      const { name, hash, salt, iterations, info } = algorithm;
      if (name === 'PBKDF2') return buffer(crypto.pbkdf2Sync(secret, given(salt), iterations, length / 8, hashName(hash)));
      if (name === 'HKDF') return crypto.hkdfSync(hashName(hash), secret, given(salt), given(info), length / 8);
      throw refused('Unrecognized algorithm name');
    },
    async deriveKey(algorithm, key, derived, extractable, usages) {
      const length = derived.length ?? { sha1: 512, sha256: 512, sha384: 1024, sha512: 1024 }[hashName(derived.hash)];
      return subtle.importKey('raw', await subtle.deriveBits(algorithm, key, length), derived, extractable, usages);
    },
  };
  const getRandomValues = (array) => {
    if (!ArrayBuffer.isView(array) || /^Float|^DataView/.test(array.constructor.name)) throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    if (array.byteLength > 65536) throw new DOMException(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
    return crypto.randomFillSync(array);
  };
  class Crypto {
    get subtle() { return subtle; }
    getRandomValues(array) { return getRandomValues(array); }
    randomUUID() { return crypto.randomUUID(); }
  }
  X.hidden(Crypto.prototype, Symbol.toStringTag, 'Crypto');
  const webcrypto = Object.assign(new Crypto(), {});
  Object.defineProperty(webcrypto, 'CryptoKey', { value: CryptoKey, enumerable: false });
  return { webcrypto, subtle, CryptoKey, keyObjectOf };
})
