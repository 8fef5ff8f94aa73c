//! The builder functions of a row.

use super::param::{self, Place};
use super::{ActionSpec, Api, FileParam, Method, Native, Paging, Param, Role, Rows, Shape, Str, Success, TokenKind};

impl ActionSpec {
    /// A row with nothing but its request line; the other functions add to it.
    pub const fn new(method: Method, resource: Str, operation: Str, operation_id: Str, path: Str) -> Self {
        Self {
            resource,
            operation,
            operation_id,
            api: Api::Other,
            method,
            path,
            tokens: &[],
            min_role: None,
            summary: "",
            notes: &[],
            params: &[],
            success: Success::OK,
            errors: &[],
            errors_documented: &[],
            repeatable: false,
            repeat_note: "",
            repeat_given: &[],
            record: None,
            native: Native::NONE,
            paging: None,
        }
    }

    /// A row that reads.
    pub const fn get(resource: Str, operation: Str, operation_id: Str, path: Str) -> Self {
        Self::new(Method::Get, resource, operation, operation_id, path)
    }

    /// A row that creates or acts.
    pub const fn post(resource: Str, operation: Str, operation_id: Str, path: Str) -> Self {
        Self::new(Method::Post, resource, operation, operation_id, path)
    }

    /// A row that replaces.
    pub const fn put(resource: Str, operation: Str, operation_id: Str, path: Str) -> Self {
        Self::new(Method::Put, resource, operation, operation_id, path)
    }

    /// A row that changes.
    pub const fn patch(resource: Str, operation: Str, operation_id: Str, path: Str) -> Self {
        Self::new(Method::Patch, resource, operation, operation_id, path)
    }

    /// A row that deletes.
    pub const fn delete(resource: Str, operation: Str, operation_id: Str, path: Str) -> Self {
        Self::new(Method::Delete, resource, operation, operation_id, path)
    }

    /// Of the installation; takes the token of a platform app.
    pub const fn platform(mut self) -> Self {
        self.api = Api::Platform;
        self.tokens = &[TokenKind::PlatformApp];
        self
    }

    /// Of an account; takes the token of a user who has at least this role.
    pub const fn application(mut self, role: Role) -> Self {
        self.api = Api::Application;
        self.tokens = &[TokenKind::User];
        self.min_role = Some(role);
        self
    }

    /// A report; takes the token of a user who has at least this role.
    pub const fn reports(mut self, role: Role) -> Self {
        self.api = Api::Reports;
        self.tokens = &[TokenKind::User];
        self.min_role = Some(role);
        self
    }

    /// Takes the token of an agent bot too.
    pub const fn bots_too(mut self) -> Self {
        self.tokens = &[TokenKind::User, TokenKind::AgentBot];
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
    pub const fn summary(mut self, summary: Str) -> Self {
        self.summary = summary;
        self
    }

    /// What else is worth knowing, a sentence each.
    pub const fn notes(mut self, notes: Rows<Str>) -> Self {
        self.notes = notes;
        self
    }

    /// The parameters, in the order in which they are sent.
    ///
    /// # Panics
    /// Where the path names a parameter that is not there, or a path parameter is not in the path. In a constant that is a compile error.
    pub const fn params(mut self, params: Rows<Param>) -> Self {
        self.params = params;
        assert!(param::path_is_covered(self.path, params), "the path names a parameter that the row does not have");
        assert!(param::params_are_in_path(params, self.path), "a path parameter is not in the path");
        self
    }

    /// A success is a JSON object with these fields.
    pub const fn answers(mut self, fields: Rows<Str>) -> Self {
        self.success.fields = fields;
        self
    }

    /// A success is a JSON array of objects with these fields.
    pub const fn answers_list(mut self, fields: Rows<Str>) -> Self {
        self.success.shape = Shape::Array;
        self.success.fields = fields;
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
    pub const fn inside(mut self, envelope: Str) -> Self {
        self.success.envelope = Some(envelope);
        self
    }

    /// What the server answers where it is not 200, and what its document says.
    pub const fn status(mut self, real: u16, documented: u16) -> Self {
        self.success.status = real;
        self.success.documented_status = documented;
        self
    }

    /// Status codes of its errors.
    pub const fn errors(mut self, errors: Rows<u16>) -> Self {
        self.errors = errors;
        self
    }

    /// Status codes that the service's document names.
    pub const fn documented_errors(mut self, errors: Rows<u16>) -> Self {
        self.errors_documented = errors;
        self
    }

    /// Repeating the request does no harm.
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Repeating the request does no harm, for this reason or on this condition.
    pub const fn repeatable_as(mut self, note: Str) -> Self {
        self.repeatable = true;
        self.repeat_note = note;
        self
    }

    /// Repeating the request does no harm where one of these parameters is set.
    pub const fn repeatable_given(mut self, params: Rows<Str>, note: Str) -> Self {
        self.repeatable = true;
        self.repeat_given = params;
        self.repeat_note = note;
        self
    }

    /// Repeating the request may do harm; the note says what happens.
    pub const fn not_repeatable_as(mut self, note: Str) -> Self {
        self.repeat_note = note;
        self
    }

    /// The parameters whose values name the record that it writes to.
    pub const fn record(mut self, params: Rows<Str>) -> Self {
        self.record = Some(params);
        self
    }

    /// How the list is walked to its end.
    pub const fn paged(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// What native mode does otherwise, for people.
    pub const fn native_note(mut self, note: Str) -> Self {
        self.native.note = note;
        self
    }

    /// The path that native mode uses. Comes after `params`.
    ///
    /// # Panics
    /// Where the path names a parameter that is not there. In a constant that is a compile error.
    pub const fn natively_at(mut self, path: Str) -> Self {
        assert!(param::names_are_covered(path, self.params), "the native path names a parameter that the row does not have");
        self.native.path = Some(path);
        self
    }

    /// The media type that native mode asks for.
    pub const fn native_accept(mut self, media_type: Str) -> Self {
        self.native.accept = Some(media_type);
        self
    }

    /// Files that the server takes as multipart.
    pub const fn files(mut self, files: Rows<FileParam>) -> Self {
        self.native.files = files;
        self
    }

    /// Whether a parameter stands in this place.
    pub const fn has(&self, place: Place) -> bool {
        let mut i = 0;
        while i < self.params.len() {
            if self.params[i].place as u8 == place as u8 {
                return true;
            }
            i += 1;
        }
        false
    }
}
