// Requests of node code: their options as data that crosses to the host, and the item that each is sent for.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { n8n } = X;
  const { Buffer } = G;

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
  // Which item a request is sent for: the one whose parameters code has read before it. What holds for all items is read of the first one, by names that
  // are not read of the other. Where code reads the same of several, goes back to the first one, or sends while another is on its way, nobody knows.
  const itemsOf = () => {
    const fresh = new Map();
    const forAll = new Set();
    let [open, current, reached] = [0, undefined, 0];
    const begun = () => {
      const first = [...fresh.get(0) ?? []];
      const others = [...fresh.keys()].filter((item) => item !== 0);
      if (others.length > 1) return undefined;
      if (others.length === 0) return first.every((name) => forAll.has(name)) ? current : reached === 0 ? 0 : undefined;
      const [other] = others;
      if (first.some((name) => fresh.get(other).has(name))) return undefined;
      for (const name of first) forAll.add(name);
      return other;
    };
    return {
      read: (item, name) => {
        if (!fresh.has(item)) fresh.set(item, new Set());
        fresh.get(item).add(name);
        reached = Math.max(reached, item);
      },
      sends: () => {
        current = open > 0 ? undefined : begun();
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

  X.requests = { requests, itemsOf, crossed, optionsOf, marksOfOptions, bytesOf };
})
