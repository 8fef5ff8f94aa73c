//! The JSON Schema of a pack's file, for editors and for `schemas/action-pack.schema.json`.

use serde_json::{Value, json};

/// The schema. Written by hand beside [`node_sdk::action::ActionSpec`]; a test holds every row of the 115 against it.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "action-pack.schema.json",
        "title": "Action pack",
        "description": "API actions that become a node of konverte, without compiling: konverte run FILE --nodes DIR.",
        "type": "object",
        "additionalProperties": false,
        "required": ["node", "credential", "actions"],
        "properties": {
            "$schema": {"type": "string"},
            "node": {"type": "string", "minLength": 1, "description": "The node type, as it stands in a workflow file."},
            "displayName": {"type": "string", "description": "Its name for people."},
            "description": {"type": "string", "description": "One sentence for people."},
            "url": {"type": "string", "pattern": "^https?://", "description": "Base URL where the credential has none; actions without tokens then need no credential."},
            "credential": credential(),
            "resources": {
                "type": "object",
                "description": "One sentence for people about each resource.",
                "additionalProperties": {"type": "string"}
            },
            "actions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/action"}}
        },
        "$defs": {
            "action": action(),
            "param": param(),
            "native": native(),
            "paging": paging(),
            "limit": limit(),
            "texts": {"type": "array", "items": {"type": "string"}},
            "statuses": {"type": "array", "items": {"type": "integer", "minimum": 100, "maximum": 599}},
            "place": {"enum": ["path", "query", "body"]},
            "paramType": {"enum": ["integer", "number", "string", "boolean", "options", "json"]},
            "literal": {"type": ["string", "integer", "boolean", "null"]}
        }
    })
}

fn credential() -> Value {
    json!({
        "type": "object",
        "description": "How requests are authorized.",
        "additionalProperties": false,
        "required": ["type", "header"],
        "properties": {
            "type": {"type": "string", "description": "Credential type, as it stands in a node's credentials."},
            "urlField": {"type": "string", "default": "url", "description": "The credential's field with the base URL."},
            "tokenField": {"type": "string", "default": "accessToken", "description": "The credential's field with the token."},
            "header": {"type": "string", "description": "The header that carries the token."},
            "prefix": {"type": "string", "default": "", "description": "What stands before the token, for example \"Bearer \"."}
        }
    })
}

fn action() -> Value {
    json!({
        "type": "object",
        "description": "One action.",
        "additionalProperties": false,
        "required": ["resource", "operation", "method", "path", "summary"],
        "properties": {
            "resource": {"type": "string", "minLength": 1},
            "operation": {"type": "string", "minLength": 1},
            "operationId": {"type": "string", "description": "The operation's id in the service's own document."},
            "api": {"enum": ["other", "platform", "application", "reports", "public", "survey"], "default": "other"},
            "method": {"enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
            "path": {"type": "string", "pattern": "^/", "description": "Below the base URL, with {name} for path parameters."},
            "tokens": {
                "type": "array",
                "items": {"enum": ["user", "agent_bot", "platform_app"]},
                "description": "Whose token the server takes; without it none is sent."
            },
            "minRole": {"enum": ["member", "administrator"]},
            "summary": {"type": "string", "minLength": 1, "description": "One sentence: what it does."},
            "notes": {"$ref": "#/$defs/texts"},
            "params": {"type": "array", "items": {"$ref": "#/$defs/param"}},
            "success": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "status": {"type": "integer", "default": 200},
                    "documentedStatus": {"type": "integer", "default": 200},
                    "shape": {"enum": ["object", "array", "empty", "html"], "default": "object"},
                    "envelope": {"type": "string", "description": "Where the items stand in the body: a dotted path."},
                    "fields": {"$ref": "#/$defs/texts"}
                }
            },
            "errors": {"$ref": "#/$defs/statuses"},
            "errorsDocumented": {"$ref": "#/$defs/statuses"},
            "onlyReads": {"type": "boolean", "default": false, "description": "It changes nothing, although its method writes: a search whose conditions stand in a body. A dry run that lets reads leave sends it."},
            "repeatable": {"type": "boolean", "default": false, "description": "Sending it twice does no harm."},
            "repeatNote": {"type": "string"},
            "repeatGiven": {"$ref": "#/$defs/texts", "description": "Repeatable only where one of these parameters has a value, neither null nor blank text."},
            "record": {"$ref": "#/$defs/texts", "description": "Parameters that name the record which is written to: writes to one record keep their order. Without it those of the path, but for account_id, inbox_id and inbox_identifier; [] for none."},
            "mayExist": {
                "type": "object",
                "description": "A success may answer with a record that was there before, with the same status as with a new one: items say so.",
                "additionalProperties": false,
                "required": ["namedBy"],
                "properties": {
                    "shownBy": {"$ref": "#/$defs/texts", "description": "Parameters that a new record has as they were sent."},
                    "namedBy": {"$ref": "#/$defs/texts", "description": "Where the answer names the record: dotted paths, such as id."}
                }
            },
            "native": {"$ref": "#/$defs/native"},
            "paging": {"$ref": "#/$defs/paging"},
            "limits": {"type": "array", "items": {"$ref": "#/$defs/limit"}, "description": "How often the server takes it, the limit first that is reached first: after a 429 its window is waited out."}
        }
    })
}

fn param() -> Value {
    json!({
        "type": "object",
        "description": "One parameter.",
        "additionalProperties": false,
        "required": ["name", "in", "type", "summary"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "description": "Name on the wire."},
            "n8nName": {"type": "string", "description": "Key in parameters, where it is another."},
            "label": {"type": "string", "description": "Name for people, where it is not the name's words."},
            "in": {"$ref": "#/$defs/place"},
            "type": {"$ref": "#/$defs/paramType"},
            "summary": {"type": "string", "minLength": 1},
            "required": {"type": "boolean", "default": false},
            "default": {"$ref": "#/$defs/literal", "description": "What n8n's node sends where it is not set. Native mode sends nothing."},
            "choices": {"$ref": "#/$defs/texts"},
            "json": {"enum": ["object", "integers", "strings", "objects"], "description": "What a json parameter holds."},
            "parsed": {"type": "boolean", "default": true, "description": "n8n's node parses the text; otherwise it sends the text."},
            "whole": {"type": "boolean", "default": false, "description": "It takes the place of all that the record had of it; left out, it empties it. So it must be given."},
            "native": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "type": {"$ref": "#/$defs/paramType"},
                    "choices": {"$ref": "#/$defs/texts"},
                    "default": {"$ref": "#/$defs/literal"},
                    "sendAs": {"type": "string"},
                    "in": {"$ref": "#/$defs/place"},
                    "nullable": {"type": "boolean", "default": false, "description": "Null is a value, although the parameter is required."},
                    "optional": {"type": "boolean", "default": false, "description": "The server does without it, although its document requires it."}
                }
            }
        }
    })
}

fn native() -> Value {
    json!({
        "type": "object",
        "description": "What is sent where the service differs from its documentation.",
        "additionalProperties": false,
        "properties": {
            "path": {"type": "string", "pattern": "^/"},
            "accept": {"type": "string"},
            "note": {"type": "string"},
            "params": {
                "type": "array",
                "description": "What the server takes besides, in the query string or the body. In a pack it may as well stand in params.",
                "items": {"$ref": "#/$defs/param"}
            },
            "needs": {
                "type": "array",
                "description": "Parameters that must be set together; one of these groups must be.",
                "items": {"$ref": "#/$defs/texts", "minItems": 1}
            },
            "files": {
                "type": "array",
                "items": {
                    "type": "object",
                    "description": "A parameter whose value names binary properties of the item, which go out as multipart/form-data.",
                    "additionalProperties": false,
                    "required": ["name", "field", "maxFiles", "maxBytes"],
                    "properties": {
                        "name": {"type": "string"},
                        "field": {"type": "string", "description": "Field name in the form."},
                        "maxFiles": {"type": "integer", "minimum": 1},
                        "maxBytes": {"type": "integer", "minimum": 1},
                        "types": {"$ref": "#/$defs/texts"}
                    }
                }
            }
        }
    })
}

fn paging() -> Value {
    json!({
        "type": "object",
        "description": "How returnAll walks the list.",
        "additionalProperties": false,
        "required": ["kind", "param", "size"],
        "properties": {
            "kind": {"enum": ["page", "cursor"], "description": "By page number from 1, or by the smallest id so far."},
            "param": {"type": "string", "description": "The query parameter that moves on."},
            "size": {"type": "integer", "minimum": 1, "description": "Items of a full page."},
            "items": {"type": "string", "default": "", "description": "Where the items stand in the body: a dotted path."},
            "hasMore": {"type": "string", "description": "A boolean in the body that is false on the last page: a dotted path."}
        }
    })
}

fn limit() -> Value {
    json!({
        "type": "object",
        "description": "How many requests the server takes in a window of time.",
        "additionalProperties": false,
        "required": ["requests", "seconds", "per"],
        "properties": {
            "requests": {"type": "integer", "minimum": 1},
            "seconds": {"type": "integer", "minimum": 1},
            "per": {
                "description": "What is counted apart: each token, each machine, or the requests that agree in these parameters.",
                "anyOf": [
                    {"enum": ["token", "address"]},
                    {
                        "type": "object",
                        "additionalProperties": false,
                        "required": ["each"],
                        "properties": {"each": {"$ref": "#/$defs/texts"}}
                    }
                ]
            },
            "words": {"type": "string", "description": "What a refusal says whose status is not 429."}
        }
    })
}
