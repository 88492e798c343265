use super::*;
use crate::policy::Policy;
use crate::service::transparency::history::{History, MACHINE, PERSON};
use Action::{Publish, Reject, Review};
use std::collections::BTreeMap;

fn words() -> Words {
    let (policy, lists) = Policy::default_files();
    let mut words = Words::default();
    words.add(&Policy::parse(policy, lists).unwrap());
    words
}

fn of(history: History, terms: &StatementTerms) -> Vec<Statement> {
    let archived = history.archived();
    let made = |restriction: &Restriction<'_>| statement(&archived.comment, restriction, &words(), terms);
    Trail::of(&archived.audit).restrictions().iter().map(made).collect()
}

fn one(history: History) -> Statement {
    let mut made = of(history, &StatementTerms::default());
    assert_eq!(made.len(), 1);
    made.remove(0)
}

fn new() -> History {
    History::new("c1")
}

#[test]
fn a_rejection_by_the_machine_says_so() {
    let made = one(new().judged(MACHINE, Reject));
    assert_eq!(made.decision_visibility, ["DECISION_VISIBILITY_CONTENT_DISABLED"]);
    assert_eq!((made.automated_detection, made.automated_decision), ("Yes", "AUTOMATED_DECISION_FULLY"));
    assert_eq!(
        (&*made.category, made.source_type),
        ("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "SOURCE_VOLUNTARY")
    );
    assert_eq!((made.content_date, made.application_date), (date(2026, 10, 1), date(2026, 10, 1)));
    assert_eq!(made.content_language.as_deref(), Some("EN"));
    assert_eq!(
        made.decision_facts,
        "The comment was checked automatically when it came in, and rejected. Readers had not seen it. Reason: Likely abusive. \
         It had too many links."
    );
    assert_eq!(made.incompatible_content_explanation.as_deref(), Some("Likely abusive. It had too many links."));
}

#[test]
fn a_person_decides_with_or_without_the_machine() {
    let held = one(new().judged(MACHINE, Review).decided_for("threat", Reject));
    assert_eq!((held.automated_detection, held.automated_decision), ("Yes", "AUTOMATED_DECISION_PARTIALLY"));
    assert_eq!(
        (&*held.category, &*held.category_specification),
        (schema::CYBER_VIOLENCE, &[schema::BULLYING.to_owned()][..])
    );
    assert!(held.decision_facts.contains("Reason: Threatens someone. An automated check had held it."), "{held:?}");
    let first = one(new().judged(&["mode.pre"], Review).decided(Reject));
    assert_eq!((first.automated_detection, first.automated_decision), ("No", "AUTOMATED_DECISION_NOT_AUTOMATED"));
    let reported = one(new().judged(&[], Publish).reported().decided(Reject));
    assert_eq!(reported.decision_visibility, ["DECISION_VISIBILITY_CONTENT_REMOVED"]);
    assert_eq!((reported.source_type, reported.automated_detection), ("SOURCE_TYPE_OTHER_NOTIFICATION", "No"));
    let again = one(new().judged(MACHINE, Review).decided(Publish).decided(Reject));
    assert_eq!(again.automated_detection, "No", "a person had found nothing in what the machine saw");
}

#[test]
fn what_was_lifted_has_an_end_and_what_was_erased_a_statement() {
    let lifted = one(new().judged(MACHINE, Reject).appealed().later(3 * 86_400).decided(Publish));
    assert_eq!(lifted.end_date_visibility_restriction, Some(date(2026, 10, 4)));
    let kept = one(new().judged(MACHINE, Reject));
    let erased = one(new().judged(MACHINE, Reject).erased());
    assert_eq!(erased, kept);
}

#[test]
fn each_decision_has_a_name_of_its_own() {
    let twice = of(new().judged(MACHINE, Reject).judged(PERSON, Reject), &StatementTerms::default());
    assert_ne!(twice[0].puid, twice[1].puid);
    let other = one(History::new("c2").judged(MACHINE, Reject));
    assert_ne!(other.puid, twice[0].puid);
    // A fixed value: under another name, the database would take the same decision for another.
    assert_eq!(twice[0].puid, "ombud-3db2026137f3b197bcb1016814f6d35664059967b31436e34e96edbbce5a44eb");
}

#[test]
fn a_site_says_what_only_it_can_say() {
    let hate = ReasonTerms {
        category: Some("STATEMENT_CATEGORY_VIOLENCE".to_owned()),
        keywords: Some(vec!["KEYWORD_HATE_SPEECH".to_owned()]),
        legal_ground: Some("Section 130 of the Criminal Code".to_owned()),
        explanation: None,
    };
    let of_reason = |terms: ReasonTerms| BTreeMap::from([("moderator.hate".to_owned(), terms)]);
    let new_terms = |scope: &[&str], ground: &str, url: &str, hate: ReasonTerms| {
        StatementTerms::new(scope.iter().map(|&c| c.to_owned()).collect(), ground.to_owned(), url, of_reason(hate))
    };
    let terms = new_terms(&["DE"], "House rules, 3", "https://the-daily.example/rules", hate.clone()).unwrap();
    let made = of(new().judged(&[], Publish).decided_for("hate", Reject), &terms).remove(0);
    assert_eq!((made.decision_ground, &*made.category), (schema::ILLEGAL, "STATEMENT_CATEGORY_VIOLENCE"));
    assert_eq!(made.illegal_content_explanation.as_deref(), Some("Attacks a group of people."));
    assert_eq!((made.incompatible_content_ground, made.territorial_scope), (None, vec!["DE".to_owned()]));
    for (refused, why) in [
        (new_terms(&[], "x", "", hate.clone()), "no country"),
        (new_terms(&["UK"], "x", "", hate.clone()), "\"UK\""),
        (new_terms(&["DE"], " ", "", hate.clone()), "contractual_ground"),
        (new_terms(&["DE"], "x", "the rules", hate.clone()), "reference_url"),
        (
            new_terms(&["DE"], "x", "", ReasonTerms { category: Some("HATE".to_owned()), ..hate.clone() }),
            "moderator.hate",
        ),
        (
            new_terms(&["DE"], "x", "", ReasonTerms { keywords: Some(vec!["HATE".to_owned()]), ..hate.clone() }),
            "keywords",
        ),
        (new_terms(&["DE"], "x", "", ReasonTerms { legal_ground: Some("x".repeat(501)), ..hate }), "500 characters"),
    ] {
        assert!(refused.clone().unwrap_err().to_string().contains(why), "{why}: {refused:?}");
    }
}

#[test]
fn nothing_personal_is_in_it() {
    for made in [
        one(new().judged(MACHINE, Review).decided_for("told-by-secret", Reject)),
        one(new().judged(&[], Publish).reported().decided(Reject)),
    ] {
        let written = serde_json::to_string(&made).unwrap();
        assert!(!written.to_lowercase().contains("secret"), "{written}");
    }
}

#[test]
fn long_texts_are_cut_by_characters() {
    assert_eq!(schema::cut("häuser", 6), "häuser");
    assert_eq!(schema::cut("häuser", 4), "häu…");
}

#[test]
fn every_category_of_the_map_is_one_of_the_databases() {
    let manual = include_str!("../../../../docs/policy.md").lines();
    for code in manual.filter_map(|line| line.strip_prefix("| `")?.split('`').next()) {
        let (category, keywords) = schema::category(code);
        assert!(schema::CATEGORIES.contains(&category), "{code}");
        assert!(keywords.iter().all(|keyword| schema::KEYWORDS.contains(keyword)), "{code}");
    }
}
