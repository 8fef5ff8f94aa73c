'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
exports.IssuesApi = void 0;
class IssuesApi {
  constructor() {
    this.name = 'issuesApi';
    this.displayName = 'GitHub Issues API';
    this.documentationUrl = 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens';
    this.properties = [{ displayName: 'Access Token', name: 'accessToken', type: 'string', typeOptions: { password: true }, default: '', required: true }];
    this.authenticate = { type: 'generic', properties: { headers: { Authorization: '=Bearer {{$credentials.accessToken}}' } } };
    this.test = { request: { baseURL: 'https://api.github.com', url: '/user' } };
  }
}
exports.IssuesApi = IssuesApi;
