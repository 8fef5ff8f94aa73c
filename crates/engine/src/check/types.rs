//! Node types that we do not have: is it a typing error, or does n8n have it?

use node_sdk::node::Level;
use node_sdk::{Descriptor, ErrorCode, Registry};
use workflow::names::{self, Unknown};

use super::{Found, Lack, Subject, Whole};
use crate::codes;

/// What is found is marked where it is mended: at the node's type, or its version.
pub(super) fn check(subject: &Subject<'_>, known: Option<&Descriptor>, registry: &Registry, whole: &Whole<'_>) -> Option<Found> {
    let mut found = missing(subject, known, registry, whole)?;
    let key = if known.is_some() { "typeVersion" } else { "type" };
    found.diagnostic.at = subject.workflow.key_place(&subject.node.name, key);
    Some(found)
}

fn missing(subject: &Subject<'_>, known: Option<&Descriptor>, registry: &Registry, whole: &Whole<'_>) -> Option<Found> {
    if subject.found.is_some() {
        return None;
    }
    let node = subject.node;
    let type_name = &node.type_name;
    if let Some(descriptor) = known {
        let versions: Vec<String> = descriptor.all_versions().map(|version| version.to_string()).collect();
        let message = format!("\"{}\" is of type {type_name} version {}, which is not supported", node.name, node.type_version);
        let others = other_versions(type_name, node.type_version, registry).map(|brings| format!(" {brings}")).unwrap_or_default();
        let found = unsupported(subject, codes::UNSUPPORTED_VERSION, message, format!("Supported are: {}.{others}", versions.join(", ")));
        let version = Some(node.type_version);
        return Some(Found { lacks: found.lacks.map(|lack| Lack { version, ..lack }), ..found });
    }
    // n8n's community node has many names; all mean the one node here.
    let last = type_name.rsplit('.').next().unwrap_or(type_name).to_lowercase();
    let family = (last.starts_with("konverte") || last.starts_with("chatwoot")) && registry.find("konverte").is_some();
    let help = |suggestion: Option<String>, otherwise: &str| {
        if family { Some("konverte".to_owned()) } else { suggestion }.map_or(otherwise.to_owned(), |name| format!("Did you mean {name}?"))
    };
    let message = |what: &str| format!("\"{}\" is of type {type_name}, {what}", node.name);
    let way_out = "Pin its output in the file, or switch the node off, to run the rest.";
    if let Some(absent) = registry.absent(type_name) {
        let code = absent.code.unwrap_or(codes::UNSUPPORTED_TYPE);
        return Some(unsupported(subject, code, message(&absent.reason), absent.help.unwrap_or_else(|| way_out.into())));
    }
    // Looked up once for each type: it is compared with all that there are.
    let unknown = whole.unknown.borrow().get(type_name).cloned();
    let unknown = unknown.unwrap_or_else(|| {
        let ours = registry.names();
        names::unknown(type_name, ours.iter().map(String::as_str))
    });
    whole.unknown.borrow_mut().insert(type_name.clone(), unknown.clone());
    Some(match unknown {
        Unknown::NotInN8n { suggestion } => {
            let diagnostic = subject.reported(codes::UNKNOWN_TYPE, Level::Error, message("which n8n does not know"));
            let diagnostic = diagnostic.help(help(suggestion, "Check the type's name."));
            Found { n8n: Some(format!("Unrecognized node type: {type_name}")), ..subject.unsupported(diagnostic, true) }
        }
        Unknown::OfN8n { .. } => {
            let help = brings(type_name).map_or_else(|| way_out.to_owned(), |brings| format!("{brings} {way_out}"));
            unsupported(subject, codes::UNSUPPORTED_TYPE, message("which n8n has and this program does not"), help)
        }
        Unknown::Community { suggestion } => {
            let brings = brings(type_name).unwrap_or_default();
            let own = format!("{brings} The type of an action pack needs --nodes DIR, a node of your own the program that holds it. {way_out}");
            let own = own.trim_start();
            unsupported(subject, codes::UNSUPPORTED_TYPE, message("which is not supported"), help(suggestion, own))
        }
    })
}

/// Which command brings a version that the package of n8n's own type has.
fn other_versions(type_name: &str, version: f64, registry: &Registry) -> Option<String> {
    let package = type_name.rsplit_once('.')?.0;
    let has_it = names::n8n_versions(type_name)?.contains(&version);
    let is_installed = || registry.packages().iter().any(|installed| installed.rsplit_once('@').is_some_and(|(name, _)| name == package));
    brings(type_name).filter(|_| has_it && !is_installed())
}

/// Which command brings the package that a type is named after. n8n's packages for AI agents cannot be added, nor what it makes of a node
/// for them.
pub fn brings(type_name: &str) -> Option<String> {
    package_of(type_name).map(|package| format!("`konverte packages add {package}` brings the package {package}."))
}

/// The package that a type is named after, where `konverte packages add` takes it.
pub fn package_of(type_name: &str) -> Option<&str> {
    let (package, name) = type_name.rsplit_once('.')?;
    let addable = package.contains("n8n-nodes-") && !package.starts_with("@n8n/") && !name.ends_with("Tool");
    (addable && is_package_name(package)).then_some(package)
}

/// Whether a registry of packages could have this name. A workflow file wrote it, and a person will paste it into a shell.
fn is_package_name(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphanumeric()) && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
    };
    let words: Vec<&str> = name.strip_prefix('@').unwrap_or(name).split('/').collect();
    name.len() <= 214 && words.len() == 1 + usize::from(name.starts_with('@')) && words.into_iter().all(is_word)
}

/// Blocks where the node counts, else it is good to know.
fn unsupported(subject: &Subject<'_>, code: ErrorCode, message: String, help: String) -> Found {
    let level = if subject.counts { Level::Error } else { Level::Note };
    subject.unsupported(subject.reported(code, level, message).help(help), subject.counts)
}
