//! The real program, started and stopped as an operator would.

use super::client::Client;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long the program may take to listen, or to end. Nothing is measured by it: it turns a hang into a
/// failure that shows what the program said.
const PATIENCE: Duration = Duration::from_mins(1);

const LISTENING: &str = "ombud is listening on ";

/// `ombud` in a folder of its own, so that neither the configuration of this repository nor the
/// environment of whoever runs the tests has a say.
pub fn ombud(folder: &Path) -> Command {
    at_home(Command::new(env!("CARGO_BIN_EXE_ombud")), folder)
}

fn at_home(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder);
    for variable in ["OMBUD_CONFIG", "OMBUD_DATA_DIR", "OMBUD_STORE", "OMBUD_BIND", "OMBUD_MODEL", "RUST_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// What a command that ends by itself said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// Standard output of a command that must have succeeded.
    #[track_caller]
    pub fn expect_success(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// Standard error of a command that must have failed, in words and without a panic.
    #[track_caller]
    pub fn expect_failure(self) -> String {
        assert!(matches!(self.code, Some(1 | 2)), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self.stderr
    }
}

/// Runs `ombud` with these arguments to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Said {
    run_on(folder, arguments, "")
}

/// Runs `ombud` with something to read.
pub fn run_on(folder: &Path, arguments: &[&str], input: &str) -> Said {
    let mut command = ombud(folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("ombud starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // One that refuses its arguments reads nothing.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("ombud ends");
    Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A running `ombud serve --demo`. Killed when dropped.
pub struct Program {
    child: Child,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub base: String,
    folder: PathBuf,
    stdout: Stream,
    stderr: Stream,
}

impl Program {
    /// Starts it on a data folder and waits until it listens.
    pub async fn serve(folder: &Path, arguments: &[&str]) -> Self {
        Self::serve_with(folder, arguments, &[]).await
    }

    /// The same, with environment variables.
    pub async fn serve_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let arguments = [&["--demo"], arguments].concat();
        Self::start(folder, &arguments, environment)
            .await
            .unwrap_or_else(|said| panic!("ombud does not listen: {said}"))
    }

    /// Starts `ombud serve` without the demo; if it ends instead of listening, answers what it said.
    pub async fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = ombud(folder);
        command.envs(environment.iter().copied());
        Self::begin(folder, command, arguments).await
    }

    /// Starts `ombud serve --demo` without the signals that a shell calls so.
    pub async fn serve_without_signals(folder: &Path, signals: &[&str]) -> Self {
        let mut shell = at_home(Command::new("sh"), folder);
        let script = format!("trap '' {}; exec \"$0\" \"$@\"", signals.join(" "));
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_ombud")]);
        let begun = Self::begin(folder, shell, &["--demo"]).await;
        begun.unwrap_or_else(|said| panic!("ombud does not listen: {said}"))
    }

    async fn begin(folder: &Path, mut command: Command, arguments: &[&str]) -> Result<Self, String> {
        command.args(["serve", "--bind", "127.0.0.1:0", "--data-dir"]).arg(folder).args(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("ombud starts");
        let mut stdout = Stream::gather(child.stdout.take().expect("a pipe"));
        let stderr = Stream::gather(child.stderr.take().expect("a pipe"));
        let Some(base) = stdout.base().await else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("{}{}", stdout.text(), stderr.text()));
        };
        Ok(Self { child, base, folder: folder.to_owned(), stdout, stderr })
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `demo.json`, as this start wrote it.
    pub fn demo(&self) -> Value {
        let text = std::fs::read(self.folder.join("demo.json")).expect("demo.json is written before it listens");
        serde_json::from_slice(&text).expect("demo.json is JSON")
    }

    /// A client with a key of the demo: `platform_key`, `review_key` or `admin_key`.
    pub fn client(&self, key: &str) -> Client {
        let secret = self.demo()[key].as_str().expect("a key of the demo").to_owned();
        Client::new(&self.base, Some(secret))
    }

    /// What it wrote to standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it wrote to standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Ends it as a power cut would, as far as a process can tell (SIGKILL), and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Stops it where it is (SIGSTOP): it holds its connections and answers nobody.
    pub fn pause(&self) {
        signal(self.child.id(), "STOP");
    }

    /// Lets a stopped one go on (SIGCONT).
    pub fn go_on(&self) {
        signal(self.child.id(), "CONT");
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub async fn terminate(&mut self) -> ExitStatus {
        signal(self.child.id(), "TERM");
        // The pipes close when the process is gone.
        let closed = async { (self.stdout.closed().await, self.stderr.closed().await) };
        let ended = tokio::time::timeout(PATIENCE, closed).await;
        assert!(ended.is_ok(), "it does not end: {}", self.stderr.text());
        self.child.wait().expect("it ends")
    }
}

/// Sends a signal to a process that a test started.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\"", name, &process.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "process {process} takes no {name}");
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes out of a pipe, read as it comes so that the program never waits for us.
struct Stream {
    text: Arc<Mutex<String>>,
    listening: oneshot::Receiver<String>,
    closed: oneshot::Receiver<()>,
}

impl Stream {
    fn gather(pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let (listens, listening) = oneshot::channel();
        let (finish, closed) = oneshot::channel();
        let gathered = Arc::clone(&text);
        std::thread::spawn(move || {
            let (mut listens, mut pipe, mut line) = (Some(listens), BufReader::new(pipe), Vec::new());
            while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                let read = String::from_utf8_lossy(&line);
                if let (Some(base), Some(_)) = (read.strip_prefix(LISTENING), &listens) {
                    let _ = listens.take().map(|l| l.send(base.trim_end().to_owned()));
                }
                gathered.lock().expect("nobody panicked").push_str(&read);
                line.clear();
            }
            let _ = finish.send(());
        });
        Self { text, listening, closed }
    }

    fn text(&self) -> String {
        self.text.lock().expect("nobody panicked").clone()
    }

    /// Where the program listens; `None` if it ended before, or takes too long.
    async fn base(&mut self) -> Option<String> {
        tokio::time::timeout(PATIENCE, &mut self.listening).await.ok()?.ok()
    }

    async fn closed(&mut self) {
        let _ = (&mut self.closed).await;
    }
}
