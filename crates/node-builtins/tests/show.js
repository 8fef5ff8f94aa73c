// What a value is, as one line of JSON: the same in Node.js and in an isolate.
(() => {
  const shown = (value, seen) => {
    switch (typeof value) {
      case 'string': return value;
      case 'number': return Number.isFinite(value) && !Object.is(value, -0) ? value : `<${Object.is(value, -0) ? '-0' : value}>`;
      case 'bigint': return `<${value}n>`;
      case 'undefined': return '<undefined>';
      case 'symbol': return `<${String(value)}>`;
      case 'function': return `<function ${value.name}>`;
      case 'boolean': return value;
      default:
    }
    if (value === null) return null;
    if (seen.includes(value)) return '<circle>';
    const inner = (one) => shown(one, [...seen, value]);
    const members = (object) => Object.fromEntries(Object.keys(object).map((key) => [key === '__proto__' ? '"__proto__"' : key, inner(object[key])]));
    if (value instanceof Error) return { error: `${value.name}${typeof value.code === 'string' ? ` [${value.code}]` : ''}: ${value.message}` };
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `<${value.constructor.name} ${Array.from(value, (n) => n.toString(16)).join(' ')}>`;
    if (value instanceof ArrayBuffer) return `<ArrayBuffer ${Array.from(new Uint8Array(value), (n) => n.toString(16)).join(' ')}>`;
    if (value instanceof Map) return { map: [...value].map(inner) };
    if (value instanceof Set) return { set: [...value].map(inner) };
    if (value instanceof Date) return `<Date ${value.getTime()}>`;
    if (value instanceof RegExp) return `<${value}>`;
    if (Array.isArray(value)) return Array.from(value, inner);
    return members(value);
  };
  return (value) => JSON.stringify(shown(value, []));
})()
