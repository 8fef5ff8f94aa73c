// JMESPath: a tree is parsed out of the text and walked over the data.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const failed = (name, message) => { const error = new Error(message); error.name = name; throw error; };
  const PATTERN = /\s+|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<quoted>"(?:[^"\\]|\\.)*")|(?<raw>'(?:[^'\\]|\\.)*')|(?<literal>`(?:[^`\\]|\\.)*`)|(?<number>-?\d+)|(?<op>\|\||&&|==|!=|<=|>=|\[\?|\[\]|[|<>!.*&@(){}[\],:])/gy;
  const lex = (text) => {
    const out = [];
    PATTERN.lastIndex = 0;
    while (PATTERN.lastIndex < text.length) {
      const at = PATTERN.lastIndex;
      const found = PATTERN.exec(text);
      if (!found) failed('LexerError', `Unknown character:${text[at]}`);
      const g = found.groups;
      if (g.name !== undefined) out.push({ t: 'name', v: g.name });
      else if (g.quoted !== undefined) out.push({ t: 'name', v: JSON.parse(g.quoted), quoted: true });
      else if (g.raw !== undefined) out.push({ t: 'literal', v: g.raw.slice(1, -1).replace(/\\'/g, "'") });
      else if (g.literal !== undefined) out.push({ t: 'literal', v: literal(g.literal.slice(1, -1).replace(/\\`/g, '`').trimStart()) });
      else if (g.number !== undefined) out.push({ t: 'number', v: Number(g.number) });
      else if (g.op !== undefined) out.push({ t: g.op });
    }
    out.push({ t: 'end' });
    return out;
  };
  const literal = (text) => { try { return JSON.parse(text); } catch { return text.trim(); } };

  const BIND = { '|': 1, '||': 2, '&&': 3, '==': 5, '!=': 5, '<': 5, '>': 5, '<=': 5, '>=': 5, '[]': 9, '*': 20, '[?': 21, '.': 40, '{': 50, '[': 55, '(': 60 };
  const parse = (text) => {
    const tokens = lex(text);
    let i = 0;
    const peek = (n = 0) => tokens[i + n].t;
    const next = () => tokens[i++];
    const want = (t) => { if (peek() !== t) failed('ParserError', `Expected ${t}, got: ${peek()}`); return next(); };
    const expression = (power) => {
      let left = prefix(next());
      while (power < (BIND[peek()] ?? 0)) left = infix(left, next());
      return left;
    };
    const prefix = (token) => {
      switch (token.t) {
        case 'literal': return { k: 'literal', v: token.v };
        case 'name': {
          if (peek() === '(' && token.quoted) failed('ParserError', 'Quoted identifier not allowed for function names.');
          return { k: 'field', v: token.v };
        }
        case '!': return { k: 'not', a: expression(45) };
        case '*': return { k: 'values', a: { k: 'current' }, b: peek() === ']' ? { k: 'current' } : projected(20) };
        case '[?': return filter({ k: 'current' });
        case '{': return hash();
        case '[]': return { k: 'project', a: { k: 'flatten', a: { k: 'current' } }, b: projected(9) };
        case '[':
          if (peek() === 'number' || peek() === ':') return project({ k: 'current' }, index());
          if (peek() === '*' && peek(1) === ']') { i += 2; return { k: 'project', a: { k: 'current' }, b: projected(20) }; }
          return list();
        case '@': return { k: 'current' };
        case '&': return { k: 'reference', a: expression(0) };
        case '(': { const inner = expression(0); want(')'); return inner; }
        default: return failed('ParserError', `Invalid token: ${token.t}`);
      }
    };
    const infix = (left, token) => {
      switch (token.t) {
        case '.':
          if (peek() === '*') { next(); return { k: 'values', a: left, b: projected(20) }; }
          return { k: 'sub', a: left, b: afterDot(40) };
        case '|': return { k: 'pipe', a: left, b: expression(1) };
        case '||': return { k: 'or', a: left, b: expression(2) };
        case '&&': return { k: 'and', a: left, b: expression(3) };
        case '(': {
          if (left.k !== 'field') failed('ParserError', 'Expected a function name');
          const args = [];
          while (peek() !== ')') { args.push(expression(0)); if (peek() === ',') next(); }
          next();
          return { k: 'call', v: left.v, args };
        }
        case '[?': return filter(left);
        case '[]': return { k: 'project', a: { k: 'flatten', a: left }, b: projected(9) };
        case '==': case '!=': case '<': case '>': case '<=': case '>=': return { k: 'compare', v: token.t, a: left, b: expression(5) };
        case '[':
          if (peek() === 'number' || peek() === ':') return project(left, index());
          want('*'); want(']');
          return { k: 'project', a: left, b: projected(20) };
        default: return failed('ParserError', `Unexpected token: ${token.t}`);
      }
    };
    const project = (left, right) => (right.k === 'slice' ? { k: 'project', a: { k: 'sub', a: left, b: right }, b: projected(20) } : { k: 'sub', a: left, b: right });
    const index = () => {
      const parts = [null, null, null];
      let at = 0, slice = false;
      while (peek() !== ']') {
        if (peek() === ':') { at++; slice = true; if (at > 2) failed('ParserError', 'Too many colons'); next(); } else parts[at] = want('number').v;
      }
      next();
      return slice ? { k: 'slice', parts } : { k: 'index', v: parts[0] };
    };
    const filter = (left) => {
      const condition = expression(0);
      want(']');
      return { k: 'filter', a: left, condition, b: peek() === '[]' ? { k: 'current' } : projected(21) };
    };
    const projected = (power) => {
      if ((BIND[peek()] ?? 0) < 10) return { k: 'current' };
      if (peek() === '[' || peek() === '[?') return expression(power);
      want('.');
      return afterDot(power);
    };
    const afterDot = (power) => {
      if (peek() === 'name' || peek() === '*') return expression(power);
      if (peek() === '[') { next(); return list(); }
      want('{');
      return hash();
    };
    const list = () => {
      const items = [];
      while (peek() !== ']') { items.push(expression(0)); if (peek() === ',') { next(); if (peek() === ']') failed('ParserError', 'Unexpected token Rbracket'); } else if (peek() !== ']') want(']'); }
      next();
      return { k: 'list', items };
    };
    const hash = () => {
      const entries = [];
      do {
        const key = want('name').v;
        want(':');
        entries.push([key, expression(0)]);
      } while (peek() === ',' && next());
      want('}');
      return { k: 'hash', entries };
    };
    const tree = expression(0);
    want('end');
    return tree;
  };

  const isObject = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
  const truthy = (v) => !(v === undefined || v === null || v === false || v === '' || (Array.isArray(v) && !v.length) || (isObject(v) && !Object.keys(v).length));
  const equal = (a, b) => {
    if (a === b) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
  };
  const sliced = (v, [start, stop, step]) => {
    const by = step ?? 1;
    if (by === 0) failed('RuntimeError', 'Invalid slice, step cannot be 0');
    const clamp = (n) => (n < 0 ? Math.max(n + v.length, by < 0 ? -1 : 0) : Math.min(n, by < 0 ? v.length - 1 : v.length));
    const from = start === null ? (by < 0 ? v.length - 1 : 0) : clamp(start);
    const to = stop === null ? (by < 0 ? -1 : v.length) : clamp(stop);
    const out = [];
    for (let i = from; by > 0 ? i < to : i > to; i += by) out.push(v[i]);
    return out;
  };
  const each = (list, node) => list.map((v) => walk(node, v)).filter((v) => v !== null && v !== undefined);
  const walk = (node, data) => {
    switch (node.k) {
      case 'literal': return node.v;
      case 'current': return data;
      case 'field': return isObject(data) && Object.hasOwn(data, node.v) ? data[node.v] ?? null : null;
      case 'sub': { const left = walk(node.a, data); return left === null || left === undefined ? null : walk(node.b, left); }
      case 'pipe': return walk(node.b, walk(node.a, data));
      case 'index': return Array.isArray(data) ? data[node.v < 0 ? data.length + node.v : node.v] ?? null : null;
      case 'slice': return Array.isArray(data) ? sliced(data, node.parts) : null;
      case 'project': { const left = walk(node.a, data); return Array.isArray(left) ? each(left, node.b) : null; }
      case 'values': { const left = walk(node.a, data); return isObject(left) ? each(Object.values(left), node.b) : null; }
      case 'filter': { const left = walk(node.a, data); return Array.isArray(left) ? each(left.filter((v) => truthy(walk(node.condition, v))), node.b) : null; }
      case 'flatten': { const left = walk(node.a, data); return Array.isArray(left) ? left.flatMap((v) => v) : null; }
      case 'list': return data === null || data === undefined ? null : node.items.map((item) => walk(item, data));
      case 'hash': return data === null || data === undefined ? null : Object.fromEntries(node.entries.map(([key, value]) => [key, walk(value, data)]));
      case 'or': { const left = walk(node.a, data); return truthy(left) ? left : walk(node.b, data); }
      case 'and': { const left = walk(node.a, data); return truthy(left) ? walk(node.b, data) : left; }
      case 'not': return !truthy(walk(node.a, data));
      case 'compare': return compare(node.v, walk(node.a, data), walk(node.b, data));
      case 'reference': return node;
      case 'call': return invoke(node.v, node.args.map((arg) => walk(arg, data)));
      default: return failed('RuntimeError', `Unknown node type: ${node.k}`);
    }
  };
  const compare = (op, a, b) => {
    if (op === '==') return equal(a, b);
    if (op === '!=') return !equal(a, b);
    return op === '<' ? a < b : op === '>' ? a > b : op === '<=' ? a <= b : a >= b;
  };

  const typeName = (v) => (v === null || v === undefined ? 'null' : Array.isArray(v) ? 'array' : v.k === 'reference' ? 'expref' : typeof v);
  const KINDS = { n: ['number'], s: ['string'], a: ['array'], o: ['object'], r: ['expref'], x: null, as: ['array', 'string'], aos: ['array', 'object', 'string'] };
  const numeric = (name, list) => (list.every((v) => typeof v === 'number') ? list : failed('TypeError', `${name}() expected array of numbers`));
  const keyed = (name, list, ref) => {
    const rows = list.map((v) => [walk(ref.a, v), v]);
    const type = rows.length ? typeof rows[0][0] : 'number';
    if (type !== 'number' && type !== 'string') failed('TypeError', 'TypeError');
    if (rows.some(([key]) => typeof key !== type)) failed('TypeError', `TypeError: expected ${type}, received ${rows.map(([k]) => typeof k).find((t) => t !== type)}`);
    return rows;
  };
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const best = (list, sign) => list.reduce((found, v) => (found === undefined || order(v, found) * sign > 0 ? v : found), undefined) ?? null;
  const FUNCTIONS = {
    abs: [['n'], Math.abs], avg: [['a'], (a) => numeric('avg', a).reduce((x, y) => x + y, 0) / a.length], ceil: [['n'], Math.ceil], floor: [['n'], Math.floor],
    contains: [['as', 'x'], (a, b) => a.includes(b)], ends_with: [['s', 's'], (a, b) => a.endsWith(b)], starts_with: [['s', 's'], (a, b) => a.startsWith(b)],
    length: [['aos'], (v) => (isObject(v) ? Object.keys(v).length : [...v].length)], map: [['r', 'a'], (ref, list) => list.map((v) => walk(ref.a, v))],
    max: [['a'], (a) => best(a, 1)], min: [['a'], (a) => best(a, -1)],
    max_by: [['a', 'r'], (a, ref) => keyed('max_by', a, ref).reduce((m, row) => (m === undefined || order(row[0], m[0]) > 0 ? row : m), undefined)?.[1] ?? null],
    min_by: [['a', 'r'], (a, ref) => keyed('min_by', a, ref).reduce((m, row) => (m === undefined || order(row[0], m[0]) < 0 ? row : m), undefined)?.[1] ?? null],
    sum: [['a'], (a) => numeric('sum', a).reduce((x, y) => x + y, 0)], type: [['x'], typeName], keys: [['o'], Object.keys], values: [['o'], Object.values],
    sort: [['a'], (a) => [...a].sort(order)], sort_by: [['a', 'r'], (a, ref) => keyed('sort_by', a, ref).sort((x, y) => order(x[0], y[0])).map((row) => row[1])],
    join: [['s', 'a'], (s, a) => a.join(s)], reverse: [['as'], (v) => (typeof v === 'string' ? [...v].reverse().join('') : [...v].reverse())],
    to_array: [['x'], (v) => (Array.isArray(v) ? v : [v])], to_string: [['x'], (v) => (typeof v === 'string' ? v : JSON.stringify(v))],
    to_number: [['x'], (v) => (typeof v === 'number' ? v : typeof v === 'string' && !Number.isNaN(+v) ? +v : null)],
  };
  const check = (name, kinds, args) => {
    if (args.length !== kinds.length) failed('ArgumentError', `ArgumentError: ${name}() takes ${kinds.length} argument${kinds.length === 1 ? '' : 's'} but received ${args.length}`);
    kinds.forEach((kind, i) => {
      if (KINDS[kind] && !KINDS[kind].includes(typeName(args[i]))) failed('TypeError', `TypeError: ${name}() expected argument ${i + 1} to be type ${KINDS[kind].join(',')} but received type ${typeName(args[i])} instead.`);
    });
  };
  const invoke = (name, args) => {
    if (name === 'not_null') return args.find((v) => v !== null && v !== undefined) ?? null;
    if (name === 'merge') return Object.assign({}, ...args);
    if (!Object.hasOwn(FUNCTIONS, name)) failed('RuntimeError', `Unknown function: ${name}()`);
    const [kinds, f] = FUNCTIONS[name];
    check(name, kinds, args);
    return f(...args);
  };

  const BANNED = /(?<![\w$])(constructor|__proto__|prototype)(?![\w$])/;
  const jmespath = (data, text) => {
    if (typeof data !== 'object' || typeof text !== 'string') X.fail('expected two arguments (Object, string) for this function');
    if (BANNED.test(text)) X.fail('Cannot access this property in a jmespath query due to security concerns');
    if (text === '') failed('ParserError', 'Invalid token');
    return walk(parse(text), data) ?? null;
  };
  X.handedOut.push(jmespath);
  X.vars.$jmespath = X.vars.$jmesPath = () => jmespath;
})
