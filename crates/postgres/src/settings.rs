//! What n8n's credential `postgres` says of a server.

use node_sdk::ports::{Credential, HttpErrorKind, ServiceError};

/// Where a server is, and how to get in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) tls: Tls,
}

/// Whether the way is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// No.
    Disabled,
    /// Where the server can. A certificate is checked.
    Allowed,
    /// Else nothing is sent. `unchecked`: any certificate will do.
    Required { unchecked: bool },
}

impl Settings {
    pub(crate) fn read(credential: &Credential) -> Result<Self, ServiceError> {
        if is_on(credential, "sshTunnel") {
            let error = ServiceError::undone(HttpErrorKind::Other, "A database behind an SSH tunnel (\"sshTunnel\") is not supported");
            return Err(error.help("Open the tunnel with `ssh -L`, and let the credential name its local port."));
        }
        let text = |field: &str, default: &str| Some(credential.text(field)).filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned());
        let port = text("port", "5432");
        let Ok(port) = port.trim().parse() else {
            return Err(ServiceError::undone(HttpErrorKind::Other, format!("The credential's port is no port: {port}")));
        };
        let tls = match (is_on(credential, "allowUnauthorizedCerts"), credential.text("ssl").as_str()) {
            (true, _) => Tls::Required { unchecked: true },
            (false, "allow") => Tls::Allowed,
            (false, "" | "disable") => Tls::Disabled,
            (false, _) => Tls::Required { unchecked: false },
        };
        let user = text("user", "postgres");
        Ok(Self {
            host: text("host", "localhost").trim().to_owned(),
            port,
            database: text("database", "postgres"),
            user,
            password: credential.text("password"),
            tls,
        })
    }
}

fn is_on(credential: &Credential, field: &str) -> bool {
    credential.fields.get(field).is_some_and(|value| value == &serde_json::Value::Bool(true))
}
