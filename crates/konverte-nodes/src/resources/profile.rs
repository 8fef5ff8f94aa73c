//! The user whose token it is.

use node_sdk::action::{ActionSpec, Resource, Role, rows};

use super::shapes;

const NAME: &str = "Profile";

/// The user whose token it is.
pub(super) const PROFILE: Resource = Resource::new(
    NAME,
    "The user whose token it is.",
    rows![
        ActionSpec::get(NAME, "Fetch Profile", "fetchProfile", "/api/v1/profile")
            .application(Role::Member)
            .summary("Reads the token owner's profile.")
            .notes(&[
                "No parameters of its own (the other action that a count of 113 leaves out).",
                "Holds the access token, so treat the answer as secret.",
            ])
            .answers(shapes::PROFILE)
            .errors(&[401, 429])
            .documented_errors(&[401])
            .repeatable()
    ],
);
