// What `this` is to a node's `execute`: methods that nodes use, each by what the host knows. Another one fails by its name.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { n8n } = X;
  const { Buffer } = G;
  const { requests, itemsOf, crossed, optionsOf, marksOfOptions, bytesOf } = X.requests;
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
      given.items?.read(item, name);
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
  const dateTime = X.dateTime = (text, zone) => {
    const { id } = X.ask(0, 'resolve', '', 'luxon');
    if (id === undefined) return text;
    const { DateTime } = X.load(id);
    const fixed = DateTime.fromISO(text, { setZone: true });
    const here = fixed.setZone(zone);
    return here.offset === fixed.offset ? here : fixed;
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
      get: (key) => (Object.hasOwn(all(), key) ? all()[key] : undefined),
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
      getNodeInputs: () => given.inputs.map(() => ({ type: 'main' })),
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
      sendMessageToUI: (...said) => { X.ask(run, 'aside', { text: X.builtin('util').format(...said) }); },
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
  const LIES = Symbol('lies');
  const lie = (message) => Object.assign(new Error(message), { [LIES]: true });
  // Calls the one at a place. What it gives has to be what n8n takes from it, in words and as a test.
  const call = async (description, order, place, [words, fits], context, ...given) => {
    order.at = place.join('.');
    const found = place.reduce((value, key) => value?.[key], description);
    if (typeof found !== 'function') throw lie(`The description has no function at ${order.at}`);
    const made = await found.call(context, ...given);
    if (!fits(made)) throw lie(`The function at ${order.at} gives ${X.n8n.getValueDescription(made)}, and not ${words}`);
    return made;
  };
  const OPTIONS = ['the options of a request', (made) => isObject(made) && !Array.isArray(made)];
  const ITEMS = ['a list of items', (made) => Array.isArray(made) && made.every((item) => isObject(item) && !Array.isArray(item))];
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
    async before(run, description, context, order) {
      let changed = plainOptions(order.options);
      for (const place of order.places) changed = await call(description, order, place, OPTIONS, context, changed);
      return { options: await optionsOf(changed) };
    },
    async after(run, description, context, order) {
      const { id, place, items: list, response, bytes } = order;
      const opened = X.opened({ list, response });
      if (bytes) opened.response.body = await X.send(run, 'body', { id });
      if (bytes && opened.list.length === 1 && opened.list[0].json === null) opened.list[0].json = opened.response.body;
      const made = await call(description, order, place, ITEMS, context, opened.list.map((item) => withFiles(run, item)), opened.response);
      return { items: X.asJson(made) };
    },
    async pages(run, description, context, order) {
      const { id, place, options } = order;
      let ran = X.timers.ran();
      const own = Object.create(context, {
        makeRoutingRequest: { value: async (asked) => {
          const wanted = asked?.options ?? asked;
          if (!OPTIONS[1](wanted)) throw lie(`The function at ${order.at} asks for a page with ${X.n8n.getValueDescription(wanted)}, and not with ${OPTIONS[0]}`);
          const paused = ran !== (ran = X.timers.ran());
          return JSON.parse(await X.send(run, 'routing', { id, paused, options: await optionsOf(wanted) })).map((item) => withFiles(run, item));
        } },
      });
      const made = await call(description, order, place, ITEMS, own, { options: plainOptions(options) });
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
      const working = new Map();
      const did = (order, what) => (working.delete(order) ? X.send(run, 'did', { id: order.id, ...what }) : undefined);
      const work = async (order) => {
        try {
          const value = await WORK[order.do](run, description, singleContext(run, given, general, order), order);
          await did(order, value);
        } catch (error) {
          await did(order, { thrown: toldOf(told(error, given)) });
        }
      };
      // Where nothing but the next order can come, the host knows whether one does: what is still at work may wait for that of another item.
      let [begun, idle] = [0, 0];
      listening.set(run, () => {
        if (idle === begun) return;
        idle = begun;
        H.send(run, 'idle', ...X.pack([{ given: begun }]));
      });
      const stuck = () => {
        for (const order of working.keys()) did(order, { thrown: toldOf(lie(`The function at ${order.at} waits for something that never comes`)) });
      };
      for (let fresh = true; ; fresh = false) {
        const order = await X.send(run, 'order', { fresh });
        if (order === null) break;
        begun += 1;
        if (order.do === 'end') stuck();
        else working.set(order, work(order));
      }
      listening.delete(run);
      await Promise.all(working.values());
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
  X.spoilt = () => { for (const run of atWork) H.done(run, false, true, '{"broken": "json"}', []); };
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
    if (isObject(thrown) && Object.hasOwn(thrown, LIES)) return X.asJson({ broken: 'description', message: thrown.message });
    try { return X.asJson(X.thrown(thrown)); } catch { return '{"name": "Error", "message": "The node threw something that cannot be read"}'; }
  };

  // What jobs came to that have ended, until the host is told: requests that a job began and did not wait for are sent all the same, as in Node.js.
  const ended = new Map();
  // Jobs that wait for orders, and what tells the host that nothing else can come to them.
  const listening = new Map();
  // How long they may take, in milliseconds.
  const PATIENCE = 10000;
  const { setTimeout, clearTimeout } = X.timers.native;
  const over = (run) => {
    clearTimeout(ended.get(run)?.waking);
    for (const known of [ended, listening, atWork, X.kept, cancels]) known.delete(run);
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
    if (X.openCalls() === listening.size && X.timers.count() === 0) for (const rests of listening.values()) rests();
    return X.openCalls();
  };
})
