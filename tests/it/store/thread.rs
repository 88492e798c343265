//! What readers see.

use super::{Handle, admitted, ids, taken};
use crate::support::sample::{article_id, at, decided, edited, sample, site, undone, withdrawn};
use ombud::comment::{Action, Comment};
use ombud::store::StoreError;

async fn whole_thread(store: &Handle) -> Vec<Comment> {
    let page = store.thread(&site(), &article_id("a1"), None, 100).await.unwrap();
    assert_eq!(page.next, None);
    page.comments
}

pub async fn only_published_comments_are_shown(store: &Handle) {
    assert_eq!(whole_thread(store).await, []);
    let shown = admitted(store, sample("shown", 0).admit()).await;
    let held = admitted(store, sample("held", 1).pending(&["r"]).admit()).await;
    admitted(store, sample("refused", 2).rejected().admit()).await;
    admitted(store, sample("elsewhere", 3).article("a2").admit()).await;
    assert_eq!(whole_thread(store).await, std::slice::from_ref(&shown));

    let published = taken(store, decided(&held, Action::Publish, "anna", at(10))).await;
    assert_eq!(whole_thread(store).await, [shown.clone(), published.clone()]);
    let held = taken(store, undone(&published, at(11))).await;
    assert_eq!(ids(&whole_thread(store).await), ["shown"]);
    let rejected = taken(store, decided(&held, Action::Reject, "anna", at(12))).await;
    assert_eq!(ids(&whole_thread(store).await), ["shown"]);
    taken(store, decided(&rejected, Action::Publish, "bea", at(13))).await;
    assert_eq!(ids(&whole_thread(store).await), ["shown", "held"]);

    let edited = taken(store, edited(&shown, 77, Action::Publish, &[], at(14))).await;
    assert_eq!(whole_thread(store).await[0], edited);
    taken(store, withdrawn(&edited, at(15))).await;
    assert_eq!(ids(&whole_thread(store).await), ["held"]);
}

pub async fn conversations_come_whole_page_by_page(store: &Handle) {
    // Written out of order; b, b- and ba are of the same moment, so their ids decide.
    let c = admitted(store, sample("c", 20).admit()).await;
    let b = admitted(store, sample("b", 10).admit()).await;
    let ba = admitted(store, sample("ba", 10).admit()).await;
    let b_ = admitted(store, sample("b-", 10).admit()).await;
    let hidden = admitted(store, sample("hidden", 5).rejected().admit()).await;
    let b2 = admitted(store, sample("b2", 40).under(&b).admit()).await;
    admitted(store, sample("b1", 30).under(&b).admit()).await;
    admitted(store, sample("b21", 50).under(&b2).admit()).await;
    admitted(store, sample("b22", 50).under(&b2).pending(&["r"]).admit()).await;
    admitted(store, sample("h1", 60).under(&hidden).admit()).await;
    admitted(store, sample("z1", 70).under(&c).admit()).await;
    admitted(store, sample("y1", 70).under(&c).admit()).await;
    for root in [&ba, &b_] {
        admitted(store, sample(&format!("{}.1", root.id), 15).under(root).admit()).await;
    }
    let whole = ["h1", "b", "b1", "b2", "b21", "b-", "b-.1", "ba", "ba.1", "c", "y1", "z1"];
    assert_eq!(ids(&whole_thread(store).await), whole);

    for limit in 1..=6 {
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = store.thread(&site(), &article_id("a1"), after.as_deref(), limit).await.unwrap();
            pages += 1;
            seen.extend(page.comments);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(ids(&seen), whole, "{limit} a page");
        assert_eq!(pages, 5_usize.div_ceil(limit), "{limit} a page");
    }
}

pub async fn a_conversation_leaves_with_its_last_comment(store: &Handle) {
    let root = admitted(store, sample("root", 0).admit()).await;
    let reply = admitted(store, sample("reply", 1).under(&root).admit()).await;
    admitted(store, sample("other", 2).admit()).await;
    taken(store, withdrawn(&root, at(5))).await;
    let page = store.thread(&site(), &article_id("a1"), None, 1).await.unwrap();
    assert_eq!(ids(&page.comments), ["reply"]);
    taken(store, withdrawn(&reply, at(6))).await;
    let page = store.thread(&site(), &article_id("a1"), None, 1).await.unwrap();
    assert_eq!((ids(&page.comments), page.next), (vec!["other"], None));
}

pub async fn bad_cursors_are_refused(store: &Handle) {
    admitted(store, sample("c1", 0).admit()).await;
    for bad in ["", "x", "!!!", "AAAA", "bm90IGEgY3Vyc29y"] {
        let answer = store.thread(&site(), &article_id("a1"), Some(bad), 10).await;
        assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{bad:?}: {answer:?}");
    }
}
