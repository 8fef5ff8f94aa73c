// A node that is only a description. Its data is in the test: functions are there alone.
'use strict';
const list = [];
const functions = {
  before: async function (options) { options.headers.seen = `${this.getNodeParameter('what')} ${this.getItemIndex()}`; return options; },
  again: async function (options) { options.body = Buffer.from(JSON.stringify(options.body)); return options; },
  after: async function (items, response) { return items.map((item) => ({ json: { got: { ...item.json, status: response.statusCode, input: this.getInputData().json.id } } })); },
  fails: async function () { throw new Error('what the function says'); },
  pages: async function ({ options }) {
    let all = [];
    for (const page of [1, 2]) all = all.concat(await this.makeRoutingRequest({ ...options, qs: { page } }));
    return all;
  },
  // Lies.
  nothing: async () => {},
  number: async () => 5,
  numbers: async () => [1],
  waits: () => new Promise(() => {}),
  fills: async () => { for (const all = []; ;) all.push('x'.repeat(1e6) + all.length); },
  asks: async function () { return this.makeRoutingRequest(); },
  stands: async function ({ options }) { for (;;) await this.makeRoutingRequest(options); },
  catches: async function ({ options }) { for (;;) try { await this.makeRoutingRequest(options); } catch { /* on */ } },
  // Honest ones.
  polls: async function ({ options }) {
    for (let asked = 0; asked < 1500; asked++) {
      await this.makeRoutingRequest(options);
      await new Promise((resolve) => { setTimeout(resolve, 1); });
    }
    return [{ json: { done: true } }];
  },
  locks: async (options) => {
    const before = lock;
    lock = new Promise((resolve) => { release.push(resolve); });
    await before;
    return options;
  },
  unlocks: async (items) => { release.shift()(); return items; },
  // Fault and cover.
  spoils: async (items) => { Object.prototype.toJSON = () => 'spoilt'; Array.prototype.map = () => []; JSON.stringify = () => '{}'; Promise.prototype.then = () => {}; return items; },
};
let lock = Promise.resolve();
const release = [];
const { before, again, after, fails, pages } = functions;
const routings = {
  functions: { send: { preSend: [before, again] }, output: { postReceive: [after] } },
  fails: { output: { postReceive: [fails] } },
  pages: { send: { paginate: true }, operations: { pagination: pages } },
  lies: { send: { preSend: ['no function'] } },
  polls: { send: { paginate: true }, operations: { pagination: functions.polls } },
  locks: { send: { preSend: [functions.locks] }, output: { postReceive: [functions.unlocks] } },
  'locks only': { send: { preSend: [functions.locks] } },
};
for (const name of ['nothing', 'number', 'numbers', 'waits', 'fills', 'asks', 'stands', 'catches', 'spoils']) {
  routings[`${name} before`] = { send: { preSend: [before, functions[name]] } };
  routings[`${name} after`] = { output: { postReceive: [functions[name]] } };
  routings[`${name} pages`] = { send: { paginate: true }, operations: { pagination: functions[name] } };
}
const options = Object.entries(routings).map(([value, routing]) => ({ name: value, value, routing }));
exports.Attack = class { description = { properties: [{ name: 'what', type: 'options', options }, ...list] }; };
