// What every session has: tools that our parts share, the clock, and how values cross to the host.
(function (H, G) {
  'use strict';
  const X = Object.create(null);
  const hidden = X.hidden = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  hidden(G, '__kv_x', X);
  X.fail = (message) => { throw new Error(message); };
  X.withheld = { Proxy: G.Proxy, Reflect: G.Reflect };

  // The clock is the host's; local time is UTC.
  const RealDate = Date;
  const FixedDate = function Date(...args) {
    if (!new.target) return new RealDate(H.now()).toString();
    const given = args.length ? args : [H.now()];
    return Reflect.construct(RealDate, given, new.target === FixedDate ? RealDate : new.target);
  };
  FixedDate.prototype = RealDate.prototype;
  hidden(RealDate.prototype, 'constructor', FixedDate);
  for (const name of ['UTC', 'parse']) hidden(FixedDate, name, RealDate[name]);
  hidden(FixedDate, 'now', () => H.now());
  Object.defineProperty(FixedDate, 'length', { value: 7 });
  hidden(G, 'Date', FixedDate);
  Math.random = () => H.chance();

  // The engine's commonest words in V8's, from the moment an error is made: nodes hand them on.
  const words = (message) => {
    const found = /^cannot (read|set) property '(.*)' of (undefined|null)$/s.exec(message);
    if (found) return `Cannot ${found[1]} properties of ${found[3]} (${found[1] === 'read' ? 'reading' : 'setting'} '${found[2]}')`;
    return message === 'cannot convert to object' ? 'Cannot convert undefined or null to object' : message;
  };
  // The engine keeps the function that stands here now. A library may ask for the places itself, as in V8; what they hold of functions it does not get.
  let asked;
  const placeOf = (site) => `${site.getFunctionName() || '<anonymous>'} (${site.getFileName() ?? 'native'}:${site.getLineNumber()}:${site.getColumnNumber()})`;
  const shownSite = (site) => ({
    getFileName: () => site.getFileName() ?? undefined, getLineNumber: () => site.getLineNumber(), getColumnNumber: () => site.getColumnNumber(),
    getFunctionName: () => site.getFunctionName(), getMethodName: () => null, getTypeName: () => null, getThis: () => undefined, getFunction: () => undefined,
    getEvalOrigin: () => undefined, isNative: () => site.isNative(), isToplevel: () => true, isEval: () => false, isConstructor: () => false, isAsync: () => false,
    toString: () => placeOf(site),
  });
  Error.prepareStackTrace = (error, sites) => {
    const said = error.message;
    if (typeof said === 'string' && words(said) !== said) hidden(error, 'message', words(said));
    if (typeof asked === 'function') return asked(error, sites.map(shownSite));
    return `${error.name}: ${error.message}${sites.map((site) => `\n    at ${placeOf(site)}`).join('')}`;
  };
  Object.defineProperty(Error, 'prepareStackTrace', { get: () => asked, set: (value) => { asked = value; }, configurable: true, enumerable: false });

  // V8 writes where a stack was made; libraries call it for its effect alone.
  Error.captureStackTrace ??= (error) => { if (error.stack === undefined) hidden(error, 'stack', new Error().stack); };
})
