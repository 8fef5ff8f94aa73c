// What every session has: tools that our parts share, the clock, and how values cross to the host.
(function (H, G) {
  'use strict';
  const X = Object.create(null);
  const hidden = X.hidden = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  hidden(G, '__kv_x', X);
  X.fail = (message) => { throw new Error(message); };
  X.wellFormed = (text) => text.toWellFormed();
  X.shown = (value) => JSON.stringify(value);
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

  // Code and people know V8's words for what is not there.
  const NOTHING = /^cannot (read|set) property '(.*)' of (undefined|null)$/s;
  const frame = (site) => `    at ${site.getFunctionName() || '<anonymous>'} (${site.isNative() ? 'native' : `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`})`;
  Error.prepareStackTrace = (error, sites) => {
    const [, how, name, nothing] = NOTHING.exec(error.message) ?? [];
    if (how) hidden(error, 'message', `Cannot ${how} properties of ${nothing} (${how === 'set' ? 'setting' : 'reading'} '${name}')`);
    return `${error.name}: ${error.message}\n${sites.map(frame).join('\n')}`;
  };

  // V8 writes where a stack was made; libraries call it for its effect alone.
  Error.captureStackTrace ??= (error) => { if (error.stack === undefined) hidden(error, 'stack', new Error().stack); };
})
