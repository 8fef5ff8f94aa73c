//! Certificates of the `https` servers, and of a client that one of them demands.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// What TLS needs on both sides.
pub(crate) struct Tls {
    /// Of the server that takes everybody.
    pub(crate) open: Arc<ServerConfig>,
    /// Of the one that demands a client certificate.
    pub(crate) demanding: Arc<ServerConfig>,
    /// The certificate of both, PEM.
    pub(crate) certificate: String,
    /// The certificate of a client that is let in, and its key, PEM.
    pub(crate) client: [String; 2],
}

impl Tls {
    pub(crate) fn new() -> io::Result<Self> {
        // Marked as an authority's, as the self-signed ones that people make mostly are.
        let (server, server_key) = authority("localhost")?;
        let certificate = server.self_signed(&server_key).map_err(io::Error::other)?;
        let (authority, authority_key) = authority("clients")?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.self_signed(&authority_key).map_err(io::Error::other)?.der().clone()).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().map_err(io::Error::other)?;
        let config = |demands: bool| {
            let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
            let builder = builder.map_err(io::Error::other)?;
            let builder = if demands { builder.with_client_cert_verifier(Arc::clone(&verifier)) } else { builder.with_no_client_auth() };
            let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
            builder.with_single_cert(vec![certificate.der().clone()], secret).map(Arc::new).map_err(io::Error::other)
        };
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut client = named("a client", Vec::new())?;
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let client = client.signed_by(&key, &Issuer::new(authority, authority_key)).map_err(io::Error::other)?;
        Ok(Self { open: config(false)?, demanding: config(true)?, certificate: certificate.pem(), client: [client.pem(), key.serialize_pem()] })
    }
}

fn authority(name: &str) -> io::Result<(CertificateParams, KeyPair)> {
    let mut params = named(name, vec!["localhost".into(), "127.0.0.1".into()])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok((params, KeyPair::generate().map_err(io::Error::other)?))
}

fn named(name: &str, hosts: Vec<String>) -> io::Result<CertificateParams> {
    let mut params = CertificateParams::new(hosts).map_err(io::Error::other)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
