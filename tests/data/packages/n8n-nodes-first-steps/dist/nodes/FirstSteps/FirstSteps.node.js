'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
exports.FirstSteps = void 0;
const n8n_workflow_1 = require('n8n-workflow');
class FirstSteps {
  constructor() {
    this.description = {
      displayName: 'First Steps',
      name: 'firstSteps',
      group: ['transform'],
      version: 1,
      description: 'Greets each item',
      defaults: { name: 'First Steps' },
      inputs: ['main'],
      outputs: ['main'],
      properties: [{ displayName: 'Greeting', name: 'greeting', type: 'string', default: 'Hello', description: 'What is said before the name' }],
    };
  }
  async execute() {
    const items = this.getInputData();
    return [items.map((item, i) => {
      const name = item.json.name;
      if (!name) throw new n8n_workflow_1.NodeOperationError(this.getNode(), 'The item has no name', { itemIndex: i });
      return { json: { ...item.json, text: `${this.getNodeParameter('greeting', i)}, ${name}!` }, pairedItem: { item: i } };
    })];
  }
}
exports.FirstSteps = FirstSteps;
