// `url`: URLs as the WHATWG has them, parsed by the host.
(function (H, G, X) {
  'use strict';
  const { hidden } = X;
  const { coded, wrongType } = X.bytesOfNode();
  const custom = Symbol.for('nodejs.util.inspect.custom');
  const wellFormed = (value) => `${value}`.toWellFormed();

  // Sorts and writes pairs as forms do.
  const decode = (text) => X.part('querystring').unescape(text.replace(/\+/g, ' ')).toWellFormed();
  const parsePairs = (text) => text.split('&').filter((piece) => piece !== '').map((piece) => {
    const at = piece.indexOf('=');
    return at < 0 ? [decode(piece), ''] : [decode(piece.slice(0, at)), decode(piece.slice(at + 1))];
  });
  const encode = (text) => encodeURIComponent(text).replace(/%20/g, '+').replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const lists = new WeakMap();
  const owners = new WeakMap();
  const pairsOf = (params) => {
    const found = lists.get(params);
    if (!found) throw coded(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type URLSearchParams');
    return found;
  };
  const changed = (params) => owners.get(params)?.(params.toString());
  const missing = (...names) => coded(TypeError, 'ERR_MISSING_ARGS', `The ${names.map((name) => `"${name}"`).join(' and ')} argument${names.length > 1 ? 's' : ''} must be specified`);
  class URLSearchParams {
    constructor(init) {
      const pairs = [];
      lists.set(this, pairs);
      if (init === undefined || init === null) return;
      if (typeof init === 'object' || typeof init === 'function') {
        const iterate = init[Symbol.iterator];
        if (iterate === undefined || iterate === null) {
          for (const key of Reflect.ownKeys(init)) {
            if (!Object.prototype.propertyIsEnumerable.call(init, key)) continue;
            const [name, value] = [wellFormed(key), wellFormed(init[key])];
            const at = pairs.findIndex((pair) => pair[0] === name);
            if (at >= 0) pairs[at][1] = value; else pairs.push([name, value]);
          }
          return;
        }
        if (typeof iterate !== 'function') throw coded(TypeError, 'ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
        for (const pair of init) {
          if (pair === null || typeof pair !== 'object' || typeof pair[Symbol.iterator] !== 'function') throw coded(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
          const both = [...pair];
          if (both.length !== 2) throw coded(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
          pairs.push(both.map(wellFormed));
        }
        return;
      }
      pairs.push(...parsePairs(wellFormed(init).replace(/^\?/, '')));
    }
    get size() { return pairsOf(this).length; }
    append(name, value) {
      if (arguments.length < 2) throw missing('name', 'value');
      pairsOf(this).push([wellFormed(name), wellFormed(value)]);
      changed(this);
    }
    delete(name, value) {
      if (arguments.length < 1) throw missing('name');
      const pairs = pairsOf(this);
      const kept = pairs.filter((pair) => pair[0] !== wellFormed(name) || value !== undefined && pair[1] !== wellFormed(value));
      pairs.splice(0, pairs.length, ...kept);
      changed(this);
    }
    get(name) {
      if (arguments.length < 1) throw missing('name');
      return pairsOf(this).find((pair) => pair[0] === wellFormed(name))?.[1] ?? null;
    }
    getAll(name) { return pairsOf(this).filter((pair) => pair[0] === wellFormed(name)).map((pair) => pair[1]); }
    has(name, value) { return pairsOf(this).some((pair) => pair[0] === wellFormed(name) && (value === undefined || pair[1] === wellFormed(value))); }
    set(name, value) {
      if (arguments.length < 2) throw missing('name', 'value');
      const pairs = pairsOf(this);
      const at = pairs.findIndex((pair) => pair[0] === wellFormed(name));
      if (at < 0) pairs.push([wellFormed(name), wellFormed(value)]);
      else {
        const kept = pairs.filter((pair, i) => i <= at || pair[0] !== wellFormed(name));
        kept[at][1] = wellFormed(value);
        pairs.splice(0, pairs.length, ...kept);
      }
      changed(this);
    }
    sort() {
      pairsOf(this).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
      changed(this);
    }
    forEach(each, self) {
      if (typeof each !== 'function') throw wrongType('callback', 'of type function', each);
      for (const [name, value] of pairsOf(this)) each.call(self, value, name, this);
    }
    *entries() { for (const [name, value] of pairsOf(this)) yield [name, value]; }
    *keys() { for (const [name] of pairsOf(this)) yield name; }
    *values() { for (const [, value] of pairsOf(this)) yield value; }
    toString() { return pairsOf(this).map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&'); }
    [custom](depth, options, inspect) {
      const shown = pairsOf(this).map(([name, value]) => `${inspect(name, options)} => ${inspect(value, options)}`);
      return shown.length ? `URLSearchParams { ${shown.join(', ')} }` : 'URLSearchParams {}';
    }
  }
  hidden(URLSearchParams.prototype, Symbol.iterator, URLSearchParams.prototype.entries);
  hidden(URLSearchParams.prototype, Symbol.toStringTag, 'URLSearchParams');

  const PARTS = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];
  const invalid = (input, base) => {
    const error = coded(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
    error.input = input;
    if (base !== undefined) error.base = base;
    return error;
  };
  class URL {
    #parts; #params;
    constructor(input, base = undefined) {
      if (arguments.length === 0) throw missing('url');
      const [text, against] = [wellFormed(input), base === undefined ? undefined : wellFormed(base)];
      this.#parts = H.urlParse(text, against);
      if (!this.#parts) throw invalid(text, against);
    }
    static canParse(input, base = undefined) { return H.urlParse(wellFormed(input), base === undefined ? undefined : wellFormed(base)) !== undefined; }
    static parse(input, base = undefined) { return URL.canParse(input, base) ? new URL(input, base) : null; }
    static createObjectURL() { throw X.refusal('URL', 'createObjectURL'); }
    static revokeObjectURL() {}
    static #part(url, index) { return url.#parts[index]; }
    static #set(url, name, value) {
      const made = H.urlSet(url.#parts[0], name, wellFormed(value));
      if (!made) { if (name === 'href') throw invalid(wellFormed(value)); return; }
      url.#parts = made;
      if (url.#params && (name === 'search' || name === 'href')) {
        const pairs = pairsOf(url.#params);
        pairs.splice(0, pairs.length, ...parsePairs(made[9].slice(1)));
      }
    }
    static {
      PARTS.forEach((name, i) => {
        const set = name === 'origin' ? undefined : function (value) { URL.#set(this, name, value); };
        Object.defineProperty(URL.prototype, name, { get() { return URL.#part(this, i); }, set, enumerable: true, configurable: true });
      });
    }
    get searchParams() {
      if (!this.#params) {
        this.#params = new URLSearchParams(this.search);
        owners.set(this.#params, (text) => { this.#parts = H.urlSet(this.#parts[0], 'search', text); });
      }
      return this.#params;
    }
    toString() { return this.href; }
    toJSON() { return this.href; }
    [custom](depth, options, inspect) {
      const shown = new { URL: class {} }.URL();
      for (const name of [...PARTS.slice(0, 10), 'searchParams', 'hash']) shown[name] = this[name];
      return depth < 0 ? '[URL]' : inspect(shown, options);
    }
  }
  for (const name of ['searchParams', 'toString', 'toJSON']) {
    Object.defineProperty(URL.prototype, name, { ...Object.getOwnPropertyDescriptor(URL.prototype, name), enumerable: true });
  }
  hidden(URL.prototype, Symbol.toStringTag, 'URL');

  const fileURLToPath = (given) => {
    const url = typeof given === 'string' ? new URL(given) : given;
    if (url === null || typeof url !== 'object' || url.href === undefined) throw wrongType('path', 'of type string or an instance of URL', given);
    if (url.protocol !== 'file:') throw coded(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
    if (url.hostname !== '') throw coded(TypeError, 'ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
    if (/%2f/i.test(url.pathname)) throw coded(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters');
    return decodeURIComponent(url.pathname);
  };
  const pathToFileURL = (path) => {
    const resolved = X.builtin('path').resolve(path) + (/\/$/.test(path) && path !== '/' ? '/' : '');
    return new URL(`file://${resolved.replace(/%/g, '%25').replace(/\\/g, '%5C').replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/\t/g, '%09').replace(/\?/g, '%3F').replace(/#/g, '%23')}`);
  };
  const urlToHttpOptions = (url) => {
    const { hostname, pathname, search } = url;
    const options = { __proto__: null, ...url, protocol: url.protocol, hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname, hash: url.hash, search, pathname,
      path: `${pathname || ''}${search || ''}`, href: url.href };
    if (url.port !== '') options.port = Number(url.port);
    if (url.username || url.password) options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return options;
  };
  return {
    ...X.part('url/legacy')(URL), URL, URLSearchParams, domainToASCII: (name) => H.domainToAscii(`${name}`), domainToUnicode: (name) => H.domainToUnicode(`${name}`),
    pathToFileURL, fileURLToPath, urlToHttpOptions,
  };
})
