// `structuredClone`, and channels of messages, whose messages are such clones.
(function (H, G, X) {
  'use strict';
  const types = X.part('util/types');
  const { DOMException, Event, EventTarget, handler } = X.part('web/events');
  const refuse = (value) => {
    const shown = typeof value === 'function' || typeof value === 'symbol' ? String(value) : Object.prototype.toString.call(value).replace('[object ', '#<').replace(']', '>');
    throw new DOMException(`${shown} could not be cloned.`, 'DataCloneError');
  };
  const ERRORS = { __proto__: null, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const clone = (value, seen, given) => {
    if (typeof value === 'function' || typeof value === 'symbol') refuse(value);
    if (value === null || typeof value !== 'object') return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (made) => { seen.set(value, made); return made; };
    if (types.isBoxedPrimitive(value)) { if (types.isSymbolObject(value)) refuse(value); return keep(Object(value.valueOf())); }
    if (types.isDate(value)) return keep(new Date(Date.prototype.getTime.call(value)));
    if (types.isRegExp(value)) return keep(new RegExp(value.source, value.flags));
    if (types.isAnyArrayBuffer(value)) return keep(given.includes(value) && value.transfer ? value.transfer() : value.slice(0));
    if (ArrayBuffer.isView(value)) {
      const buffer = clone(value.buffer, seen, given);
      if (types.isDataView(value)) return keep(new DataView(buffer, value.byteOffset, value.byteLength));
      const Kind = G[Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get.call(value)];
      return keep(new Kind(buffer, value.byteOffset, value.length));
    }
    if (types.isMap(value)) {
      const made = keep(new Map());
      for (const [key, one] of [...Map.prototype.entries.call(value)]) made.set(clone(key, seen, given), clone(one, seen, given));
      return made;
    }
    if (types.isSet(value)) {
      const made = keep(new Set());
      for (const one of [...Set.prototype.values.call(value)]) made.add(clone(one, seen, given));
      return made;
    }
    if (types.isNativeError(value)) {
      const Kind = ERRORS[value.name] ?? Error;
      const made = keep(Object.create(Kind.prototype));
      const real = new Kind(value.message);
      for (const key of ['stack', 'message']) if (Object.hasOwn(value, key)) X.hidden(real, key, `${value[key]}`);
      if (Object.hasOwn(value, 'cause')) X.hidden(real, 'cause', clone(value.cause, seen, given));
      void made;
      return keep(real);
    }
    if (X.blobBytes?.(value)) return keep(value);
    if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || types.isGeneratorObject(value)) refuse(value);
    if (given.includes(value) && value instanceof MessagePort) return keep(value);
    const made = keep(Array.isArray(value) ? new Array(value.length) : {});
    for (const key of Object.keys(value)) Object.defineProperty(made, key, { value: clone(value[key], seen, given), writable: true, enumerable: true, configurable: true });
    return made;
  };
  const structuredClone = (...args) => {
    if (args.length === 0) throw X.bytesOfNode().coded(TypeError, 'ERR_MISSING_ARGS', 'The "value" argument must be specified');
    return clone(args[0], new Map(), [...args[1]?.transfer ?? []]);
  };
  class MessageEvent extends Event {
    #given;
    constructor(type, given = {}) { super(type, given); this.#given = given; }
    get data() { return this.#given.data ?? null; }
    get origin() { return this.#given.origin ?? ''; }
    get lastEventId() { return this.#given.lastEventId ?? ''; }
    get source() { return this.#given.source ?? null; }
    get ports() { return this.#given.ports ?? []; }
  }
  const others = new WeakMap();
  class MessagePort extends EventTarget {
    postMessage(message, transfer) {
      const other = others.get(this);
      const data = structuredClone(message, { transfer: Array.isArray(transfer) ? transfer : transfer?.transfer });
      if (other) X.builtin('timers').setImmediate(() => other.dispatchEvent(new MessageEvent('message', { data })));
    }
    on(name, f) { this.addEventListener(name, (event) => f(event.data)); return this; }
    once(name, f) { this.addEventListener(name, (event) => f(event.data), { once: true }); return this; }
    start() {}
    ref() {}
    unref() {}
    close() { others.delete(others.get(this)); others.delete(this); }
  }
  handler(MessagePort, 'message');
  class MessageChannel {
    port1 = new MessagePort();
    port2 = new MessagePort();
    constructor() { others.set(this.port1, this.port2); others.set(this.port2, this.port1); }
  }
  return { structuredClone, MessageChannel, MessagePort, MessageEvent };
})
