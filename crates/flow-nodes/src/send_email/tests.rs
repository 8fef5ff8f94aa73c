use std::sync::{Arc, Mutex};

use node_sdk::async_trait;
use node_sdk::ports::{Adapters, HttpErrorKind, Mail, MailMessage, MailReceipt, ServiceError};
use serde_json::{Map, json};

use crate::testing;

/// Takes every second mail, and says of the others that they did not leave.
#[derive(Default)]
struct EverySecond(Mutex<Vec<String>>);

#[async_trait]
impl Mail for EverySecond {
    async fn send(&self, message: MailMessage) -> Result<MailReceipt, ServiceError> {
        let mut sent = self.0.lock().unwrap();
        sent.push(message.to.clone());
        if sent.len() % 2 == 1 {
            return Err(ServiceError::undone(HttpErrorKind::Reset, "read ECONNRESET"));
        }
        let (from, to) = (message.from, vec![message.to]);
        let (rejected, offers) = (Vec::new(), Vec::new());
        Ok(MailReceipt { id: message.id, from, to, rejected, offers, answer: "250 ok".into(), size: 1, envelope_ms: 0, message_ms: 0 })
    }
}

#[test]
fn a_mail_that_was_taken_is_not_sent_again() {
    let mail = Arc::new(EverySecond::default());
    let harness = testing::node("emailSend")
        .parameters(json!({"fromEmail": "a@example.com", "toEmail": "={{ $json.to }}", "emailFormat": "text", "text": "T"}));
    let harness = harness.field("retryOnFail", json!(true)).field("maxTries", json!(2)).field("waitBetweenTries", json!(0));
    let harness = harness.adapters(Adapters { mail: Some(mail.clone()), ..Adapters::default() });
    harness.ports().credentials.set("smtp", Map::new());
    let ran = harness.input([json!({"to": "1@example.com"}), json!({"to": "2@example.com"})]).run();
    assert_eq!(ran.error.map(|error| error.message), None);
    assert_eq!(*mail.0.lock().unwrap(), ["1@example.com", "1@example.com", "2@example.com", "2@example.com"]);
    let addresses: Vec<_> = ran.outputs[0].iter().map(|item| item.json().unwrap()["accepted"][0].clone()).collect();
    assert_eq!(addresses, [json!("1@example.com"), json!("2@example.com")]);
}
