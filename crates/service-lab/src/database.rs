//! A PostgreSQL server of its own, with the programs that the system has (Debian's package `postgresql`).

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A server on a loopback port, with the user and the database `case`; it ends with this.
pub struct Database {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

/// The password of the user `case`.
const PASSWORD: &str = "secret";

impl Database {
    /// Starts one; `None`: the system has no server.
    ///
    /// # Errors
    /// It is there and does not start.
    pub fn start() -> io::Result<Option<Self>> {
        Self::started(false)
    }

    /// Starts one that speaks TLS where it is asked to, with a certificate that it has signed itself.
    ///
    /// # Errors
    /// It is there and does not start.
    pub fn with_tls() -> io::Result<Option<Self>> {
        Self::started(true)
    }

    fn started(encrypts: bool) -> io::Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { programs, folder, port };
        fs::write(server.path("password"), PASSWORD)?;
        let (certificate, key) = crate::tls::pem()?;
        fs::write(server.path("certificate"), certificate)?;
        fs::write(server.path("key"), key)?;
        // The server takes no key that others may read.
        fs::set_permissions(server.path("key"), fs::Permissions::from_mode(0o600))?;
        if is_root() {
            // The server does not run as root.
            done(Command::new("chown").args(["-R", "postgres"]).arg(server.folder.path()).output()?)?;
        }
        let (data, password) = (server.path("data"), server.path("password"));
        server.run("initdb", &["-D", &data, "-U", "case", &format!("--pwfile={password}"), "-A", "scram-sha-256", "-E", "UTF8", "--locale=C"])?;
        let sockets = server.folder.path().display();
        let mut options = format!("-p {port} -h 127.0.0.1 -k {sockets} -c timezone=UTC -c log_timezone=UTC -c fsync=off");
        if encrypts {
            let (certificate, key) = (server.path("certificate"), server.path("key"));
            options += &format!(" -c ssl=on -c ssl_cert_file={certificate} -c ssl_key_file={key}");
        }
        server.run("pg_ctl", &["-D", &data, "-w", "-l", &server.path("log"), "-o", &options, "start"])?;
        let address = format!("host=127.0.0.1 port={port} user=case dbname=postgres password={PASSWORD}");
        server.run("psql", &["-q", "-d", &address, "-c", "CREATE DATABASE \"case\""])?;
        Ok(Some(server))
    }

    /// Whether the system has the programs.
    pub fn is_there() -> bool {
        programs().is_some()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Its output goes nowhere: a server that stays would hold a pipe open.
    fn run(&self, program: &str, args: &[&str]) -> io::Result<()> {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let log = fs::File::options().create(true).append(true).open(self.path("said"))?;
        let status = command.args(args).current_dir("/").stdout(log.try_clone()?).stderr(log).status()?;
        let said = fs::read_to_string(self.path("said")).unwrap_or_default();
        if status.success() { Ok(()) } else { Err(io::Error::other(format!("the database server does not start: {said}"))) }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that is gone already is no failure.
        let _ = self.run("pg_ctl", &["-D", &self.path("data"), "-m", "immediate", "stop"]);
    }
}

fn done(output: Output) -> io::Result<()> {
    if output.status.success() { Ok(()) } else { Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned())) }
}

/// Where `initdb` is: in Debian's folder of the newest version, or where programs are.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.map(|entry| entry.path().join("bin")).max_by_key(|path| version(path));
    let usual = ["/usr/local/bin", "/usr/bin", "/usr/local/pgsql/bin"].map(PathBuf::from);
    newest.into_iter().chain(usual).find(|folder| folder.join("initdb").is_file())
}

fn version(programs: &Path) -> u32 {
    let name = programs.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // Of this process: who owns it is who it runs as.
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}
