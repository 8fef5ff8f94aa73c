//! For tests: the services that workflows talk to, on loopback. A mail server, a database server where the system has one, a folder with files.
//! And a browser, where the system has one, that looks at the pages we write.
//!
//! Recorded cases name what they need; [`Services`] sets it up and fills in where it is.

mod browser;
mod database;
mod files;
mod mail;
mod tls;

use std::io;
use std::path::Path;

use serde_json::Value;

pub use browser::{Browser, View};
pub use database::Database;
pub use mail::{Encryption, MailServer};

/// What recorded cases are played with, one after the other.
pub struct Services {
    folder: tempfile::TempDir,
    mail: MailServer,
    database: Option<Database>,
}

impl Services {
    /// Starts them.
    ///
    /// # Errors
    /// No folder, no port, or a database server that is there and does not start.
    pub fn start() -> io::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, mail: MailServer::start()?, database: Database::start()? })
    }

    /// Whether what a case needs is here: all but a database server is, always.
    pub fn have(&self, need: &str) -> bool {
        need != "postgres" || self.database.is_some()
    }

    /// The folder that a case may read and write.
    pub fn files(&self) -> String {
        self.folder.path().join("files").to_string_lossy().into_owned()
    }

    /// Where things are, in the place of `@DIR@`, `@SMTP_PORT@` and `@PG_PORT@`; a port that is a whole text becomes a number.
    pub fn fill(&self, text: &str) -> String {
        let port = |text: String, name: &str, port: u16| text.replace(&format!("\"{name}\""), &port.to_string()).replace(name, &port.to_string());
        let text = text.replace("@DIR@", &self.files());
        let text = port(text, "@SMTP_PORT@", self.mail.port());
        port(text, "@PG_PORT@", self.database.as_ref().map_or(9, Database::port))
    }

    /// Makes the files anew, and forgets the mails: for the next case.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn clear(&self) -> io::Result<()> {
        self.mail.take();
        files::make(Path::new(&self.files()))
    }

    /// Keeps a text beside the files, and gives its path.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, name: &str, text: &str) -> io::Result<String> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// The mails that came since [`Services::clear`], as recordings have them.
    pub fn mails(&self) -> Value {
        self.mail.take().into()
    }

    /// The files that a case has made in its folder `out`: their text, or how many bytes they have.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn made(&self) -> io::Result<Value> {
        files::made(Path::new(&self.files()))
    }
}
