//! Edits of a text, collected while it is parsed.

/// What is wrong with a script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScriptError {
    /// Where, in bytes of the block.
    pub(crate) at: usize,
    /// What, in our words.
    pub(crate) detail: String,
    /// n8n's message where it is another than `invalid syntax`.
    pub(crate) message: Option<String>,
}

impl ScriptError {
    /// A syntax error.
    pub(crate) fn new(at: usize, detail: impl Into<String>) -> Self {
        Self { at, detail: detail.into(), message: None }
    }

    /// A member that is refused.
    pub(crate) fn banned(at: usize, name: &str) -> Self {
        let message = format!("Cannot access \"{name}\" due to security concerns");
        Self { at, detail: message.clone(), message: Some(message) }
    }
}

#[derive(Debug)]
struct Edit {
    at: usize,
    end: usize,
    text: String,
    /// Whether it belongs to `{...x}`.
    spread: bool,
}

/// Edits in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Edits(Vec<Edit>);

impl Edits {
    /// Puts `text` before byte `at`.
    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.0.push(Edit { at, end: at, text: text.into(), spread: false });
    }

    /// As [`Edits::insert`], around what is spread into an object.
    pub(crate) fn spread(&mut self, at: usize, text: &str) {
        self.0.push(Edit { at, end: at, text: text.into(), spread: true });
    }

    /// What looked like objects since the first `mark` edits were patterns: nothing is spread there.
    pub(crate) fn were_patterns(&mut self, mark: usize) {
        let mut at = 0;
        self.0.retain(|edit| {
            at += 1;
            at <= mark || !edit.spread
        });
    }

    /// Forgets all edits but those of [`Edits::spread`].
    pub(crate) fn only_spreads(&mut self) {
        self.0.retain(|edit| edit.spread);
    }

    /// Puts `text` before byte `at`, around all edits that came after the first `mark`.
    pub(crate) fn insert_around(&mut self, mark: usize, at: usize, text: impl Into<String>) {
        self.0.insert(mark, Edit { at, end: at, text: text.into(), spread: false });
    }

    /// Puts `text` in the place of `at..end`.
    pub(crate) fn replace(&mut self, at: usize, end: usize, text: impl Into<String>) {
        self.0.push(Edit { at, end, text: text.into(), spread: false });
    }

    /// How many edits there are; with [`Edits::truncate`] a parse can be taken back.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets the edits after the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// The text between `from` and `to` with all edits made.
    pub(crate) fn apply(mut self, text: &str, from: usize, to: usize) -> String {
        self.0.sort_by_key(|e| e.at);
        let mut out = String::with_capacity(to - from + 64);
        let mut at = from;
        for edit in self.0.iter().filter(|e| e.at >= from && e.end <= to) {
            out.push_str(&text[at..edit.at.max(at)]);
            out.push_str(&edit.text);
            at = edit.end.max(at);
        }
        out.push_str(&text[at..to]);
        out
    }
}
