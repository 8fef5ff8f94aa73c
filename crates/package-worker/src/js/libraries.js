// What is changed of libraries once they are loaded.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { queueMicrotask } = G;

  // fflate would work in threads of its own: here it works in this one. `gzip(data, options?, done)` is `gzipSync(data, options?)` later.
  const later = (work) => (data, ...args) => {
    const done = args.pop();
    queueMicrotask(() => {
      let made;
      try {
        made = work(data, ...args);
      } catch (error) {
        done(error, null);
        return;
      }
      done(null, made);
    });
    return () => {};
  };
  // `new AsyncGunzip(options?, ondata)` tells its errors where `new Gunzip(options?, ondata)` throws them.
  const streaming = (Stream) => class {
    #inner;
    #ended = false;
    constructor(...args) {
      this.ondata = typeof args.at(-1) === 'function' ? args.pop() : undefined;
      this.#inner = new Stream(...args);
      this.#inner.ondata = (data, final) => { if (!this.#ended) this.ondata(null, data, final); };
    }
    push(data, final) {
      try {
        this.#inner.push(data, final);
      } catch (error) {
        if (!this.#ended) this.ondata(error, null, final);
      }
    }
    terminate() { this.#ended = true; }
  };

  const withoutThreads = (exports) => {
    for (const name of Object.keys(exports)) {
      if (typeof exports[`${name}Sync`] === 'function') exports[name] = later(exports[`${name}Sync`]);
      const plain = exports[name.replace(/^Async/, '')];
      if (name.startsWith('Async') && typeof plain === 'function') exports[name] = streaming(plain);
    }
  };
  // As in n8n Luxon's default is a zone by name, which writes UTC as `Z`.
  const zoned = ({ Settings }) => { if (Settings && 'defaultZone' in Settings) Settings.defaultZone = 'UTC'; };
  X.loaded = (id, exports) => {
    if (id.includes('luxon')) zoned(exports);
    if (id.includes('fflate')) withoutThreads(exports);
  };
})
