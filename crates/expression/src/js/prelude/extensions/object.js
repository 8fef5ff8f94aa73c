// Methods of objects.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const fail = X.extensionError;
  const hollow = (v) => v === null || v === undefined || v === '' || v === 'nil' || (typeof v === 'object' && Object.keys(v).length === 0);
  const compact = (v) => {
    const out = {};
    for (const key of Object.keys(v)) {
      if (!hollow(v[key])) out[key] = typeof v[key] === 'object' ? compact(v[key]) : v[key];
    }
    return out;
  };
  X.isHollow = hollow;
  X.compactObject = compact;

  const FORM = /[!'()~]|%20/g;
  const form = (text) => encodeURIComponent(String(text)).replace(FORM, (c) => (c === '%20' ? '+' : `%${c.charCodeAt(0).toString(16).toUpperCase()}`));
  const pick = (v, wanted) => Object.fromEntries(Object.entries(v).filter(wanted));
  const containing = (text) => ([, value]) => typeof value === 'string' && value.includes(text);
  const isText = (v) => typeof v === 'string' && v !== '';

  Object.assign(X.tables.object, {
    compact,
    hasField: (v, name) => (name in v),
    keepFieldsContaining: (v, text) => (isText(text) ? pick(v, containing(text)) : fail('argument of keepFieldsContaining must be a non-empty string')),
    keys: (v) => Object.keys(v),
    removeField: (v, name) => pick(v, ([key]) => key !== name),
    removeFieldsContaining: (v, text) => (isText(text) ? pick(v, (entry) => !containing(text)(entry)) : fail('removeFieldsContaining(): expected non-empty string arg')),
    toJsonString: (v) => JSON.stringify(v),
    urlEncode: (v) => Object.entries(v).map(([key, value]) => `${form(key)}=${form(value)}`).join('&'),
    values: (v) => Object.values(v),
  });
})
