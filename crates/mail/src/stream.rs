//! The way to a mail server, with a bound on what the server may say to one command: lettre reads a line to its end, however far that is.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use konverte_http::Policy;
use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// Bytes that may come until something is sent again: an answer with all its lines, or what a server says while TLS begins.
const MOST: usize = 32 << 10;
/// Lines of them: lettre looks at all lines anew with each that comes. What is encrypted below has far fewer bytes that look like a line's end.
const LINES: usize = 512;
/// Bytes that are handed on at once; between two such pieces a time limit is looked at.
const PIECE: usize = 4 << 10;

/// Opens a connection; with settings for it, TLS begins with the first byte.
pub(crate) async fn open(host: &str, port: u16, tls: Option<ClientConfig>, policy: Policy) -> io::Result<Box<dyn AsyncTokioStream>> {
    let stream = policy.connect(host, port).await?;
    let address = stream.peer_addr()?;
    let Some(tls) = tls else { return Ok(Box::new(Bounded::new(stream, address))) };
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await?;
    Ok(Box::new(Bounded::new(stream, address)))
}

#[derive(Debug)]
struct Bounded<S> {
    stream: S,
    address: SocketAddr,
    /// Bytes that may still come.
    left: usize,
    lines: usize,
    /// Whether others come first: a server that says more and more would hold them all up.
    yields: bool,
}

impl<S> Bounded<S> {
    fn new(stream: S, address: SocketAddr) -> Self {
        Self { stream, address, left: MOST, lines: LINES, yields: false }
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> AsyncTokioStream for Bounded<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if std::mem::take(&mut self.yields) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.left == 0 || self.lines == 0 {
            let why = format!("an answer has more than {LINES} lines or {} KiB", MOST >> 10);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)));
        }
        let piece = self.left.min(PIECE).min(buffer.remaining());
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(piece));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        let came = part.filled().len();
        let lines = part.filled().iter().filter(|byte| **byte == b'\n').count();
        buffer.advance(came);
        self.left -= came;
        self.lines = self.lines.saturating_sub(lines);
        self.yields = came == piece;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        (self.left, self.lines) = (MOST, LINES);
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
