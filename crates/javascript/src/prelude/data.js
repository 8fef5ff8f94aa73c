// JavaScript's functions that change what an object may have, for objects of the data: those are read from the JSON behind them, where a
// property is a key and its value.
(function (H, G) {
  'use strict';
  const { hidden } = G.__kv_x;
  const { hasOwn } = Object;
  const instead = (holder, name, made) => {
    const native = holder[name];
    hidden(holder, name, { [name]: made((...args) => native(...args)) }[name]);
  };
  // A property that is listed is a key. Others stand beside the data, as symbols do.
  const asKey = (object, key, change) => H.isData(object) && change !== null && typeof change === 'object'
    && typeof key !== 'symbol' && 'value' in change && (change.enumerable || hasOwn(object, key));
  const defined = (native, done) => (object, key, change) => {
    if (!asKey(object, key, change)) return native(object, key, change);
    object[key] = change.value;
    return done(object);
  };
  instead(Object, 'defineProperty', (native) => defined(native, (object) => object));
  instead(Reflect, 'defineProperty', (native) => defined(native, () => true));
  instead(Object, 'defineProperties', (native) => (object, changes) => {
    if (!H.isData(object)) return native(object, changes);
    for (const key of Reflect.ownKeys(changes)) Object.defineProperty(object, key, changes[key]);
    return object;
  });
  // Data is made anew for whoever asks for it, so nothing depends on its staying as it is.
  for (const name of ['freeze', 'seal', 'preventExtensions']) instead(Object, name, (native) => (object) => (H.isData(object) ? object : native(object)));
  instead(Reflect, 'preventExtensions', (native) => (object) => H.isData(object) || native(object));
})
