// Makes a function that writes down all that the global object, the syntax and our variables lead to: keys, descriptors, prototypes, and
// what stands in Map, Set, Date, RegExp and typed arrays. An object that was there at the first time keeps its number.
(() => {
  const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols, getPrototypeOf, isExtensible, is } = Object;
  const call = getPrototypeOf(() => {}).call;
  const of = (f) => call.bind(f);
  const join = of([].join), pushed = of([].push), text = String, attempt = (f) => { try { return f(); } catch { return undefined; } };
  const get = of(Map.prototype.get), set = of(Map.prototype.set), size = of(getOwnPropertyDescriptor(Map.prototype, 'size').get);
  const getter = (proto, name) => of(getOwnPropertyDescriptor(proto, name).get);
  const [mapEach, setEach, time] = [Map.prototype.forEach, Set.prototype.forEach, Date.prototype.getTime].map(of);
  const [number, string, boolean] = [Number, String, Boolean].map((c) => of(c.prototype.valueOf));
  const [source, flags] = [getter(RegExp.prototype, 'source'), getter(RegExp.prototype, 'flags')];
  const inherits = of(Object.prototype.isPrototypeOf);
  const tools = globalThis.__kv_x, generator = function* () {}, asynchronous = async () => {};
  const listed = (f, object) => { const out = []; f(object, (...args) => pushed(out, args[0], args[1])); return out; };
  const SLOTS = [
    [Map, (object) => listed(mapEach, object)], [Set, (object) => listed(setEach, object)], [Date, (object) => [time(object)]],
    [RegExp, (object) => [source(object), flags(object)]], [Number, (object) => [number(object)]], [String, (object) => [string(object)]],
    [Boolean, (object) => [boolean(object)]],
  ].map(([{ prototype }, read]) => [prototype, read]);
  const slots = (object) => {
    for (let i = 0; i < SLOTS.length; i++) if (inherits(SLOTS[i][0], object)) return attempt(() => SLOTS[i][1](object)) ?? [];
    return [];
  };
  // What stands behind accessors in a frozen isolate.
  const behind = () => [Object, Array, Error, RangeError].map(({ prototype }) => getOwnPropertyNames(prototype).map((key) => prototype[key]));
  // What stays, and what is made anew for each evaluation.
  const stays = [globalThis, generator, generator(), asynchronous, [].values(), ''[Symbol.iterator](), new Map().entries(), 'a'.matchAll(/a/g), tools.handedOut, behind()];
  const made = () => {
    const given = [];
    for (const name of getOwnPropertyNames(tools.vars)) given[given.length] = attempt(() => tools.vars[name](0));
    const now = tools.vars.$now(0);
    return [behind(), given, now.zone, now.toUTC().zone, now.loc, now.diff(now).matrix, now.diff(now, 'days', { conversionAccuracy: 'longterm' }).matrix];
  };
  const known = new Map();
  const walk = (root, letter) => {
    const seen = new Map(), objects = [], lines = [];
    const named = (value) => {
      if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return is(value, -0) ? '-0' : `${typeof value} ${text(value)}`;
      const before = get(seen, value);
      if (before !== undefined) return before;
      const name = get(known, value) ?? `${letter}${objects.length}`;
      set(seen, value, name);
      objects[objects.length] = value;
      return name;
    };
    named(root);
    for (let i = 0; i < objects.length; i++) {
      const object = objects[i];
      const line = [get(seen, object), isExtensible(object), named(getPrototypeOf(object))];
      for (const keys of [getOwnPropertyNames(object), getOwnPropertySymbols(object)]) {
        for (let k = 0; k < keys.length; k++) {
          const d = getOwnPropertyDescriptor(object, keys[k]);
          line[line.length] = `${text(keys[k])}:${d.writable}${d.enumerable}${d.configurable}`;
          line[line.length] = 'value' in d ? named(d.value) : `${named(d.get)} ${named(d.set)}`;
        }
      }
      const inside = slots(object);
      for (let k = 0; k < inside.length; k++) line[line.length] = named(inside[k]);
      lines[lines.length] = join(line, ' ');
    }
    return [join(lines, '\n'), seen];
  };
  walk(stays, 'o')[1].forEach((name, object) => set(known, object, name));
  return () => walk([stays, made()], 'n')[0];
})()
