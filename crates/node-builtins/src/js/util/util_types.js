// `util.types`: what a value is by its inner kind, whatever its prototype says.
(function (H, G) {
  'use strict';
  const uncurry = (f) => Function.prototype.call.bind(f);
  const getter = (holder, name) => uncurry(Object.getOwnPropertyDescriptor(holder, name).get);
  const works = (f) => (value) => {
    if (value === null || typeof value !== 'object') return false;
    try { f(value); return true; } catch { return false; }
  };
  const objectToString = uncurry(Object.prototype.toString);
  // Of kinds that no method tells apart, only the name is known.
  const tagged = (tag) => (value) => (typeof value === 'object' || typeof value === 'function') && value !== null && objectToString(value) === `[object ${tag}]`;
  const kind = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
  const typed = (name) => (value) => kind(value) === name;
  const isGeneratorObject = tagged('Generator');
  const types = {
    isExternal: () => false,
    isDate: works(uncurry(Date.prototype.getTime)),
    isArgumentsObject: (value) => typeof value === 'object' && !(Symbol.toStringTag in Object(value)) && tagged('Arguments')(value),
    isBigIntObject: works(uncurry(BigInt.prototype.valueOf)),
    isBooleanObject: works(uncurry(Boolean.prototype.valueOf)),
    isNumberObject: works(uncurry(Number.prototype.valueOf)),
    isStringObject: works(uncurry(String.prototype.valueOf)),
    isSymbolObject: works(uncurry(Symbol.prototype.valueOf)),
    isNativeError: (value) => value instanceof Error && objectToString(value) === '[object Error]' || (Error.isError?.(value) ?? false),
    isRegExp: works((value) => { if (value === RegExp.prototype) throw new TypeError(); source(value); }),
    isAsyncFunction: (value) => typeof value === 'function' && /^\[object Async(Generator)?Function\]$/.test(objectToString(value)),
    isGeneratorFunction: (value) => typeof value === 'function' && /^\[object (Async)?GeneratorFunction\]$/.test(objectToString(value)),
    isGeneratorObject: (value) => isGeneratorObject(value) || tagged('AsyncGenerator')(value),
    isPromise: (value) => value instanceof Promise && objectToString(value) === '[object Promise]',
    isMap: works(getter(Map.prototype, 'size')),
    isSet: works(getter(Set.prototype, 'size')),
    isMapIterator: tagged('Map Iterator'),
    isSetIterator: tagged('Set Iterator'),
    isWeakMap: works((value) => hasWeak(value, {})),
    isWeakSet: works((value) => hasWeakSet(value, {})),
    isArrayBuffer: works(getter(ArrayBuffer.prototype, 'byteLength')),
    isDataView: works(getter(DataView.prototype, 'byteLength')),
    isSharedArrayBuffer: tagged('SharedArrayBuffer'),
    isAnyArrayBuffer: (value) => types.isArrayBuffer(value) || types.isSharedArrayBuffer(value),
    isProxy: () => false,
    isModuleNamespaceObject: tagged('Module'),
    isCryptoKey: (value) => value?.constructor?.name === 'CryptoKey',
    isKeyObject: (value) => value !== null && typeof value === 'object' && ['secret', 'public', 'private'].includes(value.type) && typeof value.export === 'function',
    isArrayBufferView: ArrayBuffer.isView,
    isTypedArray: (value) => kind(value) !== undefined,
    isBoxedPrimitive: (value) => ['Number', 'String', 'Boolean', 'BigInt', 'Symbol'].some((name) => types[`is${name}Object`](value)),
  };
  const source = getter(RegExp.prototype, 'source');
  const hasWeak = uncurry(WeakMap.prototype.has);
  const hasWeakSet = uncurry(WeakSet.prototype.has);
  for (const name of ['Uint8', 'Uint8Clamped', 'Uint16', 'Uint32', 'Int8', 'Int16', 'Int32', 'Float32', 'Float64', 'BigInt64', 'BigUint64']) {
    types[`is${name}Array`] = typed(`${name}Array`);
  }
  return types;
})
