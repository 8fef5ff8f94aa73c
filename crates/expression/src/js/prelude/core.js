// The part of our JavaScript that every execution has. `H` is the host; nothing here can be reached by an expression
// but through the variables that are handed to it.
(function (H, G) {
  'use strict';
  const tools = Object.create(null);
  const define = (name, value) => Object.defineProperty(G, name, { value, enumerable: false, writable: false, configurable: false });
  const call = Function.prototype.call;
  const uncurry = (f) => call.bind(f);
  const objectToString = uncurry(Object.prototype.toString);
  const getTime = uncurry(Date.prototype.getTime);
  const dateISO = uncurry(Date.prototype.toISOString);
  const isFinite = Number.isFinite;
  const keysOf = Object.keys;
  const attempt = (f) => { try { return f(); } catch { return undefined; } };

  // Errors of our own carry their kind under a symbol that no expression can name.
  const ERROR = tools.error = Symbol('kv:error');
  const KIND = tools.kind = Symbol('kv:kind');
  class ExpressionError extends Error {
    constructor(message, kind, description, contextType) {
      super(message);
      this.name = kind === 'extension' ? 'ExpressionExtensionError' : 'ExpressionError';
      Object.defineProperty(this, ERROR, { value: kind });
      this.description = description;
      this.contextType = contextType;
    }
  }
  tools.fail = (message, kind = 'expression', description, contextType) => {
    throw new ExpressionError(message, kind, description, contextType);
  };
  tools.makeError = (message, kind, description, contextType) => new ExpressionError(message, kind, description, contextType);
  const fail = tools.fail;

  const toText = String;
  tools.text = (value) => toText(value);
  const wellFormed = uncurry(String.prototype.toWellFormed);
  tools.wellFormed = (text) => wellFormed(text);
  tools.print = (value) => (value || value === 0 || value === false ? `${value}` : '');

  // Of a function of ours only the name is shown, as of V8's own.
  const sourceOf = uncurry(Function.prototype.toString);
  const fileOf = uncurry(Object.getOwnPropertyDescriptor(Function.prototype, 'fileName').get);
  const startsWith = uncurry(String.prototype.startsWith);
  const { toString: functionText } = { toString() {
    const source = sourceOf(this);
    const file = fileOf(this);
    return file === undefined || startsWith(file, 'kv:') ? `function ${this.name}() { [native code] }` : source;
  } };
  Object.defineProperty(Function.prototype, 'toString', { value: functionText, writable: true, configurable: true, enumerable: false });
  ['fileName', 'lineNumber', 'columnNumber'].forEach((name) => { delete Function.prototype[name]; });

  // Clock and chance come from the host. Local time is UTC, whatever the machine thinks; texts are read as V8 reads them.
  const RealDate = Date;
  const hidden = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  tools.hidden = hidden;
  const utcText = uncurry(RealDate.prototype.toUTCString);
  const setTime = uncurry(RealDate.prototype.setTime);
  const shown = (pick) => function () {
    const found = /^(\w+), (\d+) (\w+) (-?\d+) ([\d:]+) GMT$/.exec(utcText(this));
    return found ? pick(`${found[1]} ${found[3]} ${found[2]} ${found[4]}`, `${found[5]} GMT+0000 (Coordinated Universal Time)`) : 'Invalid Date';
  };
  const toStringOfDate = shown((day, time) => `${day} ${time}`);
  const construct = Reflect.construct;
  const TO_PRIMITIVE = Symbol.toPrimitive;
  const readDate = (text) => H.parseDate(wellFormed(text));
  const primitive = (value) => {
    if (typeof value !== 'object' && typeof value !== 'function' || value === null) return value;
    const time = attempt(() => [getTime(value)]);
    if (time) return time[0];
    const exotic = value[TO_PRIMITIVE];
    if (exotic !== undefined && exotic !== null) return exotic.call(value, 'default');
    for (const name of ['valueOf', 'toString']) {
      const made = typeof value[name] === 'function' ? value[name]() : value;
      if (typeof made !== 'object' && typeof made !== 'function' || made === null) return made;
    }
    throw new TypeError('Cannot convert object to primitive value');
  };
  const timeOf = (value) => { const made = primitive(value); return typeof made === 'string' ? readDate(made) : +made; };
  const timeGiven = (args) => (args.length === 0 ? H.now() : args.length === 1 ? timeOf(args[0]) : RealDate.UTC(...args));
  function FixedDate(...args) {
    if (!new.target) return toStringOfDate.call(new RealDate(H.now()));
    return construct(RealDate, [timeGiven(args)], new.target === FixedDate ? RealDate : new.target);
  }
  Object.defineProperty(FixedDate, 'name', { value: 'Date' });
  Object.defineProperty(FixedDate, 'length', { value: 7 });
  FixedDate.prototype = RealDate.prototype;
  FixedDate.UTC = RealDate.UTC;
  FixedDate.parse = (text) => readDate(`${text}`);
  FixedDate.now = () => H.now();
  hidden(RealDate.prototype, 'toString', toStringOfDate);
  hidden(RealDate.prototype, 'toDateString', shown((day) => day));
  hidden(RealDate.prototype, 'toTimeString', shown((_, time) => time));
  // How many arguments each of them heeds. One that is no number makes the date invalid.
  const PARTS = { Milliseconds: 1, Seconds: 2, Minutes: 3, Hours: 4, Date: 1, Month: 2, FullYear: 3 };
  for (const [part, most] of Object.entries(PARTS)) {
    const set = uncurry(RealDate.prototype[`setUTC${part}`]);
    for (const name of [`set${part}`, `setUTC${part}`]) {
      hidden(RealDate.prototype, name, { [name](...args) {
        getTime(this);
        const given = args.slice(0, most).map((value) => +value);
        return given.length && given.every(isFinite) ? set(this, ...given) : setTime(this, NaN);
      } }[name]);
    }
    hidden(RealDate.prototype, `get${part}`, RealDate.prototype[`getUTC${part}`]);
  }
  hidden(RealDate.prototype, 'getDay', RealDate.prototype.getUTCDay);
  hidden(RealDate.prototype, 'getYear', { getYear() { return this.getUTCFullYear() - 1900; } }.getYear);
  hidden(RealDate.prototype, 'getTimezoneOffset', { getTimezoneOffset() { return getTime(this) * 0 + 0; } }.getTimezoneOffset);
  hidden(G, 'Date', FixedDate);
  Math.random = () => H.random();
  const parseJson = JSON.parse;
  hidden(JSON, 'parse', { parse(text, reviver) {
    try {
      return parseJson(text, reviver);
    } catch (error) {
      const words = error instanceof SyntaxError ? (text === undefined ? '"undefined" is not valid JSON' : H.jsonWords(`${text}`)) : undefined;
      if (words !== undefined && words !== null) hidden(error, 'message', words);
      throw error;
    }
  } }.parse);

  // What a value is that is neither plain nor a list: [class, payload, reason].
  const mapSize = uncurry(Object.getOwnPropertyDescriptor(Map.prototype, 'size').get);
  const setSize = uncurry(Object.getOwnPropertyDescriptor(Set.prototype, 'size').get);
  const regexpText = uncurry(RegExp.prototype.toString);
  const entriesOf = uncurry(Map.prototype.entries);
  const valuesOf = uncurry(Set.prototype.values);
  const proxies = new WeakSet();
  const RealProxy = Proxy;
  tools.guard = (handler) => { const p = new RealProxy({}, handler); proxies.add(p); return p; };
  tools.describe = (v) => {
    if (proxies.has(v)) return ['boxed', {}];
    const kind = attempt(() => v[KIND]);
    if (kind) return kind(v);
    const at = attempt(() => [getTime(v)]);
    if (at) return isFinite(at[0]) ? ['Date', dateISO(v)] : ['Date', null, 'Invalid Date'];
    if (attempt(() => [mapSize(v)])) return ['Map', [...entriesOf(v)]];
    if (attempt(() => [setSize(v)])) return ['Set', [...valuesOf(v)]];
    const tag = objectToString(v);
    if (tag === '[object RegExp]') return ['RegExp', regexpText(v)];
    if (tag === '[object Error]' || v instanceof Error) return ['Error', attempt(() => toText(v)) ?? 'Error'];
    if (ArrayBuffer.isView(v) && v.length !== undefined) return ['typed', Array.from(v), tag.slice(8, -1)];
    if (tag === '[object String]') return ['boxed', { ...v }, `${v}`];
    if (tag === '[object Number]' || tag === '[object Boolean]') return ['boxed', {}, v.valueOf()];
    if (/^\[object (Generator|.* Iterator|AsyncGenerator)\]$/.test(tag)) return ['refused', tag];
    if (/^\[object (Promise|WeakMap|WeakSet|WeakRef|Iterator Helper)\]$/.test(tag)) return ['refused', `#<${tag.slice(8, -1)}>`];
    return ['object', null];
  };

  // What the rewriting calls.
  const banned = new Set(H.banned);
  const refuse = (name) => fail(`Cannot access "${name}" due to security concerns`);
  const hasOwn = uncurry(Object.prototype.hasOwnProperty);
  // A member that functions have and nobody may reach, of data that has a field of this name.
  tools.ofData = (of, name, optional) => {
    if (optional && (of === undefined || of === null)) return undefined;
    const value = typeof of === 'object' && of !== null && hasOwn(of, name) ? of[name] : refuse(name);
    return typeof value === 'function' ? refuse(name) : value;
  };
  define('__kv_x', tools);
  define('__kv_k', (key) => {
    if (typeof key === 'number' || typeof key === 'symbol') return key;
    const text = `${key}`;
    if (banned.has(text)) refuse(text);
    return text;
  });
  // A text that is spread into an object: the engine takes objects only.
  define('__kv_s', (value) => (typeof value === 'string' ? Object(value) : value));
  const nothing = { process: {}, require: {}, module: {}, Buffer: {} };
  define('__kv_this', nothing);
  define('__kv_t', (self) => (self === G || self === undefined ? nothing : self));

  // All items of a node are one list for all expressions of a node run that change nothing: made for each item, they would take a time
  // that grows with the square of their number. Longer ones would take too much memory between two expressions.
  const LONGEST = 50000;
  let keptFor = 0, kept;
  const listed = (name, branch, run, make) => {
    const sharing = H.sharing();
    const plain = (number) => number === undefined || typeof number === 'number';
    if (sharing === 0 || !plain(branch) || !plain(run)) return make();
    if (keptFor !== sharing) { keptFor = sharing; kept = { __proto__: null }; }
    const key = `${branch}/${run}/${name}`;
    if (key in kept) return kept[key];
    const list = make();
    if (list?.length <= LONGEST) kept[key] = list;
    return list;
  };

  // A file whose content is read when it is asked for. While files are handed on, they need no content: the key leads to it.
  let passed = new Set();
  tools.handingOn = (files, write) => {
    const before = passed;
    passed = files;
    try { return write(); } finally { passed = before; }
  };
  tools.withContent = (file, id) => {
    const own = (value) => Object.defineProperty(file, 'data', { value, writable: true, enumerable: true, configurable: true });
    Object.defineProperty(file, 'data', { get: () => (passed.has(file) ? undefined : H.content(id)), set: own, enumerable: true, configurable: true });
    file.id = id;
    return file;
  };
  tools.withoutContent = (files) => {
    const left = ([name, file]) => [name, Object.fromEntries(keysOf(file).filter((key) => key !== 'data').map((key) => [key, file[key]]))];
    return files && Object.fromEntries(Object.entries(files).map(left));
  };

  // `$input`, `$('Node')`, `$node`.
  class Input {
    #i; #items = new Map(); #all;
    constructor(i) { this.#i = i; }
    #at(i) {
      if (!this.#items.has(i)) this.#items.set(i, H.inputItem(i));
      return this.#items.get(i);
    }
    get item() { return this.#at(this.#i); }
    first() { return this.#at(0); }
    last() { return this.#at(-1); }
    all() { return (this.#all ??= listed('$input', -1, -1, () => H.inputAll())); }
    get params() { return H.inputParams(); }
    get context() { return H.context(H.previousName()); }
  }
  class NodeData {
    #name; #i;
    constructor(name, i) { this.#name = name; this.#i = i; }
    get item() { return H.match(this.#name, this.#i, 0); }
    pairedItem(i) { return H.match(this.#name, i ?? this.#i, 1); }
    itemMatching(i) {
      if (i === undefined) fail('Missing item index for .itemMatching()', 'expression', 'Use an item index, e.g. .itemMatching(0)');
      return typeof i === 'number' ? H.match(this.#name, i, 2) : undefined;
    }
    first(branch, run) { return H.edge(this.#name, branch, run, 0); }
    last(branch, run) { return H.edge(this.#name, branch, run, -1); }
    all(branch, run) { return listed(`()${this.#name}`, branch, run, () => H.items(this.#name, branch, run, true)); }
    get isExecuted() { return H.executed(this.#name); }
    get params() { return H.params(this.#name); }
    get context() { return H.context(this.#name); }
  }
  class NodeByName {
    #name; #i;
    constructor(name, i) { this.#name = name; this.#i = i; }
    get json() { return H.nodeItem(this.#name, this.#i).json; }
    get data() { return this.json; }
    get binary() { return tools.withoutContent(H.nodeItem(this.#name, this.#i).binary); }
    get parameter() { return parameters(H.params(this.#name), this.#i); }
    get runIndex() { return H.runIndex(this.#name); }
    get context() { return H.context(this.#name); }
  }
  const plainData = (proto) => hidden(proto, KIND, () => ['boxed', {}]);
  [Input, NodeData, NodeByName].forEach((c) => plainData(c.prototype));
  const missing = (name) => tools.guard({
    get: (_, key) => (typeof key === 'symbol' ? undefined : H.unknown(name)),
  });
  const nodeOf = (name, i) => (typeof name === 'string' && H.exists(name) ? new NodeData(name, i) : missing(name));
  const nodes = (i) => tools.guard({
    get: (_, key) => {
      if (typeof key === 'symbol') return undefined;
      H.ready(key);
      return new NodeByName(key, i);
    },
    ownKeys: () => [],
    has: (_, key) => typeof key === 'string' && H.exists(key),
  });
  // Functions of our own that are left out where the object that holds them is handed on, as n8n's copies leave them out;
  // any other function cannot be copied.
  const quiet = new WeakSet();
  const quietly = (value) => { if (typeof value === 'function') quiet.add(value); return value; };
  tools.quiet = (value) => quiet.has(value);
  const customData = { set() {}, setAll() {}, get() {}, getAll() {} };
  // What expressions are given and what stays: it is frozen with all that is shared.
  const handedOut = tools.handedOut = [customData, ExpressionError, Input, NodeData, NodeByName];
  // The same for what is made later.
  tools.fixed = (f) => { Object.freeze(f.prototype); Object.freeze(f); };
  tools.shared = (object) => (Object.isFrozen(tools) ? Object.freeze(object) : object);
  Object.values(customData).forEach(quietly);
  const refused = () => tools.guard({ get: (_, key) => (typeof key === 'symbol' ? undefined : H.envDenied()) });

  // Parameters of a node: expressions in them are evaluated when they are read.
  const parameters = (raw, i) => {
    if (typeof raw === 'string') return raw[0] === '=' ? H.evaluate(raw, i) : raw;
    if (!raw || typeof raw !== 'object') return raw;
    const out = Array.isArray(raw) ? [] : {};
    for (const key of keysOf(raw)) {
      Object.defineProperty(out, key, {
        get() { const value = parameters(raw[key], i); Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true }); return value; },
        set(value) { Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true }); },
        enumerable: true, configurable: true,
      });
    }
    return out;
  };

  const expected = (ok) => ok || fail('expected two arguments (value, defaultValue) for this function', 'extension');
  const isEmpty = (v) => {
    if (v === undefined || v === null || v === '') return true;
    if (typeof v !== 'object' || v[KIND]) return false;
    return Array.isArray(v) ? v.length === 0 : keysOf(v).length === 0;
  };
  const numbers = (list) => {
    if (list.some((n) => typeof n !== 'number')) fail('average(): all array elements must be numbers', 'extension');
    return list;
  };
  const average = (...list) => (list.length ? numbers(list).reduce((a, b) => a + b, 0) / list.length : 0);
  const not = (value) => !value;
  const min = (...list) => Math.min(...list);
  const max = (...list) => Math.max(...list);
  const choose = (condition, then, otherwise) => (condition ? then?.() : otherwise ? otherwise() : false);
  const orElse = (...args) => (expected(args.length === 2), isEmpty(args[0]) ? args[1] : args[0]);
  const numberList = (from, to) => {
    const out = new Array(Math.abs(to - from) + 1);
    for (let i = 0; i < out.length; i++) out[i] = from <= to ? from + i : from - i;
    return out;
  };
  const zip = (keys, values) => {
    if (keys.length !== values.length) fail('zip(): keys and values not of equal length', 'extension');
    const out = {};
    keys.forEach((key, i) => { out[key] = values[i]; });
    return out;
  };
  const toPathSegment = (value) => encodeURIComponent(toText(value));
  // What an agent would have decided is looked for in the item.
  const fromAI = (i) => (...args) => {
    const [key, , , value] = args;
    if (typeof key !== 'string' || key === '') fail("Add a key, e.g. $fromAI('placeholder_name')");
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(key)) {
      fail('Invalid parameter key, must be between 1 and 64 characters long and only contain lowercase letters, uppercase letters, numbers, underscores, and hyphens');
    }
    return attempt(() => H.json(i)?.[key]) ?? value;
  };

  const only = (value) => { handedOut.push(value); return () => value; };
  const empty = () => ({});
  const vars = {
    __proto__: null,
    $binary: (i) => H.binary(i),
    $input: (i) => new Input(i),
    $: (i) => (name) => nodeOf(name, i),
    $node: nodes,
    $item: (i) => (index, run) => other(Number(index)),
    $items: () => (name, branch, run) => (name === undefined ? listed('$input', -1, -1, () => H.inputAll()) : listed(`[]${name}`, branch, run, () => H.items(name, branch ?? 0, run, false))),
    $itemIndex: (i) => i,
    $position: (i) => i,
    $thisItemIndex: (i) => i,
    $thisItem: (i) => H.inputItem(i),
    $thisRunIndex: () => H.thisRun(),
    $runIndex: () => H.thisRun(),
    $prevNode: () => H.previous(),
    $parameter: (i) => parameters(H.parameters(), i),
    $rawParameter: () => H.parameters(),
    $workflow: () => H.workflow(),
    $execution: () => ({ ...H.execution(), customData: { ...customData } }),
    $executionId: () => H.execution().id,
    $resumeWebhookUrl: () => H.execution().resumeUrl,
    $mode: () => H.execution().mode,
    $env: () => (H.envAllowed() ? H.env() : refused()),
    $vars: () => H.vars(),
    $nodeVersion: () => H.self().version,
    $nodeId: () => H.self().id,
    $webhookId: () => H.self().webhookId,
    $self: () => H.self().data,
    $evaluateExpression: (i) => (text, index) => (typeof text === 'string' ? H.evaluate(`=${text}`, index ?? i) : undefined),
    $getPairedItem: () => (name, source, paired) => H.pairedFrom(name, source, paired),
    $fromAI: fromAI, $fromai: fromAI, $fromAi: fromAI,
    $if: only(choose),
    $ifEmpty: only(orElse),
    $min: only(min), min: only(min),
    $max: only(max), max: only(max),
    $average: only(average), average: only(average),
    $not: only(not), not: only(not),
    numberList: only(numberList),
    zip: only(zip),
    toPathSegment: only(toPathSegment),
    process: () => ({ arch: 'x64', env: {}, platform: 'linux', pid: 1, ppid: 0, release: {}, version: '', versions: {} }),
  };
  const DENIED = ['Function', 'eval', 'globalThis', 'global', 'require', 'module', 'exports', 'Buffer', 'document', 'fetch', 'setTimeout',
    'setInterval', 'clearTimeout', 'clearInterval', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'alert', 'prompt', 'confirm',
    'XMLHttpRequest', 'WebSocket', 'Reflect', 'Proxy', 'Promise', 'Generator', 'GeneratorFunction', 'AsyncFunction', 'AsyncGenerator',
    'AsyncGeneratorFunction', 'WebAssembly', 'self', 'Window', 'escape', 'unescape', 'uneval'];
  DENIED.forEach((name) => { vars[name] = empty; });
  // Not the function itself: that is no less a function where it is handed on without the frame.
  const another = (value) => (typeof value === 'function' ? { [value.name]: (...args) => value(...args) }[value.name] : value);
  const other = (i) => {
    const frame = {};
    const lazily = (name, get) => Object.defineProperty(frame, name, { get, enumerable: true, configurable: true });
    lazily('$json', () => H.json(i));
    for (const name of ['$', '$input', '$binary', '$node', '$parameter', '$rawParameter', '$position', '$prevNode', '$items', '$workflow', '$execution', '$vars', '$env', '$runIndex', '$itemIndex', '$now', '$today', '$jmespath']) {
      if (vars[name]) lazily(name, () => quietly(another(vars[name](i))));
    }
    return frame;
  };
  tools.vars = vars;
  tools.isEmpty = isEmpty;

  // Defence in depth: nothing may lead to the engine's compiler.
  const AsyncFunction = (async () => {}).constructor;
  const GeneratorFunction = (function* () {}).constructor;
  const AsyncGeneratorFunction = (async function* () {}).constructor;
  for (const f of [Function, AsyncFunction, GeneratorFunction, AsyncGeneratorFunction]) {
    Object.defineProperty(f.prototype, 'constructor', { value: undefined, writable: false, configurable: false });
  }
  // Messages of the engine in V8's wording, from the moment an error is made.
  const files = (site) => site.getFileName() ?? '';
  const reword = (error, sites) => {
    const message = error.message;
    if (typeof message !== 'string') return;
    const own = sites.find((site) => !files(site).startsWith('kv:') && site.getLineNumber() !== null && files(site) !== '');
    // A built-in function that was handed no function does not stand in the text.
    const here = own && own === sites[0];
    const words = H.v8(message, sites[0]?.getFunctionName() ?? '', here ? files(own) : '', here ? own.getLineNumber() ?? 0 : 0, here ? own.getColumnNumber() ?? 0 : 0);
    if (words === undefined || words === null) return;
    hidden(error, 'message', words);
    if (words.includes("can't be used on")) {
      Object.defineProperty(error, ERROR, { value: 'extension', configurable: true });
      hidden(error, 'description', `To ignore this error, add a ? to the variable before this function, e.g. my_var?.${words.split(' ')[0]}`);
    }
  };
  Error.prepareStackTrace = (error, sites) => {
    try { reword(error, sites); } catch { /* the message stays as it is */ }
    return `${error.name}: ${error.message}${seen(error, sites).map((site, i, all) => (files(site).startsWith('kv:') && !LIBRARIES[files(site)] ? '' : `\n${frame(site, i, all)}`)).join('')}`;
  };
  // Frames as V8 writes them: without parentheses where the function has no name. Parts of ours stand for libraries of n8n's.
  const LIBRARIES = { __proto__: null, 'kv:buffer': 'node:buffer' };
  for (const name of ['zone', 'duration', 'format', 'parse', 'datetime', 'interval']) LIBRARIES[`kv:${name}`] = 'luxon';
  const frame = (site, i, all) => {
    const name = site.getFunctionName() || (i + 1 < all.length && WITH_OBJECTS.includes(all[i + 1].getFunctionName()) ? 'Object.<anonymous>' : '');
    if (files(site) === '') return `    at ${name || '<anonymous>'} (<anonymous>)`;
    const place = `${LIBRARIES[files(site)] ?? files(site)}:${site.getLineNumber()}:${site.getColumnNumber()}`;
    return name ? `    at ${name} (${place})` : `    at ${place}`;
  };
  // These hand an object to the functions that they call, which gives those a name: timers too.
  const WITH_OBJECTS = ['due', 'parse', 'stringify'];
  // A class that extends Error does not stand in the stacks of its errors.
  const seen = (error, sites) => {
    const made = attempt(() => Object.getPrototypeOf(error).constructor);
    const shown = sites.slice(sites.findIndex((site) => site.getFunction() === made) + 1);
    // A built-in function behind a function in its place is seen once.
    const native = (site) => files(site) === '' && site.getFunctionName();
    return shown.filter((site, i) => i === 0 || !native(site) || native(site) !== native(shown[i - 1]));
  };
  // The line that n8n names: that of the first frame with a name, if it is one of the code's.
  tools.lineOf = (error) => {
    let bare;
    for (const shown of `${error.stack}`.split('\n')) {
      const at = /^ {4}at (.*?)\(?(code|node:buffer|luxon):(\d+):(\d+)\)?$/.exec(shown);
      if (!at) continue;
      const [, name, file, line, column] = at;
      if (name !== '' || H.isNamed(Number(line), Number(column))) return file === 'code' ? Number(line) : undefined;
      bare = [Number(line), Number(column)];
    }
    return bare && (H.awaited(...bare) ?? undefined);
  };
  tools.withheld = { Proxy, Reflect, queueMicrotask: G.queueMicrotask, escape: G.escape, unescape: G.unescape, WeakRef: G.WeakRef, FinalizationRegistry: G.FinalizationRegistry };
  for (const name of ['eval', 'Function', 'Proxy', 'Reflect', 'queueMicrotask', 'escape', 'unescape', 'performance', 'navigator', 'DOMException', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics']) delete G[name];
  for (const name of ['__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__', '__proto__']) delete Object.prototype[name];
  delete Error.prepareStackTrace;
  delete Error.stackTraceLimit;
  delete Error.captureStackTrace;
})
