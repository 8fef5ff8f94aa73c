// Streams of the web, as far as libraries use them: without byte streams of one's own buffers.
(function (H, G, X) {
  'use strict';
  const states = new WeakMap();
  const deferred = () => { const made = {}; made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject })); made.promise.catch(() => {}); return made; };

  class ReadableStreamDefaultController {
    #state;
    constructor(state) { this.#state = state; }
    get desiredSize() { return this.#state.error ? null : this.#state.most - this.#state.chunks.length; }
    get byobRequest() { return null; }
    enqueue(chunk) {
      if (this.#state.ended || this.#state.error) throw new TypeError('Invalid state: Controller is already closed');
      const waiting = this.#state.waiting.shift();
      if (waiting) waiting.resolve({ value: chunk, done: false }); else this.#state.chunks.push(chunk);
    }
    close() {
      if (this.#state.ended) throw new TypeError('Invalid state: Controller is already closed');
      this.#state.ended = true;
      finish(this.#state);
    }
    error(reason) { fail(this.#state, reason); }
  }
  const finish = (state) => {
    if (state.chunks.length) return;
    state.waiting.splice(0).forEach((one) => one.resolve({ value: undefined, done: true }));
    state.closed.resolve();
  };
  const fail = (state, reason) => {
    if (state.error || state.ended && !state.chunks.length) return;
    state.error = { reason };
    state.chunks.length = 0;
    state.waiting.splice(0).forEach((one) => one.reject(reason));
    state.closed.reject(reason);
  };
  const pull = async (state) => {
    if (state.pulling || state.ended || state.error || !state.source.pull) return;
    state.pulling = true;
    try {
      await state.started;
      while (!state.ended && !state.error && (state.waiting.length || state.chunks.length < state.most)) {
        const before = state.chunks.length + state.waiting.length;
        await state.source.pull(state.controller);
        if (state.chunks.length + state.waiting.length === before && !state.waiting.length) break;
      }
    } catch (error) { fail(state, error); }
    state.pulling = false;
  };
  const read = (state) => {
    if (state.error) return Promise.reject(state.error.reason);
    if (state.chunks.length) {
      const value = state.chunks.shift();
      if (state.ended) finish(state); else pull(state);
      return Promise.resolve({ value, done: false });
    }
    if (state.ended) return Promise.resolve({ value: undefined, done: true });
    const waiting = deferred();
    state.waiting.push(waiting);
    pull(state);
    return waiting.promise;
  };
  const cancel = async (state, reason) => {
    if (state.error) throw state.error.reason;
    if (state.ended && !state.chunks.length) return;
    state.chunks.length = 0;
    state.ended = true;
    finish(state);
    await state.source.cancel?.(reason);
  };
  class ReadableStreamDefaultReader {
    #stream;
    constructor(stream) {
      if (stream.locked) throw new TypeError('Invalid state: ReadableStream is locked');
      this.#stream = stream;
      states.get(stream).reader = this;
    }
    #state() {
      if (!this.#stream) throw new TypeError('Invalid state: The reader is not attached to a stream');
      return states.get(this.#stream);
    }
    get closed() { return this.#state().closed.promise; }
    async read() { return read(this.#state()); }
    async cancel(reason) { return cancel(this.#state(), reason); }
    releaseLock() { if (this.#stream) { states.get(this.#stream).reader = undefined; this.#stream = undefined; } }
  }
  class ReadableStream {
    constructor(source = {}, { highWaterMark = 1 } = {}) {
      const state = { source, chunks: [], waiting: [], ended: false, error: undefined, closed: deferred(), most: highWaterMark, reader: undefined };
      state.controller = new ReadableStreamDefaultController(state);
      states.set(this, state);
      state.started = Promise.resolve(source.start?.(state.controller)).then(() => { setTimeoutFree(() => pull(state)); }, (error) => fail(state, error));
    }
    static from(iterable) {
      const iterator = iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]();
      return new ReadableStream({
        async pull(controller) { const { value, done } = await iterator.next(); if (done) controller.close(); else controller.enqueue(await value); },
        async cancel(reason) { await iterator.return?.(reason); },
      }, { highWaterMark: 0 });
    }
    get locked() { return states.get(this).reader !== undefined; }
    getReader(options) {
      if (options?.mode === 'byob') throw X.refusal('stream/web', 'ReadableStreamBYOBReader');
      return new ReadableStreamDefaultReader(this);
    }
    async cancel(reason) {
      if (this.locked) throw new TypeError('Invalid state: ReadableStream is locked');
      return cancel(states.get(this), reason);
    }
    tee() {
      const reader = this.getReader();
      const branches = [];
      const next = async () => {
        const { value, done } = await reader.read();
        for (const branch of branches) { if (done) branch.close(); else branch.enqueue(value); }
      };
      const branch = () => new ReadableStream({ start(controller) { branches.push(controller); }, pull: next }, { highWaterMark: 0 });
      return [branch(), branch()];
    }
    async pipeTo(target, { preventClose, preventAbort, signal } = {}) {
      const [reader, writer] = [this.getReader(), target.getWriter()];
      try {
        for (;;) {
          signal?.throwIfAborted();
          const { value, done } = await reader.read();
          if (done) break;
          await writer.write(value);
        }
        if (!preventClose) await writer.close();
      } catch (error) {
        if (!preventAbort) await writer.abort(error);
        throw error;
      } finally { reader.releaseLock(); writer.releaseLock(); }
    }
    pipeThrough({ readable, writable }, options) {
      this.pipeTo(writable, options).catch(() => {});
      return readable;
    }
    async *values({ preventCancel } = {}) {
      const reader = this.getReader();
      let over = false;
      try {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) { over = true; return; }
          yield value;
        }
      } finally {
        if (!over && !preventCancel) await reader.cancel().catch(() => {});
        reader.releaseLock();
      }
    }
  }
  const setTimeoutFree = (f) => Promise.resolve().then(f);
  X.hidden(ReadableStream.prototype, Symbol.asyncIterator, ReadableStream.prototype.values);

  class WritableStreamDefaultWriter {
    #stream;
    constructor(stream) {
      if (stream.locked) throw new TypeError('Invalid state: WritableStream is locked');
      this.#stream = stream;
      states.get(stream).writer = this;
    }
    get #state() { return states.get(this.#stream); }
    get closed() { return this.#state.closed.promise; }
    get ready() { return this.#state.last.catch(() => {}); }
    get desiredSize() { return 1; }
    write(chunk) { return this.#state.do(() => this.#state.sink.write?.(chunk, this.#state.controller)); }
    close() {
      const state = this.#state;
      state.closing = true;
      return state.do(async () => { await state.sink.close?.(); state.closed.resolve(); });
    }
    async abort(reason) {
      this.#state.error ??= { reason };
      this.#state.closed.reject(reason);
      await this.#state.sink.abort?.(reason);
    }
    releaseLock() { if (this.#stream) { this.#state.writer = undefined; } }
  }
  class WritableStream {
    constructor(sink = {}) {
      const state = { sink, closed: deferred(), error: undefined, writer: undefined, closing: false };
      state.controller = { signal: undefined, error: (reason) => { state.error ??= { reason }; state.closed.reject(reason); } };
      state.last = Promise.resolve(sink.start?.(state.controller));
      state.do = (work) => {
        const done = state.last.then(() => { if (state.error) throw state.error.reason; return work(); });
        state.last = done.catch((reason) => { state.error ??= { reason }; state.closed.reject(reason); });
        return done;
      };
      states.set(this, state);
    }
    get locked() { return states.get(this).writer !== undefined; }
    getWriter() { return new WritableStreamDefaultWriter(this); }
    async close() { const writer = this.getWriter(); try { await writer.close(); } finally { writer.releaseLock(); } }
    async abort(reason) { const writer = this.getWriter(); try { await writer.abort(reason); } finally { writer.releaseLock(); } }
  }
  class TransformStream {
    constructor(transformer = {}) {
      let controller;
      this.readable = new ReadableStream({ start(made) { controller = made; } });
      const handed = { enqueue: (chunk) => controller.enqueue(chunk), error: (reason) => controller.error(reason), terminate: () => controller.close(), get desiredSize() { return controller.desiredSize; } };
      this.writable = new WritableStream({
        start: () => transformer.start?.(handed),
        write: (chunk) => (transformer.transform ? transformer.transform(chunk, handed) : handed.enqueue(chunk)),
        async close() { await transformer.flush?.(handed); if (!states.get(this_.readable).ended) controller.close(); },
        abort: (reason) => controller.error(reason),
      });
      const this_ = this;
    }
  }
  class TextDecoderStream extends TransformStream {
    constructor(label, options) {
      const decoder = new (X.part('text').TextDecoder)(label, options);
      super({
        transform(chunk, controller) { const text = decoder.decode(chunk, { stream: true }); if (text) controller.enqueue(text); },
        flush(controller) { const text = decoder.decode(); if (text) controller.enqueue(text); },
      });
      this.encoding = decoder.encoding;
    }
  }
  class TextEncoderStream extends TransformStream {
    constructor() { super({ transform(chunk, controller) { controller.enqueue(H.bytesOf(`${chunk}`, 'utf8')); } }); this.encoding = 'utf-8'; }
  }
  class CountQueuingStrategy { constructor({ highWaterMark }) { this.highWaterMark = highWaterMark; } get size() { return () => 1; } }
  class ByteLengthQueuingStrategy { constructor({ highWaterMark }) { this.highWaterMark = highWaterMark; } get size() { return (chunk) => chunk.byteLength; } }
  const readableOf = (bytes) => new ReadableStream({ start(controller) { if (bytes.length) controller.enqueue(bytes); controller.close(); } });
  return {
    ReadableStream, ReadableStreamDefaultReader, ReadableStreamDefaultController, WritableStream, WritableStreamDefaultWriter, TransformStream, TextDecoderStream, TextEncoderStream,
    CountQueuingStrategy, ByteLengthQueuingStrategy, readableOf,
  };
})
