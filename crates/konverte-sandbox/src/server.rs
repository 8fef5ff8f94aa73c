//! The sandbox on a socket.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use node_sdk::ports::{HttpBody, Part};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::http::{Outcome, Request, Response};
use crate::room::{HALF_OPEN, Room};
use crate::sandbox::Sandbox;

/// What a client begins with that speaks HTTP/2 without asking.
const HTTP_2: &[u8] = b"PRI * HTTP/2.0";

/// The pause after a connection that could not be taken: most often too many are open.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed on purpose")]
struct Closed;

/// Serves every connection until the future is dropped. One that cannot be taken keeps no other from being served.
pub async fn serve(listener: TcpListener, sandbox: Arc<Sandbox>) -> Infallible {
    let room = Arc::new(Room::new());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection(stream, Arc::clone(&sandbox), Arc::clone(&room)))),
            Err(_) => tokio::time::sleep(AFTER_FAILURE).await,
        }
    }
}

async fn connection(stream: TcpStream, sandbox: Arc<Sandbox>, room: Arc<Room>) {
    // Without it answers are slower, and no less right.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&reset);
    let service = service_fn(move |request| {
        let (sandbox, room, reset) = (Arc::clone(&sandbox), Arc::clone(&room), Arc::clone(&asked));
        Box::pin(async move {
            let answer = answer(&sandbox, &room, request).await;
            reset.fetch_or(answer.is_err(), Ordering::Relaxed);
            answer
        })
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HALF_OPEN);
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    // An error here is the client's going away, or ours on purpose.
    let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let rest = connection.into_parts();
    let mut stream = rest.io.into_inner();
    if rest.read_buf.starts_with(HTTP_2) {
        // All else that is not HTTP is answered already; the client may be gone.
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    }
    if reset.load(Ordering::Relaxed) {
        // Without lingering the close is a reset, not an orderly end.
        let _ = stream.set_zero_linger();
    }
}

async fn answer(sandbox: &Sandbox, room: &Room, request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Closed> {
    let (head, body) = request.into_parts();
    let outcome = {
        let (bytes, _held) = match room.whole(body).await {
            Ok(whole) => whole,
            Err(status) => return Ok(bare(status)),
        };
        match read(&head, bytes).await {
            Ok(request) => sandbox.handle(&request),
            Err(_) => return Ok(bare(StatusCode::BAD_REQUEST)),
        }
    };
    match outcome {
        Outcome::Answer(response) => Ok(write(response)),
        Outcome::Late(response, delay) => {
            tokio::time::sleep(delay).await;
            Ok(write(response))
        }
        Outcome::Reset => Err(Closed),
    }
}

async fn read(head: &Parts, bytes: Bytes) -> Result<Request, multer::Error> {
    let headers: Vec<(String, String)> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(|kind| multer::parse_boundary(kind).ok());
    let body = match boundary {
        Some(boundary) => HttpBody::Multipart(parts(bytes, boundary).await?),
        None if bytes.is_empty() => HttpBody::Empty,
        None => HttpBody::Bytes(bytes),
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    Ok(Request { method: head.method.as_str().to_owned(), target, headers, body })
}

async fn parts(bytes: Bytes, boundary: String) -> Result<Vec<Part>, multer::Error> {
    let stream = futures_util::stream::once(async move { Ok::<_, Infallible>(bytes) });
    let mut form = multer::Multipart::new(stream, boundary);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await? {
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            content: field.bytes().await?,
        });
    }
    Ok(parts)
}

fn write(response: Response) -> hyper::Response<Full<Bytes>> {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = hyper::Response::builder().status(status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(response.body)).unwrap_or_else(|_| bare(StatusCode::INTERNAL_SERVER_ERROR))
}

fn bare(status: StatusCode) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::new(Full::default());
    *response.status_mut() = status;
    response
}
