//! What a site learns from, and the models that come of it.

use super::{Handle, admitted, ids, taken};
use crate::support::sample::{at, decided, edited, sample, site, undone, withdrawn};
use ombud::classifier::{Check, Classifier, SiteNote};
use ombud::comment::Action::{Publish, Reject, Review};
use ombud::comment::{Action, ModelId, SiteId, SiteModels};
use ombud::store::{ModelVersion, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Every comment that is listed, read in pages of two.
async fn moderated(store: &Handle, site: &SiteId) -> Vec<ombud::comment::Comment> {
    let (mut comments, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.moderated(site, after.as_deref(), 2).await.expect("a page");
        assert!(page.comments.len() <= 2);
        comments.extend(page.comments);
        match page.next {
            Some(next) => after = Some(next),
            None => return comments,
        }
    }
}

pub async fn what_people_decided_is_listed_once_while_it_stands(store: &Handle) {
    let mut stands = Vec::new();
    for n in 0..7 {
        let new = sample(&format!("c{n}"), n).article(&format!("a{n}")).pending(&["r"]).admit();
        let comment = admitted(store, new).await;
        let action = if n % 2 == 0 { Action::Publish } else { Action::Reject };
        stands.push(taken(store, decided(&comment, action, "anna", at(20))).await);
    }
    admitted(store, sample("by-policy", 1).admit()).await;
    admitted(store, sample("waiting", 1).pending(&["r"]).admit()).await;
    taken(store, undone(&stands[0], at(30))).await;
    taken(store, edited(&stands[1], 5, Action::Publish, &[], at(30))).await;
    taken(store, withdrawn(&stands[2], at(30))).await;
    let elsewhere = admitted(store, sample("c9", 0).site("gazette").pending(&["r"]).admit()).await;
    taken(store, decided(&elsewhere, Action::Reject, "anna", at(20))).await;
    let mut found = moderated(store, &site()).await;
    found.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(ids(&found), ["c3", "c4", "c5", "c6"]);
    assert_eq!(found, stands[3..]);
    for cursor in ["x", "1 \n", ""] {
        let answer = store.moderated(&site(), Some(cursor), 2).await;
        assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{cursor:?}: {answer:?}");
    }
}

fn version(file: &[u8], seconds: i64, passed: bool) -> ModelVersion {
    let mut card = Classifier::embedded().cards()[1].clone();
    let check = Check { name: "AUC".to_owned(), before: 0.8, after: 0.7, margin: 0.01, passed };
    let (learned_from, held_out) = (80, 20);
    let blends = BTreeMap::from([("TOXICITY".to_owned(), 0.5)]);
    card.site = Some(SiteNote { base: "b".to_owned(), learned_from, held_out, blends, checks: vec![check] });
    ModelVersion { id: ModelId::of(file), made_at: at(seconds), card }
}

pub async fn a_model_is_kept_with_its_file(store: &Handle) {
    let file: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
    let (good, failed) = (version(&file, 20, true), version(b"failed", 10, false));
    store.put_model(&site(), &good, Some(&file)).await.unwrap();
    store.put_model(&site(), &failed, None).await.unwrap();
    let again = ModelVersion { made_at: at(99), ..good.clone() };
    store.put_model(&site(), &again, Some(&file)).await.unwrap();
    assert_eq!(store.models(&site()).await.unwrap(), [failed.clone(), good.clone()]);
    assert_eq!(store.model_file(&site(), &good.id).await.unwrap(), Some(file));
    assert_eq!(store.model_file(&site(), &failed.id).await.unwrap(), None);
    let other = SiteId::parse("gazette").unwrap();
    assert_eq!(store.models(&other).await.unwrap(), []);
    assert_eq!(store.model_file(&other, &good.id).await.unwrap(), None);
}

pub async fn the_standing_changes_only_from_the_version_before(store: &Handle) {
    let none = store.site_models(&site()).await.unwrap();
    assert_eq!(none, SiteModels::default());
    let racers = (0..8).map(|n: u8| {
        let (store, none) = (Arc::clone(store), none.clone());
        let next = none.promoted(ModelId::of(&[n]), "anna", at(1)).unwrap();
        tokio::spawn(async move { (store.put_site_models(&site(), &next).await.unwrap(), next) })
    });
    let mut winners = Vec::new();
    for racer in racers.collect::<Vec<_>>() {
        let (won, standing) = racer.await.unwrap();
        winners.extend(won.then_some(standing));
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(store.site_models(&site()).await.unwrap(), winners[0]);
    let next = winners[0].rolled_back("anna", at(2)).unwrap();
    assert!(store.put_site_models(&site(), &next).await.unwrap());
    assert!(!store.put_site_models(&site(), &next).await.unwrap());
    assert_eq!(store.site_models(&site()).await.unwrap(), next);
}

pub async fn shadows_are_counted_as_comments_come_and_go(store: &Handle) {
    let [model, older] = [b"m", b"o"].map(|name| ModelId::of(name));
    let counts = || async {
        let counts = store.shadow_counts(&site(), &model).await.unwrap();
        assert_eq!(counts.len(), 9);
        let some = counts.into_iter().filter(|count| count.comments > 0);
        some.map(|count| (count.live, count.shadow, count.comments)).collect::<BTreeSet<_>>()
    };
    assert_eq!(counts().await, BTreeSet::new());
    let first = admitted(store, sample("c1", 0).shadowed(&model, Review).admit()).await;
    admitted(store, sample("c2", 0).article("a2").shadowed(&model, Review).admit()).await;
    let held = admitted(store, sample("c3", 0).pending(&["r"]).shadowed(&model, Reject).admit()).await;
    admitted(store, sample("c4", 0).shadowed(&older, Review).admit()).await;
    admitted(store, sample("c5", 0).admit()).await;
    assert_eq!(counts().await, BTreeSet::from([(Publish, Review, 2), (Review, Reject, 1)]));
    taken(store, decided(&held, Reject, "anna", at(5))).await;
    assert_eq!(counts().await, BTreeSet::from([(Publish, Review, 2), (Review, Reject, 1)]));
    // Judged anew, when no model ran in shadow.
    let first = taken(store, edited(&first, 5, Publish, &[], at(6))).await;
    taken(store, withdrawn(&first, at(7))).await;
    assert_eq!(counts().await, BTreeSet::from([(Publish, Review, 1), (Review, Reject, 1)]));
}
