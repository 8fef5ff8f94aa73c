//! Asks the person who signs in: for fields, and for the address that the browser came to.

use std::io::{self, IsTerminal, Write};

use host::sign_in::ToFillIn;
use serde_json::{Map, Value};

use crate::commands::Session;
use crate::error::{CliError, codes};
use crate::plain::plain;

/// The values of these fields.
///
/// # Errors
/// Nobody is there to ask, or nothing is typed.
pub(super) async fn fields(wanted: Vec<ToFillIn>, session: &Session) -> Result<Map<String, Value>, CliError> {
    if wanted.is_empty() {
        return Ok(Map::new());
    }
    if !io::stdin().is_terminal() || !session.console.interactive() {
        let names: Vec<String> = wanted.iter().map(|field| format!("`{}`", field.name)).collect();
        let error =
            CliError::usage(codes::NOT_ASKED, format!("Fields of the credential are empty ({}), and nobody is here to ask.", names.join(", ")));
        return Err(error.help(
            "Fill them in in the credentials file ({\"$env\": \"NAME\"} or {\"$file\": \"PATH\"} may stand for any), or run the command at a terminal.",
        ));
    }
    let secret: Vec<String> = wanted.iter().filter(|field| field.secret).map(|field| field.name.clone()).collect();
    let typed = tokio::task::spawn_blocking(move || wanted.into_iter().map(field).collect::<io::Result<Map<_, _>>>()).await;
    let fields = typed.map_err(io::Error::other).and_then(|typed| typed).map_err(|error| not_typed(&error))?;
    session.console.secrets().add(&secret.iter().filter_map(|name| Some(fields.get(name)?.as_str()?.to_owned())).collect::<Vec<_>>());
    Ok(fields)
}

fn not_typed(error: &io::Error) -> CliError {
    CliError::usage(codes::NOT_ASKED, format!("Nothing was typed ({error}); nothing was kept."))
}

fn field(ToFillIn { name, secret }: ToFillIn) -> io::Result<(String, Value)> {
    let question = format!("{name}: ");
    let value = if secret { unseen(&question)? } else { line(&question)? };
    Ok((name, value.into()))
}

/// A line that is not shown while it is typed.
fn unseen(question: &str) -> io::Result<String> {
    let config = rpassword::ConfigBuilder::new();
    // Who is asked is who sits at our own input, not at a terminal behind it.
    #[cfg(unix)]
    let config = config.input_file_path("/dev/stdin").output_writer(io::stderr());
    Ok(rpassword::prompt_password_with_config(question, config.build())?.trim().to_owned())
}

fn line(question: &str) -> io::Result<String> {
    write!(io::stderr(), "{}", plain(question))?;
    io::stderr().flush()?;
    let mut line = String::new();
    match io::stdin().read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim().to_owned()),
    }
}

/// The pairs of the query of the address that the service sent the browser to; its query alone does too.
///
/// # Errors
/// Nothing is typed.
pub(super) async fn answer() -> Result<Vec<(String, String)>, CliError> {
    let question = "The browser ends at an address that begins with the redirect address (it may show an error page). Paste that address here: ";
    let typed = tokio::task::spawn_blocking(move || line(question)).await;
    let typed = typed.map_err(io::Error::other).and_then(|typed| typed).map_err(|error| not_typed(&error))?;
    let query = typed.split_once('?').map_or(typed.as_str(), |(_, query)| query).split('#').next().unwrap_or_default();
    Ok(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}
