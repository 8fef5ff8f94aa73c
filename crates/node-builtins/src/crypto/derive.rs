//! Keys from passwords and from other keys.

use std::rc::Rc;

use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Ctx, Object, TypedArray};
use javascript::{Deadline, byte_array, bytes_of};

use super::fail;
use super::hash::Mac;

type Bytes<'js> = TypedArray<'js, u8>;

/// The longest key: more than any algorithm takes.
const LONGEST: usize = 1 << 20;

/// Bytes that scrypt may take, whatever the script allows it: it takes them outside of the engine.
const MOST_MEMORY: u64 = 256 << 20;

/// Rounds over its memory that scrypt may take: nothing can end it while it runs.
const MOST_WORK: u64 = 1 << 30;

/// Between so many rounds of PBKDF2 the clock is asked.
const LOOK: u32 = 1000;

/// Adds the host functions. A hash that there is not is `undefined`.
pub(super) fn host_functions<'js>(h: &Object<'js>, deadline: &Rc<Deadline>) -> rquickjs::Result<()> {
    let deadline = deadline.clone();
    h.set(
        "pbkdf2",
        Func::from(move |ctx: Ctx<'js>, hash: String, password: Bytes<'js>, salt: Bytes<'js>, rounds: u32, length: usize| {
            pbkdf2(&ctx, &deadline, &hash, [&password, &salt], rounds, length)
        }),
    )?;
    h.set("scrypt", Func::from(scrypt))?;
    h.set("hkdf", Func::from(hkdf))
}

/// PBKDF2 of RFC 8018. It heeds the deadline.
fn pbkdf2<'js>(
    ctx: &Ctx<'js>,
    deadline: &Deadline,
    hash: &str,
    [password, salt]: [&Bytes<'js>; 2],
    rounds: u32,
    length: usize,
) -> rquickjs::Result<Option<Bytes<'js>>> {
    if length > LONGEST {
        return Err(fail(ctx, "a key of more than 1 MiB is not made"));
    }
    let Some(mac) = Mac::new(hash, &bytes_of(password)) else { return Ok(None) };
    let salt = bytes_of(salt);
    let mut key = Vec::new();
    for block in 1_u32.. {
        if key.len() >= length {
            break;
        }
        let mut last = mac.code(&[&salt, &block.to_be_bytes()]);
        let mut sum = last.clone();
        for round in 1..rounds {
            if round % LOOK == 0 && deadline.is_over() {
                return Err(fail(ctx, "the time is over"));
            }
            last = mac.code(&[&last]);
            sum.iter_mut().zip(&last).for_each(|(sum, byte)| *sum ^= byte);
        }
        key.extend_from_slice(&sum);
    }
    key.truncate(length);
    byte_array(ctx, key).map(Some)
}

/// scrypt of RFC 7914, within what one call may take. `shape`: the logarithm of its cost, its block size, its parallelism.
fn scrypt<'js>(ctx: Ctx<'js>, password: Bytes<'js>, salt: Bytes<'js>, shape: Vec<u32>, length: usize) -> rquickjs::Result<Bytes<'js>> {
    let &[log_cost, size, parallel] = shape.as_slice() else { return Err(fail(&ctx, "Invalid scrypt params")) };
    let cost = 1_u64.checked_shl(log_cost).unwrap_or(u64::MAX);
    let memory = cost.saturating_mul(u64::from(size)).saturating_mul(128);
    if memory > MOST_MEMORY || memory.saturating_mul(u64::from(parallel)) > MOST_WORK || length > LONGEST {
        return Err(fail(&ctx, "Invalid scrypt params: memory limit exceeded"));
    }
    let params = u8::try_from(log_cost).ok().and_then(|log_cost| scrypt::Params::new(log_cost, size, parallel).ok());
    let params = params.ok_or_else(|| fail(&ctx, "Invalid scrypt params"))?;
    let mut key = vec![0; length];
    if length > 0 {
        scrypt::scrypt(&bytes_of(&password), &bytes_of(&salt), &params, &mut key).map_err(|_| fail(&ctx, "Invalid scrypt params"))?;
    }
    byte_array(&ctx, key)
}

/// HKDF of RFC 5869.
fn hkdf<'js>(
    ctx: Ctx<'js>,
    hash: String,
    key: Bytes<'js>,
    salt: Bytes<'js>,
    info: Bytes<'js>,
    length: usize,
) -> rquickjs::Result<Option<Bytes<'js>>> {
    let Some(extract) = Mac::new(&hash, &bytes_of(&salt)) else { return Ok(None) };
    let secret = extract.code(&[&bytes_of(&key)]);
    let Some(expand) = Mac::new(&hash, &secret).filter(|_| length <= 255 * secret.len()) else { return Ok(None) };
    let info = bytes_of(&info);
    let mut out = Vec::new();
    let mut last: Box<[u8]> = Box::default();
    for block in 1..=u8::MAX {
        if out.len() >= length {
            break;
        }
        last = expand.code(&[&last, &info, &[block]]);
        out.extend_from_slice(&last);
    }
    out.truncate(length);
    byte_array(&ctx, out).map(Some)
}
