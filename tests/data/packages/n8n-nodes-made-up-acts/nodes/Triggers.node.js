'use strict';
Object.defineProperty(exports, '__esModule', { value: true });

// Polls: what it has seen it keeps; the service says `null` where nothing is new.
class News {
  async poll() {
    const kept = this.getWorkflowStaticData('node');
    const { limit } = this.getNodeParameter('options', { limit: 1 });
    const qs = { topic: this.getNodeParameter('topic'), limit: limit ?? 2 };
    const news = await this.helpers.httpRequestWithAuthentication.call(this, 'madeUpApi', { url: 'https://api.made-up.example/news', qs, json: true });
    if (news.is === 'closed') throw new Error('No news');
    const fresh = news.list.filter(({ id }) => id > (kept.last ?? 0));
    kept.last = news.list.at(-1)?.id;
    const known = { mode: this.getMode(), activation: this.getActivationMode(), none: this.getNodeParameter('none', 'fallback') };
    return fresh.length > 0 ? [this.helpers.returnJsonArray(fresh.map((one) => ({ ...one, ...known })))] : null;
  }
}

// Listens: told that somebody waits, it hears something; then it is ended.
class Bell {
  async trigger() {
    const kept = this.getWorkflowStaticData('node');
    return {
      manualTriggerFunction: async () => { this.emit([[{ json: { rang: true } }]]); },
      closeFunction: async () => { kept.closed = true; },
    };
  }
}

class Silent {
  async trigger() {
    return { manualTriggerFunction: async () => {} };
  }
}

// It has `webhook` alone, which nobody calls here.
class Hook {
  async webhook() {
    return { workflowData: [[{ json: { called: true } }]] };
  }
}
Object.assign(exports, { News, Bell, Silent, Hook });
