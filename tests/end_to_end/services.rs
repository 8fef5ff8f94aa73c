//! Mail servers and databases that hang, refuse, or want another way in; and that nothing leaves where nothing may.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};
use service_lab::{Database, Encryption, MailServer};

use crate::support::{Folder, Ran, chain, konverte};

const PASSWORD: &str = "kept-to-ourselves-4711";

fn mail(options: Value) -> Value {
    let parameters =
        json!({"fromEmail": "a@example.com", "toEmail": "b@example.com", "subject": "S", "emailFormat": "text", "text": "T", "options": options});
    json!({"name": "Mail", "type": "n8n-nodes-base.emailSend", "typeVersion": 2.1, "parameters": parameters})
}

fn smtp(port: u16, secure: bool) -> Value {
    json!({"smtp": {"host": "127.0.0.1", "port": port, "secure": secure, "disableStartTls": true, "user": "mail", "password": PASSWORD}})
}

fn query(query: &str, options: Value) -> Value {
    let parameters = json!({"operation": "executeQuery", "query": query, "options": options});
    json!({"name": "Query", "type": "n8n-nodes-base.postgres", "typeVersion": 2.6, "parameters": parameters})
}

fn postgres(port: u16, extra: Value) -> Value {
    let mut fields = json!({"host": "127.0.0.1", "port": port, "database": "case", "user": "case", "password": PASSWORD, "ssl": "disable"});
    fields.as_object_mut().expect("fields").extend(extra.as_object().expect("fields").clone());
    json!({"postgres": fields})
}

fn run(nodes: &[Value], credentials: &Value, more: &[&str]) -> Ran {
    let folder = Folder::new();
    let (workflow, credentials) = (folder.workflow(&chain(nodes)), folder.file("credentials.json", credentials.to_string()));
    let ran = konverte(&[&["run", &workflow, "--output", "json", "--credentials", &credentials], more].concat());
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains(PASSWORD), "no secret is told: {said}");
    ran
}

/// Fails with this message, and its help says this.
#[track_caller]
fn fails(ran: &Ran, message: &str, help: &str) {
    let error = ran.json()["error"].clone();
    let (told, advice) = (error["message"].as_str().unwrap_or_default(), error["help"].as_str().unwrap_or_default());
    assert!(told.contains(message) && advice.contains(help), "{error}");
}

/// A server that says hello, and to each line what `answer` says.
fn server(hello: &'static str, answer: fn(&str) -> &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().expect("a stream"));
            let (mut line, mut said) = (String::new(), stream.write_all(hello.as_bytes()));
            while said.is_ok() && lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                said = stream.write_all(answer(&line).as_bytes());
                line.clear();
            }
        }
    });
    port
}

#[test]
fn a_mail_server_that_cannot_be_used_is_told_with_help() {
    let real = MailServer::start().expect("a server");
    fails(&run(&[mail(json!({}))], &smtp(real.port(), false), &[]), "Invalid login: 535", "password");
    fails(&run(&[mail(json!({}))], &smtp(real.port(), true), &[]), "EPROTO", "SSL/TLS");
    fails(&run(&[mail(json!({}))], &smtp(9, false), &[]), "The service refused the connection", "host and port");
    let wants_tls = server("220 hello\r\n", |line| match &line[..4] {
        "EHLO" => "250-here\r\n250 AUTH PLAIN\r\n",
        _ => "530 5.7.0 Must issue a STARTTLS command first\r\n",
    });
    fails(&run(&[mail(json!({}))], &smtp(wants_tls, false), &[]), "Must issue a STARTTLS command first", "Disable STARTTLS");
    let speaks_http = server("HTTP/1.1 400 Bad Request\r\n\r\n", |_| "");
    fails(&run(&[mail(json!({}))], &smtp(speaks_http, false), &[]), "does not answer as a mail server does", "mail server");
    assert_eq!(real.take(), Vec::<Value>::new());
}

#[test]
fn nothing_leaves_where_nothing_may() {
    let real = MailServer::start().expect("a server");
    let credentials = json!({"smtp": {"host": "127.0.0.1", "port": real.port(), "secure": false, "disableStartTls": true}});
    let dry = run(&[mail(json!({}))], &credentials, &["--dry-run"]).json();
    assert_eq!(
        (&dry["plan"][0]["method"], &dry["plan"][0]["body"]["to"], &dry["plan"][0]["answered"]),
        (&json!("MAIL"), &json!("b@example.com"), &json!("ended"))
    );
    let dry = run(&[query("SELECT $1", json!({"queryReplacement": "it's"}))], &postgres(9, json!({})), &["--dry-run"]).json();
    assert_eq!((&dry["plan"][0]["method"], &dry["plan"][0]["body"]), (&json!("SQL"), &json!("SELECT 'it''s'")));
    let folder = Folder::new();
    let answers = folder.file("answers.json", "[]");
    fails(&run(&[mail(json!({}))], &credentials, &["--answers", &answers]), "No mail is sent", "--answers");
    fails(&run(&[query("SELECT 1", json!({}))], &postgres(9, json!({})), &["--answers", &answers]), "No statement is sent", "--answers");
    let mut waits = mail(json!({}));
    waits["parameters"]["operation"] = "sendAndWait".into();
    waits["parameters"]["message"] = "T".into();
    run(&[waits], &credentials, &[]).refused(4, "send and wait");
    assert_eq!(real.take(), Vec::<Value>::new());
    let sandboxed = run(&[mail(json!({}))], &credentials, &["--sandbox"]).json();
    assert_eq!(sandboxed["status"], "success");
    assert_eq!(real.take().len(), 1, "the emulator stands in for Konverte alone");
}

#[test]
fn a_database_that_cannot_be_used_is_told_with_help() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let quick = json!({"connectionTimeout": 1});
    fails(&run(&[query("SELECT 1", quick.clone())], &postgres(port, json!({})), &[]), "timeout expired", "Connection Timeout");
    fails(&run(&[query("SELECT 1", quick.clone())], &postgres(port, json!({"sshTunnel": true})), &[]), "SSH tunnel", "ssh -L");
    let other = server("HTTP/1.1 400 Bad Request\r\n\r\n", |_| "");
    fails(&run(&[query("SELECT 1", quick)], &postgres(other, json!({})), &[]), "PostgreSQL server", "host and port");
}

#[test]
fn a_value_does_not_become_sql() {
    let Some(database) = Database::start().expect("a database server") else {
        println!("SKIPPED: there is no PostgreSQL server");
        return;
    };
    let credentials = postgres(database.port(), json!({"password": "secret"}));
    let attack = "x'); DROP TABLE t; --\\";
    let nodes = [
        query("CREATE TABLE t (name text, note jsonb); INSERT INTO t VALUES ('first')", json!({})),
        json!({"name": "Insert", "type": "n8n-nodes-base.postgres", "typeVersion": 2.6, "parameters": {"operation": "insert", "schema": "public", "table": "t",
            "columns": {"mappingMode": "defineBelow", "value": {"name": attack, "note": {"a": "'"}}}, "options": {}}}),
        json!({"name": "Find", "type": "n8n-nodes-base.postgres", "typeVersion": 2.6, "parameters": {"operation": "select", "schema": "public", "table": "t",
            "where": {"values": [{"column": "name", "condition": "equal", "value": attack}]}, "options": {}}}),
        json!({"name": "Again", "type": "n8n-nodes-base.postgres", "typeVersion": 2.6, "parameters": {"operation": "executeQuery",
            "query": "SELECT count(*) AS all, $1::text AS given -- $1\nFROM t", "options": {"queryReplacement": "={{ [$json.name + '\\n; DROP TABLE t'] }}"}}}),
    ];
    let result = run(&nodes, &credentials, &[]).json();
    assert_eq!(result["status"], "success", "{}", result["error"]);
    let last = &result["nodes"]["Again"]["runs"][0]["outputs"][0][0]["json"];
    assert_eq!(last, &json!({"all": "2", "given": format!("{attack}\n; DROP TABLE t")}));
    let quoted = run(&[query("SELECT * FROM t WHERE name = '$1'", json!({"queryReplacement": "={{ [\"x' OR 1=1; --\"] }}"}))], &credentials, &[]);
    fails(&quoted, "syntax error at or near", "between quotes");
}

/// A server signs its own certificate: it is refused, and taken where the node says so.
#[test]
fn mails_go_over_tls() {
    for encryption in [Encryption::First, Encryption::StartTls] {
        let server = MailServer::with(encryption).expect("a server");
        let first = encryption == Encryption::First;
        let credentials = json!({"smtp": {"host": "127.0.0.1", "port": server.port(), "secure": first, "user": "mail", "password": "secret"}});
        let refused = run(&[mail(json!({}))], &credentials, &[]);
        fails(&refused, "certificate", "Ignore SSL Issues");
        assert_eq!(server.take(), Vec::<Value>::new());
        let sent = run(&[mail(json!({"allowUnauthorizedCerts": true}))], &credentials, &[]);
        assert_eq!(sent.json()["status"], "success", "{encryption:?}: {}", sent.stdout);
        let mails = server.take();
        assert_eq!((mails.len(), &mails[0]["auth"]), (1, &json!("mail")), "{encryption:?}");
    }
}

#[test]
fn statements_go_over_tls() {
    let (Some(plain), Some(encrypts)) = (Database::start().expect("a database server"), Database::with_tls().expect("a database server")) else {
        println!("SKIPPED: there is no PostgreSQL server");
        return;
    };
    let is_encrypted = |database: &Database, more: Value| {
        let ran = run(&[query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", json!({}))], &postgres(database.port(), more), &[]);
        let result = ran.json();
        let told = result["nodes"]["Query"]["runs"][0]["outputs"][0][0]["json"]["ssl"].as_bool();
        told.ok_or_else(|| format!("{} {}", result["error"]["message"], result["error"]["description"]))
    };
    let with = |ssl: &str| json!({"password": "secret", "ssl": ssl});
    let any = json!({"password": "secret", "allowUnauthorizedCerts": true});
    assert_eq!(is_encrypted(&encrypts, with("disable")), Ok(false));
    assert_eq!(is_encrypted(&encrypts, any.clone()), Ok(true));
    for checked in ["allow", "require", "verify", "verify-full"] {
        let refused = is_encrypted(&encrypts, with(checked)).expect_err("a certificate that nobody has signed");
        assert!(refused.contains("self"), "{checked}: {refused}");
    }
    assert_eq!(is_encrypted(&plain, with("allow")), Ok(false));
    for encrypted in [with("require"), any] {
        let refused = is_encrypted(&plain, encrypted).expect_err("there is no TLS");
        assert!(refused.contains("does not support SSL"), "{refused}");
    }
}

/// A run that is out of time does not leave the server at work.
#[test]
fn a_statement_ends_with_its_run() {
    for (database, any) in [(Database::start(), false), (Database::with_tls(), true)] {
        let Some(database) = database.expect("a database server") else {
            println!("SKIPPED: there is no PostgreSQL server");
            return;
        };
        let credentials = postgres(database.port(), json!({"password": "secret", "allowUnauthorizedCerts": any}));
        let lasting = query("SELECT pg_sleep(60)", json!({}));
        run(&[lasting], &credentials, &["--timeout", "1s"]).says(5, "");
        let left = query(
            "SELECT count(*)::int AS left FROM pg_stat_activity WHERE query LIKE '%pg_sleep(%' AND state = 'active' AND pid <> pg_backend_pid()",
            json!({}),
        );
        let result = run(&[left], &credentials, &[]).json();
        assert_eq!(result["nodes"]["Query"]["runs"][0]["outputs"][0][0]["json"]["left"], 0, "{result}");
    }
}

#[test]
fn credentials_are_tested_by_signing_in() {
    let folder = Folder::new();
    let test = |credentials: &Value, more: &[&str]| {
        let credentials = folder.file("credentials.json", credentials.to_string());
        konverte(&[&["credentials", "test", "--credentials", &credentials], more].concat())
    };
    let server = MailServer::start().expect("a server");
    let with = |password: &str| json!({"smtp": {"host": "127.0.0.1", "port": server.port(), "secure": false, "user": "mail", "password": password}});
    let good = test(&with("secret"), &[]);
    assert!(good.code == 0 && good.stdout.contains("lets us in as mail"), "{}{}", good.stdout, good.stderr);
    let bad = test(&with(PASSWORD), &[]);
    assert!(bad.code != 0 && bad.stdout.contains("Invalid login: 535") && !bad.stdout.contains(PASSWORD), "{}{}", bad.stdout, bad.stderr);
    let offline = test(&with("secret"), &["--answers", &folder.file("answers.json", "[]")]);
    assert!(offline.stdout.contains("not tested: nothing leaves"), "{}", offline.stdout);
    assert_eq!(server.take(), Vec::<Value>::new(), "nothing is sent");
    let workflow = folder.workflow(&chain(&[mail(json!({}))]));
    let credentials = folder.file("credentials.json", with("secret").to_string());
    let checked = konverte(&["check", &workflow, "--credentials", &credentials, "--test-credentials"]);
    assert!(checked.code == 0 && checked.stdout.contains("lets us in as mail"), "{}{}", checked.stdout, checked.stderr);
    let Some(database) = Database::start().expect("a database server") else {
        println!("SKIPPED: there is no PostgreSQL server");
        return;
    };
    let good = test(&postgres(database.port(), json!({"password": "secret"})), &[]);
    assert!(good.code == 0 && good.stdout.contains("lets us in as case and answers"), "{}{}", good.stdout, good.stderr);
    let bad = test(&postgres(database.port(), json!({})), &[]);
    assert!(bad.code != 0 && bad.stdout.contains("password authentication failed"), "{}{}", bad.stdout, bad.stderr);
}

#[test]
fn mails_and_statements_stand_in_the_file_of_requests() {
    let server = MailServer::start().expect("a server");
    let credentials = json!({
        "smtp": {"host": "127.0.0.1", "port": server.port(), "secure": false, "user": "mail", "password": "secret"},
        "postgres": {"host": "127.0.0.1", "port": 9, "database": "case", "user": "case", "password": PASSWORD},
    });
    let folder = Folder::new();
    let file = folder.path().join("requests.ndjson");
    let requests = file.to_str().expect("UTF-8");
    let lines = || -> Vec<Value> {
        let text = std::fs::read_to_string(&file).expect("the requests");
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    };
    let select = || query("SELECT $1", json!({"queryReplacement": "it's"}));
    let mail_line = json!({"node": "Mail", "item": 0, "kind": "mail", "url": format!("smtp://127.0.0.1:{}", server.port()), "from": "a@example.com", "to": ["b@example.com"],
        "subject": "S", "text": "T", "html": null, "files": []});
    let sql_line = json!({"node": "Query", "item": 0, "kind": "sql", "url": "postgres://127.0.0.1:9/case", "text": "SELECT 'it''s'"});
    let without_size = |mut line: Value| {
        assert!(line.as_object_mut().expect("a line").remove("size").is_some_and(|size| size.as_u64() > Some(50)));
        line
    };
    let answers = folder.file("answers.json", "[]");
    for more in [&[][..], &["--dry-run"], &["--sandbox"], &["--answers", &answers]] {
        let more = [&["--requests", requests], more].concat();
        run(&[mail(json!({"appendAttribution": false}))], &credentials, &more);
        assert_eq!(lines().into_iter().map(without_size).collect::<Vec<_>>(), std::slice::from_ref(&mail_line), "{more:?}");
        run(&[select()], &credentials, &more);
        assert_eq!(lines(), std::slice::from_ref(&sql_line), "{more:?}");
    }
    assert_eq!(server.take().len(), 2, "with --dry-run and --answers nothing is sent");
}
