//! What `crypto` stands on: hashes, codes, ciphers, keys and signatures, by the RustCrypto crates (and `ring` for Ed25519).

mod asymmetric;
mod cipher;
mod derive;
mod hash;
mod keys;
mod seeded;

use std::rc::Rc;

use javascript::Deadline;
use javascript::rquickjs::{self, Ctx, Exception, Object};

/// Adds the host functions.
pub(crate) fn host_functions(h: &Object<'_>, deadline: &Rc<Deadline>) -> rquickjs::Result<()> {
    hash::host_functions(h)?;
    derive::host_functions(h, deadline)?;
    cipher::host_functions(h)?;
    keys::host_functions(h)?;
    asymmetric::host_functions(h)
}

/// Throws an error with a message; our JavaScript gives it the code that Node.js has for it.
fn fail(ctx: &Ctx<'_>, message: &str) -> rquickjs::Error {
    Exception::throw_message(ctx, message)
}
