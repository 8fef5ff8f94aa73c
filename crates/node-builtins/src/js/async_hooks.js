// `async_hooks`: what is kept beside the calls.
(function (H, G, X) {
  'use strict';
  // What all stores hold at the moment: a map that is never changed, only replaced.
  let current = new Map();
  const within = (context, f, self, args) => {
    const before = current;
    current = context;
    try { return Reflect.apply(f, self, args); } finally { current = before; }
  };
  // A function that runs others in the context of now.
  const capture = () => {
    const context = current;
    if (context.size === 0) return (f) => f;
    return (f) => function (...args) { return within(context, f, this, args); };
  };
  // The engine does not say when a function goes on after an await. What is asked then holds for the last of those that are under way.
  const underWay = [];
  let watching = false;
  const watch = () => {
    if (watching) return;
    watching = true;
    const { then } = Promise.prototype;
    X.hidden(Promise.prototype, 'then', { then(done, failed) {
      const bound = capture();
      return Reflect.apply(then, this, [done, failed].map((f) => (typeof f === 'function' ? bound(f) : f)));
    } }.then);
  };
  const follow = (result, storage, store) => {
    if (!(result instanceof Promise)) return result;
    const entry = { storage, store };
    underWay.push(entry);
    const over = () => { underWay.splice(underWay.indexOf(entry), 1); };
    result.then(over, over);
    return result;
  };

  class AsyncLocalStorage {
    #enabled = true;
    static bind(f) { return capture()(f); }
    static snapshot() { const context = current; return (f, ...args) => within(context, f, undefined, args); }
    run(store, f, ...args) {
      watch();
      this.#enabled = true;
      return follow(within(new Map(current).set(this, store), f, undefined, args), this, store);
    }
    exit(f, ...args) {
      return within(new Map(current).set(this, undefined), f, undefined, args);
    }
    enterWith(store) { watch(); this.#enabled = true; current = new Map(current).set(this, store); }
    getStore() {
      if (!this.#enabled) return undefined;
      return current.has(this) ? current.get(this) : underWay.findLast((one) => one.storage === this)?.store;
    }
    disable() { this.#enabled = false; }
  }
  let last = 1;
  class AsyncResource {
    #context = current; #id = ++last;
    constructor(type) {
      if (typeof type !== 'string') throw X.bytesOfNode().wrongType('type', 'of type string', type);
      this.type = type;
    }
    static bind(f, type, self) { return new AsyncResource(type ?? f.name ?? 'bound').bind(f, self); }
    bind(f, self) {
      const resource = this;
      return function (...args) { return resource.runInAsyncScope(f, self ?? this, ...args); };
    }
    runInAsyncScope(f, self, ...args) { return within(this.#context, f, self, args); }
    emitDestroy() { return this; }
    asyncId() { return this.#id; }
    triggerAsyncId() { return 1; }
  }
  const hook = { enable: () => hook, disable: () => hook };
  return {
    AsyncLocalStorage, AsyncResource, capture, createHook: () => hook, executionAsyncId: () => 1, triggerAsyncId: () => 0, executionAsyncResource: () => ({}),
    asyncWrapProviders: { __proto__: null },
  };
})
