//! A connection: signing in, and statements by the simple protocol.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use konverte_http::Policy;
use node_sdk::ports::{HttpErrorKind, ServiceError, SqlColumn, SqlFault, SqlOutcome, SqlResult};
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::{DataRowBody, Header, Message};
use postgres_protocol::message::frontend;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::settings::Settings;
use crate::stream::Stream;
use crate::words;

/// A connection that is signed in.
pub(crate) struct Connection {
    stream: Stream,
    came: BytesMut,
    pub(crate) settings: Settings,
    policy: Policy,
    /// The number and the secret by which the server knows this connection, where it told them.
    known_by: Option<(i32, i32)>,
    /// Whether the server waits for the next statement, outside of a transaction.
    idle: bool,
    /// Whether the server has a text that it has not answered to the end.
    works: bool,
}

/// How long it may take to ask for the end of a statement: a run that was stopped waits for it.
const CANCEL: Duration = Duration::from_secs(1);

/// What a message with a row begins with.
const ROW: u8 = b'D';
/// Bytes that a message may have while somebody signs in.
const GREETING: u64 = 64 << 10;

/// Why there is no connection, or no answer.
pub(crate) enum Failed {
    /// The server says no.
    Fault(SqlFault),
    /// All else.
    Service(ServiceError),
}

impl From<ServiceError> for Failed {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl Connection {
    /// Opens one and signs in.
    pub(crate) async fn open(settings: Settings, policy: Policy) -> Result<Self, Failed> {
        let stream = Stream::open(&settings, policy).await?;
        let mut connection = Self { stream, came: BytesMut::new(), settings, policy, known_by: None, idle: false, works: false };
        let mut hello = BytesMut::new();
        let parameters = [
            ("user", connection.settings.user.as_str()),
            ("database", connection.settings.database.as_str()),
            ("client_encoding", "UTF8"),
            // What is put into a statement is written so that it is read the same either way; what stands there already is read by this.
            ("standard_conforming_strings", "on"),
        ];
        frontend::startup_message(parameters, &mut hello).map_err(|_| words::strange())?;
        connection.write(&hello).await?;
        connection.sign_in().await?;
        Ok(connection)
    }

    async fn sign_in(&mut self) -> Result<(), Failed> {
        let mut scram: Option<ScramSha256> = None;
        loop {
            let mut answer = BytesMut::new();
            let password = self.settings.password.clone();
            match self.message(GREETING).await? {
                Message::AuthenticationOk | Message::ParameterStatus(_) | Message::NoticeResponse(_) => continue,
                Message::BackendKeyData(body) => {
                    self.known_by = Some((body.process_id(), body.secret_key()));
                    continue;
                }
                Message::ReadyForQuery(_) => {
                    self.idle = true;
                    return Ok(());
                }
                Message::ErrorResponse(body) => return Err(Failed::Fault(words::fault(&body))),
                Message::AuthenticationCleartextPassword => frontend::password_message(password.as_bytes(), &mut answer),
                Message::AuthenticationMd5Password(body) => {
                    let hash = md5_hash(self.settings.user.as_bytes(), password.as_bytes(), body.salt());
                    frontend::password_message(hash.as_bytes(), &mut answer)
                }
                Message::AuthenticationSasl(body) => {
                    let known = body.mechanisms().any(|name| Ok(name == SCRAM_SHA_256)).unwrap_or(false);
                    if !known {
                        return Err(unknown_way());
                    }
                    let begun = scram.insert(ScramSha256::new(password.as_bytes(), ChannelBinding::unsupported()));
                    frontend::sasl_initial_response(SCRAM_SHA_256, begun.message(), &mut answer)
                }
                Message::AuthenticationSaslContinue(body) => {
                    let begun = scram.as_mut().ok_or_else(words::strange)?;
                    begun.update(body.data()).map_err(|_| words::strange())?;
                    frontend::sasl_response(begun.message(), &mut answer)
                }
                Message::AuthenticationSaslFinal(body) => {
                    let begun = scram.as_mut().ok_or_else(words::strange)?;
                    // It does not know the password itself: somebody else is in its place.
                    begun.finish(body.data()).map_err(|_| words::strange())?;
                    continue;
                }
                _ => return Err(unknown_way()),
            }
            .map_err(|_| words::strange())?;
            self.write(&answer).await?;
        }
    }

    /// Sends a text with one statement or more. `Err`: the connection is of no use any more. `most`: bytes that the rows may have.
    pub(crate) async fn query(&mut self, text: &str, most: u64) -> Result<SqlOutcome, ServiceError> {
        let mut message = BytesMut::new();
        if frontend::query(text, &mut message).is_err() {
            // It is refused before anything of it is sent: a text of the protocol ends at a NUL.
            return Ok(Err(SqlFault { message: "invalid message format".to_owned(), fields: serde_json::Map::new() }));
        }
        self.idle = false;
        self.works = true;
        self.write(&message).await?;
        self.outcome(most).await.map_err(ServiceError::perhaps_done)
    }

    async fn outcome(&mut self, most: u64) -> Result<SqlOutcome, ServiceError> {
        let mut results = Vec::new();
        let mut fault = None;
        let (mut columns, mut rows, mut bytes) = (Vec::new(), Vec::new(), 0u64);
        loop {
            match self.message(most.max(GREETING)).await? {
                Message::RowDescription(body) => {
                    let told = body.fields().map(|field| Ok(SqlColumn { name: field.name().to_owned(), type_id: field.type_oid() }));
                    columns = told.collect().map_err(|_| words::strange())?;
                }
                Message::DataRow(body) => {
                    bytes += body.buffer().len() as u64;
                    if bytes > most {
                        return Err(words::too_large(most));
                    }
                    rows.push(row(&body).map_err(|_| words::strange())?);
                }
                Message::CommandComplete(body) => {
                    let done = body.tag().map_err(|_| words::strange())?.to_owned();
                    results.push(SqlResult { done, columns: std::mem::take(&mut columns), rows: std::mem::take(&mut rows) });
                }
                Message::ErrorResponse(body) => fault = Some(words::fault(&body)),
                // Nobody here has rows for it: the server is told so, and goes on.
                Message::CopyInResponse(_) => {
                    let mut answer = BytesMut::new();
                    frontend::copy_fail("COPY FROM STDIN is not supported", &mut answer).map_err(|_| words::strange())?;
                    self.write(&answer).await?;
                }
                Message::ReadyForQuery(body) => {
                    self.works = false;
                    self.idle = body.status() == b'I';
                    return Ok(fault.map_or(Ok(results), Err));
                }
                _ => {}
            }
        }
    }

    /// Whether it can be used for other statements: nothing of it is left in a transaction, and the server is there.
    pub(crate) fn is_fresh(&mut self) -> bool {
        self.idle && self.came.is_empty() && !self.stream.is_stale()
    }

    /// Says goodbye.
    pub(crate) async fn close(mut self) {
        let mut message = BytesMut::new();
        frontend::terminate(&mut message);
        // Whoever is gone does not hear it.
        let _ = self.stream.write_all(&message).await;
        let _ = self.stream.shutdown().await;
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), ServiceError> {
        let written = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        written.await.map_err(|error| words::network(&error, &self.settings))
    }

    /// The next message. One that claims to be longer than `most` is of something else than a PostgreSQL server.
    async fn message(&mut self, most: u64) -> Result<Message, ServiceError> {
        loop {
            let claims = Header::parse(&self.came).map_err(|_| words::strange())?;
            if let Some(header) = claims.filter(|header| u64::try_from(header.len()).map_or(true, |length| length > most)) {
                return Err(if header.tag() == ROW { words::too_large(most) } else { words::strange() });
            }
            if let Some(message) = Message::parse(&mut self.came).map_err(|_| words::strange())? {
                return Ok(message);
            }
            let read = self.stream.read_buf(&mut self.came).await;
            match read {
                Ok(0) => return Err(words::network(&io::ErrorKind::UnexpectedEof.into(), &self.settings)),
                Ok(_) => {}
                Err(error) => return Err(words::network(&error, &self.settings)),
            }
        }
    }
}

/// A server does not notice that nobody waits for a statement, and goes on: it is asked to end it, on a connection of its own as the protocol wants it.
impl Drop for Connection {
    fn drop(&mut self) {
        let Some((process, secret)) = self.known_by.filter(|_| self.works) else { return };
        let (settings, policy) = (self.settings.clone(), self.policy);
        let asks = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let asked = async { tokio::time::timeout(CANCEL, cancel(&settings, policy, (process, secret))).await };
            runtime.block_on(asked).map_err(io::Error::other)
        };
        // A server that cannot be reached any more is not asked; the run ends all the same.
        let _ = std::thread::spawn(asks).join();
    }
}

async fn cancel(settings: &Settings, policy: Policy, (process, secret): (i32, i32)) -> Result<(), ServiceError> {
    let mut stream = Stream::open(settings, policy).await?;
    let mut message = BytesMut::new();
    frontend::cancel_request(process, secret, &mut message);
    let asked = async {
        stream.write_all(&message).await?;
        stream.flush().await?;
        // The server closes the connection when it has passed it on.
        stream.read_buf(&mut message).await
    };
    asked.await.map(drop).map_err(|error| words::network(&error, settings))
}

fn row(body: &DataRowBody) -> io::Result<Vec<Option<String>>> {
    let bytes = body.buffer();
    let text = |range: Option<std::ops::Range<usize>>| Ok(range.map(|range| String::from_utf8_lossy(&bytes[range]).into_owned()));
    body.ranges().map(text).collect()
}

fn unknown_way() -> Failed {
    let error = ServiceError::undone(HttpErrorKind::Other, "The server asks for a way to sign in that is not supported");
    Failed::Service(error.help("Supported are passwords: SCRAM-SHA-256, MD5 and plain."))
}
