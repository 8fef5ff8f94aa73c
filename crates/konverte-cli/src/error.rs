//! What a command says when it cannot go on.

use std::sync::Arc;

use node_sdk::ErrorCode;

use crate::exit::Exit;

/// The codes of this crate; each has its page.
pub(crate) mod codes {
    use node_sdk::ErrorCode;
    /// The command was used wrongly.
    pub(crate) const USAGE: ErrorCode = ErrorCode::new("KV0700");
    /// `--input` cannot be read.
    pub(crate) const INPUT_UNREADABLE: ErrorCode = ErrorCode::new("KV0701");
    /// `--input` does not parse.
    pub(crate) const INPUT_INVALID: ErrorCode = ErrorCode::new("KV0702");
    /// The credentials file cannot be used.
    pub(crate) const CREDENTIALS_FILE: ErrorCode = ErrorCode::new("KV0703");
    /// The file of variables cannot be used.
    pub(crate) const VARIABLES_FILE: ErrorCode = ErrorCode::new("KV0704");
    /// A result cannot be written.
    pub(crate) const OUTPUT: ErrorCode = ErrorCode::new("KV0705");
    /// What is written would be written over what is read, or two results to one place.
    pub(crate) const OVERWRITES: ErrorCode = ErrorCode::new("KV0710");
    /// The file of answers cannot be used.
    pub(crate) const ANSWERS_FILE: ErrorCode = ErrorCode::new("KV0711");
    /// No page for this code, no node of this name.
    pub(crate) const UNKNOWN_NAME: ErrorCode = ErrorCode::new("KV0708");
    /// No node, or more than one, is there to begin with.
    pub(crate) const NO_START: ErrorCode = ErrorCode::new("KV0706");
    /// The emulator cannot be started.
    pub(crate) const SANDBOX: ErrorCode = ErrorCode::new("KV0709");
}

/// The end of a command that could not do its work.
#[derive(Debug, Clone)]
pub(crate) struct CliError {
    /// Stable code.
    pub(crate) code: ErrorCode,
    /// Exit code of the process.
    pub(crate) exit: Exit,
    /// What happened, in one sentence.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
    /// Where in a file.
    pub(crate) place: Option<Place>,
    /// What is wrong beside it.
    pub(crate) more: Vec<CliError>,
}

/// A place in a text that a person can look at.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Name of the file.
    pub(crate) file: String,
    /// The whole text.
    pub(crate) text: Arc<str>,
    /// First byte.
    pub(crate) offset: usize,
    /// Bytes; at least 1 is shown.
    pub(crate) len: usize,
}

impl Place {
    /// `file:line:column`, from 1; columns count characters.
    pub(crate) fn at(&self) -> String {
        let (line, column) = line_column(&self.text, self.offset);
        format!("{}:{line}:{column}", self.file)
    }
}

/// Line and column of a byte, both from 1; columns count characters.
pub(crate) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..char_boundary(text, offset)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}

/// The byte itself, or where the character begins that it is a part of; no later than the end.
pub(crate) fn char_boundary(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Refuses a time zone that is none.
pub(crate) fn check_zone(zone: &str) -> Result<(), CliError> {
    match jiff::tz::TimeZone::get(zone) {
        Ok(_) => Ok(()),
        Err(_) => {
            Err(CliError::usage(codes::USAGE, format!("There is no time zone `{zone}`.")).help("Zones are IANA names, for example Europe/Berlin."))
        }
    }
}

impl CliError {
    /// An error that says that the command was used wrongly.
    pub(crate) fn usage(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, exit: Exit::Usage, message: message.into(), help: None, place: None, more: Vec::new() }
    }

    /// Ends the process with another code.
    #[must_use]
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Of JSON that does not parse, says where and no more: a file of secrets shows nothing of its text.
    #[must_use]
    pub(crate) fn without_text(mut self) -> Self {
        if let Some(place) = &mut self.place {
            self.message = format!("{} is not valid JSON.", place.file);
            place.offset = place.text[..place.offset.min(place.text.len())].chars().count();
            place.text = place.text.chars().map(|c| if c == '\n' { c } else { ' ' }).collect::<String>().into();
        }
        self
    }

    /// It, and each that is beside it.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.more)
    }

    /// Adds where it is.
    #[must_use]
    pub(crate) fn place(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}
