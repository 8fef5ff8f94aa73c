// How values cross to the host and back: JSON, with bytes beside it (`{"$buffer": N}`).
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  X.nodeGlobals(G);
  const { Buffer } = G;
  const { parse, stringify } = JSON;
  let packing = null;
  const keep = (bytes) => ({ $buffer: packing.push(bytes) - 1 });
  const toJSON = Uint8Array.prototype.toJSON;
  const bufferToJSON = Buffer.prototype.toJSON;
  X.hidden(Buffer.prototype, 'toJSON', function () { return packing ? keep(this) : bufferToJSON.call(this); });

  // Whether a value is on its way to the host.
  X.packing = () => packing !== null;

  // A text, and the bytes that it names.
  X.pack = (value) => {
    const before = packing;
    const buffers = packing = [];
    try {
      return [stringify(value) ?? '', buffers];
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
    open.set(H.send(run, name, ...X.pack(args)), { resolve, reject });
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
})
