//! Why something that a program was given cannot be used.

use std::sync::Arc;

use node_sdk::ErrorCode;
use workflow::Document;

/// The codes of this crate; each has its page.
pub mod codes {
    use node_sdk::ErrorCode;
    /// The credentials file cannot be used.
    pub const CREDENTIALS_FILE: ErrorCode = ErrorCode::new("KV0703");
    /// The file of variables cannot be used.
    pub const VARIABLES_FILE: ErrorCode = ErrorCode::new("KV0704");
    /// The emulator cannot be started.
    pub const SANDBOX: ErrorCode = ErrorCode::new("KV0709");
    /// The file of answers cannot be used.
    pub const ANSWERS_FILE: ErrorCode = ErrorCode::new("KV0711");
    /// A folder that a run may reach cannot be opened.
    pub const FOLDER: ErrorCode = ErrorCode::new("KV0713");
    /// Nobody can listen where the browser is sent back to.
    pub const LISTENING: ErrorCode = ErrorCode::new("KV0721");
}

/// Something that a program was given cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Stable code.
    pub code: ErrorCode,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where in a file.
    pub place: Option<Place>,
}

impl Error {
    /// An error without help and place.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None, place: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds where it is.
    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Of JSON that does not parse, says where and no more: a file of secrets shows nothing of its text.
    #[must_use]
    pub(crate) fn without_text(mut self) -> Self {
        if let Some(place) = &mut self.place {
            self.message = format!("{} is not valid JSON.", place.file);
            place.offset = place.text[..place.offset.min(place.text.len())].chars().count();
            let cut = "What is wrong stands there or just before it; of the text nothing is shown, for it holds secrets. An export that ended too early is made anew.";
            self.help = Some(cut.to_owned());
            place.text = place.text.chars().map(|c| if c == '\n' { c } else { ' ' }).collect::<String>().into();
        }
        self
    }
}

/// A place in a text that a person can look at.
#[derive(Debug, Clone)]
pub struct Place {
    /// Name of the file.
    pub file: String,
    /// The whole text.
    pub text: Arc<str>,
    /// First byte.
    pub offset: usize,
    /// Bytes; at least 1 is shown.
    pub len: usize,
}

impl Place {
    /// `file:line:column`, from 1; columns count characters.
    pub fn at(&self) -> String {
        Document::new(self.file.clone(), self.text.clone()).place_of(self.offset..self.offset).to_string()
    }
}

/// The byte itself, or where the character begins that it is a part of; no later than the end.
pub fn char_boundary(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
