// Built-ins whose errors name a value in V8's words, which the engine's own words do not have.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { Proxy, Reflect } = X.withheld;
  const { hidden } = X;
  const { apply, construct } = Reflect;
  const { keys } = Object;
  const toText = String;

  const reword = (error, words, args) => {
    const { message, stack } = error;
    let said;
    try { said = words(message, args); } catch { /* the message stays as it is */ }
    if (said === undefined) return;
    hidden(error, 'message', said);
    hidden(error, 'stack', toText(stack).replace(message, () => said));
  };
  // `words` makes V8's message of the engine's and of the arguments; undefined where it stays.
  const told = (holder, name, words) => {
    const attempt = (run, args) => {
      try {
        return run();
      } catch (error) {
        // Without memory the engine throws null.
        if (error instanceof Error) reword(error, words, args);
        throw error;
      }
    };
    const real = holder[name];
    const shown = new Proxy(real, {
      apply: (f, self, args) => attempt(() => apply(f, self, args), args),
      construct: (f, args, target) => attempt(() => construct(f, args, target), args),
    });
    hidden(holder, name, shown);
    if (real.prototype?.constructor === real) hidden(real.prototype, 'constructor', shown);
  };

  const INVALID = 'Invalid regular expression: ';
  const BAD_FLAGS = 'Invalid flags supplied to RegExp constructor';
  const pattern = (fixed) => (message, [source, flags = fixed]) => {
    if (message === BAD_FLAGS) return `${BAD_FLAGS} '${flags}'`;
    if (!message.startsWith?.(INVALID)) return undefined;
    const text = toText(source?.source ?? source);
    const backslash = /(?:^|[^\\])(?:\\\\)*\\$/.test(text);
    return `${INVALID}/${text}/${flags}: ${backslash ? '\\ at end of pattern' : message.slice(INVALID.length)}`;
  };
  told(G, 'RegExp', pattern(''));
  ['match', 'search'].forEach((name) => told(String.prototype, name, pattern('')));
  told(String.prototype, 'matchAll', pattern('g'));

  told(String.prototype, 'repeat', (message, [count]) => (message === 'Invalid count value' ? `${message}: ${count}` : undefined));
  const isCodePoint = (value) => Number.isInteger(value) && value >= 0 && value <= 0x10ffff;
  told(String, 'fromCodePoint', (message, codes) => (message === 'invalid code point' ? `Invalid code point ${codes.map(Number).find((code) => !isCodePoint(code))}` : undefined));
  told(G, 'BigInt', (message, [value]) => {
    if (message === 'cannot convert to BigInt: not an integer' || message === 'cannot convert NaN or Infinity to BigInt') {
      return `The number ${value} cannot be converted to a BigInt because it is not an integer`;
    }
    return message === 'invalid BigInt literal' || message === 'cannot convert to BigInt' ? `Cannot convert ${toText(value)} to a BigInt` : undefined;
  });

  const isObject = (value) => Object(value) === value;
  const entries = (message, [list]) => {
    if (message !== 'Iterator value is not an entry object' || !Array.isArray(list)) return undefined;
    return `Iterator value ${toText(list.find((entry) => !isObject(entry)))} is not an entry object`;
  };
  told(G, 'Map', entries);
  told(Object, 'fromEntries', entries);
  const prototype = (value) => `Object prototype may only be an Object or null: ${toText(value)}`;
  told(Object, 'create', (message, [value]) => (message === 'object prototype may only be an Object or null' ? prototype(value) : undefined));
  told(Object, 'setPrototypeOf', (message, [object, value]) => {
    if (message !== 'not an object') return undefined;
    return object === undefined || object === null ? 'Object.setPrototypeOf called on null or undefined' : prototype(value);
  });

  // The way from an object back to itself, as JSON.stringify goes: keys and the objects behind them.
  const circle = (root) => {
    const done = new WeakSet();
    const way = [];
    const walk = (key, given) => {
      const value = typeof given?.toJSON === 'function' ? given.toJSON(key) : given;
      if (typeof value !== 'object' || value === null || done.has(value)) return undefined;
      const start = way.findIndex((step) => step.value === value);
      if (start >= 0) return { steps: way.slice(start), key };
      way.push({ key, value });
      for (const name of Array.isArray(value) ? value.keys() : keys(value)) {
        const found = walk(name, value[name]);
        if (found) return found;
      }
      way.pop();
      done.add(value);
      return undefined;
    };
    return walk('', root);
  };
  const CIRCULAR = 'Converting circular structure to JSON';
  const named = (key) => (typeof key === 'number' ? `index ${key}` : `property '${key}'`);
  const made = ({ value }) => `object with constructor '${typeof value.constructor === 'function' ? value.constructor.name : 'Object'}'`;
  told(JSON, 'stringify', (message, [value]) => {
    if (message !== CIRCULAR) return undefined;
    const { steps: [first, ...others], key } = circle(value) ?? { steps: [] };
    if (!first) return undefined;
    const lines = others.map((step) => `|     ${named(step.key)} -> ${made(step)}`);
    if (lines.length > 3) lines.splice(2, lines.length - 3, '|     ...');
    return [CIRCULAR, `--> starting at ${made(first)}`, ...lines, `--- ${named(key)} closes the circle`].join('\n    ');
  });
})
