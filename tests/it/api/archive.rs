//! A site moves from one store to another and back, and nothing of it is lost.

use crate::support::app::{CLEAN, Setup, TestApp, classifier, comment, policy};
use crate::support::model::another;
use crate::support::redis::{RedisServer, fresh_prefix, open};
use ombud::comment::{Attribute, CommentText, CorrectionLabels, KeyId, SiteId};
use ombud::service::archive::{ArchiveError, Checked, check};
use ombud::service::{Clock, NewCorrection, Ombud};
use ombud::store::Store;
use ombud::store::sqlite::SqliteStore;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

fn site(id: &str) -> SiteId {
    SiteId::parse(id).expect("a site id")
}

/// A site with something of every kind.
async fn lived_in() -> TestApp {
    let changes = vec![("undo_seconds  = 0 ", "undo_seconds  = 10 ")];
    let app = TestApp::with(Setup { policy: changes, ..Setup::default() }).await;
    for article in ["a1", "a2", "Ünïcode"] {
        app.article(article).await;
    }
    for (n, article) in ["a1", "a2", "Ünïcode", "a1", "a2"].into_iter().enumerate() {
        app.published(&format!("c{n}"), article, None).await;
        app.pending(&format!("p{n}"), article).await;
    }
    app.platform.post("/v1/comments", &comment("reply", "a1", Some("c0"), CLEAN[1])).await.expect_status(201);
    app.platform.post("/v1/comments", &comment("banned", "a1", None, "A raghead.")).await.expect_status(201);
    app.platform.patch("/v1/comments/c1", &json!({"text": CLEAN[2]})).await;
    app.platform.delete("/v1/comments/c0").await.expect_status(200);
    for reader in ["r1", "r2"] {
        let report = json!({"reporter_id": reader, "reason": "rude"});
        app.platform.post("/v1/comments/c3/reports", &report).await.expect_status(202);
    }
    let second = json!({"expected_version": 1});
    app.moderator.post("/v1/comments/p0/second-opinion", &second).await.expect_status(200);
    let opinion = json!({"action": "publish", "expected_version": 2, "note": "fine"});
    app.moderator.post("/v1/comments/p0/decision", &opinion).await.expect_status(200);
    let decision = json!({"action": "reject", "reason_code": "spam", "expected_version": 1, "note": "no"});
    app.moderator.post("/v1/comments/p1/decision", &decision).await.expect_status(200);
    app.moderator.post("/v1/queue/claims", &json!({"limit": 1})).await;
    app.admin.delete("/v1/authors/author-of-c4").await.expect_status(200);
    let key = KeyId::parse("one").expect("a key");
    for text in ["Vote for me.", "Buy these."] {
        let labels = CorrectionLabels::parse([(Attribute::Spam, 0.5)].into()).expect("labels");
        let new = NewCorrection { text: CommentText::parse(text).expect("a text"), labels, article: None };
        app.ombud.correct(&site("post"), new, &key).await.expect("kept");
    }
    let model = app.ombud.add_model(&site("post"), &another("another")).await.expect("a model");
    app.ombud.shadow(&site("post"), &model.id, "eve").await.expect("in shadow");
    app
}

async fn exported(ombud: &Ombud, site: &SiteId) -> Vec<u8> {
    let mut file = Vec::new();
    ombud.export(site, &mut file, &mut |_| ()).await.expect("an export");
    file
}

async fn import(ombud: &Ombud, file: &[u8], into: Option<&SiteId>) -> Result<(), ArchiveError> {
    let checked: Checked = check(&mut &*file)?;
    ombud.import(&checked, &mut &*file, into, &mut |_| ()).await
}

fn over(store: Arc<dyn Store>, app: &TestApp) -> Ombud {
    Ombud::new(store, classifier(), policy(&[]), Clock::Manual(app.clock.clone()))
}

async fn redis() -> Arc<dyn Store> {
    open(&RedisServer::shared().url(), &fresh_prefix()).await
}

/// The lines of a file that do not depend on the order in which comments' events came into the log: all but events in
/// order, and the events of each comment in order.
fn lines(file: &[u8]) -> (Vec<String>, BTreeMap<String, Vec<String>>) {
    let (mut others, mut events) = (Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for line in std::str::from_utf8(file).expect("text").lines() {
        let record: Value = serde_json::from_str(line).expect("JSON");
        match record["kind"].as_str() {
            Some("event") => {
                let of = record["event"]["comment_id"].as_str().expect("an id").to_owned();
                events.entry(of).or_default().push(line.to_owned());
            }
            // Its check sum is over the lines in their order.
            Some("end") => others.push(record["counts"].to_string()),
            _ => others.push(line.to_owned()),
        }
    }
    (others, events)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_moves_to_redis_and_back_with_nothing_lost() {
    let app = lived_in().await;
    let first = exported(&app.ombud, &site("post")).await;
    let kinds: BTreeMap<String, u64> = check(&mut &*first).expect("a whole file").counts;
    for kind in ["site", "key", "article", "comment", "event", "correction", "model", "models"] {
        assert!(kinds.get(kind).is_some_and(|count| *count > 0), "no {kind}: {kinds:?}");
    }
    let text = std::str::from_utf8(&first).expect("text");
    for part in ["\"held\":", "\"reports\":", "\"votes\":", "\"dropped\":", "\"undo\":"] {
        assert!(text.contains(part), "no {part}");
    }
    let on_redis = over(redis().await, &app);
    import(&on_redis, &first, None).await.expect("an import");
    let second = exported(&on_redis, &site("post")).await;
    assert_eq!(lines(&second), lines(&first));
    let folder = tempfile::tempdir().expect("a folder");
    let on_sqlite = over(SqliteStore::open(&folder.path().join("ombud.db")).expect("a store"), &app);
    import(&on_sqlite, &second, None).await.expect("an import");
    let third = exported(&on_sqlite, &site("post")).await;
    assert_eq!(third, second);

    // It works on: keys open it, the thread and the queue are as they were, and nothing is told twice.
    let caller = on_redis.authenticate(app.platform.key()).await.expect("an answer").expect("a caller");
    let article = ombud::comment::ArticleId::parse("a1").expect("an id");
    for moved in [&on_redis, &on_sqlite] {
        let [before, after] = [&app.ombud, moved].map(|ombud| ombud.thread(&caller.site, &article, None, 50));
        assert_eq!(after.await.expect("a thread"), before.await.expect("a thread"));
        let told = moved.events(&caller.site, None, 1_000).await.expect("events").events.len() as u64;
        assert_eq!(told, kinds["event"]);
        let again = import(moved, &first, None).await;
        assert!(matches!(again, Err(ArchiveError::SiteExists(_))), "{again:?}");
    }
    let [before, after] = [&app.ombud, &on_redis].map(|ombud| ombud.queue(&caller.site));
    let ((before, _), (after, _)) = (before.await.expect("a queue"), after.await.expect("a queue"));
    assert_eq!((after.depth, &after.by_reason, after.claimed), (before.depth, &before.by_reason, 0));
    // A cursor of the old store is none here.
    let old = app.ombud.events(&caller.site, None, 3).await.expect("events").next;
    assert!(on_redis.events(&caller.site, Some(&old), 3).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_was_broken_off_goes_on_without_doubles() {
    let app = lived_in().await;
    let file = exported(&app.ombud, &site("post")).await;
    let checked = check(&mut &*file).expect("a whole file");
    let whole = file.split(|byte| *byte == b'\n').count() - 1;
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = SqliteStore::open(&folder.path().join("ombud.db")).expect("a store");
    for store in [sqlite as Arc<dyn Store>, redis().await] {
        let ombud = over(store, &app);
        for part in [1, 4, 9, 20, whole / 2, whole - 4] {
            // As if ombud had died after so many lines.
            let end = file.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(part).expect("a line").0;
            let broken = ombud.import(&checked, &mut &file[..=end], None, &mut |_| ()).await;
            assert!(matches!(broken, Err(ArchiveError::Changed)), "{broken:?}");
            assert_eq!(ombud.authenticate(app.platform.key()).await.expect("an answer"), None);
        }
        let mut other = exported(&app.ombud, &site("gazette")).await;
        let taken = import(&ombud, &other, Some(&site("post"))).await;
        assert!(matches!(taken, Err(ArchiveError::OtherImport(_))), "{taken:?}");
        import(&ombud, &file, None).await.expect("an import");
        assert_eq!(lines(&exported(&ombud, &site("post")).await), lines(&file));
        // Under another name, beside the first, and without its keys.
        import(&ombud, &file, Some(&site("copy"))).await.expect("an import");
        other = exported(&ombud, &site("copy")).await;
        let counts = check(&mut &*other).expect("a whole file").counts;
        let without_keys: BTreeMap<_, _> =
            checked.counts.clone().into_iter().filter(|(kind, _)| kind != "key").collect();
        assert_eq!(counts, without_keys);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_whole_is_found_out_before_anything_is_written() {
    let app = lived_in().await;
    let file = String::from_utf8(exported(&app.ombud, &site("post")).await).expect("text");
    let all: Vec<&str> = file.lines().collect();
    let joined = |lines: &[&str]| lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
    let said = |text: &str| check(&mut text.as_bytes()).expect_err("a fault").to_string();
    let count = all.len();
    assert_eq!(
        said(&joined(&all[..count - 1])),
        format!("the file ends after line {} without an end line: it was cut", count - 1)
    );
    assert!(said(&file[..file.len() / 2]).contains("it was cut"));
    assert!(said(&joined(&[&all[..], &all[2..3]].concat())).contains("after the end line"));
    // A line that comes twice, one that is missing, and two that changed places.
    let mut doubled = all.clone();
    doubled.insert(5, all[5]);
    let mut swapped = all.clone();
    swapped.swap(4, 5);
    for changed in [doubled, [&all[..5], &all[6..]].concat(), swapped] {
        assert!(said(&joined(&changed)).contains("check sum differ"));
    }
    for foreign in ["", "{}\n", "id,text\n", "{\"format\":\"other\",\"version\":1,\"site\":\"post\"}\n"] {
        assert!(said(foreign).contains("not the header"), "{foreign}");
    }
    assert!(said(&file.replacen("\"version\":1", "\"version\":2", 1)).contains("version 2"));
    let unknown = joined(&[all[0], "{\"kind\":\"webhooks\"}"]);
    assert!(said(&unknown).contains("line 2 does not parse"));
    assert!(said(&file.replacen("\"site\":\"post\"", "\"site\":\"other\"", 1)).contains("another site"));
    let nowhere = app.ombud.export(&site("nowhere"), &mut Vec::new(), &mut |_| ()).await;
    assert!(matches!(nowhere, Err(ArchiveError::UnknownSite(_))), "{nowhere:?}");
}
