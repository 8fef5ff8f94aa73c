//! Names that somebody may have mistaken.

use crate::built_in::TESTED;

/// Packages that many know: those whose nodes were compared with a real n8n.
const KNOWN: [&str; 20] = [
    "@crowdin/n8n-nodes-crowdin",
    "@devlikeapro/n8n-nodes-chatwoot",
    "@heygenofficial/n8n-nodes-heygen-official",
    "@mendable/n8n-nodes-firecrawl",
    "@respond-io/n8n-nodes-respond-io",
    "n8n-nodes-agencyzoom",
    "n8n-nodes-autentique",
    "n8n-nodes-bling-erp",
    "n8n-nodes-deepseek",
    "n8n-nodes-html-tag-extract",
    "n8n-nodes-hyros",
    "n8n-nodes-jwt-validate",
    "n8n-nodes-minio",
    "n8n-nodes-obsidian-local-rest-api",
    "n8n-nodes-pirate-weather",
    "n8n-nodes-scrape-creators",
    "n8n-nodes-templated",
    "n8n-nodes-turndown-html-to-markdown",
    "n8n-nodes-unifi-access",
    "n8n-nodes-upload-post",
];

/// The well-known package, or the one of `added`, that a name is one letter away from (one more, one less, another one, two changed
/// round); `None` where there is none, and for a name that is itself one of them.
pub fn one_letter_away<'a>(name: &str, added: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let all: Vec<&str> = std::iter::once(TESTED.0).chain(KNOWN).chain(added).collect();
    if all.contains(&name) {
        return None;
    }
    all.into_iter().find(|known| strsim::osa_distance(known, name) == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_more_or_less_is_seen() {
        for name in ["n8n-node-base", "n8n-nodes-bases", "n8n-nodes-bsae", "n8n_nodes-base", "n8n-nodes-miniq"] {
            assert!(one_letter_away(name, std::iter::empty()).is_some(), "{name}");
        }
        assert_eq!(one_letter_away("n8n-nodes-base", std::iter::empty()), None);
        assert_eq!(one_letter_away("n8n-nodes-own", std::iter::empty()), None);
        assert_eq!(one_letter_away("n8n-nodes-owm", ["n8n-nodes-own"].into_iter()), Some("n8n-nodes-own"));
        assert_eq!(one_letter_away("n8n-nodes-own", ["n8n-nodes-own", "n8n-nodes-owm"].into_iter()), None);
    }
}
