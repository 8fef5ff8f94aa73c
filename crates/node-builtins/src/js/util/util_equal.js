// Deep equality, as `assert` and `util.isDeepStrictEqual` know it.
(function (H, G, X) {
  'use strict';
  const types = X.part('util/types');
  const enumerable = (value) => Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  const isObject = (value) => value !== null && typeof value === 'object';

  const make = (strict) => {
    const primitives = (a, b) => (strict ? Object.is(a, b) : a == b || Number.isNaN(a) && Number.isNaN(b));
    const members = (a, b, seen) => {
      const [left, right] = [strict ? enumerable(a) : Object.keys(a), strict ? enumerable(b) : Object.keys(b)];
      return left.length === right.length && left.every((key) => Object.prototype.propertyIsEnumerable.call(b, key) && equal(a[key], b[key], seen));
    };
    // Each of one has an equal one in the other, whatever the order.
    const matched = (left, right, same) => {
      const rest = [...right];
      return left.length === right.length && left.every((one) => {
        const at = rest.findIndex((other) => same(one, other));
        if (at >= 0) rest.splice(at, 1);
        return at >= 0;
      });
    };
    const inner = (a, b, seen) => {
      if (types.isDate(a)) return Date.prototype.getTime.call(a) === Date.prototype.getTime.call(b);
      if (types.isRegExp(a)) return `${a}` === `${b}` && a.lastIndex === b.lastIndex;
      if (types.isNativeError(a) || a instanceof Error) return a.message === b.message && a.name === b.name && (!strict || equal(a.cause, b.cause, seen));
      if (ArrayBuffer.isView(a)) {
        if (a.byteLength !== b.byteLength) return false;
        if (!types.isTypedArray(a)) return H.bytesOrder(X.bytes.view(a), X.bytes.view(b)) === 0;
        return a.length === b.length && a.every((one, i) => primitives(one, b[i]));
      }
      if (types.isAnyArrayBuffer(a)) return a.byteLength === b.byteLength && H.bytesOrder(new Uint8Array(a), new Uint8Array(b)) === 0;
      if (types.isSet(a)) return matched([...a], [...b], (x, y) => equal(x, y, seen));
      if (types.isMap(a)) return matched([...a], [...b], (x, y) => equal(x[0], y[0], seen) && equal(x[1], y[1], seen));
      if (types.isBoxedPrimitive(a)) return Object.is(a.valueOf(), b.valueOf());
      return true;
    };
    const KINDS = ['isDate', 'isRegExp', 'isNativeError', 'isTypedArray', 'isDataView', 'isAnyArrayBuffer', 'isSet', 'isMap', 'isBoxedPrimitive', 'isArgumentsObject'];
    const equal = (a, b, seen = new Map()) => {
      if (a === b) return a !== 0 || !strict || Object.is(a, b);
      if (!isObject(a) || !isObject(b)) return isObject(a) || isObject(b) || typeof a === 'function' || typeof b === 'function' ? false : primitives(a, b);
      if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
      if (Array.isArray(a) !== Array.isArray(b) || Array.isArray(a) && a.length !== b.length) return false;
      if (KINDS.some((kind) => types[kind](a) !== types[kind](b)) || types.isPromise(a) || types.isWeakMap(a) || types.isWeakSet(a)) return false;
      // Circles are equal where they close at the same place.
      if (seen.has(a)) return seen.get(a) === b;
      seen.set(a, b);
      const same = inner(a, b, seen) && (types.isTypedArray(a) || members(a, b, seen));
      seen.delete(a);
      return same;
    };
    return (a, b) => equal(a, b);
  };
  return { isDeepStrictEqual: make(true), isDeepEqual: make(false) };
})
