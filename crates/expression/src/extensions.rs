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

/// What code mentions that sees all of its surroundings.
const WHOLE: &[&str] = &["globalThis", "global"];
/// What the parts of user code are mentioned by. Bytes also come and go with helpers and static data.
const BYTES: &[&str] = &["Buffer", "TextDecoder", "TextEncoder", "Uint8Array", "atob", "btoa", "helpers", "$getWorkflowStaticData", "customData"];
const TIMERS: &[&str] = &["clearImmediate", "clearInterval", "clearTimeout", "setImmediate", "setInterval", "setTimeout"];
const DATA: &[&str] = &["defineProperties", "defineProperty", "freeze", "preventExtensions", "seal"];
const FAULTS: &[&str] =
    &["BigInt", "Map", "RegExp", "create", "fromCodePoint", "fromEntries", "match", "matchAll", "repeat", "search", "setPrototypeOf", "stringify"];

/// The later parts of the prelude, loaded when an expression or user code mentions them: a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Needs(u16);

impl Needs {
    /// Extension methods and helper functions.
    pub(crate) const EXTENSIONS: Self = Self(1);
    /// `DateTime` and its family.
    pub(crate) const DATES: Self = Self(1 << 1);
    /// Extension methods of dates.
    pub(crate) const DATE_METHODS: Self = Self(1 << 2);
    /// `Intl` and `toLocaleString`.
    pub(crate) const LOCALES: Self = Self(1 << 3);
    /// JMESPath.
    pub(crate) const JMESPATH: Self = Self(1 << 4);
    /// Sorting by a comparison.
    pub(crate) const SORTING: Self = Self(1 << 5);
    /// The surroundings of user code.
    pub(crate) const CODE: Self = Self(1 << 6);
    /// `Buffer` and its like.
    pub(crate) const BYTES: Self = Self(1 << 7);
    /// Timers.
    pub(crate) const TIMERS: Self = Self(1 << 8);
    /// The console.
    pub(crate) const CONSOLE: Self = Self(1 << 9);
    /// `Object.freeze` and its like for objects of the data.
    pub(crate) const DATA: Self = Self(1 << 10);
    /// Built-ins whose errors have V8's words.
    pub(crate) const FAULTS: Self = Self(1 << 11);
    /// All that an expression can need.
    pub(crate) const EXPRESSIONS: Self = Self(0b11_1111);

    /// What a block with these names and method calls needs.
    pub(crate) fn of(names: &BTreeSet<String>, methods: &BTreeSet<String>) -> Self {
        let named = |list: &[&str]| list.iter().any(|n| names.contains(*n));
        let called = |list: &[&str]| list.iter().any(|n| methods.contains(*n));
        let dates = named(DATE_NAMES) || called(DATE_METHODS);
        let helper = named(&["extend", "extendOptional", "$average", "average", "$evaluateExpression"]);
        let extensions = helper || methods.iter().any(|m| is_method(m));
        Self::EXTENSIONS
            .when(extensions)
            .and(Self::DATES.when(dates))
            .and(Self::DATE_METHODS.when(extensions && dates))
            .and(Self::LOCALES.when(dates || named(&["Intl"]) || called(LOCALE_METHODS)))
            .and(Self::JMESPATH.when(named(JMESPATH_NAMES)))
            .and(Self::SORTING.when(called(SORTING_METHODS)))
    }

    /// What user code needs, by the words in it.
    pub(crate) fn of_code(source: &str) -> Self {
        let words: BTreeSet<&str> = source.split(|c: char| !c.is_alphanumeric() && c != '$' && c != '_').collect();
        let mentions = |list: &[&str]| list.iter().any(|word| words.contains(word));
        let (whole, dates) = (mentions(WHOLE), mentions(DATE_NAMES));
        Self::CODE
            .and(Self::DATES.when(dates))
            .and(Self::LOCALES.when(dates || mentions(&["Intl"]) || mentions(LOCALE_METHODS)))
            .and(Self::JMESPATH.when(mentions(JMESPATH_NAMES)))
            .and(Self::SORTING.when(mentions(SORTING_METHODS)))
            .and(Self::BYTES.when(whole || mentions(BYTES)))
            .and(Self::TIMERS.when(whole || mentions(TIMERS)))
            .and(Self::CONSOLE.when(whole || mentions(&["console"])))
            .and(Self::DATA.when(whole || mentions(DATA)))
            .and(Self::FAULTS.when(whole || mentions(FAULTS)))
    }

    fn when(self, wanted: bool) -> Self {
        if wanted { self } else { Self::default() }
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What this needs and `loaded` does not have.
    pub(crate) fn missing(self, loaded: Self) -> Self {
        Self(self.0 & !loaded.0)
    }

    /// Whether a part is among them.
    pub(crate) fn has(self, part: Self) -> bool {
        self.0 & part.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::Needs;

    #[test]
    fn code_needs_what_its_words_say() {
        let needs = |source: &str| Needs::of_code(source);
        assert_eq!(needs("return items.map(i => ({ json: { total: i.json.a * 2 } }))"), Needs::CODE);
        assert_eq!(needs("setInterval(f, 5)"), Needs::CODE.and(Needs::TIMERS));
        assert_eq!(needs("const Information = $now"), Needs::CODE.and(Needs::DATES).and(Needs::LOCALES));
        assert!(needs("Object.keys(globalThis)").has(Needs::FAULTS) && needs("this.helpers.httpRequest(x)").has(Needs::BYTES));
    }

    #[test]
    fn methods_are_sorted() {
        assert!(super::METHODS.is_sorted());
    }
}
