//! The real application on a free port, with a clock that tests move and clients by identity.

use super::client::Client;
use ombud::classifier::Classifier;
use ombud::comment::{ModeratorRole, Scope, SessionTerms, SiteId, Timestamp};
use ombud::delivery::fetch::FetchSettings;
use ombud::delivery::webhook::Webhooks;
use ombud::http::compat::coral::CoralSettings;
use ombud::http::console::ConsoleSettings;
use ombud::http::embed::EmbedSettings;
use ombud::http::{Limits, Proxy};
use ombud::policy::{Origin, Policy, PolicyFiles};
use ombud::service::{Clock, ManualClock, Ombud, Periods, Publication, Schedule};
use ombud::startup::{Application, MetricsSettings, Parts, PolicySource, Stopper};
use ombud::store::StoreUrl;
use ombud::store::redis::RedisSettings;
use serde_json::json;
use std::sync::{Arc, OnceLock};

/// Loaded once for the whole test binary.
pub fn classifier() -> Arc<Classifier> {
    static CLASSIFIER: OnceLock<Arc<Classifier>> = OnceLock::new();
    Arc::clone(CLASSIFIER.get_or_init(|| Arc::new(Classifier::embedded())))
}

/// How an application under test differs from the shipped one.
pub struct Setup {
    pub store: Option<StoreUrl>,
    /// Lines put before the shipped policy's, by replacing `from` with `to`.
    pub policy: Vec<(&'static str, &'static str)>,
    pub proxy: Proxy,
    pub limits: Limits,
    pub console: ConsoleSettings,
    pub sessions: SessionTerms,
    pub coral: CoralSettings,
    pub embed: EmbedSettings,
    pub articles: Option<FetchSettings>,
    pub webhooks: Webhooks,
    pub clock: ManualClock,
    pub metrics: Option<MetricsSettings>,
}

impl Default for Setup {
    fn default() -> Self {
        let start: Timestamp = "2026-11-03T20:00:00Z".parse().expect("a time");
        Self {
            store: None,
            policy: Vec::new(),
            proxy: Proxy::default(),
            limits: Limits::default(),
            console: ConsoleSettings::default(),
            sessions: SessionTerms::default(),
            coral: CoralSettings::default(),
            embed: EmbedSettings::default(),
            articles: None,
            webhooks: Webhooks::default(),
            clock: ManualClock::at(start),
            metrics: Some(MetricsSettings::default()),
        }
    }
}

/// A running application with two sites and their keys.
pub struct TestApp {
    pub base: String,
    /// Where metrics are served, if they are.
    pub metrics: Option<String>,
    pub clock: ManualClock,
    pub ombud: Ombud,
    pub platform: Client,
    pub moderator: Client,
    pub second_moderator: Client,
    pub admin: Client,
    pub anonymous: Client,
    /// The platform of another site.
    pub stranger: Client,
    stopper: Stopper,
    _folder: tempfile::TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = setup.store.unwrap_or_else(|| StoreUrl::Sqlite(folder.path().join("ombud.db")));
        let application = Application::build(Parts {
            store,
            redis: RedisSettings::default(),
            policy: PolicySource::fixed(policy_files(&setup.policy)),
            classifier: classifier(),
            clock: Clock::Manual(setup.clock.clone()),
            proxy: setup.proxy,
            limits: setup.limits,
            learning: Schedule::default(),
            retention: Periods::default(),
            console: setup.console,
            sessions: setup.sessions,
            coral: setup.coral,
            embed: setup.embed,
            articles: setup.articles,
            webhooks: setup.webhooks,
            bind: ([127, 0, 0, 1], 0).into(),
            workers: Some(2),
            metrics: setup.metrics,
        })
        .await
        .expect("the application starts");
        let base = format!("http://{}", application.address());
        let metrics = application.metrics_address().map(|address| format!("http://{address}"));
        let ombud = application.ombud().clone();
        let stopper = application.stopper();
        tokio::spawn(application.run_until_stopped());
        let key = |site: &'static str, scopes: &'static [Scope]| {
            let (ombud, base) = (ombud.clone(), base.clone());
            async move {
                let site = SiteId::parse(site).expect("a site id");
                ombud.add_site(&site, site.as_str()).await.expect("a site");
                let new = ombud.add_key(&site, "test", scopes).await.expect("a key");
                Client::new(&base, Some(new.secret))
            }
        };
        Self {
            platform: key("post", &[Scope::Submit, Scope::Read]).await,
            moderator: key("post", &[Scope::Review, Scope::Read]).await,
            second_moderator: key("post", &[Scope::Review, Scope::Read]).await,
            admin: key("post", &[Scope::Admin]).await,
            stranger: key("gazette", &[Scope::Admin]).await,
            anonymous: Client::new(&base, None),
            clock: setup.clock,
            base,
            metrics,
            ombud,
            stopper,
            _folder: folder,
        }
    }

    /// Registers the article that most tests comment on.
    pub async fn article(&self, id: &str) {
        let article = json!({
            "title": "Talks between Maravel and Sundria stall over the border",
            "section": "world",
            "body": "The ministers of Maravel and Sundria met in Lorne. The talks about the border ended without a \
                     joint statement, and no date was set for another round of talks.",
        });
        self.platform.put(&format!("/v1/articles/{id}"), &article).await.expect_status(201);
    }

    /// Puts another policy in force: the shipped one, with these changes.
    pub async fn publish_policy(&self, changes: &[(&str, &str)]) {
        let note = Some("For election night".to_owned());
        let publication = Publication::by("Chief Desk".to_owned(), Origin::Command, note);
        self.ombud.publish_policy(&policy_files(changes), publication).await.expect("published");
    }

    /// Posts a comment that the policy publishes.
    pub async fn published(&self, id: &str, article: &str, parent: Option<&str>) {
        let body = comment(id, article, parent, CLEAN[id.len() % CLEAN.len()]);
        let answer = self.platform.post("/v1/comments", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.body["state"], "published", "{}", answer.body);
    }

    /// Posts a comment that the policy holds.
    pub async fn pending(&self, id: &str, article: &str) {
        let answer = self.platform.post("/v1/comments", &comment(id, article, None, SUSPECT)).await;
        assert_eq!(answer.body["state"], "pending", "{}", answer.body);
    }

    /// Somebody who may sign in on the site `post`, with a password of her own, which is answered.
    pub async fn person(&self, name: &str, role: ModeratorRole) -> String {
        let (site, name) = (SiteId::parse("post").expect("a site id"), name.parse().expect("a name"));
        self.ombud.provide_moderator(&site, &name, role, None).await.expect("an account")
    }

    /// Stops, after the requests under way.
    pub async fn stop(&self) {
        self.stopper.stop().await;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stopper = self.stopper.clone();
        tokio::spawn(async move { stopper.stop().await });
    }
}

/// On-topic and mild.
pub const CLEAN: [&str; 3] = [
    "The talks in Lorne ended without a statement, and the ministers of Maravel set no date for another round.",
    "Maravel and Sundria should publish the border proposal; the talks failed because nobody could read it.",
    "I expected the talks about the border to stall, but Sundria left the door open for another round.",
];

/// Holds a phrase that the shipped word list sends to a moderator.
pub const SUSPECT: &str = "If the minister does not like the talks in Lorne, go back where you came from.";

/// Holds a word that the shipped word list rejects.
pub const BANNED: &str = "That raghead from Sundria should not be at the talks.";

/// A comment by an author of its own, so that no rule about authors interferes.
pub fn comment(id: &str, article: &str, parent: Option<&str>, text: &str) -> serde_json::Value {
    let mut body = json!({
        "id": id, "article_id": article, "author": {"id": format!("author-of-{id}"), "name": "A Reader"}, "text": text,
    });
    if let Some(parent) = parent {
        body["parent_id"] = json!(parent);
    }
    body
}

/// The shipped policy, with changes.
pub fn policy(changes: &[(&str, &str)]) -> Policy {
    policy_files(changes).parse().expect("a policy")
}

/// The files of [`policy`].
pub fn policy_files(changes: &[(&str, &str)]) -> PolicyFiles {
    let (policy, words) = Policy::default_files();
    let mut policy = policy.to_owned();
    // Tests send the same few texts over and over, expect a decision's event at once, and what lies on a desk to be what
    // waits; what repeats, what is held back and what is drawn is tested on its own.
    let unlimited = [
        ("site_review_at = 3", "site_review_at = 0"),
        ("site_near_review_at = 3", "site_near_review_at = 0"),
        ("undo_seconds  = 5 ", "undo_seconds  = 0 "),
        ("share = 0.01", "share = 0   "),
    ];
    for (from, to) in unlimited.iter().chain(changes) {
        assert!(policy.contains(from), "the shipped policy has no `{from}`");
        policy = policy.replace(from, to);
    }
    PolicyFiles { policy, words: words.to_owned() }
}
