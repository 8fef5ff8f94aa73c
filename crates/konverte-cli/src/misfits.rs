//! What in workflow files does not fit the schemas of their nodes.

use std::collections::HashSet;
use std::sync::Arc;

use engine::Found;
use node_sdk::{Node, Registry};
use workflow::schema::{NodeType, Validator};
use workflow::{Diagnostic, Workflow};

use crate::error::{CliError, codes};
use crate::reference::schema::node_type;

/// The schemas of the node types and actions that the files use: compiled when one first uses them, for all of them would cost more than
/// everything else in the check of a file.
pub(crate) struct Schemas<'a> {
    registry: &'a Registry,
    nodes: Vec<Arc<dyn Node>>,
    /// Resource and operation, as the files have them.
    actions: HashSet<(String, String)>,
    validator: Option<Validator>,
}

impl<'a> Schemas<'a> {
    /// None is compiled yet.
    pub(crate) fn new(registry: &'a Registry) -> Self {
        Self { registry, nodes: Vec::new(), actions: HashSet::new(), validator: None }
    }

    /// What does not fit and is not `found` already: of a parameter, of a place. Parameters of a node that does not run do not matter.
    pub(crate) fn misfits(&mut self, workflow: &Workflow, found: &[Found]) -> Result<Vec<Found>, CliError> {
        let place = |found: &Diagnostic| found.at.as_ref().map(|at| (at.file.clone(), at.range.clone()));
        let first = |found: &Diagnostic| found.parameter.as_deref().and_then(|path| path.split(['.', '[']).next()).map(str::to_owned);
        let places: HashSet<_> = found.iter().map(|found| place(&found.diagnostic)).collect();
        let parameters: HashSet<_> = found.iter().map(|found| (found.diagnostic.node.clone(), first(&found.diagnostic))).collect();
        let is_said = |misfit: &Diagnostic| {
            let parameter = first(misfit);
            places.contains(&place(misfit)) || (parameter.is_some() && parameters.contains(&(misfit.node.clone(), parameter)))
        };
        let is_off = |misfit: &Diagnostic| {
            misfit.parameter.is_some() && misfit.node.as_deref().and_then(|name| workflow.node(name)).is_some_and(|node| node.disabled)
        };
        let misfits = self.of(workflow)?.check(workflow).into_iter();
        Ok(misfits.filter(|misfit| !is_off(misfit) && !is_said(misfit)).map(Found::reported).collect())
    }

    /// The schemas of what this file uses, and of what those before it used.
    fn of(&mut self, workflow: &Workflow) -> Result<&Validator, CliError> {
        let grown = self.learn(workflow);
        match self.validator.take().filter(|_| !grown) {
            Some(validator) => Ok(self.validator.insert(validator)),
            None => {
                let types: Vec<NodeType<'_>> = self.nodes.iter().enumerate().map(|(index, node)| self.node_type(index, &**node)).collect();
                let compiled = Validator::new(&types);
                let failed = |error| CliError::usage(codes::USAGE, format!("A node type has no valid schema: {error}."));
                Ok(self.validator.insert(compiled.map_err(failed)?))
            }
        }
    }

    /// Whether the file uses what none before it did.
    fn learn(&mut self, workflow: &Workflow) -> bool {
        let known = (self.nodes.len(), self.actions.len());
        for node in &workflow.nodes {
            let text = |key: &str| node.parameters.get(key).and_then(|value| value.as_str()).map(str::to_owned);
            self.actions.extend(text("resource").zip(text("operation")));
            if self.nodes.iter().any(|known| known.descriptor().name == node.type_name) {
                continue;
            }
            // Of what only stands for another type nothing is said.
            let found = self.registry.find(&node.type_name).filter(|found| found.descriptor().name == node.type_name);
            self.nodes.extend(found.filter(|_| self.registry.names().contains(&node.type_name)));
        }
        known != (self.nodes.len(), self.actions.len())
    }

    /// `index`: two packages may have a type of one name.
    fn node_type<'n>(&self, index: usize, node: &'n dyn Node) -> NodeType<'n> {
        let mut known = node_type(node.descriptor());
        known.file = format!("nodes/{index}.schema.json");
        known.actions.retain(|action| self.actions.contains(&(action.resource.to_string(), action.operation.to_string())));
        known
    }
}
