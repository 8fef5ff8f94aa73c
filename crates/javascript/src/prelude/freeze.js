// Freezes what all scripts of this isolate share: whatever the global object leads to, and the objects behind syntax, which have no name.
// What is kept elsewhere, in a closure, a Map or an internal slot, it does not reach: parts that hand such a thing out name it in a tool.
(function (H, G) {
  'use strict';
  const { defineProperty, freeze, getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols, getPrototypeOf } = Object;
  const isObject = (value) => typeof value === 'function' || typeof value === 'object' && value !== null;

  const shared = new Set();
  const reach = (value) => { if (isObject(value)) shared.add(value); };

  // An object could no longer get a property of its own by assignment where its prototype has one that is frozen. So on the prototypes
  // where that happens the property becomes an accessor, which gives the value and makes a property on whatever is assigned to.
  const ERRORS = ['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];
  for (const { prototype } of ['Object', 'Array', ...ERRORS].map((name) => G[name])) {
    for (const key of getOwnPropertyNames(prototype)) {
      const { value, writable, configurable, enumerable } = getOwnPropertyDescriptor(prototype, key);
      if (!writable || !configurable) continue;
      reach(value);
      const get = () => value;
      const set = { set(given) {
        if (isObject(this)) defineProperty(this, key, { value: given, writable: true, enumerable: true, configurable: true });
      } }.set;
      defineProperty(prototype, key, { get, set, enumerable, configurable: true });
    }
  }

  const unnamed = [
    function* () {}, (function* () {})(), async () => {}, async function* () {}, (async function* () {})(),
    [].values(), ''[Symbol.iterator](), new Map().entries(), new Set().values(), 'a'.matchAll(/a/g), [].values().map(isObject), G.Iterator?.from({ next: isObject }),
  ];
  [G, H, ...unnamed].forEach(reach);
  // What is added meanwhile is visited too.
  for (const object of shared) {
    reach(getPrototypeOf(object));
    for (const key of getOwnPropertyNames(object).concat(getOwnPropertySymbols(object))) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key);
      reach(value);
      reach(get);
      reach(set);
    }
  }
  shared.forEach((object) => freeze(object));
})
