//! Values that look like secrets, wherever a text has them: no credential holds them, but nobody wants them on a screen or in a log.
//!
//! A text here is a message, a line of a log or a piece of a file, never an item: a value that only looks like a secret is lost in it.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::merged;
use super::names::{HEADERS, NAMES, SCHEMES, is_harmless};

/// A quote, escaped or not.
const QUOTE: &str = r#"\\*["'`]"#;

/// How a secret shows itself.
struct Pattern {
    needles: Needles,
    /// Its group `secret` is what is hidden; `name`, where it has one, what it is called.
    source: fn() -> String,
    certainty: Certainty,
    regex: OnceLock<Option<Regex>>,
}

/// What stands, in lower case, in every text that a pattern fits: most texts have none of it, and the pattern need not be read.
enum Needles {
    /// One of these.
    Words(&'static [&'static str]),
    /// The end of one of the names of secrets.
    Names,
}

const fn pattern(words: &'static [&'static str], certainty: Certainty, source: fn() -> String) -> Pattern {
    Pattern { needles: Needles::Words(words), source, certainty, regex: OnceLock::new() }
}

/// A pattern with [`names`] in it.
const fn named(certainty: Certainty, source: fn() -> String) -> Pattern {
    Pattern { needles: Needles::Names, source, certainty, regex: OnceLock::new() }
}

/// The names of secrets for a pattern, however their words are put together.
fn names() -> String {
    NAMES.join("|").replace(' ', "[_-]?")
}

impl Pattern {
    /// Read for bytes, which costs a tenth: all that a secret may end at is ASCII, so that no character is cut.
    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| RegexBuilder::new(&(self.source)()).unicode(false).build().ok()).as_ref()
    }
}

/// The beginning of an address.
const SCHEME: &str = r"[A-Za-z][A-Za-z0-9+.-]*:(?:\\?/){2}";
/// Who is let in by a user and a password, with its options up to them; also over several lines.
const CURL: &str = r"(?i)\bcurl\b(?:[^\r\n]|\\\r?\n)*?\s-(?:[a-z]*u|-user|-proxy-user)[\s=]*";

static PATTERNS: [Pattern; 20] = {
    use Certainty::{Formed, Given, Random};
    [
        // user:password@ in an address; also a password with a slash, which makes it no address.
        pattern(&["@"], Given, || format!(r#"{SCHEME}[^\s/?#"'`<>@:\[\\]*:(?<secret>[^\s/?#"'`<>\\]+)@"#)),
        pattern(&["@"], Given, || {
            format!(r#"{SCHEME}[^\s/?#"'`<>@:\[\\]*:(?<secret>[^\s"'`<>/?#@\\]*[^\s"'`<>/?#@\\0-9][^\s"'`<>/?#@\\]*[/?#][^\s"'`<>@\\]*)@"#)
        }),
        pattern(&["@"], Random, || format!(r#"{SCHEME}(?<secret>[^\s/?#"'`<>@:\[\\]+)@"#)),
        // The same without a scheme, as a proxy is written.
        pattern(&["@"], Given, || r#"(?:^|[\s"'`(=,])[\w.%+~-]+:(?<secret>[^\s:@/"'`<>\\]+)@[\w.-]+:\d"#.to_owned()),
        // Headers and what stands behind a scheme of authorization.
        pattern(&["authorization"], Given, || {
            let schemes = SCHEMES.join("|");
            format!(r#"(?i)authorization(?:{QUOTE})?\s*[:=]\s*(?:{QUOTE})?(?:(?:{schemes})\s+)?(?<secret>[^\s"'`\\,;<>(){{}}\]]{{3,}})"#)
        }),
        // Schemes that take a list: all of it.
        pattern(&["authorization"], Given, || {
            let value = r#"[\w-]+\s*=\s*(?:\\*"[^"\\\r\n]*\\*"|[^\s,;"'`\\]+)"#;
            format!(r#"(?i)authorization(?:{QUOTE})?\s*[:=]\s*(?:{QUOTE})?[a-z][\w-]*\s+(?<secret>{value}(?:\s*,\s*{value})*)"#)
        }),
        pattern(&["curl"], Given, || format!(r#"{CURL}[^\s:"'`\\]+:(?<secret>[^\s"'`\\]+)"#)),
        pattern(&["curl"], Given, || format!(r#"{CURL}{QUOTE}[^:"'`\\\r\n]+:(?<secret>[^"'`\\\r\n]+)"#)),
        pattern(&["bearer"], Formed, || r"(?i)\bbearer\s+(?<secret>[A-Za-z0-9._~+/=-]{6,})".to_owned()),
        pattern(&["basic", "token", "key", "secret", "password"], Random, || {
            r"(?i)\b(?:basic|token|api[_ -]?key|secret|password)\s+(?<secret>[A-Za-z0-9._~+/=-]{8,})".to_owned()
        }),
        // name=value, "name": "value", name: value.
        named(Given, || format!(r#"(?i)(?<name>[\w-]*(?:{})[\w.-]*)=(?<secret>[^\s&#"'`<>\\;,()}}\]]+)"#, names())),
        pattern(&["key=", "sig=", "auth="], Given, || r#"(?i)[?&](?:key|sig|auth)=(?<secret>[^\s&#"'`<>\\;,()}\]]{6,})"#.to_owned()),
        named(Given, || {
            let (names, headers) = (names(), HEADERS.join("|"));
            format!(r#"(?i)(?<name>[\w-]*(?:{names}|{headers})[\w-]*){QUOTE}\s*:\s*{QUOTE}(?<secret>[^"'`\\\r\n]+)"#)
        }),
        named(Given, || format!(r#"(?i)(?<name>[\w-]*(?:{})[\w-]*)\s*[:=]\s*{QUOTE}(?<secret>[^"'`\\\r\n]{{6,}})"#, names())),
        named(Random, || format!(r"(?i)(?<name>[\w-]*(?:{})[\w-]*):\s*(?<secret>[A-Za-z0-9._~+/=-]{{8,}})", names())),
        // What the large services give out, and keys.
        pattern(SERVICES, Formed, || {
            concat!(
                r"\b(?<secret>(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}",
                r"|glpat-[\w-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[\w-]{30,}|ya29\.[\w-]{20,}",
                r"|SG\.[\w-]{16,}\.[\w-]{16,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{20,}|shp(?:at|ss|ca|pa)_[A-Fa-f0-9]{20,}",
                r"|whsec_[A-Za-z0-9+/=]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)",
            )
            .to_owned()
        }),
        // A bot of Telegram, by itself and in an address, where it is a part of a word.
        pattern(&[":aa", "%3aaa"], Formed, || r"(?i:\b|bot)(?<secret>\d{8,10}(?::|%3[Aa])AA[\w-]{30,})".to_owned()),
        pattern(&["/bot"], Formed, || r"/bot(?<secret>\d{5,}(?::|%3[Aa])[\w-]{10,})".to_owned()),
        // Addresses that are secrets themselves: whoever knows one may write there.
        pattern(&["hook"], Given, || {
            const PLACES: [&str; 5] = [
                r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)",
                r"discord(?:app)?\.com/api(?:/v\d+)?/webhooks",
                r"webhook\.office\.com/webhookb2",
                r"hooks\.zapier\.com/hooks/catch",
                r"hook\.(?:\w+\.)?make\.com",
            ];
            let places = PLACES.join("|").replace('/', r"\\?/");
            format!(r"(?i)(?:{places})\\?/(?<secret>[\w@-]+(?:\\?/[\w@-]+)*)")
        }),
        pattern(&["private key-----"], Given, || r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(?<secret>.*?)(?:-----END|\z)".to_owned()),
    ]
};

/// How the keys of services begin.
const SERVICES: &[&str] = &[
    "sk-",
    "sk_",
    "pk-",
    "pk_",
    "rk-",
    "rk_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xox",
    "akia",
    "asia",
    "aiza",
    "ya29.",
    "sg.",
    "hf_",
    "npm_",
    "shp",
    "whsec_",
    "eyj",
];

/// How sure a pattern is by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// What stands there is a secret, whatever it is.
    Given,
    /// Unless it is one of the words that people write there.
    Formed,
    /// Only where it is no word.
    Random,
}

/// Words behind `Bearer`.
const WORDS: [&str; 7] = ["authentication", "authorization", "token", "tokens", "credential", "credentials", "scheme"];

/// The pieces of a text that look like secrets, in order.
pub(crate) fn found(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let lower = text.to_ascii_lowercase();
    let end = |name: &'static str| name.rsplit_once(' ').map_or(name, |(_, end)| end);
    let names = NAMES.iter().chain(&HEADERS).any(|name| lower.contains(end(name)));
    let may_fit = |pattern: &&Pattern| match pattern.needles {
        Needles::Words(words) => words.iter().any(|word| lower.contains(word)),
        Needles::Names => names,
    };
    for pattern in PATTERNS.iter().filter(may_fit) {
        for captures in pattern.regex().into_iter().flat_map(|regex| regex.captures_iter(text.as_bytes())) {
            let part = |name: &str| captures.name(name).and_then(|part| Some((text.get(part.range())?, part.range())));
            let Some((secret, range)) = part("secret") else { continue };
            if is_secret(secret, pattern.certainty) && !is_harmless(part("name").map_or("", |(name, _)| name)) {
                found.push(range);
            }
        }
    }
    merged(found)
}

fn is_secret(value: &str, certainty: Certainty) -> bool {
    // An expression names a secret and is none; stars are hidden already.
    let computed = value.starts_with(['$', '=', '{']) || value.contains("{{") || value.chars().all(|c| c == '*');
    !computed
        && match certainty {
            Certainty::Given => true,
            Certainty::Formed => !WORDS.contains(&value.to_ascii_lowercase().as_str()),
            Certainty::Random => is_random(value),
        }
}

/// No word of a language: long enough, and letters with digits or capitals between them.
fn is_random(value: &str) -> bool {
    let has = |test: fn(char) -> bool| value.chars().any(test);
    let mixed = has(char::is_alphabetic) && has(|c| c.is_ascii_digit());
    let capitals = has(char::is_lowercase) && value.chars().skip(1).any(char::is_uppercase);
    value.len() >= 8 && (mixed || capitals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut shown = text.to_owned();
        for range in found(text).into_iter().rev() {
            shown.replace_range(range, "***");
        }
        shown
    }

    #[test]
    fn secrets_are_seen_by_their_looks() {
        assert!(PATTERNS.iter().all(|pattern| pattern.regex().is_some()), "every pattern can be read");
        for (text, expected) in [
            ("GET http://ana:s3cr/et@host:80/x failed", "GET http://ana:***@host:80/x failed"),
            ("http://ana:p@ss@host/ and ftp://a:b@c", "http://ana:***@host/ and ftp://a:***@c"),
            (r"http:\/\/ana:pass@host\/", r"http:\/\/ana:***@host\/"),
            ("https://ghp_abcdefghij0123456789@github.com/x", "https://***@github.com/x"),
            ("proxy ana:pass@proxy.test:3128", "proxy ana:***@proxy.test:3128"),
            ("Authorization: Bearer abc", "Authorization: Bearer ***"),
            (r#"{\"Authorization\": \"Basic YTpi\"}"#, r#"{\"Authorization\": \"***\"}"#),
            ("said: bad Bearer abcdef.ghi", "said: bad Bearer ***"),
            ("?a=1&api_key=hello&b=2", "?a=1&api_key=***&b=2"),
            ("?key=AbCdEf12&access_token=x", "?key=***&access_token=***"),
            (r#"{"password": "hunter 2", "a": "b"}"#, r#"{"password": "***", "a": "b"}"#),
            ("const apiKey = 'topsecret';", "const apiKey = '***';"),
            ("X-Api-Key: ab12cd34ef", "X-Api-Key: ***"),
            ("DefaultEndpoints=https;AccountKey=aGVsbG8=;EndpointSuffix=x", "DefaultEndpoints=https;AccountKey=***;EndpointSuffix=x"),
            ("MINIO_SECRET_KEY=hello", "MINIO_SECRET_KEY=***"),
            (r#"Authorization: Digest username="ana", realm="a b", response="6629fae4", qop=auth failed"#, "Authorization: Digest *** failed"),
            (r#"{\"Authorization\": \"Digest username=\\\"ana\\\", nonce=\\\"x\\\"\", \"a\": 1}"#, r#"{\"Authorization\": \"***\", \"a\": 1}"#),
            ("Authorization: AWS4-X Credential=A/b, Signature=c", "Authorization: *** ***"),
            ("curl -s -u admin:pw http://h/", "curl -s -u admin:*** http://h/"),
            ("curl \\\n  --user 'ana:p w' -X PUT", "curl \\\n  --user 'ana:***' -X PUT"),
            ("curl -sSuana:pw x", "curl -sSuana:*** x"),
            ("https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX/getMe", "https://api.telegram.org/bot***/getMe"),
            ("/file/bot12345:short_token-x/a", "/file/bot***/a"),
            ("the bot 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX", "the bot ***"),
            ("POST https://hooks.slack.com/services/T01/B02/abcDEF failed", "POST https://hooks.slack.com/services/*** failed"),
            (r#"\"https:\/\/hooks.slack.com\/services\/T01\/B02\/abc\""#, r#"\"https:\/\/hooks.slack.com\/services\/***\""#),
            ("https://discord.com/api/webhooks/12/a-B_c?wait=true", "https://discord.com/api/webhooks/***?wait=true"),
            ("the key sk-live-0123456789abcdefXYZ is", "the key *** is"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!", "***!"),
            ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY--------END PRIVATE KEY-----"),
        ] {
            let expected = expected.replace("PRIVATE KEY--------END", "PRIVATE KEY-----***-----END");
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_one_stays() {
        for text in [
            "http://host:8080/path?mail=a@b.c",
            "http://[::1]:8080/a@b",
            "Authorization failed - please check your credentials",
            "Basic authentication, bearer token, Bearer authentication",
            "Unexpected token '<', \"<html>\" is not valid JSON",
            "SyntaxError: Unexpected token: x",
            "=Bearer {{ $json.token }} and ?token={{ $json.t }}",
            "http://user:{{$json.pw}}@host/",
            "/contacts?page=2&pageToken=abc&maxTokens=100",
            "The parameter \"user_ids\" is required",
            "Invalid Access Token",
            "at 10:30, see mailto:ana@example.com",
            "token => token.length",
            "docker run -u 1000:1000 x",
            "https://hooks.slack.com/services/{{ $json.hook }}",
            "see https://host/robot/12:30",
        ] {
            assert_eq!(masked(text), text);
        }
    }
}
