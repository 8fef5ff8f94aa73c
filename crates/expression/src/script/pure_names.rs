//! The names that are known to be harmless.

use super::names::is_global;
use crate::extensions;

/// Names with a blank between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names(&'static str);

impl Names {
    pub(super) fn has(self, name: &str) -> bool {
        self.0.split_ascii_whitespace().any(|known| known == name)
    }
}

/// What must come next in a chain of members and calls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Want {
    /// Nothing in particular.
    Any,
    /// One of these members.
    Member(Names),
    /// If it is a member, one of these: a function of JavaScript.
    Function(Names),
    /// A call or one of these members: a function that must not be passed on.
    Guarded(Names),
    /// The name of a node.
    Node,
    /// A call that gives the data of a node.
    NodeCall,
    /// A call that gives the variables of another item.
    ItemCall,
    /// A variable of another item.
    Variable,
}

/// Variables that are the same for the whole node run, and made anew for each evaluation.
pub(super) const DATA: Names = Names(
    "$binary $data $env $executionId $itemIndex $json $mode $nodeId $nodeVersion $position $prevNode $rawParameter $resumeWebhookUrl \
    $runIndex $thisItem $thisItemIndex $thisRunIndex $vars $webhookId $workflow Infinity NaN undefined",
);
/// Variables that are numbers.
pub(super) const NUMBERS: Names = Names("$itemIndex $position $runIndex $thisItemIndex $thisRunIndex");
/// Functions of n8n's that change nothing.
const HELPERS: Names =
    Names("$average $fromAI $fromAi $fromai $if $ifEmpty $jmesPath $jmespath $max $min $not average max min numberList toPathSegment zip");
/// What is of the node alone that an expression stands in, and what its code is told anyway.
const OWN: Names =
    Names("$binary $executionId $input $itemIndex $json $mode $nodeId $nodeVersion $now $parameter $runIndex $today $workflow DateTime Duration");
const INPUT: Names = Names("all context first item last params");
const EXECUTION: Names = Names("id mode resumeFormUrl resumeUrl");
/// Members of `$('X')`.
pub(super) const NODE_DATA: Names = Names("all context first isExecuted item itemMatching last pairedItem params");
/// Members of `$node["X"]`.
pub(super) const NODE: Names = Names("binary context data json runIndex");

const MATH: Names = Names(
    "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 cbrt ceil clz32 cos exp floor fround hypot imul log log10 log1p \
    log2 max min pow random round sign sin sqrt tan trunc",
);
const NUMBER: Names = Names(
    "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY isFinite isInteger isNaN \
    isSafeInteger parseFloat parseInt",
);
const OBJECT: Names = Names("assign entries fromEntries groupBy hasOwn is keys values");
const DATE_TIME: Names =
    Names("fromFormat fromHTTP fromISO fromJSDate fromMillis fromObject fromRFC2822 fromSQL fromSeconds isDateTime local max min now utc");
const DURATION: Names = Names("fromISO fromMillis fromObject");

/// What `new` may make.
pub(super) const NEW: Names = Names("Array Error Map RangeError RegExp Set TypeError");
/// What `new` may make, but the time may be in it.
pub(super) const NONDETERMINISTIC_NEW: Names = Names("Date");
/// Names that ask for the time.
pub(super) const NONDETERMINISTIC: Names = Names("$now $today Date DateTime Duration");
/// Methods that ask for the time or for chance, or may do so.
pub(super) const NONDETERMINISTIC_METHODS: Names = Names(
    "beginningOf diffNow diffTo diffToNow endOfMonth extract format isBetween isInLast randomItem toDate toDateTime toRelative \
    toRelativeCalendar",
);

/// What a name outside of the block's own stands for; `None`: not known to be harmless.
pub(super) fn root(name: &str) -> Option<Want> {
    Some(match name {
        "$" => Want::NodeCall,
        "$node" => Want::Node,
        "$item" => Want::ItemCall,
        "$input" => Want::Member(INPUT),
        "$execution" => Want::Member(EXECUTION),
        "$now" | "$today" => Want::Any,
        "Math" => Want::Member(MATH),
        "JSON" => Want::Member(Names("parse stringify")),
        "Object" => Want::Member(OBJECT),
        "Array" => Want::Guarded(Names("from isArray of")),
        "Number" => Want::Function(NUMBER),
        "String" => Want::Function(Names("fromCharCode fromCodePoint")),
        "BigInt" | "Boolean" | "decodeURI" | "decodeURIComponent" | "encodeURI" | "encodeURIComponent" | "isFinite" | "isNaN" | "parseFloat"
        | "parseInt" => Want::Function(Names("")),
        "Date" => Want::Member(Names("UTC now parse")),
        "DateTime" => Want::Member(DATE_TIME),
        "Duration" => Want::Member(DURATION),
        _ if DATA.has(name) || HELPERS.has(name) || name == "$items" => Want::Any,
        _ => return None,
    })
}

/// Whether a name outside of the block's own leads to nothing but the node's own parameters and input.
pub(super) fn is_own(name: &str) -> bool {
    OWN.has(name) || HELPERS.has(name) || is_global(name)
}

/// Whether `ROOT.MEMBER` is a function of JavaScript.
pub(crate) fn is_known_member(root: &str, member: &str) -> bool {
    match self::root(root) {
        Some(Want::Member(names) | Want::Guarded(names)) if is_global(root) => names.has(member),
        Some(Want::Function(names)) => names.has(member),
        _ => false,
    }
}

/// Methods that call a function and take a `this` for it.
pub(super) const CALLBACK_METHODS: Names = Names("every filter find findIndex findLast findLastIndex flatMap forEach map some");

/// Methods that could change anything if they were passed on instead of being called.
pub(super) const PASSED_ON: Names = Names("apply bind call copyWithin fill pop push reverse shift sort splice unshift");

/// Methods of lists that change what they are called on.
pub(super) const CHANGING: Names = Names("copyWithin fill pop push reverse shift sort splice unshift");

/// Extension methods that give members by a name that is not known, which could be that of such a method.
const TAKING: Names = Names("pluck smartJoin");

/// Methods that change nothing but what they are called on, and do not give it back where it is a function. Extension methods are too.
const METHODS: Names = Names(
    "add all as at charAt charCodeAt clear codePointAt concat copyWithin delete diff diffNow endOf endsWith entries every exec fill \
    filter find findIndex findLast findLastIndex flat flatMap forEach get getDate getDay getFullYear getHours getMilliseconds getMinutes \
    getMonth getSeconds getTime getTimezoneOffset getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes \
    getUTCMonth getUTCSeconds has hasOwnProperty hasSame includes indexOf isValid itemMatching join lastIndexOf localeCompare map match \
    matchAll negate next normalize padEnd padStart pairedItem pop push reconfigure reduce reduceRight repeat replace replaceAll search \
    set setDate setFullYear setHours setLocale setMilliseconds setMinutes setMonth setSeconds setTime setUTCDate setUTCFullYear \
    setUTCHours setUTCMinutes setUTCMonth setUTCSeconds setZone shift shiftTo slice some sort splice split startOf startsWith substr \
    substring test toDateString toExponential toFixed toFormat toHTTP toISO toISODate toISOString toISOTime toISOWeekDate toJSDate \
    toJSON toLocal toLocaleDateString toLocaleLowerCase toLocaleString toLocaleTimeString toLocaleUpperCase toLowerCase toMillis \
    toObject toPrecision toRFC2822 toRelative toRelativeCalendar toReversed toSQL toSQLDate toSQLTime toSeconds toSorted toSpliced \
    toString toTimeString toUTC toUTCString toUnixInteger toUpperCase toWellFormed trim trimEnd trimLeft trimRight trimStart unshift \
    until with",
);

/// Whether `x.NAME()` changes nothing but `x`.
pub(crate) fn is_harmless_method(name: &str) -> bool {
    METHODS.has(name) || extensions::is_method(name) && !TAKING.has(name)
}
