// `util`, but for `inspect` and `format`, which stand in a file of their own.
(function (H, G, X) {
  'use strict';
  const { hidden } = X;
  const { coded, wrongType } = X.bytesOfNode();
  const { inspect, format, formatWithOptions, stripVTControlCharacters } = X.part('util/inspect');
  const types = X.part('util/types');
  const { isDeepStrictEqual } = X.part('util/equal');

  const custom = Symbol.for('nodejs.util.promisify.custom');
  const promisify = (original) => {
    if (typeof original !== 'function') throw wrongType('original', 'of type function', original);
    if (original[custom]) {
      if (typeof original[custom] !== 'function') throw wrongType('util.promisify.custom', 'of type function', original[custom]);
      return Object.defineProperty(original[custom], custom, { value: original[custom], enumerable: false, writable: false, configurable: true });
    }
    const made = function (...args) {
      return new Promise((resolve, reject) => {
        Reflect.apply(original, this, [...args, (error, value) => (error ? reject(error) : resolve(value))]);
      });
    };
    Object.setPrototypeOf(made, Object.getPrototypeOf(original));
    Object.defineProperty(made, custom, { value: made, enumerable: false, writable: false, configurable: true });
    return Object.defineProperties(made, Object.getOwnPropertyDescriptors(original));
  };
  promisify.custom = custom;
  const callbackify = (original) => {
    if (typeof original !== 'function') throw wrongType('original', 'of type function', original);
    const made = function (...args) {
      const done = args.pop();
      if (typeof done !== 'function') throw wrongType('last argument', 'of type function', done);
      const later = (...given) => X.builtin('process').nextTick(done, ...given);
      Reflect.apply(original, this, args).then((value) => later(null, value), (reason) => {
        const error = reason || Object.assign(coded(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value'), { reason });
        later(error);
      });
    };
    hidden(made, 'name', `${original.name}Callbackified`);
    return made;
  };
  const inherits = (child, parent) => {
    if (child === undefined || child === null) throw wrongType('ctor', 'of type function', child);
    if (parent === undefined || parent === null) throw wrongType('superCtor', 'of type function', parent);
    if (parent.prototype === undefined) throw wrongType('superCtor.prototype', 'of type object', parent.prototype);
    hidden(child, 'super_', parent);
    Object.setPrototypeOf(child.prototype, parent.prototype);
  };
  const deprecate = (f, message, code) => {
    let warned = false;
    const made = function (...args) {
      if (!warned) { warned = true; X.builtin('process').emitWarning(message, 'DeprecationWarning', code); }
      return new.target ? Reflect.construct(f, args, new.target) : Reflect.apply(f, this, args);
    };
    Object.setPrototypeOf(made, f);
    if (f.prototype) made.prototype = f.prototype;
    return made;
  };
  const debuglog = () => Object.assign(() => {}, { enabled: false });
  const STYLES = {
    __proto__: null, reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], inverse: [7, 27], hidden: [8, 28], strikethrough: [9, 29],
    black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], gray: [90, 39],
    grey: [90, 39], redBright: [91, 39], greenBright: [92, 39], yellowBright: [93, 39], blueBright: [94, 39], magentaBright: [95, 39], cyanBright: [96, 39],
    whiteBright: [97, 39], bgBlack: [40, 49], bgRed: [41, 49], bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49],
    bgWhite: [47, 49],
  };
  // There is no terminal, so texts stay as they are.
  const styleText = (names, text, { validateStream = true } = {}) => [names].flat().reduceRight((styled, name) => {
    const style = STYLES[name];
    if (!style) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', `The argument 'format' must be one of: ${Object.keys(STYLES).map((one) => `'${one}'`).join(', ')}. Received '${name}'`);
    return validateStream && !Array.isArray(names) ? styled : `\u001b[${style[0]}m${styled}\u001b[${style[1]}m`;
  }, text);
  const ERRNO = [['EPERM', 1], ['ENOENT', 2], ['EACCES', 13], ['EEXIST', 17], ['EINVAL', 22], ['EPIPE', 32], ['EADDRINUSE', 98], ['ECONNABORTED', 103],
    ['ECONNRESET', 104], ['ETIMEDOUT', 110], ['ECONNREFUSED', 111], ['EHOSTUNREACH', 113]];
  const old = {
    isArray: Array.isArray, isBoolean: (v) => typeof v === 'boolean', isNull: (v) => v === null, isNullOrUndefined: (v) => v === null || v === undefined,
    isNumber: (v) => typeof v === 'number', isString: (v) => typeof v === 'string', isSymbol: (v) => typeof v === 'symbol', isUndefined: (v) => v === undefined,
    isRegExp: types.isRegExp, isObject: (v) => v !== null && typeof v === 'object', isDate: types.isDate,
    isError: (v) => types.isNativeError(v) || v instanceof Error, isFunction: (v) => typeof v === 'function',
    isPrimitive: (v) => v === null || typeof v !== 'object' && typeof v !== 'function', isBuffer: (v) => X.bytesOfNode().Buffer.isBuffer(v),
  };
  const module = {
    ...old, inspect, format, formatWithOptions, stripVTControlCharacters, promisify, callbackify, inherits, deprecate, debuglog, debug: debuglog, styleText, types,
    isDeepStrictEqual,
    toUSVString: (text) => `${text}`.toWellFormed(),
    _extend: (target, source) => (source === null || typeof source !== 'object' ? target : Object.assign(target, source)),
    getSystemErrorName: (number) => ERRNO.find(([, value]) => value === -number)?.[0] ?? `Unknown system error ${number}`,
    getSystemErrorMap: () => new Map(ERRNO.map(([name, value]) => [-value, [name, name]])),
    aborted: (signal) => new Promise((resolve) => { if (signal.aborted) resolve(); else signal.addEventListener('abort', () => resolve(), { once: true }); }),
    log: (...args) => X.builtin('console').log(format(...args)),
  };
  Object.defineProperty(module, 'TextEncoder', { enumerable: true, configurable: true, get: () => X.part('text').TextEncoder });
  Object.defineProperty(module, 'TextDecoder', { enumerable: true, configurable: true, get: () => X.part('text').TextDecoder });
  Object.defineProperty(module, 'MIMEType', { enumerable: true, configurable: true, get: () => X.part('text').MIMEType });
  return module;
})
