//! What platforms say that scores should have been.

use super::Handle;
use crate::support::redis::{RedisServer, fresh_prefix};
use crate::support::sample::{article_id, at, site};
use ombud::comment::Attribute::{Insult, Profanity, SevereToxicity, Spam, Threat, Toxicity};
use ombud::comment::{Attribute, CommentText, Correction, CorrectionLabels, KeyId, SiteId};
use ombud::store::sqlite::SqliteStore;
use ombud::store::{CorrectionPage, StoreError};
use std::sync::Arc;

const PLENTY: u32 = 1000;

/// What `key` says of a text on the site.
fn said(key: &str, text: &str, labels: &[(Attribute, f64)], seconds: i64) -> Correction {
    let labels = CorrectionLabels::parse(labels.iter().copied().collect()).expect("labels");
    let (key, text) = (KeyId::parse(key).expect("a key"), CommentText::parse(text).expect("a text"));
    Correction::new(&site(), key, text, labels, Some(article_id("a1")), at(seconds))
}

async fn put(store: &Handle, correction: &Correction) {
    store.put_correction(&site(), correction, PLENTY).await.expect("kept");
}

/// Every correction of a site, read in pages of two.
async fn all(store: &Handle, site: &SiteId) -> Vec<Correction> {
    let (mut corrections, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.corrections(site, after.as_deref(), 2).await.expect("a page");
        assert!(page.corrections.len() <= 2);
        corrections.extend(page.corrections);
        match page.next {
            Some(next) => after = Some(next),
            None => return corrections,
        }
    }
}

pub async fn a_correction_is_kept_whole_and_once(store: &Handle) {
    assert_eq!(store.corrections(&site(), None, 2).await.unwrap(), CorrectionPage::default());
    let one = said("k1", "Ünknown \"text\",\n in / lines", &[(Toxicity, 0.123_456_789), (Spam, 1.0)], 1);
    let two = Correction { article: None, ..said("k1", "Another text", &[(Insult, 0.0)], 2) };
    for correction in [&one, &two, &one, &two] {
        put(store, correction).await;
    }
    assert_eq!(all(store, &site()).await, [one, two]);
}

pub async fn the_last_word_of_a_key_counts(store: &Handle) {
    let first = said("k1", "A text", &[(Toxicity, 0.9), (Insult, 0.7)], 1);
    let between = said("k1", "Another text", &[(Spam, 1.0)], 2);
    let other_key = said("k2", "A text", &[(Toxicity, 0.8)], 3);
    let second = Correction { article: None, ..said("k1", "A text", &[(Toxicity, 0.1), (Spam, 0.2)], 4) };
    for correction in [&first, &between, &other_key, &second] {
        put(store, correction).await;
    }
    let stands = said("k1", "A text", &[(Toxicity, 0.1), (Insult, 0.7), (Spam, 0.2)], 4);
    assert_eq!(all(store, &site()).await, [stands, between, other_key], "it keeps its place");
}

pub async fn what_is_said_at_the_same_time_is_all_kept(store: &Handle) {
    let attributes = [Toxicity, SevereToxicity, Insult, Profanity, Threat, Spam];
    let racers = attributes.map(|attribute| {
        let store = Arc::clone(store);
        tokio::spawn(async move { put(&store, &said("k1", "A text", &[(attribute, 0.5)], 1)).await })
    });
    for racer in racers {
        racer.await.unwrap();
    }
    assert_eq!(all(store, &site()).await, [said("k1", "A text", &attributes.map(|a| (a, 0.5)), 1)]);
}

pub async fn corrections_are_paged_each_once(store: &Handle) {
    let texts: Vec<Correction> = (0..7).map(|n| said("k1", &format!("Text {n}"), &[(Spam, 1.0)], 9 - n)).collect();
    for correction in &texts[..5] {
        put(store, correction).await;
    }
    assert_eq!(all(store, &site()).await, texts[..5], "as they were said, whatever their times");
    let first = store.corrections(&site(), None, 3).await.unwrap();
    assert_eq!(first.corrections, texts[..3]);
    // What is amended, or said, between two pages comes neither twice nor never.
    put(store, &texts[0]).await;
    put(store, &texts[5]).await;
    let rest = store.corrections(&site(), first.next.as_deref(), 9).await.unwrap();
    assert_eq!((rest.corrections, rest.next), (texts[3..6].to_vec(), None));
    for cursor in ["x", "-1", "1 2", ""] {
        let answer = store.corrections(&site(), Some(cursor), 2).await;
        assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{cursor:?}: {answer:?}");
    }
}

pub async fn of_many_corrections_the_oldest_make_way(store: &Handle) {
    let texts: Vec<Correction> = (0..8).map(|n| said("k1", &format!("Text {n}"), &[(Spam, 1.0)], n)).collect();
    for correction in &texts[..6] {
        store.put_correction(&site(), correction, 4).await.unwrap();
    }
    assert_eq!(all(store, &site()).await, texts[2..6]);
    // One that is there takes nobody's place; one that made way is new again.
    store.put_correction(&site(), &texts[3], 4).await.unwrap();
    assert_eq!(all(store, &site()).await, texts[2..6]);
    store.put_correction(&site(), &texts[0], 4).await.unwrap();
    let stands = [&texts[3..6], &texts[..1]].concat();
    assert_eq!(all(store, &site()).await, stands);
    // Fewer are kept from now on.
    store.put_correction(&site(), &texts[7], 2).await.unwrap();
    assert_eq!(all(store, &site()).await, [texts[0].clone(), texts[7].clone()]);
}

pub async fn corrections_of_other_sites_are_not_seen(store: &Handle) {
    let gazette = SiteId::parse("gazette").unwrap();
    let here = said("k1", "A text", &[(Spam, 1.0)], 1);
    put(store, &here).await;
    let Correction { by, text, labels, at, .. } = here.clone();
    let there = Correction::new(&gazette, by, text, labels, None, at);
    for n in 0..3 {
        let there = Correction { id: said("k1", &format!("{n}"), &[(Spam, 1.0)], 1).id, ..there.clone() };
        store.put_correction(&gazette, &there, 1).await.unwrap();
    }
    assert_eq!(all(store, &site()).await, [here]);
    assert_eq!(all(store, &gazette).await.len(), 1);
    assert_eq!(all(store, &SiteId::parse("tribune").unwrap()).await, []);
}

/// Something is said, amended and forgotten; then the store is opened anew.
async fn said_before(store: Handle) -> Vec<Correction> {
    for n in 0..4 {
        store.put_correction(&site(), &said("k1", &format!("Text {n}"), &[(Spam, 1.0)], n), 3).await.unwrap();
    }
    put(&store, &said("k1", "Text 2", &[(Toxicity, 0.5)], 9)).await;
    all(&store, &site()).await
}

async fn stands_after(store: Handle, before: &[Correction]) {
    assert_eq!(before.len(), 3);
    assert_eq!(all(&store, &site()).await, before);
    let new = said("k1", "A new text", &[(Spam, 1.0)], 20);
    store.put_correction(&site(), &new, 3).await.unwrap();
    assert_eq!(all(&store, &site()).await, [&before[1..], &[new]].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_has_them_when_it_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || SqliteStore::open(&folder.path().join("ombud.db")).expect("a store");
    let before = said_before(open()).await;
    stands_after(open(), &before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_has_them_for_another_replica() {
    let prefix = fresh_prefix();
    let open = async || crate::support::redis::open(&RedisServer::shared().url(), &prefix).await;
    let before = said_before(open().await).await;
    stands_after(open().await, &before).await;
}
