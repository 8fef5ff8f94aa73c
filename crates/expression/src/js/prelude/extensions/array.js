// Methods of lists.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const fail = X.extensionError;
  const { compactObject: compact, isHollow: hollow } = X;

  const same = (a, b) => {
    if (Object.is(a, b) || a === b) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  };
  const isObject = (v) => typeof v === 'object' && v !== null;
  const pluck = (v, fields) => {
    const rows = v.filter((row) => isObject(row) && !Array.isArray(row));
    // Of one field that is there the value itself.
    const found = rows.map((row) => fields.filter((field) => field in row).map((field) => row[field])).filter((values) => values.length);
    return found.map((values) => (values.length === 1 ? values[0] : values));
  };
  const unique = (v, ...fields) => {
    const key = fields.length ? (row) => (isObject(row) ? fields.map((field) => row[field]) : row) : (row) => row;
    const primitive = new Set();
    const seen = [];
    return v.filter((row) => {
      const k = key(row);
      if (typeof k !== 'object' || k === null) {
        if (primitive.has(k)) return false;
        primitive.add(k);
        return true;
      }
      if (seen.some((other) => same(other, k))) return false;
      seen.push(k);
      return true;
    });
  };
  const list = (name, other) => (Array.isArray(other) ? other : fail(`${name}(): expected array arg, e.g. .${name}([1, 2, 3, 4])`));
  const numbers = (name, v) => (v.every((n) => typeof n === 'number') ? v : fail(`${name}(): all array elements must be numbers`));
  const includes = (v, wanted) => v.some((other) => same(other, wanted));
  const together = (rows) => rows.filter((row) => isObject(row) && !Array.isArray(row)).reduce((all, row) => ({ ...all, ...row, ...all }), {});
  const merge = (v, others) => {
    if (others === undefined) return together(v);
    // null is an object without fields.
    const both = v.map((row, i) => [row, others[i]]).filter((pair) => pair.every((row) => typeof row === 'object'));
    return together(both.map(([row, other]) => ({ ...row, ...other, ...row })));
  };
  const rename = (row, names) => {
    if (!isObject(row)) return row;
    const out = { ...row };
    for (let i = 0; i < names.length; i += 2) {
      if (!(names[i] in out)) continue;
      const value = out[names[i]];
      delete out[names[i]];
      out[names[i + 1]] = value;
    }
    return out;
  };
  const sum = (v) => v.reduce((a, b) => a + b, 0);

  Object.assign(X.tables.array, {
    append: (v, ...more) => [...v, ...more],
    average: (v) => (v.length ? sum(numbers('average', v)) / v.length : 0),
    chunk: (v, size) => {
      if (typeof size !== 'number' || !size) fail('chunk(): expected non-zero numeric arg, e.g. .chunk(5)');
      if (size < 0) X.fail('Expression exceeded memory limit', 'memory');
      const out = [];
      for (let i = 0; i < v.length; i += size) out.push(v.slice(i, i + size));
      return out;
    },
    compact: (v) => v.filter((entry) => !hollow(entry)).map((entry) => (isObject(entry) ? compact(entry) : entry)),
    difference: (v, other) => (list('difference', other), unique(v.filter((entry) => !includes(other, entry)))),
    first: (v) => v[0],
    intersection: (v, other) => (list('intersection', other), unique(v.filter((entry) => includes(other, entry)))),
    last: (v) => v[v.length - 1],
    max: (v) => Math.max(...numbers('max', v)),
    merge,
    mergeIntoObject: (v, others) => (Array.isArray(others) ? merge(v, others) : fail('mergeIntoObject(): expected array arg, e.g. .mergeIntoObject([{ id: 1, otherValue: 3 }])')),
    min: (v) => Math.min(...numbers('min', v)),
    pluck: (v, ...fields) => (fields.length ? pluck(v, fields) : v),
    randomItem: (v) => v[Math.floor(Math.random() * v.length)],
    removeDuplicates: unique,
    renameKeys: (v, ...names) => {
      if (!names.length || names.length % 2) fail('renameKeys(): expected an even amount of args: from1, to1 [, from2, to2, ...]. e.g. .renameKeys("name", "title")');
      return v.map((row) => rename(row, names));
    },
    reverse: (v) => v.reverse(),
    smartJoin: (v, key, value) => {
      if (typeof key !== 'string' || typeof value !== 'string') fail('smartJoin(): expected two string args, e.g. .smartJoin("name", "value")');
      return Object.fromEntries(v.filter((row) => isObject(row) && key in row && value in row).map((row) => [row[key], row[value]]));
    },
    sum: (v) => sum(numbers('sum', v)),
    toJsonString: (v) => JSON.stringify(v),
    union: (v, other) => unique([...v, ...list('union', other)]),
    unique,
  });
})
