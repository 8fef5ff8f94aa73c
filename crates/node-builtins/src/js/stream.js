// `stream`: `readable-stream`, which is Node.js's own, as a library.
(function (H, G, X) {
  'use strict';
  const modules = new Map();
  const web = X.part('web/events');
  const OUTSIDE = {
    __proto__: null, buffer: () => X.builtin('buffer'), events: () => X.builtin('events'), 'string_decoder/': () => X.builtin('string_decoder'),
    '../shims/process': () => X.builtin('process'), 'abort-controller': () => web,
  };
  const load = (path) => {
    if (modules.has(path)) return modules.get(path).exports;
    const start = H.streamFile(path);
    if (!start) return undefined;
    const module = { exports: {} };
    modules.set(path, module);
    const folder = path.split('/').slice(0, -1);
    start(module.exports, (name) => {
      if (OUTSIDE[name]) return OUTSIDE[name]();
      const place = [...folder];
      for (const piece of name.split('/')) { if (piece === '..') place.pop(); else if (piece !== '.') place.push(piece); }
      return load(`${place.join('/').replace(/\.js$/, '')}.js`) ?? load(`${place.join('/')}/index.js`);
    }, module);
    return module.exports;
  };
  const stream = load('stream.js');
  const { Readable, Writable, Duplex } = stream;
  const wholeWeb = () => X.part('stream/web');
  Readable.fromWeb = (source, options) => Readable.from(source, { objectMode: false, ...options });
  Readable.toWeb = (source) => wholeWeb().ReadableStream.from(source);
  Writable.toWeb = (target) => new (wholeWeb().WritableStream)({
    write: (chunk) => new Promise((resolve, reject) => { target.write(chunk, (error) => (error ? reject(error) : resolve())); }),
    close: () => new Promise((resolve) => { target.end(resolve); }), abort: (reason) => { target.destroy(reason); },
  });
  Writable.fromWeb = (target, options) => {
    const writer = target.getWriter();
    return new Writable({ ...options, write(chunk, encoding, done) { writer.write(chunk).then(() => done(), done); }, final(done) { writer.close().then(() => done(), done); } });
  };
  Duplex.toWeb = (duplex) => ({ readable: Readable.toWeb(duplex), writable: Writable.toWeb(duplex) });
  return stream;
})
