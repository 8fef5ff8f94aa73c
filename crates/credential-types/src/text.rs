//! Texts that several types have.

/// Two digits each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How to get another token.
pub(crate) fn sign_in_help(kind: &str) -> String {
    format!("Sign in: `konverte credentials authorize {kind} --credentials FILE --name NAME`.")
}
