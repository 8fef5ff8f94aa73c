//! Texts and lists that stand in a constant, or are owned. What is described in code is in the binary as it will be used and is never
//! copied; what is read from a file at run time lives as long as the node that was made of it.

use std::borrow::Cow;
use std::mem;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text that is const or owned.
pub type Text = Cow<'static, str>;
/// A list that is const or owned.
pub type List<T> = Cow<'static, [T]>;

/// A list of texts that is const or owned: in a constant it is written as `&["a", "b"]`.
///
/// ```
/// use node_sdk::action::Texts;
///
/// const COLOURS: Texts = Texts::Fixed(&["red", "green"]);
/// let read: Texts = serde_json::from_str(r#"["red", "green"]"#).unwrap();
/// assert_eq!(read, COLOURS);
/// assert!(read.contains("green"));
/// ```
#[derive(Debug, Clone)]
pub enum Texts {
    /// Of a constant.
    Fixed(&'static [&'static str]),
    /// Read at run time.
    Owned(Vec<String>),
}

impl Texts {
    /// None.
    pub const NONE: Self = Self::Fixed(&[]);

    /// The texts in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        let (fixed, owned): (&[&str], &[String]) = match self {
            Self::Fixed(list) => (list, &[]),
            Self::Owned(list) => (&[], list),
        };
        fixed.iter().copied().chain(owned.iter().map(String::as_str))
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        match self {
            Self::Fixed(list) => list.is_empty(),
            Self::Owned(list) => list.is_empty(),
        }
    }

    /// Whether this text is one of them.
    pub fn contains(&self, text: &str) -> bool {
        self.iter().any(|other| other == text)
    }

    /// All of them in one text.
    pub fn join(&self, between: &str) -> String {
        self.iter().collect::<Vec<_>>().join(between)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::NONE
    }
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Texts {}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::Owned)
    }
}

/// The rows of a constant table: what `&[…]` is where they could own something.
///
/// ```
/// use node_sdk::action::{Param, int, rows, text};
/// const PARAMS: &[Param] = rows![int("page", "Number of the page."), text("sort", "Name of a column.")];
/// ```
#[macro_export]
macro_rules! rows {
    ($($entry:expr),* $(,)?) => {
        const { &[$($entry),*] }
    };
}

/// Overwrites a field in a const context, where nothing may be dropped. What stood there is a borrowed default.
pub(crate) const fn put<T>(slot: &mut T, value: T) {
    mem::forget(mem::replace(slot, value));
}

/// The text in a const context.
pub(crate) const fn as_str(text: &Text) -> &str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => text.as_str(),
    }
}

/// The entries in a const context.
pub(crate) const fn as_slice<T: Clone>(list: &List<T>) -> &[T] {
    match list {
        Cow::Borrowed(list) => list,
        Cow::Owned(list) => list.as_slice(),
    }
}
