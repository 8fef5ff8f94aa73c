// `assert`.
(function (H, G, X) {
  'use strict';
  const { hidden } = X;
  const { coded, wrongType } = X.bytesOfNode();
  const { isDeepStrictEqual, isDeepEqual } = X.part('util/equal');
  const shown = (value) => X.builtin('util').inspect(value, { compact: false, depth: 1000, maxArrayLength: Infinity, sorted: true, breakLength: Infinity });
  const HEADS = {
    strictEqual: 'Expected values to be strictly equal:', deepStrictEqual: 'Expected values to be strictly deep-equal:', deepEqual: 'Expected values to be loosely deep-equal:',
    notStrictEqual: 'Expected "actual" to be strictly unequal to:', notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
    notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  };
  const described = ({ actual, expected, operator }) => {
    const [a, b] = [shown(actual), shown(expected)];
    if (operator.startsWith('not')) return HEADS[operator] ? `${HEADS[operator]}${b.includes('\n') ? '\n\n' : ' '}${b}${b.includes('\n') ? '\n' : ''}` : `${a} ${operator} ${b}`;
    if (operator === 'strictEqual' && !a.includes('\n') && !b.includes('\n')) return `${HEADS.strictEqual}\n\n${a} !== ${b}\n`;
    return HEADS[operator] ? `${HEADS[operator]}\n\n${a}\n\nshould equal\n\n${b}` : `${a} ${operator} ${b}`;
  };
  class AssertionError extends Error {
    constructor(options) {
      if (options === null || typeof options !== 'object') throw wrongType('options', 'of type object', options);
      super(options.message !== undefined ? `${options.message}` : described({ operator: 'fail', ...options }));
      hidden(this, 'name', 'AssertionError');
      this.generatedMessage = options.message === undefined;
      this.code = 'ERR_ASSERTION';
      this.actual = options.actual;
      this.expected = options.expected;
      this.operator = options.operator;
    }
    toString() { return `${this.name} [${this.code}]: ${this.message}`; }
  }
  const fails = (message, details) => {
    if (message instanceof Error) throw message;
    const error = new AssertionError({ ...details, message });
    if (details.generated) error.generatedMessage = true;
    throw error;
  };
  const ok = (...args) => {
    const [value, message] = args;
    if (value) return;
    if (args.length === 0) fails('No value argument passed to `assert.ok()`', { actual: undefined, expected: true, operator: '==', generated: true });
    fails(message ?? 'The expression evaluated to a falsy value:\n\n  assert(value)\n', { actual: value, expected: true, operator: '==', generated: message === undefined });
  };
  const assert = (...args) => ok(...args);
  const compare = (operator, holds) => (actual, expected, message) => {
    if (!holds(actual, expected)) fails(message, { actual, expected, operator });
  };
  const matches = (error, expected, message) => {
    if (expected === undefined) return;
    if (typeof expected === 'function') {
      if (expected.prototype !== undefined && error instanceof expected) return;
      if (expected === Error || Object.prototype.isPrototypeOf.call(Error, expected)) {
        if (!(error instanceof expected)) throw error;
        return;
      }
      if (Reflect.apply(expected, {}, [error]) !== true) fails(message ?? 'The validation function is expected to return "true".', { actual: error, expected, operator: 'throws', generated: !message });
      return;
    }
    if (expected instanceof RegExp) {
      if (!expected.test(String(error))) fails(message ?? `The input did not match the regular expression ${expected}. Input:\n\n${shown(String(error))}\n`, { actual: error, expected, operator: 'throws', generated: !message });
      return;
    }
    const keys = Object.keys(expected);
    if (expected instanceof Error) keys.push('name', 'message');
    for (const key of keys) {
      const good = expected[key] instanceof RegExp && typeof error?.[key] === 'string' ? expected[key].test(error[key]) : isDeepStrictEqual(error?.[key], expected[key]);
      if (!good) fails(message ?? `Expected values to be strictly deep-equal:\n\n${shown(error?.[key])}\n\nshould equal\n\n${shown(expected[key])}`, { actual: error, expected, operator: 'throws', generated: !message });
    }
  };
  const given = (expected, message) => (typeof expected === 'string' ? [undefined, expected] : [expected, message]);
  const missing = (operator, kind, expected, message) => {
    const suffix = `${expected?.name ? ` (${expected.name})` : ''}${message ? `: ${message}` : '.'}`;
    fails(message instanceof Error ? message : `Missing expected ${kind}${suffix}`, { actual: undefined, expected, operator, generated: !message });
  };
  const throws = (f, ...rest) => {
    if (typeof f !== 'function') throw wrongType('fn', 'of type function', f);
    const [expected, message] = given(...rest);
    let thrown;
    try { f(); } catch (error) { thrown = { error }; }
    if (!thrown) missing('throws', 'exception', expected, message);
    matches(thrown.error, expected, message);
  };
  const settled = async (f) => {
    const promise = typeof f === 'function' ? f() : f;
    if (typeof promise?.then !== 'function') throw coded(TypeError, 'ERR_INVALID_RETURN_VALUE', 'Expected instance of Promise to be returned from the "promiseFn" function');
    try { await promise; return undefined; } catch (error) { return { error }; }
  };
  const unwanted = (operator, kind, error, message) => fails(`Got unwanted ${kind}${message ? `: ${message}` : '.'}\nActual message: "${error?.message}"`, { actual: error, expected: undefined, operator, generated: !message });
  const not = (f) => (a, b) => !f(a, b);
  const loose = (a, b) => a == b || Number.isNaN(a) && Number.isNaN(b);
  const inner = {
    AssertionError, ok,
    fail: (message = 'Failed') => { if (message instanceof Error) throw message; const error = new AssertionError({ message, operator: 'fail' }); error.generatedMessage = message === 'Failed'; throw error; },
    equal: compare('==', loose), notEqual: compare('!=', not(loose)), strictEqual: compare('strictEqual', Object.is), notStrictEqual: compare('notStrictEqual', not(Object.is)),
    deepEqual: compare('deepEqual', isDeepEqual), notDeepEqual: compare('notDeepEqual', not(isDeepEqual)), deepStrictEqual: compare('deepStrictEqual', isDeepStrictEqual),
    notDeepStrictEqual: compare('notDeepStrictEqual', not(isDeepStrictEqual)), throws,
    doesNotThrow(f, expected, message) {
      try { f(); } catch (error) { unwanted('doesNotThrow', 'exception', error, given(expected, message)[1]); }
    },
    async rejects(f, ...rest) {
      const [expected, message] = given(...rest);
      const thrown = await settled(f);
      if (!thrown) missing('rejects', 'rejection', expected, message);
      matches(thrown.error, expected, message);
    },
    async doesNotReject(f, expected, message) {
      const thrown = await settled(f);
      if (thrown) unwanted('doesNotReject', 'rejection', thrown.error, given(expected, message)[1]);
    },
    ifError(value) {
      if (value === null || value === undefined) return;
      const error = new AssertionError({ actual: value, expected: null, operator: 'ifError', message: `ifError got unwanted exception: ${value?.message || (value?.message === '' ? value.constructor.name : shown(value))}` });
      error.generatedMessage = false;
      throw error;
    },
    match: (text, pattern, message) => { if (typeof text !== 'string' || !pattern.test(text)) fails(message ?? `The input did not match the regular expression ${pattern}. Input:\n\n${shown(text)}\n`, { actual: text, expected: pattern, operator: 'match', generated: !message }); },
    doesNotMatch: (text, pattern, message) => { if (typeof text === 'string' && pattern.test(text)) fails(message ?? `The input was expected to not match the regular expression ${pattern}. Input:\n\n${shown(text)}\n`, { actual: text, expected: pattern, operator: 'doesNotMatch', generated: !message }); },
  };
  Object.assign(assert, inner);
  const strict = Object.assign((...args) => ok(...args), inner, {
    equal: inner.strictEqual, notEqual: inner.notStrictEqual, deepEqual: inner.deepStrictEqual, notDeepEqual: inner.notDeepStrictEqual,
  });
  return Object.assign(assert, { strict: Object.assign(strict, { strict }) });
})
