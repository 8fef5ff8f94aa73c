// Modules of which little is left in a box.
(function (H, G, X) {
  'use strict';
  const { hidden } = X;
  const later = (make) => { let made; return () => (made ??= make()); };
  const performance = later(() => {
    const origin = H.now() - H.elapsed();
    const marks = [];
    const { EventTarget } = X.part('web/events');
    class Performance extends EventTarget {
      now() { return H.elapsed(); }
      get timeOrigin() { return origin; }
      mark(name, options = {}) { const entry = { name: `${name}`, entryType: 'mark', startTime: options.startTime ?? this.now(), duration: 0, detail: options.detail ?? null }; marks.push(entry); return entry; }
      measure(name, from, to) {
        const at = (mark, otherwise) => marks.findLast((one) => one.name === mark)?.startTime ?? otherwise;
        const startTime = at(typeof from === 'object' ? from?.start : from, 0);
        const entry = { name: `${name}`, entryType: 'measure', startTime, duration: at(typeof from === 'object' ? from?.end : to, this.now()) - startTime, detail: null };
        marks.push(entry);
        return entry;
      }
      getEntries() { return [...marks]; }
      getEntriesByName(name, type) { return marks.filter((one) => one.name === name && (!type || one.entryType === type)); }
      getEntriesByType(type) { return marks.filter((one) => one.entryType === type); }
      clearMarks(name) { for (let i = marks.length - 1; i >= 0; i--) if (name === undefined || marks[i].name === name) marks.splice(i, 1); }
      clearMeasures(name) { this.clearMarks(name); }
      eventLoopUtilization() { return { idle: 0, active: 0, utilization: 0 }; }
      timerify(f) { return f; }
      toJSON() { return { timeOrigin: origin, nodeTiming: {}, eventLoopUtilization: this.eventLoopUtilization() }; }
    }
    return new Performance();
  });
  const channels = later(() => {
    const known = new Map();
    class Channel {
      #subscribers = [];
      constructor(name) { this.name = name; }
      get hasSubscribers() { return this.#subscribers.length > 0; }
      subscribe(f) { this.#subscribers = [...this.#subscribers, f]; }
      unsubscribe(f) { const before = this.#subscribers.length; this.#subscribers = this.#subscribers.filter((one) => one !== f); return this.#subscribers.length < before; }
      publish(message) { for (const f of this.#subscribers) f(message, this.name); }
      bindStore() {}
      unbindStore() {}
      runStores(context, f, self, ...args) { this.publish(context); return Reflect.apply(f, self, args); }
    }
    const channel = (name) => { if (!known.has(name)) known.set(name, new Channel(name)); return known.get(name); };
    const tracingChannel = (name) => {
      const of = (event) => (typeof name === 'string' ? channel(`tracing:${name}:${event}`) : name[event]);
      const all = Object.fromEntries(['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((event) => [event, of(event)]));
      return {
        ...all, get hasSubscribers() { return Object.values(all).some((one) => one.hasSubscribers); }, subscribe() {}, unsubscribe() {},
        traceSync: (f, context, self, ...args) => Reflect.apply(f, self, args), tracePromise: async (f, context, self, ...args) => Reflect.apply(f, self, args),
        traceCallback: (f, position, context, self, ...args) => Reflect.apply(f, self, args),
      };
    };
    return { channel, Channel, tracingChannel, hasSubscribers: (name) => channel(name).hasSubscribers, subscribe: (name, f) => channel(name).subscribe(f), unsubscribe: (name, f) => channel(name).unsubscribe(f) };
  });
  const consoles = () => {
    const { format, formatWithOptions, inspect } = X.builtin('util');
    let indentation = '';
    const counts = new Map();
    const times = new Map();
    const say = (level, text) => H.log?.(level, text.toWellFormed().split('\n').map((line) => indentation + line).join('\n'));
    const line = (level) => (...args) => say(level, format(...args));
    const table = (data) => {
      if (data === null || typeof data !== 'object') return format(data);
      const rows = Object.entries(data);
      const columns = [...new Set(rows.flatMap(([, row]) => (row !== null && typeof row === 'object' ? Object.keys(row) : [])))];
      const plain = rows.some(([, row]) => row === null || typeof row !== 'object');
      const cells = [['(index)', ...columns, ...plain ? ['Values'] : []], ...rows.map(([key, row]) => {
        const object = row !== null && typeof row === 'object';
        return [key, ...columns.map((column) => (object && Object.hasOwn(row, column) ? inspect(row[column]) : '')), ...plain ? [object ? '' : inspect(row)] : []];
      })];
      const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)) + 2);
      const centered = (text, width) => { const left = Math.floor((width - text.length) / 2); return ' '.repeat(left) + text + ' '.repeat(width - text.length - left); };
      const rule = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
      const body = cells.map((row) => `│${row.map((text, i) => centered(text, widths[i])).join('│')}│`);
      return [rule('┌', '┬', '┐'), body[0], rule('├', '┼', '┤'), ...body.slice(1), rule('└', '┴', '┘')].join('\n');
    };
    const group = (...args) => { if (args.length) say('log', format(...args)); indentation += '  '; };
    const elapsed = (label) => `${label}: ${(H.elapsed() - times.get(label)).toFixed(3)}ms`;
    const methods = {
      log: line('log'), info: line('info'), warn: line('warn'), error: line('error'), debug: line('debug'),
      trace: (...args) => say('error', `Trace${args.length ? `: ${format(...args)}` : ''}`), dir: (value, options) => say('log', inspect(value, { customInspect: false, ...options })),
      dirxml: line('log'), table: (data) => say('log', table(data)), assert: (value, ...args) => { if (!value) say('warn', args.length ? typeof args[0] === 'string' ? format(`Assertion failed: ${args[0]}`, ...args.slice(1)) : format('Assertion failed:', ...args) : 'Assertion failed'); },
      count: (label = 'default') => { counts.set(`${label}`, (counts.get(`${label}`) ?? 0) + 1); say('log', `${label}: ${counts.get(`${label}`)}`); },
      countReset: (label = 'default') => { counts.delete(`${label}`); }, group, groupCollapsed: group, groupEnd: () => { indentation = indentation.slice(2); },
      time: (label = 'default') => { times.set(`${label}`, H.elapsed()); }, timeEnd: (label = 'default') => { if (times.has(`${label}`)) say('log', elapsed(`${label}`)); times.delete(`${label}`); },
      timeLog: (label = 'default', ...args) => { if (times.has(`${label}`)) say('log', [elapsed(`${label}`), ...args.length ? [format(...args)] : []].join(' ')); },
      clear() {}, profile() {}, profileEnd() {}, timeStamp() {},
    };
    // A console for streams of one's own.
    class Console {
      constructor(out, errors) {
        const { stdout, stderr = stdout } = out?.write ? { stdout: out, stderr: errors ?? out } : out;
        for (const name of Object.keys(methods)) this[name] = methods[name];
        for (const name of ['log', 'info', 'debug']) this[name] = (...args) => { stdout.write(`${formatWithOptions({}, ...args)}\n`); };
        for (const name of ['warn', 'error']) this[name] = (...args) => { stderr.write(`${formatWithOptions({}, ...args)}\n`); };
      }
    }
    return Object.assign(Object.create({}), methods, { Console });
  };
  const streamOfTerminal = (name) => ({ [name]: function () { throw X.refusal('tty', name); } }[name]);
  const signals = () => X.builtin('os').constants.signals;
  const fs = () => {
    const constants = { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, S_IFMT: 61440, S_IFREG: 32768, S_IFDIR: 16384, COPYFILE_EXCL: 1 };
    const files = ('access appendFile chmod chown copyFile cp link lchmod lchown lstat lutimes mkdir mkdtemp open opendir readFile readdir readlink realpath rename rm rmdir stat '
      + 'statfs symlink truncate unlink utimes writeFile').split(' ');
    const handles = 'close fchmod fchown fdatasync fstat fsync ftruncate futimes read readv write writev'.split(' ');
    const others = 'exists createReadStream createWriteStream openAsBlob watch watchFile unwatchFile Dir Dirent ReadStream Stats WriteStream'.split(' ');
    const names = [...[...files, ...handles].flatMap((name) => [name, `${name}Sync`]), ...others];
    return X.refused('fs', { constants, promises: X.refused('fs/promises', { constants }, [...files, 'watch']), existsSync: () => false }, names);
  };
  const refused = (module, names, has = {}) => () => X.refused(module, has, names.split(' '));
  const ipv4 = (text) => /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/.test(text);
  const ipv6 = (text) => { const [address, zone, ...rest] = `${text}`.split('%'); return rest.length === 0 && zone !== '' && /^[0-9a-f:.]+$/i.test(address) && H.urlParse(`http://[${address}]/`) !== undefined; };
  const isIP = (text) => (ipv4(`${text}`) ? 4 : ipv6(`${text}`) ? 6 : 0);
  const MODULES = {
    __proto__: null,
    perf_hooks: () => ({ performance: performance(), PerformanceObserver: class PerformanceObserver { observe() {} disconnect() {} static get supportedEntryTypes() { return []; } }, constants: {}, monitorEventLoopDelay: () => ({ enable() {}, disable() {}, mean: 0, max: 0, min: 0, percentile: () => 0 }) }),
    diagnostics_channel: channels,
    console: consoles,
    fs,
    child_process: refused('child_process', 'ChildProcess exec execFile execFileSync execSync fork spawn spawnSync'),
    dns: refused('dns', 'Resolver getServers lookup lookupService resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveNs resolveSrv resolveTxt reverse setServers'),
    net: () => X.refused('net', { isIP, isIPv4: (text) => isIP(text) === 4, isIPv6: (text) => isIP(text) === 6 }),
    tls: () => X.refused('tls', { DEFAULT_MIN_VERSION: 'TLSv1.2', DEFAULT_MAX_VERSION: 'TLSv1.3', rootCertificates: [], checkServerIdentity: () => undefined, getCiphers: () => [] }),
    http2: () => X.refused('http2', { constants: {
      HTTP2_HEADER_STATUS: ':status', HTTP2_HEADER_METHOD: ':method', HTTP2_HEADER_PATH: ':path', HTTP2_HEADER_AUTHORITY: ':authority', HTTP2_HEADER_SCHEME: ':scheme', NGHTTP2_CANCEL: 8, NGHTTP2_NO_ERROR: 0 } }),
    constants: () => ({ ...X.builtin('os').constants.errno, ...signals(), ...X.builtin('fs').constants }),
    module: () => {
      function Module(id = '', parent = undefined) { this.id = id; this.path = X.builtin('path').dirname(id); this.exports = {}; this.loaded = false; this.children = []; hidden(this, 'parent', parent); }
      const createRequire = (from) => {
        if (typeof X.createRequire !== 'function') throw X.refusal('module', 'createRequire');
        return X.createRequire(from);
      };
      const builtinModules = [...H.builtins];
      return Object.assign(Module, { Module, builtinModules, createRequire, isBuiltin: (name) => H.isBuiltin(`${name}`), _extensions: { __proto__: null }, _cache: { __proto__: null }, syncBuiltinESMExports() {}, findSourceMap: () => undefined, wrap: (text) => `(function (exports, require, module, __filename, __dirname) { ${text}\n});` });
    },
    tty: () => ({ isatty: () => false, ReadStream: streamOfTerminal('ReadStream'), WriteStream: streamOfTerminal('WriteStream') }),
    v8: () => X.refused('v8', { getHeapStatistics: () => ({ total_heap_size: 33554432, used_heap_size: 16777216, heap_size_limit: 134217728, total_available_size: 117440512 }), getHeapSpaceStatistics: () => [], setFlagsFromString() {}, cachedDataVersionTag: () => 0, startupSnapshot: { isBuildingSnapshot: () => false } }),
    worker_threads: () => X.refused('worker_threads', { isMainThread: true, parentPort: null, workerData: null, threadId: 0, resourceLimits: {}, markAsUncloneable() {}, markAsUntransferable() {}, MessageChannel: X.part('web/clone').MessageChannel, MessagePort: X.part('web/clone').MessagePort }),
    cluster: () => X.refused('cluster', { isMaster: true, isPrimary: true, isWorker: false, workers: {}, settings: {} }),
    trace_events: () => ({ createTracing: () => ({ enable() {}, disable() {}, enabled: false, categories: '' }), getEnabledCategories: () => undefined }),
    domain: () => X.refused('domain', { active: null }),
  };
  return (name) => MODULES[name]?.();
})
