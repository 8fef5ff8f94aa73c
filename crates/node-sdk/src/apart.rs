//! A service that refuses a signature, or a word that is signed, for its time: its clock and this machine's are apart.

/// What services say then, in lower case: Amazon's (`RequestTimeTooSkewed`, and in sentences), Google's, those of OAuth 1, and of others that check a JWT.
const WORDS: [&str; 10] = [
    "signature expired:",
    "signature not yet current",
    "requesttimetooskewed",
    "difference between the request time and the",
    "reasonable timeframe",
    "check your iat and exp",
    "timestamp_refused",
    "issued in the future",
    "token is not yet valid",
    "clock skew",
];

/// What to do about what a service says; `None`: it does not speak of time.
///
/// ```
/// use node_sdk::apart::advice;
/// assert!(advice("Signature expired: 20260315T120000Z is now earlier than 20260315T125500Z").is_some());
/// assert!(advice("The request signature we calculated does not match").is_none());
/// ```
pub fn advice(said: &str) -> Option<&'static str> {
    let said = said.to_lowercase();
    WORDS.iter().any(|word| said.contains(word)).then_some(
        "The service's clock and this machine's are too far apart, for a signature holds for minutes: set the clock of this one, and its time zone.",
    )
}
