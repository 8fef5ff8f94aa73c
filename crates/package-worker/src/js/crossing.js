// How values cross to the host and back: JSON, with bytes beside it, and with marks for what JSON cannot say. `request::helper::marks` lists them.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  X.nodeGlobals(G);
  const { Buffer } = G;
  const { parse, stringify } = JSON;
  let packing = null;
  let leaving = false;
  const keep = (bytes) => ({ $buffer: packing.push(bytes) - 1 });
  const toJSON = Uint8Array.prototype.toJSON;
  const bufferToJSON = Buffer.prototype.toJSON;
  X.hidden(Buffer.prototype, 'toJSON', function () { return packing ? keep(this) : bufferToJSON.call(this); });

  // Code that says of all objects or lists how they become JSON would say it of all that crosses. Its jobs end with that alone.
  const all = [Object.prototype, Array.prototype];
  const { getOwnPropertyDescriptor } = Object;
  const written = (value) => {
    for (let at = 0; at < 2; at++) if (getOwnPropertyDescriptor(all[at], 'toJSON') !== undefined) { X.spoilt(); X.fail('Nothing can be told'); }
    return stringify(value) ?? '';
  };

  // What a job gives is JSON alone, as n8n makes it of items: nobody takes anything in it for a mark.
  X.asJson = (value) => {
    const before = packing;
    packing = null;
    leaving = true;
    try {
      return written(value);
    } finally {
      packing = before;
      leaving = false;
    }
  };

  // Objects whose only key begins with `$` are marks. One of somebody's says that it is none.
  const { keys } = Object;
  const isAlike = (value) => { const names = keys(value); return names.length === 1 && names[0][0] === '$'; };
  X.plain = (object) => (isAlike(object) ? { $plain: object } : object);
  // JSON with all marks in it: `read` knows some of them.
  const opened = X.opened = (value, read = {}) => {
    if (typeof value !== 'object' || value === null) return value;
    let within = value;
    if (!Array.isArray(value) && isAlike(value)) {
      const name = keys(value)[0];
      if (Object.hasOwn(read, name)) return read[name](value[name]);
      if (name === '$plain') within = value.$plain;
    }
    for (const key of keys(within)) within[key] = opened(within[key], read);
    return within;
  };

  // Whether a value is on its way to the host.
  X.packing = () => packing !== null || leaving;

  // A text, and the bytes that it names.
  X.pack = (value) => {
    const before = packing;
    const buffers = packing = [];
    try {
      return [written(value), buffers];
    } finally {
      packing = before;
    }
  };
  const restored = (value, buffers) => {
    if (typeof value !== 'object' || value === null) return value;
    const at = value.$buffer;
    if (typeof at === 'number') return Buffer.from(buffers[at].buffer);
    for (const key of Object.keys(value)) value[key] = restored(value[key], buffers);
    return value;
  };
  X.unpack = (text, buffers) => {
    if (text === '') return undefined;
    const value = parse(text);
    return buffers.length ? restored(value, buffers) : value;
  };

  // An error of the host's is thrown as an error, with its other keys.
  X.errorOf = (told) => {
    const { message = '', ...rest } = typeof told === 'object' && told !== null ? told : { message: String(told) };
    const error = new Error(message);
    for (const [key, value] of Object.entries(rest)) {
      if (key === 'stack' || key === 'name') X.hidden(error, key, value);
      else error[key] = value;
    }
    return error;
  };

  // A question that JavaScript waits for.
  X.ask = (run, name, ...args) => {
    const [ok, text, buffers] = H.ask(run, name, ...X.pack(args));
    const value = X.unpack(text, buffers);
    if (ok) return value;
    throw X.errorOf(value);
  };

  // A question whose answer is a promise.
  const open = new Map();
  X.send = (run, name, ...args) => new Promise((resolve, reject) => {
    open.set(H.send(run, name, ...X.pack(args)), { run, resolve, reject });
  });
  X.settle = (call, ok, text, buffers) => {
    const waiting = open.get(call);
    if (!waiting) return;
    open.delete(call);
    const value = X.unpack(text, buffers);
    if (ok) waiting.resolve(value);
    else waiting.reject(X.errorOf(value));
  };
  X.openCalls = () => open.size;
  // Those of one job.
  const openOf = (run) => [...open].filter(([, call]) => call.run === run);
  X.waits = (run) => openOf(run).length > 0;
  X.forget = (run) => { for (const [call] of openOf(run)) open.delete(call); };
})
