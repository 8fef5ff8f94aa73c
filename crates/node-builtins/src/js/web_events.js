// Events, their targets, and signals that end work.
(function (H, G, X) {
  'use strict';
  const { hidden } = X;
  const { coded, wrongType } = X.bytesOfNode();
  const CODES = { IndexSizeError: 1, HierarchyRequestError: 3, InvalidCharacterError: 5, NotFoundError: 8, NotSupportedError: 9, InvalidStateError: 11, SyntaxError: 12,
    InvalidAccessError: 15, SecurityError: 18, NetworkError: 19, AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23, DataCloneError: 25 };
  class DOMException extends Error {
    constructor(message = '', options = 'Error') {
      super(`${message}`);
      const name = typeof options === 'object' && options !== null ? options.name ?? 'Error' : `${options}`;
      hidden(this, 'name', name);
      if (typeof options === 'object' && options !== null && 'cause' in options) hidden(this, 'cause', options.cause);
    }
    get code() { return Object.hasOwn(CODES, this.name) ? CODES[this.name] : 0; }
  }
  hidden(DOMException.prototype, Symbol.toStringTag, 'DOMException');
  for (const [name, code] of Object.entries(CODES)) {
    const constant = name.replace(/Error$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
    for (const holder of [DOMException, DOMException.prototype]) Object.defineProperty(holder, `${constant}_ERR`, { value: code, enumerable: true });
  }
  // The error of Node.js's own functions that a signal ended.
  class AbortError extends Error {
    constructor(message = 'The operation was aborted', options = undefined) {
      super(message, options);
      this.code = 'ABORT_ERR';
      hidden(this, 'name', 'AbortError');
    }
  }

  const states = new WeakMap();
  class Event {
    #type; #bubbles; #cancelable; #composed; #time = H.elapsed();
    constructor(type, options = {}) {
      if (arguments.length === 0) throw coded(TypeError, 'ERR_MISSING_ARGS', 'The "type" argument must be specified');
      this.#type = `${type}`;
      [this.#bubbles, this.#cancelable, this.#composed] = [options?.bubbles, options?.cancelable, options?.composed].map(Boolean);
      states.set(this, { target: null, now: null, stopped: false, prevented: false });
    }
    get type() { return this.#type; }
    get bubbles() { return this.#bubbles; }
    get cancelable() { return this.#cancelable; }
    get composed() { return this.#composed; }
    get timeStamp() { return this.#time; }
    get target() { return states.get(this).target; }
    get srcElement() { return states.get(this).target; }
    get currentTarget() { return states.get(this).now; }
    get defaultPrevented() { return states.get(this).prevented; }
    get returnValue() { return !this.defaultPrevented; }
    get eventPhase() { return states.get(this).now ? 2 : 0; }
    get isTrusted() { return false; }
    get cancelBubble() { return states.get(this).stopped; }
    composedPath() { return this.currentTarget ? [this.currentTarget] : []; }
    preventDefault() { if (this.#cancelable) states.get(this).prevented = true; }
    stopPropagation() {}
    stopImmediatePropagation() { states.get(this).stopped = true; }
  }
  class CustomEvent extends Event {
    #detail;
    constructor(type, options = {}) { super(type, options); this.#detail = options?.detail ?? null; }
    get detail() { return this.#detail; }
  }
  class EventTarget {
    #listeners = new Map();
    addEventListener(type, listener, options = {}) {
      if (listener === null || listener === undefined) return;
      if (typeof listener !== 'function' && typeof listener !== 'object') throw wrongType('listener', 'an instance of EventListener', listener);
      const { once = false, signal, capture = false } = typeof options === 'object' && options !== null ? options : { capture: options };
      if (signal?.aborted) return;
      const list = this.#listeners.get(`${type}`) ?? [];
      if (list.some((one) => one.listener === listener && one.capture === Boolean(capture))) return;
      list.push({ listener, once, capture: Boolean(capture) });
      this.#listeners.set(`${type}`, list);
      signal?.addEventListener('abort', () => this.removeEventListener(type, listener, options), { once: true });
    }
    removeEventListener(type, listener, options = {}) {
      const capture = Boolean(typeof options === 'object' && options !== null ? options.capture : options);
      const list = this.#listeners.get(`${type}`) ?? [];
      this.#listeners.set(`${type}`, list.filter((one) => one.listener !== listener || one.capture !== capture));
    }
    dispatchEvent(event) {
      if (!(event instanceof Event)) throw wrongType('event', 'an instance of Event', event);
      const state = states.get(event);
      state.target = state.now = this;
      for (const one of [...this.#listeners.get(event.type) ?? []]) {
        if (state.stopped) break;
        if (!this.#listeners.get(event.type).includes(one)) continue;
        if (one.once) this.#listeners.set(event.type, this.#listeners.get(event.type).filter((other) => other !== one));
        const f = typeof one.listener === 'function' ? one.listener : one.listener.handleEvent;
        try { f.call(typeof one.listener === 'function' ? this : one.listener, event); } catch (error) { X.builtin('timers').setTimeout(() => { throw error; }, 0); }
      }
      state.now = null;
      return !event.defaultPrevented;
    }
  }
  // `onNAME`: a listener that is a property.
  const handler = (Class, name) => {
    const set = new WeakMap();
    Object.defineProperty(Class.prototype, `on${name}`, {
      configurable: true, enumerable: true,
      get() { return set.get(this)?.given ?? null; },
      set(given) {
        if (set.has(this)) this.removeEventListener(name, set.get(this).run);
        set.delete(this);
        if (typeof given !== 'function') return;
        const run = (event) => given.call(this, event);
        set.set(this, { given, run });
        this.addEventListener(name, run);
      },
    });
  };

  let making = false;
  const abort = (signal, reason) => {
    const state = signals.get(signal);
    if (state.aborted) return;
    state.aborted = true;
    state.reason = reason;
    signal.dispatchEvent(new Event('abort'));
    for (const follower of state.followers) abort(follower, reason);
  };
  const signals = new WeakMap();
  class AbortSignal extends EventTarget {
    constructor() {
      if (!making) throw coded(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
      super();
      signals.set(this, { aborted: false, reason: undefined, followers: [] });
    }
    static abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
      const signal = newSignal();
      Object.assign(signals.get(signal), { aborted: true, reason });
      return signal;
    }
    static timeout(ms) {
      const signal = newSignal();
      X.builtin('timers').setTimeout(() => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')), ms);
      return signal;
    }
    static any(list) {
      const signal = newSignal();
      const aborted = [...list].find((one) => one.aborted);
      if (aborted) Object.assign(signals.get(signal), { aborted: true, reason: aborted.reason });
      else for (const one of list) signals.get(one).followers.push(signal);
      return signal;
    }
    get aborted() { return signals.get(this).aborted; }
    get reason() { return signals.get(this).reason; }
    throwIfAborted() { if (this.aborted) throw this.reason; }
  }
  const newSignal = () => {
    making = true;
    try { return new AbortSignal(); } finally { making = false; }
  };
  handler(AbortSignal, 'abort');
  class AbortController {
    #signal = newSignal();
    get signal() { return this.#signal; }
    abort(reason = new DOMException('This operation was aborted', 'AbortError')) { abort(this.#signal, reason); }
  }
  for (const [name, Class] of Object.entries({ Event, CustomEvent, EventTarget, AbortSignal, AbortController })) hidden(Class.prototype, Symbol.toStringTag, name);
  return { DOMException, AbortError, Event, CustomEvent, EventTarget, AbortSignal, AbortController, handler };
})
