//! Expressions that a node's description puts into its parameters: nobody who has the workflow has read them.

use node_sdk::error::codes;
use node_sdk::{NodeError, Parameters};

use crate::places::find_path;

/// Why a node does not run whose parameters hold such an expression that looks at more than the node's own parameters and input, or may
/// change what other expressions see.
pub(crate) fn beyond(parameters: &Parameters) -> Option<NodeError> {
    let (text, what) = parameters.added().iter().find_map(|text| Some((text, expression::beyond(text)?)))?;
    let path = find_path(parameters.raw(), text).unwrap_or_default();
    let message = format!("The default of {path} is an expression that reaches {what}; a default may use the node's own parameters and input alone");
    let help = format!("Set {path} in the file, to a value or to an expression of your own.");
    Some(NodeError::coded(codes::UNAVAILABLE, message).help(help).parameter(path))
}
