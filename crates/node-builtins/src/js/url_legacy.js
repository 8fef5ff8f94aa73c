// `url.parse`, `url.format` and `url.resolve`, as they were before the WHATWG's.
(function (H, G, X) {
  'use strict';
  const { coded, wrongType } = X.bytesOfNode();
  const SLASHED = /^(https?|ftp|gopher|file|wss?):$/;
  const special = (protocol) => SLASHED.test(protocol ?? '');
  const ESCAPED = /[\t\n\r "'<>\\^`{|}]/g;
  const percent = (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  const invalid = (input) => Object.assign(coded(TypeError, 'ERR_INVALID_URL', 'Invalid URL'), { input });

  return (URL) => {
    function Url() {
      for (const name of ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href']) this[name] = null;
    }
    const query = (text) => X.builtin('querystring').parse(text);
    const hostOf = (url, text, input) => {
      const at = text.lastIndexOf('@');
      if (at >= 0) url.auth = decodeURIComponent(text.slice(0, at));
      let host = text.slice(at + 1);
      const port = /:([0-9]*)$/.exec(host);
      if (port) {
        if (port[1] !== '') url.port = port[1];
        host = host.slice(0, port.index);
      }
      const ipv6 = host[0] === '[' && host.at(-1) === ']';
      if (host.length > 255) host = '';
      host = host.toLowerCase();
      if (!ipv6 && host !== '') {
        const ascii = /[^\0-\x7f]/.test(host) ? H.domainToAscii(host) : host;
        if (ascii === '' || /[\0\t\n\r #%/:<>?@[\\\]^|]/.test(ascii)) throw invalid(input);
        host = ascii;
      }
      url.host = host + (url.port ? `:${url.port}` : '');
      url.hostname = ipv6 ? host.slice(1, -1) : host;
    };
    const parse = (given, withQuery = false, slashesMeanHost = false) => {
      if (given instanceof Url) return given;
      if (typeof given !== 'string') throw wrongType('url', 'of type string', given);
      const url = new Url();
      let [rest, tail] = [given.trim(), ''];
      const cut = rest.search(/[?#]/);
      if (cut >= 0) [rest, tail] = [rest.slice(0, cut), rest.slice(cut)];
      rest = rest.replaceAll('\\', '/');
      const simple = !slashesMeanHost && /^(\/\/?(?!\/)[^\s]*)$/.exec(rest);
      const scheme = simple ? null : /^[a-z0-9.+-]+:/i.exec(rest);
      if (scheme) { url.protocol = scheme[0].toLowerCase(); rest = rest.slice(scheme[0].length); }
      const slashes = rest.startsWith('//') && (slashesMeanHost || scheme || /^\/\/[^@/]+@[^@/]+/.test(rest));
      if (slashes && url.protocol !== 'javascript:') { rest = rest.slice(2); url.slashes = true; }
      if (url.protocol !== 'javascript:' && (slashes || url.protocol && !special(url.protocol))) {
        // Credentials may hold slashes; the host ends where none of its characters stands.
        const at = rest.lastIndexOf('@');
        const end = /[/\t\n\r "'%;<>\\^`{|}]/;
        const search = (text, from) => { const found = text.slice(from).search(end); return found < 0 ? text.length : from + found; };
        const firstSlash = rest.search(/\//);
        const from = at >= 0 && (firstSlash < 0 || at < firstSlash) ? at + 1 : 0;
        const to = search(rest, from);
        hostOf(url, rest.slice(0, to), given);
        rest = rest.slice(to);
      }
      const escaped = (text) => text.replace(ESCAPED, percent);
      rest = escaped(rest);
      const hash = tail.indexOf('#');
      if (hash >= 0) { url.hash = escaped(tail.slice(hash)); tail = tail.slice(0, hash); }
      if (tail !== '') {
        url.search = escaped(tail);
        url.query = withQuery ? query(url.search.slice(1)) : url.search.slice(1);
      } else if (withQuery) { url.search = null; url.query = query(''); }
      if (rest !== '') url.pathname = rest;
      if (special(url.protocol) && url.hostname && !url.pathname) url.pathname = '/';
      if (url.pathname || url.search) url.path = `${url.pathname ?? ''}${url.search ?? ''}`;
      url.href = url.format();
      return url;
    };
    Url.prototype.parse = function (text, withQuery, slashesMeanHost) { return Object.assign(this, parse(text, withQuery, slashesMeanHost)); };
    Url.prototype.format = function () {
      const auth = this.auth ? `${encodeURIComponent(this.auth).replace(/%3A/i, ':').replace(/%40/g, '%40')}@` : '';
      let protocol = this.protocol || '';
      if (protocol && !protocol.endsWith(':')) protocol += ':';
      let pathname = (this.pathname || '').replace(/[?#]/g, percent);
      let host = '';
      if (this.host) host = auth + this.host;
      else if (this.hostname) host = `${auth}${this.hostname.includes(':') && this.hostname[0] !== '[' ? `[${this.hostname}]` : this.hostname}${this.port ? `:${this.port}` : ''}`;
      const asked = this.query !== null && typeof this.query === 'object' ? X.builtin('querystring').stringify(this.query) : '';
      let search = this.search || (asked && `?${asked}`) || '';
      if (search && search[0] !== '?') search = `?${search}`;
      let hash = this.hash || '';
      if (hash && hash[0] !== '#') hash = `#${hash}`;
      if (this.slashes || SLASHED.test(protocol)) {
        if (this.slashes || host) { if (pathname && pathname[0] !== '/') pathname = `/${pathname}`; host = `//${host}`; }
        else if (protocol === 'file:') host = '//';
      }
      return `${protocol}${host}${pathname}${search.replaceAll('#', '%23')}${hash}`;
    };
    const folded = (path) => {
      const absolute = path[0] === '/';
      const out = [];
      const pieces = path.split('/');
      pieces.forEach((piece, i) => {
        const last = i === pieces.length - 1;
        if (piece === '..') { if (out.length > (absolute ? 1 : 0) && out.at(-1) !== '..') out.pop(); else if (!absolute) out.push('..'); if (last) out.push(''); }
        else if (piece === '.') { if (last) out.push(''); } else out.push(piece);
      });
      return absolute && out.length === 1 ? '/' : out.join('/');
    };
    const resolveObject = (from, to) => {
      const [base, relative] = [typeof from === 'string' ? parse(from, false, true) : from, typeof to === 'string' ? parse(to, false, true) : to];
      const made = Object.assign(new Url(), base, { hash: relative.hash });
      const done = () => {
        made.path = made.pathname || made.search ? `${made.pathname || ''}${made.search || ''}` : null;
        made.slashes = made.slashes || relative.slashes;
        made.href = made.format();
        return made;
      };
      if (relative.href === '') return done();
      if (relative.protocol && relative.protocol !== base.protocol) {
        Object.assign(made, relative);
        if (special(relative.protocol) && relative.host) made.pathname = folded(relative.pathname || '/');
        return done();
      }
      if (relative.host || relative.slashes && !relative.protocol) {
        for (const name of ['auth', 'host', 'hostname', 'port', 'search', 'query']) made[name] = relative[name];
        made.pathname = folded(relative.pathname || '/');
        return done();
      }
      if (relative.pathname) {
        const path = relative.pathname[0] === '/' ? relative.pathname
          : `${(base.pathname || (base.host ? '/' : '')).replace(/[^/]*$/, '')}${relative.pathname}`;
        Object.assign(made, { pathname: folded(path), search: relative.search, query: relative.query });
      } else if (relative.search !== null) Object.assign(made, { search: relative.search, query: relative.query });
      else if (made.pathname) made.pathname = folded(made.pathname);
      return done();
    };
    Url.prototype.resolve = function (to) { return resolveObject(this, to).format(); };
    Url.prototype.resolveObject = function (to) { return resolveObject(this, to); };
    const format = (given, options) => {
      if (typeof given === 'string') return parse(given).format();
      if (given === null || typeof given !== 'object') throw wrongType('urlObject', 'one of type object or string', given);
      if (given instanceof URL) {
        const { auth = true, fragment = true, search = true, unicode = false } = options ?? {};
        const url = new URL(given.href);
        if (!auth) { url.username = ''; url.password = ''; }
        if (!fragment) url.hash = '';
        if (!search) url.search = '';
        return unicode ? url.href.replace(url.hostname, H.domainToUnicode(url.hostname)) : url.href;
      }
      return Url.prototype.format.call(given);
    };
    return { Url, parse, format, resolve: (from, to) => resolveObject(parse(from, false, true), to).format(), resolveObject: (from, to) => (from ? resolveObject(from, to) : to) };
  };
})
