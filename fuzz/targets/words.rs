//! Word lists: a file is refused or taken; one that is taken is asked about a text, its own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::classifier::Judgement;
use ombud::comment::Timestamp;
use ombud::policy::{Context, Facts, Policy, UnknownArticle, decide};
use ombud::text::{detect, fingerprint, normalise};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = std::str::from_utf8(bytes) else { return };
    let (policy, _) = Policy::default_files();
    let Ok(policy) = Policy::parse(policy, file) else { return };
    let normalised = normalise(file);
    let context = Context {
        section: None,
        text: file,
        normalised: &normalised,
        language: detect(file),
        fingerprint: fingerprint(&normalised),
        created_at: Timestamp::UNIX_EPOCH,
        judgement: &Judgement::default(),
        facts: &Facts::default(),
        parent: None,
        unknown_article: UnknownArticle::Judge,
    };
    let points = u32::try_from(file.chars().count()).expect("a short text");
    let (decision, _) = decide(&policy, &context, "model");
    for span in decision.reasons.iter().flat_map(|reason| &reason.evidence) {
        assert!(span.start <= span.end && span.end <= points, "evidence lies in the text");
    }
});
