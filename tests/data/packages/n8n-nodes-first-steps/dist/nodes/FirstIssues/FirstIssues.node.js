'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
exports.FirstIssues = void 0;
const shown = (operation) => ({ show: { resource: ['issue'], operation: [operation] } });
const repository = '/repos/{{ encodeURIComponent($parameter.owner) }}/{{ encodeURIComponent($parameter.repository) }}/issues';
class FirstIssues {
  constructor() {
    this.description = {
      displayName: 'First Issues',
      name: 'firstIssues',
      group: ['input'],
      version: 1,
      subtitle: '={{ $parameter.operation + ": " + $parameter.resource }}',
      description: 'Reads and opens issues on GitHub',
      defaults: { name: 'First Issues' },
      inputs: ['main'],
      outputs: ['main'],
      credentials: [{ name: 'issuesApi', required: true }],
      requestDefaults: { baseURL: 'https://api.github.com', headers: { Accept: 'application/vnd.github+json' } },
      properties: [
        { displayName: 'Resource', name: 'resource', type: 'options', noDataExpression: true, default: 'issue', options: [{ name: 'Issue', value: 'issue' }] },
        {
          displayName: 'Operation', name: 'operation', type: 'options', noDataExpression: true, default: 'getAll', displayOptions: { show: { resource: ['issue'] } },
          options: [
            { name: 'Create', value: 'create', action: 'Open an issue', routing: { request: { method: 'POST', url: `=${repository}` } } },
            { name: 'Get Many', value: 'getAll', action: 'Get many issues', routing: { request: { method: 'GET', url: `=${repository}` } } },
          ],
        },
        { displayName: 'Owner', name: 'owner', type: 'string', default: '', required: true },
        { displayName: 'Repository', name: 'repository', type: 'string', default: '', required: true },
        { displayName: 'Title', name: 'title', type: 'string', default: '', required: true, displayOptions: shown('create'), routing: { send: { type: 'body', property: 'title' } } },
        {
          displayName: 'State', name: 'state', type: 'options', default: 'open', displayOptions: shown('getAll'), routing: { send: { type: 'query', property: 'state' } },
          options: [{ name: 'All', value: 'all' }, { name: 'Closed', value: 'closed' }, { name: 'Open', value: 'open' }],
        },
        {
          displayName: 'Limit', name: 'limit', type: 'number', typeOptions: { minValue: 1, maxValue: 100 }, default: 30, displayOptions: shown('getAll'),
          routing: { send: { type: 'query', property: 'per_page' } }, description: 'Max number of results to return',
        },
      ],
    };
  }
}
exports.FirstIssues = FirstIssues;
