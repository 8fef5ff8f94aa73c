// Timers. The host asks when the next one is due, and runs what is.
(function (H, G) {
  'use strict';
  const { hidden } = G.__kv_x;
  const timers = new Map();
  let lastTimer = 0;
  let ran = 0;
  const after = (repeat) => (f, ms = 0, ...args) => {
    const id = ++lastTimer;
    const wait = Math.max(1, Number(ms) || 0);
    timers.set(id, { due: H.elapsed() + wait, f, args, every: repeat ? wait : 0 });
    return id;
  };
  const clear = (id) => { timers.delete(id); };
  const immediate = (f, ...args) => after(false)(f, 0, ...args);
  const native = { setTimeout: after(false), setInterval: after(true), setImmediate: immediate, clearTimeout: clear, clearInterval: clear, clearImmediate: clear };
  Object.entries(native).forEach(([name, value]) => hidden(G, name, value));
  G.__kv_x.timers = {
    native,
    // How many there are.
    count: () => timers.size,
    // How many times one has run.
    ran: () => ran,
    // Runs what is due; gives back how long the next timer takes, -1 where there is none.
    due() {
      const now = H.elapsed();
      for (const [id, timer] of [...timers].sort((a, b) => a[1].due - b[1].due)) {
        if (timer.due > now) continue;
        if (timer.every) timer.due = now + timer.every;
        else timers.delete(id);
        ran += 1;
        timer.f(...timer.args);
        return 0;
      }
      return timers.size ? Math.max(1, Math.min(...[...timers.values()].map((t) => t.due)) - now) : -1;
    },
  };
})
