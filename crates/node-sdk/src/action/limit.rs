//! How many requests a server takes in a window of time.

use serde::{Deserialize, Serialize};

use super::{Text, Texts};
use crate::texts::put;

/// A limit that the server counts in windows of fixed length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimit {
    /// So many requests are taken,
    pub requests: u32,
    /// in so many seconds.
    pub seconds: u32,
    /// What is counted apart.
    pub per: Counted,
    /// What a refusal says whose status is not 429.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub words: Text,
}

/// What a server counts apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// The requests of each token.
    Token,
    /// The requests of each machine.
    Address,
    /// The requests that agree in these parameters.
    Each(Texts),
}

impl RateLimit {
    /// So many in each minute.
    pub const fn a_minute(requests: u32, per: Counted) -> Self {
        Self { requests, seconds: 60, per, words: Text::Borrowed("") }
    }

    /// What a refusal says, since its status is not 429.
    pub const fn saying(mut self, words: &'static str) -> Self {
        put(&mut self.words, Text::Borrowed(words));
        self
    }

    /// The parameters whose values are counted apart.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        let each = if let Counted::Each(params) = &self.per { Some(params) } else { None };
        each.into_iter().flat_map(Texts::iter)
    }
}

impl Counted {
    /// Requests that agree in these parameters.
    pub const fn each(params: &'static [&'static str]) -> Self {
        Self::Each(Texts::Fixed(params))
    }
}

/// For people: `100 requests a minute for each account_id`.
impl std::fmt::Display for RateLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.seconds {
            60 => write!(f, "{} requests a minute", self.requests)?,
            seconds => write!(f, "{} requests in {seconds} s", self.requests)?,
        }
        match &self.per {
            Counted::Token => f.write_str(" for each token"),
            Counted::Address => f.write_str(" from one machine"),
            Counted::Each(params) => write!(f, " for each {}", params.join(" and ")),
        }
    }
}
