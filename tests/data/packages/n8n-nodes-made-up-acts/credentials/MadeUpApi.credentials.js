'use strict';
// Plain CommonJS, as packages ship it.
class MadeUpApi {
  constructor() {
    this.name = 'madeUpApi';
    this.displayName = 'Made Up API';
    this.properties = [
      { displayName: 'Key', name: 'key', type: 'string', typeOptions: { password: true }, default: '' },
      { displayName: 'Own Server', name: 'own', type: 'boolean', default: false },
      { displayName: 'Server', name: 'server', type: 'string', default: 'unseen', displayOptions: { show: { own: [true] } } },
    ];
    this.authenticate = { type: 'generic', properties: { headers: { 'X-Key': '={{$credentials.key}}' } } };
  }
}
exports.MadeUpApi = MadeUpApi;
