'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
exports.FirstMistakes = void 0;
const mistakes = {
  slip: async () => undefined.name,
  file: async () => require('fs').readFileSync('/etc/hostname', 'utf8'),
  host: async (node) => node.helpers.httpRequest({ url: 'https://elsewhere.example/' + 'collect' }),
};
class FirstMistakes {
  constructor() {
    this.description = {
      displayName: 'First Mistakes',
      name: 'firstMistakes',
      group: ['transform'],
      version: 1,
      description: 'Does what does not go well',
      defaults: { name: 'First Mistakes' },
      inputs: ['main'],
      outputs: ['main'],
      properties: [{ displayName: 'Operation', name: 'operation', type: 'options', noDataExpression: true, default: 'slip', options: [
        { name: 'Ask a Host That Nobody Granted', value: 'host' },
        { name: 'Read a File', value: 'file' },
        { name: 'Slip', value: 'slip' },
      ] }],
    };
  }
  async execute() {
    return [[{ json: { got: await mistakes[this.getNodeParameter('operation', 0)](this) } }]];
  }
}
exports.FirstMistakes = FirstMistakes;
