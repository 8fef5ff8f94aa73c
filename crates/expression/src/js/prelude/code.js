// The surroundings of user code in a Code node.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const hidden = X.hidden;
  // They are there where the code mentions what makes or takes bytes.
  const to64 = (bytes) => X.bytes.to64(bytes);
  const bufferOf = (text) => X.bytes.Buffer.from(text, 'base64');
  Object.entries(X.withheld).forEach(([name, value]) => { if (value !== undefined) hidden(G, name, value); });
  hidden(G, 'global', G);

  // The names that the rewriting of expressions uses are not told.
  const untold = (holder, name, keep) => {
    const real = holder[name];
    hidden(holder, name, { [name]: (object) => (object === G ? keep(real(object)) : real(object)) }[name]);
  };
  const told = (names) => names.filter((name) => typeof name !== 'string' || !name.startsWith('__kv_'));
  untold(Object, 'getOwnPropertyNames', told);
  untold(Reflect, 'ownKeys', told);
  untold(Object, 'getOwnPropertyDescriptors', (all) => Object.fromEntries(told(Reflect.ownKeys(all)).map((key) => [key, all[key]])));

  const HELPERS = ['assertBinaryData', 'binaryToBuffer', 'binaryToString', 'constructExecutionMetaData', 'copyBinaryFile', 'copyInputItems',
    'createDeferredPromise', 'createReadStream', 'getBinaryDataBuffer', 'getBinaryMetadata', 'getBinaryPath', 'getBinaryStream', 'getSSHClient',
    'getStoragePath', 'httpRequest', 'httpRequestWithAuthentication', 'normalizeItems', 'prepareBinaryData', 'request',
    'requestWithAuthenticationPaginated', 'returnJsonArray', 'setBinaryDataBuffer', 'writeContentToFile'];

  // What crosses to the host is JSON; bytes cross as {"$buffer": base64}.
  // Taken before code of the user runs, which may put others in their place.
  const { stringify: toJson, parse: fromJson } = JSON;
  const isList = Array.isArray;
  // Counts what leaves, as it is held outside of the engine: one text may stand in a thousand places. `bigint`s are text there.
  const VALUE = 104;
  const counted = () => {
    let left = H.most;
    return (key, given) => {
      const text = typeof given === 'bigint' ? `${given}` : given;
      const list = isList(text);
      left -= VALUE + key.length + (typeof text === 'string' ? text.length : list ? 144 : 0);
      if (left < 0 || (list && left < text.length * VALUE)) X.fail('out of memory', 'memory');
      return text;
    };
  };
  const outward = (value) => {
    const count = counted();
    return toJson(value, function (key, given) {
      const raw = this[key];
      return raw instanceof Uint8Array ? { $buffer: count(key, to64(raw)) } : count(key, given);
    });
  };
  // What the code returns is JSON as it is.
  const data = (value) => toJson(value, counted());
  // Nesting that ends the engine's stack before the host sees how deep it is.
  const TOO_DEEP = 'cannot be passed on: lists and objects are nested too deep';
  const tooDeep = (error) => error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
  const outOfMemory = (error) => error instanceof Error && error[X.error] === 'memory' || error instanceof Error && error.name === 'InternalError' && /^(out of memory)?$/.test(error.message);
  const inward = (value) => {
    if (value === null || typeof value !== 'object') return value;
    if (typeof value.$buffer === 'string') return bufferOf(value.$buffer);
    for (const key of Object.keys(value)) {
      if (value[key] !== null && typeof value[key] === 'object') value[key] = inward(value[key]);
    }
    return value;
  };
  const errorOf = (value) => {
    if (value === null || typeof value !== 'object' || typeof value.message !== 'string') return value;
    const error = new Error(value.message);
    for (const [key, entry] of Object.entries(value)) Object.defineProperty(error, key, { value: entry, enumerable: true, writable: true, configurable: true });
    hidden(error, 'fromHost', true);
    return error;
  };
  const waiting = new Map();
  let lastId = 0;
  const call = (name, args) => new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    try {
      H.callHelper(id, name, outward(args));
    } catch (error) {
      waiting.delete(id);
      throw tooDeep(error) ? new Error(`The arguments of a helper ${TOO_DEEP}`) : error;
    }
  });
  const HOST = ['assertBinaryData', 'getBinaryDataBuffer', 'httpRequest', 'prepareBinaryData', 'request', 'setBinaryDataBuffer'];
  const helper = (name, node = 'Code Node') => {
    if (name === 'binaryToString') return async (bytes, encoding) => X.bytes.Buffer.from(bytes).toString(encoding);
    if (HOST.includes(name)) return (...args) => call(name, args);
    return () => { throw hidden(new Error(`The function "helpers.${name}" is not supported in the ${node}`), 'fromHost', true); };
  };
  hidden(G, 'helpers', Object.fromEntries(HELPERS.map((name) => [name, helper(name)])));

  // The content of files is left out.
  X.shown = (value) => X.handingOn({ has: () => true }, () => outward(value));

  // Items of other nodes are the same objects as long as the node runs: what the code writes into one is there for who reads it next, be it
  // the code for another item. They are kept by the output that they stand in.
  let outputs = new Map();
  const keptOutput = ([node, run, branch]) => {
    const key = `${run}/${branch}/${node}`;
    if (!outputs.has(key)) {
      const items = [];
      let all;
      const at = (index) => (all ? all[index] : (items[index] ??= H.outputItem(node, run, branch, index)));
      outputs.set(key, { at, all: () => (all ??= Array.from({ length: H.outputLength(node, run, branch) }, (_, index) => at(index))) });
    }
    return outputs.get(key);
  };
  const kept = (place) => (place ? keptOutput(place).at(place[3]) : undefined);
  const { ready } = H;
  Object.assign(H, {
    // The node itself can be asked for what it has before it has run: its context.
    ready: (name) => { if (!H.isHere(name)) ready(name); },
    nodeItem: (name, index) => kept(H.placeOfIndex(name, index)),
    match: (name, index, asked) => kept(H.placeOfMatch(name, index, asked)),
    items(name, branch, run, wired) {
      const place = H.placeOfOutput(name, branch, run, wired);
      return place && keptOutput(place).all();
    },
    edge(name, branch, run, which) {
      const place = H.placeOfOutput(name, branch, run, true);
      const length = place ? H.outputLength(...place) : 0;
      return length ? keptOutput(place).at(which < 0 ? length - 1 : 0) : undefined;
    },
  });

  // What expressions have besides the names that code has too.
  const EXTENSIONS = ['$if', '$ifEmpty', '$min', '$max', '$average', '$not'];

  // Items as user code sees them: plain objects, the same ones wherever they are asked for.
  const surroundings = (index) => {
    const each = index >= 0;
    const at = each ? index : 0;
    let all;
    let single;
    const items = () => {
      if (!all) {
        all = H.codeItems();
        if (single) all[at] = single;
      }
      return all;
    };
    const item = () => (all ? all[at] : each ? (single ??= H.codeItem(at)) : items()[0]);
    const input = {
      get item() { return item(); },
      first: () => items()[0],
      last: () => items().at(-1),
      all: () => items(),
      get params() { return H.inputParams(); },
      get context() { return H.context(H.previousName()); },
    };
    const names = {};
    for (const name of Object.keys(X.vars)) if (name.startsWith('$') && !name.startsWith('$__')) names[name] = () => X.vars[name](at);
    for (const name of [...EXTENSIONS, '$thisItem', '$fromAI', '$fromai', '$fromAi']) delete names[name];
    names.$input = () => input;
    names.$json = () => item()?.json;
    names.$binary = () => X.withoutContent(item()?.binary) ?? {};
    names.$getWorkflowStaticData = () => staticData;
    names.module = () => ({ exports: {} });
    names.$execution = () => ({ ...X.vars.$execution(at), customData: customData() });
    names.require = () => (name) => { throw hidden(new Error(`Module '${name}' is disallowed${lineHere()}`), 'fromHost', true); };
    if (each) names.item = item;
    else names.items = items;
    for (const name of ['DateTime', 'Duration', 'Interval']) if (X.vars[name]) names[name] = () => X.vars[name](at);
    return names;
  };
  // What Function (all items) and Function Item (one) have around their code: the names of expressions, and copies of what they work on.
  const older = (index) => {
    const each = index >= 0;
    const at = each ? index : 0;
    const names = {};
    for (const name of Object.keys(X.vars)) if (name.startsWith('$') && !name.startsWith('$__') && !EXTENSIONS.includes(name)) names[name] = () => X.vars[name](at);
    names.$json = () => H.json(at);
    names.$execution = () => ({ ...X.vars.$execution(at), customData: customData() });
    for (const name of ['DateTime', 'Duration', 'Interval']) if (X.vars[name]) names[name] = () => X.vars[name](at);
    names.getNodeParameter = () => parameterOf(at);
    names.getWorkflowStaticData = () => staticData;
    names.helpers = () => Object.fromEntries(HELPERS.map((name) => [name, helper(name, 'Function nodes')]));
    names.require = () => (name) => refuse(`Cannot find module '${name}'`);
    names.module = () => ({ exports: {} });
    names.process = () => X.vars.process(at);
    return Object.assign(names, each ? ofItem(at) : ofItems());
  };
  const ofItems = () => ({
    items: () => H.codeItems().map((item, index) => Object.assign(item, { index })),
    getBinaryDataAsync: () => async (item) => item?.binary,
    setBinaryDataAsync: () => async (item, data) => {
      const given = '(item: INodeExecutionData, data: IBinaryKeyData)';
      if (!item) refuse(`No item was provided to setBinaryDataAsync ${given}.`);
      if (!data) refuse(`No data was provided to setBinaryDataAsync ${given}.`);
      item.binary = data;
    },
  });
  const ofItem = (at) => {
    const item = H.codeItem(at);
    state.item = item;
    const setBinaryData = (data) => { item.binary = data; };
    return {
      item: () => item.json,
      getBinaryData: () => () => item.binary,
      getBinaryDataAsync: () => async () => item.binary,
      setBinaryData: () => setBinaryData,
      setBinaryDataAsync: () => async (data) => {
        if (!data) refuse('No data was provided to setBinaryDataAsync (data: IBinaryKeyData).');
        setBinaryData(data);
      },
    };
  };
  const parameterOf = (at) => (name, index, fallback) => {
    const value = String(name).split('.').reduce((held, key) => held?.[key], X.vars.$parameter(index ?? at)) ?? fallback;
    return value === undefined ? refuse(`Could not get parameter "${name}"`) : value;
  };
  const refuse = (message) => { throw hidden(new Error(message), 'fromHost', true); };
  const lineHere = () => { const line = X.lineOf(new Error()); return line ? ` [line ${line}]` : ''; };

  const statics = {};
  const staticData = (type) => {
    if (type !== 'global' && type !== 'node') throw new Error(`Unknown context type "${type}". Valid types are "global" and "node".`);
    return (statics[type] ??= inward(fromJson(H.staticText(type))));
  };

  // $execution.customData: texts that the execution tells of itself. Expressions see none of it.
  const customData = () => {
    const kept = () => (statics.execution ??= inward(fromJson(H.staticText('execution'))));
    const set = (key, value) => {
      if (typeof key !== 'string') refuse(`Custom data key must be text (key "${String(key)}")`);
      if (/[^A-Za-z0-9_]/.test(key)) refuse(`Custom data key can only contain letters, numbers, and underscores (key "${key}")`);
      if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) refuse(`Custom data value must be text, a number or true or false (key "${key}")`);
      const [all, name] = [kept(), key.slice(0, 50)];
      if (Object.hasOwn(all, name) || Object.keys(all).length < 10) all[name] = String(value).slice(0, 512);
    };
    return {
      set,
      setAll: (values) => { for (const [key, value] of Object.entries(values)) set(key, value); },
      get: (key) => (Object.hasOwn(kept(), key) ? kept()[key] : undefined),
      getAll: () => ({ ...kept() }),
    };
  };

  const state = { done: false };
  // Objects that runs for the items of this node run have returned, by number.
  let returned = new WeakMap();
  let lastReturned = 0;
  const isObject = (value) => value !== null && typeof value === 'object';
  const numberOf = (value) => {
    const object = isObject(value) && isObject(value.json) ? value.json : value;
    if (!isObject(object)) return undefined;
    if (!returned.has(object)) returned.set(object, ++lastReturned);
    return returned.get(object);
  };
  // The files of the items that the code returns are handed on by their keys, or in base64.
  const filesOf = (value) => {
    const items = isList(value) ? value : [value];
    // A list that is longer will not leave at all.
    if (items.length * VALUE > H.most) return [];
    const files = items.map((item) => item?.binary).filter(isObject);
    return files.flatMap((of) => Object.values(of)).filter(isObject);
  };
  const handedOn = (value) => {
    const files = new Set(filesOf(value));
    if (files.size === 0) return data(value);
    const count = counted();
    return X.handingOn(files, () => toJson(value, function (key, given) {
      const raw = this[key];
      return count(key, key === 'data' && raw instanceof Uint8Array && files.has(this) ? to64(raw) : given);
    }));
  };
  // `given`: the JSON of what the code sees besides.
  const namesAround = (index, isOlder, given) => {
    const names = (isOlder ? older : surroundings)(index);
    for (const [name, value] of Object.entries(fromJson(given))) names[name] = () => value;
    return names;
  };
  X.code = {
    names: (index, isOlder, given) => Object.keys(namesAround(index, isOlder, given)),
    start(f, index, isOlder, given) {
      Object.assign(state, { isOlder, item: undefined });
      const names = namesAround(index, isOlder, given);
      const values = Object.keys(names).map((name) => names[name]());
      state.done = false;
      if (index <= 0) {
        outputs = new Map();
        returned = new WeakMap();
      }
      for (const key of Object.keys(statics)) delete statics[key];
      f(...values).call(G).then(
        (value) => { Object.assign(state, { done: true, ok: true, value }); },
        (error) => { Object.assign(state, { done: true, ok: false, value: error }); },
      );
    },
    done: () => state.done,
    // [kind, JSON, the number of the object]
    result() {
      const { ok, value } = state;
      // What was returned is not kept beside its text.
      state.value = undefined;
      if (!ok) return [value === null ? 'null' : outOfMemory(value) ? 'memory' : 'error', X.thrown(value, state.isOlder)];
      if (value === undefined) return ['undefined', ''];
      if (typeof value === 'function') return ['function', ''];
      try {
        return ['json', handedOn(state.item ? { json: value, binary: state.item.binary } : value) ?? 'null', numberOf(value)];
      } catch (error) {
        const circular = error instanceof TypeError && error.message === 'Converting circular structure to JSON';
        const kind = circular ? 'circular' : error === null ? 'null' : outOfMemory(error) ? 'memory' : 'no data';
        return [kind, toJson({ message: tooDeep(error) ? `What the code returns ${TOO_DEEP}` : 'Unknown error', name: '' })];
      }
    },
    statics() {
      try {
        return data(statics);
      } catch (error) {
        if (error === null || outOfMemory(error)) throw error;
        throw new Error(`The static data ${tooDeep(error) ? TOO_DEEP : `cannot be passed on: ${error?.message}`}`);
      }
    },
    settle(id, ok, text) {
      const entry = waiting.get(id);
      waiting.delete(id);
      const value = inward(fromJson(text));
      if (ok) entry?.resolve(value);
      else entry?.reject(errorOf(value));
    },
    // Nothing of it is needed any more: no code runs here before all is as it was at first.
    leave() { outputs = returned = undefined; },
    due: () => (X.timers ? X.timers.due() : -1),
    waiting: () => waiting.size,
  };
  // What was thrown, as {message, name, line, description}.
  X.thrown = (error, whole) => {
    if (!(error instanceof Error)) {
      let message;
      try { message = data(error) ?? String(error); } catch { message = String(error); }
      const told = error !== null && typeof error === 'object' && typeof error.message === 'string';
      return toJson({ message: told ? error.message : message, name: '', bare: !told });
    }
    const text = (v) => (typeof v === 'string' ? v : undefined);
    // n8n adds class and line to errors of the code itself, not to those of the functions that it hands in. It keeps one line of a message.
    const own = error[X.error] !== undefined;
    const host = own || error.fromHost;
    const [firstLine] = (text(error.message) ?? '').split('\n');
    return toJson({ message: whole ? text(error.message) ?? '' : firstLine.trim(), name: own ? 'Error' : text(error.name) ?? 'Error', line: host ? undefined : X.lineOf(error), description: text(error.description) });
  };
})
