//! Every node keeps the contract of nodes. What a single node does stands in its own folder.

use node_sdk::Provider;
use node_testkit::assert_node_contract;

#[test]
fn every_node_keeps_the_contract() {
    for node in flow_nodes::provider().list() {
        assert_node_contract(&node);
    }
}
