//! The sandbox on a socket.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use node_sdk::ports::{HttpBody, Part};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::http::{Outcome, Request, Response};
use crate::sandbox::Sandbox;

/// What a request's body may hold, in MiB: fifteen files of 40 MB, and a little. All bodies of one moment together hold no more: a
/// request waits until there is room for its own.
const LARGEST_BODY: u32 = 640;

/// How long a body may take to come in: meanwhile it keeps its room from others.
const SLOWEST_BODY: Duration = Duration::from_secs(60);

/// How long a head may take to come in, and how long may pass between two pieces of a body. Whoever stops in the middle is let go.
const HALF_OPEN: Duration = Duration::from_secs(10);

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
    let room = Arc::new(Semaphore::new(LARGEST_BODY as usize));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection(stream, Arc::clone(&sandbox), Arc::clone(&room)))),
            Err(_) => tokio::time::sleep(AFTER_FAILURE).await,
        }
    }
}

async fn connection(stream: TcpStream, sandbox: Arc<Sandbox>, room: Arc<Semaphore>) {
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

async fn answer(sandbox: &Sandbox, room: &Semaphore, request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Closed> {
    let outcome = {
        let Ok(_held) = room.acquire_many(mebibytes(request.body())).await else { return Err(Closed) };
        match timeout(SLOWEST_BODY, read(request)).await {
            Ok(Ok(request)) => sandbox.handle(&request),
            Ok(Err(status)) => return Ok(bare(status)),
            Err(_) => return Ok(bare(StatusCode::REQUEST_TIMEOUT)),
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

/// The room that a body takes, as its head says; one that does not say may need all there is.
fn mebibytes(body: &Incoming) -> u32 {
    let bytes = body.size_hint().upper().unwrap_or(u64::MAX);
    u32::try_from(bytes.div_ceil(1 << 20)).map_or(LARGEST_BODY, |size| size.min(LARGEST_BODY))
}

async fn read(request: hyper::Request<Incoming>) -> Result<Request, StatusCode> {
    let (head, body) = request.into_parts();
    let bytes = whole(body).await?;
    let headers: Vec<(String, String)> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(|kind| multer::parse_boundary(kind).ok());
    let body = match boundary {
        Some(boundary) => HttpBody::Multipart(parts(bytes, boundary).await.map_err(|_| StatusCode::BAD_REQUEST)?),
        None if bytes.is_empty() => HttpBody::Empty,
        None => HttpBody::Bytes(bytes),
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    Ok(Request { method: head.method.as_str().to_owned(), target, headers, body })
}

/// The whole body: 413 where it is too large, 400 where it is not what its head says, 408 where nothing more comes.
async fn whole(body: Incoming) -> Result<Bytes, StatusCode> {
    let mut body = Limited::new(body, (LARGEST_BODY as usize) << 20);
    let mut bytes = BytesMut::new();
    while let Some(frame) = timeout(HALF_OPEN, body.frame()).await.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
        let frame = frame.map_err(|error| if error.is::<LengthLimitError>() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST })?;
        bytes.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new()));
    }
    Ok(bytes.freeze())
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
