//! The people who write to an account.

use node_sdk::action::{
    ActionSpec, Counted, FileParam, JsonKind, Paging, RateLimit, Resource, Role, body, boolean, choice, int, json_list, json_object, number, path,
    query, rows, text,
};

use super::{ACCOUNT, shapes};

const NAME: &str = "Contacts";

/// The people who write to an account.
pub(super) const CONTACTS: Resource = Resource::new(NAME, "The people who write to an account.", rows![
    ActionSpec::get(NAME, "Contact List", "contactList", "/api/v1/accounts/{account_id}/contacts")
        .application(Role::Member)
        .summary("Lists resolved contacts, 15 per page.")
        .notes(&[
            "Only contacts with an e-mail, phone number or identifier are listed.",
            "Server also takes labels[] and include_contact_inboxes.",
        ])
        .params(rows![
            ACCOUNT,
            query(choice(
                "sort",
                &["name", "email", "phone_number", "last_activity_at", "-name", "-email", "-phone_number", "-last_activity_at"],
                "Sort column, minus sign for descending.",
            )),
            query(int("page", "Page number, first page is 1.").or_int(1)),
        ])
        .also(rows![
            query(json_list("labels", JsonKind::Strings, "Label titles: contacts that have one of them.")),
            query(boolean("include_contact_inboxes", "Whether a contact shows the inboxes it is in.")),
        ])
        .answers(shapes::CONTACT)
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[400])
        .repeatable()
        .paged(Paging::page(15, "payload")),
    ActionSpec::post(NAME, "Contact Create", "contactCreate", "/api/v1/accounts/{account_id}/contacts")
        .application(Role::Member)
        .summary("Creates a contact and ties it to an inbox.")
        .notes(&[
            "Duplicate e-mail, phone or identifier: 422 {message, attributes}.",
            "avatar needs multipart/form-data; JSON clients use avatar_url.",
        ])
        .params(rows![
            ACCOUNT,
            body(number("inbox_id", "Numeric id of the inbox.").required().or_absent()),
            body(text("name", "Display name.")),
            body(text("email", "E-mail address.")),
            body(text("phone_number", "Phone number in E.164 form with the leading plus.")),
            body(text("avatar", "Picture file; only meaningful in a multipart request.")),
            body(text("avatar_url", "Address of a JPEG or PNG the server downloads in the background.")),
            body(text("identifier", "Your own system's id for the contact.")),
            body(json_object("custom_attributes", "Key/value object with your own attributes.")),
        ])
        .also(rows![body(json_object("additional_attributes", "System facts such as company_name, city, country_code or social_profiles."))])
        .answers(shapes::CONTACT)
        .inside("payload.contact")
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[400])
        .not_repeatable_as("a repeat after success answers 422 for the same e-mail, phone number or identifier")
        .files(rows![FileParam::picture("avatar")]),
    ActionSpec::get(NAME, "Contact Details", "contactDetails", "/api/v1/accounts/{account_id}/contacts/{id}")
        .application(Role::Member)
        .summary("Reads one contact.")
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers(shapes::CONTACT)
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[403, 404])
        .repeatable(),
    ActionSpec::put(NAME, "Contact Update", "contactUpdate", "/api/v1/accounts/{account_id}/contacts/{id}")
        .application(Role::Member)
        .summary("Changes a contact; attributes are merged.")
        .notes(&[
            "Document says 204; the server answers 200 with {payload: contact}.",
            "custom_attributes and additional_attributes are merged.", "Untouched n8n defaults blank every field.",
        ])
        .params(rows![
            ACCOUNT,
            path(int("id", "Numeric id of the record.")),
            body(text("name", "Display name.")),
            body(text("email", "E-mail address.")),
            body(text("phone_number", "Phone number in E.164 form with the leading plus.")),
            body(text("avatar", "Picture file; only meaningful in a multipart request.")),
            body(text("avatar_url", "Address of a JPEG or PNG the server downloads in the background.")),
            body(text("identifier", "Your own system's id for the contact.")),
            body(json_object("custom_attributes", "Key/value object with your own attributes.")),
        ])
        .also(rows![body(json_object("additional_attributes", "System facts such as company_name, city, country_code or social_profiles."))])
        .answers(shapes::CONTACT)
        .inside("payload")
        .status(200, 204)
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[403, 404])
        .repeatable()
        .files(rows![FileParam::picture("avatar")]),
    ActionSpec::delete(NAME, "Contact Delete", "contactDelete", "/api/v1/accounts/{account_id}/contacts/{id}")
        .application(Role::Administrator)
        .summary("Deletes a contact.")
        .notes(&["Administrator only; 422 {message} while the contact is online."])
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers_nothing()
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[401, 404])
        .repeatable_as("a second delete answers 404: that counts as done"),
    ActionSpec::get(NAME, "Contact Conversations", "contactConversations", "/api/v1/accounts/{account_id}/contacts/{id}/conversations")
        .application(Role::Member)
        .summary("Lists the contact's latest 20 conversations.")
        .params(rows![ACCOUNT, path(int("id", "Numeric id of the record."))])
        .answers(shapes::CONVERSATION)
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[403, 404])
        .repeatable(),
    ActionSpec::get(NAME, "Contact Search", "contactSearch", "/api/v1/accounts/{account_id}/contacts/search")
        .application(Role::Member)
        .limited(rows![RateLimit::a_minute(100, Counted::each(&["account_id"]))])
        .summary("Finds contacts by text.")
        .notes(&["meta.has_more tells whether another page exists (newer servers).", "100 calls per minute per account."])
        .params(rows![
            ACCOUNT,
            query(text("q", "Part of a name, identifier, e-mail or phone number.")),
            query(choice(
                "sort",
                &["name", "email", "phone_number", "last_activity_at", "-name", "-email", "-phone_number", "-last_activity_at"],
                "Sort column, minus sign for descending.",
            )),
            query(int("page", "Page number, first page is 1.").or_int(1)),
        ])
        .answers(shapes::CONTACT)
        .inside("payload")
        .errors(&[401, 404, 429])
        .documented_errors(&[401])
        .repeatable()
        .paged(Paging::page(15, "payload").has_more("meta.has_more")),
    ActionSpec::post(NAME, "Contact Filter", "contactFilter", "/api/v1/accounts/{account_id}/contacts/filter")
        .application(Role::Member)
        .summary("Finds contacts by conditions.")
        .notes(&[
            "n8n page default is 0.",
            "Document example uses country_code/name with equal_to; query_operator of the last condition is null.",
        ])
        .params(rows![
            ACCOUNT,
            query(int("page", "Page number, first page is 1.")),
            body(
                json_list("payload", JsonKind::Objects, "List of filter conditions.")
                    .or_text("[\n  {\n    \"attribute_key\": \"name\",\n    \"filter_operator\": \"equal_to\",\n    \"values\": [\n      \"en\"\n    ],\n    \"query_operator\": \"AND\"\n  },\n  {\n    \"attribute_key\": \"country_code\",\n    \"filter_operator\": \"equal_to\",\n    \"values\": [\n      \"us\"\n    ],\n    \"query_operator\": null\n  }\n]"),
            ),
        ])
        .answers(shapes::CONTACT)
        .inside("payload")
        .errors(&[401, 404, 422, 429])
        .documented_errors(&[400])
        .only_reads()
        .repeatable_as("a read")
        .paged(Paging::page(15, "payload")),
]);
