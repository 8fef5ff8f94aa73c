//! Compression: what `zlib` stands on. What comes out is bounded, and the deadline is heeded.

use std::io::{Read, Write};
use std::rc::Rc;

use flate2::read::{DeflateDecoder, DeflateEncoder, GzEncoder, MultiGzDecoder, ZlibDecoder, ZlibEncoder};
use flate2::{Compression, Crc};
use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Ctx, Exception, Object, TypedArray};
use javascript::{Deadline, byte_array, bytes_of};

type Bytes<'js> = TypedArray<'js, u8>;

/// Bytes that come out of one call at most, whatever the script allows.
const MOST: usize = 128 << 20;

/// Bytes that are made between two looks at the clock.
const PIECE: usize = 64 << 10;

/// Adds the host functions.
pub(crate) fn host_functions<'js>(h: &Object<'js>, deadline: &Rc<Deadline>) -> rquickjs::Result<()> {
    let deadline = deadline.clone();
    h.set(
        "zlib",
        Func::from(move |ctx: Ctx<'js>, kind: String, bytes: Bytes<'js>, level: i32, most: f64| -> rquickjs::Result<Bytes<'js>> {
            let bytes = bytes_of(&bytes);
            let level = Compression::new(u32::try_from(level).unwrap_or(6).min(9));
            let most = if most > 0.0 { (most as usize).min(MOST) } else { MOST };
            let made = converted(&kind, &bytes, level, &Bounds { deadline: &deadline, most });
            byte_array(&ctx, made.map_err(|problem| Exception::throw_message(&ctx, &problem))?)
        }),
    )?;
    h.set(
        "crc32",
        Func::from(|bytes: Bytes<'_>, before: u32| {
            let mut sum = Crc::new();
            sum.update(&bytes_of(&bytes));
            combined(before, &sum)
        }),
    )
}

/// The sum of what was before and what has come.
fn combined(before: u32, sum: &Crc) -> u32 {
    // `Crc` begins anew each time: what was before is put before it, as if zeros had followed.
    let mut all = Crc::new();
    if before == 0 {
        return sum.sum();
    }
    all.combine(sum);
    let mut shifted = before;
    for _ in 0..sum.amount() {
        for _ in 0..8 {
            shifted = if shifted & 1 == 1 { shifted >> 1 ^ 0xedb8_8320 } else { shifted >> 1 };
        }
    }
    shifted ^ sum.sum()
}

struct Bounds<'a> {
    deadline: &'a Deadline,
    most: usize,
}

/// What a call came to: the bytes, or the code that Node.js has for the problem.
fn converted(kind: &str, bytes: &[u8], level: Compression, bounds: &Bounds<'_>) -> Result<Vec<u8>, String> {
    match kind {
        "gzip" => bounds.all(GzEncoder::new(bytes, level)),
        "deflate" => bounds.all(ZlibEncoder::new(bytes, level)),
        "deflateRaw" => bounds.all(DeflateEncoder::new(bytes, level)),
        "gunzip" => bounds.all(MultiGzDecoder::new(gzip_members(bytes)?)),
        "inflate" => bounds.all(ZlibDecoder::new(zlib_head(bytes)?)),
        "inflateRaw" => bounds.all(DeflateDecoder::new(bytes)),
        "unzip" if bytes.starts_with(&[0x1f, 0x8b]) => converted("gunzip", bytes, level, bounds),
        "unzip" => converted("inflate", bytes, level, bounds),
        "brotliDecompress" => {
            let mut out = Capped { out: Vec::new(), bounds };
            let mut read = bytes;
            let done = brotli_decompressor::BrotliDecompress(&mut read, &mut out);
            done.map_err(|error| if error.to_string().contains(OVER) { error.to_string() } else { "Decompression failed".to_owned() })?;
            Ok(out.out)
        }
        _ => Err(format!("zlib: {kind} cannot be done here")),
    }
}

fn gzip_members(bytes: &[u8]) -> Result<&[u8], String> {
    match bytes {
        [] | [0x1f] => Err("unexpected end of file".into()),
        [0x1f, 0x8b, ..] => Ok(bytes),
        _ => Err("incorrect header check".into()),
    }
}

fn zlib_head(bytes: &[u8]) -> Result<&[u8], String> {
    match bytes {
        [] | [_] => Err("unexpected end of file".into()),
        [first, second, ..] if (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0 && first & 15 == 8 => Ok(bytes),
        _ => Err("incorrect header check".into()),
    }
}

/// How what went over a bound begins.
const OVER: &str = "Cannot create a Buffer larger than";

impl Bounds<'_> {
    fn all(&self, mut from: impl Read) -> Result<Vec<u8>, String> {
        let mut out = Capped { out: Vec::new(), bounds: self };
        let mut piece = vec![0; PIECE];
        loop {
            match from.read(&mut piece) {
                Ok(0) => return Ok(out.out),
                Ok(count) => out.write_all(&piece[..count]).map_err(|error| error.to_string())?,
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Err("unexpected end of file".into()),
                Err(_) => return Err("invalid stored block lengths or distances".into()),
            }
        }
    }
}

/// What has come out so far.
struct Capped<'a> {
    out: Vec<u8>,
    bounds: &'a Bounds<'a>,
}

impl Write for Capped<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.out.len() + bytes.len() > self.bounds.most {
            return Err(std::io::Error::other(format!("{OVER} {} bytes", self.bounds.most)));
        }
        if self.bounds.deadline.is_over() {
            return Err(std::io::Error::other("the time is over"));
        }
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
