//! The way to a server: TCP, with TLS where it is wanted.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;
use konverte_http::{Policy, tls};
use node_sdk::ports::{HttpErrorKind, ServiceError};
use postgres_protocol::message::frontend;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::settings::{Settings, Tls};
use crate::words;

/// A connection, encrypted or not.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A server that is gone without a word is noticed after about this and four probes more, however long a statement takes.
const KEPT_ALIVE: Duration = Duration::from_secs(30);

impl Stream {
    pub(crate) async fn open(settings: &Settings, policy: Policy) -> Result<Self, ServiceError> {
        let failed = |error: io::Error| words::network(&error, settings);
        let stream = policy.connect(&settings.host, settings.port).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let keepalive = TcpKeepalive::new().with_time(KEPT_ALIVE).with_interval(KEPT_ALIVE / 6);
        SockRef::from(&stream).set_tcp_keepalive(&keepalive).map_err(failed)?;
        match settings.tls {
            Tls::Disabled => Ok(Self::Plain(stream)),
            Tls::Allowed => Self::encrypt(stream, settings, false, true).await,
            Tls::Required { unchecked } => Self::encrypt(stream, settings, unchecked, false).await,
        }
    }

    async fn encrypt(mut stream: TcpStream, settings: &Settings, unchecked: bool, plain_will_do: bool) -> Result<Self, ServiceError> {
        let failed = |error: io::Error| words::network(&error, settings);
        let mut ask = BytesMut::new();
        frontend::ssl_request(&mut ask);
        stream.write_all(&ask).await.map_err(failed)?;
        match stream.read_u8().await.map_err(failed)? {
            b'S' => {}
            b'N' if plain_will_do => return Ok(Self::Plain(stream)),
            _ => {
                let error = ServiceError::undone(HttpErrorKind::Other, "The server does not support SSL connections");
                return Err(error.help("Set SSL to \"Disable\" in the credential where you trust the way to the server, or switch SSL on there."));
            }
        }
        let config = tls::config(None, unchecked).map_err(|error| ServiceError::undone(error.kind, error.message))?;
        let name = ServerName::try_from(settings.host.clone());
        let name = name.map_err(|_| ServiceError::undone(HttpErrorKind::Dns, "The credential's host is no name of a server"))?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(failed)?;
        Ok(Self::Tls(Box::new(stream)))
    }

    /// Whether the other side has closed it, or said something that nobody asked for.
    pub(crate) fn is_stale(&mut self) -> bool {
        let mut space = [0];
        let mut buffer = ReadBuf::new(&mut space);
        let polled = Pin::new(self).poll_read(&mut Context::from_waker(std::task::Waker::noop()), &mut buffer);
        polled.is_ready()
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
