// `timers`: those of the isolate, as the objects that Node.js gives.
(function (H, G, X) {
  'use strict';
  const native = X.timers.native;
  const { wrongType } = X.bytesOfNode();
  const context = () => X.part('async_hooks').capture();
  const promisify = Symbol.for('nodejs.util.promisify.custom');
  const checked = (f) => {
    if (typeof f !== 'function') throw wrongType('callback', 'of type function', f);
    return context()(f);
  };
  class Timeout {
    #id; #restart; #referenced = true; #live = true;
    constructor(f, wait, args, repeat) {
      const run = (...given) => { if (!repeat) this.#live = false; return f.apply(this, given); };
      this.#restart = () => { this.#id = (repeat ? native.setInterval : native.setTimeout)(run, wait, ...args); this.#live = true; };
      this.#restart();
      this._onTimeout = f;
    }
    ref() { this.#referenced = true; return this; }
    unref() { this.#referenced = false; return this; }
    hasRef() { return this.#referenced; }
    refresh() { if (this.#live) { native.clearTimeout(this.#id); this.#restart(); } return this; }
    close() { native.clearTimeout(this.#id); this.#live = false; return this; }
    [Symbol.toPrimitive]() { return this.#id; }
  }
  class Immediate {
    #id; #referenced = true;
    constructor(f, args) { this.#id = native.setTimeout(f, 0, ...args); }
    ref() { this.#referenced = true; return this; }
    unref() { this.#referenced = false; return this; }
    hasRef() { return this.#referenced; }
    close() { native.clearTimeout(this.#id); }
  }
  const wait = (value) => { const number = +value; return number >= 1 && number <= 2147483647 ? Math.trunc(number) : 1; };
  const setTimeout = (f, ms, ...args) => new Timeout(checked(f), wait(ms), args, false);
  const setInterval = (f, ms, ...args) => new Timeout(checked(f), wait(ms), args, true);
  const setImmediate = (f, ...args) => new Immediate(checked(f), args);
  const clearTimeout = (timer) => { if (typeof timer?.close === 'function') timer.close(); else if (timer !== undefined && timer !== null) native.clearTimeout(+timer); };

  const aborted = (signal) => Object.assign(new (X.part('web/events').AbortError)(), { cause: signal.reason });
  const promised = (start) => (value, { signal } = {}) => new Promise((resolve, reject) => {
    if (signal?.aborted) { reject(aborted(signal)); return; }
    const stop = () => { clearTimeout(timer); reject(aborted(signal)); };
    const timer = start(() => { signal?.removeEventListener('abort', stop); resolve(value); });
    signal?.addEventListener('abort', stop, { once: true });
  });
  const promises = {
    setTimeout: (ms, value, options) => promised((done) => setTimeout(done, ms))(value, options),
    setImmediate: (value, options) => promised((done) => setImmediate(done))(value, options),
    async *setInterval(ms, value, options) { for (;;) { await promises.setTimeout(ms, undefined, options); yield value; } },
    scheduler: { wait: (ms, options) => promises.setTimeout(ms, undefined, options), yield: () => promises.setImmediate() },
  };
  for (const [f, promise] of [[setTimeout, promises.setTimeout], [setImmediate, promises.setImmediate]]) {
    Object.defineProperty(f, promisify, { value: promise, enumerable: false, configurable: true });
  }
  const queueMicrotask = (f) => {
    const run = checked(f);
    Promise.resolve().then(() => {
      try { run(); } catch (error) { native.setTimeout(() => { throw error; }, 0); }
    });
  };
  return { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval: clearTimeout, clearImmediate: clearTimeout, promises, queueMicrotask };
})
