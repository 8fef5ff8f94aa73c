// What a regular expression matched last, at `RegExp.$1` and its kin: old names, which the engine does not have. Remembering costs each match, so
// it begins with the first module that has one of the names in it.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { RegExp } = G;
  const { exec } = RegExp.prototype;
  const { apply } = Reflect;
  let last;
  const group = (at) => last.groups[at] ?? '';
  const NAMES = {
    input: ['$_', () => last.input],
    lastMatch: ['$&', () => group(0)],
    lastParen: ['$+', () => (last.groups.length > 1 ? group(last.groups.length - 1) : '')],
    leftContext: ['$`', () => last.input.slice(0, last.index)],
    rightContext: ["$'", () => last.input.slice(last.index + group(0).length)],
  };
  const define = (name, get) => Object.defineProperty(RegExp, name, { get, set: () => {}, configurable: true });
  X.rememberMatches = () => {
    if (last) return;
    last = { groups: [], index: 0, input: '' };
    X.hidden(RegExp.prototype, 'exec', function (text) {
      const found = apply(exec, this, [text]);
      if (found) last = { groups: [...found], index: found.index, input: found.input };
      return found;
    });
    for (let at = 1; at <= 9; at++) define(`$${at}`, () => group(at));
    for (const [name, [short, get]] of Object.entries(NAMES)) for (const each of [name, short]) define(each, get);
  };
})
