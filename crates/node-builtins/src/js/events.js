// `events`: emitters of events.
(function (H, G, X) {
  'use strict';
  const { hidden } = X;
  const { wrongType, outOfRange, coded } = X.bytesOfNode();
  const errorMonitor = Symbol('events.errorMonitor');
  const captureRejectionSymbol = Symbol.for('nodejs.rejection');
  let defaultMaxListeners = 10;
  const checked = (listener) => {
    if (typeof listener !== 'function') throw wrongType('listener', 'of type function', listener);
  };

  function EventEmitter(options) { EventEmitter.init.call(this, options); }
  hidden(EventEmitter.prototype, 'constructor', EventEmitter);
  EventEmitter.prototype._events = undefined;
  EventEmitter.prototype._eventsCount = 0;
  EventEmitter.prototype._maxListeners = undefined;
  EventEmitter.init = function () {
    if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
      this._events = { __proto__: null };
      this._eventsCount = 0;
    }
    this._maxListeners ||= undefined;
  };
  // The listeners of an event are a function or a list, as libraries that look at `_events` expect.
  const listed = (emitter, name) => {
    const found = emitter._events?.[name];
    return found === undefined ? [] : typeof found === 'function' ? [found] : found;
  };
  const add = (emitter, name, listener, first) => {
    checked(listener);
    EventEmitter.init.call(emitter);
    if (emitter._events.newListener !== undefined) emitter.emit('newListener', name, listener.listener ?? listener);
    const before = listed(emitter, name);
    if (before.length === 0) emitter._eventsCount++;
    const all = first ? [listener, ...before] : [...before, listener];
    emitter._events[name] = all.length === 1 ? listener : all;
    return emitter;
  };
  const remove = (emitter, name, at, all) => {
    const [removed] = all.splice(at, 1);
    if (all.length === 0) { delete emitter._events[name]; emitter._eventsCount--; } else emitter._events[name] = all.length === 1 ? all[0] : all;
    if (emitter._events.removeListener !== undefined) emitter.emit('removeListener', name, removed.listener ?? removed);
  };
  const onceWrapper = (emitter, name, listener) => {
    checked(listener);
    const wrapped = function (...args) {
      if (wrapped.fired) return undefined;
      wrapped.fired = true;
      emitter.removeListener(name, wrapped);
      return listener.apply(emitter, args);
    };
    wrapped.listener = listener;
    return wrapped;
  };
  const unhandled = (args) => {
    if (args[0] instanceof Error) return args[0];
    const error = coded(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${typeof args[0] === 'string' ? `'${args[0]}'` : X.builtin('util').inspect(args[0])})`);
    error.context = args[0];
    return error;
  };
  const methods = {
    emit(name, ...args) {
      if (name === 'error') {
        for (const listener of [...listed(this, errorMonitor)]) listener.apply(this, args);
        if (listed(this, 'error').length === 0) throw unhandled(args);
      }
      const listeners = listed(this, name);
      if (listeners.length === 0) return false;
      for (const listener of [...listeners]) listener.apply(this, args);
      return true;
    },
    addListener(name, listener) { return add(this, name, listener, false); },
    prependListener(name, listener) { return add(this, name, listener, true); },
    once(name, listener) { return this.on(name, onceWrapper(this, name, listener)); },
    prependOnceListener(name, listener) { return this.prependListener(name, onceWrapper(this, name, listener)); },
    removeListener(name, listener) {
      checked(listener);
      const all = [...listed(this, name)];
      const at = all.findLastIndex((one) => one === listener || one.listener === listener);
      if (at >= 0) remove(this, name, at, all);
      return this;
    },
    removeAllListeners(name) {
      if (this._events === undefined) return this;
      const names = arguments.length ? [name] : Reflect.ownKeys(this._events).filter((key) => key !== 'removeListener').concat('removeListener');
      for (const one of names) {
        if (this._events.removeListener === undefined || one === 'removeListener') {
          if (this._events[one] !== undefined) { delete this._events[one]; this._eventsCount--; }
        } else for (const listener of [...listed(this, one)].reverse()) this.removeListener(one, listener);
      }
      return this;
    },
    listeners(name) { return listed(this, name).map((listener) => listener.listener ?? listener); },
    rawListeners(name) { return [...listed(this, name)]; },
    listenerCount(name, listener) { return listed(this, name).filter((one) => !listener || one === listener || one.listener === listener).length; },
    eventNames() { return this._events === undefined ? [] : Reflect.ownKeys(this._events); },
    setMaxListeners(count) {
      if (typeof count !== 'number' || !(count >= 0)) throw outOfRange('setMaxListeners', '>= 0', count);
      this._maxListeners = count;
      return this;
    },
    getMaxListeners() { return this._maxListeners ?? defaultMaxListeners; },
  };
  methods.on = methods.addListener;
  methods.off = methods.removeListener;
  for (const name of Object.keys(methods)) EventEmitter.prototype[name] = methods[name];

  const aborted = (signal) => Object.assign(new (X.part('web/events').AbortError)(), { cause: signal.reason });
  // Waits for an event: what it was emitted with.
  EventEmitter.once = (emitter, name, { signal } = {}) => new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    if (typeof emitter.addEventListener === 'function' && typeof emitter.on !== 'function') {
      return emitter.addEventListener(name, (event) => resolve([event]), { once: true });
    }
    const done = (settle) => (...args) => {
      emitter.removeListener(name, onEvent);
      emitter.removeListener('error', onError);
      signal?.removeEventListener('abort', onAbort);
      settle(args);
    };
    const onEvent = done(resolve);
    const onError = done(([error]) => reject(error));
    const onAbort = done(() => reject(aborted(signal)));
    emitter.once(name, onEvent);
    if (name !== 'error') emitter.once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
    return undefined;
  });
  // All events of a name, one after the other.
  EventEmitter.on = (emitter, name, { signal, close = [] } = {}) => {
    const [kept, waiting] = [[], []];
    let [ended, failure] = [false, undefined];
    const finish = (error) => {
      ended = true;
      emitter.removeListener(name, onEvent);
      emitter.removeListener('error', finish);
      if (error) failure = error;
      for (const { resolve, reject } of waiting.splice(0)) {
        if (failure) { reject(failure); failure = undefined; } else resolve({ value: undefined, done: true });
      }
    };
    const onEvent = (...args) => (waiting.length ? waiting.shift().resolve({ value: args, done: false }) : kept.push(args));
    emitter.on(name, onEvent);
    if (name !== 'error') emitter.on('error', finish);
    for (const one of close) emitter.on(one, () => finish());
    if (signal?.aborted) finish(aborted(signal));
    signal?.addEventListener('abort', () => finish(aborted(signal)), { once: true });
    return {
      next: () => new Promise((resolve, reject) => {
        if (kept.length) resolve({ value: kept.shift(), done: false });
        else if (failure) { reject(failure); failure = undefined; } else if (ended) resolve({ value: undefined, done: true });
        else waiting.push({ resolve, reject });
      }),
      return() { finish(); return Promise.resolve({ value: undefined, done: true }); },
      throw(error) { finish(error); return Promise.resolve({ value: undefined, done: true }); },
      [Symbol.asyncIterator]() { return this; },
    };
  };
  EventEmitter.listenerCount = (emitter, name) => emitter.listenerCount(name);
  EventEmitter.getEventListeners = (emitter, name) => (typeof emitter.listeners === 'function' ? emitter.listeners(name) : []);
  EventEmitter.getMaxListeners = (emitter) => emitter.getMaxListeners?.() ?? defaultMaxListeners;
  EventEmitter.setMaxListeners = (count = defaultMaxListeners, ...emitters) => {
    if (emitters.length === 0) defaultMaxListeners = count;
    emitters.forEach((emitter) => emitter.setMaxListeners?.(count));
  };
  EventEmitter.addAbortListener = (signal, listener) => {
    if (signal.aborted) Promise.resolve().then(() => listener());
    else signal.addEventListener('abort', listener, { once: true });
    return { [Symbol.dispose ?? Symbol.for('dispose')]: () => signal.removeEventListener('abort', listener) };
  };
  Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
    enumerable: true,
    get: () => defaultMaxListeners,
    set(count) {
      if (typeof count !== 'number' || !(count >= 0)) throw outOfRange('defaultMaxListeners', 'a non-negative number', count);
      defaultMaxListeners = count;
    },
  });
  class EventEmitterAsyncResource extends EventEmitter {}
  return Object.assign(EventEmitter, {
    EventEmitter, EventEmitterAsyncResource, errorMonitor, captureRejectionSymbol, captureRejections: false, usingDomains: false,
  });
})
