//! What packages may not do: go past a bound, take more time than they have, reach what is not in the box, or change what all objects share.

#![expect(clippy::expect_used, reason = "a test that cannot go on says so")]

mod support;

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use javascript::rquickjs::{self, CatchResultExt};
use javascript::{Fault, Isolate, Limits, never};

/// Runs a line within a time; what came of it, and how long it took.
fn within(time: Duration, line: &str) -> (String, Duration) {
    let limits = Limits { memory: 128 << 20, ..Limits::default() };
    let isolate = Isolate::new(limits, |ctx, deadline| {
        let begun = support::begin(ctx, deadline, &Rc::new(Cell::new(1000.0)));
        begun.catch(ctx).map_err(|error| Fault::engine(error.to_string()))
    });
    let isolate = isolate.expect("it starts");
    let begun = Instant::now();
    let said = isolate
        .enter(time, &never(), |ctx, ()| support::run(ctx, line, &Cell::new(1000.0)).catch(ctx).unwrap_or_else(|error| format!("fails: {error}")));
    (said, begun.elapsed())
}

fn says(line: &str) -> String {
    within(Duration::from_secs(20), line).0
}

#[test]
fn long_work_of_the_host_heeds_the_deadline_or_is_refused() {
    for line in [
        "require('crypto').pbkdf2Sync('a', 'b', 1e9, 64, 'sha512')",
        "require('zlib').gunzipSync(Buffer.concat(Array(900).fill(require('zlib').gzipSync(Buffer.alloc(1 << 16)))))",
        "require('zlib').inflateSync(Array(60).fill().reduce((b) => require('zlib').deflateSync(Buffer.concat([b, b])), Buffer.alloc(1 << 20)))",
        "(() => { for (;;) require('crypto').createHash('sha256').update('a').digest() })()",
    ] {
        let (said, took) = within(Duration::from_millis(200), line);
        assert!(took < Duration::from_secs(5), "{line} took {took:?}: {said}");
    }
}

#[test]
fn what_is_too_large_is_refused_with_its_reason() {
    for (line, reason) in [
        ("require('crypto').scryptSync('a', 'b', 64, { N: 2 ** 24, r: 16, maxmem: 2 ** 40 })", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS"),
        ("require('crypto').scryptSync('a', 'b', 64, { N: 2 ** 14, r: 8, p: 2 ** 20, maxmem: 2 ** 40 })", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS"),
        ("require('crypto').randomBytes(2 ** 31 - 1)", "ERR_OUT_OF_RANGE"),
        ("require('crypto').pbkdf2Sync('a', 'b', 1, 2 ** 30, 'md5')", "1 MiB"),
        ("require('crypto').hkdfSync('sha256', 'a', 'b', 'c', 2 ** 30)", "ERR_CRYPTO_INVALID_KEYLEN"),
        ("require('crypto').createHash('shake128', { outputLength: 2 ** 30 }).digest()", "ERR_OUT_OF_RANGE"),
        ("require('crypto').generateKeyPairSync('rsa', { modulusLength: 1e6 })", "cannot be made"),
        ("require('zlib').gunzipSync(require('zlib').gzipSync(Buffer.alloc(1 << 20)), { maxOutputLength: 1000 })", "ERR_BUFFER_TOO_LARGE"),
        ("Buffer.alloc(2 ** 30)", "memory"),
    ] {
        let said = says(line);
        assert!(said.contains(reason), "{line}: {said}");
    }
}

#[test]
fn deep_and_circular_values_end_with_an_error_or_a_text() {
    let deep = "const deep = () => { let a = {}; for (let i = 0; i < 1e5; i++) a = { a }; return a };";
    for work in [
        "require('util').inspect(deep(), { depth: null }).length > 0",
        "structuredClone(deep())",
        "require('util').isDeepStrictEqual(deep(), deep())",
    ] {
        let said = says(&format!("(() => {{ {deep} try {{ return {work} }} catch (e) {{ return e instanceof RangeError || e.name }} }})()"));
        assert!(["true", "\"InternalError\""].contains(&said.as_str()), "{work}: {said}");
    }
}

#[test]
fn the_names_of_many_bytes_take_no_memory() {
    let said = says(
        "(() => { const names = Object.keys(Buffer.alloc(30 << 20)); const few = Object.keys(Buffer.alloc(70000)); \
         return [names.length, names[5], names[names.length], Array.isArray(names), few.map(Number)[69999], few.includes('69999'), \
         [...few].length, '70000' in few, Object.keys(Buffer.from('ab')).join()].join(' ') })()",
    );
    assert_eq!(said.trim_matches(['"', '\'']), "31457280 5  true 69999 true 70000 false 0,1");
}

#[test]
fn what_is_not_in_the_box_loads_and_refuses_by_name() {
    for (line, named) in [
        ("require('fs').readFileSync('/etc/passwd')", "fs.readFileSync"),
        ("require('fs/promises').readFile('/etc/passwd')", "fs/promises.readFile"),
        ("require('node:child_process').exec('id')", "child_process.exec"),
        ("new (require('worker_threads').Worker)('x')", "worker_threads.Worker"),
        ("require('net').connect(80)", "net.connect"),
        ("require('tls').connect(80)", "tls.connect"),
        ("require('dns').lookup('x')", "dns.lookup"),
        ("require('dgram').createSocket('udp4')", "dgram.createSocket"),
        ("require('http').createServer()", "http.createServer"),
        ("new (require('https').Server)()", "https.Server"),
        ("require('vm').runInNewContext('1')", "vm.runInNewContext"),
        ("require('cluster').fork()", "cluster.fork"),
        ("require('inspector').open()", "inspector.open"),
        ("require('process').exit()", "process.exit"),
        ("process.binding('fs')", "process.binding"),
        ("require('http').get({ socketPath: '/run/docker.sock' })", "socketPath"),
        ("require('module').createRequire('/')", "module.createRequire"),
    ] {
        let said = says(line);
        assert!(said.contains("ERR_NOT_IN_THE_BOX") && said.contains(named), "{line}: {said}");
    }
    assert_eq!(says("(() => { class S extends require('net').Socket {} return typeof S })()"), "\"function\"");
    assert_eq!(says("require('no-such-module')"), "\"<undefined>\"");
    assert_eq!(says("[Object.keys(process.env), typeof WebAssembly, process.cwd()]"), "[[],\"undefined\",\"/\"]");
}

#[test]
fn nothing_that_comes_in_changes_what_all_objects_share() {
    for line in [
        "require('querystring').parse('__proto__[polluted]=1&__proto__=2')",
        "new Response('__proto__=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }).formData()",
        "new Promise((r) => require('http').get('http://h/', (res) => r(res.headers)))",
        "structuredClone(JSON.parse('{\"__proto__\": {\"polluted\": 1}}'))",
        "require('util').inspect(JSON.parse('{\"__proto__\": {\"polluted\": 1}}'))",
        "require('url').parse('http://h/?__proto__=1', true)",
        "new URLSearchParams(JSON.parse('{\"__proto__\": \"1\"}'))",
    ] {
        assert_eq!(
            says(&format!("(async () => {{ await ({line}); return [({{}}).polluted, Object.keys(Object.prototype)] }})()")),
            "[\"<undefined>\",[]]",
            "{line}"
        );
    }
}

#[test]
fn every_module_loads_and_is_the_same_each_time() {
    let isolate = Isolate::new(Limits::default(), |ctx, deadline| {
        let begun = support::begin(ctx, deadline, &Rc::new(Cell::new(0.0)));
        let all = begun.and_then(|()| {
            for name in node_builtins::BUILTINS {
                let same: bool = ctx.eval(format!("require('{name}') === require('node:{name}') && require('{name}') !== undefined"))?;
                assert!(same, "{name}");
            }
            Ok::<_, rquickjs::Error>(())
        });
        all.catch(ctx).map_err(|error| Fault::engine(error.to_string()))
    });
    assert!(isolate.is_ok());
    assert!(node_builtins::is_builtin("node:fs") && node_builtins::is_builtin("path/posix") && !node_builtins::is_builtin("lodash"));
}
