// `https`: as `http`, with another protocol.
(function (H, G, X) {
  'use strict';
  return X.builtin('http').secure;
})
