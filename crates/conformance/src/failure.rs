//! What went wrong, for the person who runs it.

pub(crate) type Failure = Box<dyn std::error::Error>;
