//! Policies while the real program runs: changed files, bad files, several replicas, and decisions taken again.

use super::{folder, text};
use crate::support::app::{CLEAN, comment};
use crate::support::client::Client;
use crate::support::labelled::labelled;
use crate::support::model::until;
use crate::support::program::{Program, Said, run, signal};
use crate::support::redis::{Persistence, RedisServer};
use ombud::policy::Policy;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ARTICLE: &str = "lorne-talks";

/// A folder of settings whose policy is the shipped one with a change.
struct Config(PathBuf);

impl Config {
    fn new(within: &Path, name: &str, from: &str, to: &str) -> Self {
        let config = Self(within.join(name));
        std::fs::create_dir(&config.0).expect("a folder");
        config.write(from, to);
        config
    }

    /// The shipped policy with this change, and as patient with texts that repeat as these tests are with theirs.
    fn write(&self, from: &str, to: &str) {
        let (policy, _) = Policy::default_files();
        let policy = policy.replace("site_review_at = 3", "site_review_at = 0");
        let policy = policy.replace("site_near_review_at = 3", "site_near_review_at = 0");
        assert!(policy.contains(from), "the shipped policy has no `{from}`");
        self.put(&policy.replace(from, to));
    }

    fn put(&self, policy: &str) {
        std::fs::write(self.0.join("policy.toml"), policy).expect("written");
    }

    fn path(&self) -> &str {
        text(&self.0)
    }
}

const POST: (&str, &str) = ("mode = \"post\"", "mode = \"post\"");
const PRE: (&str, &str) = ("mode = \"post\"", "mode = \"pre\"");

async fn ready(client: &Client) -> Value {
    client.get("/readyz").await.expect_status(200).body
}

fn alerts(ready: &Value) -> Vec<&str> {
    ready["alerts"].as_array().expect("alerts").iter().filter_map(|alert| alert["code"].as_str()).collect()
}

/// The number and the revision of the policy in force.
fn in_force(ready: &Value) -> (u64, String) {
    let policy = &ready["policy"];
    (policy["number"].as_u64().expect("a number"), policy["revision"].as_str().expect("a revision").to_owned())
}

/// Waits until a policy of this number judges.
async fn reaches(client: &Client, number: u64) -> Value {
    until(async || in_force(&ready(client).await).0 == number).await;
    ready(client).await
}

/// Waits until exactly these alerts are said.
async fn says(client: &Client, codes: &[&str]) -> Value {
    until(async || alerts(&ready(client).await) == codes).await;
    ready(client).await
}

/// A comment that no rule minds, by an author of its own.
fn clean(id: &str) -> Value {
    let mut body = comment(id, ARTICLE, None, CLEAN[0]);
    body["author"]["id"] = json!(format!("author-of-{id}"));
    body["text"] = json!(format!("{} I mean the talks of round {id}.", CLEAN[0]));
    body
}

#[tokio::test]
async fn a_changed_file_judges_each_request_whole_and_drops_none() {
    let folder = folder();
    let config = Config::new(folder.path(), "config", POST.0, POST.1);
    let program = Program::serve(folder.path(), &["--config", config.path()]).await;
    let platform = program.client("platform_key");
    let (first, post) = in_force(&ready(&platform).await);
    assert_eq!(first, 1);

    let stop = Arc::new(AtomicBool::new(false));
    let load: Vec<_> = (0..4)
        .map(|worker| {
            let (platform, stop) = (platform.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut answers = Vec::new();
                for n in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    answers.push(
                        platform.post("/v1/comments", &clean(&format!("w{worker}-{n}"))).await.expect_status(201).body,
                    );
                }
                answers
            })
        })
        .collect();
    config.write(PRE.0, PRE.1);
    let (_, pre) = in_force(&reaches(&platform, 2).await);
    platform.post("/v1/comments", &clean("after")).await.expect_status(201);
    stop.store(true, Ordering::Relaxed);
    let mut seen = [0, 0];
    for answers in load {
        for answer in answers.await.expect("nobody panicked") {
            let revision = answer["decision"]["policy_revision"].as_str().expect("a revision");
            let state = answer["state"].as_str().expect("a state");
            assert_eq!(state, if revision == post { "published" } else { "pending" }, "{answer:#}");
            seen[usize::from(revision == pre)] += 1;
        }
    }
    assert!(seen[0] > 0, "none came before the change");
    let after = platform.get("/v1/comments/after").await.expect_status(200).body;
    assert_eq!((&after["state"], &after["decision"]["policy_revision"]), (&json!("pending"), &json!(pre)));
}

#[tokio::test]
async fn a_bad_file_changes_nothing_and_says_where_it_is_wrong() {
    let folder = folder();
    let config = Config::new(folder.path(), "config", POST.0, POST.1);
    let program = Program::serve(folder.path(), &["--config", config.path()]).await;
    let platform = program.client("platform_key");
    let (_, before) = in_force(&ready(&platform).await);
    let (shipped, _) = Policy::default_files();
    let half = &shipped[..shipped.find("[rules.replies]").expect("a rule") + 9];
    let toxicity = "TOXICITY          = { review = 0.25, reject = 0.80 }";
    assert!(shipped.contains(toxicity));
    let bad = [
        ("saved half-way", half.to_owned()),
        ("empty", String::new()),
        ("out of order", shipped.replace(toxicity, "TOXICITY = { review = 0.9, reject = 0.8 }")),
        ("out of range", shipped.replace(toxicity, "TOXICITY = { review = 1.5 }")),
        ("an unknown attribute", shipped.replace(toxicity, "TOXIC = { review = 0.5 }")),
        ("an unknown key", shipped.replace("[appeals]", "[apeals]")),
    ];
    for (n, (what, policy)) in bad.iter().enumerate() {
        config.put(policy);
        let said = says(&platform, &["policy_files_invalid"]).await;
        let at = &said["alerts"][0]["at"];
        assert_eq!(at["file"], "policy.toml", "{what}: {said:#}");
        assert!(at["line"].as_u64() >= Some(1) && at["column"].as_u64() >= Some(1), "{what}: {said:#}");
        assert_eq!(in_force(&said), (1, before.clone()), "{what}");
        let answer = platform.post("/v1/comments", &clean(&format!("bad-{n}"))).await.expect_status(201).body;
        assert_eq!(answer["decision"]["policy_revision"], json!(before), "{what}");
        // The command says the same, with the sentence.
        let refused = run(folder.path(), &["policy", "check", "--config", config.path()]).expect_failure();
        let place = format!("policy.toml:{}:{}: ", at["line"], at["column"]);
        assert!(refused.contains(&place), "{what}: {refused}");
        until(async || program.stderr().contains(&place) || program.stdout().contains(&place)).await;
        config.write(POST.0, POST.1);
        says(&platform, &[]).await;
    }
    std::fs::write(config.0.join("words.toml"), "banned = [\"*\"]\nsuspect = []\nallowed = []\n").expect("written");
    let said = says(&platform, &["policy_files_invalid"]).await;
    assert_eq!(said["alerts"][0]["at"]["file"], "words.toml", "what would match everything: {said:#}");
    std::fs::remove_file(config.0.join("words.toml")).expect("removed");
    assert_eq!(in_force(&says(&platform, &[]).await), (1, before), "and nothing was published meanwhile");
}

#[tokio::test]
async fn every_policy_is_kept_with_who_when_and_what_it_changed() {
    let folder = folder();
    let config = Config::new(folder.path(), "config", POST.0, POST.1);
    let other = Config::new(folder.path(), "other", "limit = 3 ", "limit = 4 ");
    let mut program = Program::serve(folder.path(), &["--config", config.path()]).await;
    let platform = program.client("platform_key");
    let at = |config: &Config, arguments: &[&str]| -> Said {
        let data = ["--config", config.path(), "--data-dir", text(folder.path())];
        run(folder.path(), &[&["policy"], arguments, &data[..]].concat())
    };
    config.write(PRE.0, PRE.1);
    reaches(&platform, 2).await;

    // From the command line, while it runs: its own files are another policy then, which it says and leaves alone.
    let published = at(&other, &["publish", "--by", "Anna", "--note", "Fewer reports on election night"]);
    assert!(published.expect_success().contains("as number 3"));
    reaches(&platform, 3).await;
    says(&platform, &["policy_files_differ"]).await;
    let again = at(&other, &["publish"]).expect_success();
    assert!(again.contains("in force already, as number 3"), "{again}");

    let history = at(&other, &["history", "--json"]).expect_success();
    let history: Vec<Value> = history.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let numbers: Vec<&Value> = history.iter().map(|policy| &policy["number"]).collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert_eq!((&history[0]["by"], &history[0]["origin"]), (&json!("Anna"), &json!("command")));
    assert_eq!((&history[1]["origin"], &history[2]["origin"]), (&json!("files"), &json!("start")));
    let changed = at(&other, &["show", "2", "--diff"]).expect_success();
    assert!(changed.contains("\n-mode = \"post\"") && changed.contains("\n+mode = \"pre\""), "{changed}");
    let shown = at(&other, &["show", "2"]).expect_success();
    assert_eq!(shown, std::fs::read_to_string(config.0.join("policy.toml")).expect("the file"));
    assert!(at(&other, &["show", "99"]).expect_failure().contains("no policy of this store"));

    // Told to read its files, it puts them in force, though they were before.
    signal(program.id(), "HUP");
    let said = reaches(&platform, 4).await;
    assert_eq!(in_force(&said).1, history[1]["revision"].as_str().expect("a revision"));
    says(&platform, &[]).await;

    // What was changed while it was down is in force when it is up; what was in force before, is not put in force again.
    program.terminate().await;
    config.write("min_characters = 2 ", "min_characters = 3 ");
    let mut program = Program::serve(folder.path(), &["--config", config.path()]).await;
    assert_eq!(in_force(&ready(&program.client("platform_key")).await).0, 5);
    at(&other, &["publish"]).expect_success();
    program.terminate().await;
    let program = Program::serve(folder.path(), &["--config", config.path()]).await;
    let said = ready(&program.client("platform_key")).await;
    assert_eq!((in_force(&said).0, alerts(&said)), (6, vec!["policy_files_differ"]));
}

#[tokio::test]
async fn replicas_agree_on_one_policy() {
    let folder = folder();
    let server = RedisServer::start(Persistence::None);
    let url = server.url();
    let replica = async |name: &str, config: &Config| {
        let home = folder.path().join(name);
        std::fs::create_dir(&home).expect("a folder");
        Program::serve(&home, &["--config", config.path(), "--store", &url]).await
    };
    let (one_config, two_config) = (
        Config::new(folder.path(), "one-config", PRE.0, PRE.1),
        Config::new(folder.path(), "two-config", POST.0, POST.1),
    );
    let one = replica("one", &one_config).await;
    // It has other files, and must not change what judges.
    let two = replica("two", &two_config).await;
    let (first, second) = (one.client("platform_key"), two.client("platform_key"));
    let (number, revision) = in_force(&ready(&first).await);
    assert_eq!(number, 1);
    let said = ready(&second).await;
    assert_eq!((in_force(&said), alerts(&said)), ((1, revision.clone()), vec!["policy_files_differ"]));
    let held = second.post("/v1/comments", &clean("held")).await.expect_status(201).body;
    assert_eq!(held["state"], "pending");

    // A file changed beside one is in force at both, and both say so.
    one_config.write("limit = 3 ", "limit = 5 ");
    let (_, changed) = in_force(&reaches(&first, 2).await);
    assert_ne!(changed, revision);
    assert_eq!(in_force(&reaches(&second, 2).await).1, changed);
    until(async || {
        let said = ready(&first).await;
        let replicas = said["policy"]["replicas"].as_array().cloned().unwrap_or_default();
        replicas.len() == 2 && replicas.iter().all(|replica| replica["revision"] == json!(changed))
    })
    .await;
    let shown = second.post("/v1/comments", &clean("shown")).await.expect_status(201).body;
    assert_eq!(shown["state"], "published");
    assert_eq!(alerts(&ready(&second).await), ["policy_files_differ"], "its own files still are");
}

#[tokio::test]
async fn a_decision_is_taken_again_byte_for_byte() {
    let folder = folder();
    let config = Config::new(folder.path(), "config", POST.0, POST.1);
    let program = Program::serve(folder.path(), &["--config", config.path()]).await;
    let (platform, review) = (program.client("platform_key"), program.client("review_key"));
    let site = program.demo()["site"].as_str().expect("a site").to_owned();
    let explain = |id: &str| {
        let data = ["--config", config.path(), "--data-dir", text(folder.path())];
        run(folder.path(), &[&["explain", id, "--site", &site, "--json"], &data[..]].concat())
    };
    let explained = |id: &str| -> Value { serde_json::from_str(&explain(id).expect_success()).expect("JSON") };

    let texts = [
        ("calm", None, "The ministers of Maravel and Sundria should meet again in Lorne before the winter."),
        ("answer", Some("calm"), "They should, and with a date for the talks about the border this time, I hope."),
        ("off", Some("answer"), "My cat prefers the blue cushion to the red one, and sleeps on neither of them."),
        ("rude", None, "You are a complete idiot and everyone here knows it, so leave."),
        ("links", None, "See https://one.example/a and https://two.example/b and https://three.example/c for more."),
        ("again", None, "You are a complete idiot and everyone here knows it, so leave."),
    ];
    for (id, parent, text) in texts {
        let body = comment(id, ARTICLE, parent, text);
        platform.post("/v1/comments", &body).await.expect_status(201);
    }
    for (id, ..) in texts {
        let again = explained(id);
        assert_eq!(again["outcome"], "same", "{id}: {again:#}");
        assert_eq!(again["kept"], again["again"], "{id}");
        assert_eq!((&again["policy"]["number"], &again["notes"]), (&json!(1), &json!([])), "{id}");
    }

    // With the policy of then, whatever is in force now; and under a person's decision.
    config.write(PRE.0, PRE.1);
    reaches(&platform, 2).await;
    platform.post("/v1/comments", &comment("later", ARTICLE, Some("calm"), CLEAN[0])).await.expect_status(201);
    assert_eq!(explained("calm")["policy"]["number"], 1);
    let later = explained("later");
    assert_eq!((&later["policy"]["number"], &later["outcome"]), (&json!(2), &json!("same")), "{later:#}");
    let decision = json!({"action": "publish", "expected_version": 1});
    review.post("/v1/comments/later/decision", &decision).await.expect_status(200);
    assert_eq!(explained("later")["outcome"], "same");

    // What has changed since is said, and the rest is taken again all the same.
    let article = json!({"title": "Another title", "body": "Something else altogether, said at some length here."});
    platform.put(&format!("/v1/articles/{ARTICLE}"), &article).await.expect_status(200);
    let again = explained("off");
    assert_eq!(again["outcome"], "same_as_far_as_known", "{again:#}");
    assert!(again["notes"][0].as_str().is_some_and(|note| note.contains("article has changed")), "{again:#}");
    let said = run(
        folder.path(),
        &["explain", "off", "--site", &site, "--data-dir", text(folder.path()), "--config", config.path()],
    );
    assert!(said.expect_success().contains("number 1, published "));

    // What was erased can't be.
    program.client("admin_key").delete("/v1/authors/author-of-calm").await.expect_status(200);
    let erased = explain("calm");
    assert_eq!(erased.code, Some(1), "{erased:?}");
    assert!(erased.stdout.contains("\"outcome\": \"impossible\""), "{erased:?}");
    assert!(explain("nowhere").expect_failure().contains("nowhere"));
}

#[tokio::test]
async fn a_candidate_is_tried_on_what_is_there() {
    let folder = folder();
    let config = Config::new(folder.path(), "config", POST.0, POST.1);
    let program = Program::serve(folder.path(), &["--config", config.path()]).await;
    let platform = program.client("platform_key");
    let site = program.demo()["site"].as_str().expect("a site").to_owned();
    for n in 0..12 {
        platform.post("/v1/comments", &clean(&format!("try-{n}"))).await.expect_status(201);
    }
    let candidate = Config::new(folder.path(), "candidate", PRE.0, PRE.1);
    let file = candidate.0.join("policy.toml");
    let data = ["--config", config.path(), "--data-dir", text(folder.path())];
    let replay = |arguments: &[&str]| {
        let named = ["policy", "replay", "--site", &site, "--candidate", text(&file)];
        run(folder.path(), &[&named[..], arguments, &data[..]].concat())
    };
    let report: Value = serde_json::from_str(&replay(&["--json"]).expect_success()).expect("JSON");
    let table = report["table"].as_array().expect("a table");
    let newly_held =
        table.iter().find(|row| row["in_force"] == "publish" && row["candidate"] == "review").expect("a cell");
    assert!(newly_held["comments"].as_u64() >= Some(12), "{report:#}");
    assert_eq!(report["without_basis"], 0);
    let said = replay(&["--since", "1d", "--limit", "10"]).expect_success();
    assert!(said.contains("10 comments") && said.contains("Now published, by the candidate held:"), "{said}");
    assert_eq!(in_force(&ready(&platform).await).0, 1, "nothing was changed by it");

    let nothing = replay(&["--since", "2999-01-01"]).expect_failure();
    assert!(nothing.contains("there is nothing to replay"), "{nothing}");
    candidate.put("[thresholds]\nTOXICITY = { review = 2 }\n");
    assert!(replay(&[]).expect_failure().contains("policy.toml:2:"), "a bad candidate is refused");
    assert!(replay(&["--since", "tomorrow"]).expect_failure().contains("neither a time"));
}

#[test]
fn a_candidate_is_tried_on_comments_from_a_file() {
    // More than are in memory at a time.
    const COMMENTS: usize = 2_100;
    let folder = folder();
    let candidate = Config::new(folder.path(), "candidate", PRE.0, PRE.1);
    let file = candidate.0.join("policy.toml");
    let comments = folder.path().join("comments.jsonl");
    let replay = |arguments: &[&str]| {
        let named = ["policy", "replay", "--candidate", text(&file), "--comments", text(&comments)];
        run(folder.path(), &[&named[..], arguments].concat())
    };
    let of = |dated: bool| {
        labelled(COMMENTS).enumerate().fold(String::new(), |lines, (n, mut line)| {
            if dated {
                line["created_at"] = json!(format!("2026-11-{:02}T{:02}:00:00Z", 1 + n % 20, n % 24));
            }
            line["section"] = json!(if n % 2 == 0 { "City" } else { "World" });
            lines + &line.to_string() + "\n"
        })
    };
    std::fs::write(&comments, of(true)).expect("written");
    let report: Value = serde_json::from_str(&replay(&["--json"]).expect_success()).expect("JSON");
    let cells = report["table"].as_array().expect("a table");
    let cell = |live: &str, then: &str| {
        let found = cells.iter().find(|cell| cell["in_force"] == live && cell["candidate"] == then);
        found.and_then(|cell| cell["comments"].as_u64()).expect("a count")
    };
    assert_eq!(report["judged"], COMMENTS);
    assert!(cell("publish", "review") > 1_000 && cell("publish", "publish") == 0, "a person looks at all: {report:#}");
    let people: u64 =
        report["people"].as_array().expect("people").iter().filter_map(|p| p["comments"]["in_force"].as_u64()).sum();
    assert_eq!(people, COMMENTS as u64, "each has a label");
    let sections = report["held_by_section"].as_object().expect("sections");
    assert_eq!(sections.keys().collect::<Vec<_>>(), ["city", "world"]);
    assert_eq!(
        (&report["from"], report["examples"].as_array().map(Vec::len)),
        (&json!("2026-11-01T00:00:00Z"), Some(3))
    );

    std::fs::write(&comments, of(false)).expect("written");
    let said = replay(&[]).expect_success();
    assert!(said.contains("2100 comments; ") && said.contains("\nHeld: ") && !said.contains("Held a day"), "{said}");
    assert!(said.contains("Now published, by the candidate held:\n  l"), "{said}");

    std::fs::write(&comments, "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 1, \"text\": \"y\"}\n").expect("written");
    assert!(replay(&[]).expect_failure().contains("line 2: the id 1 is here twice"));
    std::fs::write(&comments, "\n").expect("written");
    assert!(replay(&[]).expect_failure().contains("comments.jsonl holds no comments"));
    assert_eq!(replay(&["--since", "3d"]).code, Some(2), "a file has no newest");
    let neither = run(folder.path(), &["policy", "replay", "--candidate", text(&file)]).expect_failure();
    assert!(neither.contains("--site"), "{neither}");
}
