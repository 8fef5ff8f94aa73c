//! Types of packages as nodes: which are there, and which refuse to run.

#![expect(clippy::unwrap_used, unreachable_pub, reason = "a test may panic; the package is shared")]

mod common;

use std::sync::Arc;

use common::{Asking, NAME, node, provider, provider_of};
use node_sdk::Provider as _;
use node_sdk::error::codes;
use node_testkit::Harness;
use packages::place::Place;
use serde_json::json;

fn nodes() -> serde_json::Value {
    let operation = json!([{"displayName": "Operation", "name": "operation", "type": "options", "default": "get",
        "options": [{"name": "Get", "value": "get"}, {"name": "Ask", "value": "sendAndWait"}]}]);
    let declared =
        json!([{"displayName": "Send", "name": "send", "type": "options", "default": "s", "options": [{"name": "S", "value": "s", "routing": {}}]}]);
    json!([
        node("sender", &json!([2]), &operation, &json!({"usableAsTool": true})),
        node("sender", &json!(1), &json!([]), &json!({})),
        node("declared", &json!(1), &declared, &json!({})),
        node("senderTrigger", &json!(1), &json!([]), &json!({"group": ["trigger"], "inputs": []})),
    ])
}

#[test]
fn types_are_found_by_the_package_and_their_name() {
    let (provider, _folder) = provider(&nodes(), Asking::new("operation", json!(null)));
    assert_eq!(provider.names(), ["declared", "sender", "senderTrigger"].map(|name| format!("{NAME}.{name}")));
    assert_eq!(provider.list().len(), 3);
    let sender = provider.find(&format!("{NAME}.sender")).unwrap();
    assert_eq!(sender.descriptor().name, "@acme/n8n-nodes-acme.sender");
    assert!(Arc::ptr_eq(&sender, &provider.find(&format!("{NAME}.sender")).unwrap()), "it is read once");
    let old = provider.find_version(&format!("{NAME}.sender"), 1.0).unwrap();
    assert_eq!(old.descriptor().version(1.0), sender.descriptor().version(1.0));
    for other in ["sender", "n8n-nodes-base.sender", "@acme/n8n-nodes-acme2.sender"] {
        assert!(provider.find(other).is_none() && provider.absent(other).is_none(), "{other}");
    }
    let absent = provider.absent(&format!("{NAME}.bell")).unwrap();
    assert_eq!(absent.reason, "which version 1.2.3 of the package @acme/n8n-nodes-acme does not have");
    // The variant for agents of what is usable so, and of nothing else.
    assert_eq!(provider.find(&format!("{NAME}.senderTool")).unwrap().descriptor().display_name, "sender Tool");
    assert!(provider.find(&format!("{NAME}.declaredTool")).is_none());
}

#[test]
fn the_installer_and_the_box_know_the_same_modules_of_node() {
    assert_eq!(packages::reach::BUILT_INS, node_builtins::BUILTINS);
}

/// The files of a package whose node may ask n8n to wait.
const WAITING: [(&str, &str); 2] =
    [("dist/nodes/sender.node.js", "require('./ask')"), ("dist/nodes/ask.js", "this.putExecutionToWait(new Date(9e15))")];

#[test]
fn what_cannot_run_says_so_before_anything_is_sent() {
    for (name, parameters, code) in [
        ("senderTool", json!({}), codes::UNAVAILABLE),
        ("sender", json!({"operation": "sendAndWait"}), codes::WAITS_OUTSIDE),
        ("sender", json!({"operation": "dispatchAndWait"}), codes::WAITS_OUTSIDE),
        ("sender", json!({"operation": "={{ 'sendAnd' + 'Wait' }}"}), codes::WAITS_OUTSIDE),
    ] {
        for (package, files) in [(NAME, &WAITING[..]), ("n8n-nodes-base", &[])] {
            let runner = Asking::new("operation", json!(null));
            let (provider, folder) = provider_of(package, &nodes(), runner.clone());
            files.iter().for_each(|(path, text)| std::fs::write(folder.path().join(path), text).unwrap());
            let ran = Harness::new(provider.find(&format!("{package}.{name}")).unwrap()).parameters(parameters.clone()).input([json!({})]).run();
            assert_eq!(ran.error.map(|error| error.code), Some(code.clone()), "{package} {name}");
            assert_eq!(*runner.runs.lock().unwrap(), 0, "{package} {name}");
        }
    }
    let runner = Asking::new("operation", json!(null));
    let (provider, _folder) = provider(&nodes(), runner);
    let trigger = Harness::new(provider.find(&format!("{NAME}.senderTrigger")).unwrap()).run();
    assert_eq!(trigger.error.unwrap().code, codes::UNAVAILABLE);
    let sender = Harness::new(provider.find(&format!("{NAME}.sender")).unwrap()).parameters(json!({"operation": "get"})).input([json!({})]).run();
    assert_eq!(sender.json(0), [json!({"got": "get", "literal": true})]);
}

#[test]
fn an_operation_of_others_that_is_only_called_so_waits_for_nothing() {
    let (provider, _folder) = provider(&nodes(), Asking::new("operation", json!(null)));
    for operation in ["dispatchAndWait", "={{ 'sendAnd' + 'Wait' }}"] {
        let node = provider.find(&format!("{NAME}.sender")).unwrap();
        let ran = Harness::new(node).parameters(json!({"operation": operation})).input([json!({})]).run();
        assert_eq!((ran.error, ran.outputs.len()), (None, 1), "{operation}");
    }
}

#[test]
fn operations_of_n8ns_that_do_nothing_in_a_box_are_refused_by_what_decides_it() {
    let choices = |name: &str, values: &[&str]| {
        let options: Vec<_> = values.iter().map(|value| json!({"name": value, "value": value})).collect();
        json!({"displayName": name, "name": name, "type": "options", "default": values[0], "options": options})
    };
    let compression = json!([choices("operation", &["decompress", "compress"]), choices("outputFormat", &["zip", "gzip", "tar", "targz"])]);
    let extract = json!([choices("operation", &["csv", "pdf"])]);
    let nodes = json!([node("compression", &json!(1.1), &compression, &json!({})), node("extractFromFile", &json!(1), &extract, &json!({})),]);
    for (package, name, parameters, refused) in [
        ("n8n-nodes-base", "compression", json!({"operation": "compress", "outputFormat": "tar"}), Some("outputFormat")),
        ("n8n-nodes-base", "compression", json!({"operation": "compress", "outputFormat": "targz"}), Some("outputFormat")),
        ("n8n-nodes-base", "compression", json!({"operation": "decompress", "outputFormat": "tar"}), None),
        ("n8n-nodes-base", "compression", json!({"operation": "compress"}), None),
        ("n8n-nodes-base", "extractFromFile", json!({"operation": "pdf"}), Some("operation")),
        ("n8n-nodes-base", "extractFromFile", json!({}), None),
        (NAME, "extractFromFile", json!({"operation": "pdf"}), None),
    ] {
        let (provider, _folder) = provider_of(package, &nodes, Asking::new("operation", json!(null)));
        let ran = Harness::new(provider.find(&format!("{package}.{name}")).unwrap()).parameters(parameters.clone()).input([json!({})]).run();
        let error = ran.error.map(|error| (error.code, error.parameter));
        assert_eq!(error, refused.map(|parameter| (codes::UNAVAILABLE, Some(parameter.to_owned()))), "{package} {name} {parameters}");
    }
}

#[test]
fn a_lock_whose_package_is_not_in_the_cache_names_the_command() {
    use package_nodes::{Installed, Provider};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("packages.lock.json");
    let hash = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let package = json!({"version": "1.0.0", "archive": {"folder": "/x"}, "contents": hash,
        "licence": {"name": "MIT", "text": hash, "accepted": "2026-11-29"}, "hosts": "any"});
    std::fs::write(&path, json!({"lockVersion": 1, "packages": {"n8n-nodes-bell": package}}).to_string()).unwrap();
    let provider = |path: &std::path::Path| {
        let installed = Installed::new(Place::Lock(path.to_owned()), Ok(folder.path().join("cache")));
        Provider::new(installed, None)
    };
    let absent = provider(&path).absent("n8n-nodes-bell.bell").unwrap();
    assert_eq!(absent.code, Some(packages::codes::NOT_INSTALLED));
    assert!(absent.help.unwrap().contains("`konverte packages install`"));
    assert!(provider(&path).find("n8n-nodes-bell.bell").is_none() && provider(&path).names().is_empty());
    let broken = folder.path().join("other.json");
    std::fs::write(&broken, "{}").unwrap();
    assert_eq!(provider(&broken).absent("a.b").unwrap().code, Some(packages::codes::LOCK));
}
