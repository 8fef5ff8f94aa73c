//! A server that lets in who has a certificate.

use serde_json::{Value, json};

use crate::support::{Folder, Ran, chain, http, konverte};

/// A request with these fields of `httpSslAuth`.
fn ask(url: &str, fields: &Value) -> Ran {
    let folder = Folder::new();
    let mut node = http(url);
    node["parameters"]["provideSslCertificates"] = true.into();
    node["credentials"] = json!({"httpSslAuth": {"id": "1", "name": "Mine"}});
    let file = folder.workflow(&chain(&[node]));
    let credentials = folder.file("credentials.json", json!([{"id": "1", "name": "Mine", "type": "httpSslAuth", "data": fields}]).to_string());
    konverte(&["run", &file, "--credentials", &credentials, "--output", "json"])
}

#[test]
fn a_client_certificate_opens_the_door_and_who_has_none_is_told_so() {
    let (lab, other) = (http_lab::Lab::start().expect("the servers start"), http_lab::Lab::start().expect("the servers start"));
    let url = lab.origin("MUTUAL").to_owned() + "/json/1";
    let with = |[certificate, key]: [&str; 2]| ask(&url, &json!({"ca": lab.certificate(), "cert": certificate, "key": key}));
    let ran = with(lab.client());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // As a form makes it of what is pasted.
    let one_line = lab.client().map(|pem| pem.replace('\n', " "));
    assert_eq!(with([&one_line[0], &one_line[1]]).code, 0);
    for pair in [["", ""], other.client()] {
        let ran = with(pair);
        ran.says(1, "give one that it knows, with its key, in a credential of type httpSslAuth");
        assert!(!ran.stderr.contains("PRIVATE KEY") && !ran.stdout.contains("PRIVATE KEY"));
    }
    with([lab.client()[0], other.client()[1]]).says(1, "The client certificate cannot be used");
    ask(&lab.origin("HTTP").replace("http:", "https:"), &json!({})).says(1, "names a server that speaks TLS");
    assert_eq!(lab.requests().iter().filter(|request| request["on"] == "mutual").count(), 2);
}
