//! Undoing `content-encoding`, within the limit on an answer's size.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use node_sdk::ports::{HttpError, HttpErrorKind};

use crate::error::{failure, too_large};

/// Undoes the encodings that `content-encoding` lists, last one first. An empty body stays empty; `identity` is nothing to undo;
/// an encoding that we do not know (`compress` among them) leaves the body as it is.
pub(crate) fn decode(encodings: &str, mut body: Bytes, limit: Option<u64>) -> Result<Bytes, HttpError> {
    for encoding in encodings.rsplit(',').map(|e| e.trim().to_ascii_lowercase()) {
        if body.is_empty() {
            break;
        }
        let input = body.as_ref();
        body = match encoding.as_str() {
            "gzip" | "x-gzip" if !input.starts_with(&[0x1f, 0x8b]) => return Err(failure(HttpErrorKind::Decode, WRONG, true)),
            "gzip" | "x-gzip" => read(MultiGzDecoder::new(input), limit)?,
            // The standard says zlib; some servers send the bare stream.
            "deflate" if input[0] & 0x0f == 8 => read(ZlibDecoder::new(input), limit)?,
            "deflate" => read(DeflateDecoder::new(input), limit)?,
            "br" => read(brotli_decompressor::Decompressor::new(input, 4096), limit)?,
            _ => body,
        };
    }
    Ok(body)
}

fn read(decoder: impl Read, limit: Option<u64>) -> Result<Bytes, HttpError> {
    let mut out = Vec::new();
    let most = limit.map_or(u64::MAX, |limit| limit.saturating_add(1));
    decoder.take(most).read_to_end(&mut out).map_err(|error| failure(HttpErrorKind::Decode, words(&error), true))?;
    match limit {
        Some(limit) if out.len() as u64 > limit => Err(too_large(limit)),
        _ => Ok(out.into()),
    }
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected end of file".into(),
        _ => WRONG.into(),
    }
}

/// zlib's words for a body that is not compressed as its header says.
const WRONG: &str = "incorrect header check";

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;

    #[test]
    fn every_encoding() {
        let plain = b"hello hello hello";
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(plain).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&gzip).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
        raw.write_all(plain).unwrap();
        let brotli = base64::prelude::BASE64_STANDARD.decode("CwWAeyJvayI6ImJyIn0D").unwrap();
        let cases: [(&str, Vec<u8>, &[u8]); 6] = [
            ("gzip", gzip.clone(), plain),
            ("GZIP, deflate", zlib.finish().unwrap(), plain),
            ("deflate", raw.finish().unwrap(), plain),
            ("br", brotli, b"{\"ok\":\"br\"}"),
            ("identity", plain.to_vec(), plain),
            ("gzip", Vec::new(), b""),
        ];
        for (encoding, body, want) in cases {
            assert_eq!(decode(encoding, body.into(), None).unwrap(), want, "{encoding}");
        }
        assert_eq!(decode("gzip", Bytes::from_static(b"not gzip"), None).unwrap_err().kind, HttpErrorKind::Decode);
        assert_eq!(decode("gzip", gzip.into(), Some(16)).unwrap_err().kind, HttpErrorKind::TooLarge);
    }
}
