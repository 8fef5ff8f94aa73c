// `process`: a process that has nothing and can do nothing.
(function (H, G, X) {
  'use strict';
  const EventEmitter = X.builtin('events');
  const { hidden } = X;
  const { wrongType } = X.bytesOfNode();
  const VERSION = '20.20.2';
  const process = Object.create(Object.create(EventEmitter.prototype, { constructor: { value: { process: function () {} }.process, configurable: true, writable: true } }));
  EventEmitter.call(process);
  hidden(process, Symbol.toStringTag, 'process');
  const started = H.now();
  const nanoseconds = () => BigInt(Math.round(H.elapsed() * 1e6));
  const hrtime = (before) => {
    const now = nanoseconds();
    let [seconds, rest] = [Number(now / 1000000000n), Number(now % 1000000000n)];
    if (before !== undefined) {
      seconds -= before[0];
      rest -= before[1];
      if (rest < 0) { seconds--; rest += 1e9; }
    }
    return [seconds, rest];
  };
  hrtime.bigint = nanoseconds;
  const memory = { rss: 67108864, heapTotal: 33554432, heapUsed: 16777216, external: 1048576, arrayBuffers: 262144 };
  const memoryUsage = () => ({ ...memory });
  memoryUsage.rss = () => memory.rss;
  const output = (fd) => {
    const writable = new (X.builtin('stream').Writable)({ write(chunk, encoding, done) { done(); } });
    return Object.assign(writable, { fd, isTTY: false, columns: 80 });
  };
  const later = (name, make) => Object.defineProperty(process, name, {
    configurable: true, enumerable: true, get() { const value = make(); Object.defineProperty(process, name, { value, writable: true, configurable: true, enumerable: true }); return value; },
    set(value) { Object.defineProperty(process, name, { value, writable: true, configurable: true, enumerable: true }); },
  });
  Object.assign(process, {
    version: `v${VERSION}`,
    versions: { node: VERSION, v8: '11.3.244.8-node.30', uv: '1.46.0', zlib: '1.3.0.1', modules: '115', openssl: '3.0.17' },
    arch: 'x64', platform: 'linux', release: { name: 'node', lts: 'Iron' }, argv: ['/usr/local/bin/node', '/index.js'], argv0: 'node', execArgv: [], execPath: '/usr/local/bin/node',
    env: {}, title: 'node', pid: 1, ppid: 0, exitCode: undefined, features: { inspector: false, debug: false, uv: true, ipv6: true, tls: true }, config: { target_defaults: {}, variables: {} },
    cwd: () => '/', umask: () => 18, uptime: () => Math.max(0, H.now() - started) / 1000, hrtime, memoryUsage,
    cpuUsage: () => ({ user: Math.round(H.elapsed() * 1000), system: 0 }), resourceUsage: () => ({ userCPUTime: 0, systemCPUTime: 0, maxRSS: 65536 }),
    getuid: () => 1000, geteuid: () => 1000, getgid: () => 1000, getegid: () => 1000, getgroups: () => [1000],
    nextTick(f, ...args) {
      if (typeof f !== 'function') throw wrongType('callback', 'of type function', f);
      X.builtin('timers').queueMicrotask(args.length ? () => f(...args) : () => f());
    },
    emitWarning(warning, type, code) {
      const name = typeof type === 'object' && type !== null ? type.type : type;
      const error = warning instanceof Error ? warning : Object.assign(new Error(`${warning}`), { name: name || 'Warning' });
      if (typeof code === 'string') error.code = code;
      process.emit('warning', error);
    },
    getBuiltinModule: (name) => X.builtin(name), hasUncaughtExceptionCaptureCallback: () => false, setUncaughtExceptionCaptureCallback() {},
    setSourceMapsEnabled() {}, ...X.refusedMembers('process', ['exit', 'abort', 'kill', 'chdir', 'dlopen', 'binding', 'reallyExit', 'setuid', 'setgid', '_linkedBinding']),
  });
  later('stdout', () => output(1));
  later('stderr', () => output(2));
  later('stdin', () => new (X.builtin('stream').Readable)({ read() { this.push(null); } }));
  return process;
})
