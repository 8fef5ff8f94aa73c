'use strict';
// What goes on beside a job: other jobs, and what a job leaves behind. Each is a function that is called as `execute`.
const wait = (ms) => new Promise((go) => setTimeout(go, ms));
const got = (url) => new Promise((resolve, reject) => require('https').request(url, resolve).on('error', reject).end());
const all = {
  // Each of its requests goes to a host that this execution's credential alone names.
  async ownHost() {
    const host = this.getInputData()[0].json.host;
    const asked = async (path, send) => { try { await send(`https://${host}/${path}`); return 'sent'; } catch (error) { return (error.cause ?? error).message; } };
    const later = new Promise((resolve) => setTimeout(() => resolve(asked('timer', fetch)), 700));
    await wait(300);
    const said = [await asked('fetch', fetch), await asked('https', got)];
    await wait(300);
    return [...said, await asked('fetch/again', fetch), await later];
  },
  leavesRequests() {
    this.helpers.httpRequest({ url: 'https://good.example/helper' });
    (async () => { await fetch('https://good.example/fetch'); await fetch('https://good.example/then'); })();
    require('https').get('https://good.example/https');
    return 'left';
  },
  leavesTimer() { setTimeout(() => fetch('https://good.example/late'), 200); return 'left'; },
  // Bytes of a size, through all ways that they can go: into a file and out of it, as a body and as an answer of each kind of request.
  async large() {
    const sent = Buffer.alloc(300001);
    for (let at = 0; at < sent.length; at++) sent[at] = at % 251;
    const file = await this.helpers.prepareBinaryData(sent, 'large.bin');
    const url = 'https://good.example/large';
    const came = {
      buffer: await this.helpers.getBinaryDataBuffer(0, file),
      stream: await this.helpers.binaryToBuffer(await this.helpers.getBinaryStream(file[Object.getOwnPropertySymbols(file)[0]])),
      text: Buffer.from(file.data, 'base64'),
      request: await this.helpers.httpRequest({ method: 'POST', url, body: sent, encoding: 'arraybuffer' }),
      fetch: Buffer.from(await (await fetch(url, { method: 'POST', body: sent })).arrayBuffer()),
    };
    return Object.fromEntries(Object.entries(came).map(([name, bytes]) => [name, sent.equals(bytes)]));
  },
  async waits() { await wait(500); return 'waited'; },
};

exports.Attack = class { async execute() { return [[{ json: { got: await all[this.getNodeParameter('what', 0)].call(this) } }]]; } };
