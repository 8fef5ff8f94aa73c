//! The page of the satisfaction survey.

use node_sdk::action::{ActionSpec, NativeParam, ParamType, Resource, int, path, rows};

const NAME: &str = "CSAT Survey Page";

/// The page of the satisfaction survey.
pub(super) const CSAT_SURVEY_PAGE: Resource = Resource::new(
    NAME,
    "The page of the satisfaction survey.",
    rows![
        ActionSpec::get(NAME, "Get Csat Survey Page", "get-csat-survey-page", "/survey/responses/{conversation_uuid}")
            .survey()
            .summary("Fetches the satisfaction survey web page.")
            .notes(&[
                "Answers an HTML page, never JSON; sending Accept: application/json can make the server answer 406.",
                "n8n types the uuid as a number, so real workflows use an expression.",
                "JSON survey data lives at GET/PUT /public/api/v1/csat_survey/{uuid}.",
            ])
            .params(rows![path(
                int("conversation_uuid", "UUID of the conversation (the document calls it an integer, the value is text).")
                    .natively(NativeParam::of_type(ParamType::String)),
            )])
            .answers_html()
            .errors(&[406, 429])
            .repeatable()
            .native_accept("text/html")
            .native_note("the answer is a page: {\"html\": text}")
    ],
);
