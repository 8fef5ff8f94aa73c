//! A table of actions as a node type.

use std::sync::{Arc, OnceLock};

use node_sdk::action::properties::{self, Form};
use node_sdk::action::{ActionSpec, Method};
use node_sdk::descriptor::{CredentialUse, VersionGroup};
use node_sdk::node::Finding;
use node_sdk::property::{DefaultValue, DisplayCondition, DisplayOptions, DisplayRule};
use node_sdk::{CredentialType, Descriptor, Effect, Needs, Node, NodeError, PrepareContext, Prepared, Provider};
use serde_json::Value;

use crate::credential::ServiceCredential;
use crate::place::Mode;
use crate::service::{CHATWOOT, KONVERTE, Service, is_family};
use crate::{check, send};

/// A node type whose actions are the rows of a table.
pub struct ActionNode {
    service: Arc<Service>,
    mode: Mode,
    descriptor: Descriptor,
}

impl ActionNode {
    /// The node type of `service`.
    pub fn new(service: Service, mode: Mode) -> Self {
        let form = match mode {
            Mode::N8n => Form::N8n,
            Mode::Native => Form::Native,
        };
        let group = VersionGroup {
            versions: vec![1.0].into(),
            default_name: service.display_name.clone(),
            credentials: vec![CredentialUse { name: service.auth.credential.clone(), required: true, display: wanted(&service), extra: None }].into(),
            properties: properties::of(&service.resources, form).into(),
            exact_integers: mode == Mode::Native,
            ..VersionGroup::default()
        };
        let descriptor = Descriptor {
            name: service.node.clone(),
            display_name: service.display_name.clone(),
            description: service.summary.clone(),
            trigger: false,
            needs: Needs::Item,
            effect: Effect::Once,
            versions: vec![group].into(),
        };
        Self { service: Arc::new(service), mode, descriptor }
    }

    /// What it talks to.
    pub fn service(&self) -> &Arc<Service> {
        &self.service
    }

    fn action(&self, cx: &PrepareContext<'_>) -> Option<&ActionSpec> {
        let text = |name: &str| cx.parameters.get(name).and_then(Value::as_str).unwrap_or_default();
        self.service.action(text("resource"), text("operation"))
    }
}

impl Node for ActionNode {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn prepare(&self, cx: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
        let action = self.action(cx).cloned().map(Arc::new);
        let service = self.service.clone();
        Ok(Prepared::Paced(match (self.mode, action) {
            (Mode::N8n, action) => Box::new(send::N8n { service, action }),
            (Mode::Native, Some(action)) => Box::new(send::Native { service, action }),
            (Mode::Native, None) => return Err(check::unknown_action(&service, cx)),
        }))
    }

    fn effect(&self, cx: &PrepareContext<'_>) -> Effect {
        match self.action(cx) {
            None => Effect::None,
            Some(action) if action.method == Method::Get => Effect::Repeatable,
            Some(action) if action.repeatable && action.repeat_given.is_empty() => Effect::Repeatable,
            Some(_) => Effect::Once,
        }
    }

    fn check(&self, cx: &PrepareContext<'_>) -> Vec<Finding> {
        check::findings(&self.service, self.mode, self.action(cx), cx)
    }
}

/// Where the credential is wanted: everywhere, but for a service with a URL of its own only by actions that take a token.
fn wanted(service: &Service) -> Option<DisplayOptions> {
    service.url.as_ref()?;
    let actions = service.resources.iter().flat_map(|resource| resource.actions.iter()).filter(|action| action.takes_token());
    let any_of: Vec<_> = actions.map(|action| DisplayCondition::Equals(DefaultValue::Str(action.operation.clone()))).collect();
    Some(DisplayOptions { show: vec![DisplayRule { path: "operation".into(), any_of: any_of.into() }].into(), ..DisplayOptions::default() })
}

fn credential() -> Arc<dyn CredentialType> {
    Arc::new(ServiceCredential(Arc::new(KONVERTE.clone())))
}

/// The node types of this crate: `konverte`, and n8n's nodes of this family as aliases.
pub fn provider() -> Konverte {
    Konverte::default()
}

/// The node types of this crate. Each is put together when it is first asked for: most workflows have one of them, or none.
#[derive(Default)]
pub struct Konverte {
    native: OnceLock<Arc<ActionNode>>,
    n8n: OnceLock<Arc<ActionNode>>,
}

impl Konverte {
    fn native(&self) -> Arc<dyn Node> {
        self.native.get_or_init(|| Arc::new(ActionNode::new(KONVERTE.clone(), Mode::Native))).clone()
    }

    fn n8n(&self) -> Arc<dyn Node> {
        self.n8n.get_or_init(|| Arc::new(ActionNode::new(CHATWOOT.clone(), Mode::N8n))).clone()
    }
}

impl Provider for Konverte {
    fn find(&self, type_name: &str) -> Option<Arc<dyn Node>> {
        if type_name == KONVERTE.node {
            return Some(self.native());
        }
        let (_, name) = type_name.rsplit_once('.')?;
        let trigger = name.to_ascii_lowercase().ends_with("trigger");
        (is_family(name) && !trigger).then(|| self.n8n())
    }

    fn list(&self) -> Vec<Arc<dyn Node>> {
        vec![self.native()]
    }

    fn credential(&self, type_name: &str) -> Option<Arc<dyn CredentialType>> {
        is_family(type_name).then(credential)
    }

    fn credentials(&self) -> Vec<Arc<dyn CredentialType>> {
        vec![credential()]
    }
}
