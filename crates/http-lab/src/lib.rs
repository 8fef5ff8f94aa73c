//! A scripted HTTP server for tests, and the comparison of what n8n was seen to do against it with what we do.
//!
//! [`Lab`] has servers on free loopback ports: `http`, `http2` (another origin), `https` (self-signed), `mutual` (the same, for who has a client
//! certificate) and `proxy` (a forward proxy, absolute form and CONNECT), and a port where nobody listens. Each request is logged. [`cases`] replays recorded cases
//! through the program, [`compare`] says what differs; [`recorded`] is what recordings of other nodes need of it too. For tests and chores only: it panics nowhere, but it is no server to keep.

pub mod cases;
pub mod compare;
mod log;
pub mod recorded;
mod request;
mod routes;
mod shared;
mod texts;
mod tls;
mod wire;

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use rustls::ServerConfig;
use serde_json::Value;
use socket2::{Domain, Socket, Type};

use crate::shared::Shared;
use crate::tls::Tls;
use crate::wire::Stream;

/// The running servers. Dropping it stops them.
pub struct Lab {
    shared: Arc<Shared>,
    certificate: String,
    client: [String; 2],
    /// Bound, not listening: a connection is refused.
    _closed: Socket,
}

impl Lab {
    /// Starts the servers.
    pub fn start() -> io::Result<Self> {
        let Tls { open, demanding, certificate, client } = Tls::new()?;
        let names = ["HTTP", "HTTP2", "HTTPS", "MUTUAL", "PROXY"];
        let listeners = names.map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listeners = listeners.into_iter().collect::<io::Result<Vec<_>>>()?;
        let mut origins = Vec::new();
        for (name, listener) in names.iter().zip(&listeners) {
            let scheme = if matches!(*name, "HTTPS" | "MUTUAL") { "https" } else { "http" };
            origins.push((*name, format!("{scheme}://{}", listener.local_addr()?)));
        }
        let closed = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        closed.bind(&std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let port = closed.local_addr()?.as_socket().map_or(0, |address| address.port());
        origins.push(("CLOSED", format!("http://127.0.0.1:{port}")));
        let shared = Arc::new(Shared::new(origins));
        for (name, listener) in names.into_iter().zip(listeners) {
            let shared = Arc::clone(&shared);
            let tls = match name {
                "HTTPS" => Some(Arc::clone(&open)),
                "MUTUAL" => Some(Arc::clone(&demanding)),
                _ => None,
            };
            thread::spawn(move || serve(&listener, name, &shared, tls.as_ref()));
        }
        Ok(Self { shared, certificate, client, _closed: closed })
    }

    /// The origin of a server: `HTTP`, `HTTP2`, `HTTPS`, `MUTUAL`, `PROXY` or `CLOSED`.
    pub fn origin(&self, name: &str) -> &str {
        self.shared.origin(name)
    }

    /// The certificate of the `https` and `mutual` servers, PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The certificate that `mutual` lets in and its key, PEM.
    pub fn client(&self) -> [&str; 2] {
        [&self.client[0], &self.client[1]]
    }

    /// Fills the placeholders of a JSON text: `@HTTP@` is an origin, `@HTTP_HOST@` host and port, `@HTTP_PORT@` the port, `@CA@`
    /// the certificate.
    pub fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, origin) in &self.shared.origins {
            let host = origin.split("//").nth(1).unwrap_or_default();
            let port = origin.rsplit(':').next().unwrap_or_default();
            text = text.replace(&format!("@{name}@"), origin).replace(&format!("@{name}_HOST@"), host).replace(&format!("@{name}_PORT@"), port);
        }
        let quoted = Value::String(self.certificate.clone()).to_string();
        text.replace("@CA@", quoted.trim_matches('"'))
    }

    /// What was asked so far, in the order it came in.
    pub fn requests(&self) -> Vec<Value> {
        self.shared.log.entries()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        for (_, origin) in &self.shared.origins {
            // Wakes the one who waits for a connection; nobody listening is as well.
            let _ = origin.split("//").nth(1).map(TcpStream::connect);
        }
    }
}

fn serve(listener: &TcpListener, name: &'static str, shared: &Arc<Shared>, tls: Option<&Arc<ServerConfig>>) {
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::Relaxed) {
            return;
        }
        let (Ok(stream), shared, tls) = (stream, Arc::clone(shared), tls.cloned()) else { continue };
        thread::spawn(move || {
            let label = name.to_lowercase();
            // A client that goes away is no failure of the server.
            let _ = Stream::new(stream, tls).and_then(|stream| wire::converse(stream, &label, &shared, routes::answer));
        });
    }
}
