// Modules: CommonJS files, JSON and Node.js's built-ins. The files are the host's; which file a name means, it says.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const modules = new Map();
  const putOff = new Map();
  const { parse } = JSON;

  const missing = (id, why) => {
    const error = new Error(`Cannot find module '${id}'${why ? `: ${why}` : ''}`);
    error.code = 'MODULE_NOT_FOUND';
    return error;
  };

  // An object that runs its module when it is used. What a module exports is known from the install: its kind, and whether it is marked.
  const forward = (real) => ({
    get: (_, key) => Reflect.get(real(), key),
    set: (_, key, value) => Reflect.set(real(), key, value),
    has: (_, key) => Reflect.has(real(), key),
    deleteProperty: (_, key) => Reflect.deleteProperty(real(), key),
    ownKeys: () => Reflect.ownKeys(real()),
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
    getOwnPropertyDescriptor: (_, key) => {
      const found = Reflect.getOwnPropertyDescriptor(real(), key);
      return found && { ...found, configurable: true };
    },
    defineProperty: (_, key, value) => Reflect.defineProperty(real(), key, { ...value, configurable: true }),
    apply: (_, self, args) => Reflect.apply(real(), self, args),
    construct: (_, args, target) => Reflect.construct(real(), args, target),
  });
  const lazy = ({ kind, esModule, keys }, load) => {
    let made, done = false;
    const real = () => { if (!done) { made = load(); done = true; } return made; };
    const handler = forward(real);
    const { get, ownKeys, getOwnPropertyDescriptor } = handler;
    handler.get = (target, key) => (!done && key === '__esModule' ? esModule || undefined : get(target, key));
    if (keys) {
      // `import * as` of TypeScript asks for all names, and for no value.
      const names = new Set(esModule ? ['__esModule', ...keys] : keys);
      handler.ownKeys = (target) => (done ? ownKeys(target) : [...names]);
      handler.getOwnPropertyDescriptor = (target, key) => {
        if (done || !names.has(key)) return getOwnPropertyDescriptor(target, key);
        if (key === '__esModule') return { value: true, writable: true, enumerable: false, configurable: true };
        return { get: () => real()[key], set: (value) => { real()[key] = value; }, enumerable: true, configurable: true };
      };
    }
    return new Proxy(kind === 'function' ? (function () {}).bind() : {}, handler);
  };

  // What a library that is not here says when it is used.
  const absent = (name, why) => {
    const refuse = () => { throw missing(name, why); };
    const known = new Set(['__esModule', 'then', Symbol.toPrimitive, Symbol.toStringTag, 'prototype']);
    return new Proxy(function () {}, {
      get: (target, key) => (known.has(key) ? target[key] : refuse()),
      apply: refuse,
      construct: refuse,
    });
  };

  const requireFrom = (module) => {
    const require = (name) => {
      const target = module.requires[name] ?? (module.requires[name] = X.ask(0, 'resolve', module.id, String(name)));
      return exportsOf(target, name);
    };
    require.resolve = (name) => (module.requires[name] ?? X.ask(0, 'resolve', module.id, String(name))).id ?? name;
    require.cache = {};
    require.main = undefined;
    require.extensions = {};
    return require;
  };

  const exportsOf = (target, name) => {
    if (target.builtin) return X.builtin(target.builtin);
    if (target.standIn) return X.standIn(target.standIn);
    if (target.missing !== undefined) return absent(name, target.missing);
    if (target.unreadable !== undefined) throw X.errorOf(target.unreadable);
    const known = modules.get(target.id);
    if (known) return known.exports;
    if (target.lazy) {
      if (!putOff.has(target.id)) putOff.set(target.id, lazy(target.lazy, () => run(target.id).exports));
      return putOff.get(target.id);
    }
    return run(target.id).exports;
  };

  // What the host says of a module. Those that run at once with it come along.
  const along = new Map();
  const told = (id) => {
    if (!along.has(id)) {
      const [ok, text, first] = H.load(id);
      if (!ok) throw X.errorOf(parse(text));
      parse(text).forEach((module, at) => {
        if (module.lastMatch) X.rememberMatches();
        if (modules.has(module.id) || along.has(module.id)) H.dropCode(first + at);
        else along.set(module.id, { ...module, code: first + at });
      });
    }
    const found = along.get(id);
    along.delete(id);
    return found;
  };

  const run = (id) => {
    const known = modules.get(id);
    if (known) return known;
    const { form, requires, code } = told(id);
    const module = { id, exports: {}, requires, loaded: false, children: [], paths: [], filename: id, parent: undefined };
    modules.set(id, module);
    try {
      if (form === 'esm') {
        sources.set(id, module);
        module.code = code;
        module.exports = exportsOfModule(H.import(id));
        module.loaded = true;
        return module;
      }
      if (form === 'json') module.exports = parse(H.codeText(code));
      else {
        const folder = id.slice(0, Math.max(id.lastIndexOf('/'), 0));
        const require = module.require = requireFrom(module);
        H.compile(id, code).call(module.exports, module.exports, require, module, `/${id}`, `/${folder}`);
      }
      module.loaded = true;
      X.loaded(id, module.exports);
      return module;
    } catch (error) {
      modules.delete(id);
      throw error;
    }
  };

  // ES modules: what they import is a module of ours, or one that is made of what the other one exports.
  const sources = new Map();
  const exportsOfModule = (namespace) => ('module.exports' in namespace ? namespace['module.exports'] : namespace);
  const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
  const RESERVED = new Set(('default await break case catch class const continue debugger delete do else enum export extends false finally for function if implements import in '
    + 'instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield').split(' '));
  const imported = new Map();
  X.resolveImport = (base, name) => {
    if (base === '' || sources.has(name) && !name.startsWith('.')) return name;
    const from = sources.get(base);
    const target = from?.requires[name] ?? X.ask(0, 'resolve', base, name, 'import');
    // What is not here refuses when it is used; but names are taken from what `import()` gives, of which nothing is known.
    if (target.missing !== undefined && from === undefined) throw missing(name, target.missing);
    const key = target.id ?? `${base} ${name}`;
    imported.set(key, { target, name });
    return key;
  };
  X.importSource = (key) => {
    const known = sources.get(key);
    if (known) return [known.code];
    const { target, name } = imported.get(key);
    if (target.id && !modules.has(key)) {
      const found = told(key);
      if (found.form === 'esm') {
        sources.set(key, found);
        return [found.code];
      }
      along.set(key, found);
    }
    const exports = exportsOf(target, name);
    const names = exports !== null && (typeof exports === 'object' || typeof exports === 'function') ? Object.keys(exports).filter((n) => IDENTIFIER.test(n) && !RESERVED.has(n)) : [];
    return [`const it = import.meta.exports; export default it;${names.map((n) => `export const ${n} = it.${n};`).join('')}`, exports];
  };

  // Whether code that was loaded may throw null by itself.
  X.throwsNull = () => X.ask(0, 'throwsNull', [...modules.keys()]);

  X.createRequire = (from) => requireFrom({ id: String(from).replace(/^(file:\/\/)?\//, ''), requires: {} });
  X.load = (id) => run(id).exports;
})
