//! The doors of a service that lets people in by OAuth 1 (RFC 5849). Whether a request is signed as it should be is decided by `oauth1-request`, which signs
//! it once more with the keys that the service has.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroU64;
use std::sync::Mutex;

use oauth1_request::signature_method::HmacSha1;
use oauth1_request::{Builder, Credentials, ParameterList};

/// What the doors begin with.
pub(super) const PATH: &str = "/1/";
pub(super) const CONSUMER: &str = "the-consumer";
pub(super) const SECRET: &str = "the-consumer/s3cret+";

/// How far a clock may be off, in seconds.
const APART: u64 = 300;

type Pairs = BTreeMap<String, String>;

pub(super) struct ThreeSteps {
    url: String,
    redirect: String,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The person says no.
    denies: bool,
    /// The secrets of request tokens, with the verifier of those that a person has consented to.
    asked: HashMap<String, (String, Option<String>)>,
    /// The secrets of the keys of users.
    given: HashMap<String, String>,
    nonces: BTreeSet<String>,
    /// How many words were made up.
    made: usize,
}

/// The status, where a browser is sent, and a form.
type Answer = (u16, Option<String>, String);

impl ThreeSteps {
    pub(super) fn new(url: &str, redirect: &str) -> Self {
        Self { url: url.to_owned(), redirect: redirect.to_owned(), known: Mutex::default() }
    }

    pub(super) fn denies(&self) {
        self.known.lock().expect("nobody panicked").denies = true;
    }

    /// What must stand in no output.
    pub(super) fn secrets(&self) -> Vec<String> {
        let known = self.known.lock().expect("nobody panicked");
        let asked = known.asked.values().flat_map(|(secret, verifier)| [Some(secret.clone()), verifier.clone()]).flatten();
        let given = known.given.iter().flat_map(|(token, secret)| [token.clone(), secret.clone()]);
        asked.chain(given).chain([SECRET.to_owned()]).collect()
    }

    pub(super) fn answer(&self, method: &str, path: &str, (query, form): (&str, &str), auth: Option<&str>) -> Answer {
        let mut known = self.known.lock().expect("nobody panicked");
        let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
        if path == "/1/authenticate" {
            return known.authenticate(&self.redirect, pairs(query).into_iter().collect());
        }
        let said = auth.map(header).unwrap_or_default();
        let sent = Sent { method, url: format!("{}{path}", self.url), pairs: pairs(query).into_iter().chain(pairs(form)).collect(), said };
        let answer = match path {
            "/1/request_token" => known.request_token(&sent, &self.redirect),
            "/1/access_token" => known.access_token(&sent),
            _ => known.service(&sent),
        };
        match answer {
            Ok(pairs) => (200, None, url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()),
            Err(problem) => (401, None, format!("oauth_problem={problem}")),
        }
    }
}

/// A request, and what its header says.
struct Sent<'a> {
    method: &'a str,
    url: String,
    /// Of the query and the form.
    pairs: BTreeSet<(String, String)>,
    said: Pairs,
}

impl Sent<'_> {
    fn said(&self, name: &str) -> &str {
        self.said.get(name).map_or("", String::as_str)
    }

    /// Signs it with the keys that the service has, and compares all that the header says.
    fn is_signed(&self, token: Option<(&str, &str)>) -> bool {
        let mut builder = Builder::new(Credentials::new(CONSUMER, SECRET), HmacSha1::new());
        builder.token(token.map(|(token, secret)| Credentials::new(token, secret)));
        builder.nonce(self.said("oauth_nonce")).timestamp(self.said("oauth_timestamp").parse::<NonZeroU64>().ok()).version(true);
        builder.callback(self.said.get("oauth_callback").map(String::as_str)).verifier(self.said.get("oauth_verifier").map(String::as_str));
        let pairs: Vec<(&str, &str)> = self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        header(&builder.authorize(self.method, &self.url, &ParameterList::new(pairs))) == self.said
    }
}

impl Known {
    fn word(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}/{}+x", self.made)
    }

    /// Each signature is good once, and for a while.
    #[expect(clippy::disallowed_methods, reason = "a service has a clock of its own")]
    fn check(&mut self, sent: &Sent<'_>, token: Option<(&str, &str)>) -> Result<(), &'static str> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        match () {
            () if sent.said("oauth_consumer_key") != CONSUMER => Err("consumer_key_unknown"),
            () if !sent.is_signed(token) => Err("signature_invalid"),
            () if sent.said("oauth_timestamp").parse::<u64>().map_or(true, |time| time.abs_diff(now) > APART) => Err("timestamp_refused"),
            () if !self.nonces.insert(sent.said("oauth_nonce").to_owned()) => Err("nonce_used"),
            () => Ok(()),
        }
    }

    fn request_token(&mut self, sent: &Sent<'_>, redirect: &str) -> Result<Vec<(&'static str, String)>, &'static str> {
        self.check(sent, None)?;
        if sent.said("oauth_callback") != redirect {
            return Err("parameter_rejected");
        }
        let (token, secret) = (self.word("request"), self.word("request-secret"));
        self.asked.insert(token.clone(), (secret.clone(), None));
        Ok(vec![("oauth_token", token), ("oauth_token_secret", secret), ("oauth_callback_confirmed", "true".to_owned())])
    }

    fn authenticate(&mut self, redirect: &str, query: Pairs) -> Answer {
        let token = query.get("oauth_token").cloned().unwrap_or_default();
        let verifier = self.word("verifier");
        let denies = self.denies;
        let Some((_, consent)) = self.asked.get_mut(&token) else { return (400, None, "This request is not known.".to_owned()) };
        let mut back = url::Url::parse(redirect).expect("an address");
        if denies {
            back.query_pairs_mut().append_pair("denied", &token);
        } else {
            *consent = Some(verifier.clone());
            back.query_pairs_mut().append_pair("oauth_token", &token).append_pair("oauth_verifier", &verifier);
        }
        (302, Some(back.into()), String::new())
    }

    fn access_token(&mut self, sent: &Sent<'_>) -> Result<Vec<(&'static str, String)>, &'static str> {
        let asked = sent.said("oauth_token").to_owned();
        let (secret, consent) = self.asked.get(&asked).cloned().ok_or("token_rejected")?;
        self.check(sent, Some((&asked, &secret)))?;
        if consent.as_deref() != Some(sent.said("oauth_verifier")) {
            return Err("verifier_invalid");
        }
        self.asked.remove(&asked);
        let (token, secret) = (self.word("token"), self.word("token-secret"));
        self.given.insert(token.clone(), secret.clone());
        Ok(vec![("oauth_token", token), ("oauth_token_secret", secret), ("screen_name", "ana".to_owned())])
    }

    fn service(&mut self, sent: &Sent<'_>) -> Result<Vec<(&'static str, String)>, &'static str> {
        let token = sent.said("oauth_token").to_owned();
        let secret = self.given.get(&token).cloned().ok_or("token_rejected")?;
        self.check(sent, Some((&token, &secret)))?;
        Ok(vec![("name", "ana".to_owned())])
    }
}

/// What an `Authorization` header of OAuth 1 says.
fn header(text: &str) -> Pairs {
    let plain = |text: &str| {
        let text = text.replace('+', "%2B");
        url::form_urlencoded::parse(format!("v={text}").as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
    };
    let words = text.strip_prefix("OAuth ").unwrap_or_default().split(',');
    words.filter_map(|word| word.trim().split_once('=')).map(|(name, value)| (plain(name), plain(value.trim_matches('"')))).collect()
}
