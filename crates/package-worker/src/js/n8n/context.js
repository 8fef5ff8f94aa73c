// What `this` is to a node's `execute`: methods that nodes use, each by what the host knows. Another one fails by its name.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { n8n } = X;
  const { Buffer } = G;
  const MISSING = 'missing';

  const isObject = (value) => typeof value === 'object' && value !== null;
  const copied = (value) => (isObject(value) ? JSON.parse(JSON.stringify(value)) : value);

  // A value of a parameter: what stands in the file for all items is here; the rest, and what is to be converted, is the host's. What holds no
  // expression it is asked for once.
  const parameter = (run, given) => {
    const open = new Set(given.open);
    const varies = (name) => name.startsWith('[') || open.has(name) || open.has(/^[^.[]*/.exec(name)[0]);
    const told = new Map();
    const ask = (name, item, options) => {
      if (varies(name)) return X.ask(run, 'parameter', { name, item, options });
      const key = options === undefined ? name : JSON.stringify([name, options]);
      if (!told.has(key)) told.set(key, X.ask(run, 'parameter', { name, item, options }));
      return told.get(key);
    };
    return (asked, item = 0, fallback, options) => {
      const name = String(asked);
      given.items?.read(item);
      if (options === undefined && Object.hasOwn(given.literals, name)) return copied(given.literals[name]);
      const { is, value } = ask(name, item, options);
      if (is !== MISSING) return revived(copied(value), given.timezone);
      if (fallback !== undefined) return fallback;
      // The error names its item.
      throw X.errorOf(X.ask(run, 'parameter', { name, item, options }).error);
    };
  };
  // The fields of a credential. Those that stay as they are for the whole run are asked for once.
  const credentials = (run) => {
    const same = new Map();
    return async (type, item = 0) => {
      if (same.has(type)) return copied(same.get(type));
      const { fields, stays } = await X.send(run, 'credentials', { type, item });
      if (stays) same.set(type, copied(fields));
      return fields;
    };
  };
  // What JSON cannot say comes with a mark.
  const revived = (value, zone) => X.opened(value, { $date: (text) => new Date(text), $dateTime: (text) => dateTime(text, zone), $number: Number });
  // A date is in the workflow's zone, unless an expression has put it into another: of that its offset is known. A package without Luxon is given its text.
  const dateTime = (text, zone) => {
    const { id } = X.ask(0, 'resolve', '', 'luxon');
    if (id === undefined) return text;
    const { DateTime } = X.load(id);
    const fixed = DateTime.fromISO(text, { setZone: true });
    const here = fixed.setZone(zone);
    return here.offset === fixed.offset ? here : fixed;
  };

  const readable = (value) => value !== null && typeof value === 'object' && typeof value.pipe === 'function' && typeof value.on === 'function';
  const gathered = async (stream) => {
    const parts = [];
    const take = (part) => { parts.push(typeof part === 'string' ? Buffer.from(part) : part); };
    if (typeof stream[Symbol.asyncIterator] === 'function') for await (const part of stream) take(part);
    // Streams of libraries that are older than iteration.
    else await new Promise((resolve, reject) => { stream.on('data', take); stream.on('end', resolve); stream.on('error', reject); stream.resume?.(); });
    return Buffer.concat(parts);
  };
  const bytesOf = async (value) => {
    if (readable(value) || typeof value?.[Symbol.asyncIterator] === 'function') return gathered(value);
    if (typeof value === 'string') return Buffer.from(value);
    if (value instanceof ArrayBuffer) return Buffer.from(value);
    if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return Buffer.from(value ?? []);
  };

  // Options of a request as data: streams and forms are read first, functions stay behind.
  const isForm = (value) => value !== null && typeof value === 'object' && typeof value.getHeaders === 'function' && typeof value.append === 'function';
  const formBytes = async (form) => {
    const headers = form.getHeaders();
    try { return { headers, body: form.getBuffer() }; } catch { return { headers, body: await gathered(form) }; }
  };
  // The web's own form, which libraries' forms are named like.
  const isWebForm = (value) => value[Symbol.toStringTag] === 'FormData' && value instanceof G.FormData;
  const webFormBytes = async (form) => {
    const written = new G.Response(form);
    return { headers: { 'Content-Type': written.headers.get('content-type') }, body: Buffer.from(await written.arrayBuffer()) };
  };
  // What is sent as text: JSON has no word for NaN.
  const TEXTS = new Set(['qs', 'form', 'formData', 'headers']);
  // Marks that the host put into options, while a function of a credential type has them: objects that stand for them.
  const marks = new WeakMap();
  const stands = (name) => (held) => { const object = {}; marks.set(object, { [name]: held }); return object; };
  const marksOfOptions = { $bytes: (text) => Buffer.from(text, 'base64'), $buffer: stands('$buffer'), $form: stands('$form'), $search: stands('$search') };
  // What must be sent as it is. Elsewhere a circle is left out, as functions are.
  const SENT = new Set(['body', 'json', 'qs', 'form', 'formData', 'headers']);
  // V8's error for a circle: where it begins, how it goes on, and what closes it.
  const circular = ([first, ...others], key) => {
    const named = (name) => (typeof name === 'number' ? `index ${name}` : `property '${name}'`);
    const made = ({ value }) => `object with constructor '${typeof value.constructor === 'function' ? value.constructor.name : 'Object'}'`;
    const lines = others.map((step) => `|     ${named(step.key)} -> ${made(step)}`);
    if (lines.length > 3) lines.splice(2, lines.length - 3, '|     ...');
    const all = ['Converting circular structure to JSON', `--> starting at ${made(first)}`, ...lines, `--- ${named(key)} closes the circle`];
    return new TypeError(all.join('\n    '));
  };
  // The host refuses what is nested deeper, so nothing below is looked at.
  const DEEPEST = 128;
  // `above`: the objects on the way to the value. What has to be read first is `put` into its place `later`.
  const crossable = (value, way, put, key = '', told = false) => {
    if (typeof value === 'function') return undefined;
    if (marks.has(value)) return marks.get(value);
    if (way.asText && typeof value === 'number' && !Number.isFinite(value)) return String(value);
    if (typeof value === 'bigint') return String(value);
    if (value === null || typeof value !== 'object') return value;
    if (Buffer.isBuffer(value)) return value;
    const reads = (read) => { way.later.push(async () => put(await read())); };
    if (isForm(value)) return reads(async () => ({ $form: await formBytes(value) }));
    if (isWebForm(value)) return reads(async () => ({ $form: await webFormBytes(value) }));
    if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (value instanceof ArrayBuffer) return Buffer.from(value);
    if (readable(value)) return reads(() => bytesOf(value));
    if (value instanceof G.URLSearchParams) return { $search: value.toString() };
    if (value instanceof G.URL) return value.toString();
    if (!told && typeof value.toJSON === 'function') return crossable(value.toJSON(String(key)), way, put, key, true);
    const at = way.above.findIndex((step) => step.value === value);
    if (at >= 0 && way.sent) throw circular(way.above.slice(at), key);
    if (at >= 0) return undefined;
    if (way.above.length > DEEPEST) return null;
    const top = way.above.length === 0;
    const copy = Array.isArray(value) ? [] : {};
    const entry = (name, one) => crossable(one, way, (made) => { copy[name] = made; }, name);
    way.above.push({ key, value });
    if (Array.isArray(value)) for (let index = 0; index < value.length; index++) copy.push(entry(index, value[index]) ?? null);
    else for (const [name, one] of Object.entries(value)) {
      if (top) Object.assign(way, { sent: SENT.has(name), asText: TEXTS.has(name) });
      copy[name] = one === undefined ? undefined : entry(name, one);
    }
    way.above.pop();
    return top || Array.isArray(copy) ? copy : X.plain(copy);
  };
  const crossed = async (value) => {
    const later = [];
    let copy = crossable(value, { above: [], later, sent: false, asText: false }, (made) => { copy = made; });
    for (const read of later) await read();
    return copy;
  };
  // Keys that are there without a value count: `"body" in options`.
  const optionsOf = async (options) => {
    const copy = await crossed(options);
    if (copy !== null && typeof copy === 'object') { delete copy.agent; delete copy.httpsAgent; delete copy.httpAgent; delete copy.abortSignal; }
    return copy;
  };
  // An answer without content is no value in the older family.
  const answered = (family, { value, streams }) => {
    if (family === 'request' && value === '') return undefined;
    if (value === null || typeof value !== 'object') return value;
    if (family === 'request' && value.body === '' && 'statusCode' in value) value.body = undefined;
    if (!streams) return value;
    const { Readable } = X.builtin('stream');
    if (Buffer.isBuffer(value)) return Readable.from([value]);
    value.body = Readable.from([value.body]);
    return value;
  };
  // Which item a request is sent for: the one whose parameters code has read before it. Where it reads those of several at once, or sends
  // while another is on its way, nobody knows.
  const itemsOf = () => {
    const fresh = new Set();
    let [open, current, reached] = [0, undefined, 0];
    return {
      read: (item) => { fresh.add(item); reached = Math.max(reached, item); },
      sends: () => {
        if (open > 0 || fresh.size > 1) current = undefined;
        else [current] = fresh.size === 1 ? fresh : [current];
        fresh.clear();
        open += 1;
        return { item: current, reached };
      },
      ended: () => { open -= 1; },
    };
  };
  const requests = (run, given, item) => {
    const send = (what) => async (...args) => {
      const { options, ...rest } = what(...args);
      const { items } = given;
      const known = item === undefined ? items?.sends() : { item };
      try {
        return answered(rest.family, await X.send(run, 'request', { ...known, ...rest, options: await optionsOf(options) }));
      } finally {
        if (item === undefined) items?.ended();
      }
    };
    const wrapped = (f) => async function (...args) {
      try {
        return await f(...args);
      } catch (error) {
        if (error.fatal || error instanceof n8n.NodeApiError || error.kv) throw error;
        throw new n8n.NodeApiError(given.node, error);
      }
    };
    const older = (first, second) => (typeof first === 'string' ? { ...second, uri: first } : first);
    return {
      httpRequest: send((options) => ({ family: 'httpRequest', options })),
      httpRequestWithAuthentication: wrapped(send((credential, options, extra) => ({ family: 'httpRequest', credential, options, extra: X.plainOf(extra) }))),
      request: send((first, second) => ({ family: 'request', options: older(first, second) })),
      requestWithAuthentication: wrapped(send((credential, options, extra, item) => ({ family: 'request', credential, options, extra: X.plainOf(extra), ...(item === undefined ? {} : { item }) }))),
      requestOAuth1: send((credential, options) => ({ family: 'request', credential, oauth: 1, options })),
      requestOAuth2: send((credential, options, oauth2) => ({ family: 'request', credential, oauth: 2, options, oauth2 })),
    };
  };

  // A file as node code sees it: n8n holds its content in memory, as `data`. Here the content comes when it is read.
  const KEY = Symbol('key');
  const fileObject = (run, { id, ...facts }) => {
    const file = { ...facts };
    const own = (value) => { Object.defineProperty(file, 'data', { value, writable: true, enumerable: true, configurable: true }); return value; };
    Object.defineProperty(file, 'data', {
      get: () => X.ask(run, 'readBinary', { id }).toString('base64'),
      set: (value) => { file[KEY] = undefined; own(value); },
      enumerable: true,
      configurable: true,
    });
    X.hidden(file, KEY, id);
    X.hidden(file, 'toJSON', () => (file[KEY] !== undefined && X.packing() ? { ...facts, ...changed(file), id: file[KEY] } : { ...file }));
    return file;
  };
  const changed = (file) => Object.fromEntries(Object.keys(file).filter((key) => key !== 'data').map((key) => [key, file[key]]));
  const withFiles = (run, item) => {
    for (const [name, file] of Object.entries(item?.binary ?? {})) if (file?.id !== undefined) item.binary[name] = fileObject(run, file);
    return item;
  };

  const fileOf = (given, node, item, name) => {
    const entry = given.inputs[0]?.[item];
    const file = typeof name === 'string' ? entry?.binary?.[name] : name;
    if (file) return file;
    const what = `a binary file '${name}', but none was found [item ${item}]`;
    throw new n8n.NodeOperationError(node, `This operation expects the node's input data to contain ${what}`, {
      itemIndex: item,
      description: 'Make sure that the previous node outputs a binary file',
    });
  };
  // The encoding of a text: by its mark, UTF-8 where it can be that, else that of western Windows.
  const MARKS = [['UTF-8', [0xef, 0xbb, 0xbf]], ['UTF-32LE', [0xff, 0xfe, 0, 0]], ['UTF-32BE', [0, 0, 0xfe, 0xff]], ['UTF-16LE', [0xff, 0xfe]], ['UTF-16BE', [0xfe, 0xff]]];
  const encodingOf = (bytes) => {
    const marked = MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte));
    if (marked) return marked[0];
    try {
      new G.TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return 'UTF-8';
    } catch {
      return bytes.some((byte) => byte >= 0x80 && byte < 0xa0) ? 'windows-1252' : 'ISO-8859-1';
    }
  };
  const files = (run, given) => {
    const content = async (file) => {
      const id = file[KEY] ?? file.id;
      if (id !== undefined) return X.send(run, 'readBinary', { id });
      return Buffer.from(file.data ?? '', 'base64');
    };
    return {
      assertBinaryData: (item, name) => fileOf(given, given.node, item, name),
      getBinaryDataBuffer: async (item, name) => content(fileOf(given, given.node, item, name)),
      getBinaryStream: async (id) => { const { Readable } = X.builtin('stream'); return Readable.from([await X.send(run, 'readBinary', { id })]); },
      getBinaryMetadata: async (id) => X.send(run, 'fileFacts', { id }),
      binaryToBuffer: async (body) => bytesOf(body),
      binaryToString: async (body, encoding) => (await bytesOf(body)).toString(encoding),
      prepareBinaryData: async (body, fileName, mimeType) => fileObject(run, await X.send(run, 'keepBinary', { content: await bytesOf(body), fileName, mimeType })),
      setBinaryDataBuffer: async (file, body) => fileObject(run, await X.send(run, 'setBinary', { file: { ...changed(file), data: '' }, content: await bytesOf(body) })),
      detectBinaryEncoding: encodingOf,
    };
  };

  const items = {
    returnJsonArray: (data) => [].concat(Array.isArray(data) ? data : [data]).map((entry) => (entry?.json ? { ...entry, json: entry.json } : { json: entry })),
    constructExecutionMetaData: (list, { itemData }) => list.map(({ json, ...rest }) => ({ json, pairedItem: itemData, ...rest })),
    normalizeItems: (data) => {
      const list = Array.isArray(data) ? data : [data];
      if (list.every((entry) => typeof entry === 'object' && entry !== null && 'json' in entry)) return list;
      if (list.every((entry) => typeof entry === 'object' && entry !== null && 'binary' in entry)) return list.map((entry) => ({ json: {}, ...entry }));
      return list.map((json) => ({ json }));
    },
    copyInputItems: (list, names) => list.map((item) => Object.fromEntries(names.map((name) => [name, item.json[name] === undefined ? null : copied(item.json[name])]))),
    createDeferredPromise: () => Promise.withResolvers(),
  };

  // Code of the user's, which n8n hands to its task runner.
  const startJob = (run) => async (kind, { code, nodeMode, additionalProperties }) => {
    try {
      if (kind !== 'javascript') throw new Error(`this.startJob does not run ${kind}`);
      const made = JSON.parse(await X.send(run, 'code', { code, mode: nodeMode, given: X.asJson(additionalProperties ?? {}) }));
      return { ok: true, result: Array.isArray(made) ? made.map((item) => withFiles(run, item)) : made };
    } catch (error) {
      return { ok: false, error };
    }
  };

  // What the execution tells of itself: texts.
  const customData = (all) => {
    const refuse = (message) => { throw new n8n.UserError(message); };
    const set = (key, value) => {
      if (typeof key !== 'string') refuse(`Custom data key must be text (key "${String(key)}")`);
      if (/[^A-Za-z0-9_]/.test(key)) refuse(`Custom data key can only contain letters, numbers, and underscores (key "${key}")`);
      if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) refuse(`Custom data value must be text, a number or true or false (key "${key}")`);
      const [data, name] = [all(), key.slice(0, 50)];
      if (Object.hasOwn(data, name) || Object.keys(data).length < 10) data[name] = String(value).slice(0, 512);
    };
    return {
      set,
      setAll: (values) => { for (const [key, value] of Object.entries(values)) set(key, value); },
      get: (key) => all()[key],
      getAll: () => ({ ...all() }),
    };
  };

  // A name that is not there fails when it is called, and says which.
  const guarded = (what, own) => new Proxy(own, {
    get: (target, key) => {
      if (key in target || typeof key === 'symbol' || key === 'then' || key === 'toJSON') return target[key];
      return () => { throw new Error(`${what}.${key} is not there outside of n8n`); };
    },
  });

  const ownContext = (run, given) => {
    const { node, workflow } = given;
    given.items = itemsOf();
    for (const list of given.inputs) list.forEach((item) => withFiles(run, item));
    const get = parameter(run, given);
    const statics = {};
    const kept = { statics };
    const onFail = node.onError === 'continueRegularOutput' || node.onError === 'continueErrorOutput' || node.continueOnFail === true;
    const abort = new G.AbortController();
    const context = {
      getNodeParameter: get,
      getInputData: (input = 0, type = 'main') => (type === 'main' ? given.inputs[input] ?? [] : []),
      getInputConnectionData: async () => { throw new n8n.NodeOperationError(node, 'Sub-nodes are not supported'); },
      getCredentials: credentials(run),
      getNode: () => copied(node),
      getWorkflow: () => copied(workflow),
      getMode: () => given.mode,
      getTimezone: () => given.timezone,
      getInstanceId: () => given.instanceId,
      getInstanceBaseUrl: () => given.instanceBaseUrl,
      getRestApiUrl: () => `${given.instanceBaseUrl}rest`,
      getExecutionId: () => given.executionId,
      getExecutionCancelSignal: () => abort.signal,
      onExecutionCancellation: (handler) => abort.signal.addEventListener('abort', () => handler(), { once: true }),
      getWorkflowStaticData: (kind) => (statics[kind] ??= X.ask(run, 'staticData', { kind }) ?? {}),
      getContext: (kind) => {
        if (kind !== 'node') throw new Error(`this.getContext("${kind}") is not there outside of n8n`);
        return (kept.context ??= X.ask(run, 'context') ?? {});
      },
      customData: customData(() => (statics.execution ??= X.ask(run, 'staticData', { kind: 'execution' }) ?? {})),
      getInputSourceData: (input = 0) => copied(given.sources[input]) ?? undefined,
      getWorkflowSettings: () => ({ timezone: given.timezone }),
      evaluateExpression: (text, item = 0) => revived(X.ask(run, 'expression', { text: String(text), item }).value, given.timezone),
      continueOnFail: () => onFail,
      startJob: startJob(run),
      // It links runs in n8n's editor, and shows in no item.
      setMetadata: () => {},
      addExecutionHints: (...hints) => { for (const hint of hints) X.ask(run, 'hint', { text: String(hint?.message ?? '') }); },
      sendMessageToUI: (...said) => { X.ask(run, 'log', { text: X.builtin('util').format(...said) }); },
      isStreaming: () => false,
      isToolExecution: () => false,
      putExecutionToWait: async () => { throw X.errorOf(X.ask(run, 'waits')); },
      getSignedResumeUrl: () => { throw X.errorOf(X.ask(run, 'waits')); },
      prepareOutputData: async (data) => [data],
      logger: n8n.LoggerProxy,
      helpers: guarded('this.helpers', { ...requests(run, given), ...files(run, given), ...items }),
      nodeHelpers: { copyBinaryFile: async () => { throw new Error('this.nodeHelpers is not there outside of n8n'); } },
    };
    X.kept.set(run, kept);
    cancels.set(run, () => abort.abort());
    return context;
  };
  const makeContext = (run, given) => guarded('this', ownContext(run, given));
  // What a job leaves for later ones: the data of the workflow and of the node, and the node's context in this execution.
  X.kept = new Map();
  const cancels = new Map();

  const made = new Map();
  const instance = (file, name) => {
    const key = `${file}#${name}`;
    if (!made.has(key)) {
      const exports = X.load(file);
      const Made = exports[name] ?? exports.default ?? Object.values(exports).find((value) => typeof value === 'function');
      if (typeof Made !== 'function') throw new Error(`${file} does not export ${name}`);
      made.set(key, new Made());
    }
    return made.get(key);
  };
  const nodeOf = ({ file, className, version }) => {
    const type = instance(file, className);
    return type.nodeVersions ? type.getNodeType(version) : type;
  };

  // What a credential type says of itself. That it signs requests by a function is known by an object without a rule.
  const credentialOf = (type) => (typeof type.authenticate === 'function' ? { ...type, authenticate: {} } : { ...type });

  // What is known of what a module exports, without running it the next time. Names are noted of objects that hold nothing hidden.
  const factOf = (exports) => {
    const kind = typeof exports;
    if (kind !== 'function' && (kind !== 'object' || exports === null)) return null;
    const esModule = exports.__esModule === true;
    const all = Reflect.ownKeys(exports).filter((key) => !(esModule && key === '__esModule'));
    const plain = kind === 'object' && Object.getPrototypeOf(exports) === Object.prototype && all.every((key) => typeof key === 'string' && Object.getOwnPropertyDescriptor(exports, key).enumerable);
    return { kind, esModule, keys: plain ? all : undefined };
  };
  // Whether an item tells an error is judged by its keys, and those count that have no value, which JSON does not say: such an item is none.
  const hasMore = (json) => isObject(json) && json.error !== undefined && Object.values(json).includes(undefined);
  const markedItems = (list) => (Array.isArray(list) ? list.map((item) => (isObject(item) && !item.error && hasMore(item.json) ? { ...item, error: false } : item)) : list);

  // The error of a request that nobody caught is told as nodes tell those that they catch.
  const told = (error, given) => {
    try {
      return isObject(error) && error.config !== undefined && !(error instanceof n8n.NodeError) ? new n8n.NodeApiError(given.node, error) : error;
    } catch {
      return error;
    }
  };

  // Functions that stand in a description are known by their place in it.
  const functionAt = (description, place) => {
    const found = place.reduce((value, key) => value?.[key], description);
    if (typeof found !== 'function') throw new Error(`The description has no function at ${place.join('.')}`);
    return found;
  };
  // What `this` is to such a function: the context of a node, for one item.
  const singleContext = (run, given, general, { item, input }) => {
    const one = withFiles(run, input);
    const ofItem = { ...given, inputs: [Object.assign([], { [item]: one })] };
    const { assertBinaryData, getBinaryDataBuffer, ...helpers } = files(run, ofItem);
    const own = {
      ...general,
      getNodeParameter: (name, fallback, options) => general.getNodeParameter(name, item, fallback, options),
      getInputData: () => one,
      getItemIndex: () => item,
      getCredentials: (type) => general.getCredentials(type, item),
      evaluateExpression: (text) => general.evaluateExpression(text, item),
      helpers: guarded('this.helpers', {
        ...requests(run, given, item),
        ...helpers,
        ...items,
        assertBinaryData: (name) => assertBinaryData(item, name),
        getBinaryDataBuffer: (name) => getBinaryDataBuffer(item, name),
      }),
    };
    return guarded('this', own);
  };
  const plainOptions = (options) => X.opened(options, marksOfOptions);
  const WORK = {
    async before(run, description, context, { places, options }) {
      let changed = plainOptions(options);
      for (const place of places) changed = await functionAt(description, place).call(context, changed);
      return { options: await optionsOf(changed) };
    },
    async after(run, description, context, { id, place, items: list, response, bytes }) {
      const opened = X.opened({ list, response });
      if (bytes) opened.response.body = await X.send(run, 'body', { id });
      if (bytes && opened.list.length === 1 && opened.list[0].json === null) opened.list[0].json = opened.response.body;
      const made = await functionAt(description, place).call(context, opened.list.map((item) => withFiles(run, item)), opened.response);
      return { items: X.asJson(made) };
    },
    async pages(run, description, context, { id, place, options }) {
      const own = Object.create(context, {
        makeRoutingRequest: { value: async (asked) => JSON.parse(await X.send(run, 'routing', { id, options: await optionsOf(asked.options ?? asked) })).map((item) => withFiles(run, item)) },
      });
      const made = await functionAt(description, place).call(own, { options: plainOptions(options) });
      return { items: X.asJson(made) };
    },
  };

  const JOBS = {
    async execute(run, given) {
      const type = nodeOf(given);
      const context = makeContext(run, given);
      if (typeof type.execute !== 'function') throw new Error('The node cannot be executed');
      let made;
      try {
        made = await (type instanceof n8n.Node ? type.execute(context) : type.execute.call(context));
      } catch (error) {
        throw told(error, given);
      }
      const outputs = Array.isArray(made) && given.node.onError === 'continueErrorOutput' ? made.map(markedItems) : made;
      return { outputs: outputs ?? null, ...X.kept.get(run) };
    },
    async begin(run, given) {
      const type = nodeOf(given);
      if (typeof type.execute === 'function') return JOBS.execute(run, given);
      let outputs;
      try {
        outputs = await X.begin(type, guarded('this', X.triggerContext(ownContext(run, given))));
      } catch (error) {
        throw told(error, given);
      }
      return { outputs: outputs ?? null, ...X.kept.get(run) };
    },
    async functions(run, given) {
      const { description } = nodeOf(given);
      const general = ownContext(run, given);
      const working = new Set();
      const done = async (order) => {
        try {
          const value = await WORK[order.do](run, description, singleContext(run, given, general, order), order);
          await X.send(run, 'did', { id: order.id, ...value });
        } catch (error) {
          await X.send(run, 'did', { id: order.id, thrown: X.asJson(X.thrown(told(error, given))) });
        }
      };
      for (let fresh = true; ; fresh = false) {
        const order = await X.send(run, 'order', { fresh });
        if (order === null) break;
        const work = done(order).finally(() => working.delete(work));
        working.add(work);
      }
      await Promise.all(working);
    },
    async authenticate(run, { file, className, fields, options }) {
      const made = await instance(file, className).authenticate(fields, X.opened(options, marksOfOptions));
      if (!Buffer.isBuffer(made?.body)) return crossed(made);
      return { ...await crossed({ ...made, body: undefined }), body: { $bytes: made.body.toString('base64') } };
    },
    async preAuthenticate(run, given) {
      const context = { helpers: guarded('this.helpers', requests(run, given)) };
      return instance(given.file, given.className).preAuthentication.call(context, given.fields);
    },
    async test(run, given) {
      const context = { helpers: guarded('this.helpers', requests(run, given)) };
      const name = given.method;
      return nodeOf(given).methods.credentialTest[name].call(context, given.credential);
    },
    async describe(run, { file, className, credential }) {
      const type = instance(file, className);
      if (credential) return [credentialOf(type)];
      return type.nodeVersions ? Object.values(type.nodeVersions).map((version) => version.description) : [type.description];
    },
    async facts(run, { modules }) {
      return modules.map((id) => {
        try {
          return factOf(X.load(id));
        } catch {
          return null;
        }
      });
    },
  };
  // Libraries that send by `http` or `fetch` do not say for which job. The host gives a session one job at a time, but for those of one credential
  // in one execution, which may all send to the same hosts: it is the one that began last.
  const atWork = new Set();
  X.wire = async ({ method, url, headers, body, redirect }) => {
    const run = [...atWork].at(-1);
    if (run === undefined) throw X.refusal('http', 'request');
    const follow = redirect === 'follow';
    return X.send(run, 'wire', { method, url, headers, follow, body: body && body.length ? Buffer.from(body) : undefined });
  };

  // The engine throws null where it has no memory for an error.
  const ranOut = (thrown) => {
    try {
      if (thrown !== null) return thrown?.name === 'InternalError' && thrown.message === 'out of memory';
    } catch {
      return false;
    }
    try { return !X.throwsNull(); } catch { return true; }
  };

  const toldOf = (thrown) => {
    if (ranOut(thrown)) return '{"broken": "memory"}';
    try { return X.asJson(X.thrown(thrown)); } catch { return '{"name": "Error", "message": "The node threw something that cannot be read"}'; }
  };

  // What jobs came to that have ended, until the host is told: requests that a job began and did not wait for are sent all the same, as in Node.js.
  const ended = new Map();
  // How long they may take, in milliseconds.
  const PATIENCE = 10000;
  const { setTimeout, clearTimeout } = X.timers.native;
  const over = (run) => {
    clearTimeout(ended.get(run)?.waking);
    for (const known of [ended, atWork, X.kept, cancels]) known.delete(run);
  };
  X.start = (run, job, text, buffers) => {
    atWork.add(run);
    // Nothing here asks for what code can have changed: no `then` of a promise, and no word of what it threw that fails again.
    (async () => {
      let told;
      let ok = false;
      try {
        told = X.asJson(await JOBS[job](run, X.unpack(text, buffers)));
        ok = true;
      } catch (thrown) {
        told = toldOf(thrown);
      }
      ended.set(run, { ok, told, until: H.elapsed() + PATIENCE });
    })();
  };
  // Who began a job does not wait for it any more.
  X.cancel = (run) => {
    const cancel = cancels.get(run);
    X.forget(run);
    over(run);
    cancel?.();
  };
  // Nothing goes on by itself now. Tells the host of jobs that have ended; gives back how many calls are open.
  X.rest = () => {
    for (const [run, job] of ended) {
      const waits = X.waits(run);
      if (waits && H.elapsed() < job.until) {
        job.waking ??= setTimeout(() => {}, PATIENCE);
        continue;
      }
      over(run);
      H.done(run, job.ok, waits || X.timers.count() > 0, job.told, []);
    }
    return X.openCalls();
  };
})
