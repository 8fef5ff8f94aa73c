//! Mail servers and databases that hang, refuse, or want another way in; and that nothing leaves where nothing may.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};
use service_lab::{Database, MailServer};

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
