//! The conditions of If 2, Filter 2 and Switch 3: `{options, combinator, conditions: [{leftValue, operator, rightValue}]}`.

pub(crate) mod legacy;
mod operators;
mod pattern;
mod problem;
mod typed;

use jiff::tz::TimeZone;
use node_sdk::{Evaluated, Item, ItemParams, Kind, NodeError, Output, PrepareContext, Resolvable, RunContext, RunItem, json};
use serde_json::Value;

use crate::setting::Setting;
use problem::Problem;
use typed::{Type, Typed};

/// Added to an error that has no description of its own while strict types are on.
const LESS_STRICT: &str = "Try changing the type of comparison. Alternatively you can enable 'Convert types where required'.";

/// Conditions, read once.
#[derive(Debug)]
pub(crate) struct Conditions {
    /// `None`: the value is no set of conditions to n8n, which then takes it for true.
    combinator: Option<Setting>,
    case_sensitive: Setting,
    type_validation: Setting,
    version: f64,
    list: Vec<Condition>,
    /// The node's own switch for loose types. It has no part in comparing; it only decides on the hint in an error.
    loose: Setting,
}

#[derive(Debug)]
struct Condition {
    left: Setting,
    right: Setting,
    /// n8n's word; one that we do not know never holds, and says so with its type.
    type_name: String,
    operation: String,
    right_type: String,
    single: bool,
}

/// One side of a condition: the value, and what it was in JavaScript.
#[derive(Debug, Clone)]
pub(crate) struct Operand {
    /// `None` for undefined.
    value: Option<Value>,
    kind: Kind,
}

impl From<Evaluated> for Operand {
    fn from(evaluated: Evaluated) -> Self {
        let value = (evaluated.kind != Kind::Undefined).then_some(evaluated.value);
        Self { value, kind: evaluated.kind }
    }
}

/// What the comparisons of one item share.
struct Rules<'a> {
    ignore_case: bool,
    strict: bool,
    version: f64,
    params: &'a ItemParams<'a>,
    zone: &'a dyn Fn() -> TimeZone,
}

impl Conditions {
    /// Reads the conditions that stand at `path`; `loose` is the node's own switch for loose types. What the file leaves out, n8n fills in:
    /// all conditions must hold, capitals count, types are strict.
    pub(crate) fn new(cx: &PrepareContext<'_>, path: &str, loose: Setting) -> Self {
        Self { loose, ..Self::of(path, |field| cx.parameters.at(&format!("{path}.{field}"))) }
    }

    /// The same of conditions whose fields are given, without a switch of a node's own.
    pub(crate) fn of(path: &str, given: impl Fn(&str) -> Option<Resolvable>) -> Self {
        let field = |name: &str| Setting::new(format!("{path}.{name}"), given(name));
        let list = given("conditions");
        let conditions = list.iter().flat_map(Resolvable::entries).enumerate();
        Self {
            combinator: list.is_some().then(|| field("combinator").or("and")),
            case_sensitive: field("options.caseSensitive").or(true),
            type_validation: field("options.typeValidation").or("strict"),
            version: field("options.version").literal().and_then(Value::as_f64).unwrap_or(1.0),
            list: conditions.map(|(i, condition)| Condition::new(&condition, &format!("{path}.conditions.{i}"))).collect(),
            loose: Setting::new("", None),
        }
    }

    /// Whether the conditions hold for an item.
    pub(crate) fn hold(&self, cx: &RunContext, params: &ItemParams<'_>) -> Result<bool, NodeError> {
        self.compare(cx, params).map_err(|mut error| {
            let loose = self.loose.bool(params, false).unwrap_or(false);
            if error.description.is_none() && !loose {
                error.description = Some(LESS_STRICT.to_owned());
            }
            error.item(params.index())
        })
    }

    /// [`Self::hold`] without advice in errors.
    pub(crate) fn compare(&self, cx: &RunContext, params: &ItemParams<'_>) -> Result<bool, NodeError> {
        let rules = Rules {
            ignore_case: !self.case_sensitive.bool(params, false)?,
            strict: self.type_validation.text(params)? == "strict",
            version: self.version,
            params,
            zone: &|| crate::date::zone(cx),
        };
        let mut resolved = Vec::with_capacity(self.list.len());
        for condition in &self.list {
            resolved.push((Operand::from(condition.left.evaluated(params)?), Operand::from(condition.right.evaluated(params)?)));
        }
        let any = match &self.combinator {
            None => return Ok(true),
            Some(combinator) => match &*combinator.text(params)? {
                "and" => false,
                "or" => true,
                _ => return Ok(false),
            },
        };
        for (index, (condition, (left, right))) in self.list.iter().zip(resolved).enumerate() {
            if condition.holds(left, right, index, &rules)? == any {
                return Ok(any);
            }
        }
        Ok(!any)
    }
}

/// If and Filter: an item for which the conditions hold goes to output 0, any other to output 1.
pub(crate) struct Sieve(Conditions);

impl Sieve {
    /// Reads the node's parameters.
    pub(crate) fn new(cx: &PrepareContext<'_>) -> Self {
        Self(Conditions::new(cx, "conditions", loose_switch(cx, 2.1)))
    }
}

impl RunItem for Sieve {
    /// An item that fails is one for which the conditions do not hold, where the node's settings let the run go on.
    fn run_item(&self, cx: &RunContext, params: &ItemParams<'_>, item: Item, index: usize, out: &mut Output) -> Result<(), NodeError> {
        let holds = match self.0.hold(cx, params) {
            Err(_) if cx.continue_on_fail() => false,
            other => other?,
        };
        out.push_to(usize::from(!holds), item.paired(index));
        Ok(())
    }
}

/// The node's own switch for loose types: a parameter since version `since`, an option before.
pub(crate) fn loose_switch(cx: &PrepareContext<'_>, since: f64) -> Setting {
    Setting::at(cx, if cx.node.type_version < since { "options.looseTypeValidation" } else { "looseTypeValidation" })
}

impl Condition {
    fn new(given: &Resolvable, path: &str) -> Self {
        let operator = given.at("operator").map(|operator| operator.to_raw()).unwrap_or_default();
        let word = |name: &str| operator.get(name).and_then(Value::as_str).map(str::to_owned);
        let type_name = word("type").unwrap_or_default();
        let side = |name: &str| Setting::new(format!("{path}.{name}"), given.at(name));
        Self {
            left: side("leftValue"),
            right: side("rightValue"),
            operation: word("operation").unwrap_or_default(),
            right_type: word("rightType").unwrap_or_else(|| type_name.clone()),
            type_name,
            single: operator.get("singleValue").is_some_and(json::truthy),
        }
    }

    fn holds(&self, left: Operand, right: Operand, index: usize, rules: &Rules<'_>) -> Result<bool, NodeError> {
        let (left_type, right_type) = (Type::named(&self.type_name), Type::named(&self.right_type));
        let typed_left = Typed::parse(&left, left_type, rules);
        let typed_right = if self.single { Some(Typed::Missing) } else { Typed::parse(&right, right_type, rules) };
        let problem = Problem { strict: rules.strict, condition: index, item: rules.params.index() };
        match (typed_left, typed_right) {
            (Some(left), Some(right)) => operators::compare(left_type, &self.operation, left, right, rules),
            (None, None) if left.type_of() == right.type_of() => Err(problem.both(&self.type_name, left.type_of())),
            (None, _) => Err(problem.one("first", &self.type_name, &left)),
            (_, None) => Err(problem.one("second", &self.right_type, &right)),
        }
    }
}

impl Operand {
    fn type_of(&self) -> &'static str {
        match self.kind {
            Kind::Date | Kind::DateTime => "object",
            Kind::NonFinite(_) => "number",
            _ => crate::js::type_of(self.value.as_ref()),
        }
    }

    fn text(&self) -> String {
        match self.kind {
            Kind::NonFinite(number) => number.text().into(),
            _ => crate::js::text(self.value.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests;
