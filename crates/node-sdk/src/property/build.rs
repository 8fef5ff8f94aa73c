//! Const builders: a node of one's own states its parameters as constants.
//!
//! ```
//! use node_sdk::rows;
//! use node_sdk::property::{Choice, DisplayCondition, DisplayRule, Property};
//!
//! const PARAMETERS: &[Property] = &[
//!     Property::options("mode", rows![Choice::new("text"), Choice::new("number")]).default_text("text"),
//!     Property::string("prefix").required().describe("Put before each name.").shown_when(rows![
//!         DisplayRule::new("mode", rows![DisplayCondition::text("text")]),
//!     ]),
//!     Property::number("step").default_int(1),
//!     Property::collection("options", rows![Property::boolean("trim")]),
//! ];
//! assert_eq!(PARAMETERS[1].name, "prefix");
//! ```

use std::borrow::Cow;

use super::{
    Choice, DefaultValue, DisplayCondition, DisplayOptions, DisplayRule, FieldGroup, LocatorMode, Property, PropertyKind, Text, TypeOptions,
};
use crate::texts::put;

const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

impl Property {
    /// A parameter of any type, without a default.
    pub const fn new(name: &'static str, kind: PropertyKind, default: DefaultValue) -> Self {
        Self {
            name: text(name),
            display_name: text(""),
            description: text(""),
            kind,
            default,
            required: false,
            display: None,
            disabled: None,
            type_options: TypeOptions::NONE,
            no_data_expression: false,
            requires_data_path: None,
            validate_type: None,
            ignore_validation_during_execution: false,
            is_node_setting: false,
            extra: None,
        }
    }

    /// Text; default "".
    pub const fn string(name: &'static str) -> Self {
        Self::new(name, PropertyKind::String, DefaultValue::Str(text("")))
    }

    /// A number; default 0.
    pub const fn number(name: &'static str) -> Self {
        Self::new(name, PropertyKind::Number, DefaultValue::Int(0))
    }

    /// True or false; default false.
    pub const fn boolean(name: &'static str) -> Self {
        Self::new(name, PropertyKind::Boolean, DefaultValue::Bool(false))
    }

    /// One of the choices; default "".
    pub const fn options(name: &'static str, choices: &'static [Choice]) -> Self {
        Self::new(name, PropertyKind::Options(Cow::Borrowed(choices)), DefaultValue::Str(text("")))
    }

    /// A list of choices; default `[]`.
    pub const fn multi_options(name: &'static str, choices: &'static [Choice]) -> Self {
        Self::new(name, PropertyKind::MultiOptions(Cow::Borrowed(choices)), DefaultValue::EmptyList)
    }

    /// JSON text or an object; default `{}` as text.
    pub const fn json(name: &'static str) -> Self {
        Self::new(name, PropertyKind::Json, DefaultValue::Str(text("{}")))
    }

    /// A point in time; default "".
    pub const fn date_time(name: &'static str) -> Self {
        Self::new(name, PropertyKind::DateTime, DefaultValue::Str(text("")))
    }

    /// Optional fields in an object; default `{}`.
    pub const fn collection(name: &'static str, fields: &'static [Property]) -> Self {
        Self::new(name, PropertyKind::Collection(Cow::Borrowed(fields)), DefaultValue::EmptyObject)
    }

    /// Named groups of fields; default `{}`. See [`Self::multiple`].
    pub const fn fixed_collection(name: &'static str, groups: &'static [FieldGroup]) -> Self {
        Self::new(name, PropertyKind::FixedCollection(Cow::Borrowed(groups)), DefaultValue::EmptyObject)
    }

    /// `{__rl: true, mode, value}`; default `{}`.
    pub const fn resource_locator(name: &'static str, modes: &'static [LocatorMode]) -> Self {
        Self::new(name, PropertyKind::ResourceLocator(Cow::Borrowed(modes)), DefaultValue::EmptyObject)
    }

    /// Text for people, without a value.
    pub const fn notice(name: &'static str, words: &'static str) -> Self {
        Self::new(name, PropertyKind::Notice, DefaultValue::Str(text(""))).label(words)
    }

    /// Always its default, which is "" until another is given.
    pub const fn hidden(name: &'static str) -> Self {
        Self::new(name, PropertyKind::Hidden, DefaultValue::Str(text("")))
    }

    /// Name for people.
    #[must_use]
    pub const fn label(mut self, name: &'static str) -> Self {
        put(&mut self.display_name, text(name));
        self
    }

    /// One sentence of help.
    #[must_use]
    pub const fn describe(mut self, sentence: &'static str) -> Self {
        put(&mut self.description, text(sentence));
        self
    }

    /// An empty value stops a run before it starts.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What an omitted value is.
    #[must_use]
    pub const fn default(mut self, value: DefaultValue) -> Self {
        put(&mut self.default, value);
        self
    }

    /// [`Self::default`] with text.
    #[must_use]
    pub const fn default_text(self, value: &'static str) -> Self {
        self.default(DefaultValue::Str(text(value)))
    }

    /// [`Self::default`] with an integer.
    #[must_use]
    pub const fn default_int(self, value: i64) -> Self {
        self.default(DefaultValue::Int(value))
    }

    /// [`Self::default`] with a boolean.
    #[must_use]
    pub const fn default_bool(self, value: bool) -> Self {
        self.default(DefaultValue::Bool(value))
    }

    /// Shown when all rules hold.
    #[must_use]
    pub const fn shown_when(mut self, rules: &'static [DisplayRule]) -> Self {
        match &mut self.display {
            Some(display) => put(&mut display.show, Cow::Borrowed(rules)),
            none => put(none, Some(DisplayOptions { show: Cow::Borrowed(rules), hide: Cow::Borrowed(&[]), extra: None })),
        }
        self
    }

    /// Not shown when any rule holds.
    #[must_use]
    pub const fn hidden_when(mut self, rules: &'static [DisplayRule]) -> Self {
        match &mut self.display {
            Some(display) => put(&mut display.hide, Cow::Borrowed(rules)),
            none => put(none, Some(DisplayOptions { show: Cow::Borrowed(&[]), hide: Cow::Borrowed(rules), extra: None })),
        }
        self
    }

    /// Holds a list of values.
    #[must_use]
    pub const fn multiple(mut self) -> Self {
        self.type_options.multiple_values = Some(true);
        self
    }

    /// Smallest and largest number.
    #[must_use]
    pub const fn range(mut self, min: f64, max: f64) -> Self {
        self.type_options.min_value = Some(min);
        self.type_options.max_value = Some(max);
        self
    }
}

impl TypeOptions {
    /// Nothing set.
    pub const NONE: Self = Self {
        multiple_values: None,
        min_value: None,
        max_value: None,
        number_precision: None,
        date_only: None,
        min_required_fields: None,
        as_written: false,
        load_options_method: None,
        extra: None,
    };
}

impl Choice {
    /// A choice whose value is text.
    pub const fn new(value: &'static str) -> Self {
        Self { value: DefaultValue::Str(text(value)), name: text(""), description: text(""), display: None, extra: None }
    }

    /// Name for people.
    #[must_use]
    pub const fn label(mut self, name: &'static str) -> Self {
        put(&mut self.name, text(name));
        self
    }

    /// One sentence of help.
    #[must_use]
    pub const fn describe(mut self, sentence: &'static str) -> Self {
        put(&mut self.description, text(sentence));
        self
    }
}

impl FieldGroup {
    /// A group of a fixedCollection.
    pub const fn new(name: &'static str, fields: &'static [Property]) -> Self {
        Self { name: text(name), display_name: text(""), values: Cow::Borrowed(fields), extra: None }
    }
}

impl DisplayRule {
    /// The parameter at `path` has one of these values: a sibling's name, `/name` from the root, `@version`.
    pub const fn new(path: &'static str, any_of: &'static [DisplayCondition]) -> Self {
        Self { path: text(path), any_of: Cow::Borrowed(any_of) }
    }
}

impl DisplayCondition {
    /// Equal to this text.
    pub const fn text(value: &'static str) -> Self {
        Self::Equals(DefaultValue::Str(text(value)))
    }

    /// Equal to this boolean.
    pub const fn bool(value: bool) -> Self {
        Self::Equals(DefaultValue::Bool(value))
    }

    /// Equal to this number.
    pub const fn number(value: f64) -> Self {
        Self::Equals(DefaultValue::Float(value))
    }

    /// A comparison with a number: `gte`, `lt`, ...
    pub const fn compare(operator: &'static str, operand: f64) -> Self {
        Self::Compare { operator: text(operator), operand: DefaultValue::Float(operand) }
    }
}
