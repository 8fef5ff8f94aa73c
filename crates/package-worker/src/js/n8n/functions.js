// Functions of `n8n-workflow` that nodes call, as far as recordings show them.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const N = X.n8n;
  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

  N.deepCopy = (source, hash = new WeakMap(), path = '') => {
    if (typeof source !== 'object' || source === null || typeof source === 'function') return source;
    if (typeof source.toJSON === 'function') return source.toJSON();
    if (hash.has(source)) return hash.get(source);
    const copy = Array.isArray(source) ? [] : Object.create(Object.getPrototypeOf({}));
    hash.set(source, copy);
    for (const key of Object.keys(source)) copy[key] = N.deepCopy(source[key], hash, path);
    return copy;
  };
  N.jsonParse = (text, options) => {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (options?.acceptJSObject) {
        try { return X.readObject(text); } catch { /* it is no object either */ }
      }
      if (options?.fallbackValue !== undefined) return typeof options.fallbackValue === 'function' ? options.fallbackValue() : options.fallbackValue;
      if (options?.errorMessage) throw new N.ApplicationError(options.errorMessage);
      throw error;
    }
  };
  // `{a: 'x'}` as JavaScript reads it, without running anything: names and single quotes are made JSON.
  X.readObject = (text) => {
    const quoted = String(text).replace(/'((?:[^'\\]|\\.)*)'/g, (_, inner) => JSON.stringify(inner.replace(/\\'/g, "'")))
      .replace(/([{,]\s*)([A-Za-z_$][\w$]*)\s*:/g, '$1"$2":').replace(/,\s*([}\]])/g, '$1');
    return JSON.parse(quoted);
  };
  N.removeCircularRefs = (value, seen = new Set()) => {
    if (typeof value !== 'object' || value === null || value instanceof RegExp || 'toJSON' in value) return value;
    if (seen.has(value)) return '[Circular Reference]';
    seen.add(value);
    if (Array.isArray(value)) value.forEach((entry, i) => { value[i] = N.removeCircularRefs(entry, seen); });
    else for (const key of Object.keys(value)) value[key] = N.removeCircularRefs(value[key], seen);
    seen.delete(value);
    return value;
  };
  N.jsonStringify = (value, options = {}) => JSON.stringify(options.replaceCircularRefs ? N.removeCircularRefs(value) : value);
  N.sleep = (ms) => new Promise((resolve) => { G.setTimeout(resolve, ms); });
  N.sleepWithAbort = (ms, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new N.ManualExecutionCancelledError(''));
    const timer = G.setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => { G.clearTimeout(timer); reject(new N.ManualExecutionCancelledError('')); }, { once: true });
  });
  N.isObjectEmpty = (value) => {
    if (value === undefined || value === null) return true;
    if (typeof value === 'object') {
      if (Array.isArray(value)) return value.length === 0;
      if (value instanceof Set || value instanceof Map) return value.size === 0;
      if (Buffer.isBuffer(value)) return value.byteLength === 0;
      if (Symbol.iterator in value || Symbol.asyncIterator in value) return false;
      return Object.keys(value).length === 0;
    }
    return true;
  };
  N.randomInt = (min, max) => { const [from, to] = max === undefined ? [0, min] : [min, max]; return from + Math.floor(H.chance() * (to - from)); };
  const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  N.ALPHABET = LETTERS;
  N.randomString = (min, max) => Array.from({ length: max === undefined ? min : N.randomInt(min, max + 1) }, () => LETTERS[N.randomInt(LETTERS.length)]).join('');
  N.ensureError = (error) => (error instanceof Error ? error : new Error('Error that was not an instance of Error was thrown', { cause: error }));
  N.assert = (condition, message) => { if (!condition) throw new Error(message ?? 'Assertion failed'); };
  N.sanitizeXmlName = (name) => String(name).replace(/[^A-Za-z0-9_.:-]/g, '_').replace(/^[^A-Za-z_:]/, '_$&');
  N.toPathSegment = (value) => encodeURIComponent(String(value));
  N.sanitizeFilename = (name, max = 200) => String(name).normalize('NFC').split(/[/\\]/).at(-1).replace(/[\0-\x1f<>:"|?*]/g, '').trim().slice(0, max) || 'untitled';

  const UNSAFE = new Set(['__proto__', 'prototype', 'constructor', 'getPrototypeOf', 'mainModule', 'binding', '_load']);
  N.isSafeObjectProperty = (name) => !UNSAFE.has(name);
  N.setSafeObjectProperty = (target, name, value) => { if (N.isSafeObjectProperty(name)) target[name] = value; };
  // `/source/flags`; any other text is a source by itself.
  N.parseRegexLiteral = (given) => {
    const text = given.toString();
    const [, source = text, flags = ''] = /^\/(.*)\/([gimsuy]*)$/.exec(text) ?? [];
    return { source, flags };
  };
  // What the engine says is wrong with a regular expression, in V8's words: n8n's nodes hand them on.
  const WORDS = new Map([
    ["expecting ')'", 'Unterminated group'], ['extraneous characters at the end', "Unmatched ')'"], ['unexpected end', 'Unterminated character class'],
    ['nothing to repeat', 'Nothing to repeat'], ['invalid repetition count', 'numbers out of order in {} quantifier'],
    ['invalid class range', 'Range out of order in character class'], ['duplicate group name', 'Duplicate capture group name'],
    ['invalid group name', 'Invalid capture group name'], ['group name not defined', 'Invalid named capture referenced'], ['invalid group', 'Invalid group'],
    ["expecting ':'", 'Invalid group'], ['syntax error', 'Lone quantifier brackets'], ['invalid escape sequence in regular expression', 'Invalid escape'],
  ]);
  const pattern = (given, flags) => {
    if (given instanceof RegExp) return given;
    try {
      return new RegExp(given, flags);
    } catch (error) {
      const words = WORDS.get(error.message);
      if (words) throw new SyntaxError(`Invalid regular expression: /${given}/${flags ?? ''}: ${words}`);
      if (error.message === 'invalid regular expression flags') throw new SyntaxError(`Invalid flags supplied to RegExp constructor '${flags}'`);
      throw error;
    }
  };
  N.safeRegex = {
    test: (given, text, flags) => pattern(given, flags).test(text),
    exec: (given, text, flags) => pattern(given, flags).exec(text),
    replace: (given, text, flags, by) => String(text).replace(pattern(given, flags), by),
    split: (given, text, flags) => String(text).split(pattern(given, flags)),
    matchAll: (given, text, flags = '') => [...String(text).matchAll(pattern(given, flags.includes('g') ? flags : `${flags}g`))],
  };

  N.isResourceLocatorValue = (value) => isObject(value) && 'mode' in value && 'value' in value && '__rl' in value;
  N.isResourceMapperValue = (value) => isObject(value) && 'mappingMode' in value && 'schema' in value && 'value' in value;
  N.isFilterValue = (value) => isObject(value) && 'conditions' in value && 'combinator' in value;
  N.isBinaryValue = (value) => isObject(value) && 'mimeType' in value && ('data' in value || 'id' in value);
  N.isINodeProperties = (value) => isObject(value) && 'name' in value && 'type' in value && !('value' in value);

  const isOf = { string: (v) => typeof v === 'string', number: (v) => typeof v === 'number', boolean: (v) => typeof v === 'boolean' };
  const assertParam = (name, value, fits, type, node) => {
    if (!fits) throw new N.NodeOperationError(node, `Parameter "${name}" is not ${type}`, { description: `Parameter "${name}" is not ${type}` });
  };
  N.assertParamIsString = (name, value, node) => assertParam(name, value, isOf.string(value), 'string', node);
  N.assertParamIsNumber = (name, value, node) => assertParam(name, value, isOf.number(value), 'number', node);
  N.assertParamIsBoolean = (name, value, node) => assertParam(name, value, isOf.boolean(value), 'boolean', node);
  N.assertParamIsArray = (name, value, fits, node) => {
    assertParam(name, value, Array.isArray(value), 'an array', node);
    if (!value.every((entry) => fits(entry))) throw new N.NodeOperationError(node, `Parameter "${name}" has elements that don't match expected types`);
  };
  N.assertParamIsOfAnyTypes = (name, value, types, node) => assertParam(name, value, types.some((type) => isOf[type]?.(value)), types.join(' or '), node);
  N.validateNodeParameters = (value, schema, node) => {
    if (!isObject(value)) throw new N.NodeOperationError(node, 'Value is not a valid object');
    for (const [name, rule] of Object.entries(schema)) {
      const given = value[name];
      if (rule.required && given === undefined) throw new N.NodeOperationError(node, `Required parameter "${name}" is missing`);
      if (given === undefined) continue;
      const types = [].concat(rule.type);
      const fits = types.some((type) => (type === 'object' ? isObject(given) || Array.isArray(given) : type === 'resource-locator' ? N.isResourceLocatorValue(given)
        : type.endsWith('[]') ? Array.isArray(given) && given.every((entry) => typeof entry === type.slice(0, -2)) : typeof given === type));
      if (!fits) throw new N.NodeOperationError(node, `Parameter "${name}" does not match any of the expected types: ${types.join(', ')}`);
    }
  };

  N.tryToParseNumber = (value) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
    throw new N.ApplicationError('Failed to parse value to number', { extra: { value } });
  };
  N.tryToParseBoolean = (value) => {
    if (typeof value === 'boolean') return value;
    if (['true', 'false'].includes(String(value).toLowerCase())) return String(value).toLowerCase() === 'true';
    throw new N.ApplicationError('Failed to parse value as boolean', { extra: { value } });
  };
  N.tryToParseUrl = (value) => {
    const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`;
    if (!/^[^\s/]+:\/\/[^\s/]+\.[^\s/]+/.test(text)) throw new N.ApplicationError(`The value "${value}" is not a valid url.`, { extra: { value } });
    return text;
  };
  // A value as one of a type: `{valid: true, newValue}`, or `{valid: false, errorMessage}`. What has the type stays as it is; what JSON says the host
  // converts, as it does for all nodes.
  const isOfType = {
    string: (value) => typeof value === 'string', number: (value) => Number.isFinite(value), boolean: (value) => typeof value === 'boolean',
    array: (value) => Array.isArray(value), object: isObject,
  };
  const standsFor = (value) => typeof value === 'object' && typeof value.valueOf() === 'number' || typeof value === 'number' && !Number.isFinite(value);
  N.validateFieldType = (field, value, type, { strict, parseStrings, valueOptions } = {}) => {
    if (value === undefined || value === null) return { valid: true };
    const fits = (newValue) => ({ valid: true, newValue });
    if (Object.hasOwn(isOfType, type) && isOfType[type](value) || type === 'string' && !parseStrings) return fits(value);
    if (type === 'string' && !strict) return fits(typeof value === 'object' ? JSON.stringify(value) : String(value));
    // Dates, NaN and infinities.
    if (type !== 'dateTime' && standsFor(value)) {
      const number = Number(value);
      if (type === 'number' && !strict && !Number.isNaN(number)) return fits(number);
      return { valid: false, errorMessage: `'${field}' expects a ${type} but we got ${N.getValueDescription(value)}` };
    }
    const { valid, value: made, message } = X.ask(0, 'fieldType', { field, value: X.asJson(value), type, strict, parseStrings, choices: valueOptions?.map((option) => option.value) });
    if (!valid) return { valid, errorMessage: message };
    return fits(type === 'dateTime' ? X.dateTime(made) : made);
  };
  // When a trigger of n8n's wakes, as a cron expression with seconds. They are by chance, so that not all wake at once.
  N.toCronExpression = ({ mode, hour, minute, dayOfMonth, weekday, value, unit, cronExpression }) => {
    const second = N.randomInt(60);
    switch (mode) {
      case 'everyMinute': return `${second} * * * * *`;
      case 'everyHour': return `${second} ${minute} * * * *`;
      case 'everyDay': return `${second} ${minute} ${hour} * * *`;
      case 'everyWeek': return `${second} ${minute} ${hour} * * ${weekday}`;
      case 'everyMonth': return `${second} ${minute} ${hour} ${dayOfMonth} * *`;
      case 'everyX': return unit === 'minutes' ? `${second} */${value} * * * *` : `${second} 0 */${value} * * *`;
      default: return String(cronExpression).trim();
    }
  };
  N.getValueDescription = (value) => (typeof value === 'object' ? (value === null ? "'null'" : Array.isArray(value) ? 'array' : 'object') : `'${String(value)}'`);

  // Display options that all properties get beside their own.
  N.updateDisplayOptions = (displayOptions, properties) => properties.map((property) => ({
    ...property,
    displayOptions: {
      ...property.displayOptions,
      ...(displayOptions.show || property.displayOptions?.show ? { show: { ...property.displayOptions?.show, ...displayOptions.show } } : {}),
      ...(displayOptions.hide || property.displayOptions?.hide ? { hide: { ...property.displayOptions?.hide, ...displayOptions.hide } } : {}),
    },
  }));
  N.VersionedNodeType = class VersionedNodeType {
    constructor(nodeVersions, description) {
      this.nodeVersions = nodeVersions;
      this.currentVersion = description.defaultVersion ?? this.getLatestVersion();
      this.description = description;
    }
    getLatestVersion() { return Math.max(...Object.keys(this.nodeVersions).map(Number)); }
    getNodeType(version) { return version ? this.nodeVersions[version] : this.nodeVersions[this.currentVersion]; }
  };
  N.Node = class Node {};
  // What a webhook's description has is read from the package's descriptions, not from here.
  N.webhookDescriptionFields = (fields) => ({ ...fields });
  N.fromParameter = (name) => ({ fromParameter: name });
  N.fromFunction = (f) => ({ fromFunction: f });
  N.recordConsumedAuth = () => {};
  N.getCredentialAllowedDomains = (credentials) => credentials?.allowedDomains;
  N.nodeNameToToolName = (node) => (typeof node === 'string' ? node : node.name).replace(/[^a-zA-Z0-9_-]+/g, '_');
})
