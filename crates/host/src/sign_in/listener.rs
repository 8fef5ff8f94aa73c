//! Waits on a loopback port for the browser that a service sends back. It answers its own path alone, and takes the answer to the question
//! that was asked and no other.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use node_sdk::consent::Consent;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::error::{Error, codes};

/// The path of the redirect address.
const PATH: &str = "/callback";
/// How long a browser may take to send its question.
const SLOWEST: Duration = Duration::from_secs(30);
/// How long a page may take to reach the browser before the program goes on.
const PAGE: Duration = Duration::from_millis(500);
/// The pause after a connection that could not be taken.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// The answer of a service: the pairs of its query.
type Answer = Vec<(String, String)>;

/// Listens where a service sends the browser back to.
pub struct Listener {
    socket: TcpListener,
    port: u16,
}

/// What a browser came with.
enum Came {
    /// The answer.
    Answer(Answer),
    /// An answer to another question.
    Stranger,
}

impl Listener {
    /// Takes the port; 0: any.
    ///
    /// # Errors
    /// [`codes::LISTENING`]: somebody else has it.
    pub async fn bind(port: u16) -> Result<Self, Error> {
        let cannot = |error: std::io::Error| {
            let why = if error.kind() == std::io::ErrorKind::AddrInUse { "another program listens there".to_owned() } else { error.to_string() };
            Error::new(codes::LISTENING, format!("The answer of the service cannot be waited for on port {port} of this machine: {why}."))
        };
        let socket = TcpListener::bind(("127.0.0.1", port)).await.map_err(cannot)?;
        let port = socket.local_addr().map_err(cannot)?.port();
        Ok(Self { socket, port })
    }

    /// The address to register with the service.
    pub fn redirect(&self) -> String {
        Self::redirect_of(self.port)
    }

    /// The address that belongs to a port.
    pub fn redirect_of(port: u16) -> String {
        format!("http://127.0.0.1:{port}{PATH}")
    }

    /// Waits for the answer to a question. `stranger` is told of each answer that is one to another.
    pub async fn answer(&self, asked: &Consent, stranger: impl Fn()) -> Vec<(String, String)> {
        let asked = Arc::new(asked.clone());
        let (came, mut comes) = mpsc::unbounded_channel();
        let mut pages = tokio::task::JoinSet::new();
        let answer = loop {
            tokio::select! {
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, _)) => drop(pages.spawn(connection(stream, asked.clone(), came.clone()))),
                    // Most often too many are open.
                    Err(_) => tokio::time::sleep(AFTER_FAILURE).await,
                },
                Some(came) = comes.recv() => match came {
                    Came::Answer(answer) => break answer,
                    Came::Stranger => stranger(),
                },
                Some(_) = pages.join_next() => {}
            }
        };
        // The page that says so is on its way; a browser that keeps its connection is not waited for.
        let _ = tokio::time::timeout(PAGE, async { while pages.join_next().await.is_some() {} }).await;
        answer
    }
}

/// One browser. Each connection is for one question.
async fn connection(stream: TcpStream, asked: Arc<Consent>, came: mpsc::UnboundedSender<Came>) {
    let service = service_fn(move |request| {
        let (status, words, found) = answered(&request, &asked);
        if let Some(found) = found {
            // Nobody listens any more after the first answer.
            let _ = came.send(found);
        }
        std::future::ready(Ok::<_, Infallible>(page(status, words)))
    });
    let mut server = http1::Builder::new();
    let server = server.timer(TokioTimer::new()).header_read_timeout(SLOWEST).keep_alive(false);
    // An error here is the browser's going away.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

/// The status and the words for a request, and the answer in it.
fn answered(request: &Request<Incoming>, asked: &Consent) -> (StatusCode, &'static str, Option<Came>) {
    if request.uri().path() != PATH {
        return (StatusCode::NOT_FOUND, "There is nothing here.", None);
    }
    if request.method() != Method::GET {
        return (StatusCode::METHOD_NOT_ALLOWED, "This address is for the browser that a service sends back.", None);
    }
    let query = request.uri().query().unwrap_or_default();
    let answer: Answer = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if asked.is_answered_by(&answer) {
        let words = "The answer has arrived. konverte says in the terminal whether you are signed in; this page can be closed.";
        return (StatusCode::OK, words, Some(Came::Answer(answer)));
    }
    let words = "This answer does not belong to the sign-in that konverte waits for, and was not used. Open the address that stands in the terminal.";
    (StatusCode::BAD_REQUEST, words, Some(Came::Stranger))
}

/// A plain page, which nobody keeps and whose address, which holds a code, goes nowhere.
fn page(status: StatusCode, words: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{words}\n"))));
    *response.status_mut() = status;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    response.headers_mut().extend(headers.map(|(name, value)| (name, header::HeaderValue::from_static(value))));
    response
}
