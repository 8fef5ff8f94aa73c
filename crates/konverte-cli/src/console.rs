//! Standard error: messages, reports with the place in the file, logs.
//!
//! Standard output carries the result alone, so everything else goes through here. With `--log-format json` each
//! message is one JSON object, written by the same formatter as the logs.

mod report;

use std::io::Write;
use std::sync::{Arc, Mutex};

use node_sdk::sync::lock;

use clap::ValueEnum;
use host::Place;
use host::secrets::Secrets;
use miette::{GraphicalReportHandler, GraphicalTheme};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use self::report::{Excerpt, Report, Shown};
use crate::error::CliError;
use crate::pages;
use crate::plain::plain;
use crate::screen::{ColorWhen, Screen, Tone, words};

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
    /// The message with its page's advice where it has none of its own, and is more than a note.
    fn with_help(&self) -> Self {
        // A note says what is good to know: there is nothing to be done.
        let code = self.code.as_deref().filter(|_| self.level != Level::Note);
        let advice = || code.and_then(pages::what_to_do);
        Self { help: self.help.clone().or_else(advice), ..self.clone() }
    }
}

impl From<&CliError> for Message {
    fn from(error: &CliError) -> Self {
        let CliError { code, message, help, place, .. } = error.clone();
        Self { level: Level::Error, code: Some(code.to_string()), text: message, help, place }
    }
}

/// What the command line says of messages.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said {
    pub(crate) format: LogFormat,
    pub(crate) colour: ColorWhen,
    pub(crate) quiet: bool,
    /// The libraries' own logs are shown down to debug.
    pub(crate) verbose: bool,
}

/// What stands before the lines of a help: `  help: `.
const LEFT: usize = 8;

/// Where messages go.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    format: LogFormat,
    /// Nothing but errors.
    quiet: bool,
    screen: Screen,
    /// Standard output, for what is laid out there.
    output: Screen,
    /// The text that was shown last, ready to be shown: most messages are about one file.
    shown: Arc<Mutex<Option<Arc<Shown>>>>,
    secrets: Arc<Secrets>,
}

impl Console {
    /// Sets up standard error.
    pub(crate) fn new(Said { format, colour, quiet, verbose }: Said) -> Self {
        let (screen, output) = (Screen::stderr(colour), Screen::stdout(colour));
        let console = Self { format, quiet, screen, output, shown: Arc::default(), secrets: Arc::default() };
        console.start_logs(verbose);
        if format == LogFormat::Json {
            // A defect of a node is caught, but its message goes to standard error before that.
            std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
        }
        console
    }

    /// How what stands on standard output is laid out.
    pub(crate) fn output(&self) -> Screen {
        self.output
    }

    /// What is hidden in everything that is said here.
    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// Whether a person is there to be asked.
    pub(crate) fn interactive(&self) -> bool {
        self.screen.is_terminal() && self.format == LogFormat::Text
    }

    /// Whether a person watches: progress bars are only for them.
    pub(crate) fn shows_progress(&self) -> bool {
        self.interactive() && self.screen.can_redraw() && !self.quiet
    }

    fn start_logs(&self, verbose: bool) {
        let level = match (verbose, self.format) {
            _ if self.quiet => LevelFilter::ERROR,
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
            LogFormat::Text => {
                registry.with(tracing_subscriber::fmt::layer().compact().with_ansi(self.screen.has_colour()).with_writer(self.log())).try_init()
            }
        };
    }

    /// Where logs go; they are others' too, and know nothing of secrets.
    fn log(&self) -> impl Fn() -> Log + Send + Sync + 'static {
        let secrets = self.secrets.clone();
        move || Log(secrets.clone())
    }

    /// A note in a sentence or two; on a terminal it is as wide as that.
    pub(crate) fn note(&self, text: &str) {
        match self.format {
            // What is hidden may have blanks in it.
            LogFormat::Text => self.line(&self.screen.lines(&self.hidden(text))),
            LogFormat::Json => self.line(text),
        }
    }

    /// How a run ended.
    pub(crate) fn status(&self, word: &str, tone: Tone) {
        match self.format {
            LogFormat::Text if self.quiet => {}
            LogFormat::Text => write_stderr(&format!("status: {}", self.screen.paint(tone, word))),
            LogFormat::Json => tracing::info!("status: {word}"),
        }
    }

    /// A line as it is: what the code of a workflow prints.
    pub(crate) fn line(&self, text: &str) {
        let text = &self.hidden(text);
        match self.format {
            LogFormat::Text if self.quiet => {}
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
            LogFormat::Text if self.quiet && message.level != Level::Error => {}
            LogFormat::Text => write_stderr(self.render(message, self.screen).trim_end()),
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
    pub(crate) fn render(&self, message: &Message, screen: Screen) -> String {
        let message = self.complete(message);
        let columns = screen.text_width();
        let fitting = |text: &str| match plain(text) {
            text if screen.is_measured() => words::fit(&text, columns - LEFT).into_owned(),
            text => text.into_owned(),
        };
        let message = &Message { text: fitting(&message.text), help: message.help.as_deref().map(fitting), ..message };
        let theme = if screen.has_colour() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        // Lines end between words alone: what is to be copied, such as an address, must stay whole.
        let handler = GraphicalReportHandler::new_themed(theme).with_width(columns).with_links(false).with_context_lines(1);
        let handler = handler
            .with_break_words(false)
            .with_word_separator(words::separator(words::Between::Words))
            .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
        let mut text = String::new();
        match handler.render_report(&mut text, &Report { message, excerpt: message.place.as_ref().map(|place| self.excerpt(place, screen)) }) {
            Ok(()) => text,
            Err(_) => message.text.clone(),
        }
    }

    fn excerpt(&self, place: &Place, screen: Screen) -> Excerpt {
        let mut shown = lock(&self.shown);
        let known = shown.take().filter(|known| Arc::ptr_eq(&known.of, &place.text));
        let known = known.unwrap_or_else(|| Arc::new(Shown::new(&place.text, &self.secrets)));
        let excerpt = Excerpt::new(place, &known, screen);
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
