//! How a secret is written on the wire: as it is, with the spaces of a form, and in base64, where it may stand behind anything.
//!
//! `Authorization: Basic`, and the `AUTH` of mail servers, put a user's name before the password and both into base64: there three bytes are four letters, so what a secret
//! is written as hangs on how many bytes stand before it, of three.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret in one of its forms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    pub(super) text: String,
    /// Whether a letter of base64 before it and one behind it have bits of it too.
    shared: (bool, bool),
}

impl Form {
    fn plain(text: String) -> Self {
        Self { text, shared: (false, false) }
    }

    /// Where it stands in a text that has it at this place.
    pub(super) fn place(&self, text: &str, Range { start, end }: Range<usize>) -> Range<usize> {
        let is_letter =
            |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte));
        let before = self.shared.0 && is_letter(start.checked_sub(1));
        let behind = self.shared.1 && is_letter(Some(end));
        start - usize::from(before)..end + usize::from(behind)
    }
}

/// A secret in all its forms. What else may stand for its letters, [`super::escapes`] undoes.
pub(super) fn forms(value: &str) -> Vec<Form> {
    let mut forms = vec![Form::plain(value.to_owned()), Form::plain(value.replace(' ', "+"))];
    for before in 0..3 {
        let bytes = [&[0; 3][..before], value.as_bytes()].concat();
        // Six bits a letter: those that are the secret's alone.
        let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        let shared = (!(before * 8).is_multiple_of(6), !(bytes.len() * 8).is_multiple_of(6));
        let texts = [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)];
        forms.extend(texts.into_iter().map(|text| Form { text: text[own.clone()].to_owned(), shared }));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::super::Secrets;
    use super::*;

    #[test]
    fn a_secret_is_seen_behind_whatever_it_was_put_into_base64_with() {
        for secret in ["topmailsecret", "pass", "ÿ?ÿ~ÿ>é!", "a longer one, of 25 bytes"] {
            let secrets = Secrets::default();
            secrets.add(&[secret.to_owned()]);
            for before in ["", "\0mailuser\0", "u:", "us:", "usr:", "user=a\u{1}auth=Bearer "] {
                for behind in ["", "x", "\u{1}\u{1}"] {
                    let whole = format!("{before}{secret}{behind}");
                    for written in [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
                        let shown = secrets.hidden(&format!("535 (AUTH PLAIN {written}==)"));
                        let left: String =
                            shown.replace("535 (AUTH PLAIN ", "").replace("***", "").chars().filter(char::is_ascii_alphanumeric).collect();
                        // The letters that are left are those of what stands before and behind it.
                        assert!(
                            shown.contains("***") && left.len() <= (before.len() + behind.len()) * 8 / 6 + 1,
                            "{secret} {before:?} {behind:?}: {shown}"
                        );
                    }
                }
            }
        }
    }
}
