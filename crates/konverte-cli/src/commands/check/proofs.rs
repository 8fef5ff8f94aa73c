//! The tests of credentials: services are asked whether they hold.

use std::path::PathBuf;

use host::adapters::credentials::FileCredentials;
use host::{CredentialTests, Used};
use node_sdk::Registry;
use node_sdk::error::codes::HTTP_UNANSWERED;
use workflow::Workflow;

use super::CheckArgs;
use super::out::Out;
use crate::console::Console;
use crate::error::{CliError, codes};
use crate::offline::Offline;

/// The tests of credentials, and what the options say of them.
pub(crate) struct Tests {
    pub(crate) offline: Offline,
    pub(crate) tests: CredentialTests,
    /// What was said of tests that no entry of an answers file fits, a line each.
    pub(crate) unanswered: String,
    /// Whether a credential that holds, but not for what the node does, counts as one that does not.
    pub(crate) deny_warnings: bool,
}

impl Tests {
    /// `None` where no tests are asked for.
    pub(super) fn new(
        args: &CheckArgs,
        credentials: Option<&FileCredentials>,
        registry: &Registry,
        console: &Console,
    ) -> Result<Option<Self>, CliError> {
        let Some(credentials) = credentials.filter(|_| args.test_credentials) else {
            let error = CliError::usage(codes::USAGE, "A check sends no request: --answers, --requests and --now are for the tests of credentials.");
            let help = "Add --test-credentials with --credentials FILE, or leave them out.";
            return if args.offline.any() { Err(error.help(help)) } else { Ok(None) };
        };
        let read = args.files.iter().chain(&args.credentials).map(PathBuf::as_path);
        let offline = args.offline.read(read)?;
        offline.say(args.credentials.as_deref(), console);
        let outside = (offline.answers(), offline.requests()?);
        let tests = CredentialTests::new(offline.process(registry.clone()), credentials.clone(), outside, console.secrets().clone());
        Ok(Some(Self { offline, tests, unanswered: String::new(), deny_warnings: args.deny_warnings }))
    }

    /// Asks the service of each credential that can be tested, once; whether all hold. The others are named.
    pub(super) fn run(&mut self, workflow: &Workflow, out: &Out<'_>) -> Result<bool, CliError> {
        let mut good = true;
        for used in self.tests.used(workflow) {
            good &= self.of(&used, out)?.unwrap_or(true);
        }
        Ok(good)
    }

    /// Asks the service of one; whether it holds. `None`: its type has no test.
    pub(crate) fn of(&mut self, used: &Used<'_>, out: &Out<'_>) -> Result<Option<bool>, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| CliError::usage(codes::USAGE, format!("The test cannot start: {error}.")))?;
        let mut good = None;
        for tested in runtime.block_on(self.tests.test(used)) {
            if tested.asked {
                let holds = tested.result.as_ref().is_ok_and(|proof| !(proof.warning && self.deny_warnings));
                good = Some(good.unwrap_or(true) && holds);
            }
            if let Err(error) = tested.result.as_ref()
                && error.code == HTTP_UNANSWERED
            {
                self.unanswered += &format!("{}\n", error.message);
            }
            out.proof(tested.node, &used.type_name, tested.result)?;
        }
        Ok(good)
    }
}
