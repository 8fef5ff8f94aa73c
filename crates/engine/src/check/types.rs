//! Node types that we do not have: is it a typing error, or does n8n have it?

use node_sdk::node::Level;
use node_sdk::{Descriptor, ErrorCode, Registry};
use workflow::names::{self, Unknown};

use super::{Blocking, Found, Subject, Whole};
use crate::codes;

pub(super) fn check(subject: &Subject<'_>, known: Option<&Descriptor>, registry: &Registry, whole: &Whole<'_>) -> Option<Found> {
    if subject.found.is_some() {
        return None;
    }
    let node = subject.node;
    let type_name = &node.type_name;
    if let Some(descriptor) = known {
        let versions: Vec<String> = descriptor.all_versions().map(|version| version.to_string()).collect();
        let message = format!("\"{}\" is of type {type_name} version {}, which is not supported", node.name, node.type_version);
        return Some(unsupported(subject, codes::UNSUPPORTED_VERSION, message, format!("Supported are: {}.", versions.join(", "))));
    }
    // n8n's community node has many names; all mean the one node here.
    let last = type_name.rsplit('.').next().unwrap_or(type_name).to_lowercase();
    let family = (last.starts_with("konverte") || last.starts_with("chatwoot")) && registry.find("konverte").is_some();
    let help = |suggestion: Option<String>, otherwise: &str| {
        if family { Some("konverte".to_owned()) } else { suggestion }.map_or(otherwise.to_owned(), |name| format!("Did you mean {name}?"))
    };
    let message = |what: &str| format!("\"{}\" is of type {type_name}, {what}", node.name);
    let way_out = "Pin its output in the file, or switch the node off, to run the rest.";
    // Looked up once for each type: it is compared with all that there are.
    let unknown = whole.unknown.borrow().get(type_name).cloned();
    let unknown = unknown.unwrap_or_else(|| {
        let ours = registry.list();
        names::unknown(type_name, ours.iter().map(|node| &*node.descriptor().name))
    });
    whole.unknown.borrow_mut().insert(type_name.clone(), unknown.clone());
    Some(match unknown {
        Unknown::NotInN8n { suggestion } => {
            let diagnostic = subject.reported(codes::UNKNOWN_TYPE, Level::Error, message("which n8n does not know"));
            let diagnostic = diagnostic.help(help(suggestion, "Check the type's name."));
            Found { diagnostic, blocking: Some(Blocking::Unsupported), n8n: Some(format!("Unrecognized node type: {type_name}")) }
        }
        Unknown::OfN8n { .. } => unsupported(subject, codes::UNSUPPORTED_TYPE, message("which n8n has and this program does not"), way_out.into()),
        Unknown::Community { suggestion } => {
            let own = format!("The type of an action pack needs --nodes DIR, a node of your own the program that holds it. {way_out}");
            unsupported(subject, codes::UNSUPPORTED_TYPE, message("which is not supported"), help(suggestion, &own))
        }
    })
}

/// Blocks where the node counts, else it is good to know.
fn unsupported(subject: &Subject<'_>, code: ErrorCode, message: String, help: String) -> Found {
    let level = if subject.counts { Level::Error } else { Level::Note };
    let blocking = subject.counts.then_some(Blocking::Unsupported);
    Found { blocking, ..Found::reported(subject.reported(code, level, message).help(help)) }
}
