//! Statistics of an account.

use node_sdk::action::{ActionSpec, Counted, RateLimit, Resource, Role, boolean, choice, int, number, query, rows, text};

use super::{ACCOUNT, shapes};

const NAME: &str = "Reports";

/// How often the server makes a report.
const LIMITS: &[RateLimit] = &[RateLimit::a_minute(100, Counted::Token), RateLimit::a_minute(1000, Counted::each(&["account_id"]))];

/// Statistics of an account.
pub(super) const REPORTS: Resource = Resource::new(
    NAME,
    "Statistics of an account.",
    rows![
        ActionSpec::get(NAME, "List All Conversation Statistics", "list-all-conversation-statistics", "/api/v2/accounts/{account_id}/reports")
            .reports(Role::Administrator)
            .limited(LIMITS)
            .summary("Daily series of one metric.")
            .notes(&[
                "Answers [{value, timestamp}], plus count for the avg_* metrics.",
                "Unknown metric answers {}.",
                "Server also takes group_by, business_hours, timezone_offset.",
                "Administrator only; 100 calls/min per token and 1000/min per account.",
            ])
            .params(rows![
                ACCOUNT,
                query(
                    choice(
                        "metric",
                        &[
                            "conversations_count",
                            "incoming_messages_count",
                            "outgoing_messages_count",
                            "avg_first_response_time",
                            "avg_resolution_time",
                            "resolutions_count",
                        ],
                        "Figure to plot.",
                    )
                    .required(),
                ),
                query(choice("type", &["account", "agent", "inbox", "label", "team"], "Dimension of the report.").required()),
                query(text("id", "Record of that dimension (not used for account).")),
                query(text("since", "Start of the period as Unix seconds (text).")),
                query(text("until", "End of the period as Unix seconds (text).")),
            ])
            .also(rows![
                query(choice("group_by", &["day", "week", "month", "year", "hour"], "How long the period of a value is.")),
                query(boolean("business_hours", "Whether only the inboxes' business hours count.")),
                query(number("timezone_offset", "Hours that the time zone of the days is ahead of UTC, for example -3 or 5.5.")),
            ])
            .answers_list(&["value", "timestamp"])
            .errors(&[401, 404, 429])
            .documented_errors(&[403, 404])
            .repeatable(),
        ActionSpec::get(
            NAME,
            "List All Conversation Statistics Summary",
            "list-all-conversation-statistics-summary",
            "/api/v2/accounts/{account_id}/reports/summary",
        )
        .reports(Role::Administrator)
        .limited(LIMITS)
        .summary("Totals for a period and the period before it.")
        .notes(&["Answers totals plus previous.", "Administrator only."])
        .params(rows![
            ACCOUNT,
            query(choice("type", &["account", "agent", "inbox", "label", "team"], "Dimension of the report.").required()),
            query(text("id", "Record of that dimension (not used for account).")),
            query(text("since", "Start of the period as Unix seconds (text).")),
            query(text("until", "End of the period as Unix seconds (text).")),
        ])
        .answers(shapes::REPORT_SUMMARY)
        .errors(&[401, 404, 429])
        .documented_errors(&[403, 404])
        .repeatable(),
        ActionSpec::get(
            NAME,
            "Get Account Conversation Metrics",
            "get-account-conversation-metrics",
            "/api/v2/accounts/{account_id}/reports/conversations",
        )
        .reports(Role::Administrator)
        .limited(LIMITS)
        .summary("Live open/unattended/unassigned/pending counts.")
        .notes(&["Same route as the agent variant; type picks.", "422 with empty body when type is missing."])
        .params(rows![ACCOUNT, query(choice("type", &["account"], "Must be account.").required())])
        .answers(shapes::OPEN_CONVERSATIONS)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403, 404])
        .repeatable(),
        ActionSpec::get(
            NAME,
            "Get Agent Conversation Metrics",
            "get-agent-conversation-metrics",
            "/api/v2/accounts/{account_id}/reports/conversations/",
        )
        .reports(Role::Administrator)
        .limited(LIMITS)
        .summary("Live open and unattended counts per agent.")
        .notes(&[
            "Differs from the account variant only by the trailing slash and type=agent.",
            "25 agents per page (page), user_id is accepted but not used by current servers.",
        ])
        .params(rows![ACCOUNT, query(choice("type", &["agent"], "Must be agent.").required()), query(text("user_id", "Numeric id of the user."))])
        .also(rows![query(int("page", "Page number, first page is 1."))])
        .answers_list(shapes::AGENT_REPORT)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403, 404])
        .repeatable(),
    ],
);
