//! The operators of conditions (parameters of type `filter`): `{"type": "number", "operation": "gt"}`.

use crate::names::did_you_mean;

/// Types that are compared, each with its operations.
pub const OPERATORS: [(&str, &[&str]); 7] = [
    (
        "string",
        &[
            "exists",
            "notExists",
            "empty",
            "notEmpty",
            "equals",
            "notEquals",
            "contains",
            "notContains",
            "startsWith",
            "notStartsWith",
            "endsWith",
            "notEndsWith",
            "regex",
            "notRegex",
        ],
    ),
    ("number", &["exists", "notExists", "empty", "notEmpty", "equals", "notEquals", "gt", "lt", "gte", "lte"]),
    ("dateTime", &["exists", "notExists", "empty", "notEmpty", "equals", "notEquals", "after", "before", "afterOrEquals", "beforeOrEquals"]),
    ("boolean", &["exists", "notExists", "empty", "notEmpty", "true", "false", "equals", "notEquals"]),
    (
        "array",
        &[
            "exists",
            "notExists",
            "empty",
            "notEmpty",
            "contains",
            "notContains",
            "lengthEquals",
            "lengthNotEquals",
            "lengthGt",
            "lengthLt",
            "lengthGte",
            "lengthLte",
        ],
    ),
    ("object", &["exists", "notExists", "empty", "notEmpty"]),
    ("any", &["exists", "notExists"]),
];

/// The operations of a type; `None`: there is no such type.
///
/// ```
/// assert!(node_sdk::filter::operations("number").is_some_and(|known| known.contains(&"gt")));
/// ```
pub fn operations(kind: &str) -> Option<&'static [&'static str]> {
    OPERATORS.iter().find(|(known, _)| *known == kind).map(|(_, operations)| *operations)
}

/// The type that may be meant.
///
/// ```
/// assert_eq!(node_sdk::filter::type_like("date"), Some("dateTime"));
/// ```
pub fn type_like(word: &str) -> Option<&'static str> {
    let known = match word.to_lowercase().as_str() {
        "text" | "str" => "string",
        "int" | "integer" | "float" | "double" | "numeric" => "number",
        "date" | "time" | "datetime" => "dateTime",
        "bool" => "boolean",
        "list" => "array",
        "json" | "map" | "dict" => "object",
        _ => return did_you_mean(word, OPERATORS.iter().map(|(known, _)| *known)),
    };
    Some(known)
}

/// The operation of this type that may be meant: by sign, by the words of other languages and of n8n's older nodes, by likeness.
///
/// ```
/// use node_sdk::filter::operation_like;
/// assert_eq!(operation_like("number", ">"), Some("gt"));
/// assert_eq!(operation_like("dateTime", "greaterThan"), Some("after"));
/// assert_eq!(operation_like("string", "isEmpty"), Some("empty"));
/// ```
pub fn operation_like(kind: &str, word: &str) -> Option<&'static str> {
    let known = operations(kind)?;
    let plain: String = word.to_lowercase().chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect();
    let order = |number, date, list| match kind {
        "dateTime" => date,
        "array" => list,
        _ => number,
    };
    let meant = match plain.as_str() {
        ">" | "greaterthan" | "greater" | "larger" | "largerthan" | "bigger" | "morethan" | "isgreaterthan" | "gt" => {
            order("gt", "after", "lengthGt")
        }
        "<" | "lessthan" | "less" | "smaller" | "smallerthan" | "islessthan" | "lt" => order("lt", "before", "lengthLt"),
        ">="
        | "greaterthanorequal"
        | "greaterthanorequals"
        | "greaterthanorequalto"
        | "greaterorequal"
        | "greaterequal"
        | "largerequal"
        | "ge"
        | "atleast"
        | "gte" => order("gte", "afterOrEquals", "lengthGte"),
        "<=" | "lessthanorequal" | "lessthanorequals" | "lessthanorequalto" | "lessorequal" | "lessequal" | "smallerequal" | "le" | "atmost"
        | "lte" => order("lte", "beforeOrEquals", "lengthLte"),
        "=" | "==" | "===" | "eq" | "is" | "equal" | "equalto" | "isequal" | "isequalto" => order("equals", "equals", "lengthEquals"),
        "!=" | "!==" | "<>" | "ne" | "neq" | "not" | "isnot" | "notequal" | "notequalto" | "isnotequal" | "isnotequalto" => {
            order("notEquals", "notEquals", "lengthNotEquals")
        }
        "isempty" | "blank" => "empty",
        "isnotempty" => "notEmpty",
        "exist" | "isset" | "notnull" | "isnotnull" => "exists",
        "isnull" | "null" | "notexist" | "doesnotexist" | "isnotset" => "notExists",
        "includes" | "include" | "has" | "like" | "in" => "contains",
        "excludes" | "notincludes" | "doesnotcontain" | "doesnotinclude" => "notContains",
        "match" | "matches" | "regexp" | "matchesregex" => "regex",
        "beginswith" | "prefix" => "startsWith",
        "suffix" => "endsWith",
        "istrue" => "true",
        "isfalse" => "false",
        "isafter" | "later" => "after",
        "isbefore" | "earlier" => "before",
        _ => return did_you_mean(word, known.iter().copied()),
    };
    known.iter().copied().find(|operation| *operation == meant)
}
