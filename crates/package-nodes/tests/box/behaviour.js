'use strict';
// What well-meaning code does. Each is a function that is called as `execute`.
const url = 'https://good.example/it';
const all = {
  async webForm() {
    const form = new FormData();
    form.append('user', '42');
    form.append('file', new Blob(['text'], { type: 'text/plain' }), 'a "b".txt');
    return [[{ json: await this.helpers.httpRequest({ method: 'POST', url, body: form }) }]];
  },
  async uncaught() { return [[{ json: await this.helpers.httpRequest({ url }) }]]; },
  // As code for services does: what holds for all items is read of the first one with each request, and the error is the code's own.
  async refusedLate() {
    for (const [item, { json }] of this.getInputData().entries()) {
      this.getNodeParameter('other', item);
      this.getNodeParameter('what', 0);
      await this.helpers.httpRequest({ url, ignoreHttpStatusErrors: true });
      if (json.throws) throw new Error(json.throws);
    }
    return [[]];
  },
  async signedIn() { return [[{ json: await this.helpers.requestOAuth2.call(this, 'mineOAuth2Api', { uri: url }) }]]; },
  matched() {
    'one two'.replace(/(t)(w)(z)?/, '');
    const { $1, $2, $3, lastMatch, lastParen, leftContext, rightContext, input } = RegExp;
    /never/.test('x');
    return [[{ json: { all: [$1, $2, $3, lastMatch, lastParen, leftContext, rightContext, input], after: RegExp['$&'] } }]];
  },
  tells() {
    this.addExecutionHints({ message: 'Some rows are double', type: 'warning' }, { message: 'And one is empty' });
    this.sendMessageToUI('row', { at: 1 });
    this.setMetadata({ subExecution: { executionId: '2' } });
    return [[]];
  },
  async sends() {
    const deep = (levels) => { let value = 1; for (let at = 0; at < levels; at++) value = { x: value }; return value; };
    const circle = { a: {} };
    circle.a.b = circle.a.c = [circle];
    const bodies = { deep: deep(100), deepest: deep(200), circle, itself: { toJSON() { return this; }, is: 'here' } };
    const options = { method: 'POST', url, body: bodies[this.getNodeParameter('other', 0)], agent: circle };
    options.self = options;
    return [[{ json: await this.helpers.httpRequest(options) }]];
  },
  async handsOn() {
    const [all, sorted, own] = [{ nodeMode: 'runOnceForAllItems' }, { nodeMode: 'runCode', additionalProperties: { items: [{ json: { $date: 1 } }] } }, { nodeMode: 'runCode' }];
    const code = this.getNodeParameter('code', 0);
    const texts = [[all, code], [sorted, `return items.sort((a, b) => { ${code} })`], [own, '$env'], [own, code.slice(1)]];
    const made = [];
    for (const [settings, text] of texts) {
      const { ok, result, error } = await this.startJob('javascript', { ...settings, code: text }, 0);
      made.push(ok ? result : error.message);
    }
    return [[{ json: { made } }]];
  },
  keeps() {
    const context = this.getContext('node');
    context.runs = (context.runs ?? 0) + 1;
    let refused;
    try { this.customData.set('a b', 1); } catch ({ message }) { refused = message; }
    this.customData.set('runs', context.runs);
    const encodings = [[0xff, 0xfe, 0x41, 0], [0xc3, 0xa4], [0xe4], [0x80]].map((bytes) => this.helpers.detectBinaryEncoding(Buffer.from(bytes)));
    return [[{ json: { runs: context.runs, told: this.customData.getAll(), source: this.getInputSourceData(), refused, encodings } }]];
  },
  async evaluates() {
    const made = ['{{ undefined }}', '{{ new Date(0) }}', '{{ NaN }}', '{{ $json.none }}'].map((text) => this.evaluateExpression(text, 0));
    return [[{ json: { made: made.map((value) => (value instanceof Date ? 'a Date' : String(value))) } }]];
  },
  async changesThen() { Promise.prototype.then = () => {}; return [[{ json: { ended: true } }]]; },
  async throwsUnreadable() { const no = () => { throw 1; }; throw new Proxy({}, { get: no, has: no, getPrototypeOf: no, ownKeys: no }); },
  async keyWithoutValue() { return [[{ json: { error: 'told', description: undefined } }, { json: { error: 'failed' } }]]; },
  looks() {
    const copied = {};
    for (const key in require('fs')) copied[key] = require('fs')[key];
    require('util').promisify(copied.fstat);
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (_, sites) => sites;
    const [site] = new Error('x').stack;
    Error.prepareStackTrace = prepareStackTrace;
    const Stream = require('thread-stream');
    const { safeRegex } = require('n8n-workflow');
    const safe = [safeRegex.test('^a', 'A', 'i'), safeRegex.replace('a', 'aA', 'i', 'x'), safeRegex.exec('(b)', 'abc')[1]];
    return [[{ json: {
      copied: typeof copied.fstat, promises: typeof copied.promises.readFile, caller: site.getFileName(), holds: typeof site.getFunction(), after: typeof new Error('x').stack,
      safe,
      thread: new Stream({ filename: 'x' }).write('x'),
    } }]];
  },
};

exports.Attack = class { async execute() { return await all[this.getNodeParameter('what', 0)].call(this); } };
