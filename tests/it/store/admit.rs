//! Taking comments in.

use super::{Handle, admitted, ids, taken};
use crate::support::sample::{article_id, at, comment_id, decided, sample, site};
use ombud::comment::{Action, SiteId};
use ombud::store::Admission;
use std::sync::Arc;

pub async fn a_new_comment_is_kept_whole(store: &Handle) {
    let parent = admitted(store, sample("p", 0).admit()).await;
    let change = sample("c/1:ü", 5).under(&parent).section("opinion").pending(&["threshold.TOXICITY"]).admit();
    let kept = admitted(store, change).await;
    assert_eq!(store.comment(&site(), &kept.id).await.unwrap(), Some(kept));
}

pub async fn the_same_again_is_answered_as_it_stands(store: &Handle) {
    let change = sample("c1", 0).pending(&["r"]).admit();
    let comment = admitted(store, change.clone()).await;
    assert_eq!(store.admit(&change).await.unwrap(), Admission::Exists(Box::new(comment.clone())));

    let decided = taken(store, decided(&comment, Action::Reject, "anna", at(9))).await;
    assert_eq!(store.admit(&change).await.unwrap(), Admission::Exists(Box::new(decided)));
    assert_eq!(store.audit(&site(), &comment.id).await.unwrap().len(), 2);
    assert_eq!(store.events(&site(), None, 10).await.unwrap().events.len(), 2);
    assert_eq!(store.queue(&site(), at(9)).await.unwrap().depth, 0);
}

pub async fn an_id_is_one_comment_over_all_articles(store: &Handle) {
    let first = admitted(store, sample("c1", 0).article("a1").admit()).await;
    for other in ["a2", "a3", "a4", "a5"] {
        let again = store.admit(&sample("c1", 0).article(other).admit()).await.unwrap();
        assert_eq!(again, Admission::Exists(Box::new(first.clone())));
        let page = store.thread(&site(), &article_id(other), None, 10).await.unwrap();
        assert_eq!(page.comments, []);
    }
}

pub async fn racing_admissions_make_one_comment(store: &Handle) {
    for round in 0..5 {
        let racers = (0..8).map(|n| {
            let store = Arc::clone(store);
            let change = sample(&format!("c{round}"), 0).article(&format!("a{n}")).admit();
            tokio::spawn(async move { (store.admit(&change).await.unwrap(), change.comment) })
        });
        let mut outcomes = Vec::new();
        for racer in racers.collect::<Vec<_>>() {
            outcomes.push(racer.await.unwrap());
        }
        let winners: Vec<_> = outcomes.iter().filter(|(a, _)| *a == Admission::New).map(|(_, c)| c).collect();
        let [winner] = winners[..] else { panic!("{} admissions won", winners.len()) };
        for (outcome, _) in outcomes.iter().filter(|(a, _)| *a != Admission::New) {
            assert_eq!(*outcome, Admission::Exists(Box::new(winner.clone())));
        }
        assert_eq!(store.comment(&site(), &winner.id).await.unwrap().as_ref(), Some(winner));
    }
    assert_eq!(store.events(&site(), None, 100).await.unwrap().events.len(), 5);
}

pub async fn sites_do_not_see_each_other(store: &Handle) {
    let daily = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    let weekly = admitted(store, sample("c1", 0).site("weekly").admit()).await;
    let other = SiteId::parse("weekly").unwrap();
    assert_eq!(store.comment(&site(), &daily.id).await.unwrap(), Some(daily));
    assert_eq!(store.comment(&other, &weekly.id).await.unwrap(), Some(weekly));
    assert_eq!(store.queue(&site(), at(9)).await.unwrap().depth, 1);
    assert_eq!(store.queue(&other, at(9)).await.unwrap().depth, 0);
    assert_eq!(store.events(&other, None, 10).await.unwrap().events.len(), 1);
}

pub async fn comments_are_found_by_their_ids(store: &Handle) {
    for (id, article) in [("c1", "a1"), ("c2", "a2"), ("c3", "a3")] {
        admitted(store, sample(id, 0).article(article).admit()).await;
    }
    let named = ["c3", "nobody", "c1"].map(comment_id);
    let mut found = store.comments(&site(), &named).await.unwrap();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(ids(&found), ["c1", "c3"]);
    assert_eq!(store.comments(&site(), &[]).await.unwrap(), []);
    assert_eq!(store.comment(&site(), &comment_id("nobody")).await.unwrap(), None);
}
