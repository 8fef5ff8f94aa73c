//! The JavaScript of a `{{ }}` block: parsed for its syntax and its references, rewritten so that it can run in the sandbox.

mod binding;
mod lexer;
mod member;
mod names;
mod parser;
mod pure_names;
mod purity;
mod reach;
mod rewrite;
mod statement;

pub(crate) use lexer::{Lexer, Tok, TokKind};
pub(crate) use names::{BANNED_MEMBERS, OF_DATA, is_banned_member, is_global, is_reserved};
pub(crate) use parser::{Parsed, parse_block, spread_texts};
pub(crate) use pure_names::{is_harmless_method, is_known_member};
pub(crate) use purity::Purity;
pub(crate) use rewrite::ScriptError;
