// `stream/consumers`.
(function (H, G, X) {
  'use strict';
  const { Buffer } = X.bytesOfNode();
  const buffer = async (source) => {
    const chunks = [];
    for await (const chunk of source) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    return Buffer.concat(chunks);
  };
  const text = async (source) => new (X.part('text').TextDecoder)().decode(await buffer(source));
  return {
    buffer, text, json: async (source) => JSON.parse(await text(source)), arrayBuffer: async (source) => new Uint8Array(await buffer(source)).buffer,
    blob: async (source) => new (X.builtin('buffer').Blob)([await buffer(source)]),
  };
})
