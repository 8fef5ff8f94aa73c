// `path`, for both kinds of paths.
(function (H, G, X) {
  'use strict';
  const { wrongType } = X.bytesOfNode();
  const text = (value, name = 'path') => {
    if (typeof value !== 'string') throw wrongType(name, 'of type string', value);
    return value;
  };
  // Folds `.` and `..` of the pieces between separators.
  const folded = (pieces, absolute) => {
    const out = [];
    for (const piece of pieces) {
      if (piece === '' || piece === '.') continue;
      if (piece !== '..') out.push(piece);
      else if (out.length && out.at(-1) !== '..') out.pop();
      else if (!absolute) out.push('..');
    }
    return out;
  };
  const isLetter = (c) => /^[A-Za-z]$/.test(c ?? '');

  const make = (windows) => {
    const sep = windows ? '\\' : '/';
    const isSep = (c) => c === '/' || windows && c === '\\';
    const split = (path) => path.split(windows ? /[\\/]/ : '/');
    // The device, whether a root follows, and the rest: `C:` `\` `a`, `\\server\share` `\` `a`.
    const parts = (path) => {
      if (!windows) return { device: '', rooted: path[0] === '/', rest: path.replace(/^\/+/, ''), start: path[0] === '/' ? 1 : 0 };
      const unc = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/.exec(path);
      const device = unc ? `\\\\${unc[1]}\\${unc[2]}` : isLetter(path[0]) && path[1] === ':' ? path.slice(0, 2) : '';
      const length = unc ? unc[0].length : device.length;
      const rooted = isSep(path[length]) || Boolean(unc);
      return { device, rooted, rest: path.slice(length).replace(/^[\\/]+/, ''), start: length + (isSep(path[length]) ? 1 : 0) };
    };
    const normalize = (path) => {
      if (text(path) === '') return '.';
      const { device, rooted, rest } = parts(path);
      const tail = folded(split(rest), rooted).join(sep) || (rooted ? '' : '.');
      const trailing = tail && isSep(path.at(-1)) && (rest !== '' || !rooted) ? sep : '';
      return `${device}${rooted ? sep : ''}${tail}${trailing}`;
    };
    const join = (...paths) => {
      const joined = paths.filter((path) => text(path) !== '');
      if (joined.length === 0) return '.';
      let whole = joined.join(sep);
      if (windows && !/^[\\/]{2}[^\\/]/.test(joined[0])) whole = whole.replace(/^[\\/]{2,}/, '\\');
      return normalize(whole);
    };
    const resolve = (...paths) => {
      let [device, rooted, tail] = ['', false, ''];
      for (let i = paths.length - 1; i >= -1 && !(rooted && (device || !windows)); i--) {
        const path = i >= 0 ? text(paths[i], `paths[${i}]`) : '/';
        if (path === '') continue;
        const found = parts(path);
        if (found.device && device && found.device.toLowerCase() !== device.toLowerCase()) continue;
        device ||= found.device;
        if (!rooted) { tail = `${found.rest}${sep}${tail}`; rooted = found.rooted; }
      }
      return `${device}${rooted ? sep : ''}${folded(split(tail), rooted).join(sep)}` || '.';
    };
    const relative = (from, to) => {
      text(from, 'from');
      text(to, 'to');
      if (from === to) return '';
      const [a, b] = [resolve(from), resolve(to)];
      const same = windows ? (x, y) => x?.toLowerCase() === y?.toLowerCase() : (x, y) => x === y;
      if (same(a, b)) return '';
      if (windows && !same(parts(a).device, parts(b).device)) return b;
      const [left, right] = [split(a).filter(Boolean), split(b).filter(Boolean)];
      let common = 0;
      while (common < left.length && common < right.length && same(left[common], right[common])) common++;
      return [...left.slice(common).map(() => '..'), ...right.slice(common)].join(sep);
    };
    // Where the last piece stands, without separators behind it.
    const last = (path) => {
      const { start } = parts(path);
      let end = path.length;
      while (end > start && isSep(path[end - 1])) end--;
      let from = end;
      while (from > start && !isSep(path[from - 1])) from--;
      return { start, from, end };
    };
    const dirname = (path) => {
      if (text(path) === '') return '.';
      const { start, from } = last(path);
      return path.slice(0, Math.max(start, from - 1)) || '.';
    };
    const basename = (path, suffix) => {
      text(path);
      if (suffix !== undefined) text(suffix, 'suffix');
      if (suffix === path) return '';
      const { from, end } = last(path);
      const base = path.slice(from, end);
      return suffix && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
    };
    const extname = (path) => {
      const base = basename(path);
      const dot = base.lastIndexOf('.');
      return dot <= 0 || base === '..' ? '' : base.slice(dot);
    };
    const isAbsolute = (path) => {
      const found = parts(text(path));
      return windows ? isSep(path[0]) || found.device !== '' && isSep(path[2]) : found.rooted;
    };
    const parse = (path) => {
      const { start, from, end } = last(text(path));
      const base = path.slice(from, end);
      // What follows the root at once is no `..` to Node.js here.
      const ext = base === '..' && from === start && start > 0 && !windows ? '.' : extname(path);
      const root = path.slice(0, start);
      const dir = from > start ? path.slice(0, Math.max(start, from - 1)) : root;
      return { root, dir, base, ext, name: ext ? base.slice(0, -ext.length) : base };
    };
    const format = (parsed) => {
      if (parsed === null || typeof parsed !== 'object') throw wrongType('pathObject', 'of type object', parsed);
      const dir = parsed.dir || parsed.root;
      const ext = parsed.ext ? `${parsed.ext[0] === '.' ? '' : '.'}${parsed.ext}` : '';
      const base = parsed.base || `${parsed.name || ''}${ext}`;
      return dir ? dir === parsed.root ? `${dir}${base}` : `${dir}${sep}${base}` : base;
    };
    const toNamespacedPath = (path) => path;
    const path = { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format, parse, sep, delimiter: windows ? ';' : ':' };
    return path;
  };
  const posix = make(false);
  const win32 = make(true);
  for (const kind of [posix, win32]) Object.assign(kind, { win32, posix, _makeLong: kind.toNamespacedPath });
  return posix;
})
