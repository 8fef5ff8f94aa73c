// How a trigger begins a run by hand, and what `this` is to it: it has no items.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;

  // How long a poll may take, in milliseconds, before it leaves the rest to the next one: there is none.
  const POLL = 300000;

  X.triggerContext = (general) => ({
    ...general,
    getNodeParameter: (name, fallback, options) => general.getNodeParameter(name, 0, fallback, options),
    getCredentials: (type) => general.getCredentials(type, 0),
    getActivationMode: () => 'manual',
    getPollBudgetMs: () => POLL,
    // Nothing wakes a run by hand.
    helpers: Object.assign(Object.create(general.helpers), { registerCron: () => {} }),
  });

  // Its first items, where it listens: it is begun, told that somebody waits, and ended.
  const listen = async (type, context) => {
    const first = Promise.withResolvers();
    // Whoever awaits it comes later.
    first.promise.catch(() => {});
    const made = await type.trigger.call({ ...context, emit: first.resolve, emitError: first.reject });
    if (made === undefined) return null;
    try {
      await made.manualTriggerFunction?.();
      return await first.promise;
    } finally {
      await made.closeFunction?.();
    }
  };

  X.begin = async (type, context) => {
    if (typeof type.poll === 'function') return type.poll.call(context);
    if (typeof type.trigger === 'function') return listen(type, context);
    throw new Error('The node cannot begin a run by itself');
  };
})
