use super::*;
use crate::policy::Policy;

const POLICY: &str = "# The desk's own words: 0.25 is a lot.\r\n[thresholds]\nTOXICITY   = { review = 0.25, reject = 0.80 }   # keep
SPAM.reject = 0.98\nPROFANITY = { reject = 1 }
[thresholds.INSULT]\n  review=0.3 # no space\n\n[sections.Opinion.thresholds]\nTOXICITY = { review = 0.65 }\nSPAM = { review = 0.5 }
[sections.obituaries]\nmode = \"pre\"\n";

fn dial() -> Dial {
    Dial::read(POLICY, &[]).unwrap()
}

fn at(review: usize, reject: usize) -> Setting {
    Setting { review, reject }
}

#[test]
fn at_the_present_setting_it_is_the_policy() {
    let (shipped, words) = Policy::default_files();
    for text in [POLICY, shipped] {
        let (dial, policy) = (Dial::read(text, &[]).unwrap(), Policy::parse(text, words).unwrap());
        let thresholds = dial.thresholds(Setting::PRESENT);
        for section in [None, Some("opinion"), Some("OPINION"), Some("obituaries"), Some("sport")] {
            assert_eq!(&thresholds[dial.place_of(section)], policy.thresholds(section), "{section:?}");
        }
        assert_eq!(dial.written(Setting::PRESENT), text);
        assert!(dial.moved(Setting::PRESENT).is_empty());
    }
}

#[test]
fn what_is_written_is_a_policy_with_the_thresholds_asked_for_and_nothing_else_changes() {
    let (shipped, words) = Policy::default_files();
    for text in [POLICY, shipped] {
        let dial = Dial::read(text, &[]).unwrap();
        for review in [0, 70, 119, 121, 160, 240] {
            for reject in [0, 90, 120, 180, 240] {
                let written = dial.written(at(review, reject));
                let policy = Policy::parse(&written, words).unwrap_or_else(|e| panic!("{review}, {reject}: {e}"));
                let thresholds = dial.thresholds(at(review, reject));
                for section in [None, Some("opinion"), Some("obituaries")] {
                    assert_eq!(&thresholds[dial.place_of(section)], policy.thresholds(section));
                }
                let digits = |c: char| c.is_ascii_digit() || c == '.';
                let without = |text: &str| text.replace(digits, "");
                assert_eq!(without(&written), without(text));
            }
        }
    }
}

#[test]
fn comments_spaces_and_line_ends_stay() {
    let changes = [
        ("review = 0.25, reject = 0.80", "review = 0.35, reject = 0.75"),
        ("review=0.3 ", "review=0.41 "),
        ("review = 0.65", "review = 0.75"),
    ];
    let expected = changes.iter().fold(POLICY.to_owned(), |text, (from, to)| text.replace(from, to));
    assert_eq!(dial().written(at(130, 110)), expected, "`reject` would be 0.71, and is raised for the opinion pages");
}

#[test]
fn review_is_never_above_reject_in_any_part_of_the_paper() {
    for review in (0..STEPS).step_by(7) {
        for reject in (0..STEPS).step_by(7) {
            for (attribute, threshold) in dial().thresholds(at(review, reject)).iter().flat_map(Thresholds::iter) {
                let Threshold { review: Some(low), reject: Some(high) } = threshold else { continue };
                assert!(low <= high, "{attribute} at {review}, {reject}: {low}, {high}");
            }
        }
    }
}

#[test]
fn an_attribute_that_only_rejects_somewhere_does_not_move() {
    assert_eq!(dial().fixed().collect::<Vec<_>>(), [Attribute::Profanity, Attribute::Spam]);
    let moved = dial().moved(at(0, 0));
    assert!(moved.iter().all(|m| !matches!(m.attribute, Attribute::Spam | Attribute::Profanity)), "{moved:?}");
    assert!(moved.iter().any(|m| m.section.as_deref() == Some("opinion")));
}

#[test]
fn only_the_attributes_named_move() {
    let dial = Dial::read(POLICY, &[Attribute::Insult]).unwrap();
    let moved = dial.moved(at(100, 100));
    assert_eq!(moved.iter().map(|m| m.attribute).collect::<Vec<_>>(), [Attribute::Insult]);
    assert!(!Dial::read(POLICY, &[Attribute::Threat]).unwrap().moves(), "it has no thresholds");
}

#[test]
fn off_topic_rejects_only_where_it_did() {
    let (shipped, words) = Policy::default_files();
    let dial = Dial::read(shipped, &[]).unwrap();
    for step in [0, 240] {
        let policy = Policy::parse(&dial.written(at(step, step)), words).unwrap();
        assert_eq!(policy.thresholds(None).get(Attribute::OffTopic).reject, None);
    }
}
