//! All types of n8n-nodes-base, where whoever runs the tests accepts its licence and has it installed:
//! `KONVERTE_TEST_PACKAGES=1`, the lock in the folder `KONVERTE_TEST_PROJECT`, the cache in `KONVERTE_CACHE`.

#![expect(clippy::print_stderr, reason = "a test that is skipped says why")]

use std::path::PathBuf;

use node_sdk::{Provider as _, description, schema};
use package_nodes::{Installed, Provider};
use packages::place::Place;
use serde_json::Map;
use workflow::schema::{NodeType, Validator};

/// What n8n-nodes-base 2.41.1 has.
const TYPES: usize = 444;

/// The installed package; `None` where these tests are not asked for.
fn provider() -> Option<Provider> {
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says where the package is")]
    let variable = |name: &str| std::env::var(name).ok();
    if variable("KONVERTE_TEST_PACKAGES").as_deref() != Some("1") {
        eprintln!("skipped: KONVERTE_TEST_PACKAGES=1 says that n8n's licence is accepted, for non-commercial use");
        return None;
    }
    let (Some(project), Some(cache)) = (variable("KONVERTE_TEST_PROJECT"), variable("KONVERTE_CACHE")) else {
        eprintln!("skipped: KONVERTE_TEST_PROJECT and KONVERTE_CACHE say where n8n-nodes-base is installed");
        return None;
    };
    let lock = PathBuf::from(project).join(packages::lock::FILE);
    Some(Provider::new(Installed::new(Place::Lock(lock), Ok(cache.into())), None))
}

#[test]
fn every_type_is_read_and_written_and_has_a_schema() {
    let Some(provider) = provider() else { return };
    let nodes = provider.list();
    assert_eq!(nodes.len(), TYPES);
    for node in &nodes {
        let descriptor = node.descriptor();
        let name = &descriptor.name;
        let written = description::write(descriptor);
        let again = description::read(written.clone()).unwrap();
        assert!(description::write(&again) == written, "{name}");
        for group in descriptor.versions.iter() {
            let version = group.newest();
            let alone = provider.find_version(name, version).unwrap();
            let known = alone.descriptor().version(version).unwrap();
            assert!(known.properties == group.properties && known.credentials == group.credentials, "{name} {version}");
            assert_eq!((known.inputs, known.outputs), (group.inputs, group.outputs), "{name} {version}");
            assert_eq!(alone.descriptor().default_version(), descriptor.default_version(), "{name}");
            // What the defaults make is taken for what was given.
            let filled = schema::with_defaults(group, &Map::new(), version);
            assert_eq!(schema::with_defaults(group, &filled, version), filled, "{name} {version}");
        }
        let validator = Validator::new(&[NodeType::new(descriptor, &[], "nodes/it.schema.json".into())]);
        assert!(validator.is_ok(), "{name}: {}", validator.unwrap_err());
    }
}

/// What asks n8n or the machine for something that no box has says so before anything runs; what does so in one of its operations runs.
#[test]
fn what_can_never_run_says_why() {
    let Some(provider) = provider() else { return };
    let need = |name: &str| provider.find(&format!("n8n-nodes-base.{name}")).unwrap().refusal();
    for (name, says) in [
        ("code", "task runner"),
        ("dataTable", "data tables"),
        ("dynamicCredentialCheck", "users"),
        ("executeCommand", "child_process"),
        ("executeWorkflow", "other workflows"),
        ("form", "pages"),
        ("function", "vm2"),
        ("functionItem", "vm2"),
        ("readBinaryFile", "files"),
        ("readBinaryFiles", "files"),
        ("readPDF", "canvas"),
        ("readWriteFile", "files"),
        ("respondToWebhook", "request"),
        ("wait", "wake"),
        ("writeBinaryFile", "files"),
    ] {
        assert!(need(name).is_some_and(|why| why.contains("the node needs") && why.contains(says)), "{name}: {:?}", need(name));
    }
    for name in
        ["aiTransform", "awsTextract", "compression", "crypto", "executionData", "extractFromFile", "gmail", "itemLists", "slack", "spreadsheetFile"]
    {
        assert_eq!(need(name), None, "{name}");
    }
}
