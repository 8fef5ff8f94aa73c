//! What the node asks for, and what it takes an answer for.

/// `options.response.response.responseFormat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// By the answer's content type.
    Autodetect,
    /// A file on the item.
    File,
    /// JSON.
    Json,
    /// Text.
    Text,
}

impl Format {
    /// The parameter's word; n8n takes any other as `autodetect`.
    pub(super) fn from_word(word: Option<&str>) -> Self {
        match word {
            Some("file") => Self::File,
            Some("json") => Self::Json,
            Some("text") => Self::Text,
            _ => Self::Autodetect,
        }
    }

    /// The `Accept` header.
    pub(super) fn accept(self) -> &'static str {
        match self {
            Self::Json => "application/json,text/*;q=0.99",
            Self::Text => "application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, */*;q=0.1",
            Self::Autodetect | Self::File => {
                "application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7"
            }
        }
    }

    /// Whether n8n has the answer parsed as JSON where it can be, whatever its type.
    pub(super) fn parses(self) -> bool {
        matches!(self, Self::Json | Self::Text)
    }

    /// What `autodetect` takes an answer of this content type for. Letter case counts.
    pub(super) fn detect(content_type: &str) -> Self {
        if content_type.contains("application/json") {
            Self::Json
        } else if FILES.iter().any(|kind| content_type.contains(kind)) {
            Self::File
        } else {
            Self::Text
        }
    }
}

/// Content types that are files; a part of the type is enough.
const FILES: [&str; 22] = [
    "image/",
    "audio/",
    "video/",
    "application/octet-stream",
    "application/gzip",
    "application/zip",
    "application/vnd.rar",
    "application/epub+zip",
    "application/x-bzip",
    "application/x-bzip2",
    "application/x-cdf",
    "application/vnd.amazon.ebook",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-fontobject",
    "application/vnd.oasis.opendocument.presentation",
    "application/pdf",
    "application/x-tar",
    "application/vnd.visio",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/x-7z-compressed",
];

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn what_an_answer_is_taken_for() {
        for (content_type, format) in [
            ("application/json; charset=utf-8", Format::Json),
            ("application/vnd.api+json", Format::Text),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Format::File),
            ("application/vnd.openxmlformats-officedocument.presentationml.presentation", Format::Text),
            ("application/x-zip-compressed", Format::Text),
            ("Image/PNG", Format::Text),
        ] {
            assert_eq!(Format::detect(content_type), format, "{content_type}");
        }
    }
}
