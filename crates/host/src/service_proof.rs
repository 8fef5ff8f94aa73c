//! Whether a credential for a mail server or a database holds: they are signed in to, as their nodes do.

use std::time::Duration;

use flow_nodes::service_errors;
use konverte_http::Policy;
use konverte_mail::Smtp;
use konverte_postgres::Postgres;
use node_sdk::NodeError;
use node_sdk::credential::CredentialPlace;
use node_sdk::ports::{Credential, Sql as _, SqlWork};
use serde_json::{Map, Value};

const MAIL: &str = "smtp";
const DATABASE: &str = "postgres";

/// How long connecting to a database may take: what its node takes where no option says otherwise.
const CONNECT: Duration = Duration::from_secs(30);
/// Bytes that the answer to the one statement may have.
const ANSWER: u64 = 1 << 10;

/// Whether a credential of this type is proved here.
pub(crate) fn is_for(type_name: &str) -> bool {
    matches!(type_name, MAIL | DATABASE)
}

/// Signs in with a credential of such a type, and does nothing else. What proves it, in words.
pub(crate) async fn of(policy: Policy, type_name: &str, fields: &Map<String, Value>, places: &[CredentialPlace<'_>]) -> Result<String, NodeError> {
    let server = Credential { type_name: type_name.to_owned(), fields: fields.clone() };
    let address = format!("{}:{}", server.text("host"), server.text("port"));
    let user = server.text("user");
    let who = if user.is_empty() { "without a user".to_owned() } else { format!("as {user}") };
    match type_name {
        MAIL => {
            let accepts = |place: &CredentialPlace<'_>| {
                place.parameters.get("options").and_then(|options| options.get("allowUnauthorizedCerts")) == Some(&Value::Bool(true))
            };
            let signed_in = Smtp { policy }.sign_in(&server, places.iter().any(accepts)).await;
            signed_in.map(|()| format!("The mail server {address} lets us in {who}.")).map_err(service_errors::of_mail)
        }
        _ => {
            let work = SqlWork { server, connect_timeout: CONNECT, statements: vec![(0, "SELECT 1".to_owned())], together: false, sender: None };
            let outcomes = Postgres::new(policy, ANSWER).run(work).await.map_err(service_errors::of_database)?;
            let refused = outcomes.into_iter().find_map(Result::err).map(service_errors::not_let_in);
            refused.map_or_else(|| Ok(format!("The database at {address} lets us in {who} and answers.")), Err)
        }
    }
}
