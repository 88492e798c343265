use super::*;
use crate::comment::{Action, Attribute, Scores};

const POLICY: &str = "[thresholds]\nTOXICITY = { review = 0.25, reject = 0.80 }\nINSULT = { review = 0.35 }\n";

/// So many comments with scores from 0 to 1, most of them low; the higher the score, the likelier a person rejects, from
/// `base` on.
fn rows(count: u32, base: f64) -> Vec<Row> {
    let part = |i: u32, factor: u32| f64::from(i.wrapping_mul(factor) >> 12 & 0xffff) / 65536.0;
    let row = |i: u32| {
        let toxicity = part(i, 2_654_435_761).powi(12);
        let scores: Scores = [(Attribute::Toxicity, Some(toxicity))].into_iter().collect();
        let bad = part(i, 2_246_822_519) < base + (1.0 - base) * toxicity.powf(1.3);
        let label = if bad { Label::Reject } else { Label::Publish };
        Row { scores, section: None, floor: Action::Publish, label }
    };
    (1..=count).map(row).collect()
}

fn share(text: &str) -> Option<Share> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn targets(abuse: &str, wrong: &str) -> Targets {
    let confidence = "95%".parse().unwrap();
    Targets { abuse_published: share(abuse), wrongly_rejected: share(wrong), load: None, confidence }
}

fn dial() -> Dial {
    Dial::read(POLICY, &[]).unwrap()
}

#[test]
fn what_is_found_keeps_what_was_asked_with_room_for_chance() {
    let (rows, targets) = (rows(4000, 0.001), targets("2%", "1%"));
    let tuned = tune(&dial(), &rows, &targets).unwrap();
    let Figures { abuse_published, wrongly_rejected, reviewed, .. } = tuned.found;
    assert!(abuse_published.upper_bound(targets.error()) <= 0.02, "{abuse_published:?}");
    assert!(wrongly_rejected.upper_bound(targets.error()) <= 0.01, "{wrongly_rejected:?}");
    assert_eq!(reviewed.of, 4000);
    assert!(tuned.review_kept[tuned.setting.review] && tuned.reject_kept[tuned.setting.reject]);
    let along = Along::of(&dial(), &rows, &tuned);
    let (review, reject) = (along.review[tuned.setting.review], along.reject[tuned.setting.reject]);
    assert_eq!((review.errors, review.reviewed), (abuse_published, reviewed.share()));
    assert_eq!(reject.reviewed.to_bits(), reviewed.share().to_bits());
    // A step further, either way, is not promised, or is the same as far as these comments go.
    let next = along.review[tuned.setting.review + 1];
    assert!(!next.kept || next.errors.of == abuse_published.of);
}

#[test]
fn a_laxer_target_never_leaves_more_to_read() {
    let rows = rows(3000, 0.001);
    let load = |abuse: &str, wrong: &str| tune(&dial(), &rows, &targets(abuse, wrong)).unwrap().found.reviewed.hits;
    for [strict, lax] in [["1.5%", "2%"], ["2%", "3%"], ["3%", "10%"]] {
        assert!(load(strict, "1%") >= load(lax, "1%"), "{strict}, {lax}");
        assert!(load("2%", strict) >= load("2%", lax), "{strict}, {lax}");
    }
}

#[test]
fn what_is_not_asked_for_stays() {
    let rows = rows(3000, 0.001);
    let only_abuse = tune(&dial(), &rows, &targets("1.5%", "")).unwrap();
    assert!(only_abuse.setting.reject == PRESENT && only_abuse.setting.review != PRESENT);
    let only_wrong = tune(&dial(), &rows, &targets("", "3%")).unwrap();
    assert!(only_wrong.setting.review == PRESENT && only_wrong.setting.reject != PRESENT);
    let insults = Dial::read(POLICY, &[Attribute::Insult]).unwrap();
    let tuned = tune(&insults, &rows, &targets("20%", "")).unwrap();
    assert_eq!(tuned.setting, Setting::PRESENT, "no comment has a score for it: whatever it is, the same is published");
}

#[test]
fn thresholds_that_do_are_left_alone() {
    let rows: Vec<Row> =
        rows(1000, 0.0).into_iter().filter(|row| row.scores.get(Attribute::Toxicity) < Some(0.1)).collect();
    let tuned = tune(&dial(), &rows, &targets("5%", "5%")).unwrap();
    assert_eq!(tuned.setting, Setting::PRESENT);
    assert!(dial().moved(tuned.setting).is_empty());
}

#[test]
fn a_policy_without_a_threshold_to_move_is_refused() {
    let fixed = Dial::read("[thresholds]\nTOXICITY = { reject = 0.8 }\n", &[]).unwrap();
    assert_eq!(tune(&fixed, &rows(100, 0.0), &targets("1%", "")).unwrap_err(), Refusal::NothingMoves);
}

#[test]
fn too_little_evidence_says_how_much_is_missing() {
    let refused = tune(&dial(), &rows(300, 0.0), &targets("1%", "0.5%")).unwrap_err();
    let Refusal::TooLittle { promised, needed, found, more, .. } = refused else { panic!("{refused}") };
    assert_eq!((promised, needed, found, more), (Promised::AbusePublished, 368, 300, 68));
    insta::assert_snapshot!(refused, @r#"too little evidence for "abuse among what is published at most 1 %": it takes 368 comments that could be published unseen without a single error, and these are 300. At least 68 more labelled comments are needed"#);
    // So many without an error do: 1 - 0.025^(1/368) is one in a hundred.
    let good = |count: u32| -> Vec<Row> {
        rows(count, 0.0)
            .into_iter()
            .map(|row| Row { label: Label::Publish, scores: Scores::default(), ..row })
            .collect()
    };
    assert!(tune(&dial(), &good(367), &targets("1%", "1%")).is_err());
    assert!(tune(&dial(), &good(368), &targets("1%", "1%")).is_ok());

    let held = |row: Row| Row { floor: Action::Review, ..row };
    let half: Vec<Row> =
        good(400).into_iter().enumerate().map(|(i, row)| if i.is_multiple_of(2) { held(row) } else { row }).collect();
    let refused = tune(&dial(), &half, &targets("1%", "")).unwrap_err();
    let Refusal::TooLittle { needed, found, more, .. } = refused else { panic!("{refused}") };
    assert_eq!((needed, found, more), (299, 200, 198), "as many of the further ones will be held by other rules");
    let refused = tune(&dial(), &rows(400, 0.3), &targets("", "1%")).unwrap_err();
    assert!(matches!(refused, Refusal::TooLittle { promised: Promised::WronglyRejected, .. }), "{refused}");
    let none = tune(&dial(), &[], &targets("1%", "")).unwrap_err();
    assert!(matches!(none, Refusal::TooLittle { found: 0, more: 299, .. }), "{none:?}");
}

#[test]
fn abuse_that_no_score_tells_apart_cant_be_kept_out() {
    let rows = rows(2000, 0.05);
    let refused = tune(&dial(), &rows, &targets("1%", "")).unwrap_err();
    insta::assert_snapshot!(refused, @r#""abuse among what is published at most 1 %" can't be promised: of 1120 comments published by the strictest thresholds that were tried, a person would reject 51 (4.55 %; the true share lies between 3.57 % and 5.72 %). More comments like these would not show it. The least that these comments can promise is --max-abuse-published 5.95%"#);
    let Refusal::NotShown { nearest: Some(nearest), more: None, .. } = refused else { panic!("{refused:?}") };
    let asked = |target: f64| Targets { abuse_published: Share::new(target), ..targets("1%", "") };
    assert!(tune(&dial(), &rows, &asked(nearest)).is_ok(), "what is named can be had");
    assert!(tune(&dial(), &rows, &asked(nearest - 0.0001)).is_err());
}

#[test]
fn what_more_comments_would_show_is_said() {
    let rows = rows(700, 0.003);
    let refused = tune(&dial(), &rows, &targets("1%", "")).unwrap_err();
    insta::assert_snapshot!(refused, @r#""abuse among what is published at most 1 %" can't be promised: of 613 comments published by the strictest thresholds that were tried, a person would reject 7 (1.14 %; the true share lies between 0.54 % and 2.13 %). If further comments are like these, about 2800 more would show it. The least that these comments can promise is --max-abuse-published 1.77%"#);
    assert!(matches!(refused, Refusal::NotShown { more: Some(700..), .. }), "{refused:?}");
}

#[test]
fn rules_that_reject_too_much_contradict_the_target() {
    let banned = |(i, row): (usize, Row)| {
        if i.is_multiple_of(20) { Row { floor: Action::Reject, label: Label::Publish, ..row } } else { row }
    };
    let rows: Vec<Row> = rows(2000, 0.0).into_iter().enumerate().map(banned).collect();
    let refused = tune(&dial(), &rows, &targets("5%", "1%")).unwrap_err();
    insta::assert_snapshot!(refused, @r#""wrongly rejected among what a person would publish at most 1 %" can't be promised: of 1886 comments that a person would publish, 100 are rejected however high the `reject` thresholds are (5.3 %; the true share lies between 4.33 % and 6.41 %). More comments like these would not show it. The least that these comments can promise is --max-wrongly-rejected 6.42%"#);
    assert!(
        matches!(refused, Refusal::NotShown { promised: Promised::WronglyRejected, more: None, .. }),
        "{refused:?}"
    );
}

#[test]
fn a_budget_that_the_promises_do_not_fit_into_is_refused_with_what_would() {
    let rows = rows(3000, 0.001);
    let asked = |most: u32| Targets { load: Some(Load { per_day: 3000, most: Some(most) }), ..targets("1.5%", "1%") };
    let refused = tune(&dial(), &rows, &asked(20)).unwrap_err();
    insta::assert_snapshot!(refused, @r#"the targets contradict each other: what is promised takes about 305 comments a day to read, and 20 are allowed. Any one of these would do: --max-abuse-published 4.49%, or --max-wrongly-rejected 8.85%, or --max-review-per-day 305"#);
    let Refusal::OverBudget { per_day, nearest_abuse_published, nearest_wrongly_rejected, .. } = refused else {
        panic!()
    };
    assert!(tune(&dial(), &rows, &asked(per_day)).is_ok());
    assert!(tune(&dial(), &rows, &asked(per_day - 1)).is_err());
    for nearest in [
        Targets { abuse_published: nearest_abuse_published.and_then(Share::new), ..asked(20) },
        Targets { wrongly_rejected: nearest_wrongly_rejected.and_then(Share::new), ..asked(20) },
    ] {
        if nearest.abuse_published.is_some() && nearest.wrongly_rejected.is_some() {
            assert!(tune(&dial(), &rows, &nearest).is_ok(), "{nearest:?}");
        }
    }
    assert!(nearest_abuse_published.is_some());
}

#[test]
fn what_rules_alone_send_is_no_matter_of_thresholds() {
    let held = |(i, row): (usize, Row)| if i.is_multiple_of(10) { Row { floor: Action::Review, ..row } } else { row };
    let rows: Vec<Row> = rows(3000, 0.0).into_iter().enumerate().map(held).collect();
    let load = Some(Load { per_day: 1000, most: Some(50) });
    let refused = tune(&dial(), &rows, &Targets { load, ..targets("10%", "10%") }).unwrap_err();
    insta::assert_snapshot!(refused, @r#"the targets contradict each other: what is promised takes about 87 comments a day to read, and 50 are allowed. Rules other than thresholds alone send 87 a day to moderators; no threshold changes that"#);
}

#[test]
fn comments_of_a_day_are_rounded_up() {
    let load = Load { per_day: 1000, most: None };
    assert_eq!([0.0, 0.1, 0.1001, 1.0].map(|share| load.per_day(share)), [0, 100, 101, 1000]);
}
