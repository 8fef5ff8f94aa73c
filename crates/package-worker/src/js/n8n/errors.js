// The errors that nodes throw: `n8n-workflow`'s classes as far as recordings show them.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const { hidden } = X;
  const N = X.n8n = Object.create(null);
  const text = (value) => typeof value === 'string' && value !== '';

  // The errors of the program's own parts: `ApplicationError` and its kin.
  class BaseError extends Error {
    constructor(message, { level = 'error', description, tags = {}, extra, cause, shouldReport } = {}) {
      super(message, cause === undefined ? undefined : { cause });
      hidden(this, 'name', new.target.name);
      this.level = level;
      this.shouldReport = shouldReport ?? (level === 'error' || level === 'fatal');
      this.description = description;
      this.tags = tags;
      this.extra = extra;
    }
  }
  class UserError extends BaseError { constructor(message, options = {}) { super(message, { level: 'info', ...options }); } }
  class OperationalError extends BaseError { constructor(message, options = {}) { super(message, { level: 'warning', ...options }); } }
  class UnexpectedError extends BaseError {}
  class ApplicationError extends BaseError {}
  class ExecutionBaseError extends BaseError {
    constructor(message, options = {}) {
      super(message, options);
      this.timestamp = Date.now();
      this.context = {};
      const cause = options.cause ?? options.errorResponse;
      if (cause instanceof ExecutionBaseError) this.context = cause.context;
      if (cause !== undefined) this.cause = cause;
    }

    toJSON() {
      const { message, lineNumber, timestamp, name, description, context, cause } = this;
      return { message, lineNumber, timestamp, name, description, context, cause: cause instanceof Error ? { name: cause.name, message: cause.message } : cause };
    }
  }

  class NodeError extends ExecutionBaseError {
    constructor(node, error) {
      const given = error instanceof Error;
      super(given ? error.message : '', given ? { cause: error } : {});
      this.messages = [];
      this.node = node;
      if (given && text(error.stack)) hidden(this, 'stack', error.stack);
    }

    addToMessages(message) {
      if (text(message) && !this.messages.includes(message)) this.messages.push(message);
    }
  }

  class NodeOperationError extends NodeError {
    constructor(node, error, options = {}) {
      if (error instanceof NodeOperationError) return error;
      const cause = typeof error === 'string' ? new Error(error) : error;
      super(node, cause);
      if (cause instanceof NodeError && cause.messages.length) this.messages.push(...cause.messages);
      else if (cause instanceof NodeError) this.addToMessages(cause.message);
      hidden(this, 'name', 'NodeOperationError');
      if (options.message) this.message = options.message;
      this.level = options.level ?? 'warning';
      this.functionality = options.functionality ?? 'regular';
      this.type = options.type;
      this.description = options.description ?? (text(cause?.description) ? cause.description : undefined);
      if (options.runIndex !== undefined) this.context.runIndex = options.runIndex;
      if (options.itemIndex !== undefined) this.context.itemIndex = options.itemIndex;
      if (this.message === this.description) this.description = undefined;
    }
  }

  const isObject = (value) => typeof value === 'object' && value !== null;
  const statusOf = (error) => [error.statusCode, error.httpCode, error.status, error.response?.status, error.response?.statusCode, error.code]
    .find((value) => value !== undefined && value !== null && value !== '');
  // What the service said: two places of its answer's body, else the first telling key of the error.
  const told = (error) => {
    const data = error.response?.data;
    if (text(data?.message)) return data.message;
    if (text(data?.error?.message)) return data.error.message;
    return undefined;
  };

  class NodeApiError extends NodeError {
    constructor(node, error, { message, description, httpCode, parseXml, runIndex, itemIndex, level, functionality, type } = {}) {
      if (error instanceof NodeApiError) return error;
      super(node, error);
      hidden(this, 'name', 'NodeApiError');
      const given = isObject(error) ? error : { message: String(error) };
      this.httpCode = null;
      const data = given.response?.data;
      if (isObject(data) && !(data instanceof Uint8Array)) this.context.data = data;
      if (!(error instanceof Error) && isObject(error)) this.errorResponse = error;
      const known = isObject(given.cause) && !(given.cause instanceof Error) ? given.cause : undefined;
      const code = httpCode ?? statusOf(given) ?? (known && statusOf(known));
      if (code !== undefined && code !== null) this.httpCode = String(code);
      const original = text(given.message) ? given.message : undefined;
      const said = X.ask(0, 'failureWords', { code: this.httpCode, message: original, error: X.plainOf(given) });
      if (message) {
        this.message = message;
        this.description = description ?? (said.said !== message ? said.said : undefined);
        if (original && original !== message) this.addToMessages(original);
      } else if (said.words) {
        this.message = said.words;
        this.description = description ?? told(given) ?? said.said ?? original;
        if (original) this.addToMessages(original);
      } else {
        this.message = original ?? told(given) ?? said.said ?? 'UNKNOWN ERROR - check the detailed error for more information';
        this.description = description ?? told(given) ?? said.said;
      }
      if (parseXml && text(given.error)) this.#fromXml(given.error);
      if (this.description === this.message) this.description = undefined;
      this.level = level ?? 'warning';
      this.functionality = functionality ?? 'regular';
      this.type = type;
      if (runIndex !== undefined) this.context.runIndex = runIndex;
      if (itemIndex !== undefined) this.context.itemIndex = itemIndex;
    }

    #fromXml(xml) {
      const found = /<(message|Message|error|Error)>([^<]+)</.exec(xml);
      if (found) this.description = found[2];
    }
  }

  class NodeSslError extends ExecutionBaseError {
    constructor(cause) {
      super("SSL Issue: consider using the 'Ignore SSL issues' option", { cause });
      hidden(this, 'name', 'NodeSslError');
    }
  }
  class TriggerCloseError extends ExecutionBaseError {
    constructor(node, { cause, level = 'warning' } = {}) {
      super('Trigger Close Failed', { cause, level });
      this.node = node;
    }
  }
  class WorkflowConfigurationError extends NodeOperationError {}
  class ManualExecutionCancelledError extends ExecutionBaseError {
    constructor(id) { super('The execution was cancelled manually'); this.executionId = id; }
  }
  class WorkflowOperationError extends ExecutionBaseError {
    constructor(message, node, description) { super(message); this.node = node; this.description = description; }
  }
  class ExpressionError extends ExecutionBaseError {
    constructor(message, options = {}) { super(message, options); Object.assign(this.context, options); }
  }
  Object.assign(N, { BaseError, UserError, OperationalError, UnexpectedError, ApplicationError, ExecutionBaseError, NodeError, NodeOperationError, NodeApiError,
    NodeSslError, TriggerCloseError, WorkflowConfigurationError, ManualExecutionCancelledError, WorkflowOperationError, ExpressionError });

  // An error's own keys as data, for what reads it on the other side.
  X.plainOf = (error) => {
    const seen = new Set();
    const plain = (value, depth) => {
      if (typeof value === 'bigint') return String(value);
      if (typeof value === 'function' || typeof value === 'symbol') return undefined;
      if (!isObject(value)) return value;
      if (seen.has(value) || depth > 12) return undefined;
      if (value instanceof Uint8Array) return undefined;
      if (typeof value.toJSON === 'function' && !(value instanceof Error)) { try { return value.toJSON(); } catch { return undefined; } }
      seen.add(value);
      const copy = Array.isArray(value) ? value.map((entry) => plain(entry, depth + 1) ?? null)
        : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry, depth + 1)]));
      if (value instanceof Error) copy.message ??= value.message;
      seen.delete(value);
      return copy;
    };
    return plain(error, 0);
  };

  // The host's error that another one comes of, however often it was wrapped.
  const kvOf = (error, wraps = 8) => (isObject(error) && wraps > 0 ? error.kv ?? kvOf(error.cause, wraps - 1) : undefined);

  // What a job threw, as the host reads it.
  X.thrown = (error) => {
    if (!(error instanceof Error)) return { name: 'Error', message: typeof error === 'string' ? error : isObject(error) && text(error.message) ? error.message : String(error), thrown: X.plainOf(error) };
    const { message, name, stack, description, httpCode, messages, context, code, level, type } = error;
    const cause = isObject(error.cause) ? { name: error.cause.name, message: error.cause.message } : undefined;
    const own = error instanceof NodeError || error instanceof ExecutionBaseError;
    return { own, message: String(message), name, stack, description, httpCode, messages, context: own ? X.plainOf(context) : undefined, code, level, type, cause,
      fields: own ? undefined : X.plainOf(error), kv: kvOf(error) };
  };
})
