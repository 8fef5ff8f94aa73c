// Methods of numbers and booleans.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const fail = X.extensionError;
  const integer = (name, v) => (Number.isInteger(v) ? v : fail(`${name}() is only callable on integers`));
  const rounded = (v, digits = 0) => Number(v.toFixed(digits));

  Object.assign(X.tables.number, {
    abs: (v) => Math.abs(v),
    ceil: (v) => Math.ceil(v),
    floor: (v) => Math.floor(v),
    format: (v, locale, options) => v.toLocaleString(typeof locale === 'string' ? locale : 'en-US', options),
    isEven: (v) => integer('isEven', v) % 2 === 0,
    isInteger: (v) => Number.isInteger(v),
    isOdd: (v) => Math.abs(integer('isOdd', v)) % 2 === 1,
    round: rounded,
    toBoolean: (v) => v !== 0,
    toDateTime: (v, format) => X.dateOfNumber(v, format),
    toFloat: (v) => v,
    toInt: (v) => rounded(v),
  });
  Object.assign(X.tables.date, { toFloat: (v) => v.valueOf(), toInt: (v) => v.valueOf() });
  Object.assign(X.tables.boolean, {
    toBoolean: (v) => v,
    toFloat: (v) => Number(v),
    toInt: (v) => Number(v),
    toNumber: (v) => Number(v),
  });
})
