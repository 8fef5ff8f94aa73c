//! TLS settings: whom to trust, and who we are; for whoever opens connections, be it for HTTP or not.

use std::io;
use std::sync::Arc;

use node_sdk::ports::{HttpError, HttpErrorKind, TlsChoice, TlsFault};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};

use crate::error::{SELF_SIGNED, failure};

/// The settings for this choice; `accept_invalid` takes any certificate.
///
/// # Errors
/// A certificate or key is none.
pub fn config(choice: Option<&TlsChoice>, accept_invalid: bool) -> Result<ClientConfig, HttpError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| unusable("TLS", &error))?;
    let builder = if accept_invalid {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAny(provider)))
    } else {
        let authority = choice.and_then(|choice| choice.ca.as_deref()).filter(|pem| !pem.trim().is_empty());
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Checked::new(authority, provider)?))
    };
    match choice.and_then(|choice| choice.certificate.as_deref()).filter(|pem| !pem.trim().is_empty()) {
        Some(pem) => {
            let chain = certificates(pem)?;
            let key = private_key(choice.and_then(|choice| choice.key.as_deref()).unwrap_or_default(), choice.and_then(|c| c.passphrase.as_deref()))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| unusable("client certificate", &error))
        }
        None => Ok(builder.with_no_client_auth()),
    }
}

/// What TLS says in an error, in Node.js's words; `None`: it is of something else.
pub fn fault(error: &(dyn std::error::Error + 'static)) -> Option<(TlsFault, String)> {
    crate::error::tls_error(error).map(crate::error::tls_fault)
}

fn unusable(what: &str, why: &dyn std::fmt::Display) -> HttpError {
    failure(HttpErrorKind::Other, format!("The {what} cannot be used: {why}"), false)
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match found {
        Ok(list) if !list.is_empty() => Ok(list),
        Ok(_) => Err(unusable("certificate", &"it is not PEM")),
        Err(error) => Err(unusable("certificate", &error)),
    }
}

fn private_key(pem: &str, passphrase: Option<&str>) -> Result<PrivateKeyDer<'static>, HttpError> {
    if pem.contains("BEGIN ENCRYPTED PRIVATE KEY") {
        let bad = |why: &dyn std::fmt::Display| unusable("private key", why);
        let (_, document) = pkcs8::SecretDocument::from_pem(pem).map_err(|error| bad(&error))?;
        let encrypted = pkcs8::EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|error| bad(&error))?;
        let plain = encrypted.decrypt(passphrase.unwrap_or_default()).map_err(|_| bad(&"the passphrase does not open it"))?;
        return Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(plain.as_bytes().to_vec())));
    }
    if pem.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(unusable("private key", &"it is encrypted in OpenSSL's old format; convert it with `openssl pkcs8 -topk8`"));
    }
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| unusable("private key", &error))
}

/// Takes any certificate; signatures of the handshake are still checked.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

/// Trusts Mozilla's authorities, or the given certificates in their place (as Node.js does) and those that they sign.
///
/// Other than webpki alone, and like OpenSSL, it takes a server certificate that *is* a given one, even when it is marked as an
/// authority's: self-signed certificates mostly are. And it tells a self-signed certificate from an unknown authority.
#[derive(Debug)]
struct Checked {
    given: Vec<CertificateDer<'static>>,
    inner: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
}

impl Checked {
    fn new(authority: Option<&str>, provider: Arc<CryptoProvider>) -> Result<Self, HttpError> {
        let given = authority.map(certificates).transpose()?.unwrap_or_default();
        let mut roots = RootCertStore::empty();
        for certificate in &given {
            roots.add(certificate.clone()).map_err(|error| unusable("certificate authority", &error))?;
        }
        if given.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        Ok(Self { given, inner: inner.map_err(|error| unusable("certificate authority", &error))?, provider })
    }

    /// Whether the certificate is signed with its own key: it verifies when it is the only authority.
    fn is_self_signed(&self, certificate: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> bool {
        let mut roots = RootCertStore::empty();
        if roots.add(certificate.clone().into_owned()).is_err() {
            return false;
        }
        let Ok(verifier) = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider)).build() else { return false };
        let verdict = verifier.verify_server_cert(certificate, &[], name, &[], now);
        !matches!(verdict, Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)))
    }
}

/// An authority's certificate in the place of a server's.
fn is_authority(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::Other(why)) if why.to_string().contains("CaUsedAsEndEntity"))
}

impl ServerCertVerifier for Checked {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let error = match self.inner.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        // webpki looks at the dates before it looks at what the certificate is for, so with this error they are right.
        if is_authority(&error) && self.given.iter().any(|given| given.as_ref() == end_entity.as_ref()) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let unknown = matches!(error, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) || is_authority(&error);
        if unknown && self.is_self_signed(end_entity, name, now) {
            return Err(CertificateError::Other(OtherError(Arc::new(io::Error::other(SELF_SIGNED)))).into());
        }
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
