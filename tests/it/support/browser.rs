//! A real Chromium without a window, spoken to by `WebDriver` through chromedriver.
//!
//! It reaches loopback and nothing else, and starts with an empty profile. Drop ends it: the session, then both
//! processes by their ids.

use super::foreign;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the browser may take for anything. Nothing is measured by it: it turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at a page that is awaited.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The name under which `WebDriver` hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that have no character, for [`Browser::press`].
pub mod key {
    pub const TAB: char = '\u{E004}';
    pub const ENTER: char = '\u{E007}';
    pub const ESCAPE: char = '\u{E00C}';
    pub const PAGE_UP: char = '\u{E00E}';
    pub const END: char = '\u{E010}';
    pub const HOME: char = '\u{E011}';
    pub const LEFT: char = '\u{E012}';
}

/// What a page looks like to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A browser with one page.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    process: Option<u32>,
    http: reqwest::Client,
    profile: tempfile::TempDir,
}

impl Browser {
    pub async fn start() -> Self {
        let (driver, port) = start_driver();
        let profile = tempfile::tempdir().expect("a folder");
        let tls = ombud::delivery::outward::client_config(None).expect("TLS");
        let http = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(PATIENCE);
        let http = http.build().expect("a client");
        let mut browser = Self { driver, port, session: String::new(), process: None, http, profile };
        let capabilities = capabilities(browser.profile.path());
        let made = browser.ask("POST", "/session", Some(json!({"capabilities": {"alwaysMatch": capabilities}}))).await;
        made["sessionId"].as_str().unwrap_or_default().clone_into(&mut browser.session);
        browser.process = made["capabilities"]["goog:processID"].as_u64().and_then(|id| u32::try_from(id).ok());
        assert!(!browser.session.is_empty(), "no session: {made}");
        browser.resize(1280, 800).await;
        browser
    }

    /// Sets how large the page is seen, in CSS pixels. Under 600 it is a telephone, with fingers.
    pub async fn resize(&self, width: u32, height: u32) {
        let mobile = width < 600;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Sets what the system says about light and dark.
    pub async fn prefer(&self, theme: Theme) {
        let features = json!([{"name": "prefers-color-scheme", "value": theme.name()}]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Whether scripts of pages run, from the next page on.
    pub async fn allow_scripts(&self, allowed: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": !allowed})).await;
    }

    /// Opens an address, and waits until the page and all that it needs are there.
    pub async fn open(&self, address: &str) {
        self.command("POST", "/url", Some(json!({"url": address}))).await;
    }

    pub async fn address(&self) -> String {
        self.command("GET", "/url", None).await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn title(&self) -> String {
        self.command("GET", "/title", None).await.as_str().unwrap_or_default().to_owned()
    }

    /// Goes into a frame of the page: what follows is about the page in it.
    pub async fn enter(&self, selector: &str) {
        let frame = self.find(selector).await;
        self.command("POST", "/frame", Some(json!({"id": {ELEMENT: frame}}))).await;
    }

    /// Goes back from the frame to the page.
    pub async fn leave(&self) {
        self.command("POST", "/frame", Some(json!({"id": null}))).await;
    }

    /// The text that is seen of the first element that the selector finds.
    pub async fn text(&self, selector: &str) -> String {
        let element = self.find(selector).await;
        let text = self.command("GET", &format!("/element/{element}/text"), None).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// How many elements the selector finds just now; await what else the page has before.
    pub async fn count(&self, selector: &str) -> usize {
        let found = self.command("POST", "/elements", Some(by(selector))).await;
        found.as_array().map_or(0, Vec::len)
    }

    pub async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        self.command("POST", &format!("/element/{element}/click"), Some(json!({}))).await;
    }

    /// Clicks what leads to another page, and waits until the page that it was on has gone. A click alone may come back
    /// before, and an element that both pages have would be read from the old one; scripts, which could be asked, may be
    /// off.
    pub async fn follow(&self, selector: &str) {
        let element = self.find(selector).await;
        self.command("POST", &format!("/element/{element}/click"), Some(json!({}))).await;
        let end = Instant::now() + PATIENCE;
        while self.try_command("GET", &format!("/element/{element}/name"), None).await.is_ok() {
            assert!(Instant::now() < end, "{selector} leads nowhere from {}", self.address().await);
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Writes into a field.
    pub async fn fill(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        self.command("POST", &format!("/element/{element}/clear"), Some(json!({}))).await;
        self.command("POST", &format!("/element/{element}/value"), Some(json!({"text": text}))).await;
    }

    /// Presses these keys one after the other, wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let strokes = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()})));
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes.collect::<Vec<_>>()}]});
        self.command("POST", "/actions", Some(actions)).await;
    }

    /// Presses the mouse at one place of an element and lets it go at another; each a share of its width and height.
    pub async fn drag(&self, selector: &str, from: (f64, f64), to: (f64, f64)) {
        let script = format!(
            "const e = document.querySelector({}); e.scrollIntoView({{block: 'center'}});
             const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]",
            json!(selector)
        );
        let place: Vec<f64> = serde_json::from_value(self.run(&script).await).expect("a box");
        let at = |(x, y): (f64, f64)| {
            let (x, y) = (place[0] + x * place[2], place[1] + y * place[3]);
            json!({"type": "pointerMove", "duration": 0, "x": x.round(), "y": y.round()})
        };
        let button = |kind: &str| json!({"type": kind, "button": 0});
        let strokes = json!([at(from), button("pointerDown"), at(to), button("pointerUp")]);
        let actions = json!({"actions": [{"type": "pointer", "id": "mouse", "actions": strokes}]});
        self.command("POST", "/actions", Some(actions)).await;
    }

    /// Runs the body of a function in the page and answers what it returns; a promise is awaited.
    pub async fn run(&self, script: &str) -> Value {
        self.command("POST", "/execute/sync", Some(json!({"script": script, "args": []}))).await
    }

    /// Waits until a script returns something true.
    #[track_caller]
    pub fn until<'a>(&'a self, script: &'a str) -> impl Future<Output = ()> + 'a {
        let whence = std::panic::Location::caller();
        async move {
            let end = Instant::now() + PATIENCE;
            // While a page is being left, there is none to ask.
            while self.try_command("POST", "/execute/sync", Some(json!({"script": script, "args": []}))).await
                != Ok(Value::Bool(true))
            {
                assert!(Instant::now() < end, "{whence}: never true at {}: {script}", self.address().await);
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }

    /// Waits until the page at an address that ends so is there whole.
    pub async fn arrive(&self, end: &str) {
        let there = format!("return document.readyState === 'complete' && location.href.endsWith({})", json!(end));
        self.until(&there).await;
    }

    /// What has the focus, as a selector would name it: its id, or its tag.
    pub async fn focused(&self) -> String {
        let script = "const e = document.activeElement; return e.id ? '#' + e.id : e.tagName.toLowerCase()";
        self.run(script).await.as_str().unwrap_or_default().to_owned()
    }

    /// A cookie of the page, with its flags; null if there is none.
    pub async fn cookie(&self, name: &str) -> Value {
        let cookies = self.command("GET", "/cookie", None).await;
        let found = cookies.as_array().into_iter().flatten().find(|cookie| cookie["name"] == name);
        found.cloned().unwrap_or_default()
    }

    /// Takes cookies away, as a browser that was closed does.
    pub async fn forget_cookies(&self) {
        self.command("DELETE", "/cookie", None).await;
    }

    /// What the browser had to complain about since it was last asked: scripts that failed, what the page's policy forbids.
    /// What its own pages say, such as the one it starts with, is none of ours.
    pub async fn complaints(&self) -> Vec<String> {
        let lines = self.command("POST", "/se/log", Some(json!({"type": "browser"}))).await;
        let lines = lines.as_array().into_iter().flatten();
        let lines = lines.map(|line| line["message"].as_str().unwrap_or_default());
        lines.filter(|line| !line.starts_with("chrome://")).map(str::to_owned).collect()
    }

    /// What axe-core finds wrong that is serious or critical: rule, what it is, and where.
    pub async fn barriers(&self) -> Vec<String> {
        let axe = foreign::file("axe-core/axe.min.js");
        // A page's own policy forbids inline scripts; what is run from outside is none.
        self.run(&format!("{axe}; window.axe = axe")).await;
        let found = self
            .run("return axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(r => r.violations)")
            .await;
        let serious = found.as_array().expect("a list").iter();
        let serious = serious.filter(|v| v["impact"] == "serious" || v["impact"] == "critical");
        let place = |node: &Value| format!("{} {}", node["target"], node["failureSummary"]);
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        serious
            .map(|v| {
                let places: Vec<String> = v["nodes"].as_array().into_iter().flatten().map(place).collect();
                format!("{}: {}\n  {}", word(&v["id"]), word(&v["help"]), places.join("\n  "))
            })
            .collect()
    }

    /// A PNG of the whole page, as long as it is.
    pub async fn picture(&self) -> Vec<u8> {
        use base64::Engine as _;
        let taken = self.devtools("Page.captureScreenshot", json!({"captureBeyondViewport": true})).await;
        let data = taken["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(data).expect("base64")
    }

    /// The first element that the selector finds, once there is one.
    async fn find(&self, selector: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.try_command("POST", "/element", Some(by(selector))).await {
                Ok(found) => return found[ELEMENT].as_str().expect("an element").to_owned(),
                Err(error) => {
                    assert!(Instant::now() < end, "no {selector} at {}: {error}", self.address().await);
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.command("POST", "/goog/cdp/execute", Some(json!({"cmd": command, "params": parameters}))).await
    }

    async fn command(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.try_command(method, path, body).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn try_command(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
        self.try_ask(method, &format!("/session/{}{path}", self.session), body).await
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.try_ask(method, path, body).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn try_ask(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, String> {
        let method = method.parse().expect("a method");
        let mut request = self.http.request(method, format!("http://127.0.0.1:{}{path}", self.port));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|e| e.to_string())?;
        let fine = answer.status().is_success();
        let mut answer: Value = answer.json().await.map_err(|e| e.to_string())?;
        if fine { Ok(answer["value"].take()) } else { Err(format!("{}", answer["value"]["message"])) }
    }
}

fn by(selector: &str) -> Value {
    json!({"using": "css selector", "value": selector})
}

/// Starts chromedriver on a port of its choice.
fn start_driver() -> (Child, u16) {
    let started = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut driver = started.expect("chromedriver is installed; ./test says how");
    let mut said = BufReader::new(driver.stdout.take().expect("a pipe"));
    let (mut all, mut line) = (String::new(), String::new());
    while said.read_line(&mut line).is_ok_and(|n| n > 0) {
        if let Some(port) = line.trim().strip_prefix("ChromeDriver was started successfully on port ") {
            let port = port.trim_end_matches('.').parse().expect("a port");
            // What it says later is read, so that it never waits for us.
            std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
            return (driver, port);
        }
        all.push_str(&line);
        line.clear();
    }
    let ended = driver.wait();
    panic!("chromedriver does not start ({ended:?}): {all}");
}

fn capabilities(profile: &Path) -> Value {
    let arguments = [
        "--headless".to_owned(),
        // Root, as in most containers, has no sandbox.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--no-proxy-server".to_owned(),
        "--hide-scrollbars".to_owned(),
        // Whatever a page asks for elsewhere is not found.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost".to_owned(),
        format!("--user-data-dir={}", profile.display()),
    ];
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {"args": arguments},
        "goog:loggingPrefs": {"browser": "ALL"},
        "unhandledPromptBehavior": "ignore",
    })
}

impl Drop for Browser {
    fn drop(&mut self) {
        // In order first: chromedriver ends its browser with the session.
        if let Ok(mut driver) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = driver.set_read_timeout(Some(Duration::from_secs(5)));
            let asked = write!(
                driver,
                "DELETE /session/{} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n",
                self.session, self.port
            );
            let _ = asked.and_then(|()| driver.read_to_end(&mut Vec::new()));
        }
        // One that is gone already takes no signal, which is as well.
        if let Some(process) = self.process {
            let _ = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
