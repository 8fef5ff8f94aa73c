// Keys of `crypto`.
(function (H, G, X) {
  'use strict';
  X.builtin('crypto');
  const { Buffer, coded, wrongType } = X.bytesOfNode();
  const { bytes, buffer, later, callback, random } = X.cryptoTools;
  const contents = new WeakMap();
  const contentOf = (key) => contents.get(key);
  const isKeyObject = (value) => value !== null && typeof value === 'object' && contents.has(value);
  const pem = (label, der) => `-----BEGIN ${label}-----\n${buffer(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
  const LABELS = {
    __proto__: null, 'PRIVATE KEY': 'pkcs8', 'ENCRYPTED PRIVATE KEY': 'encrypted', 'RSA PRIVATE KEY': 'pkcs1', 'EC PRIVATE KEY': 'sec1', 'PUBLIC KEY': 'spki',
    'RSA PUBLIC KEY': 'public-pkcs1', CERTIFICATE: 'certificate', 'X509 CERTIFICATE': 'certificate', 'TRUSTED CERTIFICATE': 'certificate',
  };
  // Of an EC key the file may hold its parameters before.
  const fromPem = (text) => {
    for (const [, label, body] of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)) {
      if (LABELS[label]) return { form: LABELS[label], der: Buffer.from(body.replace(/^[\w-]+:.*$/gm, ''), 'base64'), encrypted: /Proc-Type: 4,ENCRYPTED/.test(body) };
    }
    return undefined;
  };
  const unsupported = () => Object.assign(new Error('error:1E08010C:DECODER routines::unsupported'), { library: 'DECODER routines', reason: 'unsupported', code: 'ERR_OSSL_UNSUPPORTED' });
  const url64 = (text) => Buffer.from(`${text}`, 'base64url');

  class KeyObject {
    #type;
    constructor(type, content) {
      if (!['secret', 'public', 'private'].includes(type)) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'type' is invalid. Received '${type}'`);
      this.#type = type;
      contents.set(this, content);
    }
    static from(key) { return X.part('crypto/web').keyObjectOf(key); }
    get type() { return this.#type; }
    get symmetricKeySize() { return this.#type === 'secret' ? contentOf(this).length : undefined; }
    get asymmetricKeyType() { return this.#type === 'secret' ? undefined : H.keyNames(contentOf(this), this.#type === 'private')[0]; }
    get asymmetricKeyDetails() {
      if (this.#type === 'secret') return undefined;
      const [kind, curve] = H.keyNames(contentOf(this), this.#type === 'private');
      if (kind === 'ec') return { namedCurve: curve };
      if (kind !== 'rsa') return {};
      const [n, e] = H.keyParts(contentOf(this), this.#type === 'private');
      return { modulusLength: n.length * 8 - Math.clz32(n[0]) + 24, publicExponent: BigInt(`0x${buffer(e).toString('hex')}`) };
    }
    equals(other) { return this.#type === other.type && buffer(contentOf(this)).equals(contentOf(other)); }
    #jwk() {
      if (this.#type === 'secret') return { kty: 'oct', k: buffer(contentOf(this)).toString('base64url') };
      const own = this.#type === 'private';
      const [kind, curve] = H.keyNames(contentOf(this), own);
      const parts = H.keyParts(contentOf(this), own).map((part) => buffer(part).toString('base64url'));
      const named = (names) => Object.fromEntries(names.filter((_, i) => i < parts.length).map((name, i) => [name, parts[i]]));
      if (kind === 'rsa') { const { n, e, d, p, q, dp, dq, qi } = named(['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi']); return { kty: 'RSA', n, e, ...own && { d, p, q, dp, dq, qi } }; }
      if (kind === 'ec') { const { x, y, d } = named(['x', 'y', 'd']); return { kty: 'EC', x, y, crv: curve === 'secp384r1' ? 'P-384' : 'P-256', ...d && { d } }; }
      const { x, d } = named(['x', 'd']);
      return { crv: 'Ed25519', ...d && { d }, x, kty: 'OKP' };
    }
    export(options = {}) {
      if (options.format === 'jwk') return this.#jwk();
      const content = contentOf(this);
      if (this.#type === 'secret') return Buffer.from(content);
      if (options === null || typeof options !== 'object') throw wrongType('options', 'of type object', options);
      const { type, format, cipher } = options;
      if (cipher) throw X.refusal('crypto', 'KeyObject.export with a cipher');
      const own = this.#type === 'private';
      const [der, label] = {
        pkcs8: () => [content, 'PRIVATE KEY'], spki: () => [content, 'PUBLIC KEY'], pkcs1: () => [H.keyAs(own ? 'pkcs1' : 'public-pkcs1', content), own ? 'RSA PRIVATE KEY' : 'RSA PUBLIC KEY'],
        sec1: () => [H.keyAs('sec1', content), 'EC PRIVATE KEY'],
      }[type]?.() ?? [];
      if (!der || (type === 'pkcs8') !== own && type !== 'pkcs1' && type !== 'sec1') throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The property 'options.type' is invalid. Received ${type === undefined ? 'undefined' : `'${type}'`}`);
      return format === 'der' ? Buffer.from(der) : pem(label, der);
    }
  }
  X.hidden(KeyObject.prototype, Symbol.toStringTag, 'KeyObject');
  class SecretKeyObject extends KeyObject {}
  class PublicKeyObject extends KeyObject {}
  class PrivateKeyObject extends KeyObject {}

  const fromJwk = (jwk, own) => {
    const parts = (...names) => names.map((name) => url64(jwk[name]));
    const made = (kind, list) => {
      try { return H.keyFromParts(kind, list); } catch { throw coded(Error, 'ERR_CRYPTO_INVALID_JWK', 'Invalid JWK data'); }
    };
    if (jwk.kty === 'RSA') return own ? made('rsa-private', parts('n', 'e', 'd', 'p', 'q')) : made('rsa', parts('n', 'e'));
    if (jwk.kty === 'EC' || jwk.kty === 'OKP') return own ? made(`${jwk.crv}-private`, parts('d')) : made(jwk.crv, jwk.kty === 'EC' ? parts('x', 'y') : parts('x'));
    throw coded(Error, 'ERR_CRYPTO_INVALID_JWK', 'Invalid JWK data');
  };
  // What a key is given as: a text, bytes, a key, or an object with one of them and how to read it.
  const given = (key) => {
    const plain = typeof key === 'string' || key !== null && typeof key === 'object' && X.bytes.view(key) !== undefined;
    if (plain) return { key, format: 'pem' };
    if (key === null || typeof key !== 'object') throw wrongType('key', 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey', key);
    return { format: 'pem', ...key, key: key.key };
  };
  const privateFrom = (source) => {
    if (isKeyObject(source.key)) return contentOf(source.key);
    if (source.format === 'jwk') return fromJwk(source.key, true);
    const data = buffer(bytes(source.key, 'key', source.encoding));
    const found = source.format === 'der' ? { form: source.type ?? 'pkcs8', der: data } : fromPem(data.toString('latin1'));
    if (!found || ['spki', 'public-pkcs1', 'certificate'].includes(found.form)) throw unsupported();
    const secret = source.passphrase === undefined ? undefined : bytes(source.passphrase, 'passphrase');
    if (found.form === 'encrypted' && secret === undefined) throw coded(TypeError, 'ERR_MISSING_PASSPHRASE', 'Passphrase required for encrypted key');
    if (found.encrypted) throw X.refusal('crypto', 'a private key that is encrypted as PEM was before PKCS#8');
    const made = H.privateKey(found.form, found.der, secret) ?? (found.form === 'pkcs8' && secret ? H.privateKey('encrypted', found.der, secret) : undefined);
    if (!made && found.form === 'encrypted') throw Object.assign(new Error('error:1C800064:Provider routines::bad decrypt'), { library: 'Provider routines', reason: 'bad decrypt', code: 'ERR_OSSL_BAD_DECRYPT' });
    if (!made) throw unsupported();
    return made;
  };
  const publicFrom = (source) => {
    if (isKeyObject(source.key)) return source.key.type === 'private' ? H.publicOf(contentOf(source.key)) : contentOf(source.key);
    if (source.format === 'jwk') return fromJwk(source.key, false);
    const data = buffer(bytes(source.key, 'key', source.encoding));
    const found = source.format === 'der' ? { form: source.type === 'pkcs1' ? 'public-pkcs1' : source.type ?? 'spki', der: data } : fromPem(data.toString('latin1'));
    if (!found) throw unsupported();
    const made = ['spki', 'public-pkcs1', 'certificate'].includes(found.form) ? H.publicKey(found.form.replace('public-', ''), found.der) : H.publicOf(privateFrom(source));
    if (!made) throw unsupported();
    return made;
  };
  const privateKeyOf = (key) => {
    if (!isKeyObject(key)) return privateFrom(given(key));
    if (key.type !== 'private') throw coded(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', `Invalid key object type ${key.type}, expected private.`);
    return contentOf(key);
  };
  const publicKeyOf = (key) => {
    if (!isKeyObject(key)) return publicFrom(given(key));
    if (key.type === 'secret') throw coded(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', 'Invalid key object type secret, expected private or public.');
    return publicFrom({ key });
  };
  const createSecretKey = (key, encoding) => new SecretKeyObject('secret', new Uint8Array(bytes(key, 'key', encoding)));
  const createPrivateKey = (key) => new PrivateKeyObject('private', privateKeyOf(key));
  const createPublicKey = (key) => {
    if (isKeyObject(key) && key.type !== 'private') throw coded(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', `Invalid key object type ${key.type}, expected private.`);
    return new PublicKeyObject('public', publicKeyOf(key));
  };
  const CURVES = { __proto__: null, 'P-256': 'P-256', prime256v1: 'P-256', 'P-384': 'P-384', secp384r1: 'P-384' };
  const generateKeyPairSync = (kind, options = {}) => {
    let made;
    if (kind === 'rsa') made = H.makeKey('rsa', options.modulusLength, random(32));
    else if (kind === 'ec' && CURVES[options.namedCurve]) made = H.makeKey(CURVES[options.namedCurve], 0, random(32));
    else if (kind === 'ed25519') made = H.keyFromParts('Ed25519-private', [random(32)]);
    else throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'type' must be a supported key type. Received '${kind}'`);
    const privateKey = new PrivateKeyObject('private', made);
    const publicKey = createPublicKey(privateKey);
    return { publicKey: options.publicKeyEncoding ? publicKey.export(options.publicKeyEncoding) : publicKey, privateKey: options.privateKeyEncoding ? privateKey.export(options.privateKeyEncoding) : privateKey };
  };
  const generateKeyPair = (kind, options, done) => {
    callback(done);
    later((error, pair) => (error ? done(error) : done(null, pair.publicKey, pair.privateKey)), () => generateKeyPairSync(kind, options));
  };
  Object.defineProperty(generateKeyPair, Symbol.for('nodejs.util.promisify.custom'), { value: async (kind, options) => generateKeyPairSync(kind, options) });
  const generateKeySync = (kind, { length }) => createSecretKey(random(Math.floor(length / 8)));
  const generateKey = (kind, options, done) => later(callback(done), () => generateKeySync(kind, options));
  class X509Certificate {
    #der;
    constructor(data) {
      const given = buffer(bytes(data, 'buffer'));
      this.#der = fromPem(given.toString('latin1'))?.der ?? given;
      this.publicKey = new PublicKeyObject('public', H.publicKey('certificate', this.#der) ?? (() => { throw unsupported(); })());
    }
    get raw() { return Buffer.from(this.#der); }
    get fingerprint() { return this.#print('sha1'); }
    get fingerprint256() { return this.#print('sha256'); }
    get fingerprint512() { return this.#print('sha512'); }
    #print(hash) { return buffer(H.hash(hash, this.#der)).toString('hex').toUpperCase().replace(/..(?=.)/g, '$&:'); }
    toString() { return pem('CERTIFICATE', this.#der); }
  }
  return {
    KeyObject, createSecretKey, createPrivateKey, createPublicKey, privateKeyOf, publicKeyOf, isKeyObject, contentOf, generateKeyPair, generateKeyPairSync, generateKey, generateKeySync,
    X509Certificate, getCurves: () => ['prime256v1', 'secp384r1'],
  };
})
