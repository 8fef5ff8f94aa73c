// `http` and `https`: requests go out by `wire`, whole, once they are ended. There are no servers.
(function (H, G, X) {
  'use strict';
  const EventEmitter = X.builtin('events');
  const { Readable, Writable } = X.builtin('stream');
  const { Buffer, coded, wrongType } = X.bytesOfNode();
  const { URL } = X.builtin('url');
  const STATUS_CODES = {
    100: 'Continue', 101: 'Switching Protocols', 102: 'Processing', 103: 'Early Hints', 200: 'OK', 201: 'Created', 202: 'Accepted', 203: 'Non-Authoritative Information', 204: 'No Content',
    205: 'Reset Content', 206: 'Partial Content', 207: 'Multi-Status', 208: 'Already Reported', 226: 'IM Used', 300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other',
    304: 'Not Modified', 305: 'Use Proxy', 307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found',
    405: 'Method Not Allowed', 406: 'Not Acceptable', 407: 'Proxy Authentication Required', 408: 'Request Timeout', 409: 'Conflict', 410: 'Gone', 411: 'Length Required', 412: 'Precondition Failed',
    413: 'Payload Too Large', 414: 'URI Too Long', 415: 'Unsupported Media Type', 416: 'Range Not Satisfiable', 417: 'Expectation Failed', 418: "I'm a Teapot", 421: 'Misdirected Request',
    422: 'Unprocessable Entity', 423: 'Locked', 424: 'Failed Dependency', 425: 'Too Early', 426: 'Upgrade Required', 428: 'Precondition Required', 429: 'Too Many Requests', 431: 'Request Header Fields Too Large',
    451: 'Unavailable For Legal Reasons', 500: 'Internal Server Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout', 505: 'HTTP Version Not Supported',
    506: 'Variant Also Negotiates', 507: 'Insufficient Storage', 508: 'Loop Detected', 509: 'Bandwidth Limit Exceeded', 510: 'Not Extended', 511: 'Network Authentication Required',
  };
  const METHODS = ['ACL', 'BIND', 'CHECKOUT', 'CONNECT', 'COPY', 'DELETE', 'GET', 'HEAD', 'LINK', 'LOCK', 'M-SEARCH', 'MERGE', 'MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MOVE', 'NOTIFY', 'OPTIONS', 'PATCH',
    'POST', 'PROPFIND', 'PROPPATCH', 'PURGE', 'PUT', 'REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'TRACE', 'UNBIND', 'UNLINK', 'UNLOCK', 'UNSUBSCRIBE'];
  const validateHeaderName = (name) => {
    if (typeof name !== 'string' || !/^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/.test(name)) throw coded(TypeError, 'ERR_INVALID_HTTP_TOKEN', `Header name must be a valid HTTP token ["${name}"]`);
  };
  const validateHeaderValue = (name, value) => {
    if (value === undefined) throw coded(TypeError, 'ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "${value}" for header "${name}"`);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(`${value}`)) throw coded(TypeError, 'ERR_INVALID_CHAR', `Invalid character in header content ["${name}"]`);
  };
  class Agent extends EventEmitter {
    constructor(options = {}) {
      super();
      Object.assign(this, { options: { ...options }, maxSockets: options.maxSockets ?? Infinity, maxFreeSockets: options.maxFreeSockets ?? 256, keepAlive: options.keepAlive ?? false, requests: {}, sockets: {}, freeSockets: {}, maxTotalSockets: Infinity, defaultPort: 80, protocol: 'http:' });
    }
    createConnection() { throw X.refusal('http', 'Agent.createConnection'); }
    addRequest() { throw X.refusal('http', 'Agent.addRequest'); }
    getName(options = {}) { return `${options.host || 'localhost'}:${options.port || ''}:${options.localAddress || ''}`; }
    destroy() {}
  }
  class SecureAgent extends Agent {
    constructor(options) { super(options); Object.assign(this, { defaultPort: 443, protocol: 'https:' }); }
  }
  const socket = () => Object.assign(new EventEmitter(), { setKeepAlive() { return this; }, setNoDelay() { return this; }, setTimeout() { return this; }, ref() { return this; }, unref() { return this; }, destroy() { return this; }, end() {}, cork() {}, uncork() {}, encrypted: true, authorized: true, remoteAddress: undefined, connecting: false, destroyed: false, writable: true });
  // A header that comes more than once: lists, cookies, and those of which the first counts.
  const ONCE = new Set(['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host', 'if-modified-since', 'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization', 'referer', 'retry-after', 'server', 'user-agent']);
  const gathered = (list) => {
    const headers = {};
    for (const [given, value] of list) {
      const name = given.toLowerCase();
      if (name === 'set-cookie') (headers[name] ??= []).push(value);
      else if (!Object.hasOwn(headers, name)) Object.defineProperty(headers, name, { value, writable: true, enumerable: true, configurable: true });
      else if (!ONCE.has(name)) headers[name] += `${name === 'cookie' ? '; ' : ', '}${value}`;
    }
    return headers;
  };
  function IncomingMessage(given) {
    Readable.call(this, { read() {} });
    Object.assign(this, { httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1, complete: false, rawHeaders: [], rawTrailers: [], trailers: {}, aborted: false, upgrade: null, url: '', method: null, statusCode: null, statusMessage: null, socket: given ?? socket() });
    this.connection = this.socket;
    this.headers = {};
  }
  Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
  Object.setPrototypeOf(IncomingMessage, Readable);
  IncomingMessage.prototype.setTimeout = function (ms, done) { if (done) this.on('timeout', done); return this; };
  IncomingMessage.prototype._read = function () {};
  const incoming = (answer, request) => {
    const message = new IncomingMessage();
    Object.assign(message, {
      headers: gathered(answer.headers), rawHeaders: answer.headers.flat(), statusCode: answer.status, statusMessage: answer.statusText || STATUS_CODES[answer.status] || '', complete: true, req: request, responseUrl: answer.url,
    });
    Object.defineProperty(message, 'headersDistinct', { get: () => { const made = { __proto__: null }; for (const [name, value] of answer.headers) (made[name.toLowerCase()] ??= []).push(value); return made; } });
    if (answer.body?.length) message.push(Buffer.from(answer.body));
    message.push(null);
    return message;
  };

  class OutgoingMessage extends Writable {
    #headers = new Map();
    constructor(options) { super(options); this.headersSent = false; this.sendDate = false; this.finished = false; this.socket = socket(); this.connection = this.socket; }
    setHeader(name, value) {
      if (this.headersSent) throw coded(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot set headers after they are sent to the client');
      validateHeaderName(name);
      for (const one of [value].flat()) validateHeaderValue(name, one);
      this.#headers.set(name.toLowerCase(), [name, value]);
      return this;
    }
    setHeaders(headers) { for (const [name, value] of headers) this.setHeader(name, value); return this; }
    appendHeader(name, value) {
      const before = this.getHeader(name);
      return this.setHeader(name, before === undefined ? value : [before, value].flat());
    }
    getHeader(name) {
      if (typeof name !== 'string') throw wrongType('name', 'of type string', name);
      return this.#headers.get(name.toLowerCase())?.[1];
    }
    getHeaders() { return Object.assign(Object.create(null), Object.fromEntries([...this.#headers].map(([name, [, value]]) => [name, value]))); }
    getHeaderNames() { return [...this.#headers.keys()]; }
    getRawHeaderNames() { return [...this.#headers.values()].map(([name]) => name); }
    hasHeader(name) { return this.#headers.has(`${name}`.toLowerCase()); }
    removeHeader(name) { this.#headers.delete(`${name}`.toLowerCase()); }
    flushHeaders() {}
    get headerList() { return [...this.#headers.values()].flatMap(([name, value]) => [value].flat().map((one) => [name, `${one}`])); }
  }
  class ClientRequest extends OutgoingMessage {
    #chunks = []; #timer; #stop = new (X.part('web/events').AbortController)();
    constructor(options, done) {
      super({ autoDestroy: false });
      const protocol = options.protocol || options.defaultProtocol;
      if (protocol !== options.defaultProtocol) throw coded(TypeError, 'ERR_INVALID_PROTOCOL', `Protocol "${protocol}" not supported. Expected "${options.defaultProtocol}"`);
      const path = options.path || '/';
      if (/[^\u0021-\u00ff]/.test(path)) throw coded(TypeError, 'ERR_UNESCAPED_CHARACTERS', 'Request path contains unescaped characters');
      if (options.socketPath) throw X.refusal('http', 'request with a socketPath');
      const host = options.hostname || options.host || 'localhost';
      const usual = protocol === 'https:' ? 443 : 80;
      const port = options.port || options.defaultPort || usual;
      const method = `${options.method || 'GET'}`.toUpperCase();
      if (!/^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/.test(method)) throw coded(TypeError, 'ERR_INVALID_HTTP_TOKEN', `Method must be a valid HTTP token ["${method}"]`);
      const place = `${host.includes(':') && host[0] !== '[' ? `[${host}]` : host}${+port === usual ? '' : `:${port}`}`;
      Object.assign(this, { method, path, host, protocol, agent: options.agent, aborted: false, reusedSocket: false, maxHeadersCount: null, res: null });
      X.hidden(this, 'target', `${protocol}//${place}${path[0] === '/' ? path : `/${path}`}`);
      if (Array.isArray(options.headers)) {
        const pairs = Array.isArray(options.headers[0]) ? options.headers : options.headers.flatMap((name, i, all) => (i % 2 ? [] : [[name, all[i + 1]]]));
        for (const [name, value] of pairs) this.appendHeader(name, value);
      } else for (const name of Object.keys(options.headers ?? {})) this.setHeader(name, options.headers[name]);
      if (!this.hasHeader('host') && options.setHost !== false) this.setHeader('Host', place);
      if (options.auth && !this.hasHeader('authorization')) this.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
      if (done) this.once('response', done);
      if (options.timeout) this.setTimeout(options.timeout);
      if (options.signal?.aborted) X.builtin('process').nextTick(() => this.destroy(this.#aborted(options.signal)));
      else options.signal?.addEventListener('abort', () => this.destroy(this.#aborted(options.signal)), { once: true });
      X.builtin('process').nextTick(() => { if (!this.destroyed) this.emit('socket', this.socket); });
    }
    #aborted(signal) { return Object.assign(new (X.part('web/events').AbortError)(), { cause: signal.reason }); }
    setTimeout(ms, done) {
      const { setTimeout, clearTimeout } = X.builtin('timers');
      clearTimeout(this.#timer);
      if (done) this.once('timeout', done);
      if (ms > 0) this.#timer = setTimeout(() => { if (!this.res) this.emit('timeout'); }, ms);
      return this;
    }
    setNoDelay() {}
    setSocketKeepAlive() {}
    abort() { this.aborted = true; this.destroy(); this.emit('abort'); }
    _write(chunk, encoding, done) { this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk)); done(); }
    _destroy(error, done) {
      X.builtin('timers').clearTimeout(this.#timer);
      this.#stop.abort();
      done(error ?? (this.res ? null : coded(Error, 'ECONNRESET', 'socket hang up')));
    }
    _final(done) {
      this.headersSent = true;
      this.finished = true;
      const body = Buffer.concat(this.#chunks);
      const headers = this.headerList.filter(([name]) => !/^(host|content-length|transfer-encoding|connection)$/i.test(name) || /^host$/i.test(name));
      const request = { method: this.method, url: this.target, headers, body: body.length || this.hasHeader('content-length') && !/^(GET|HEAD)$/.test(this.method) ? body : undefined, redirect: 'manual' };
      X.part('web/fetch').sent(request, this.#stop.signal).then((answer) => {
        if (this.destroyed) return;
        X.builtin('timers').clearTimeout(this.#timer);
        this.res = incoming(answer, this);
        if (!this.emit('response', this.res)) this.res.resume();
        this.res.once('end', () => X.builtin('process').nextTick(() => this.emit('close')));
      }, (error) => { if (!this.destroyed) this.destroy(error); });
      done();
    }
  }
  const globalAgent = new Agent({ keepAlive: true });
  const secureAgent = new SecureAgent({ keepAlive: true });
  const asked = (defaultProtocol, agent) => (input, options, done) => {
    let base = {};
    if (typeof input === 'string') base = X.builtin('url').urlToHttpOptions(new URL(input));
    else if (input instanceof URL || input?.searchParams && input.href) base = X.builtin('url').urlToHttpOptions(input);
    else [options, done, base] = [undefined, options, { ...input }];
    if (typeof options === 'function') [options, done] = [undefined, options];
    return new ClientRequest({ agent, ...base, ...options, defaultProtocol: (options?.agent ?? base.agent)?.protocol ?? defaultProtocol }, done);
  };
  const module = (protocol, own, agent, refused) => {
    const request = asked(protocol, agent);
    const get = (...args) => { const made = request(...args); made.end(); return made; };
    return { request, get, Agent: own, globalAgent: agent, ...X.refusedMembers(refused, ['createServer', 'Server']) };
  };
  const shared = {
    METHODS, STATUS_CODES, maxHeaderSize: 16384, IncomingMessage, OutgoingMessage, ClientRequest: function (...args) { return asked('http:', globalAgent)(...args); }, validateHeaderName, validateHeaderValue, setMaxIdleHTTPParsers() {},
    ...X.refusedMembers('http', ['ServerResponse', '_connectionListener', 'WebSocket']),
  };
  shared.ClientRequest.prototype = ClientRequest.prototype;
  const http = Object.assign(module('http:', Agent, globalAgent, 'http'), shared);
  Object.defineProperty(http, 'secure', { value: module('https:', SecureAgent, secureAgent, 'https'), enumerable: false });
  return http;
})
