//! The sandbox on a socket.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{StatusCode, header};
use hyper_util::rt::TokioIo;
use node_sdk::ports::{HttpBody, Part};
use tokio::net::{TcpListener, TcpStream};

use crate::http::{Outcome, Request, Response};
use crate::sandbox::Sandbox;

/// What a request's body may hold: fifteen files of 40 MB, and a little.
const LARGEST_BODY: usize = 640 << 20;

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed on purpose")]
struct Closed;

/// Serves every connection until the future is dropped. Fails where the listener does.
pub async fn serve(listener: TcpListener, sandbox: Arc<Sandbox>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, Arc::clone(&sandbox)));
    }
}

async fn connection(stream: TcpStream, sandbox: Arc<Sandbox>) {
    let reset = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&reset);
    let service = service_fn(move |request| {
        let (sandbox, reset) = (Arc::clone(&sandbox), Arc::clone(&asked));
        Box::pin(async move {
            let answer = answer(&sandbox, request).await;
            reset.fetch_or(answer.is_err(), Ordering::Relaxed);
            answer
        })
    });
    let mut connection = http1::Builder::new().pipeline_flush(true).serve_connection(TokioIo::new(stream), service);
    // An error here is the client's going away, or ours on purpose.
    let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let stream = connection.into_parts().io.into_inner();
    if reset.load(Ordering::Relaxed) {
        // Without lingering the close is a reset, not an orderly end.
        let _ = stream.set_zero_linger();
    }
}

async fn answer(sandbox: &Sandbox, request: hyper::Request<Incoming>) -> Result<hyper::Response<Full<Bytes>>, Closed> {
    let request = match read(request).await {
        Ok(request) => request,
        Err(status) => return Ok(bare(status)),
    };
    match sandbox.handle(&request) {
        Outcome::Answer(response) => Ok(write(response)),
        Outcome::Late(response, delay) => {
            tokio::time::sleep(delay).await;
            Ok(write(response))
        }
        Outcome::Reset => Err(Closed),
    }
}

async fn read(request: hyper::Request<Incoming>) -> Result<Request, StatusCode> {
    let (head, body) = request.into_parts();
    let bytes = Limited::new(body, LARGEST_BODY).collect().await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes();
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
