// Extension methods: `x.m()` is rewritten to `x[symbol of m]()`, and the symbol leads here.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const fail = (message, description) => X.fail(message, 'extension', description);
  const tables = X.tables = { array: {}, date: {}, number: {}, object: {}, string: {}, boolean: {} };
  X.extensionError = fail;

  const TITLES = { array: 'Array', date: 'Date', number: 'Number', object: 'Object', string: 'String', boolean: 'Boolean' };
  // On other types these come to nothing instead of failing.
  const LENIENT = new Set(['toInt', 'toFloat', 'toBoolean', 'toDateTime']);
  const isDate = X.isDate = (v) => v instanceof Date || (typeof v === 'object' && v !== null && X.isDateTime !== undefined && X.isDateTime(v));
  const typeOf = (v) => {
    if (Array.isArray(v)) return 'array';
    if (isDate(v)) return 'date';
    return typeof v;
  };

  // What stands in for null and undefined where a method takes them.
  const NOTHING = Object.freeze({ __proto__: null });
  class Nothing {}
  const nothing = Object.freeze(new Nothing());
  X.orNothing = (v) => v ?? nothing;

  const generic = {
    __proto__: null,
    isEmpty: (v) => v === nothing || !v || (typeof v === 'object' && !isDate(v) && Object.keys(v).length === 0),
    isNotEmpty: (v) => !generic.isEmpty(v),
  };

  const wrongType = (name) => {
    const found = Object.keys(tables).filter((type) => name in tables[type]).map((type) => `"${TITLES[type]}"`);
    if (!found.length) return undefined;
    const last = found.pop();
    const types = found.length ? `types ${found.join(', ')}, and ${last}` : `type ${last}`;
    return fail(`${name}() is only callable on ${types}`);
  };

  const has = Object.prototype.hasOwnProperty;
  const run = (value, name, args) => {
    const type = typeOf(value);
    const table = tables[type];
    const own = value !== nothing && type === 'object' && Object.hasOwn(value, name) && typeof value[name] === 'function';
    if (!own && table !== undefined && has.call(table, name)) return table[name](value, ...args);
    if (value !== nothing && typeof value[name] === 'function') return value[name](...args);
    if (generic[name]) return generic[name](value);
    return LENIENT.has(name) ? undefined : wrongType(name);
  };
  for (const name of H.methods) {
    const symbol = X[name] = Symbol(`kv:${name}`);
    X.hidden(Object.prototype, symbol, function (...args) { return run(this, name, args); });
  }
  void NOTHING;
  X.vars.extend = () => (value, name, args) => (value === null || value === undefined
    ? fail(`${name} can't be used on ${value} value`, `To ignore this error, add a ? to the variable before this function, e.g. my_var?.${name}`)
    : run(value, name, args ?? []));
  X.vars.extendOptional = () => (value, name, args) => (value === null || value === undefined ? undefined : run(value, name, args ?? []));
})
