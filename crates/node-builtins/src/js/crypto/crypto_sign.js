// Signatures of `crypto`, and messages for the holder of a key.
(function (H, G, X) {
  'use strict';
  X.builtin('crypto');
  const { Buffer, coded, wrongType } = X.bytesOfNode();
  const { bytes, buffer, written, later, random } = X.cryptoTools;
  const { privateKeyOf, publicKeyOf, isKeyObject } = X.part('crypto/keys');
  // How it is signed: of RSA its padding, of a curve the form of the signature.
  const how = (key, kind) => {
    const options = key !== null && typeof key === 'object' && !isKeyObject(key) && !ArrayBuffer.isView(key) ? key : {};
    if (kind === 'rsa') return options.padding === 6 ? ['pss', options.saltLength ?? -2] : ['pkcs1', 0];
    return [options.dsaEncoding === 'ieee-p1363' ? 'raw' : 'der', 0];
  };
  const inner = (key) => (key !== null && typeof key === 'object' && isKeyObject(key.key) ? key.key : key);
  const named = (name) => {
    if (name !== undefined && name !== null && H.hashSize(name) === undefined) throw coded(Error, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`);
    return name ?? 'sha256';
  };
  const signWith = (name, key, data) => {
    if (!key) throw coded(Error, 'ERR_CRYPTO_SIGN_KEY_REQUIRED', 'No key provided to sign');
    const der = privateKeyOf(inner(key));
    const made = H.sign(named(name), ...how(key, H.keyNames(der, true)[0]), [der, data, random(32)]);
    if (!made) throw coded(Error, 'ERR_OSSL_RSA_DIGEST_TOO_BIG_FOR_RSA_KEY', 'error:02000070:rsa routines::digest too big for rsa key');
    return buffer(made);
  };
  const verifyWith = (name, key, data, signature) => {
    const der = publicKeyOf(inner(key));
    return H.verify(named(name), ...how(key, H.keyNames(der, false)[0]), [der, data, signature]);
  };
  class Signing {
    #chunks = [];
    constructor(name) {
      if (typeof name !== 'string') throw wrongType('algorithm', 'of type string', name);
      if (H.hashSize(name) === undefined) throw coded(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', 'Invalid digest');
      X.hidden(this, 'algorithm', name);
    }
    update(data, encoding) {
      if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw wrongType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
      this.#chunks.push(typeof data === 'string' ? bytes(data, 'data', encoding) : new Uint8Array(bytes(data, 'data')));
      return this;
    }
    write(data, encoding) { this.update(data, encoding); return true; }
    end(data, encoding) { if (data !== undefined && data !== null) this.update(data, encoding); return this; }
    get data() { return Buffer.concat(this.#chunks); }
  }
  class Sign extends Signing {
    sign(key, encoding) { return written(signWith(this.algorithm, key, this.data), encoding); }
  }
  class Verify extends Signing {
    verify(key, signature, encoding) { return verifyWith(this.algorithm, key, this.data, bytes(signature, 'signature', encoding)); }
  }
  const sign = (name, data, key, done) => later(done, () => signWith(name, key, bytes(data, 'data')));
  const verify = (name, data, key, signature, done) => later(done, () => verifyWith(name, key, bytes(data, 'data'), bytes(signature, 'signature')));
  // OAEP is what is used where nothing is said.
  const padding = (key) => (key?.padding === 1 ? '' : key?.oaepHash ?? 'sha1');
  const label = (key) => (key?.oaepLabel === undefined ? new Uint8Array() : bytes(key.oaepLabel, 'key.oaepLabel'));
  const publicEncrypt = (key, data) => buffer(H.encrypt(padding(key), [publicKeyOf(inner(key)), bytes(data, 'buffer'), label(key), random(32)]));
  const privateDecrypt = (key, data) => buffer(H.decrypt(padding(key), [privateKeyOf(inner(key)), bytes(data, 'buffer'), label(key)]));
  return { createSign: (name) => new Sign(name), createVerify: (name) => new Verify(name), Sign: function (name) { return new Sign(name); }, Verify: function (name) { return new Verify(name); }, sign, verify, publicEncrypt, privateDecrypt };
})
