//! What moderators may be handed: bands and languages, lanes, skips, opinions; and reading all that waits.

use super::queue::{claimed, wanted};
use super::{Handle, admitted, taken};
use crate::support::sample::{article_id, at, comment_id, decided, edited, escalated, opined, sample, site};
use ombud::comment::{Action, Attribute, Band, Claim, Comment, QueueOrder, Role};
use ombud::store::{ClaimFilter, ClaimRequest, Conflict, Lease, LeaseError, StoreError, WaitingQuery};
use std::sync::Arc;

fn toxicity(min: f64, max: f64) -> ClaimFilter {
    ClaimFilter { band: Some(Band::new(Attribute::Toxicity, min, max).unwrap()), ..ClaimFilter::default() }
}

fn of_role(role: &str) -> ClaimFilter {
    ClaimFilter { role: Some(Role::parse(role).unwrap()), ..ClaimFilter::default() }
}

async fn claimed_by(store: &Handle, holder: &str, seconds: i64) -> Vec<String> {
    let request =
        ClaimRequest { holder: holder.to_owned(), ..wanted(9, QueueOrder::Oldest, ClaimFilter::default(), seconds) };
    store.claim(&request).await.unwrap().into_iter().map(|(_, comment)| comment.id.to_string()).collect()
}

pub async fn a_band_and_a_language_narrow_what_is_claimed(store: &Handle) {
    let one = |id, seconds, article, toxicity| {
        sample(id, seconds).article(article).pending(&["x"]).toxicity(toxicity).priority(toxicity, 1.0 - toxicity)
    };
    admitted(store, one("c1", 0, "a1", 0.2).language("eng").admit()).await;
    admitted(store, one("c2", 1, "a2", 0.5).language("deu").admit()).await;
    admitted(store, one("c3", 2, "a3", 0.8).language("eng").section("sport").admit()).await;
    admitted(store, one("c4", 3, "a4", 0.65).admit()).await;
    admitted(store, sample("published", 4).toxicity(0.6).admit()).await;
    let language = |filter, code: &str| ClaimFilter { language: Some(code.to_owned()), ..filter };
    let all = ClaimFilter::default;
    let off_topic =
        ClaimFilter { band: Some(Band::new(Attribute::OffTopic, 0.0, 1.0).unwrap()), ..ClaimFilter::default() };
    // By age, and by falling toxicity.
    let cases: [(_, &[&str], &[&str]); 10] = [
        (toxicity(0.5, 0.8), &["c2", "c3", "c4"], &["c3", "c4", "c2"]),
        (toxicity(0.2, 0.2), &["c1"], &["c1"]),
        (toxicity(0.81, 1.0), &[], &[]),
        (off_topic, &[], &[]),
        (language(all(), "eng"), &["c1", "c3"], &["c3", "c1"]),
        (language(all(), "fra"), &[], &[]),
        (language(toxicity(0.3, 1.0), "eng"), &["c3"], &["c3"]),
        (ClaimFilter { section: Some("sport".to_owned()), ..toxicity(0.0, 1.0) }, &["c3"], &["c3"]),
        (ClaimFilter { article: Some(article_id("a2")), ..toxicity(0.0, 1.0) }, &["c2"], &["c2"]),
        (ClaimFilter { reason: Some("y".to_owned()), ..toxicity(0.0, 1.0) }, &[], &[]),
    ];
    let mut seconds = 0;
    for (filter, by_age, by_toxicity) in cases {
        for (order, expected) in [(QueueOrder::Oldest, by_age), (QueueOrder::Uncertain, by_toxicity)] {
            // By then the leases of the round before have expired.
            seconds += 100;
            assert_eq!(claimed(store, 9, order, filter.clone(), seconds).await, expected, "{filter:?}");
        }
    }
    // The newest score and language count.
    let comment = store.comment(&site(), &comment_id("c2")).await.unwrap().unwrap();
    taken(store, edited(&comment, 5, Action::Review, &["x"], at(5000))).await;
    assert_eq!(claimed(store, 9, QueueOrder::Oldest, toxicity(0.4, 0.6), 6000).await, Vec::<String>::new());
    assert_eq!(claimed(store, 9, QueueOrder::Oldest, language(all(), "deu"), 6100).await, Vec::<String>::new());
    assert_eq!(claimed(store, 1, QueueOrder::Harmful, toxicity(0.1, 0.15), 6200).await, ["c2"]);
}

pub async fn many_in_a_band_are_found_in_order(store: &Handle) {
    // More than are looked up one by one, and more than one call of a script looks at.
    for n in 0..1_200_u32 {
        let (toxicity, article) = (if n % 2 == 0 { 0.9 } else { 0.1 }, if n % 3 == 0 { "a1" } else { "a2" });
        let one = sample(&format!("c{n:04}"), i64::from(n)).article(article).pending(&["x"]).toxicity(toxicity);
        admitted(store, one.admit()).await;
    }
    let last = sample("last", 5000).article("a2").pending(&["rare"]).toxicity(0.9);
    admitted(store, last.admit()).await;
    assert_eq!(claimed(store, 3, QueueOrder::Oldest, toxicity(0.8, 1.0), 6000).await, ["c0000", "c0002", "c0004"]);
    assert_eq!(claimed(store, 2, QueueOrder::Oldest, toxicity(0.0, 1.0), 6001).await, ["c0001", "c0003"]);
    let rare = ClaimFilter { reason: Some("rare".to_owned()), ..toxicity(0.0, 1.0) };
    assert_eq!(claimed(store, 3, QueueOrder::Harmful, rare, 6002).await, ["last"]);
    // The first of those that nobody holds lies beyond all that one moderator holds.
    assert_eq!(claimed(store, 1_190, QueueOrder::Oldest, ClaimFilter::default(), 6003).await.len(), 1_190);
    let rest = claimed(store, 9, QueueOrder::Oldest, ClaimFilter::default(), 6004).await;
    assert_eq!(rest, ["c1195", "c1196", "c1197", "c1198", "c1199"]);
}

pub async fn what_was_handed_on_waits_in_a_lane_of_its_own(store: &Handle) {
    let first = admitted(store, sample("c1", 0).section("news").pending(&["x"]).language("eng").admit()).await;
    admitted(store, sample("c2", 1).article("a2").pending(&["x"]).admit()).await;
    let handed_on = taken(store, escalated(&first, "senior", at(5))).await;
    assert_eq!((handed_on.version, handed_on.queued_at), (2, first.queued_at));
    let overview = store.queue(&site(), at(6)).await.unwrap();
    assert_eq!((overview.depth, overview.oldest_queued_at), (2, first.queued_at));
    let counts = |name: &str, count| vec![(name.to_owned(), count)];
    assert_eq!((overview.by_role, overview.by_section), (counts("senior", 1), counts("news", 1)));
    assert_eq!((overview.by_reason, overview.by_language), (counts("x", 2), counts("eng", 1)));

    assert_eq!(claimed(store, 9, QueueOrder::Oldest, ClaimFilter::default(), 10).await, ["c2"]);
    assert_eq!(claimed(store, 9, QueueOrder::Harmful, of_role("legal"), 10).await, Vec::<String>::new());
    let of_section = ClaimFilter { section: Some("news".to_owned()), ..of_role("senior") };
    assert_eq!(claimed(store, 9, QueueOrder::Harmful, of_section, 10).await, ["c1"]);
    let further = taken(store, escalated(&handed_on, "legal", at(20))).await;
    assert_eq!(claimed(store, 9, QueueOrder::Oldest, of_role("senior"), 30).await, Vec::<String>::new());
    assert_eq!(claimed(store, 9, QueueOrder::Oldest, of_role("legal"), 30).await, ["c1"]);
    taken(store, decided(&further, Action::Reject, "anna", at(40))).await;
    let overview = store.queue(&site(), at(41)).await.unwrap();
    assert_eq!((overview.depth, overview.by_role), (1, Vec::new()));
}

pub async fn a_skipped_comment_goes_to_others(store: &Handle) {
    admitted(store, sample("c1", 0).pending(&["x"]).admit()).await;
    let request = wanted(1, QueueOrder::Oldest, ClaimFilter::default(), 10);
    let (claim, _) = store.claim(&request).await.unwrap().pop().unwrap();
    store.skip(&site(), &claim.id, at(1000), at(11)).await.unwrap().unwrap();
    assert_eq!(store.queue(&site(), at(12)).await.unwrap().claimed, 0);
    assert_eq!(claimed_by(store, "anna", 12).await, Vec::<String>::new());
    assert_eq!(claimed_by(store, "bea", 12).await, ["c1"]);
    assert_eq!(claimed_by(store, "anna", 999).await, Vec::<String>::new());
    assert_eq!(claimed_by(store, "anna", 1000).await, ["c1"]);
}

pub async fn a_skip_needs_a_live_claim(store: &Handle) {
    admitted(store, sample("c1", 0).pending(&["x"]).admit()).await;
    let request = wanted(1, QueueOrder::Oldest, ClaimFilter::default(), 10);
    let (claim, _) = store.claim(&request).await.unwrap().pop().unwrap();
    let skip = async |seconds| store.skip(&site(), &claim.id, at(1000), at(seconds)).await.unwrap();
    assert_eq!(skip(70).await, Err(LeaseError::Expired));
    assert_eq!(claimed_by(store, "anna", 71).await, ["c1"], "nothing was skipped");
    assert_eq!(skip(72).await, Err(LeaseError::Unknown));
}

pub async fn what_somebody_holds_is_found_again(store: &Handle) {
    for n in 0..6 {
        admitted(store, sample(&format!("c{n}"), n).article(&format!("a{}", n % 4)).pending(&["x"]).admit()).await;
    }
    let holds = async |holder: &str, seconds| {
        let held = store.claims_of(&site(), holder, at(seconds)).await.unwrap();
        for (claim, comment) in &held {
            assert_eq!((claim.holder.as_str(), claim.id.comment()), (holder, &comment.id));
        }
        held
    };
    let ids = |held: &[(Claim, Comment)]| held.iter().map(|(_, comment)| comment.id.to_string()).collect::<Vec<_>>();
    assert_eq!(holds("anna", 9).await, []);
    let request = |holder: &str, seconds| ClaimRequest {
        holder: holder.to_owned(),
        ..wanted(1, QueueOrder::Oldest, ClaimFilter::default(), seconds)
    };
    let mut claimed = Vec::new();
    for (holder, seconds) in [("anna", 10), ("bea", 11), ("anna", 12), ("anna", 13)] {
        claimed.extend(store.claim(&request(holder, seconds)).await.unwrap());
    }
    let (first, third, fourth) = (&claimed[0].0, &claimed[2].0, &claimed[3].0);
    let held = holds("anna", 14).await;
    assert_eq!(ids(&held), ["c0", "c2", "c3"], "the first that was claimed first");
    assert_eq!((&held[0].0, &held[2].0), (first, fourth));
    assert_eq!(ids(&holds("bea", 14).await), ["c1"]);

    // What was given back, decided, or ran out is hers no longer.
    store.release(&site(), &first.id).await.unwrap();
    taken(store, decided(&claimed[2].1, Action::Publish, "anna", at(15))).await;
    assert_eq!(ids(&holds("anna", 16).await), ["c3"]);
    store.heartbeat(&site(), &fourth.id, at(200), at(17)).await.unwrap().unwrap();
    assert_eq!(ids(&holds("anna", 199).await), ["c3"]);
    assert_eq!(holds("anna", 200).await, []);
    assert_eq!(third.holder, "anna");
}

pub async fn nobody_is_handed_in_a_rush_what_she_skipped(store: &Handle) {
    for n in 0..40_u32 {
        let one = sample(&format!("c{n:02}"), i64::from(n)).article(&format!("a{}", n % 7)).pending(&["x"]);
        admitted(store, one.admit()).await;
    }
    let request = |holder: &str, limit| ClaimRequest {
        holder: holder.to_owned(),
        ..wanted(limit, QueueOrder::Oldest, ClaimFilter::default(), 100)
    };
    let skipped = store.claim(&request("holder-0", 3)).await.unwrap();
    for (claim, _) in &skipped {
        store.skip(&site(), &claim.id, at(9_000), at(101)).await.unwrap().unwrap();
    }
    let holders = (0..8).map(|n| {
        let (store, request) = (Arc::clone(store), request(&format!("holder-{n}"), 1));
        tokio::spawn(async move {
            let mut handed = Vec::new();
            while let Some((_, comment)) = store.claim(&request).await.unwrap().pop() {
                handed.push(comment.id.to_string());
            }
            handed
        })
    });
    let mut handed = Vec::new();
    for holder in holders.collect::<Vec<_>>() {
        handed.push(holder.await.unwrap());
    }
    assert!(skipped.iter().all(|(_, comment)| !handed[0].contains(&comment.id.to_string())), "{:?}", handed[0]);
    // A claim gives up when others are always faster; what it left is still there.
    let left = store.claim(&request("last", 40)).await.unwrap();
    let mut all = handed.concat();
    all.extend(left.into_iter().map(|(_, comment)| comment.id.to_string()));
    all.sort_unstable();
    assert_eq!(all, (0..40).map(|n| format!("c{n:02}")).collect::<Vec<_>>());
}

pub async fn who_has_an_opinion_is_not_asked_again(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["x"]).admit()).await;
    let once = taken(store, opined(&comment, Action::Publish, 2, "anna", at(5))).await;
    assert_eq!((once.version, once.state, once.queued_at), (2, comment.state, comment.queued_at));
    assert_eq!(claimed_by(store, "anna", 10).await, Vec::<String>::new());
    assert_eq!(claimed_by(store, "bea", 10).await, ["c1"]);
    let twice = taken(store, opined(&once, Action::Reject, 2, "bea", at(20))).await;
    assert_eq!(claimed_by(store, "bea", 30).await, Vec::<String>::new());
    // Another text is another question.
    let changed = taken(store, edited(&twice, 9, Action::Review, &["x"], at(40))).await;
    assert_eq!(claimed_by(store, "anna", 50).await, ["c1"]);
    let again = taken(store, opined(&changed, Action::Reject, 2, "bea", at(60))).await;
    let settled = taken(store, opined(&again, Action::Reject, 2, "carl", at(61))).await;
    assert_eq!((settled.state.name(), settled.votes.len()), ("rejected", 0));
    let steps = store.audit(&site(), &comment.id).await.unwrap();
    let said: Vec<_> = steps.iter().map(|e| (e.version, e.action.name(), e.to.name())).collect();
    assert_eq!(
        said,
        [
            (1, "review", "pending"),
            (2, "publish", "pending"),
            (3, "reject", "pending"),
            (4, "review", "pending"),
            (5, "reject", "pending"),
            (6, "reject", "rejected")
        ]
    );
}

pub async fn pages_hold_all_that_waits_once(store: &Handle) {
    for n in 0..25 {
        // Two waited equally long.
        let one = sample(&format!("c{n:02}"), n / 2).article(&format!("a{}", n % 7)).pending(&["x"]);
        admitted(store, one.toxicity(if n % 5 == 0 { 0.9 } else { 0.1 }).admit()).await;
    }
    admitted(store, sample("published", 3).admit()).await;
    let held = store.claim(&wanted(2, QueueOrder::Oldest, ClaimFilter::default(), 50)).await.unwrap();
    for (filter, count) in [(ClaimFilter::default(), 25), (toxicity(0.5, 1.0), 5)] {
        let (mut seen, mut claims, mut after): (Vec<Comment>, Vec<_>, _) = (Vec::new(), Vec::new(), None);
        loop {
            let query = WaitingQuery { site: site(), filter: filter.clone(), after, limit: 4, now: at(60) };
            let page = store.waiting(&query).await.unwrap();
            for waiting in page.waiting {
                claims.extend(waiting.claim);
                seen.push(waiting.comment);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), count);
        assert!(seen.windows(2).all(|w| (w[0].queued_at, &w[0].id) < (w[1].queued_at, &w[1].id)), "in order, once");
        let holds = held.iter().map(|(claim, _)| claim).filter(|c| seen.iter().any(|s| s.id == *c.id.comment()));
        assert_eq!(claims, holds.cloned().collect::<Vec<_>>());
    }
    let beyond = WaitingQuery { site: site(), filter: of_role("senior"), after: None, limit: 4, now: at(60) };
    assert_eq!(store.waiting(&beyond).await.unwrap(), ombud::store::WaitingPage::default());
}

pub async fn a_claim_that_nobody_may_hold_forbids_the_step(store: &Handle) {
    let comment = admitted(store, sample("c1", 0).pending(&["x"]).admit()).await;
    let request = wanted(1, QueueOrder::Oldest, ClaimFilter::default(), 10);
    let (claim, _) = store.claim(&request).await.unwrap().pop().unwrap();
    let change = decided(&comment, Action::Reject, "anna", at(11));
    let refused = store.advance(&change, &Lease::nobodys(), at(11)).await.unwrap();
    assert_eq!(refused, Err(Conflict::Held(claim)));
    assert_eq!(store.advance(&change, &Lease::nobodys(), at(70)).await.unwrap(), Ok(()));
}

pub async fn what_moved_since_it_was_found_is_not_leased(store: &Handle) {
    for n in 0..40 {
        let comment = admitted(store, sample(&format!("c{n}"), n).pending(&["x"]).admit()).await;
        let handing_on = escalated(&comment, "senior", at(n + 2));
        let request = wanted(1, QueueOrder::Oldest, ClaimFilter::default(), 50);
        let now = at(n + 2);
        let (step, claims) = tokio::join!(store.advance(&handing_on, &Lease::Free, now), store.claim(&request));
        assert_eq!(step.unwrap(), Ok(()));
        // Whoever was first: no claim without the role stands on a comment that was handed on.
        if let Some((claim, found)) = claims.unwrap().pop() {
            assert_eq!(found.escalation, None);
            let answer = store.heartbeat(&site(), &claim.id, at(200), at(51)).await.unwrap();
            assert_eq!(answer, Err(LeaseError::Unknown));
        }
    }
    let query = WaitingQuery {
        site: site(),
        filter: ClaimFilter::default(),
        after: Some("nonsense".to_owned()),
        limit: 1,
        now: at(60),
    };
    // A place of another store is refused, or leads to the end.
    match store.waiting(&query).await {
        Ok(page) => assert_eq!(page.waiting, []),
        Err(error) => assert!(matches!(error, StoreError::UnknownCursor)),
    }
}
