'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
const { NodeApiError, NodeOperationError } = require('n8n-workflow');
const missing = require('made-up-missing');
const { double } = require('../lib/double.mjs');

const BASE = 'https://api.made-up.example';
const shown = (...operation) => ({ displayOptions: { show: { operation } } });
const acts = {
  // Parameters: a text, a collection with its defaults, a value by its path.
  async read(i) {
    return { text: this.getNodeParameter('text', i), options: this.getNodeParameter('options', i), limit: this.getNodeParameter('options.limit', i, 50), node: this.getNode().name };
  },
  // The newer family, without and with the credential; a list in the query.
  async ask(i) {
    const open = await this.helpers.httpRequest({ url: `${BASE}/open`, qs: { tag: ['a', 'b'] }, json: true });
    const closed = await this.helpers.httpRequestWithAuthentication.call(this, 'madeUpApi', { method: 'POST', url: `${BASE}/closed`, body: { text: this.getNodeParameter('text', i) } });
    return { open, closed };
  },
  // The older family: a form without a credential; an empty object with one; an answer without content is no value.
  async askOlder(i) {
    await this.helpers.request({ method: 'POST', uri: `${BASE}/form`, form: { text: this.getNodeParameter('text', i) } });
    const empty = await this.helpers.requestWithAuthentication.call(this, 'madeUpApi', { method: 'GET', uri: `${BASE}/empty`, body: {}, json: true });
    const bare = await this.helpers.request({ method: 'GET', uri: `${BASE}/bare`, body: {}, json: true });
    return { empty: typeof empty, bare };
  },
  // One request for all items, and two at once.
  async together() {
    const texts = this.getInputData().map((_, i) => this.getNodeParameter('text', i));
    await this.helpers.httpRequest({ method: 'POST', url: `${BASE}/all`, body: { texts } });
    return Promise.all(texts.map((text, i) => this.helpers.httpRequest({ url: `${BASE}/${this.getNodeParameter('text', i)}` })));
  },
  async secret() {
    const { key, own, server } = await this.getCredentials('madeUpApi');
    return { key, own, server: typeof server };
  },
  // A credential type that the workflow chooses.
  async chosen(i) {
    return { header: (await this.getCredentials(this.getNodeParameter('asked', i))).name };
  },
  // Files: what is there is read, by a helper and as data; a new one is made beside it.
  async file(i) {
    const text = (await this.helpers.getBinaryDataBuffer(i, 'data')).toString();
    const inline = Buffer.from(this.helpers.assertBinaryData(i, 'data').data, 'base64').toString();
    const made = await this.helpers.prepareBinaryData(Buffer.from(`${text}!`), 'folder/made.csv');
    return { json: { same: text === inline }, binary: { old: this.getInputData()[i].binary.data, made }, pairedItem: { item: i } };
  },
  async remember() {
    const kept = this.getWorkflowStaticData('node');
    kept.count = (kept.count ?? 0) + 1;
    return { count: kept.count };
  },
  async module(i) {
    return { double: double(this.getNodeParameter('text', i)) };
  },
  async missing() {
    return { used: missing.use() };
  },
  async addon() {
    return { used: require('./fast.node') };
  },
  async machine() {
    return { used: require('fs').readFileSync('/etc/passwd', 'utf8') };
  },
  async notThere(i) {
    return { used: this.getInputData()[i].json.word.nowhere() };
  },
  async fail(i) {
    throw new NodeOperationError(this.getNode(), 'It failed', { itemIndex: i, description: 'On purpose' });
  },
  async refused() {
    try {
      return await this.helpers.httpRequest({ url: `${BASE}/refused`, json: true });
    } catch (error) {
      throw new NodeApiError(this.getNode(), error);
    }
  },
  async nothing(i) {
    return { length: this.getInputData()[i].json.nowhere.length };
  },
};

// Its description stands in dist/types.
class Acts {
  async execute() {
    const items = this.getInputData();
    const out = [];
    for (let i = 0; i < items.length; i++) {
      try {
        const made = await acts[this.getNodeParameter('operation', i)].call(this, i);
        out.push(made.json ? made : { json: made, pairedItem: { item: i } });
      } catch (error) {
        if (!this.continueOnFail()) throw error;
        out.push({ json: { error: error.message }, pairedItem: { item: i } });
      }
    }
    return [out];
  }
}
exports.Acts = Acts;
