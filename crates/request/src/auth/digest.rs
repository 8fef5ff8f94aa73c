//! Digest authentication (RFC 7616, MD5) as n8n answers it.

use md5::{Digest as _, Md5};
use node_sdk::ports::{HttpRequest, HttpResponse, Random};
use url::Url;

/// What the server asks for.
pub(super) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    qop: Option<String>,
}

/// The challenge in a 401; `None`: it asks for something else.
pub(super) fn challenge(answer: &HttpResponse) -> Option<Challenge> {
    let headers = answer.headers.iter().filter(|(name, _)| name == "www-authenticate");
    let text = headers.map(|(_, value)| value).find(|value| value.to_ascii_lowercase().starts_with("digest "))?;
    let fields = fields(&text["digest ".len()..]);
    let get = |wanted: &str| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.clone());
    if get("algorithm").is_some_and(|algorithm| !algorithm.eq_ignore_ascii_case("md5")) {
        return None;
    }
    let qop = get("qop").filter(|qop| qop.split(',').any(|word| word.trim() == "auth")).map(|_| "auth".to_owned());
    Some(Challenge { realm: get("realm")?, nonce: get("nonce")?, opaque: get("opaque"), qop })
}

/// `a="b, c", d=e` as pairs.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        found.push((name.trim_matches([',', ' ']).to_owned(), value.trim().to_owned()));
        rest = left.trim_start_matches([',', ' ']);
    }
    found
}

/// The same request with the answer to the challenge.
pub(super) fn answer(mut request: HttpRequest, (user, password): (&str, &str), challenge: &Challenge, random: &dyn Random) -> HttpRequest {
    // n8n counts with nine digits.
    const COUNT: &str = "000000001";
    let uri =
        Url::parse(&request.url).map_or_else(|_| request.url.clone(), |url| url[url::Position::BeforePath..url::Position::AfterQuery].to_owned());
    let mut bytes = [0; 12];
    random.fill(&mut bytes);
    let nonce_of_ours: String = hex(&bytes);
    let secret = md5(&format!("{}:{}:{}", user, challenge.realm, password));
    let what = md5(&format!("{}:{uri}", request.method));
    let response = match &challenge.qop {
        Some(qop) => md5(&format!("{secret}:{}:{COUNT}:{nonce_of_ours}:{qop}:{what}", challenge.nonce)),
        None => md5(&format!("{secret}:{}:{what}", challenge.nonce)),
    };
    let mut fields = vec![("username", user), ("realm", &challenge.realm), ("nonce", &challenge.nonce), ("uri", &uri)];
    if let Some(qop) = &challenge.qop {
        fields.push(("qop", qop));
    }
    fields.extend([("algorithm", "MD5"), ("response", &response), ("nc", COUNT), ("cnonce", &nonce_of_ours)]);
    if let Some(opaque) = &challenge.opaque {
        fields.push(("opaque", opaque));
    }
    let text: Vec<String> = fields.iter().map(|(name, value)| format!("{name}=\"{}\"", value.replace('"', "\\\""))).collect();
    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    request.headers.push(("authorization".into(), format!("Digest {}", text.join(","))));
    request
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use node_sdk::ports::{HttpBody, HttpOptions};

    struct Zero;
    impl Random for Zero {
        fn fill(&self, _: &mut [u8]) {}
    }

    #[test]
    fn answers_a_challenge() {
        let headers =
            vec![("www-authenticate".into(), r#"Digest realm="l, ab", nonce="n0nce", qop="auth,auth-int", opaque="op", algorithm=MD5"#.into())];
        let refused = HttpResponse { status: 401, status_text: String::new(), url: String::new(), redirected: false, headers, body: Bytes::new() };
        let request = HttpRequest {
            method: "GET".into(),
            url: "http://h:1/a?b=c#d".into(),
            headers: Vec::new(),
            body: HttpBody::Empty,
            options: HttpOptions::default(),
        };
        let sent = answer(request, ("user", "pass"), &challenge(&refused).unwrap(), &Zero);
        let zeros = "0".repeat(24);
        let response = md5(&format!("{}:n0nce:000000001:{zeros}:auth:{}", md5("user:l, ab:pass"), md5("GET:/a?b=c")));
        let want = format!(
            "Digest username=\"user\",realm=\"l, ab\",nonce=\"n0nce\",uri=\"/a?b=c\",qop=\"auth\",algorithm=\"MD5\",response=\"{response}\",nc=\"000000001\",cnonce=\"{zeros}\",opaque=\"op\""
        );
        assert_eq!(sent.headers, [("authorization".to_owned(), want)]);
    }
}
