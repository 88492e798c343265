//! The replicas under attack: real processes, their configuration, and keys for all who call.

use super::endpoint::Endpoint;
use super::store::Kind;
use crate::support::app::classifier;
use crate::support::client::Client;
use crate::support::program::Program;
use ombud::comment::{Role, Scope, SessionTerms, SiteId};
use ombud::delivery::webhook::Webhooks;
use ombud::http::compat::coral::CoralSettings;
use ombud::http::console::ConsoleSettings;
use ombud::http::embed::EmbedSettings;
use ombud::http::{Limits, Proxy};
use ombud::policy::Policy;
use ombud::service::{Clock, Periods, Schedule};
use ombud::startup::{Application, Parts, PolicySource};
use ombud::store::StoreUrl;
use ombud::store::redis::RedisSettings;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

/// How long a replica may take to find its store and listen.
const LIMIT: Duration = Duration::from_mins(1);

/// A caller with a key.
#[derive(Clone)]
pub struct Identity {
    /// The key's id, which is the moderator's name.
    pub id: String,
    pub client: Client,
}

/// Everybody who calls.
pub struct Keys {
    pub platform: Identity,
    /// The last has the role `senior`.
    pub moderators: Vec<Identity>,
    /// Decides on many, and on nothing else.
    pub bulk: Identity,
    pub admin: Identity,
    /// Claims all that is left, in the end.
    pub last: Identity,
}

pub struct House {
    folder: TempDir,
    arguments: Vec<String>,
    homes: Vec<PathBuf>,
    bases: Mutex<Vec<String>>,
    replicas: Vec<tokio::sync::Mutex<Option<Program>>>,
    /// What those said that are gone.
    said: Mutex<Vec<String>>,
    pub keys: Keys,
}

impl House {
    /// Makes a site with its keys and starts the replicas.
    pub async fn build(kind: Kind, url: Option<String>, endpoints: &[&Endpoint]) -> Self {
        let folder = tempfile::Builder::new().prefix("ombud-torture-").tempdir().expect("a folder");
        let config = configure(folder.path(), kind, endpoints);
        let count = if kind == Kind::Sqlite { 1 } else { 2 };
        let homes: Vec<PathBuf> = (0..count).map(|n| folder.path().join(format!("replica-{n}"))).collect();
        for home in &homes {
            std::fs::create_dir(home).expect("a folder");
        }
        let keys = keys(&homes[0], &config, url.as_deref()).await;
        let mut arguments = vec!["--config".to_owned(), config];
        arguments.extend(url.into_iter().flat_map(|url| ["--store".to_owned(), url]));
        let house = Self {
            folder,
            arguments,
            bases: Mutex::new(vec![String::new(); count]),
            replicas: homes.iter().map(|_| tokio::sync::Mutex::new(None)).collect(),
            homes,
            said: Mutex::default(),
            keys,
        };
        for replica in 0..count {
            house.start(replica).await;
        }
        house
    }

    pub fn count(&self) -> usize {
        self.homes.len()
    }

    /// Where a replica listens, or listened last.
    pub fn base(&self, replica: usize) -> String {
        let bases = self.bases.lock().expect("nobody panicked");
        bases[replica % bases.len()].clone()
    }

    /// Starts a replica, again and again until its store takes it.
    pub async fn start(&self, replica: usize) {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let starting = async {
            loop {
                match Program::start(&self.homes[replica], &arguments, &[]).await {
                    Ok(program) => return program,
                    Err(said) => self.said.lock().expect("nobody panicked").push(said),
                }
                super::pause(Duration::from_millis(200)).await;
            }
        };
        let started = tokio::time::timeout(LIMIT, starting).await;
        let program = started.unwrap_or_else(|_| panic!("replica {replica} does not start: {:?}", self.said().pop()));
        self.bases.lock().expect("nobody panicked")[replica].clone_from(&program.base);
        *self.replicas[replica].lock().await = Some(program);
    }

    /// Kills a replica (SIGKILL).
    pub async fn kill(&self, replica: usize) {
        if let Some(mut program) = self.replicas[replica].lock().await.take() {
            program.kill();
            self.keep(&program);
        }
    }

    /// Asks a replica to end (SIGTERM) and waits until it has.
    pub async fn terminate(&self, replica: usize) -> bool {
        let Some(mut program) = self.replicas[replica].lock().await.take() else { return true };
        let ended = program.terminate().await;
        self.keep(&program);
        ended.success()
    }

    /// Stops a replica for a while where it is.
    pub async fn pause(&self, replica: usize, time: Duration) {
        let program = self.replicas[replica].lock().await;
        let program = program.as_ref().expect("it runs");
        program.pause();
        super::pause(time).await;
        program.go_on();
    }

    fn keep(&self, program: &Program) {
        self.said.lock().expect("nobody panicked").push(program.stderr() + &program.stdout());
    }

    /// What the replicas that are gone said.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().expect("nobody panicked").clone()
    }

    /// Ends all, in order.
    pub async fn end(&self) {
        for replica in 0..self.count() {
            self.terminate(replica).await;
        }
        assert!(self.folder.path().is_dir());
    }
}

/// The shipped configuration, but impatient, and with two endpoints.
fn configure(folder: &Path, kind: Kind, endpoints: &[&Endpoint]) -> String {
    let config = folder.join("config");
    std::fs::create_dir(&config).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(config.join(name), text).expect("written");
    let (policy, words) = Policy::default_files();
    let impatient = [
        ("site_review_at = 3", "site_review_at = 0"),
        ("site_near_review_at = 3", "site_near_review_at = 0"),
        ("undo_seconds  = 5 ", "undo_seconds  = 1 "),
        ("lease_seconds = 300", "lease_seconds = 10"),
        ("skip_minutes  = 30", "skip_minutes  = 1"),
        ("limit = 3 ", "limit = 2 "),
        ("max_comments = 5 ", "max_comments = 0 "),
    ];
    let policy = impatient.iter().fold(policy.to_owned(), |policy, (from, to)| {
        assert!(policy.contains(from), "the shipped policy has no `{from}`");
        policy.replace(from, to)
    });
    write("policy.toml", &policy);
    write("words.toml", words);
    write("ombud.toml", &format!("[redis]\nreplicas = {}\n", kind.replicas()));
    let mut webhooks = String::new();
    for endpoint in endpoints {
        write(endpoint.id, &endpoint.secret);
        let written = write!(
            webhooks,
            "[[endpoint]]\nid = \"{}\"\nsite = \"{SITE}\"\nurl = \"{}/hook\"\nsecret_file = \"{}\"\nfrom = \"beginning\"\n\
             timeout_ms = 1500\nprivate_networks = [\"127.0.0.1\"]\n",
            endpoint.id,
            endpoint.base,
            config.join(endpoint.id).display()
        );
        written.expect("a String takes everything");
    }
    write("webhooks.toml", &webhooks);
    config.to_str().expect("UTF-8").to_owned()
}

const SITE: &str = "post";

/// Makes the site and its keys, by an ombud of this process that serves nobody.
async fn keys(home: &Path, config: &str, url: Option<&str>) -> Keys {
    let store = match url {
        None => StoreUrl::Sqlite(home.join("ombud.db")),
        Some(url) => url.parse().expect("a store"),
    };
    let application = Application::build(Parts {
        store,
        redis: RedisSettings::default(),
        policy: PolicySource::read(Some(config.as_ref())).expect("a policy"),
        classifier: classifier(),
        clock: Clock::System,
        proxy: Proxy::default(),
        limits: Limits::default(),
        learning: Schedule::default(),
        retention: Periods::default(),
        console: ConsoleSettings::default(),
        sessions: SessionTerms::default(),
        coral: CoralSettings::default(),
        embed: EmbedSettings::default(),
        articles: None,
        webhooks: Webhooks::default(),
        bind: ([127, 0, 0, 1], 0).into(),
        workers: Some(1),
        metrics: None,
    });
    let application = application.await.expect("the application starts");
    let ombud = application.ombud();
    let site = SiteId::parse(SITE).expect("a site id");
    ombud.add_site(&site, SITE).await.expect("a site");
    let senior = [Role::parse("senior").expect("a role")];
    let key = async |scopes: &[Scope], roles: &[Role]| {
        let new = ombud.add_key_with_roles(&site, "torture", scopes, roles).await.expect("a key");
        Identity { id: new.key.id.to_string(), client: Client::new("", Some(new.secret)) }
    };
    let review = [Scope::Review, Scope::Read];
    Keys {
        platform: key(&[Scope::Submit, Scope::Read], &[]).await,
        moderators: vec![key(&review, &[]).await, key(&review, &[]).await, key(&review, &senior).await],
        bulk: key(&review, &[]).await,
        admin: key(&[Scope::Admin], &[]).await,
        last: key(&[Scope::Admin], &[]).await,
    }
}
