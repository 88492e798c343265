//! Where abuse labels come from, what the licence allows, and how far each source is trusted.

use crate::comment::Attribute;

/// One labelled source: a file of the data directory.
#[derive(Debug, PartialEq)]
pub struct Source {
    /// File name without `.jsonl.gz`.
    pub name: &'static str,
    pub licence: &'static str,
    /// Whether weights trained on it may be shipped for commercial use.
    pub may_ship: bool,
    /// How much a row counts beside one of weight 1: near to news weighs more, large and far less.
    pub weight: f32,
    /// A label from here on is a positive when counting and measuring.
    pub positive_from: f32,
    /// Attributes whose labels are not used, with the reason beside the entry.
    pub ignored: &'static [Attribute],
    /// Comments of moderated sites: where `SPAM` is not labelled, they are taken as free of it, as
    /// otherwise nothing would teach what ordinary comments look like.
    pub assume_no_spam: bool,
    /// A part of its training rows is kept apart for calibration; all of them, where the licence does not
    /// allow to learn more from it.
    pub calibrates: bool,
    /// In calibration, a row of no abuse counts so often: makes up for sources that over-sample abuse, as the
    /// comments of a news site are mostly harmless.
    pub harmless_copies: usize,
}

const DEFAULT: Source = Source {
    name: "",
    licence: "",
    may_ship: true,
    weight: 1.0,
    positive_from: 0.5,
    ignored: &[],
    assume_no_spam: false,
    calibrates: false,
    harmless_copies: 1,
};

/// Labels of the Globe and Mail sets are means of a few raters, rounded to four decimals: a third is 0.3333.
const A_THIRD: f32 = 0.333;
const WIKI: &str = "CC0 labels, CC BY-SA text";
const UNSTATED: &str = "none stated; research only";

/// Every source that can be learned from.
pub const SOURCES: &[Source] = &[
    // A third is toxic here, 8 % of the whole set that it was drawn from (Borkan et al. 2019).
    Source {
        name: "civil_comments",
        licence: "CC0",
        weight: 1.5,
        assume_no_spam: true,
        calibrates: true,
        harmless_copies: 6,
        ..DEFAULT
    },
    // Positives only, from the same sites as civil_comments; its other labels are shares of annotators
    // who marked a span, a lower bound.
    Source { name: "civil_toxic_spans", licence: "CC0", weight: 0.4, ..DEFAULT },
    Source { name: "jigsaw_wiki_six", licence: WIKI, assume_no_spam: true, ..DEFAULT },
    Source { name: "jigsaw_wiki_six_more", licence: WIKI, assume_no_spam: true, ..DEFAULT },
    Source { name: "jigsaw_wiki_lower", licence: WIKI, weight: 0.7, ..DEFAULT },
    Source { name: "jigsaw_wiki_nontoxic", licence: WIKI, weight: 0.5, ..DEFAULT },
    Source { name: "wiki_context_gc", licence: "Apache-2.0", weight: 0.5, assume_no_spam: true, ..DEFAULT },
    Source { name: "wiki_context_gn", licence: "Apache-2.0", weight: 0.5, assume_no_spam: true, ..DEFAULT },
    Source { name: "hatexplain", licence: "MIT", weight: 0.2, ..DEFAULT },
    Source { name: "openai_moderation", licence: "MIT", ..DEFAULT },
    // Rated offensive by dialect: only the share of hate votes is used.
    Source { name: "davidson_twitter", licence: "MIT", weight: 0.3, ignored: &[Attribute::Toxicity], ..DEFAULT },
    Source { name: "fox_news", licence: "MIT", ..DEFAULT },
    Source { name: "hatemoji_build", licence: "CC BY 4.0", weight: 0.5, ..DEFAULT },
    Source { name: "stormfront_forum", licence: "CC BY-SA 3.0 ES", weight: 0.4, ..DEFAULT },
    Source { name: "surge_social", licence: "MIT", weight: 0.7, ..DEFAULT },
    Source { name: "youtube_spam", licence: "CC BY 4.0", weight: 2.0, calibrates: true, harmless_copies: 2, ..DEFAULT },
    Source { name: "sms_spam", licence: "CC BY 4.0", weight: 1.0, calibrates: true, harmless_copies: 2, ..DEFAULT },
    Source {
        name: "c3_news",
        licence: "CC BY-NC-SA 4.0",
        may_ship: false,
        positive_from: A_THIRD,
        assume_no_spam: true,
        calibrates: true,
        ..DEFAULT
    },
    Source { name: "ctc_news", licence: "CC BY-NC-SA 4.0", may_ship: false, positive_from: A_THIRD, ..DEFAULT },
    Source {
        name: "ucc_news",
        licence: "CC BY-NC-SA 4.0",
        may_ship: false,
        positive_from: A_THIRD,
        calibrates: true,
        ..DEFAULT
    },
    Source { name: "trac_facebook_in", licence: "CC BY-NC-SA 4.0", may_ship: false, weight: 0.5, ..DEFAULT },
    Source { name: "olid_twitter", licence: UNSTATED, may_ship: false, weight: 0.3, ..DEFAULT },
    Source { name: "hateval_twitter", licence: UNSTATED, may_ship: false, weight: 0.3, ..DEFAULT },
    Source { name: "youtoxic", licence: UNSTATED, may_ship: false, ..DEFAULT },
    Source { name: "ethos", licence: "GPL-3.0", may_ship: false, ..DEFAULT },
];

/// Unlabelled comments that only the teacher has scored.
pub const UNLABELLED: Source = Source {
    name: "topicality (teacher's scores only)",
    licence: "MIT (the teacher's scores)",
    weight: 0.5,
    assume_no_spam: true,
    ..DEFAULT
};

/// Comments that Perspective has scored (see [`super::perspective`]).
pub const PERSPECTIVE: Source = Source {
    name: "perspective (its scores of SEVERE_TOXICITY)",
    licence: "Apache-2.0 scores, CC BY-SA text",
    ..DEFAULT
};

/// Sentences of our own writing (see `primer.toml`). At full weight they cost news comments more than they give
/// to plain cases.
pub const PRIMER: Source =
    Source { name: "primer (our own sentences)", licence: "MIT OR Apache-2.0", weight: 0.5, ..DEFAULT };

/// Which sources to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Those whose licence allows the weights to be shipped.
    Shippable,
    /// Every source; the model is for research and says so.
    All,
}

/// The sources of a selection.
pub fn select(selection: Selection) -> impl Iterator<Item = &'static Source> {
    SOURCES.iter().filter(move |source| source.may_ship || selection == Selection::All)
}

/// Sources at natural rates that a model may be calibrated on and not learn from: two numbers an attribute
/// hold nothing of a text.
pub fn calibration_only() -> impl Iterator<Item = &'static Source> {
    SOURCES.iter().filter(|source| source.calibrates && !source.may_ship)
}
