//! Teams of an account and their members.

use node_sdk::action::{ActionSpec, JsonKind, Resource, Role, body, boolean, int, json_list, path, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Teams";

/// Teams of an account and their members.
pub(super) const TEAMS: Resource = Resource::new(
    NAME,
    "Teams of an account and their members.",
    rows![
        ActionSpec::get(NAME, "List All Teams", "list-all-teams", "/api/v1/accounts/{account_id}/teams")
            .application(Role::Member)
            .summary("Lists teams.")
            .params(rows![ACCOUNT])
            .answers_list(shapes::TEAM)
            .errors(&[401, 404, 429])
            .documented_errors(&[401])
            .repeatable(),
        ActionSpec::post(NAME, "Create A Team", "create-a-team", "/api/v1/accounts/{account_id}/teams")
            .application(Role::Administrator)
            .summary("Creates a team.")
            .notes(&["Name is stored in lower case and is unique."])
            .params(rows![
                ACCOUNT,
                body(text("name", "Display name.")),
                body(text("description", "Free text that explains the record.")),
                body(boolean("allow_auto_assign", "Let the server pick a team member when a conversation is given to the team.")),
            ])
            .answers(shapes::TEAM)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401]),
        ActionSpec::get(NAME, "Get Details Of A Single Team", "get-details-of-a-single-team", "/api/v1/accounts/{account_id}/teams/{team_id}")
            .application(Role::Member)
            .summary("Reads one team.")
            .params(rows![ACCOUNT, path(int("team_id", "Numeric id of the team."))])
            .answers(shapes::TEAM)
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable(),
        ActionSpec::delete(NAME, "Delete A Team", "delete-a-team", "/api/v1/accounts/{account_id}/teams/{team_id}")
            .application(Role::Administrator)
            .summary("Deletes a team.")
            .params(rows![ACCOUNT, path(int("team_id", "Numeric id of the team."))])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[401, 404])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update A Team", "update-a-team", "/api/v1/accounts/{account_id}/teams/{team_id}")
            .application(Role::Administrator)
            .summary("Changes a team.")
            .notes(&["Name is stored in lower case."])
            .params(rows![
                ACCOUNT,
                path(int("team_id", "Numeric id of the team.")),
                body(text("name", "Display name.")),
                body(text("description", "Free text that explains the record.")),
                body(boolean("allow_auto_assign", "Let the server pick a team member when a conversation is given to the team.")),
            ])
            .answers(shapes::TEAM)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[401])
            .repeatable(),
        ActionSpec::get(NAME, "Get Team Members", "get-team-members", "/api/v1/accounts/{account_id}/teams/{team_id}/team_members")
            .application(Role::Member)
            .summary("Lists the agents of a team.")
            .notes(&["Plain array, inbox members come under payload."])
            .params(rows![ACCOUNT, path(int("team_id", "Numeric id of the team."))])
            .answers_list(shapes::AGENT)
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404])
            .repeatable(),
        ActionSpec::post(NAME, "Add New Agent To Team", "add-new-agent-to-team", "/api/v1/accounts/{account_id}/teams/{team_id}/team_members")
            .application(Role::Administrator)
            .summary("Adds agents to a team.")
            .notes(&["Answers only the newly added agents.", "Unknown user id: 401 {error: \"Invalid User IDs\"}."])
            .params(rows![
                ACCOUNT,
                path(int("team_id", "Numeric id of the team.")),
                body(json_list("user_ids", JsonKind::Integers, "Users to put into the team.").required()),
            ])
            .answers_list(shapes::AGENT)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403, 404, 422])
            .repeatable_as("adds members that are not there yet"),
        ActionSpec::delete(NAME, "Delete Agent In Team", "delete-agent-in-team", "/api/v1/accounts/{account_id}/teams/{team_id}/team_members")
            .application(Role::Administrator)
            .summary("Removes agents from a team.")
            .notes(&["DELETE with a JSON body; empty 200.", "Unknown user id: 401."])
            .params(rows![
                ACCOUNT,
                path(int("team_id", "Numeric id of the team.")),
                body(json_list("user_ids", JsonKind::Integers, "Users to take out of the team.").required()),
            ])
            .answers_nothing()
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404, 422])
            .repeatable_as("a second delete answers 404: that counts as done"),
        ActionSpec::patch(NAME, "Update Agents In Team", "update-agents-in-team", "/api/v1/accounts/{account_id}/teams/{team_id}/team_members")
            .application(Role::Administrator)
            .summary("Replaces the agent list of a team.")
            .notes(&["Answers the resulting member list.", "Unknown user id: 401."])
            .params(rows![
                ACCOUNT,
                path(int("team_id", "Numeric id of the team.")),
                body(json_list("user_ids", JsonKind::Integers, "Complete new member list of the team.").required().whole()),
            ])
            .answers_list(shapes::AGENT)
            .errors(&[401, 404, 422, 429])
            .documented_errors(&[403, 404, 422])
            .repeatable(),
    ],
);
