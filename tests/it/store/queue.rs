//! The queue: its orders, filters and counts.

use super::{Handle, admitted, taken};
use crate::support::sample::{article_id, at, decided, edited, sample, site, undone, withdrawn};
use ombud::comment::{Action, QueueOrder};
use ombud::store::{ClaimFilter, ClaimRequest, QueueOverview};

/// A request for work by `anna` at `seconds`, for a minute.
pub fn wanted(limit: usize, order: QueueOrder, filter: ClaimFilter, seconds: i64) -> ClaimRequest {
    ClaimRequest {
        site: site(),
        holder: "anna".to_owned(),
        limit,
        order,
        filter,
        now: at(seconds),
        expires_at: at(seconds + 60),
        tokens: (0..limit).map(|_| token(seconds)).collect(),
    }
}

/// A claim's token, made at `seconds`.
fn token(seconds: i64) -> uuid::Uuid {
    let made = u64::try_from(at(seconds).as_second()).expect("after 1970");
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, made, 0))
}

/// Claims at `seconds`, and tells the ids; nobody else may hold anything by then.
pub async fn claimed(
    store: &Handle,
    limit: usize,
    order: QueueOrder,
    filter: ClaimFilter,
    seconds: i64,
) -> Vec<String> {
    let claims = store.claim(&wanted(limit, order, filter, seconds)).await.unwrap();
    claims.into_iter().map(|(_, comment)| comment.id.to_string()).collect()
}

pub async fn each_order_hands_out_its_best(store: &Handle) {
    // Over several articles, hence over partitions.
    let rows = [("c1", 40, 0.2, 0.9), ("c2", 10, 0.9, 0.1), ("c3", 30, 0.5, 0.5), ("c4", 20, 0.5, 0.0)];
    for (number, (id, seconds, uncertain, harmful)) in rows.into_iter().enumerate() {
        let sample = sample(id, seconds).article(&format!("a{number}"));
        admitted(store, sample.pending(&["r"]).priority(uncertain, harmful).admit()).await;
    }
    admitted(store, sample("published", 0).admit()).await;
    let all = ClaimFilter::default;
    assert_eq!(claimed(store, 9, QueueOrder::Oldest, all(), 100).await, ["c2", "c4", "c3", "c1"]);
    // Of equal priority, the older first.
    assert_eq!(claimed(store, 9, QueueOrder::Uncertain, all(), 200).await, ["c2", "c4", "c3", "c1"]);
    assert_eq!(claimed(store, 9, QueueOrder::Harmful, all(), 300).await, ["c1", "c3", "c2", "c4"]);
    assert_eq!(claimed(store, 2, QueueOrder::Harmful, all(), 400).await, ["c1", "c3"]);
    assert_eq!(claimed(store, 2, QueueOrder::Harmful, all(), 401).await, ["c2", "c4"]);
    assert_eq!(claimed(store, 2, QueueOrder::Harmful, all(), 402).await, Vec::<String>::new());
}

pub async fn filters_narrow_what_is_claimed(store: &Handle) {
    let one = |id, seconds, article, reasons: &[&str]| sample(id, seconds).article(article).pending(reasons);
    admitted(store, one("c1", 0, "a1", &["x"]).section("news").admit()).await;
    admitted(store, one("c2", 1, "a1", &["x", "y"]).section("sport").admit()).await;
    admitted(store, one("c3", 2, "a2", &["y"]).section("sport").admit()).await;
    admitted(store, one("c4", 3, "a2", &["y"]).admit()).await;
    let filter = |section: Option<&str>, article: Option<&str>, reason: Option<&str>| ClaimFilter {
        section: section.map(str::to_owned),
        article: article.map(article_id),
        reason: reason.map(str::to_owned),
        ..ClaimFilter::default()
    };
    let cases: [(_, &[&str]); 8] = [
        (filter(Some("sport"), None, None), &["c2", "c3"]),
        (filter(None, Some("a2"), None), &["c3", "c4"]),
        (filter(None, None, Some("x")), &["c1", "c2"]),
        (filter(Some("sport"), Some("a2"), None), &["c3"]),
        (filter(Some("sport"), None, Some("x")), &["c2"]),
        (filter(Some("sport"), Some("a1"), Some("y")), &["c2"]),
        (filter(Some("weather"), None, None), &[]),
        (filter(None, Some("a9"), Some("y")), &[]),
    ];
    let mut seconds = 0;
    for (filter, expected) in cases {
        for order in [QueueOrder::Oldest, QueueOrder::Uncertain, QueueOrder::Harmful] {
            // By then the leases of the round before have expired.
            seconds += 100;
            assert_eq!(claimed(store, 9, order, filter.clone(), seconds).await, expected, "{filter:?}");
        }
    }
}

/// The overview with its lists in the order of names.
async fn overview(store: &Handle, seconds: i64) -> QueueOverview {
    let mut overview = store.queue(&site(), at(seconds)).await.unwrap();
    overview.by_section.sort();
    overview.by_reason.sort();
    overview
}

fn counts(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

pub async fn an_empty_queue_has_nothing_to_say(store: &Handle) {
    assert_eq!(overview(store, 0).await, QueueOverview::default());
}

pub async fn counts_follow_every_kind_of_step(store: &Handle) {
    let first = admitted(store, sample("c1", 0).section("news").pending(&["x", "y"]).admit()).await;
    let second = admitted(store, sample("c2", 10).article("a2").section("sport").pending(&["x"]).admit()).await;
    let both = QueueOverview {
        depth: 2,
        claimed: 0,
        oldest_queued_at: first.queued_at,
        by_section: counts(&[("news", 1), ("sport", 1)]),
        by_reason: counts(&[("x", 2), ("y", 1)]),
        ..QueueOverview::default()
    };
    assert_eq!(overview(store, 20).await, both);

    let only_second = QueueOverview {
        depth: 1,
        claimed: 0,
        oldest_queued_at: second.queued_at,
        by_section: counts(&[("sport", 1)]),
        by_reason: counts(&[("x", 1)]),
        ..QueueOverview::default()
    };
    let published = taken(store, decided(&first, Action::Publish, "anna", at(21))).await;
    assert_eq!(overview(store, 21).await, only_second);
    let back = taken(store, undone(&published, at(22))).await;
    assert_eq!(overview(store, 22).await, both);
    let edited_to = taken(store, edited(&back, 9, Action::Review, &["z"], at(23))).await;
    let by_reason = counts(&[("x", 1), ("z", 1)]);
    assert_eq!(overview(store, 23).await, QueueOverview { by_reason, ..both.clone() });
    let rejected = taken(store, decided(&edited_to, Action::Reject, "anna", at(24))).await;
    assert_eq!(overview(store, 24).await, only_second);
    let reinstated = taken(store, decided(&rejected, Action::Publish, "anna", at(25))).await;
    let edited_again = taken(store, edited(&reinstated, 10, Action::Review, &["y", "x"], at(26))).await;
    let requeued = overview(store, 26).await;
    assert_eq!((requeued.depth, requeued.by_reason), (2, both.by_reason.clone()));
    taken(store, withdrawn(&edited_again, at(27))).await;
    assert_eq!(overview(store, 27).await, only_second);

    store.claim(&wanted(5, QueueOrder::Oldest, ClaimFilter::default(), 30)).await.unwrap();
    assert_eq!(overview(store, 31).await, QueueOverview { claimed: 1, ..only_second.clone() });
    assert_eq!(overview(store, 90).await, only_second, "a lease counts until it expires");
    taken(store, decided(&second, Action::Reject, "anna", at(31))).await;
    assert_eq!(overview(store, 31).await, QueueOverview::default());
}
