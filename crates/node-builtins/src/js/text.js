// `TextDecoder` with all encodings of the WHATWG, decoded by the host, and `MIMEType`.
(function (H, G, X) {
  'use strict';
  const { hidden } = X;
  const { TextEncoder, coded, view } = X.bytesOfNode();
  class TextDecoder {
    #encoding; #fatal; #ignoreBOM; #kept = new Uint8Array(); #begun = false;
    constructor(label = 'utf-8', options = {}) {
      this.#encoding = H.encodingName(`${label}`);
      if (this.#encoding === undefined) throw coded(RangeError, 'ERR_ENCODING_NOT_SUPPORTED', `The "${label}" encoding is not supported`);
      [this.#fatal, this.#ignoreBOM] = [options?.fatal, options?.ignoreBOM].map(Boolean);
    }
    get encoding() { return this.#encoding; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }
    decode(input = new Uint8Array(), options = {}) {
      let bytes = view(input);
      if (!bytes) throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.');
      if (this.#kept.length) {
        const both = new Uint8Array(this.#kept.length + bytes.length);
        both.set(this.#kept);
        both.set(bytes, this.#kept.length);
        bytes = both;
      }
      const stream = Boolean(options?.stream);
      const left = stream ? H.unfinished(bytes, this.#encoding) : 0;
      this.#kept = new Uint8Array(bytes.subarray(bytes.length - left));
      const text = H.decodeText(bytes.subarray(0, bytes.length - left), this.#encoding, this.#fatal);
      if (text === undefined) {
        this.#kept = new Uint8Array();
        throw coded(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA', `The encoded data was not valid for encoding ${this.#encoding}`);
      }
      const marked = !this.#begun && !this.#ignoreBOM && text.charCodeAt(0) === 0xfeff && /^utf-/.test(this.#encoding);
      this.#begun = stream && (this.#begun || text !== '');
      return marked ? text.slice(1) : text;
    }
  }
  hidden(TextEncoder.prototype, Symbol.toStringTag, 'TextEncoder');
  hidden(TextDecoder.prototype, Symbol.toStringTag, 'TextDecoder');

  const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
  class MIMEType {
    #type; #subtype;
    constructor(text) {
      const [essence, ...rest] = `${text}`.trim().split(';');
      const [type, subtype] = essence.trim().split('/');
      if (!TOKEN.test(type) || !TOKEN.test(subtype ?? '')) throw coded(TypeError, 'ERR_INVALID_MIME_SYNTAX', `The MIME syntax for a ${TOKEN.test(type) ? 'subtype' : 'type'} in "${text}" is invalid`);
      [this.#type, this.#subtype] = [type.toLowerCase(), subtype.toLowerCase()];
      this.params = new Map(rest.map((one) => one.split('=')).filter(([name, value]) => TOKEN.test(name.trim()) && value !== undefined)
        .map(([name, value]) => [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')]));
    }
    get type() { return this.#type; }
    get subtype() { return this.#subtype; }
    get essence() { return `${this.#type}/${this.#subtype}`; }
    toString() { return [this.essence, ...[...this.params].map(([name, value]) => `${name}=${TOKEN.test(value) ? value : JSON.stringify(value)}`)].join(';'); }
    toJSON() { return this.toString(); }
  }
  return { TextEncoder, TextDecoder, MIMEType };
})
