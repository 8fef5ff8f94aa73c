//! n8n's properties of a node whose actions are rows.
//!
//! In n8n's form every field has the default that n8n's node sends. In the native form fields have no defaults, since
//! native mode sends what was set and nothing else; types and choices are those that the server takes.

use std::borrow::Cow;

use super::param::{Literal, Param, ParamType};
use super::{ActionSpec, Resource, Text};
use crate::names::start_case;
use crate::property::{Choice, DefaultValue, DisplayCondition, DisplayOptions, DisplayRule, FieldGroup, Property, PropertyKind, TypeOptions};

/// Which form the properties have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As n8n's node has them.
    N8n,
    /// As native mode reads them.
    Native,
}

/// All properties of a node with these resources: the choice of resource and operation, each action's fields, `requestOptions`.
pub fn of(resources: &[Resource], form: Form) -> Vec<Property> {
    let mut properties = vec![resource_choice(resources)];
    properties.extend(resources.iter().map(operation_choice));
    for action in resources.iter().flat_map(|resource| resource.actions.iter()) {
        if form == Form::N8n {
            properties.push(request_line(action));
        }
        properties.extend(fields(action, form));
    }
    properties.push(request_options(form));
    properties
}

/// The fields of one action, shown when it is chosen. Places that share a key share a field.
pub fn fields(action: &ActionSpec, form: Form) -> Vec<Property> {
    let mut fields: Vec<Property> = Vec::new();
    let own: &[Param] = if form == Form::Native { &action.native.params } else { &[] };
    for param in action.params.iter().chain(own) {
        if !fields.iter().any(|field| field.name == param.key()) {
            fields.push(field(param, action, form));
        }
    }
    if form == Form::Native {
        for file in action.native.files.iter() {
            let text = match file.max_files {
                1 => "The binary property of the item that holds the file.".to_owned(),
                many => format!("The binary properties of the item that hold the files, with commas; at most {many}."),
            };
            let mut property = property(file.name.clone(), PropertyKind::String, DefaultValue::None);
            property.description = text.into();
            property.display = Some(shown_for(action));
            fields.retain(|field| field.name != file.name);
            fields.push(property);
        }
    }
    fields
}

fn field(param: &Param, action: &ActionSpec, form: Form) -> Property {
    let (kind, choices, default, required) = match form {
        Form::N8n => (param.kind, &param.choices, default_value(&param.default), param.required),
        Form::Native => (param.native_kind(), param.native_choices(), DefaultValue::None, param.is_wanted()),
    };
    let kind = match kind {
        ParamType::Integer | ParamType::Number => PropertyKind::Number,
        ParamType::String => PropertyKind::String,
        ParamType::Boolean => PropertyKind::Boolean,
        ParamType::Options => {
            PropertyKind::Options(choices.iter().map(|value| offer(value.to_owned().into(), start_case(value).into(), "".into())).collect())
        }
        ParamType::Json => PropertyKind::Json,
    };
    let mut property = property(param.n8n_name.as_ref().unwrap_or(&param.name).clone(), kind, default);
    property.display_name = param.display_name().into();
    property.description = param.summary.clone();
    property.required = required;
    property.type_options.as_written = form == Form::Native;
    property.display = Some(shown_for(action));
    property
}

fn resource_choice(resources: &[Resource]) -> Property {
    let choices = resources.iter().map(|r| offer(r.name.clone(), r.name.clone(), r.summary.clone())).collect();
    let mut property = property("resource", PropertyKind::Options(choices), DefaultValue::Str(Cow::Borrowed("")));
    property.no_data_expression = true;
    property
}

fn operation_choice(resource: &Resource) -> Property {
    let choices = resource.actions.iter().map(|a| offer(a.operation.clone(), a.operation.clone(), a.summary.clone())).collect();
    let mut property = property("operation", PropertyKind::Options(choices), DefaultValue::Str(Cow::Borrowed("")));
    property.no_data_expression = true;
    property.display = Some(DisplayOptions { show: vec![rule("resource", &resource.name)].into(), ..DisplayOptions::default() });
    property
}

/// n8n's node shows the request line of each action as a notice, under the name `operation`.
fn request_line(action: &ActionSpec) -> Property {
    let mut property = property("operation", PropertyKind::Notice, DefaultValue::Str(Cow::Borrowed("")));
    property.display_name = format!("{} {}", action.method.as_str(), action.path).into();
    property.display = Some(shown_for(action));
    property
}

/// The collection `requestOptions`: n8n's own options, and in the native form ours besides.
pub fn request_options(form: Form) -> Property {
    let whole = |name, default, description| described(property(name, PropertyKind::Number, DefaultValue::Int(default)), description);
    let least = |min, mut property: Property| {
        property.type_options = TypeOptions { min_value: Some(min), ..TypeOptions::default() };
        property
    };
    let flag = |name, description| described(property(name, PropertyKind::Boolean, DefaultValue::Bool(false)), description);
    let size = least(-1.0, whole("batchSize", 50, "Requests of one batch; -1 or 0 is 1."));
    let interval = least(0.0, whole("batchInterval", 1000, "Milliseconds before each batch but the first; 0 is no pause."));
    let batch = FieldGroup { name: "batch".into(), display_name: "Batching".into(), values: vec![size, interval].into(), extra: None };
    let empty_batch = DefaultValue::Json(serde_json::json!({"batch": {}}));
    let mut options = vec![
        described(property("batching", PropertyKind::FixedCollection(vec![batch].into()), empty_batch), "Pauses between requests."),
        flag("allowUnauthorizedCerts", "Take any TLS certificate."),
        described(
            property("proxy", PropertyKind::String, DefaultValue::Str(Cow::Borrowed(""))),
            "Send through this proxy, for example http://user:password@host:3128.",
        ),
        match form {
            // What n8n's editor puts in where the option is added.
            Form::N8n => whole("timeout", 10_000, "Milliseconds for one exchange; without it 300,000."),
            Form::Native => whole("timeout", 300_000, "Milliseconds for one exchange."),
        },
    ];
    if form == Form::Native {
        let retry = vec![
            least(1.0, whole("maxAttempts", 4, "Attempts in all; 1 is no retry. A wait for a rate limit is no attempt.")),
            least(0.0, whole("baseDelay", 500, "Milliseconds before the second attempt; doubled each time, with jitter.")),
            least(0.0, whole("maxDelay", 30_000, "Milliseconds that a pause is at most, but for a wait for a rate limit.")),
        ];
        options.extend([
            least(1.0, whole("concurrency", 8, "Requests in flight at once.")),
            described(property("retry", PropertyKind::Collection(retry.into()), DefaultValue::EmptyObject), "How a request is sent again."),
            flag("returnAll", "Walk a list to its end instead of reading one page."),
            least(1.0, described(property("limit", PropertyKind::Number, DefaultValue::None), "With returnAll: stop after this many items.")),
            flag("unwrap", "Put out the items of the answer's envelope instead of the envelope."),
            described(
                property("markExisting", PropertyKind::Boolean, DefaultValue::Bool(true)),
                "Mark items whose record was there before, where the answer shows it: konverte: {existed: true}.",
            ),
        ]);
    }
    let mut whole = property("requestOptions", PropertyKind::Collection(options.into()), DefaultValue::EmptyObject);
    whole.type_options.as_written = form == Form::Native;
    described(whole, "How requests are sent.")
}

fn default_value(literal: &Literal) -> DefaultValue {
    match literal {
        Literal::None => DefaultValue::None,
        Literal::Bool(b) => DefaultValue::Bool(*b),
        Literal::Int(n) => DefaultValue::Int(*n),
        Literal::Text(text) => DefaultValue::Str(text.clone()),
    }
}

fn shown_for(action: &ActionSpec) -> DisplayOptions {
    let show = vec![rule("resource", &action.resource), rule("operation", &action.operation)];
    DisplayOptions { show: show.into(), ..DisplayOptions::default() }
}

fn rule(path: &'static str, value: &Text) -> DisplayRule {
    DisplayRule { path: path.into(), any_of: vec![DisplayCondition::Equals(DefaultValue::Str(value.clone()))].into() }
}

fn offer(value: Text, name: Text, description: Text) -> Choice {
    Choice { value: DefaultValue::Str(value), name, description, display: None, extra: None }
}

fn described(mut property: Property, description: &'static str) -> Property {
    property.description = description.into();
    property
}

fn property(name: impl Into<Text>, kind: PropertyKind, default: DefaultValue) -> Property {
    let name = name.into();
    Property {
        display_name: start_case(&name).into(),
        name,
        description: "".into(),
        kind,
        default,
        required: false,
        display: None,
        disabled: None,
        type_options: TypeOptions::default(),
        no_data_expression: false,
        requires_data_path: None,
        validate_type: None,
        ignore_validation_during_execution: false,
        is_node_setting: false,
        extra: None,
    }
}
