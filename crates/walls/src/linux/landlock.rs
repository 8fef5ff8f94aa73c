//! Landlock: no file, no TCP port, no abstract socket and no signal beyond the process, as far as the kernel knows how.

use landlock::{ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};

use crate::Wall;

const NAME: &str = "landlock";

/// Everything that this version of landlock can forbid is forbidden; kernels with an older one forbid what they know.
const KNOWN: ABI = ABI::V7;

/// Shuts in this thread, and those that it starts.
pub(super) fn put_up() -> Wall {
    match restrict() {
        Ok((RulesetStatus::NotEnforced, _)) => Wall::missing(NAME, "the kernel does not have it (Linux 5.13), or it is switched off"),
        Ok((_, version)) => Wall::holds(NAME, format!("no file can be opened (version {version})")),
        Err(error) => Wall::missing(NAME, error.to_string()),
    }
}

fn restrict() -> Result<(RulesetStatus, ABI), RulesetError> {
    let rules = Ruleset::default();
    let rules = rules.handle_access(AccessFs::from_all(KNOWN))?.handle_access(AccessNet::from_all(KNOWN))?.scope(Scope::from_all(KNOWN))?;
    let status = rules.create()?.restrict_self()?;
    let version = match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => effective_abi.min(KNOWN),
        _ => ABI::Unsupported,
    };
    Ok((status.ruleset, version))
}
