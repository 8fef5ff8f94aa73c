//! The parameters of one item, as far as they do not become the request's content.

use std::sync::Arc;
use std::time::Duration;

use node_sdk::error::codes;
use node_sdk::params::Kind;
use node_sdk::ports::HttpOptions;
use node_sdk::{ItemParams, NodeError, Resolvable, RunContext};
use request::draft::MAX_TIMEOUT;
use serde_json::Value;
use url::Url;

use super::accept::Format;
use super::literal::{literal, raw_text};
use super::pagination::Pages;

/// n8n's own limit on an exchange.
const TIMEOUT: Duration = Duration::from_secs(300);
/// n8n's own limit on redirects.
const MAX_REDIRECTS: usize = 21;

/// What the node is told for one item.
pub(super) struct Settings {
    pub(super) version: f64,
    /// Upper case.
    pub(super) method: String,
    /// Begins with `http://` or `https://`.
    pub(super) url: String,
    /// `form-urlencoded`, `multipart-form-data`, `json`, `binaryData`, `raw`; `None`: no body.
    pub(super) content: Option<String>,
    pub(super) format: Format,
    /// Headers and status beside the body.
    pub(super) full: bool,
    /// Any status is an answer.
    pub(super) never_error: bool,
    /// The field for a text, the property for a file.
    pub(super) output: String,
    pub(super) authentication: Authentication,
    /// A credential of type `httpSslAuth` says whom to trust and who we are.
    pub(super) certificates: bool,
    pub(super) pagination: Option<Arc<Pages>>,
    /// Credentials go along when a redirect leaves the origin.
    pub(super) credentials_cross_origin: bool,
    pub(super) options: HttpOptions,
}

/// `authentication`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Authentication {
    None,
    /// `genericAuthType`.
    Generic(String),
    /// `nodeCredentialType`.
    Predefined(String),
}

impl Settings {
    /// Reads them for an item; `goes_on` is of [`super::pagination::goes_on_expression`].
    pub(super) fn read(cx: &RunContext, params: &ItemParams<'_>, goes_on: Option<&Resolvable>) -> Result<Self, NodeError> {
        let first = params.of_item(0);
        let version = cx.version();
        let format = Format::from_word(raw_text(params, "options.response.response.responseFormat"));
        let named = matches!(format, Format::File | Format::Text);
        // n8n asks for these two once, for the first item.
        let output = if named { text_or(&first, "options.response.response.outputPropertyName", "data")? } else { "data".to_owned() };
        let full = first.bool("options.response.response.fullResponse", false)?;
        let never_error = params.bool("options.response.response.neverError", false)?;
        Ok(Self {
            version,
            authentication: authentication(params, &first)?,
            url: url(params)?,
            method: text_or(params, "method", "GET")?.to_uppercase(),
            content: if literal(params, "sendBody", false) { Some(text_or(params, "contentType", "json")?) } else { None },
            format,
            full,
            never_error,
            output,
            certificates: params.bool("provideSslCertificates", false)?,
            pagination: Pages::read(params, goes_on)?.map(Arc::new),
            credentials_cross_origin: params.bool("options.sendCredentialsOnCrossOriginRedirect", version < 4.4)?,
            options: options(params, version)?,
        })
    }

    /// Whether n8n has its HTTP client parse the answer: errors and JSON bodies differ then.
    pub(super) fn parses(&self) -> bool {
        self.format.parses() && self.content.as_deref() != Some("raw")
    }
}

fn options(params: &ItemParams<'_>, version: f64) -> Result<HttpOptions, NodeError> {
    let timeout = params.number("options.timeout", 0.0)?;
    let max = params.number("options.redirect.redirect.maxRedirects", 0.0)?;
    let follow = literal(params, "options.redirect.redirect.followRedirects", version >= 4.0);
    Ok(HttpOptions {
        timeout: Some(if timeout > 0.0 { Duration::from_secs_f64(timeout.min(MAX_TIMEOUT) / 1000.0) } else { TIMEOUT }),
        max_redirects: match follow {
            false => 0,
            true if max >= 1.0 => max as usize,
            true => MAX_REDIRECTS,
        },
        accept_invalid_certificates: literal(params, "options.allowUnauthorizedCerts", false),
        proxy: proxy(params.string("options.proxy")?),
        ..HttpOptions::default()
    })
}

/// A proxy that is no URL, or has no scheme, is ignored without a word, as n8n does.
fn proxy(text: String) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    (url.has_host() && matches!(url.scheme(), "http" | "https" | "socks4" | "socks5" | "socks5h")).then(|| text.trim().to_owned())
}

fn url(params: &ItemParams<'_>) -> Result<String, NodeError> {
    let wrong = |message: String| NodeError::coded(codes::HTTP_URL, message).parameter("url");
    let evaluated = params.evaluated("url")?;
    let (value, kind) = evaluated.map_or((Value::Null, Kind::Undefined), |evaluated| (evaluated.value, evaluated.kind));
    let text = match (&value, kind) {
        (_, Kind::Undefined) => return Err(wrong("URL parameter must be a string, got undefined".into())),
        (Value::String(text), Kind::Json) => text.trim(),
        (value, _) => return Err(wrong(format!("URL parameter must be a string, got {}", type_of(value)))),
    };
    if text.is_empty() {
        return Err(wrong("URL parameter cannot be empty".into()));
    }
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return Err(wrong(format!("Invalid URL: {text}. URL must start with \"http\" or \"https\".")));
    }
    Ok(text.to_owned())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) | Value::Array(_) | Value::Object(_) => "object",
    }
}

fn authentication(params: &ItemParams<'_>, first: &ItemParams<'_>) -> Result<Authentication, NodeError> {
    Ok(match raw_text(params, "authentication") {
        Some("genericCredentialType") => match first.string("genericAuthType")? {
            kind if kind.is_empty() => Authentication::None,
            kind => Authentication::Generic(kind),
        },
        Some("predefinedCredentialType") => match raw_text(params, "nodeCredentialType") {
            Some(kind) if !kind.is_empty() => Authentication::Predefined(kind.to_owned()),
            _ => Authentication::None,
        },
        _ => Authentication::None,
    })
}

fn text_or(params: &ItemParams<'_>, path: &str, default: &str) -> Result<String, NodeError> {
    let text = params.string(path)?;
    Ok(if text.is_empty() { default.to_owned() } else { text })
}
