//! The pages of `docs/errors/`, inside the binary.

include!(concat!(env!("OUT_DIR"), "/error_pages.rs"));

/// Each error code with its page, sorted by code.
pub fn error_pages() -> &'static [(&'static str, &'static str)] {
    ERROR_PAGES
}
