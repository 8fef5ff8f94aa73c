//! The builder functions of a row.

use std::borrow::Cow;

use super::param;
use super::{ActionSpec, Api, FileParam, MayExist, Method, Native, Paging, Param, RateLimit, Role, Shape, Success, Texts, TokenKind};
use crate::texts::{as_slice, as_str, put};

impl ActionSpec {
    /// A row with nothing but its request line; the other functions add to it.
    pub const fn new(method: Method, resource: &'static str, operation: &'static str, operation_id: &'static str, path: &'static str) -> Self {
        Self {
            resource: Cow::Borrowed(resource),
            operation: Cow::Borrowed(operation),
            operation_id: Cow::Borrowed(operation_id),
            api: Api::Other,
            method,
            path: Cow::Borrowed(path),
            tokens: Cow::Borrowed(&[]),
            min_role: None,
            summary: Cow::Borrowed(""),
            notes: Texts::NONE,
            params: Cow::Borrowed(&[]),
            success: Success::OK,
            errors: Cow::Borrowed(&[]),
            errors_documented: Cow::Borrowed(&[]),
            only_reads: false,
            repeatable: false,
            repeat_note: Cow::Borrowed(""),
            repeat_given: Texts::NONE,
            may_exist: None,
            record: None,
            native: Native::NONE,
            paging: None,
            limits: Cow::Borrowed(&[]),
        }
    }

    /// A row that reads.
    pub const fn get(resource: &'static str, operation: &'static str, operation_id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Get, resource, operation, operation_id, path)
    }

    /// A row that creates or acts.
    pub const fn post(resource: &'static str, operation: &'static str, operation_id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Post, resource, operation, operation_id, path)
    }

    /// A row that replaces.
    pub const fn put(resource: &'static str, operation: &'static str, operation_id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Put, resource, operation, operation_id, path)
    }

    /// A row that changes.
    pub const fn patch(resource: &'static str, operation: &'static str, operation_id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Patch, resource, operation, operation_id, path)
    }

    /// A row that deletes.
    pub const fn delete(resource: &'static str, operation: &'static str, operation_id: &'static str, path: &'static str) -> Self {
        Self::new(Method::Delete, resource, operation, operation_id, path)
    }

    /// Of the installation; takes the token of a platform app.
    pub const fn platform(mut self) -> Self {
        self.api = Api::Platform;
        put(&mut self.tokens, Cow::Borrowed(&[TokenKind::PlatformApp]));
        self
    }

    /// Of an account; takes the token of a user who has at least this role.
    pub const fn application(mut self, role: Role) -> Self {
        self.api = Api::Application;
        put(&mut self.tokens, Cow::Borrowed(&[TokenKind::User]));
        self.min_role = Some(role);
        self
    }

    /// A report; takes the token of a user who has at least this role.
    pub const fn reports(mut self, role: Role) -> Self {
        self.api = Api::Reports;
        put(&mut self.tokens, Cow::Borrowed(&[TokenKind::User]));
        self.min_role = Some(role);
        self
    }

    /// Takes the token of an agent bot too.
    pub const fn bots_too(mut self) -> Self {
        put(&mut self.tokens, Cow::Borrowed(&[TokenKind::User, TokenKind::AgentBot]));
        self
    }

    /// For visitors; takes no token.
    pub const fn public(mut self) -> Self {
        self.api = Api::Public;
        self
    }

    /// The survey's page; takes no token.
    pub const fn survey(mut self) -> Self {
        self.api = Api::Survey;
        self
    }

    /// One sentence: what it does.
    pub const fn summary(mut self, summary: &'static str) -> Self {
        put(&mut self.summary, Cow::Borrowed(summary));
        self
    }

    /// What else is worth knowing, a sentence each.
    pub const fn notes(mut self, notes: &'static [&'static str]) -> Self {
        put(&mut self.notes, Texts::Fixed(notes));
        self
    }

    /// The parameters, in the order in which they are sent.
    ///
    /// # Panics
    /// Where the path names a parameter that is not there, or a path parameter is not in the path. In a constant that is a compile error.
    pub const fn params(mut self, params: &'static [Param]) -> Self {
        put(&mut self.params, Cow::Borrowed(params));
        assert!(param::path_is_covered(as_str(&self.path), params), "the path names a parameter that the row does not have");
        assert!(param::params_are_in_path(params, as_str(&self.path)), "a path parameter is not in the path");
        self
    }

    /// A success is a JSON object with these fields.
    pub const fn answers(mut self, fields: &'static [&'static str]) -> Self {
        put(&mut self.success.fields, Texts::Fixed(fields));
        self
    }

    /// A success is a JSON array of objects with these fields.
    pub const fn answers_list(mut self, fields: &'static [&'static str]) -> Self {
        self.success.shape = Shape::Array;
        put(&mut self.success.fields, Texts::Fixed(fields));
        self
    }

    /// A success has no body.
    pub const fn answers_nothing(mut self) -> Self {
        self.success.shape = Shape::Empty;
        self
    }

    /// A success is a page for browsers.
    pub const fn answers_html(mut self) -> Self {
        self.success.shape = Shape::Html;
        self
    }

    /// What is of interest stands at this path in the body.
    pub const fn inside(mut self, envelope: &'static str) -> Self {
        put(&mut self.success.envelope, Some(Cow::Borrowed(envelope)));
        self
    }

    /// What the server answers where it is not 200, and what its document says.
    pub const fn status(mut self, real: u16, documented: u16) -> Self {
        self.success.status = real;
        self.success.documented_status = documented;
        self
    }

    /// Status codes of its errors.
    pub const fn errors(mut self, errors: &'static [u16]) -> Self {
        put(&mut self.errors, Cow::Borrowed(errors));
        self
    }

    /// Status codes that the service's document names.
    pub const fn documented_errors(mut self, errors: &'static [u16]) -> Self {
        put(&mut self.errors_documented, Cow::Borrowed(errors));
        self
    }

    /// It reads and changes nothing, although its method writes.
    pub const fn only_reads(mut self) -> Self {
        self.only_reads = true;
        self
    }

    /// Repeating the request does no harm.
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Repeating the request does no harm, for this reason or on this condition.
    pub const fn repeatable_as(mut self, note: &'static str) -> Self {
        self.repeatable = true;
        put(&mut self.repeat_note, Cow::Borrowed(note));
        self
    }

    /// Repeating the request does no harm where one of these parameters is set.
    pub const fn repeatable_given(mut self, params: &'static [&'static str], note: &'static str) -> Self {
        self.repeatable = true;
        put(&mut self.repeat_given, Texts::Fixed(params));
        put(&mut self.repeat_note, Cow::Borrowed(note));
        self
    }

    /// Repeating the request may do harm; the note says what happens.
    pub const fn not_repeatable_as(mut self, note: &'static str) -> Self {
        put(&mut self.repeat_note, Cow::Borrowed(note));
        self
    }

    /// A success may answer with a record that was there before. It is known by its `id`, and by these parameters, which a new record has as
    /// they were sent.
    pub const fn may_exist(mut self, shown_by: &'static [&'static str]) -> Self {
        put(&mut self.may_exist, Some(MayExist { shown_by: Texts::Fixed(shown_by), named_by: Texts::Fixed(&["id"]) }));
        self
    }

    /// The same, where the answer has no `id` but these fields, as dotted paths.
    pub const fn may_exist_named_by(mut self, named_by: &'static [&'static str]) -> Self {
        put(&mut self.may_exist, Some(MayExist { shown_by: Texts::NONE, named_by: Texts::Fixed(named_by) }));
        self
    }

    /// The parameters whose values name the record that it writes to.
    pub const fn record(mut self, params: &'static [&'static str]) -> Self {
        put(&mut self.record, Some(Texts::Fixed(params)));
        self
    }

    /// How the list is walked to its end.
    pub const fn paged(mut self, paging: Paging) -> Self {
        put(&mut self.paging, Some(paging));
        self
    }

    /// How often the server takes it, the limit first that is reached first.
    pub const fn limited(mut self, limits: &'static [RateLimit]) -> Self {
        put(&mut self.limits, Cow::Borrowed(limits));
        self
    }

    /// What native mode does otherwise, for people.
    pub const fn native_note(mut self, note: &'static str) -> Self {
        put(&mut self.native.note, Cow::Borrowed(note));
        self
    }

    /// The path that native mode uses. Comes after `params`.
    ///
    /// # Panics
    /// Where the path names a parameter that is not there. In a constant that is a compile error.
    pub const fn natively_at(mut self, path: &'static str) -> Self {
        assert!(param::names_are_covered(path, as_slice(&self.params)), "the native path names a parameter that the row does not have");
        put(&mut self.native.path, Some(Cow::Borrowed(path)));
        self
    }

    /// The media type that native mode asks for.
    pub const fn native_accept(mut self, media_type: &'static str) -> Self {
        put(&mut self.native.accept, Some(Cow::Borrowed(media_type)));
        self
    }

    /// Parameters that the server takes besides: native mode alone has them.
    ///
    /// # Panics
    /// Where one of them belongs into the path. In a constant that is a compile error.
    pub const fn also(mut self, params: &'static [Param]) -> Self {
        assert!(param::none_is_in_a_path(params), "the address has no room for a parameter that n8n's node does not have");
        put(&mut self.native.params, Cow::Borrowed(params));
        self
    }

    /// Parameters that must be set together, one group or another, in place of what the document requires.
    pub const fn needs(mut self, groups: &'static [Texts]) -> Self {
        put(&mut self.native.needs, Cow::Borrowed(groups));
        self
    }

    /// Files that the server takes as multipart.
    pub const fn files(mut self, files: &'static [FileParam]) -> Self {
        put(&mut self.native.files, Cow::Borrowed(files));
        self
    }
}
