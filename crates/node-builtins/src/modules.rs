//! Which modules there are, and where their JavaScript is.

use javascript::{Part, part, parts};

/// The modules of Node.js 20, without those that begin with an underscore.
pub const BUILTINS: &[&str] = &[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Whether Node.js has a module of this name, with or without `node:`.
pub fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name.strip_prefix("node:").unwrap_or(name))
}

/// JavaScript that runs when it is first asked for. Modules have their own name.
const LATER: &[(&str, Part)] = &[
    ("javascript/buffer", parts::BYTES[0]),
    ("javascript/buffer_numbers", parts::BYTES[1]),
    ("javascript/locales", parts::INTL[0]),
    ("javascript/numbers", parts::INTL[1]),
    ("javascript/dates", parts::INTL[2]),
    ("assert", part!("assert")),
    ("async_hooks", part!("async_hooks")),
    ("buffer", part!("node_buffer")),
    ("crypto", part!("crypto")),
    ("crypto/ciphers", part!("crypto_ciphers")),
    ("crypto/keys", part!("crypto_keys")),
    ("crypto/sign", part!("crypto_sign")),
    ("crypto/web", part!("crypto_web")),
    ("events", part!("events")),
    ("http", part!("http")),
    ("https", part!("https")),
    ("web/fetch", part!("web_fetch")),
    ("os", part!("os")),
    ("path", part!("path")),
    ("process", part!("process")),
    ("punycode", part!("punycode")),
    ("querystring", part!("querystring")),
    ("small", part!("small")),
    ("stream", part!("stream")),
    ("stream/consumers", part!("stream_consumers")),
    ("stream/web", part!("stream_web")),
    ("zlib", part!("zlib")),
    ("string_decoder", part!("string_decoder")),
    ("text", part!("text")),
    ("timers", part!("timers_node")),
    ("url", part!("url")),
    ("url/legacy", part!("url_legacy")),
    ("util", part!("util")),
    ("util/equal", part!("util_equal")),
    ("util/inspect", part!("util_inspect")),
    ("util/types", part!("util_types")),
    ("web/clone", part!("web_clone")),
    ("web/events", part!("web_events")),
];

/// The files of `readable-stream`, which the modules of streams are made of.
const STREAMS: &[(&str, Part)] = include!(concat!(env!("OUT_DIR"), "/readable-stream.rs"));

/// A file of `readable-stream`, by its path in there.
pub(crate) fn of_streams(path: &str) -> Option<Part> {
    STREAMS.iter().find(|(known, _)| *known == path).map(|(_, part)| *part)
}

pub(crate) fn later(name: &str) -> Option<Part> {
    LATER.iter().find(|(known, _)| *known == name).map(|(_, part)| *part)
}
