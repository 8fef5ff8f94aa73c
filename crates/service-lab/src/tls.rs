//! A certificate that nobody has signed but itself, for `localhost` and 127.0.0.1.

use std::io;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The certificate and its key, as PEM.
pub(crate) fn pem() -> io::Result<(String, String)> {
    let CertifiedKey { cert, signing_key } = made()?;
    Ok((cert.pem(), signing_key.serialize_pem()))
}

/// What a server needs that shows such a certificate.
pub(crate) fn server() -> io::Result<Arc<ServerConfig>> {
    let CertifiedKey { cert, signing_key } = made()?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(io::Error::other)?;
    builder.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).map(Arc::new).map_err(io::Error::other)
}

fn made() -> io::Result<CertifiedKey<rcgen::KeyPair>> {
    generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).map_err(io::Error::other)
}
