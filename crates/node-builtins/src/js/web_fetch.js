// `fetch` and what belongs to it. A request goes out by `wire`, whole, and what comes back is whole too.
(function (H, G, X) {
  'use strict';
  const { Buffer, view } = X.bytesOfNode();
  const { hidden } = X;
  const { AbortController } = X.part('web/events');
  const { URL, URLSearchParams } = X.builtin('url');
  const { Blob, File } = X.builtin('buffer');
  const TOKEN = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
  const nameOf = (name, where) => {
    if (!TOKEN.test(`${name}`)) throw new TypeError(`${where}: "${name}" is an invalid header name.`);
    return `${name}`.toLowerCase();
  };
  const valueOf = (value, where) => {
    const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
    if (/[\0\n\r]|[^\0-\xff]/.test(text)) throw new TypeError(`${where}: "${text}" is an invalid header value.`);
    return text;
  };
  class Headers {
    #list = [];
    constructor(init) {
      if (init === undefined) return;
      if (init === null || typeof init !== 'object') throw new TypeError("Headers constructor: Argument 1 (\"init\") could not be converted to one of: sequence<sequence<ByteString>>, record<ByteString, ByteString>.");
      if (typeof init[Symbol.iterator] === 'function') for (const [name, value] of init) this.append(name, value);
      else for (const name of Reflect.ownKeys(init)) if (Object.prototype.propertyIsEnumerable.call(init, name)) this.append(name, init[name]);
    }
    append(name, value) { this.#list.push([nameOf(name, 'Headers.append'), valueOf(value, 'Headers.append')]); }
    set(name, value) {
      const key = nameOf(name, 'Headers.set');
      const at = this.#list.findIndex((one) => one[0] === key);
      this.delete(key);
      this.#list.splice(at < 0 ? this.#list.length : at, 0, [key, valueOf(value, 'Headers.set')]);
    }
    delete(name) { const key = nameOf(name, 'Headers.delete'); this.#list = this.#list.filter((one) => one[0] !== key); }
    get(name) {
      const key = nameOf(name, 'Headers.get');
      const found = this.#list.filter((one) => one[0] === key).map((one) => one[1]);
      return found.length ? found.join(key === 'cookie' ? '; ' : ', ') : null;
    }
    has(name) { const key = nameOf(name, 'Headers.has'); return this.#list.some((one) => one[0] === key); }
    getSetCookie() { return this.#list.filter((one) => one[0] === 'set-cookie').map((one) => one[1]); }
    #sorted() {
      const names = [...new Set(this.#list.map((one) => one[0]))].sort();
      return names.flatMap((name) => (name === 'set-cookie' ? this.getSetCookie().map((value) => [name, value]) : [[name, this.get(name)]]));
    }
    forEach(each, self) { for (const [name, value] of this.#sorted()) each.call(self, value, name, this); }
    *entries() { yield* this.#sorted(); }
    *keys() { for (const [name] of this.#sorted()) yield name; }
    *values() { for (const [, value] of this.#sorted()) yield value; }
    [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) { return `Headers ${inspect(Object.fromEntries(this.#sorted()), options)}`; }
  }
  hidden(Headers.prototype, Symbol.iterator, Headers.prototype.entries);
  class FormData {
    #list = [];
    constructor(form) { if (form !== undefined) throw new TypeError("FormData constructor: Argument 1 could not be converted to: undefined."); }
    #entry(name, value, file) {
      const text = `${name}`.toWellFormed();
      if (!(value instanceof Blob)) return [text, `${value}`.toWellFormed()];
      if (value instanceof File && file === undefined) return [text, value];
      return [text, new File([value], file ?? 'blob', { type: value.type })];
    }
    append(name, value, file) { this.#list.push(this.#entry(name, value, file)); }
    set(name, value, file) {
      const entry = this.#entry(name, value, file);
      const at = this.#list.findIndex((one) => one[0] === entry[0]);
      if (at < 0) this.#list.push(entry); else { this.#list = this.#list.filter((one, i) => i <= at || one[0] !== entry[0]); this.#list[at] = entry; }
    }
    delete(name) { this.#list = this.#list.filter((one) => one[0] !== `${name}`); }
    get(name) { return this.#list.find((one) => one[0] === `${name}`)?.[1] ?? null; }
    getAll(name) { return this.#list.filter((one) => one[0] === `${name}`).map((one) => one[1]); }
    has(name) { return this.#list.some((one) => one[0] === `${name}`); }
    forEach(each, self) { for (const [name, value] of this.#list) each.call(self, value, name, this); }
    *entries() { for (const [name, value] of this.#list) yield [name, value]; }
    *keys() { for (const [name] of this.#list) yield name; }
    *values() { for (const [, value] of this.#list) yield value; }
  }
  hidden(FormData.prototype, Symbol.iterator, FormData.prototype.entries);
  const quoted = (text) => text.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22');
  const multipart = (form) => {
    const boundary = `----formdata-${X.builtin('crypto').randomBytes(12).toString('hex')}`;
    const pieces = [];
    for (const [name, value] of form) {
      pieces.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"`));
      if (typeof value === 'string') pieces.push(Buffer.from(`\r\n\r\n${value.replace(/\r?\n|\r/g, '\r\n')}\r\n`));
      else pieces.push(Buffer.from(`; filename="${quoted(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`), X.blobBytes(value), Buffer.from('\r\n'));
    }
    pieces.push(Buffer.from(`--${boundary}--\r\n`));
    return [Buffer.concat(pieces), `multipart/form-data; boundary=${boundary}`];
  };
  // The bytes of a body, or how they are come by, and the type that it says of itself.
  const bodyOf = (body) => {
    if (typeof body === 'string') return [Buffer.from(body.toWellFormed()), 'text/plain;charset=UTF-8'];
    if (body instanceof URLSearchParams) return [Buffer.from(`${body}`), 'application/x-www-form-urlencoded;charset=UTF-8'];
    if (body instanceof FormData) return multipart(body);
    if (body instanceof Blob) return [X.blobBytes(body), body.type || null];
    if (typeof body === 'object' && view(body)) return [Buffer.from(new Uint8Array(view(body))), null];
    if (typeof body?.[Symbol.asyncIterator] === 'function') return [body, null];
    return bodyOf(`${body}`);
  };
  class Body {
    #content; #used = false; #stream; #type;
    constructor(body) {
      [this.#content, this.#type] = body === undefined || body === null ? [null, null] : bodyOf(body);
    }
    static typeOf(body) { return body.#type; }
    static contentOf(body) { return body.#content; }
    static share(body, other) { body.#content = other.#content; body.#type = other.#type; }
    get bodyUsed() { return this.#used; }
    get body() {
      if (this.#content === null) return null;
      const { ReadableStream } = X.part('stream/web');
      return (this.#stream ??= this.#content instanceof ReadableStream ? this.#content : new ReadableStream({ start: async (controller) => { for (const chunk of [await whole(this.#content)]) if (chunk.length) controller.enqueue(new Uint8Array(chunk)); controller.close(); }, pull: () => { this.#used = true; } }));
    }
    async #bytes() {
      if (this.#used || this.#stream?.locked) throw new TypeError('Body is unusable: Body has already been read');
      this.#used = this.#content !== null;
      return this.#content === null ? Buffer.alloc(0) : whole(this.#content);
    }
    async arrayBuffer() { return new Uint8Array(await this.#bytes()).buffer; }
    async bytes() { return new Uint8Array(await this.#bytes()); }
    async text() { return new (X.part('text').TextDecoder)().decode(await this.#bytes()); }
    async json() { return JSON.parse(await this.text()); }
    async blob() { return new Blob([await this.#bytes()], { type: this.headers?.get('content-type') ?? '' }); }
    async formData() {
      const type = this.headers?.get('content-type') ?? '';
      const form = new FormData();
      if (!/^application\/x-www-form-urlencoded/i.test(type)) throw new TypeError(`Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".`);
      for (const [name, value] of new URLSearchParams(await this.text())) form.append(name, value);
      return form;
    }
  }
  const whole = async (content) => {
    if (content instanceof Uint8Array) return content;
    const chunks = [];
    for await (const chunk of content) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : view(chunk));
    return Buffer.concat(chunks);
  };
  const withType = (headers, body) => { if (Body.typeOf(body) && !headers.has('content-type')) headers.set('content-type', Body.typeOf(body)); };
  const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
  class Request extends Body {
    constructor(input, init = {}) {
      const from = input instanceof Request ? input : undefined;
      const method = `${init.method ?? from?.method ?? 'GET'}`;
      const upper = METHODS.includes(method.toUpperCase()) ? method.toUpperCase() : method;
      if (!TOKEN.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
      if ((init.body ?? null) !== null && (upper === 'GET' || upper === 'HEAD')) throw new TypeError('Request with GET/HEAD method cannot have body.');
      super(init.body);
      if (from && (init.body ?? null) === null) Body.share(this, from);
      let url;
      try { url = new URL(from ? from.url : `${input}`); } catch (cause) { throw new TypeError(`Failed to parse URL from ${input}`, { cause }); }
      if (url.username || url.password) throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${input}`);
      const headers = new Headers(init.headers ?? from?.headers);
      withType(headers, this);
      const values = { method: upper, url: url.href, headers, redirect: init.redirect ?? from?.redirect ?? 'follow', signal: init.signal ?? from?.signal ?? new AbortController().signal,
        credentials: init.credentials ?? 'same-origin', mode: init.mode ?? 'cors', cache: init.cache ?? 'default', referrer: 'about:client', integrity: init.integrity ?? '', keepalive: Boolean(init.keepalive), duplex: 'half', destination: '' };
      for (const [name, value] of Object.entries(values)) hidden(this, name, value);
    }
    clone() { return new Request(this); }
  }
  class Response extends Body {
    #url = ''; #type = 'default'; #redirected = false;
    constructor(body, { status = 200, statusText = '', headers } = {}) {
      if (!(status >= 200 && status <= 599)) throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.');
      if ((body ?? null) !== null && [204, 205, 304].includes(status)) throw new TypeError(`Response constructor: Invalid response status code ${status}`);
      super(body);
      hidden(this, 'status', status);
      hidden(this, 'statusText', `${statusText}`);
      hidden(this, 'headers', new Headers(headers));
      withType(this.headers, this);
    }
    static of(answer, asked) {
      const empty = [101, 103, 204, 205, 304].includes(answer.status) || asked.method === 'HEAD';
      const made = new Response(empty ? null : view(answer.body ?? new Uint8Array()), { status: answer.status, statusText: answer.statusText, headers: answer.headers });
      made.#url = answer.url ?? asked.url;
      made.#type = 'basic';
      made.#redirected = made.#url.replace(/#.*/, '') !== asked.url.replace(/#.*/, '');
      return made;
    }
    static json(data, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has('content-type')) headers.set('content-type', 'application/json');
      return new Response(JSON.stringify(data), { ...init, headers });
    }
    static error() { const made = new Response(); hidden(made, 'status', 0); made.#type = 'error'; return made; }
    static redirect(url, status = 302) { return new Response(null, { status, headers: { location: new URL(url).href } }); }
    get ok() { return this.status >= 200 && this.status <= 299; }
    get url() { return this.#url; }
    get type() { return this.#type; }
    get redirected() { return this.#redirected; }
    clone() {
      if (this.bodyUsed) throw new TypeError('Response.clone: Body has already been consumed.');
      const made = new Response(null, { status: this.status === 0 ? 200 : this.status, statusText: this.statusText, headers: this.headers });
      Body.share(made, this);
      [made.#url, made.#type, made.#redirected] = [this.#url, this.#type, this.#redirected];
      return made;
    }
  }
  for (const [name, Class] of Object.entries({ Headers, FormData, Request, Response })) hidden(Class.prototype, Symbol.toStringTag, name);

  // Sends; ends early where the signal says so.
  const sent = (request, signal) => new Promise((resolve, reject) => {
    if (typeof X.wire !== 'function') throw X.refusal('http', 'request');
    if (signal?.aborted) throw signal.reason;
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    Promise.resolve(X.wire(request)).then(resolve, reject);
  });
  const fetch = async (input, init) => {
    const request = new Request(input, init);
    const { signal } = request;
    const url = new URL(request.url);
    if (url.protocol === 'data:') {
      const [, type, base64, data] = /^data:(.*?)(;base64)?,(.*)$/s.exec(request.url) ?? [];
      const bytes = X.builtin('querystring').unescapeBuffer(data ?? '');
      return new Response(base64 ? Buffer.from(bytes.toString(), 'base64') : bytes, { headers: { 'content-type': type || 'text/plain;charset=US-ASCII' } });
    }
    if (!/^https?:$/.test(url.protocol)) throw new TypeError('fetch failed', { cause: new Error('unknown scheme') });
    const content = Body.contentOf(request);
    const headers = [...request.headers];
    for (const [name, value] of [['accept', '*/*'], ['user-agent', 'node']]) if (!request.headers.has(name)) headers.push([name, value]);
    let answer;
    try {
      const body = content === null ? undefined : await whole(content);
      answer = await sent({ method: request.method, url: url.href.replace(/#.*/, ''), headers, body, redirect: request.redirect }, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new TypeError('fetch failed', { cause: error });
    }
    return Response.of(answer, { method: request.method, url: request.url.replace(/#.*/, '') });
  };
  return { fetch, Headers, Request, Response, FormData, sent };
})
