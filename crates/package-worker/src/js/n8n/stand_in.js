// What a require of n8n's own packages gives: what we have, and for every other name something that fails when it is used.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { n8n } = X;
  const refused = (path) => {
    const refuse = () => { throw new Error(`${path} is not there outside of n8n`); };
    const silent = new Set(['then', 'toJSON', 'prototype', '__esModule', Symbol.toPrimitive, Symbol.toStringTag, Symbol.hasInstance]);
    return new Proxy(function () {}, {
      get: (target, key) => (key === Symbol.hasInstance ? () => false : silent.has(key) ? target[key] : typeof key === 'symbol' ? undefined : refused(`${path}.${key}`)),
      apply: refuse,
      construct: refuse,
    });
  };
  const open = (name, own) => {
    const made = new Map();
    return new Proxy(own, {
      get: (target, key) => {
        if (key === '__esModule') return true;
        if (key in target || typeof key === 'symbol' || key === 'then' || key === 'default') return target[key];
        if (!made.has(key)) made.set(key, refused(`${name}.${key}`));
        return made.get(key);
      },
    });
  };
  n8n.NodeHelpers = open('n8n-workflow.NodeHelpers', { getConnectionTypes: (ways) => ways.map((way) => (typeof way === 'string' ? way : way.type)) });
  const pem = (key) => {
    if (!key || /\n/.test(key.trim())) return key?.replace(/\\n/g, '\n') ?? key;
    const found = /^(-----BEGIN [A-Z ]+-----)(.*)(-----END [A-Z ]+-----)\s*$/s.exec(key.replace(/\\n/g, '\n').trim());
    if (!found) return key;
    return [found[1], ...found[2].trim().split(/\s+/).join('').match(/.{1,64}/g) ?? [], found[3]].join('\n');
  };
  const utils = {
    formatPemBlock: pem,
    formatPrivateKey: pem,
    sleep: n8n.sleep,
    isRecord: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    isObject: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  };
  // What an error says of another try: the answer's status, and how long the service wants to be left alone.
  const retryabilityFromError = (error) => {
    const told = [error, error?.cause].filter((one) => typeof one === 'object' && one !== null);
    const status = Number(told.map((one) => one.httpCode ?? one.statusCode ?? one.response?.status).find((one) => one !== undefined && one !== null));
    const after = told.map((one) => one.response?.headers?.['retry-after']).find((one) => one !== undefined);
    const wait = /^\d+$/.test(after) ? Number(after) * 1000 : Math.max(Date.parse(after) - Date.now(), 0);
    return { status: Number.isNaN(status) ? undefined : status, retryAfterMs: Number.isNaN(wait) ? undefined : wait };
  };
  const decorate = () => (target) => target;
  // What a logger writes to from another thread: what is logged goes nowhere here.
  const threadStream = () => class ThreadStream extends X.builtin('events') {
    constructor() { super(); this.ready = this.writable = true; this.closed = this.destroyed = false; G.queueMicrotask(() => this.emit('ready')); }
    write() { return true; }
    flush(done) { done?.(); }
    flushSync() {}
    end() { if (!this.closed) { this.closed = this.destroyed = true; this.emit('close'); } }
    ref() {}
    unref() {}
  };
  // n8n's settings, of those that nodes ask for.
  class CompressionNodeConfig {
    // What a message may bring.
    maxDecompressedSize = 256 * 1024 * 1024;
    maxZipEntries = 10000;
  }
  const SETTINGS = new Map([[CompressionNodeConfig, new CompressionNodeConfig()]]);
  const made = new Map();
  const OWN = {
    'n8n-workflow': () => n8n,
    'n8n-core': () => ({ HITL_CALLBACK_PREFIX: 'hitl', BINARY_ENCODING: 'base64' }),
    '@n8n/di': () => ({ Service: decorate, Container: { get: (type) => SETTINGS.get(type) ?? refused(`@n8n/di.Container.get(${type?.name})`), set: () => {}, has: () => false } }),
    '@n8n/config': () => ({ Config: (target) => target, Env: () => () => {}, Nested: () => {}, CompressionNodeConfig }),
    '@n8n/backend-network': () => ({ resolveProxyUrl: () => undefined, retryabilityFromError }),
    '@n8n/utils': () => utils,
    '@n8n/errors': () => n8n,
    'thread-stream': threadStream,
  };
  X.standIn = (name) => {
    const root = Object.keys(OWN).find((known) => name === known || name.startsWith(`${known}/`)) ?? name;
    if (!made.has(root)) made.set(root, open(root, OWN[root]?.() ?? {}));
    return made.get(root);
  };
})
