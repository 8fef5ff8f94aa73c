//! Which methods are extension methods, and which part of the prelude a block needs.

use std::collections::BTreeSet;

/// Methods that n8n adds to values; they work as `x.m()` only.
pub(crate) const METHODS: &[&str] = &[
    "abs",
    "append",
    "average",
    "base64Decode",
    "base64Encode",
    "beginningOf",
    "ceil",
    "chunk",
    "compact",
    "diffTo",
    "diffToNow",
    "difference",
    "endOfMonth",
    "extract",
    "extractDomain",
    "extractEmail",
    "extractUrl",
    "extractUrlPath",
    "first",
    "floor",
    "format",
    "hasField",
    "hash",
    "intersection",
    "isBetween",
    "isDomain",
    "isDst",
    "isEmail",
    "isEmpty",
    "isEven",
    "isInLast",
    "isInteger",
    "isNotEmpty",
    "isNumeric",
    "isOdd",
    "isUrl",
    "isWeekend",
    "keepFieldsContaining",
    "keys",
    "last",
    "length",
    "max",
    "merge",
    "mergeIntoObject",
    "min",
    "minus",
    "parseJson",
    "pluck",
    "plus",
    "quote",
    "randomItem",
    "removeDuplicates",
    "removeField",
    "removeFieldsContaining",
    "removeMarkdown",
    "removeTags",
    "renameKeys",
    "replaceSpecialChars",
    "reverse",
    "round",
    "smartJoin",
    "sum",
    "toBoolean",
    "toDate",
    "toDateTime",
    "toDecimalNumber",
    "toFloat",
    "toInt",
    "toJsonString",
    "toNumber",
    "toSentenceCase",
    "toSnakeCase",
    "toTitleCase",
    "toWholeNumber",
    "union",
    "unique",
    "urlDecode",
    "urlEncode",
    "values",
];

/// Whether `x.NAME()` may be an extension method.
pub(crate) fn is_method(name: &str) -> bool {
    METHODS.binary_search(&name).is_ok()
}

/// Names that need the date library.
const DATE_NAMES: &[&str] = &["$now", "$today", "DateTime", "Duration", "Interval", "Info", "Settings"];
/// Methods that need the date library.
const DATE_METHODS: &[&str] = &[
    "beginningOf",
    "diffTo",
    "diffToNow",
    "endOfMonth",
    "extract",
    "format",
    "isBetween",
    "isDst",
    "isInLast",
    "isWeekend",
    "minus",
    "plus",
    "toDate",
    "toDateTime",
];
/// Methods that need the texts of other languages.
const LOCALE_METHODS: &[&str] =
    &["format", "localeCompare", "toLocaleDateString", "toLocaleLowerCase", "toLocaleString", "toLocaleTimeString", "toLocaleUpperCase"];
/// Names that need JMESPath.
const JMESPATH_NAMES: &[&str] = &["$jmespath", "$jmesPath"];

/// Methods that take a comparison.
const SORTING_METHODS: &[&str] = &["sort", "toSorted"];

/// The later parts of the prelude, loaded when an expression mentions them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Extension methods and helper functions.
    pub(crate) extensions: bool,
    /// `DateTime` and its family.
    pub(crate) dates: bool,
    /// Extension methods of dates.
    pub(crate) date_methods: bool,
    /// `Intl` and `toLocaleString`.
    pub(crate) locales: bool,
    /// JMESPath.
    pub(crate) jmespath: bool,
    /// Sorting by a comparison.
    pub(crate) sorting: bool,
    /// The surroundings of user code.
    pub(crate) code: bool,
}

impl Needs {
    /// All that an expression can need.
    pub(crate) const EXPRESSIONS: Self =
        Self { extensions: true, dates: true, date_methods: true, locales: true, jmespath: true, sorting: true, code: false };

    /// What a block with these names and method calls needs.
    pub(crate) fn of(names: &BTreeSet<String>, methods: &BTreeSet<String>) -> Self {
        let named = |list: &[&str]| list.iter().any(|n| names.contains(*n));
        let called = |list: &[&str]| list.iter().any(|n| methods.contains(*n));
        let dates = named(DATE_NAMES) || called(DATE_METHODS);
        let helper = named(&["extend", "extendOptional", "$average", "average", "$evaluateExpression"]);
        let extensions = helper || methods.iter().any(|m| is_method(m));
        Self {
            extensions,
            dates,
            date_methods: extensions && dates,
            locales: dates || named(&["Intl"]) || called(LOCALE_METHODS),
            jmespath: named(JMESPATH_NAMES),
            sorting: called(SORTING_METHODS),
            code: false,
        }
    }

    /// What user code needs, by the words in it.
    pub(crate) fn of_code(source: &str) -> Self {
        let mentions = |list: &[&str]| list.iter().any(|word| source.contains(word));
        let dates = mentions(DATE_NAMES);
        let locales = dates || mentions(&["Intl"]) || mentions(LOCALE_METHODS);
        Self { dates, locales, jmespath: mentions(JMESPATH_NAMES), sorting: mentions(SORTING_METHODS), code: true, ..Self::default() }
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            extensions: self.extensions || other.extensions,
            dates: self.dates || other.dates,
            date_methods: self.date_methods || other.date_methods,
            locales: self.locales || other.locales,
            jmespath: self.jmespath || other.jmespath,
            sorting: self.sorting || other.sorting,
            code: self.code || other.code,
        }
    }

    /// What this needs and `loaded` does not have.
    pub(crate) fn missing(self, loaded: Self) -> Self {
        Self {
            extensions: self.extensions && !loaded.extensions,
            dates: self.dates && !loaded.dates,
            date_methods: self.date_methods && !loaded.date_methods,
            locales: self.locales && !loaded.locales,
            jmespath: self.jmespath && !loaded.jmespath,
            sorting: self.sorting && !loaded.sorting,
            code: self.code && !loaded.code,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn methods_are_sorted() {
        assert!(super::METHODS.is_sorted());
    }
}
