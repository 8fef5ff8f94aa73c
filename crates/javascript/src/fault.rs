//! What was thrown, as it was.

use rquickjs::{CaughtError, Object};

/// What was thrown: of an error its name, its message and its stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The class, for example `TypeError`. Empty where something else than an error was thrown.
    pub name: String,
    /// The message; of something else than an error nothing.
    pub message: String,
    /// The stack, as the engine writes it.
    pub stack: String,
    /// Whether the memory is used up.
    pub out_of_memory: bool,
}

/// What the engine says when its memory limit is reached.
const OUT_OF_MEMORY: &str = "out of memory";

impl Fault {
    /// A fault of the engine, not of a script.
    pub fn engine(message: impl Into<String>) -> Self {
        Self { message: message.into(), name: "InternalError".into(), ..Self::default() }
    }

    /// What was caught.
    pub fn of(caught: &CaughtError<'_>) -> Self {
        let out_of_memory = is_out_of_memory(caught);
        match caught {
            CaughtError::Exception(exception) => Self {
                name: text(exception.as_object(), "name"),
                message: exception.message().unwrap_or_default(),
                stack: exception.stack().unwrap_or_default(),
                out_of_memory,
            },
            CaughtError::Value(_) => Self { out_of_memory, ..Self::default() },
            CaughtError::Error(error) => Self::engine(error.to_string()),
        }
    }
}

/// Whether the engine says that its memory is used up. Without memory for an error object it throws null.
pub fn is_out_of_memory(caught: &CaughtError<'_>) -> bool {
    match caught {
        CaughtError::Exception(exception) => {
            // Its message may have found no memory either.
            let message = exception.message().unwrap_or_default();
            message == OUT_OF_MEMORY || message.is_empty() && text(exception.as_object(), "name") == "InternalError"
        }
        CaughtError::Value(value) => value.is_null(),
        CaughtError::Error(_) => false,
    }
}

/// Whether a source may throw null by itself.
pub fn throws_null(source: &str) -> bool {
    let after = |word| source.split(word).skip(1).any(|rest| rest.trim_start_matches(['(', ' ']).starts_with("null"));
    after("throw") || after("reject")
}

fn text(object: &Object<'_>, key: &str) -> String {
    object.get::<_, Option<String>>(key).ok().flatten().unwrap_or_default()
}
