//! Finding comments, and those that one person decided on.

use super::{Handle, admitted, ids, taken};
use crate::support::sample::{
    article_id, at, author_id, decided, dropped, edited, erased, opined, sample, site, undone, withdrawn,
};
use ombud::comment::{Action, Comment, SiteId, State, Timestamp};
use ombud::store::{ArchivedComment, SearchQuery, StoreError};

/// All that a query finds, read in pages of this size.
pub(super) async fn found(store: &Handle, query: &SearchQuery, limit: usize) -> Vec<Comment> {
    let (mut found, mut query) = (Vec::new(), SearchQuery { limit, ..query.clone() });
    loop {
        let page = store.newest(&query).await.unwrap();
        assert!(page.comments.len() <= limit, "{} of {limit}", page.comments.len());
        found.extend(page.comments);
        query.after = page.next;
        if query.after.is_none() {
            return found;
        }
    }
}

fn everything() -> SearchQuery {
    SearchQuery::of(site(), 10)
}

/// Ten comments under four articles by three authors, in every state.
async fn mixed(store: &Handle) {
    for n in 0..10 {
        let one = sample(&format!("c{n}"), n * 10).article(&format!("a{}", n % 4)).author(&format!("u{}", n % 3));
        let one = match n % 3 {
            0 => one,
            1 => one.pending(&["r"]),
            _ => one.rejected(),
        };
        let comment = admitted(store, one.admit()).await;
        if n == 9 {
            taken(store, withdrawn(&comment, at(95))).await;
        }
        if n == 1 {
            taken(store, decided(&comment, Action::Publish, "anna", at(200))).await;
        }
    }
    admitted(store, sample("elsewhere", 0).site("other").admit()).await;
}

pub async fn the_latest_step_comes_first_page_by_page(store: &Handle) {
    assert_eq!(found(store, &everything(), 3).await, []);
    mixed(store).await;
    let order = ["c1", "c9", "c8", "c7", "c6", "c5", "c4", "c3", "c2", "c0"];
    for limit in [1, 2, 3, 9, 10, 11, 500] {
        assert_eq!(ids(&found(store, &everything(), limit).await), order, "{limit} a page");
    }
    let whole = store.newest(&everything()).await.unwrap();
    assert_eq!((whole.comments.len(), whole.next), (10, None), "a page that holds all has none after it");
    let other = SearchQuery::of(SiteId::parse("other").unwrap(), 10);
    assert_eq!(ids(&found(store, &other, 10).await), ["elsewhere"]);
}

pub async fn filters_narrow_what_is_found(store: &Handle) {
    mixed(store).await;
    let of = |change: fn(&mut SearchQuery)| {
        let mut query = everything();
        change(&mut query);
        query
    };
    let cases: [(SearchQuery, &[&str]); 11] = [
        (of(|q| q.state = Some(State::Published)), &["c1", "c6", "c3", "c0"]),
        (of(|q| q.state = Some(State::Pending)), &["c7", "c4"]),
        (of(|q| q.state = Some(State::Rejected)), &["c8", "c5", "c2"]),
        (of(|q| q.state = Some(State::Withdrawn)), &["c9"]),
        (of(|q| q.article = Some(article_id("a1"))), &["c1", "c9", "c5"]),
        (of(|q| q.author = Some(author_id("u0"))), &["c9", "c6", "c3", "c0"]),
        (
            of(|q| {
                q.author = Some(author_id("u1"));
                q.article = Some(article_id("a1"));
            }),
            &["c1"],
        ),
        (
            of(|q| {
                q.article = Some(article_id("a1"));
                q.state = Some(State::Rejected);
            }),
            &["c5"],
        ),
        // Each came in a second after it was written.
        (of(|q| (q.from, q.to) = (Some(at(51)), Some(at(81)))), &["c8", "c7", "c6", "c5"]),
        (
            of(|q| {
                q.author = Some(author_id("u1"));
                q.from = Some(at(42));
            }),
            &["c1", "c7"],
        ),
        (of(|q| q.author = Some(author_id("nobody"))), &[]),
    ];
    for (query, expected) in cases {
        for limit in [1, 2, 20] {
            assert_eq!(ids(&found(store, &query, limit).await), expected, "{limit} a page of {query:?}");
        }
    }
}

pub async fn many_steps_of_one_moment_are_paged_each_once(store: &Handle) {
    let mut expected = Vec::new();
    for n in 0..45 {
        let comment = admitted(store, sample(&format!("c{n:02}"), n).article(&format!("a{}", n % 2)).admit()).await;
        let comment = taken(store, decided(&comment, Action::Reject, "anna", at(100))).await;
        expected.push(comment.id.to_string());
    }
    expected.reverse();
    for limit in [1, 7, 45] {
        assert_eq!(ids(&found(store, &everything(), limit).await), expected, "{limit} a page");
        let hers = hers(store, "anna", limit).await;
        assert_eq!(hers.iter().map(|(id, _)| id).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
    }
}

pub async fn what_was_dropped_is_nobodys_and_found(store: &Handle) {
    let kept = admitted(store, sample("kept", 0).rejected().admit()).await;
    let old = admitted(store, sample("old", 1).rejected().admit()).await;
    let gone = admitted(store, sample("gone", 2).pending(&["r"]).admit()).await;
    taken(store, dropped(&old, at(50))).await;
    let gone = taken(store, decided(&gone, Action::Publish, "anna", at(55))).await;
    taken(store, erased(&gone, at(60))).await;
    assert_eq!(ids(&found(store, &everything(), 2).await), ["gone", "old", "kept"]);
    let rejected = SearchQuery { state: Some(State::Rejected), ..everything() };
    assert_eq!(ids(&found(store, &rejected, 2).await), ["old", "kept"]);
    let of = SearchQuery { author: Some(author_id("u1")), ..everything() };
    assert_eq!(found(store, &of, 2).await, [kept]);
    // What she decided stands in her list, without its text.
    let decided = store.decided_by(&site(), "anna", None, 10).await.unwrap().decided;
    assert_eq!(decided.iter().map(|d| (d.comment.text(), d.at)).collect::<Vec<_>>(), [(None, at(55))]);
}

pub async fn foreign_places_to_go_on_from_are_refused(store: &Handle) {
    for bad in ["", "x", "12", "x c1", "1 2 3 4"] {
        for author in [None, Some(author_id("u1"))] {
            let query = SearchQuery { author, after: Some(bad.to_owned()), ..everything() };
            let answer = store.newest(&query).await;
            assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{bad:?}: {answer:?}");
        }
        let answer = store.decided_by(&site(), "anna", Some(bad), 10).await;
        assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{bad:?}: {answer:?}");
    }
}

/// What a person decided on and when, read in pages of this size.
async fn hers(store: &Handle, who: &str, limit: usize) -> Vec<(String, Timestamp)> {
    let (mut hers, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.decided_by(&site(), who, after.as_deref(), limit).await.unwrap();
        assert!(page.decided.len() <= limit);
        for one in page.decided {
            assert_eq!(store.comment(&site(), &one.comment.id).await.unwrap(), Some(one.comment.clone()));
            hers.push((one.comment.id.to_string(), one.at));
        }
        after = page.next;
        if after.is_none() {
            return hers;
        }
    }
}

async fn count(store: &Handle, who: &str, since: i64) -> u64 {
    store.decided_count(&site(), who, at(since)).await.unwrap()
}

pub async fn a_decision_is_hers_until_it_is_taken_back(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["r"]).admit()).await;
    assert_eq!((hers(store, "anna", 5).await, count(store, "anna", 0).await), (vec![], 0));
    let rejected = taken(store, decided(&comment, Action::Reject, "anna", at(10))).await;
    let told = |seconds| vec![("c1".to_owned(), at(seconds))];
    assert_eq!((hers(store, "anna", 5).await, hers(store, "bea", 5).await), (told(10), vec![]));
    assert_eq!([count(store, "anna", 10).await, count(store, "anna", 11).await], [1, 0]);
    // A colleague decides otherwise: each has decided on it.
    let published = taken(store, decided(&rejected, Action::Publish, "bea", at(20))).await;
    assert_eq!((hers(store, "anna", 5).await, hers(store, "bea", 5).await), (told(10), told(20)));
    let back = taken(store, undone(&published, at(30))).await;
    assert_eq!((hers(store, "anna", 5).await, hers(store, "bea", 5).await), (told(10), vec![]));
    // What she takes back of her own is not hers any more, but for what she had decided before.
    let again = taken(store, decided(&back, Action::Publish, "anna", at(40))).await;
    assert_eq!(hers(store, "anna", 5).await, told(40));
    taken(store, undone(&again, at(50))).await;
    assert_eq!(hers(store, "anna", 5).await.len(), 1, "her rejection stands again");
    let other = admitted(store, sample("c2", 0).pending(&["r"]).admit()).await;
    let one = taken(store, opined(&other, Action::Publish, 2, "cleo", at(60))).await;
    assert_eq!(hers(store, "cleo", 5).await, [("c2".to_owned(), at(60))], "an opinion counts");
    let two = taken(store, opined(&one, Action::Publish, 2, "dora", at(61))).await;
    taken(store, edited(&two, 7, Action::Review, &["r"], at(70))).await;
    assert_eq!((count(store, "cleo", 0).await, count(store, "dora", 0).await), (1, 1), "she read it all the same");
    let third = admitted(store, sample("c3", 0).pending(&["r"]).admit()).await;
    let third = taken(store, decided(&third, Action::Reject, "erin", at(80))).await;
    taken(store, undone(&third, at(81))).await;
    assert_eq!((hers(store, "erin", 5).await, count(store, "erin", 0).await), (vec![], 0));
}

pub async fn her_decisions_are_paged_the_latest_first(store: &Handle) {
    let mut expected = Vec::new();
    for n in 0..9 {
        let new = sample(&format!("c{n}"), 0).article(&format!("a{n}")).pending(&["r"]).admit();
        let comment = admitted(store, new).await;
        let when = at(100 + (n * 7) % 9);
        taken(store, decided(&comment, Action::Reject, "anna", when)).await;
        expected.push((format!("c{n}"), when));
    }
    expected.sort_by_key(|(_, when)| std::cmp::Reverse(*when));
    for limit in [1, 2, 4, 9, 20] {
        assert_eq!(hers(store, "anna", limit).await, expected, "{limit} a page");
    }
    assert_eq!([count(store, "anna", 0).await, count(store, "anna", 104).await], [9, 5]);
    assert_eq!(count(store, "ann", 0).await, 0);
    assert_eq!(store.decided_count(&SiteId::parse("other").unwrap(), "anna", at(0)).await.unwrap(), 0);
}

pub async fn a_restored_comment_is_hers_too(store: &Handle) {
    let mut audit = Vec::new();
    let mut step = |change: ombud::comment::Change| {
        audit.push(change.audit);
        change.comment
    };
    let comment = step(sample("c1", 0).pending(&["r"]).admit());
    let comment = step(opined(&comment, Action::Reject, 2, "anna", at(10)));
    let comment = step(opined(&comment, Action::Reject, 2, "bea", at(20)));
    let comment = step(decided(&comment, Action::Publish, "cleo", at(30)));
    let comment = step(undone(&comment, at(40)));
    store
        .restore_comment(&ArchivedComment { comment, audit, reports: vec![], reported: false, held: None })
        .await
        .unwrap();
    for (who, expected) in [("anna", Some(at(10))), ("bea", Some(at(20))), ("cleo", None)] {
        let expected: Vec<_> = expected.into_iter().map(|when| ("c1".to_owned(), when)).collect();
        assert_eq!(hers(store, who, 5).await, expected, "{who}");
    }
}
