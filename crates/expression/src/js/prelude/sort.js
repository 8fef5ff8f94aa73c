// Sorting with a comparison of the user's, in the order in which V8 compares and leaves the list.
(function (H, G) {
  'use strict';
  const { sort, toSorted } = Array.prototype;
  const native = { sort: sort.call.bind(sort), toSorted: toSorted.call.bind(toSorted) };

  // The list's values in order, those that are undefined last; with `holes` also what is not there.
  const sorted = (list, length, compare, holes) => {
    const values = [];
    let missing = 0;
    for (let i = 0; i < length; i++) {
      if (!holes && !(i in list)) continue;
      const value = list[i];
      if (value === undefined) missing++;
      else values[values.length] = value;
    }
    const order = H.sortedOrder(values, compare);
    const result = [];
    for (let i = 0; i < order.length; i++) result[i] = values[order[i]];
    for (let i = 0; i < missing; i++) result[result.length] = undefined;
    return result;
  };
  const lengthOf = (list) => Math.min(Math.max(Math.trunc(Number(list.length)) || 0, 0), Number.MAX_SAFE_INTEGER);

  const methods = {
    sort(compare) {
      if (typeof compare !== 'function' || this == null) return native.sort(this, compare);
      const list = Object(this);
      const length = lengthOf(list);
      const result = sorted(list, length, compare, false);
      for (let i = 0; i < result.length; i++) list[i] = result[i];
      for (let i = result.length; i < length; i++) if (i in list) delete list[i];
      return list;
    },
    toSorted(compare) {
      if (typeof compare !== 'function' || this == null) return native.toSorted(this, compare);
      const list = Object(this);
      return sorted(list, lengthOf(list), compare, true);
    },
  };
  for (const name of ['sort', 'toSorted']) Object.defineProperty(Array.prototype, name, { value: methods[name], writable: true, configurable: true, enumerable: false });
})
