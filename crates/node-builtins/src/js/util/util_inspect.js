// `util.inspect` and `util.format`: values as Node.js shows them.
(function (H, G, X) {
  'use strict';
  const types = X.part('util/types');
  const { hidden } = X;
  const custom = Symbol.for('nodejs.util.inspect.custom');
  const DEFAULTS = {
    __proto__: null, showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100, maxStringLength: 10000,
    breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
  };
  const COLORS = { __proto__: null, bold: [1, 22], italic: [3, 23], underline: [4, 24], inverse: [7, 27], white: [37, 39], grey: [90, 39], black: [30, 39], blue: [34, 39],
    cyan: [36, 39], green: [32, 39], magenta: [35, 39], red: [31, 39], yellow: [33, 39] };
  const STYLES = { __proto__: null, special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold', string: 'green',
    symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline' };
  const styled = (ctx, text, style) => {
    const color = ctx.colors ? inspect.colors[inspect.styles[style]] : undefined;
    return color ? `\u001b[${color[0]}m${text}\u001b[${color[1]}m` : text;
  };
  const ANSI = /[\u001b\u009b][[()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-ntqry=><~]/g;
  const stripVTControlCharacters = (text) => `${text}`.replace(ANSI, '');
  const width = (ctx, text) => (ctx.colors ? stripVTControlCharacters(text).length : text.length);

  const ESCAPES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' };
  const escaped = (c) => ESCAPES[c] ?? (c.length === 1 && c.charCodeAt(0) >= 0xd800 ? `\\u${c.charCodeAt(0).toString(16)}`
    : `\\x${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  const quoted = (text) => {
    const quote = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') && !text.includes('${') ? '`' : "'";
    const inner = text.replace(/[\0-\x1f\x7f-\x9f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, escaped);
    return `${quote}${quote === "'" ? inner.replaceAll("'", "\\'") : inner}${quote}`;
  };
  const separated = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, '_');
  const numberText = (ctx, value) => {
    const text = Object.is(value, -0) ? '-0' : `${value}`;
    if (!ctx.numericSeparator || !/^-?\d+(\.\d+)?$/.test(text)) return text;
    const [whole, part] = text.split('.');
    return part === undefined ? separated(whole) : `${separated(whole)}.${part.replace(/(\d{3})(?=\d)/g, '$1_')}`;
  };
  const primitive = (ctx, value) => {
    switch (typeof value) {
      case 'string': {
        let [text, rest] = [value, ''];
        if (text.length > ctx.maxStringLength) {
          const left = text.length - ctx.maxStringLength;
          text = text.slice(0, ctx.maxStringLength);
          rest = `... ${left} more character${left > 1 ? 's' : ''}`;
        }
        // A long text is shown line by line.
        if (ctx.compact !== true && text.length > 16 && text.length > ctx.breakLength - ctx.indentation - 4 && text.includes('\n')) {
          return text.split(/(?<=\n)/).map((line) => styled(ctx, quoted(line), 'string')).join(` +\n${' '.repeat(ctx.indentation + 2)}`) + rest;
        }
        return styled(ctx, quoted(text), 'string') + rest;
      }
      case 'number': return styled(ctx, numberText(ctx, value), 'number');
      case 'bigint': return styled(ctx, `${ctx.numericSeparator ? separated(`${value}`) : value}n`, 'bigint');
      case 'boolean': return styled(ctx, `${value}`, 'boolean');
      case 'undefined': return styled(ctx, 'undefined', 'undefined');
      default: return styled(ctx, Symbol.prototype.toString.call(value), 'symbol');
    }
  };
  const nameOf = (value) => {
    for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
      const found = Object.getOwnPropertyDescriptor(at, 'constructor');
      if (typeof found?.value === 'function' && found.value.name !== '' && (value instanceof found.value || at === value)) return `${found.value.name}`;
    }
    return null;
  };
  // What an object is called before its braces.
  const prefix = (name, tag, fallback, size = '') => {
    const given = name === null ? `[${fallback}${size}: null prototype] ` : `${name}${size} `;
    return tag !== '' && tag !== name ? `${given}[${tag}] ` : given;
  };
  const keysOf = (ctx, value) => {
    if (ctx.showHidden) return Reflect.ownKeys(value);
    const symbols = Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
    return [...Object.keys(value), ...symbols];
  };
  const isIndex = (key) => typeof key === 'string' && /^(0|[1-9]\d{0,9})$/.test(key) && +key < 2 ** 32 - 1;
  const inner = (ctx, value, depth, typed) => {
    ctx.indentation += 2;
    const shown = format1(ctx, value, depth, typed);
    ctx.indentation -= 2;
    return shown;
  };
  const property = (ctx, object, key, depth, list) => {
    const found = Object.getOwnPropertyDescriptor(object, key) ?? { value: object[key], enumerable: true };
    let shown;
    if (found.value !== undefined || !found.get && !found.set) {
      const deeper = ctx.compact !== true || list ? 2 : 3;
      ctx.indentation += deeper;
      shown = format1(ctx, found.value, depth);
      if (deeper === 3 && ctx.breakLength < width(ctx, shown)) shown = `\n${' '.repeat(ctx.indentation)}${shown}`;
      ctx.indentation -= deeper;
    } else if (found.get) {
      const label = found.set ? 'Getter/Setter' : 'Getter';
      shown = styled(ctx, `[${label}]`, 'special');
      if (ctx.getters && (ctx.getters === true || ctx.getters === (found.set ? 'set' : 'get'))) {
        try {
          const value = Reflect.apply(found.get, object, []);
          shown = `${styled(ctx, `[${label}${value !== null && typeof value === 'object' ? ']' : ':'}`, 'special')} ${inner(ctx, value, depth)}${value !== null && typeof value === 'object' ? '' : styled(ctx, ']', 'special')}`;
        } catch (error) { shown = `[${label}: <Inspection threw (${error.message})>]`; }
      }
    } else shown = styled(ctx, '[Setter]', 'special');
    if (list) return shown;
    let name = typeof key === 'symbol' ? `[${styled(ctx, Symbol.prototype.toString.call(key), 'symbol')}]`
      : key === '__proto__' ? "['__proto__']" : /^[A-Za-z_][A-Za-z_0-9]*$/.test(key) ? styled(ctx, key, 'name') : styled(ctx, quoted(key), 'string');
    if (found.enumerable === false) name = `[${typeof key === 'symbol' ? Symbol.prototype.toString.call(key) : key}]`;
    return `${name}: ${shown}`;
  };
  const more = (count) => (count > 0 ? [`... ${count} more item${count > 1 ? 's' : ''}`] : []);
  const arrayItems = (ctx, value, depth) => {
    const most = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
    const out = [];
    let at = 0;
    while (at < value.length && out.length < most) {
      if (Object.hasOwn(value, at)) { out.push(property(ctx, value, `${at}`, depth, true)); at++; continue; }
      let holes = 0;
      while (at < value.length && !Object.hasOwn(value, at)) { holes++; at++; }
      out.push(styled(ctx, `<${holes} empty item${holes > 1 ? 's' : ''}>`, 'undefined'));
    }
    return [...out, ...more(value.length - at)];
  };
  const typedItems = (ctx, value) => {
    const most = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
    return [...Array.from({ length: most }, (_, i) => primitive(ctx, value[i])), ...more(value.length - most)];
  };
  const collection = (ctx, items, size, show) => {
    const most = Math.min(Math.max(0, ctx.maxArrayLength), size);
    ctx.indentation += 2;
    const out = items.slice(0, most).map(show);
    ctx.indentation -= 2;
    return [...out, ...more(size - most)];
  };
  const isClass = (value) => /^class[\s{]/.test(Function.prototype.toString.call(value));
  const functionBase = (value, name, tag) => {
    const kind = `${types.isAsyncFunction(value) ? 'Async' : ''}${types.isGeneratorFunction(value) ? 'Generator' : ''}Function`;
    if (isClass(value)) {
      const parent = Object.getPrototypeOf(value)?.name;
      const own = Object.hasOwn(value, 'name') && value.name ? value.name : '';
      return `[class ${own || '(anonymous)'}${name !== 'Function' && name !== null ? ` [${name}]` : ''}${tag !== '' && name !== tag ? ` [${tag}]` : ''}${name === null ? ' extends null' : parent ? ` extends ${parent}` : ''}]`;
    }
    const shown = typeof value.name === 'string' && value.name !== '' ? `: ${value.name}` : ' (anonymous)';
    return `[${kind}${name === null ? ' (null prototype)' : ''}${shown}]${name !== kind && name !== null ? ` ${name}` : ''}${tag !== '' && name !== tag ? ` [${tag}]` : ''}`;
  };
  const errorBase = (ctx, error, name, keys) => {
    const stack = typeof error.stack === 'string' && error.stack !== '' ? error.stack : '';
    const own = `${error.name ?? name ?? 'Error'}`;
    const head = Error.prototype.toString.call(error);
    const frames = stack.startsWith(head) ? stack.slice(head.length).replace(/^\n/, '') : stack.includes('\n    at ') && !/^\s+at /.test(stack) ? undefined : stack.replace(/\n+$/, '');
    let shown = frames === undefined ? stack : frames ? `${head}\n${frames}` : `[${head}]`;
    if (name !== null && own !== name && !own.includes(name) && name.endsWith('Error') && shown.startsWith(own, shown[0] === '[' ? 1 : 0)) {
      shown = shown[0] === '[' ? `[${name}${shown.slice(1 + own.length)}` : `${name}${shown.slice(own.length)}`;
    }
    for (const key of ['name', 'message', 'stack']) {
      const at = keys.indexOf(key);
      if (at >= 0 && shown.includes(`${error[key]}`)) keys.splice(at, 1);
    }
    for (const key of ['cause', 'errors']) {
      if (Object.hasOwn(error, key) && !keys.includes(key) && (key === 'cause' || Array.isArray(error.errors))) keys.push(key);
    }
    return ctx.indentation ? shown.replace(/\n/g, `\n${' '.repeat(ctx.indentation)}`) : shown;
  };
  const isoText = (value) => (Number.isNaN(Date.prototype.getTime.call(value)) ? 'Invalid Date' : Date.prototype.toISOString.call(value));

  const raw = (ctx, value, depth, typed) => {
    const name = nameOf(value);
    let tag = value[Symbol.toStringTag];
    if (typeof tag !== 'string' || tag !== '' && (ctx.showHidden ? Object.hasOwn(value, Symbol.toStringTag) : Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag))) tag = '';
    let keys = keysOf(ctx, value);
    let [base, braces, items, list] = ['', ['{', '}'], () => [], false];
    const done = (text) => (keys.length === 0 ? text : undefined);
    const pairs = (deeper) => ([key, one]) => `${format1(ctx, key, deeper)} => ${format1(ctx, one, deeper)}`;
    if (Array.isArray(value)) {
      keys = keys.filter((key) => !isIndex(key) && !(key === 'length' && !ctx.showHidden));
      braces = [`${name !== 'Array' || tag !== '' ? prefix(name, tag, 'Array', `(${value.length})`) : ''}[`, ']'];
      if (value.length === 0 && keys.length === 0) return `${braces[0]}]`;
      [items, list] = [(deeper) => arrayItems(ctx, value, deeper), true];
    } else if (types.isSet(value)) {
      items = (deeper) => collection(ctx, [...Set.prototype.values.call(value)], value.size, (one) => format1(ctx, one, deeper));
      braces = [`${prefix(name, tag, 'Set', `(${value.size})`)}{`, '}'];
      if (value.size === 0 && keys.length === 0) return `${braces[0]}}`;
    } else if (types.isMap(value)) {
      items = (deeper) => collection(ctx, [...Map.prototype.entries.call(value)], value.size, pairs(deeper));
      braces = [`${prefix(name, tag, 'Map', `(${value.size})`)}{`, '}'];
      if (value.size === 0 && keys.length === 0) return `${braces[0]}}`;
    } else if (types.isTypedArray(value)) {
      keys = keys.filter((key) => !isIndex(key));
      const kind = Object.prototype.toString.call(value).slice(8, -1);
      braces = [`${prefix(name, tag, kind, `(${value.length})`)}[`, ']'];
      if (value.length === 0 && keys.length === 0) return `${braces[0]}]`;
      [items, list] = [() => typedItems(ctx, value), true];
    } else if (types.isMapIterator(value) || types.isSetIterator(value)) {
      braces = [`[${tag}] {`, '}'];
    } else if (typeof value === 'function') {
      base = functionBase(value, name, tag);
      if (done(base)) return styled(ctx, base, 'special');
    } else if (types.isArgumentsObject(value)) {
      braces = ['[Arguments] {', '}'];
      if (keys.length === 0) return '[Arguments] {}';
    } else if (types.isRegExp(value)) {
      base = RegExp.prototype.toString.call(value);
      if (name !== 'RegExp') base = `${prefix(name, tag, 'RegExp')}${base}`;
      if (done(base)) return styled(ctx, base, 'regexp');
    } else if (types.isDate(value)) {
      base = isoText(value);
      if (name !== 'Date') base = `${prefix(name, tag, 'Date')}${base}`;
      if (done(base)) return styled(ctx, base, 'date');
    } else if (types.isNativeError(value) || value instanceof Error) {
      base = errorBase(ctx, value, name, keys);
      if (done(base)) return base;
    } else if (types.isAnyArrayBuffer(value)) {
      const kind = types.isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer';
      const bytes = new Uint8Array(value);
      const shown = H.textOf(bytes.subarray(0, 50), 'hex').replace(/(.{2})(?!$)/g, '$1 ');
      braces = [`${prefix(name, tag, kind)}{`, '}'];
      keys.unshift('byteLength');
      items = () => [`[Uint8Contents]: <${shown}${bytes.length > 50 ? ` ... ${bytes.length - 50} more byte${bytes.length > 51 ? 's' : ''}` : ''}>`];
    } else if (types.isDataView(value)) {
      braces = [`${prefix(name, tag, 'DataView')}{`, '}'];
      keys.unshift('byteLength', 'byteOffset', 'buffer');
    } else if (types.isPromise(value)) {
      braces = [`${prefix(name, tag, 'Promise')}{`, '}'];
      items = () => [styled(ctx, '<pending>', 'special')];
    } else if (types.isWeakSet(value) || types.isWeakMap(value)) {
      braces = [`${prefix(name, tag, types.isWeakSet(value) ? 'WeakSet' : 'WeakMap')}{`, '}'];
      items = () => [styled(ctx, '<items unknown>', 'special')];
    } else if (types.isModuleNamespaceObject(value)) {
      braces = [`[${tag}] {`, '}'];
    } else if (types.isBoxedPrimitive(value)) {
      const kind = ['Number', 'String', 'Boolean', 'BigInt', 'Symbol'].find((one) => types[`is${one}Object`](value));
      if (kind === 'String') keys = keys.filter((key) => !isIndex(key) && key !== 'length');
      const plain = G[kind].prototype.valueOf.call(value);
      base = `[${kind}${name !== kind ? name === null ? ' (null prototype)' : ` (${name})` : ''}: ${primitive({ ...ctx, colors: false }, plain)}]${tag !== '' && tag !== name ? ` [${tag}]` : ''}`;
      if (done(base)) return styled(ctx, base, kind.toLowerCase());
    } else {
      const plain = name === 'Object' && tag === '';
      if (keys.length === 0 && plain) return '{}';
      braces = [plain ? '{' : `${prefix(name, tag, 'Object')}{`, '}'];
      if (keys.length === 0) return `${braces[0]}}`;
    }
    if (depth > ctx.depth && ctx.depth !== null) {
      const shown = prefix(name, tag, Array.isArray(value) ? 'Array' : 'Object').slice(0, -1);
      return styled(ctx, name === null ? shown : `[${shown}]`, 'special');
    }
    ctx.seen.push(value);
    ctx.currentDepth = depth;
    let output;
    try {
      output = [...items(depth + 1), ...keys.map((key) => property(ctx, value, key, depth + 1, false))];
    } finally { ctx.seen.pop(); }
    const at = ctx.circular?.get(value);
    if (at !== undefined) {
      const reference = styled(ctx, `<ref *${at}>`, 'special');
      if (ctx.compact !== true) base = base === '' ? reference : `${reference} ${base}`;
      else braces[0] = `${reference} ${braces[0]}`;
    }
    if (ctx.sorted) {
      const compare = ctx.sorted === true ? undefined : ctx.sorted;
      output = list ? [...output.slice(0, output.length - keys.length), ...output.slice(output.length - keys.length).sort(compare)] : output.sort(compare);
    }
    return joined(ctx, output, base, braces, list, depth, value);
  };
  // On one line where it fits, else one entry a line.
  const joined = (ctx, output, base, braces, list, depth, value) => {
    if (ctx.compact !== true) {
      if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
        const entries = output.length;
        if (list && entries > 6) output = grouped(ctx, output, value);
        if (ctx.currentDepth - depth < ctx.compact && entries === output.length) {
          const start = output.length + ctx.indentation + braces[0].length + base.length + 10;
          const total = output.reduce((sum, one) => sum + width(ctx, one), output.length + start);
          if (total <= ctx.breakLength && !base.includes('\n')) {
            const line = output.join(', ');
            if (!line.includes('\n')) return `${base ? `${base} ` : ''}${braces[0]} ${line} ${braces[1]}`;
          }
        }
      }
      const indentation = `\n${' '.repeat(ctx.indentation)}`;
      return `${base ? `${base} ` : ''}${braces[0]}${indentation}  ${output.join(`,${indentation}  `)}${indentation}${braces[1]}`;
    }
    const total = output.reduce((sum, one) => sum + width(ctx, one), output.length);
    if (total + output.length <= ctx.breakLength && !base.includes('\n')) return `${braces[0]}${base ? ` ${base}` : ''} ${output.join(', ')} ${braces[1]}`;
    const indentation = `\n${' '.repeat(ctx.indentation)}`;
    return `${base ? `${base} ` : ''}${braces[0]} ${output.join(`,${indentation}  `)} ${braces[1]}`;
  };
  // Many short entries of a list stand in columns.
  const grouped = (ctx, output, value) => {
    const extra = ctx.maxArrayLength < output.length ? 1 : 0;
    const length = output.length - extra;
    const sizes = output.slice(0, length).map((one) => width(ctx, one));
    const total = sizes.reduce((sum, one) => sum + one + 2, 0);
    const longest = Math.max(0, ...sizes);
    const cell = longest + 2;
    if (!(cell * 3 + ctx.indentation < ctx.breakLength && (total / cell > 5 || longest <= 6))) return output;
    const biased = Math.max(cell - 3 - Math.sqrt(cell - total / output.length), 1);
    const columns = Math.min(Math.round(Math.sqrt(2.5 * biased * length) / biased), Math.floor((ctx.breakLength - ctx.indentation) / cell), ctx.compact * 4, 15);
    if (columns <= 1) return output;
    const widths = Array.from({ length: columns }, (_, i) => Math.max(...sizes.filter((__, j) => j % columns === i)) + 2);
    const numbers = value === undefined || output.every((_, i) => typeof value[i] === 'number' || typeof value[i] === 'bigint');
    const lines = [];
    for (let from = 0; from < length; from += columns) {
      const to = Math.min(from + columns, length);
      const cells = output.slice(from, to).map((one, i) => {
        const last = from + i === to - 1;
        const wide = widths[i] + one.length - sizes[from + i];
        if (numbers) return last ? one.padStart(wide - 2) : `${one}, `.padStart(wide);
        return last ? one : `${one}, `.padEnd(wide);
      });
      lines.push(cells.join(''));
    }
    return extra ? [...lines, output[length]] : lines;
  };

  const format1 = (ctx, value, depth, typed) => {
    if (value === null) return styled(ctx, 'null', 'null');
    if (typeof value !== 'object' && typeof value !== 'function') return primitive(ctx, value);
    if (ctx.customInspect) {
      const own = value[custom];
      if (typeof own === 'function' && own !== inspect && !(value.constructor && value.constructor.prototype === value)) {
        const left = ctx.depth === null ? null : ctx.depth - depth;
        const shown = own.call(value, left, options(ctx, left), inspect);
        if (shown !== value) return typeof shown === 'object' ? format1(ctx, shown, depth) : `${shown}`.replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`);
      }
    }
    if (ctx.seen.includes(value)) {
      ctx.circular ??= new Map();
      if (!ctx.circular.has(value)) ctx.circular.set(value, ctx.circular.size + 1);
      return styled(ctx, `[Circular *${ctx.circular.get(value)}]`, 'special');
    }
    try {
      return raw(ctx, value, depth, typed);
    } catch (error) {
      if (!(error instanceof RangeError) || !/call stack/i.test(error.message)) throw error;
      return styled(ctx, `[${nameOf(value) ?? 'Object'}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, 'special');
    }
  };
  const options = (ctx, depth) => {
    const { seen, circular, indentation, currentDepth, ...given } = ctx;
    return { ...given, depth, stylize: (text, style) => styled(ctx, `${text}`, style) };
  };
  function inspect(value, given, ...old) {
    const ctx = { ...DEFAULTS, ...inspect.defaultOptions, seen: [], indentation: 0, currentDepth: 0, circular: undefined };
    if (typeof given === 'boolean') {
      ctx.showHidden = given;
      if (old[0] !== undefined) ctx.depth = old[0];
      if (old[1] !== undefined) ctx.colors = old[1];
    } else if (given) for (const key of Object.keys(given)) if (key in DEFAULTS || key === 'stylize') ctx[key] = given[key];
    if (ctx.depth === Infinity) ctx.depth = null;
    if (ctx.maxArrayLength === null) ctx.maxArrayLength = Infinity;
    if (ctx.maxStringLength === null) ctx.maxStringLength = Infinity;
    return format1(ctx, value, 0);
  }
  Object.assign(inspect, { custom, colors: COLORS, styles: STYLES, defaultOptions: { ...DEFAULTS } });

  // Whether a text of its own says what an object is.
  const hasOwnText = (value) => {
    if (typeof value.toString !== 'function') return false;
    if (Object.hasOwn(value, 'toString')) return true;
    let at = value;
    do { at = Object.getPrototypeOf(at); } while (at !== null && !Object.hasOwn(at, 'toString'));
    const made = at && Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    return typeof made === 'function' && ![Object, Array, Function, Error, Date, RegExp, Map, Set, Promise].includes(made);
  };
  const formatWithOptions = (given, first, ...args) => {
    const rest = [...args];
    let out = '';
    if (typeof first === 'string') {
      if (rest.length === 0) return first;
      out = first.replace(/%[sdifjoOc%]/g, (all) => {
        if (all === '%%') return '%';
        if (rest.length === 0) return all;
        const value = rest.shift();
        switch (all[1]) {
          case 's':
            if (typeof value === 'number') return numberText({}, value);
            if (typeof value === 'bigint') return `${value}n`;
            if (typeof value !== 'object' || value === null || hasOwnText(value)) return String(value);
            return inspect(value, { ...given, depth: 0, colors: false, compact: 3 });
          case 'd': return typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? 'NaN' : numberText({}, Number(value));
          case 'i': return typeof value === 'bigint' ? `${value}n` : typeof value === 'symbol' ? 'NaN' : numberText({}, parseInt(value, 10));
          case 'f': return typeof value === 'symbol' ? 'NaN' : numberText({}, parseFloat(value));
          case 'j':
            try { return JSON.stringify(value); } catch (error) { if (/circular/i.test(error.message)) return '[Circular]'; throw error; }
          case 'o': return inspect(value, { ...given, showHidden: true, showProxy: true, depth: 4 });
          case 'O': return inspect(value, given);
          default: return '';
        }
      });
    } else if (first !== undefined || args.length || formatWithOptions.given) out = typeof first === 'string' ? first : inspect(first, { ...given, compact: 3 });
    for (const value of rest) out += ` ${typeof value === 'string' ? value : inspect(value, { ...given, compact: 3 })}`;
    return out;
  };
  const format = (...args) => (args.length === 0 ? '' : args.length === 1 && typeof args[0] !== 'string' ? inspect(args[0]) : formatWithOptions(undefined, ...args));
  hidden(inspect, 'replDefaults', {});
  return { inspect, format, formatWithOptions, stripVTControlCharacters };
})
