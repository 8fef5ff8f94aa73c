//! What is known of a node type before it runs.

use std::borrow::Cow;

use crate::property::{DisplayOptions, Extra, Property};
use crate::texts::put;

/// Static description of a node type, in all its versions.
///
/// Streaming, journal, retry and dry run are decided from here, never from a node's name. What depends on the parameters of one
/// place is known before the run as well, but the node is asked for it: [`crate::Node::inputs`], [`crate::Node::outputs`],
/// [`crate::Node::effect`], and which workflows it refers to, [`crate::Node::workflows`]. The other nodes that a place refers to
/// stand in its expressions, where the engine finds them for every node alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Descriptor {
    /// Full type name as it stands in a workflow file, for example `n8n-nodes-base.set`.
    pub name: Cow<'static, str>,
    /// Name for people, for example `Edit Fields (Set)`.
    pub display_name: Cow<'static, str>,
    /// One sentence.
    pub description: Cow<'static, str>,
    /// Whether a run can begin here.
    pub trigger: bool,
    /// Whether one item is enough, or the node wants all: the most that [`crate::Prepared`] will be in any version, known before anything is
    /// prepared.
    pub needs: Needs,
    /// What a crash, a retry or a dry run may do with it. The worst case over all parameters; [`crate::Node::effect`] can say less.
    pub effect: Effect,
    /// Groups of versions that share their properties, oldest first.
    pub versions: Cow<'static, [VersionGroup]>,
}

impl Descriptor {
    /// The group that runs a node whose file states `version`; 0 and NaN (none) are [`Descriptor::default_version`]. `None`: the type is not
    /// there in that version.
    ///
    /// The number stays what it is: display rules of a node without one see 0, and it is neither below nor above any other.
    ///
    /// ```
    /// use node_sdk::description::read_groups;
    /// use node_sdk::{Descriptor, Effect, Needs};
    /// let described = |json: &str| Descriptor {
    ///     name: "x".into(), display_name: "X".into(), description: "".into(), trigger: false, needs: Needs::All, effect: Effect::None,
    ///     versions: read_groups(json).unwrap().into(),
    /// };
    /// let listed = described(r#"[{"versions": [1]}, {"versions": [2, 2.1]}]"#);
    /// assert_eq!(listed.version(0.0).unwrap().versions, listed.version(2.1).unwrap().versions);
    /// assert!(listed.version(3.0).is_none());
    /// assert!(described(r#"[{"versions": [1], "anyVersion": true}]"#).version(7.0).is_some());
    /// ```
    pub fn version(&self, version: f64) -> Option<&VersionGroup> {
        let wanted = if version == 0.0 || version.is_nan() { self.default_version() } else { version };
        let listed = self.versions.iter().find(|group| group.versions.contains(&wanted));
        listed.or_else(|| self.versions.iter().find(|group| group.any_version))
    }

    /// Names of the outputs of a version, where they have any.
    pub fn output_names(&self, version: f64) -> Vec<String> {
        self.version(version).map(|group| group.output_names.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    /// The version that a node without one has: the stated one, else the newest.
    pub fn default_version(&self) -> f64 {
        self.versions.iter().find_map(|group| group.default_version).unwrap_or_else(|| self.newest())
    }

    /// The newest version.
    pub fn newest(&self) -> f64 {
        self.all_versions().fold(0.0, f64::max)
    }

    /// All versions, oldest first.
    pub fn all_versions(&self) -> impl Iterator<Item = f64> + '_ {
        self.versions.iter().flat_map(|group| group.versions.iter().copied())
    }
}

/// Versions of a node type that share inputs, outputs, credentials and properties.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VersionGroup {
    /// For example `[3.0, 3.1]`.
    pub versions: Cow<'static, [f64]>,
    /// Whether the type has this one implementation for whatever version a file states, also for none. The number still decides which
    /// parameters are shown. Otherwise a version that is not listed does not run.
    pub any_version: bool,
    /// The version of a node whose file states none, for all groups of the type; `None`: the newest.
    pub default_version: Option<f64>,
    /// The name that n8n gives a new node of this type.
    pub default_name: Cow<'static, str>,
    /// Main inputs.
    pub inputs: InputCount,
    /// Main outputs.
    pub outputs: OutputCount,
    /// Names of the inputs, where they have any.
    pub input_names: Cow<'static, [Cow<'static, str>]>,
    /// Names of the outputs, where they have any.
    pub output_names: Cow<'static, [Cow<'static, str>]>,
    /// Inputs that must hold items before a waiting node runs (Merge, choose branch).
    pub required_inputs: Option<Cow<'static, str>>,
    /// Credential types, with when they are asked for.
    pub credentials: Cow<'static, [CredentialUse]>,
    /// The parameters.
    pub properties: Cow<'static, [Property]>,
    /// Whether integers beyond 2^53 that a plain path hands over (`={{ $json.id }}`) stay as they are. n8n's nodes get
    /// JavaScript's numbers.
    pub exact_integers: bool,
    /// What else n8n's description says: `group`, `webhooks`, `polling`, `usableAsTool`, `maxNodes`, and `inputs`, `outputs` where
    /// they are an expression or have names and kinds.
    pub extra: Extra,
}

impl VersionGroup {
    /// One input, one output, no credentials: for const tables.
    ///
    /// ```
    /// use node_sdk::{Property, VersionGroup, rows};
    /// const V1: VersionGroup = VersionGroup::new(&[1.0], rows![Property::string("name")]);
    /// assert_eq!(V1.properties.len(), 1);
    /// ```
    pub const fn new(versions: &'static [f64], properties: &'static [Property]) -> Self {
        Self {
            versions: Cow::Borrowed(versions),
            any_version: false,
            default_version: None,
            default_name: Cow::Borrowed(""),
            inputs: InputCount::One,
            outputs: OutputCount::One,
            input_names: Cow::Borrowed(&[]),
            output_names: Cow::Borrowed(&[]),
            required_inputs: None,
            credentials: Cow::Borrowed(&[]),
            properties: Cow::Borrowed(properties),
            exact_integers: false,
            extra: None,
        }
    }

    /// Sets [`VersionGroup::default_name`].
    ///
    /// ```
    /// use node_sdk::VersionGroup;
    /// const V1: VersionGroup = VersionGroup::new(&[1.0], &[]).named("Shout");
    /// assert_eq!(V1.default_name, "Shout");
    /// ```
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        put(&mut self.default_name, Cow::Borrowed(name));
        self
    }

    /// Its newest version.
    pub fn newest(&self) -> f64 {
        self.versions.iter().copied().fold(0.0, f64::max)
    }

    /// The parameter of this name; of several that share it (shown at different times) the first.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

/// A credential type that a node uses.
#[derive(Debug, Clone, PartialEq)]
pub struct CredentialUse {
    /// Type, for example `konverteApi`.
    pub name: Cow<'static, str>,
    /// Whether the node fails without it.
    pub required: bool,
    /// When it applies.
    pub display: Option<DisplayOptions>,
    /// What else n8n's description says of it.
    pub extra: Extra,
}

/// How many main inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputCount {
    /// This many; 0 for a trigger.
    Fixed(usize),
    /// One.
    #[default]
    One,
    /// By parameters ([`crate::Node::inputs`]).
    ByParameters,
}

/// How many main outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutputCount {
    /// This many.
    Fixed(usize),
    /// One.
    #[default]
    One,
    /// By parameters ([`crate::Node::outputs`]).
    ByParameters,
}

/// What a node must see before it can put out anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// One item at a time, be it without waiting or at a pace; chunks can stream through.
    Item,
    /// All items of all inputs.
    All,
}

/// What running a node does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing: it can run again at will.
    None,
    /// Something, and doing it twice does no harm.
    Repeatable,
    /// Something that must not happen twice by itself.
    Once,
}
