//! A Chromium without a window, spoken to over a pipe in its own protocol: enough to open a page of
//! ours, press keys in it, ask it things and take pictures.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::folder;

/// How long a browser may take for everything a test asks of it.
const PATIENCE: Duration = Duration::from_mins(2);

/// A page in a browser of its own.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: String,
    number: u64,
    /// What the page said on its console or failed at, and every address it asked for.
    events: Vec<Value>,
    _watch: Sender<()>,
    _home: TempDir,
}

/// Where a Chromium is: named by `ETHOS_CHROMIUM`, or on the path.
fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ETHOS_CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file())
}

impl Browser {
    /// A browser, or `None` where there is none: then it says what is skipped, past the test harness,
    /// which keeps what a passing test prints.
    pub(crate) fn or_skip(what: &str) -> Option<Self> {
        let Some(program) = program() else {
            let said = format!(
                "skipped: {what}: there is no Chromium here (install it, or name one in ETHOS_CHROMIUM)\n"
            );
            let _ = std::io::stderr().write_all(said.as_bytes());
            return None;
        };
        Some(Self::start(&program))
    }

    fn start(program: &Path) -> Self {
        let home = folder();
        // It reads commands from its file 3 and answers on its file 4: our pipes.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 >/dev/null </dev/null"])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", home.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let id = child.id().to_string();
        let (watch, watched) = channel::<()>();
        // A browser that hangs is ended, which ends the wait for its answer.
        thread::spawn(move || {
            if watched.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-9", &id]).status();
            }
        });
        let to = child.stdin.take().expect("a pipe");
        let from = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut browser = Self {
            child,
            to,
            from,
            session: String::new(),
            number: 0,
            events: Vec::new(),
            _watch: watch,
            _home: home,
        };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.ask(
            "Target.attachToTarget",
            json!({"targetId": target["targetId"], "flatten": true}),
        );
        let session = attached["sessionId"].as_str().expect("a session");
        session.clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// One command and its answer.
    pub(crate) fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).expect("the browser listens");
        loop {
            let message = self.next();
            if message["id"] == json!(self.number) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("an answer");
        bytes.pop();
        serde_json::from_slice(&bytes).expect("the browser answers in time")
    }

    /// Opens a page of this width and waits until it is there.
    pub(crate) fn open(&mut self, page: &Path, width: u32) {
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}),
        );
        self.events.clear();
        let url = format!("file://{}", page.display());
        self.ask("Page.navigate", json!({"url": url}));
        while !self.said("Page.loadEventFired") {
            let message = self.next();
            self.events.push(message);
        }
    }

    fn said(&self, method: &str) -> bool {
        self.events.iter().any(|event| event["method"] == method)
    }

    /// Value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let answer = self.ask(
            "Runtime.evaluate",
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true}),
        );
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Presses a key: `Tab`, ` `, `Enter`.
    pub(crate) fn press(&mut self, key: &str) {
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, ""),
            " " => ("Space", 32, " "),
            "Enter" => ("Enter", 13, "\r"),
            other => panic!("{other} is no key of these tests"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({
                "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number,
            });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// Types text where the focus is.
    pub(crate) fn types(&mut self, text: &str) {
        self.ask("Input.insertText", json!({"text": text}));
    }

    /// Shows the page as in the dark, or as printed: `prefers-color-scheme`, `print`.
    pub(crate) fn shows(&mut self, media: &str, scheme: &str) {
        self.ask(
            "Emulation.setEmulatedMedia",
            json!({
                "media": media,
                "features": [{"name": "prefers-color-scheme", "value": scheme}],
            }),
        );
    }

    /// What went wrong in the page since it was opened: errors and warnings of the console.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // An answer comes after everything that was said before it.
        self.value("0");
        let kinds = [
            "Runtime.exceptionThrown",
            "Runtime.consoleAPICalled",
            "Log.entryAdded",
        ];
        self.events
            .iter()
            .filter(|event| kinds.iter().any(|kind| event["method"] == *kind))
            .map(|event| event["params"].to_string())
            .collect()
    }

    /// Every address that the page asked for since it was opened.
    pub(crate) fn requests(&mut self) -> Vec<String> {
        self.value("0");
        self.events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .filter_map(|event| event["params"]["request"]["url"].as_str())
            .map(str::to_owned)
            .collect()
    }

    /// How many sheets of A4 the page takes on paper.
    pub(crate) fn sheets(&mut self) -> usize {
        let answer = self.ask(
            "Page.printToPDF",
            json!({"preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69}),
        );
        let bytes = unpacked(answer["data"].as_str().expect("a document"));
        let text = String::from_utf8_lossy(&bytes);
        text.matches("/Type /Page").count() - text.matches("/Type /Pages").count()
    }

    /// A picture of the page from its top, at most this high.
    pub(crate) fn picture(&mut self, height: u32) -> Vec<u8> {
        let size = self.value("[document.documentElement.clientWidth, Math.ceil(document.body.getBoundingClientRect().height)]");
        let whole = size[1].as_f64().expect("a height");
        let answer = self.ask(
            "Page.captureScreenshot",
            json!({
                "format": "png",
                "captureBeyondViewport": true,
                "clip": {"x": 0, "y": 0, "width": size[0], "height": whole.min(f64::from(height)), "scale": 1},
            }),
        );
        unpacked(answer["data"].as_str().expect("a picture"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes of base64.
fn unpacked(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let digit = DIGITS
            .iter()
            .position(|digit| *digit == byte)
            .expect("base64");
        held = held << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}
