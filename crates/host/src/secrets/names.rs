//! Secrets by the names of what holds them: the one list of such names.

/// Names of what holds secrets, also as a part of a name. Their words may be put together in any way: `api_key`, `X-Api-Key`, `apiKey`.
pub(super) const NAMES: [&str; 12] =
    ["password", "passwd", "passphrase", "passcode", "pwd", "token", "secret", "api key", "access key", "account key", "private key", "signature"];
/// What else the name of a credential's field has in it where it holds a secret: there, `value` and `json` hold the headers of the
/// generic types.
const IN_CREDENTIALS: [&str; 4] = ["key", "value", "json", "assertion"];
/// Headers that are secrets; in prose the words mean more than that.
pub(super) const HEADERS: [&str; 2] = ["authorization", "cookie"];
/// What the name of a header or a parameter that is a secret may end with, as a word of its own: `X-Auth`, `key`.
pub(super) const LAST_WORDS: [&str; 3] = ["key", "auth", "sig"];
/// Names that only sound like it: where a list goes on, how much there is.
pub(super) const HARMLESS: [&str; 10] = ["page", "next", "prev", "continu", "sync", "max", "min", "num", "count", "total"];
/// What stands before a secret in a header and is none.
pub(super) const SCHEMES: [&str; 7] = ["bearer", "basic", "token", "digest", "apikey", "api-key", "key"];

/// Whether what a field of this name holds is a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let plain = plain(name);
    has_secret(&plain) && !is_harmless(&plain)
}

/// Letters and digits alone, however the words of the name are put together.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn has_secret(plain: &str) -> bool {
    NAMES.iter().chain(&HEADERS).any(|word| plain.contains(&word.replace(' ', "")))
}

/// Whether the field of this name of a credential holds a secret.
pub fn is_secret_field(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let says_how = ["url", "method", "type"].iter().any(|end| name.ends_with(end));
    (has_secret(&plain(&name)) || IN_CREDENTIALS.iter().any(|word| name.contains(word))) && !says_how
}

/// Whether the header or parameter of this name is a secret.
pub(super) fn names_secret(name: &str) -> bool {
    let last = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(name);
    is_secret(name) || LAST_WORDS.contains(&last.to_ascii_lowercase().as_str())
}

/// Whether a name that has one of [`NAMES`] in it only sounds like it.
pub(super) fn is_harmless(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let counts = HARMLESS.iter().any(|word| name.starts_with(word)) && !name.contains("secret") && !name.contains("key");
    counts || name.ends_with("tokens") || name.ends_with("url") || name.ends_with("type")
}
