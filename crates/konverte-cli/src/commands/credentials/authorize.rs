//! `konverte credentials authorize`: a person signs in to a service, in a browser where the type wants that.

use std::path::PathBuf;

use clap::Args;
use host::sign_in::{Answering, Begun, Entry, Failed, Kept, Listener, SignIn};
use node_sdk::consent::{Consent, Redirect};
use node_sdk::names::similar;

use super::ask;
use crate::commands::Session;
use crate::environment;
use crate::error::{CliError, codes};
use crate::exit::Exit;
use crate::offline::OfflineArgs;
use crate::output::write_stdout;
use crate::packaged::PackagesArgs;
use crate::watch::until_signal;

/// The port of the redirect address, always the same: services want it registered.
const PORT: u16 = 8976;

/// Options of `konverte credentials authorize`.
#[derive(Debug, Args)]
pub struct AuthorizeArgs {
    /// The credential type, for example gmailOAuth2
    #[arg(value_name = "TYPE")]
    pub type_name: String,
    /// The credentials file; it is made where it is absent
    #[arg(long, value_name = "FILE")]
    pub credentials: PathBuf,
    /// The name of its entry; it is made where it is absent
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// The port on 127.0.0.1 where the service sends the browser back to
    #[arg(long, value_name = "N", default_value_t = PORT, conflicts_with = "redirect")]
    pub port: u16,
    /// Another redirect address, one that is registered already; you paste the address that the browser comes to
    #[arg(long, value_name = "URL", value_parser = parse_redirect)]
    pub redirect: Option<String>,
    /// Paste the address that the browser comes to: for machines without a browser
    #[arg(long)]
    pub paste: bool,
    /// Send a proof key along (PKCE) where the type does not do so by itself
    #[arg(long)]
    pub pkce: bool,
    /// Who answers the requests for tokens
    #[command(flatten)]
    pub offline: OfflineArgs,
    /// Where the packages of nodes are
    #[command(flatten)]
    pub packages: PackagesArgs,
}

pub(crate) fn run(args: &AuthorizeArgs, session: &Session) -> Result<Exit, CliError> {
    let registry = args.packages.add(session.registry.clone(), Some(&args.credentials))?;
    let kind = registry.credential(&args.type_name).ok_or_else(|| unknown(&args.type_name, &registry))?;
    if let Some(why) = kind.refusal() {
        return Err(CliError::usage(codes::UNKNOWN_NAME, format!("The credential type `{}` cannot be used: {why}.", args.type_name)));
    }
    let offline = args.offline.read([args.credentials.as_path()])?;
    offline.say(Some(&args.credentials), &session.console);
    let entry = Entry { file: args.credentials.clone(), name: args.name.clone(), type_name: args.type_name.clone() };
    let answering = Answering { answers: offline.answers().cloned(), requests: offline.requests()? };
    let seen = (&environment::variable as _, session.console.secrets().clone());
    let sign_in = SignIn::new(offline.process(registry), (entry, kind), answering, seen)?;
    let exit = until_signal(authorize(args, sign_in, session));
    offline.say_unanswered(None, &session.console);
    exit
}

/// The address as it is written, for services compare it letter by letter. Applications of their own have addresses such as `com.example.app:/callback`.
fn parse_redirect(text: &str) -> Result<String, String> {
    let text = text.trim();
    let url = url::Url::parse(text).map_err(|_| "it is no address: one begins with https:// or http://".to_owned())?;
    let rest = &text[url.scheme().len() + 1..];
    match () {
        () if rest.starts_with(|c: char| c.is_ascii_digit()) => Err(format!("it is no address: http://{text} would be one")),
        () if url.fragment().is_some() => Err("a redirect address has no `#` in it".to_owned()),
        () => Ok(text.to_owned()),
    }
}

fn unknown(name: &str, registry: &node_sdk::Registry) -> CliError {
    if credential_types::is_n8ns(name) {
        let package = credential_types::N8N;
        let error = CliError::usage(
            codes::UNKNOWN_NAME,
            format!("The sign-in of the credential type `{name}` comes with the package {package}, which is not here."),
        );
        return error.help(format!("`konverte packages add {package}` installs it; `--packages DIR` says where it is."));
    }
    let known = registry.credentials();
    let near = similar(name, known.iter().map(|kind| kind.name()));
    let near = near.first().map(|near| format!("Did you mean `{near}`? ")).unwrap_or_default();
    let help = format!("{near}Types of packages are known where the packages are (`--packages DIR`).");
    CliError::usage(codes::UNKNOWN_NAME, format!("There is no credential type `{name}`.")).help(help)
}

async fn authorize(args: &AuthorizeArgs, mut sign_in: SignIn, session: &Session) -> Result<Exit, CliError> {
    if !sign_in.signs_in()? {
        return Err(nobody_signs_in(args, &sign_in));
    }
    let listener = if args.paste || args.redirect.is_some() { None } else { Some(Listener::bind(args.port).await.map_err(not_listening)?) };
    let address = match (&args.redirect, &listener) {
        (Some(address), _) => address.clone(),
        (None, Some(listener)) => listener.redirect(),
        (None, None) => Listener::redirect_of(args.port),
    };
    let redirect = Redirect { address: &address, pkce: args.pkce };
    let fields = ask::fields(sign_in.to_fill_in()?, session).await?;
    sign_in.fill_in(&fields, &environment::variable)?;
    let kept = match sign_in.begin(redirect).await.map_err(failed)? {
        Begun::Ask(asked) => {
            let answer = answer(&asked, (&address, listener), session).await?;
            sign_in.finish((&asked, redirect), &answer).await.map_err(failed)?
        }
        Begun::Fetched(kept) => kept,
    };
    session.console.note(&done(args, kept));
    Ok(Exit::Done)
}

fn nobody_signs_in(args: &AuthorizeArgs, sign_in: &SignIn) -> CliError {
    let (kind, file) = (&args.type_name, args.credentials.display());
    let error = CliError::usage(codes::NOT_SIGNED_IN, format!("Nobody signs in with the credential type `{kind}`, and nothing was kept."));
    error.help(format!("{} Write them into {file} yourself; `konverte credentials test` then tries them.", sign_in.needs()))
}

/// The answer of the service to a question: the pairs of its query.
async fn answer(asked: &Consent, (address, listener): (&str, Option<Listener>), session: &Session) -> Result<Vec<(String, String)>, CliError> {
    let console = &session.console;
    console.note(&format!("register this redirect address with the service: {address}"));
    console.note("open this address in a browser, and let konverte in:");
    write_stdout(format!("{}\n", asked.url).as_bytes())?;
    let Some(listener) = listener else {
        let answer = ask::answer().await?;
        return match asked.is_answered_by(&answer) {
            true => Ok(answer),
            false => Err(not_ours()),
        };
    };
    Ok(listener.answer(asked, || console.note("an answer to another question came, and was not used")).await)
}

fn not_ours() -> CliError {
    let error = CliError::usage(codes::NOT_SIGNED_IN, "The address is no answer to this question: its state is another one. Nothing was kept.");
    error.exit(Exit::Failed).help("Begin again, open the address that is shown then, and paste the whole address that the browser comes to.")
}

fn not_listening(error: host::Error) -> CliError {
    let help = "End the program that listens there (perhaps another sign-in), take another port with `--port N` and register its address with the service, or paste \
                the address by hand with `--paste`.";
    CliError::from(error).exit(Exit::Failed).help(help)
}

fn failed(error: Failed) -> CliError {
    match error {
        Failed::Service(error) => {
            let text = CliError::usage(error.code.clone(), format!("{}.", error.message.trim_end_matches('.'))).exit(Exit::Failed);
            CliError { help: error.help.clone(), ..text }
        }
        Failed::NotKept(why) => CliError::usage(codes::NOT_SIGNED_IN, format!("{}.", why.trim_end_matches('.'))).exit(Exit::Failed),
    }
}

/// What a person should know of a token that is there.
fn done(args: &AuthorizeArgs, kept: Kept) -> String {
    let (name, kind) = (&args.name, &args.type_name);
    let (place, kept_not) = match kept.in_file {
        true => (format!("the credential \"{name}\" ({kind}) in {} has its token", args.credentials.display()), ""),
        false => (format!("the credential \"{name}\" ({kind}) was given a token"), "; with --answers nothing is kept"),
    };
    let ends = kept.ends_in.map(|seconds| format!(" for {}", minutes(seconds))).unwrap_or_default();
    let after = match (kept.renews, kept.ends_in) {
        (true, Some(_)) => ", and is renewed by itself".to_owned(),
        (true, None) => String::new(),
        (false, _) => {
            "; the service gave no refresh token: when it ends, sign in again. Many services give one where the scope has offline_access, or where \
                       konverte is let in for the first time (take its access away in your account there, and sign in again)"
                .to_owned()
        }
    };
    format!("signed in: {place}{ends}{after}{kept_not}")
}

fn minutes(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}
