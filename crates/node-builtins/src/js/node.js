// The first part: `builtin(name)` and `nodeGlobals`. Whatever they give is made when it is first asked for.
(function (H, G) {
  'use strict';
  if (!G.__kv_x) Object.defineProperty(G, '__kv_x', { value: Object.create(null), enumerable: false, writable: false, configurable: true });
  const X = G.__kv_x;
  const { defineProperty } = Object;
  X.hidden ??= (object, name, value) => defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  const { hidden } = X;
  X.oldBuffer = true;

  // Much node code asks `Object.keys(body).length` of whatever it sends. A name for each byte of a file takes more memory than a session has, so
  // of many bytes they are made when they are read.
  const { keys } = Object;
  const MANY = 65536;
  const INDEX = /^(0|[1-9]\d*)$/;
  const namesOfBytes = (length) => {
    const is = (key) => typeof key === 'string' && INDEX.test(key) && Number(key) < length;
    return new Proxy([], {
      get: (list, key) => (key === 'length' ? length : is(key) ? key : list[key]),
      has: (list, key) => is(key) || key in list,
    });
  };
  hidden(Object, 'keys', { keys(value) { return ArrayBuffer.isView(value) && value.length > MANY ? namesOfBytes(value.length) : keys(value); } }.keys);

  // What the parts behind hand out, made once.
  const made = new Map();
  const part = X.part = (name) => {
    if (!made.has(name)) {
      const start = H.nodePart(name);
      if (start === undefined) return undefined;
      made.set(name, undefined);
      try { made.set(name, start(H, G, X)); } catch (error) { made.delete(name); throw error; }
    }
    return made.get(name);
  };
  // Parts of ours that come late find the tools where they expect them, and scripts do not.
  const withTools = (target) => defineProperty(Object.create(target), '__kv_x', { value: X });
  X.bytesOfNode = () => {
    if (!X.bytes) {
      // The globals that they make are not wanted: those of Node.js are.
      const aside = withTools(G);
      H.nodePart('javascript/buffer')(H, aside);
      H.nodePart('javascript/buffer_numbers')(H, aside);
    }
    return X.bytes;
  };

  // Modules whose use is refused load, for many libraries only have them at hand.
  const refusal = (module, member) => {
    const error = new Error(`${module}.${member} cannot be used: packages run in a box without sockets, files and processes`);
    error.code = 'ERR_NOT_IN_THE_BOX';
    return error;
  };
  X.refusal = refusal;
  const refusedMember = (module, member) => {
    const f = { [member]: function () { throw refusal(module, member); } }[member];
    hidden(f, 'refused', true);
    return f;
  };
  // `names`: those that compiled modules copy, one by one, before they use any.
  X.refused = (module, has = {}, names = []) => {
    for (const name of names) has[name] ??= refusedMember(module, name);
    return new Proxy(has, {
      get(target, key) {
        if (typeof key === 'symbol' || Object.hasOwn(target, key) || key in Object.prototype || ['__esModule', 'default', 'then', 'toJSON'].includes(key)) return target[key];
        const member = refusedMember(module, key);
        hidden(target, key, member);
        return member;
      },
    });
  };
  // The same for members of a module that is there otherwise.
  X.refusedMembers = (module, names) => Object.fromEntries(names.map((name) => [name, refusedMember(module, name)]));

  const ASIDE = {
    __proto__: null,
    'path/posix': () => builtin('path').posix, 'path/win32': () => builtin('path').win32, 'util/types': () => builtin('util').types, sys: () => builtin('util'),
    'assert/strict': () => builtin('assert').strict, 'timers/promises': () => builtin('timers').promises, 'stream/promises': () => builtin('stream').promises,
    'fs/promises': () => builtin('fs').promises, 'inspector/promises': () => X.refused('inspector'),
  };
  const modules = new Map();
  const builtin = X.builtin = (given) => {
    const name = `${given}`.replace(/^node:/, '');
    if (!H.isBuiltin(name)) return undefined;
    if (!modules.has(name)) modules.set(name, ASIDE[name]?.() ?? part(name) ?? part('small')(name) ?? X.refused(name));
    return modules.get(name);
  };

  // What Node.js has in its global object: where it comes from.
  const of = (module, name) => [name, () => builtin(module)[name]];
  const web = (file, ...names) => names.map((name) => [name, () => part(file)[name]]);
  const GLOBALS = [
    ['Buffer', () => X.bytesOfNode().Buffer], ['process', () => builtin('process')], ['console', () => builtin('console')],
    ['TextEncoder', () => builtin('util').TextEncoder], ['TextDecoder', () => builtin('util').TextDecoder],
    of('buffer', 'atob'), of('buffer', 'btoa'), of('buffer', 'Blob'), of('buffer', 'File'),
    ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'].map((name) => of('timers', name)),
    of('url', 'URL'), of('url', 'URLSearchParams'), of('perf_hooks', 'performance'), of('crypto', 'webcrypto').with(0, 'crypto'), ['CryptoKey', () => part('crypto/web').CryptoKey],
    ...web('web/events', 'Event', 'EventTarget', 'CustomEvent', 'AbortController', 'AbortSignal', 'DOMException'),
    ...web('web/clone', 'structuredClone', 'MessageChannel', 'MessagePort', 'MessageEvent'),
    ...web('web/fetch', 'fetch', 'Headers', 'Request', 'Response', 'FormData'),
    ...web('stream/web', 'ReadableStream', 'WritableStream', 'TransformStream', 'TextDecoderStream', 'TextEncoderStream'),
    ['queueMicrotask', () => builtin('timers').queueMicrotask],
  ];
  // Languages take a while to load: they come with the first use of `Intl`, or of a method that stands on it.
  X.fail ??= (message) => { throw new Error(message); };
  X.withheld ??= { Proxy };
  const languages = (target) => {
    if (target.Intl) return;
    const methods = [[Number.prototype, ['toLocaleString']], [BigInt.prototype, ['toLocaleString']], [String.prototype, ['localeCompare']],
      [Date.prototype, ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']]].flatMap(([holder, names]) => names.map((name) => [holder, name, holder[name]]));
    const load = () => {
      for (const [holder, name, native] of methods) hidden(holder, name, native);
      delete target.Intl;
      const zone = X.systemZone;
      const aside = withTools(target);
      for (const name of ['locales', 'numbers', 'dates']) H.nodePart(`javascript/${name}`)(H, aside);
      hidden(target, 'Intl', aside.Intl);
      if (zone !== undefined) X.systemZone = zone;
      return target.Intl;
    };
    for (const [holder, name] of methods) hidden(holder, name, { [name](...args) { load(); return Reflect.apply(holder[name], this, args); } }[name]);
    defineProperty(target, 'Intl', { get: load, set: (value) => hidden(target, 'Intl', value), configurable: true, enumerable: false });
  };
  X.nodeGlobals = (target) => {
    languages(target);
    for (const [name, make] of GLOBALS) {
      const set = (value) => hidden(target, name, value);
      const get = () => { const value = make(); set(value); return value; };
      defineProperty(target, name, { get, set, configurable: true, enumerable: false });
    }
    hidden(target, 'global', target);
  };
})
