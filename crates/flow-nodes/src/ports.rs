//! How many inputs or outputs a node may have.

use node_sdk::NodeError;
use node_sdk::error::codes::PARAMETER;

/// Each takes memory, whether it is connected or not; n8n's editor offers 10 at most.
const MAX: usize = 1000;

/// The number, or the limit where it is beyond that. `number` is not NaN.
pub(crate) fn limited(number: f64) -> usize {
    (number.max(0.0) as usize).min(MAX)
}

/// Refuses a number beyond the limit.
pub(crate) fn check(number: f64, parameter: &'static str) -> Result<(), NodeError> {
    if number > MAX as f64 {
        let message = format!("Parameter {parameter} is {number}; {MAX} are possible");
        return Err(NodeError::coded(PARAMETER, message).parameter(parameter).help("Write a smaller number."));
    }
    Ok(())
}
