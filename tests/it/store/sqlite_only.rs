//! What only SQLite does: nothing of what was dropped is left in its files.

use super::{Handle, admitted, taken};
use crate::support::sample::{at, author_id, decided, edited, erased, sample, site};
use ombud::comment::Action;
use ombud::store::StoreError;
use ombud::store::sqlite::SqliteStore;
use rusqlite::Connection;
use std::sync::Arc;

#[tokio::test]
async fn pages_that_were_split_and_moved_keep_nothing_of_what_was_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let store: Handle = SqliteStore::open(&folder.path().join("ombud.db")).expect("a store");
    // Rows of both authors lie side by side, grow and shrink, so that pages are split, moved and filled up again.
    for n in 0..300 {
        let author = if n % 3 == 0 { "mallory-4711" } else { "olivia" };
        let id = if n % 3 == 0 { format!("gone{n}") } else { format!("stays{n}") };
        let comment = admitted(&store, sample(&id, n).author(author).pending(&["r"]).admit()).await;
        let comment = taken(&store, decided(&comment, Action::Publish, "anna", at(n + 1))).await;
        if n % 2 == 0 {
            let shrunk = edited(&comment, 5, Action::Publish, &[], at(n + 2));
            let shrunk = taken(&store, shrunk).await;
            taken(&store, decided(&shrunk, Action::Reject, "a moderator with a long name", at(n + 3))).await;
        }
    }
    let until = store.begin_erasure(&site(), &author_id("mallory-4711"), at(1_000)).await.expect("an answer");
    loop {
        let found = store.authored(&site(), &author_id("mallory-4711"), until, 7).await.expect("an answer");
        if found.is_empty() {
            break;
        }
        for comment in found {
            taken(&store, erased(&comment, at(1_000))).await;
        }
    }
    store.scrub().await.expect("an empty log");
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let file = std::fs::read(entry.expect("a file").path()).expect("a file");
        bytes += file.len();
        for gone in ["mallory-4711", "The text of gone"] {
            let at = file.windows(gone.len()).position(|window| window == gone.as_bytes());
            assert_eq!(at, None, "\"{gone}\" is left");
        }
    }
    assert!(bytes > 500_000, "{bytes} bytes are too few for pages to be split");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_log_is_emptied_while_others_write_and_empty_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let store: Handle = SqliteStore::open(&folder.path().join("ombud.db")).expect("a store");
    let mut writing = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = Arc::clone(&store);
        writing.spawn(async move {
            for n in 0..60 {
                admitted(&store, sample(&format!("c{writer}-{n}"), n).pending(&["r"]).admit()).await;
            }
        });
    }
    let mut emptying = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = Arc::clone(&store);
        emptying.spawn(async move {
            for _ in 0..30 {
                store.scrub().await.expect("an empty log");
            }
        });
    }
    emptying.join_all().await;
    writing.join_all().await;
    store.scrub().await.expect("an empty log");
    assert_eq!(std::fs::metadata(folder.path().join("ombud.db-wal")).expect("a log").len(), 0);
}

#[tokio::test]
async fn what_something_else_reads_out_of_the_log_stays_there_and_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ombud.db");
    let store: Handle = SqliteStore::open(&file).expect("a store");
    admitted(&store, sample("c1", 0).pending(&["r"]).admit()).await;
    let reader = Connection::open(&file).expect("the file");
    reader.execute_batch("BEGIN; SELECT count(*) FROM comments").expect("a snapshot");
    admitted(&store, sample("c2", 1).pending(&["r"]).admit()).await;

    let error = store.scrub().await.expect_err("the log is in use");
    assert!(matches!(&error, StoreError::Unavailable(why) if why.contains("in use")), "{error:?}");
    admitted(&store, sample("c3", 2).pending(&["r"]).admit()).await;

    reader.execute_batch("COMMIT").expect("an end");
    store.scrub().await.expect("an empty log");
}
