//! A request as it came in.

/// One request.
pub(crate) struct Request {
    pub(crate) method: String,
    /// As sent: path and query, or the whole URL at a proxy.
    pub(crate) target: String,
    /// Names as sent; values read as Latin-1.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Path and query, without the origin that a proxy is sent.
    pub(crate) fn path_and_query(&self) -> String {
        match self.target.split_once("://") {
            Some((_, rest)) => format!("/{}", rest.split_once('/').map_or("", |(_, path)| path)),
            None => self.target.clone(),
        }
    }
}
