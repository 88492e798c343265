use super::*;
use crate::policy::Policy;
use proptest::prelude::*;

const POLICY: &str = "# The desk's own words: 0.25 is a lot.\r\n[thresholds]\nTOXICITY   = { review = 0.25, reject = 0.80 }   # keep
SPAM.reject = 0.98\nPROFANITY = { reject = 1 }
[thresholds.INSULT]\n  review=0.3 # no space\n\n[sections.Opinion.thresholds]\nTOXICITY = { review = 0.65 }\nSPAM = { review = 0.5 }
[sections.\"Arts @ Life\".thresholds]\nINSULT = { review = 0.2 }
[sections.obituaries]\nmode = \"pre\"\n";

fn files() -> PolicyFiles {
    PolicyFiles { policy: POLICY.to_owned(), words: PolicyFiles::shipped().words }
}

fn asked(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    changes.iter().map(|(name, typed)| ((*name).to_owned(), (*typed).to_owned())).collect()
}

fn faults(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    draft(&files(), &asked(changes)).unwrap_err().into_iter().map(|fault| (fault.field, fault.message)).collect()
}

#[test]
fn comments_spaces_and_line_ends_stay() {
    let changes = [
        ("TOXICITY.review", "0.35"),
        ("INSULT.review", " 0,405 "),
        ("TOXICITY.review@opinion", ".7"),
        ("INSULT.review@arts @ life", "0"),
    ];
    let expected = [
        ("review = 0.25", "review = 0.35"),
        ("review=0.3 ", "review=0.405 "),
        ("review = 0.65", "review = 0.70"),
        ("INSULT = { review = 0.2 }", "INSULT = { review = 0.00 }"),
    ];
    let expected = expected.iter().fold(POLICY.to_owned(), |text, (from, to)| text.replace(from, to));
    let drafted = draft(&files(), &asked(&changes)).unwrap();
    assert_eq!(drafted.policy, expected);
    let moved: Vec<_> = drafted.moved.iter().map(|m| (m.section.as_deref(), m.attribute.name(), m.after)).collect();
    assert_eq!(moved.len(), 4);
    assert!(moved.contains(&(Some("opinion"), "TOXICITY", 0.7)), "{moved:?}");
    assert_eq!(changed(POLICY, &drafted.policy).unwrap(), drafted.moved);
}

#[test]
fn the_same_number_changes_nothing_however_it_is_typed() {
    let drafted = draft(&files(), &asked(&[("TOXICITY.reject", "0.8000"), ("PROFANITY.reject", "1.0")])).unwrap();
    assert_eq!((drafted.policy.as_str(), drafted.moved.len()), (POLICY, 0));
}

#[test]
fn what_is_wrong_names_its_threshold() {
    for (name, typed, message) in [
        ("TOXICITY.review", "1.01", "review of TOXICITY: a threshold is a number from 0 to 1, such as 0.25"),
        ("TOXICITY.review", "", "review of TOXICITY: a threshold is a number from 0 to 1, such as 0.25"),
        ("TOXICITY.review", "-0.2", "review of TOXICITY: a threshold is a number from 0 to 1, such as 0.25"),
        ("TOXICITY.review", "nan", "review of TOXICITY: a threshold is a number from 0 to 1, such as 0.25"),
        ("TOXICITY.review", "1e-1", "review of TOXICITY: a threshold is a number from 0 to 1, such as 0.25"),
        ("TOXICITY.review", "0.12345", "review of TOXICITY: scores have four decimals, and 0.12345 has more"),
        ("TOXICITY.review", "0.9", "TOXICITY: review (0.90) would be above reject (0.80)"),
        ("TOXICITY.reject", "0.6", "TOXICITY in opinion: review (0.65) would be above reject (0.60)"),
        ("SPAM.review@opinion", "0.99", "SPAM in opinion: review (0.99) would be above reject (0.98)"),
        ("SPAM.review", "0.5", "the policy has no review of SPAM; what is not there is added in policy.toml"),
        (
            "SPAM.review@sport",
            "0.5",
            "review of SPAM in sport: the policy has nothing of its own for a section \"sport\"",
        ),
        (
            "INSULT.review@opinion",
            "0.5",
            "the policy has no review of INSULT in opinion; what is not there is added in policy.toml",
        ),
        ("TOXICITY.warn", "0.5", "\"warn\" is no threshold; the thresholds are review and reject"),
        ("note", "0.5", "\"note\" is no threshold"),
    ] {
        assert_eq!(faults(&[(name, typed)]), [(name.to_owned(), message.to_owned())]);
    }
    assert!(faults(&[("TOXICTY.review", "0.5")])[0].1.starts_with("unknown attribute \"TOXICTY\""));
    let both = faults(&[("TOXICITY.review", "2"), ("SPAM.reject", "x")]);
    assert_eq!(both.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["TOXICITY.review", "SPAM.reject"]);
    // What stands in the paper and is taken over by a section is told once.
    assert_eq!(faults(&[("TOXICITY.review", "0.9")]).len(), 1);
}

#[test]
fn names_are_read_as_they_are_written() {
    for name in ["TOXICITY.review", "OFF_TOPIC.reject@arts @ life.desk"] {
        assert_eq!(Field::parse(name).unwrap().to_string(), name);
    }
    let listed: Vec<String> = written(POLICY).unwrap().iter().map(|(field, _)| field.to_string()).collect();
    assert_eq!(listed[..2], ["TOXICITY.review", "TOXICITY.reject"]);
    assert_eq!(listed.len(), 8);
    assert!(listed.contains(&"INSULT.review@arts @ life".to_owned()), "{listed:?}");
}

proptest! {
    #[test]
    fn a_draft_is_a_policy_with_exactly_the_thresholds_asked_for(
        shipped in any::<bool>(),
        typed in proptest::collection::vec(0_u32..=10_000, 20),
        chosen in proptest::collection::vec(any::<bool>(), 20),
    ) {
        let files = if shipped { PolicyFiles::shipped() } else { files() };
        let fields = written(&files.policy).unwrap();
        let wanted = fields.iter().zip(typed.iter().zip(&chosen)).map(|((field, before), (typed, chosen))| {
            (field, if *chosen { f64::from(*typed) / 10_000.0 } else { *before })
        });
        let wanted: Vec<(&Field, f64)> = wanted.collect();
        let asked: Vec<_> = wanted.iter().map(|(field, value)| (field.to_string(), value.to_string())).collect();
        match draft(&files, &asked) {
            Ok(drafted) => {
                let found = written(&drafted.policy).unwrap();
                prop_assert_eq!(found.iter().map(|(f, v)| (f, *v)).collect::<Vec<_>>(), wanted);
                let policy = Policy::parse(&drafted.policy, &files.words);
                prop_assert!(policy.is_ok(), "{:?}", policy.err());
                let digits = |c: char| c.is_ascii_digit() || c == '.';
                prop_assert_eq!(drafted.policy.replace(digits, ""), files.policy.replace(digits, ""));
            }
            // Nothing is refused but what contradicts itself.
            Err(faults) => prop_assert!(faults.iter().all(|f| f.message.contains("would be above")), "{:?}", faults),
        }
    }
}
