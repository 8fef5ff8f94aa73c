//! The consent of a person: a service asks for it in a browser, and sends the browser back with the answer.

/// Where the service sends the person back to, and how it is asked.
#[derive(Debug, Clone, Copy)]
pub struct Redirect<'a> {
    /// The address, as it is registered with the service.
    pub address: &'a str,
    /// Whether a proof key goes along (PKCE, RFC 7636) where the credential does not say so itself.
    pub pkce: bool,
}

/// A consent that a person is asked for.
#[derive(Clone)]
pub struct Consent {
    /// The address to open.
    pub url: String,
    /// What only the answer to this question can hold: a value of its query, and the names under which it may stand there.
    pub mark: (&'static [&'static str], String),
    /// What the service wants to see again with the answer: a proof key, or the secret of a request token. It is a secret.
    pub kept: Option<String>,
}

impl Consent {
    /// Whether an answer (the pairs of its query) is one to this question.
    ///
    /// ```
    /// let asked = node_sdk::consent::Consent { url: String::new(), mark: (&["state"], "s-1".into()), kept: None };
    /// let answer = |value: &str| vec![("code".to_owned(), "s-1".to_owned()), ("state".to_owned(), value.to_owned())];
    /// assert!(asked.is_answered_by(&answer("s-1")) && !asked.is_answered_by(&answer("s-2")));
    /// ```
    pub fn is_answered_by(&self, answer: &[(String, String)]) -> bool {
        let (names, mark) = &self.mark;
        answer.iter().any(|(name, value)| names.contains(&name.as_str()) && value == mark)
    }
}
