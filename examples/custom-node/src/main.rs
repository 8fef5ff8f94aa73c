//! konverte with three nodes of its own.

mod carrier;
mod countries;
mod phone_number;

use std::process::ExitCode;
use std::sync::Arc;

use node_sdk::Node;

use crate::carrier::Carrier;
use crate::countries::Countries;
use crate::phone_number::PhoneNumber;

fn main() -> ExitCode {
    konverte::app().with(my_nodes()).run()
}

/// The nodes that this program adds.
fn my_nodes() -> Vec<Arc<dyn Node>> {
    vec![Arc::new(PhoneNumber), Arc::new(Countries), Arc::new(Carrier)]
}
