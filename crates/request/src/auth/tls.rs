//! Certificates out of a credential of type `httpSslAuth`.

use node_sdk::ports::{Credential, TlsChoice};

/// Whom to trust, and who we are.
pub(super) fn choice(credential: &Credential) -> TlsChoice {
    let pem = |field| Some(credential.text(field)).filter(|text| !text.trim().is_empty()).map(|text| pem_lines(&text));
    let passphrase = Some(credential.text("passphrase")).filter(|text| !text.is_empty());
    TlsChoice { ca: pem("ca"), certificate: pem("cert"), key: pem("key"), passphrase }
}

/// A PEM text that lost its line breaks, as forms make it, gets them back.
fn pem_lines(text: &str) -> String {
    let text = text.trim().replace("\\n", "\n");
    if text.contains('\n') || !text.starts_with("-----BEGIN ") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    for (i, piece) in text.split("-----").filter(|piece| !piece.trim().is_empty()).enumerate() {
        match i % 2 == 0 || piece.starts_with("END ") {
            true => out.push_str(&format!("-----{piece}-----\n")),
            false => out.push_str(&format!("{}\n", piece.trim().replace(' ', "\n"))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::pem_lines;

    #[test]
    fn a_pem_text_in_one_line() {
        let want = "-----BEGIN PRIVATE KEY-----\nAAA\nBBB\n-----END PRIVATE KEY-----\n";
        assert_eq!(pem_lines("-----BEGIN PRIVATE KEY----- AAA BBB -----END PRIVATE KEY-----"), want);
        assert_eq!(pem_lines(want), want.trim());
    }
}
