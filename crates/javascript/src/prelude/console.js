// The console: lines go to the host.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const printed = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return `${value.stack ? `${value}` : value}`;
    if (typeof value === 'object' && value !== null) { try { return X.shown(value); } catch { return '[object]'; } }
    return String(value);
  };
  const log = (level) => (...args) => { H.log(level, X.wellFormed(args.map(printed).join(' '))); };
  const silent = ['assert', 'clear', 'count', 'countReset', 'dirxml', 'group', 'groupCollapsed', 'groupEnd', 'profile', 'profileEnd', 'time', 'timeEnd',
    'timeLog', 'timeStamp'].map((name) => [name, () => {}]);
  const loud = { log: log('log'), info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug'), trace: log('debug'), table: log('log'), dir: log('log') };
  X.hidden(G, 'console', { ...Object.fromEntries(silent), ...loud });
})
