//! What a command says when it cannot go on.

use host::Place;
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
    /// A result cannot be written.
    pub(crate) const OUTPUT: ErrorCode = ErrorCode::new("KV0705");
    /// What is written would be written over what is read, or two results to one place.
    pub(crate) const OVERWRITES: ErrorCode = ErrorCode::new("KV0710");
    /// No page for this code, no node of this name.
    pub(crate) const UNKNOWN_NAME: ErrorCode = ErrorCode::new("KV0708");
    /// Nodes of an installed package.
    pub(crate) const OF_PACKAGE: ErrorCode = ErrorCode::new("KV0122");
    /// Nobody is there to ask for the fields of a credential.
    pub(crate) const NOT_ASKED: ErrorCode = ErrorCode::new("KV0720");
    /// Nobody was signed in.
    pub(crate) const NOT_SIGNED_IN: ErrorCode = ErrorCode::new("KV0722");
    /// No node, or more than one, is there to begin with.
    pub(crate) const NO_START: ErrorCode = ErrorCode::new("KV0706");
    /// What a run begins with that is given no items.
    pub(crate) const BEGINS: ErrorCode = ErrorCode::new("KV0712");
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

/// Refuses a time zone that is none.
pub(crate) fn check_zone(zone: &str) -> Result<(), CliError> {
    match jiff::tz::TimeZone::get(zone) {
        Ok(_) => Ok(()),
        Err(_) => {
            Err(CliError::usage(codes::USAGE, format!("There is no time zone `{zone}`.")).help("Zones are IANA names, for example Europe/Berlin."))
        }
    }
}

impl From<host::Error> for CliError {
    fn from(host::Error { code, message, help, place }: host::Error) -> Self {
        Self { help, place, ..Self::usage(code, message) }
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
