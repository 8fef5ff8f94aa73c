//! Standard error: messages, reports with the place in the file, logs.
//!
//! Standard output carries the result alone, so everything else goes through here. With `--log-format json` each
//! message is one JSON object, written by the same formatter as the logs.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex};

use node_sdk::sync::lock;

use clap::ValueEnum;
use host::secrets::Secrets;
use host::{Place, char_boundary};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use workflow::Document;

use crate::environment;
use crate::error::CliError;
use crate::pages;
use crate::plain::{blotted, plain};

/// How standard error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Note,
    Warning,
    Error,
}

impl Level {
    /// The word that `check --format json` uses.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// A message with all that is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) level: Level,
    pub(crate) code: Option<String>,
    pub(crate) text: String,
    pub(crate) help: Option<String>,
    pub(crate) place: Option<Place>,
}

impl Message {
    /// The message with its page's advice where it has none of its own.
    fn with_help(&self) -> Self {
        let advice = || self.code.as_deref().and_then(pages::what_to_do);
        Self { help: self.help.clone().or_else(advice), ..self.clone() }
    }
}

impl From<&CliError> for Message {
    fn from(error: &CliError) -> Self {
        let CliError { code, message, help, place, .. } = error.clone();
        Self { level: Level::Error, code: Some(code.to_string()), text: message, help, place }
    }
}

/// Where messages go.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    format: LogFormat,
    colour: bool,
    terminal: bool,
    /// The text that was shown last, ready to be shown: most messages are about one file.
    shown: Arc<Mutex<Option<Arc<Shown>>>>,
    secrets: Arc<Secrets>,
}

impl Console {
    /// Sets up standard error; `verbose` shows the libraries' own logs down to debug.
    pub(crate) fn new(format: LogFormat, verbose: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let colour = terminal && environment::variable("NO_COLOR").is_none_or(|value| value.is_empty());
        let console = Self { format, colour, terminal, shown: Arc::default(), secrets: Arc::default() };
        console.start_logs(verbose);
        if format == LogFormat::Json {
            // A defect of a node is caught, but its message goes to standard error before that.
            std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
        }
        console
    }

    /// What is hidden in everything that is said here.
    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// Whether a person watches: progress bars are only for them.
    pub(crate) fn interactive(&self) -> bool {
        self.terminal && self.format == LogFormat::Text
    }

    fn start_logs(&self, verbose: bool) {
        let level = match (verbose, self.format) {
            (true, _) => LevelFilter::DEBUG,
            (false, LogFormat::Json) => LevelFilter::INFO,
            (false, LogFormat::Text) => LevelFilter::ERROR,
        };
        let filter = Targets::new().with_default(level);
        let registry = tracing_subscriber::registry().with(filter);
        // A second `App` in one process (tests) keeps the first one's logs.
        let _ = match self.format {
            LogFormat::Json => {
                registry.with(tracing_subscriber::fmt::layer().json().flatten_event(true).with_target(false).with_writer(self.log())).try_init()
            }
            LogFormat::Text => registry.with(tracing_subscriber::fmt::layer().compact().with_ansi(self.colour).with_writer(self.log())).try_init(),
        };
    }

    /// Where logs go; they are others' too, and know nothing of secrets.
    fn log(&self) -> impl Fn() -> Log + Send + Sync + 'static {
        let secrets = self.secrets.clone();
        move || Log(secrets.clone())
    }

    /// One plain line.
    pub(crate) fn note(&self, text: &str) {
        let text = &self.hidden(text);
        match self.format {
            LogFormat::Text => write_stderr(&plain(text)),
            LogFormat::Json => tracing::info!("{text}"),
        }
    }

    /// A command's failure.
    pub(crate) fn failure(&self, error: &CliError) {
        error.each().for_each(|error| self.message(&error.into()));
    }

    /// A message with its code, help and place.
    pub(crate) fn message(&self, message: &Message) {
        match self.format {
            LogFormat::Json => log_message(&self.complete(message)),
            LogFormat::Text => write_stderr(self.render(message).trim_end()),
        }
    }

    fn hidden(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.secrets.hide(&mut text);
        text
    }

    /// The message as it may be seen.
    fn complete(&self, message: &Message) -> Message {
        let message = message.with_help();
        Message { text: self.hidden(&message.text), help: message.help.map(|help| self.hidden(&help)), ..message }
    }

    /// A message for people, with the place in the file.
    pub(crate) fn render(&self, message: &Message) -> String {
        let message = self.complete(message);
        let message =
            &Message { text: plain(&message.text).into_owned(), help: message.help.as_deref().map(|help| plain(help).into_owned()), ..message };
        let theme = if self.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        // Lines end between words alone: what is to be copied, such as an address, must stay whole.
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false).with_context_lines(1);
        let handler = handler.with_break_words(false).with_word_separator(textwrap::WordSeparator::AsciiSpace);
        let mut text = String::new();
        match handler.render_report(&mut text, &Report { message, excerpt: message.place.as_ref().map(|place| self.excerpt(place)) }) {
            Ok(()) => text,
            Err(_) => message.text.clone(),
        }
    }
}

impl Console {
    fn excerpt(&self, place: &Place) -> Excerpt {
        let mut shown = lock(&self.shown);
        let known = shown.take().filter(|known| Arc::ptr_eq(&known.of, &place.text));
        let known = known.unwrap_or_else(|| Arc::new(Shown::new(&place.text, &self.secrets)));
        let excerpt = Excerpt::new(place, &known);
        *shown = Some(known);
        excerpt
    }
}

fn log_message(message: &Message) {
    let (code, help) = (message.code.as_deref(), message.help.as_deref());
    let at = message.place.as_ref().map(Place::at);
    let at = at.as_deref();
    match message.level {
        Level::Note => tracing::info!(code, help, at, "{}", message.text),
        Level::Warning => tracing::warn!(code, help, at, "{}", message.text),
        Level::Error => tracing::error!(code, help, at, "{}", message.text),
    }
}

/// Standard error for logs, without secrets: each event is written at once.
struct Log(Arc<Secrets>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut text = String::from_utf8_lossy(bytes).into_owned();
        self.0.hide(&mut text);
        std::io::stderr().lock().write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// Writes a line; a closed standard error is nobody's business.
fn write_stderr(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Bytes of a line that is too long to be shown, and what is shown of it on both sides of a place.
const LONG_LINE: usize = 200;
const AROUND: usize = 60;

/// A message as miette wants it.
#[derive(Debug)]
struct Report<'a> {
    message: &'a Message,
    excerpt: Option<Excerpt>,
}

/// A text as it is shown, as long in bytes as it is: secrets are masked.
#[derive(Debug)]
struct Shown {
    of: Arc<str>,
    document: Document,
    has_long_line: bool,
}

impl Shown {
    fn new(text: &Arc<str>, secrets: &Secrets) -> Self {
        let mut masked = text.to_string();
        secrets.blot(&mut masked);
        let masked = blotted(&masked);
        let has_long_line = masked.lines().any(|line| line.len() > LONG_LINE);
        Self { of: text.clone(), document: Document::new("", &*masked), has_long_line }
    }
}

/// The text around a place: whole lines where they are short; of a machine-written file a part of one line.
#[derive(Debug)]
struct Excerpt {
    file: String,
    text: String,
    /// The place in the text.
    offset: usize,
    len: usize,
    /// Line and column in the file where the text begins, both from 0.
    begins: (usize, usize),
}

impl Excerpt {
    fn new(place: &Place, shown: &Shown) -> Self {
        let text = &*shown.document.text;
        let at = char_boundary(text, place.offset);
        let line_before = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line_after = |at: usize| text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let (mut start, mut end) = (line_before(at), line_after(at));
        if shown.has_long_line {
            start = char_boundary(text, at.saturating_sub(AROUND)).max(start);
            end = char_boundary(text, at + place.len.min(AROUND) + AROUND).min(end);
        } else {
            // The line before, and those to the end of the place and one more.
            start = line_before(start.saturating_sub(1));
            end = line_after((line_after(char_boundary(text, at + place.len)) + 1).min(text.len()));
        }
        let begins = shown.document.place_of(start..start);
        let (line, column) = (begins.line, begins.column);
        let offset = place.offset.min(end) - start;
        let len = place.len.max(1).min(end - start - offset);
        Self { file: place.file.clone(), text: text[start..end].to_owned(), offset, len, begins: (line - 1, column - 1) }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, miette::MietteError> {
        let part = self.text.read_span(span, lines_before, lines_after)?;
        let (line, column) = self.begins;
        // In a text that is cut, miette's own line and column are those of the cut.
        let column = part.column() + if part.line() == 0 { column } else { 0 };
        let shown = MietteSpanContents::new_named(self.file.clone(), part.data(), *part.span(), line + part.line(), column, part.line_count());
        Ok(Box::new(shown))
    }
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message.text)
    }
}

impl std::error::Error for Report<'_> {}

impl Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.message.code.as_ref().map(|code| Box::new(code) as Box<dyn std::fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.message.level {
            Level::Note => Severity::Advice,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.message.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Excerpt { offset, len, .. } = self.excerpt.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".into()), *offset, *len))))
    }
}
