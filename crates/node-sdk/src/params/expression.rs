//! Expressions, each with its program.

use std::any::Any;
use std::fmt;
use std::sync::OnceLock;

/// An expression at its place: its text, and the program that an evaluator makes of it, once.
///
/// ```
/// let expression = node_sdk::Expression::new("={{ $json.name }}");
/// assert_eq!(expression.program(str::len), Some(&17));
/// // It is not made again.
/// assert_eq!(expression.program(|_| 0_usize), Some(&17));
/// ```
pub struct Expression {
    text: Box<str>,
    of_package: bool,
    program: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Expression {
    /// An expression that nobody has evaluated yet; `text` has its leading `=`.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self { text: text.into(), of_package: false, program: OnceLock::new() }
    }

    /// One that stands in the description of a package: nobody who has the workflow has read it. It may name the node's own parameters and input and
    /// the variables that are given to it, and nothing else.
    pub fn of_package(text: impl Into<Box<str>>) -> Self {
        Self { of_package: true, ..Self::new(text) }
    }

    /// Whether it is a package's.
    pub fn is_of_package(&self) -> bool {
        self.of_package
    }

    /// The text, with its leading `=`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The program, which `make` makes of the text when it is asked for the first time. Whoever shares the expression shares the program, and
    /// it is freed with the expression. `None`: there is another evaluator's, of another type.
    pub fn program<T: Any + Send + Sync>(&self, make: impl FnOnce(&str) -> T) -> Option<&T> {
        self.program.get_or_init(|| Box::new(make(&self.text))).downcast_ref()
    }
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}
