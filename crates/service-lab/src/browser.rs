//! Chromium without a window, with the program that the system has (Debian's package `chromium`). It is told what to do over a pipe, in the
//! Chrome DevTools Protocol, so a page is looked at as it is: nothing is put into it.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// Names of the program, the first that is there is taken.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// Seconds after which a browser that hangs is ended.
const PATIENCE: &str = "300";

/// A browser with one page open; it ends with this.
pub struct Browser {
    process: Child,
    orders: File,
    answers: BufReader<File>,
    session: Value,
    sent: u64,
    /// Whether the page that was opened last is there.
    loaded: bool,
    /// Requests that pages made, by their address.
    requests: Vec<String>,
    _folder: tempfile::TempDir,
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether whoever looks at it likes it dark.
    pub dark: bool,
}

impl Browser {
    /// Starts one; `None`: the system has no browser.
    ///
    /// # Errors
    /// It is there and does not start.
    pub fn start() -> io::Result<Option<Self>> {
        let Some(program) = program() else { return Ok(None) };
        let folder = tempfile::tempdir()?;
        let [orders, answers] = ["orders", "answers"].map(|name| folder.path().join(name));
        let made = Command::new("mkfifo").args([&orders, &answers]).status()?;
        if !made.success() {
            return Err(io::Error::other("no pipe can be made"));
        }
        // The browser reads orders from descriptor 3 and answers on 4. As root it does not start with a sandbox of its own.
        let process = Command::new("sh")
            .args(["-c", r#"orders=$1 answers=$2; shift 2; exec "$@" 3<"$orders" 4>"$answers""#, "sh"])
            .args([&orders, &answers])
            .args(["timeout", PATIENCE])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe"])
            // Bars would lie over what they scroll, and cut the picture at the right.
            .arg("--hide-scrollbars")
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // Opening a pipe waits for its other side.
        let orders = File::options().write(true).open(orders)?;
        let answers = BufReader::new(File::open(answers)?);
        let mut browser = Self { process, orders, answers, session: Value::Null, sent: 0, loaded: false, requests: Vec::new(), _folder: folder };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))?;
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}))?;
        browser.session = attached["sessionId"].clone();
        for domain in ["Page.enable", "Network.enable"] {
            browser.call(domain, json!({}))?;
        }
        Ok(Some(browser))
    }

    /// Whether the system has the program.
    pub fn is_there() -> bool {
        program().is_some()
    }

    /// Opens a file, and waits until it is there.
    ///
    /// # Errors
    /// The browser has ended.
    pub fn open(&mut self, file: &Path, view: View) -> io::Result<()> {
        let View { width, height, dark } = view;
        self.call("Emulation.setDeviceMetricsOverride", json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}))?;
        let scheme = if dark { "dark" } else { "light" };
        self.call("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}))?;
        self.loaded = false;
        self.call("Page.navigate", json!({"url": format!("file://{}", file.display())}))?;
        while !self.loaded {
            self.receive()?;
        }
        Ok(())
    }

    /// The value of an expression in the page.
    ///
    /// # Errors
    /// The expression throws, or the browser has ended.
    pub fn evaluate(&mut self, expression: &str) -> io::Result<Value> {
        let answer = self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true, "awaitPromise": true}))?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(io::Error::other(thrown.to_string())),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// A picture of the whole page, at most so high, as PNG.
    ///
    /// # Errors
    /// The browser has ended.
    pub fn picture(&mut self, most: f64) -> io::Result<Vec<u8>> {
        let size = &self.call("Page.getLayoutMetrics", json!({}))?["cssContentSize"];
        let height = size["height"].as_f64().unwrap_or(most).min(most);
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1});
        let answer = self.call("Page.captureScreenshot", json!({"captureBeyondViewport": true, "clip": clip}))?;
        BASE64_STANDARD.decode(answer["data"].as_str().unwrap_or_default()).map_err(io::Error::other)
    }

    /// The addresses that were asked for since the last time.
    pub fn requests(&mut self) -> Vec<String> {
        std::mem::take(&mut self.requests)
    }

    fn call(&mut self, method: &str, params: Value) -> io::Result<Value> {
        self.sent += 1;
        let mut order = json!({"id": self.sent, "method": method, "params": params});
        if !self.session.is_null() {
            order["sessionId"] = self.session.clone();
        }
        let mut bytes = order.to_string().into_bytes();
        bytes.push(0);
        self.orders.write_all(&bytes)?;
        loop {
            let mut message = self.receive()?;
            if message["id"] == self.sent {
                return match message.get("error") {
                    Some(error) => Err(io::Error::other(format!("{method}: {error}"))),
                    None => Ok(message["result"].take()),
                };
            }
        }
    }

    /// The next message: an answer, or an event.
    fn receive(&mut self) -> io::Result<Value> {
        let mut bytes = Vec::new();
        self.answers.read_until(0, &mut bytes)?;
        if bytes.pop() != Some(0) {
            return Err(io::Error::other("the browser has ended"));
        }
        let message: Value = serde_json::from_slice(&bytes)?;
        self.loaded |= message["method"] == "Page.loadEventFired";
        if message["method"] == "Network.requestWillBeSent" {
            self.requests.extend(message["params"]["request"]["url"].as_str().map(str::to_owned));
        }
        Ok(message)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = Value::Null;
        // A browser that is gone already is no failure.
        let _ = self.call("Browser.close", json!({}));
        let _ = self.process.wait();
    }
}

fn program() -> Option<PathBuf> {
    let folders = ["/usr/local/bin", "/usr/bin", "/snap/bin"].map(Path::new);
    PROGRAMS.iter().flat_map(|name| folders.map(|folder| folder.join(name))).find(|path| path.is_file())
}
