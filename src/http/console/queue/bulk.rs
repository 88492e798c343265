//! Deciding on many at once: the axis of one score with every comment that waits as a dot, a range of it, a sample of
//! what lies there, and one decision on all of it.

use super::base;
use super::filter::{self, Wanted};
use crate::comment::{Attribute, Band};
use crate::http::console::authority::{Entered, Review, SignedIn};
use crate::http::console::evidence::{self, Piece};
use crate::http::console::form::Posted;
use crate::http::console::page;
use crate::http::console::reading::Reading;
use crate::http::console::refusal::Refusal;
use crate::http::console::shell::{Room, Shell};
use crate::http::console::words::{self, When, name};
use crate::http::v1::decision::{VerbBody, verb};
use crate::policy::Threshold;
use crate::service::{BulkDecision, BulkPreview, ClaimFilter, LeftAlone, Ombud, PendingScores, ServiceError, Verb};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

/// Into how many columns the axis is cut: a hundredth each, as scores are shown.
const COLUMNS: usize = 100;
/// How many dots stand above each other at most; with more comments a dot stands for several.
const HIGHEST: usize = 20;
/// Of the picture, in its own units.
const COLUMN: usize = 10;
const ROW: usize = 8;

/// A dot of the axis.
struct Dot {
    x: usize,
    y: usize,
}

/// The axis of a score.
struct Axis {
    dots: Vec<Dot>,
    width: usize,
    height: usize,
    /// How many comments a dot stands for.
    each: usize,
    /// Where the thresholds stand, and what they are.
    review: Option<(usize, String)>,
    reject: Option<(usize, String)>,
    /// Where the range begins and how wide it is.
    range: Option<(usize, usize)>,
}

/// One comment of the sample.
struct Sampled {
    score: String,
    name: String,
    when: When,
    text: Vec<Piece>,
}

/// What can be decided on the range, and what has to be sent along.
struct Offer {
    asked: String,
    label: String,
    selection: String,
}

/// A range of scores, and what lies in it.
struct Range {
    count: String,
    counted: u64,
    complete: bool,
    left_alone: Vec<String>,
    sample: Vec<Sampled>,
    /// Whether something in the sample is covered.
    covers: bool,
    approve: Offer,
    reject: Vec<Offer>,
}

#[derive(Template)]
#[template(path = "console/queue/bulk.html")]
struct Page {
    shell: Shell,
    /// The page's own address, and the queue's with what is asked for.
    own: String,
    queue: String,
    label: String,
    fields: filter::BandFields,
    axis: Axis,
    /// How many wait that have this score, and how many have none, in words.
    told: String,
    range: Option<Range>,
    /// Where the decision is sent.
    action: String,
}

#[derive(Template)]
#[template(path = "console/queue/bulk_done.html")]
struct DonePage {
    shell: Shell,
    queue: String,
    bulk: String,
    title: String,
    left_alone: Vec<String>,
    /// What to go on with, if some were not looked at yet: where, what, and the selection.
    more: Option<(String, String, String)>,
}

/// `GET /console/{site}/queue/bulk`
pub async fn get(
    signed_in: SignedIn<Review>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let mut wanted = Wanted::of(&request)?;
    let policy = ombud.policy();
    let thresholds = policy.thresholds(wanted.filter.section.as_deref());
    let judged: Vec<Attribute> = thresholds.iter().map(|(attribute, _)| attribute).collect();
    let band = wanted.filter.band.take();
    let attribute = band.as_ref().map(Band::attribute).or_else(|| judged.first().copied());
    let attribute = attribute.unwrap_or(Attribute::Toxicity);
    let caller = signed_in.person.caller();
    let scores = ombud.pending_scores(&caller, &wanted.filter, attribute).await?;
    let axis = axis(&scores, thresholds.get(attribute), band.as_ref());
    let base = base(&signed_in);
    let queue = format!("{base}{}", wanted.query());
    wanted.filter.band = band;
    let range = match &wanted.filter.band {
        Some(_) => Some(range(&signed_in, &ombud, &wanted.filter, attribute).await?),
        None => None,
    };
    let page = Page {
        shell: signed_in.shell(Room::Queue),
        own: format!("{base}/bulk"),
        queue,
        label: words::capitalised(attribute.phrase()),
        fields: filter::band(
            &Wanted { filter: with_attribute(&wanted.filter, attribute), ..wanted.clone() },
            judged.into_iter(),
        ),
        axis,
        told: told(&scores),
        range,
        action: format!("{base}/bulk{}", wanted.query()),
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// `POST /console/{site}/queue/bulk`: decides on what the range's preview counted.
pub async fn post(
    posted: Posted<Review>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let wanted = Wanted::of(&request)?;
    let asked = posted.fields.line("do");
    let bulk = ordered(asked, &wanted.filter)?;
    let selection = posted.fields.line(&format!("selection {asked}"));
    let base = base(&posted);
    let outcome = match ombud.decide_many(&posted.person.caller(), &bulk, selection).await {
        Ok(outcome) => outcome,
        Err(ServiceError::SelectionMismatch) => {
            return Err(Refusal::unreadable(
                "The range is not the one that was looked at. Choose it once more; nothing was changed.",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let done = match bulk.verb {
        Verb::Publish => "approved",
        Verb::Reject => "rejected",
    };
    let query = wanted.query();
    let page = DonePage {
        shell: posted.shell(Room::Queue),
        title: format!("{} {done}", comments(outcome.decided)),
        left_alone: left_alone(&outcome.left_alone),
        more: outcome.more.then(|| (format!("{base}/bulk{query}"), asked.to_owned(), outcome.selection)),
        bulk: format!("{base}/bulk{query}"),
        queue: base,
    };
    Ok(page::answer(StatusCode::OK, &page))
}

fn with_attribute(filter: &ClaimFilter, attribute: Attribute) -> ClaimFilter {
    let band = filter.band.or_else(|| Band::new(attribute, 0.0, 1.0).ok());
    ClaimFilter { band, ..filter.clone() }
}

/// What a button says to do with a range.
fn ordered(asked: &str, filter: &ClaimFilter) -> Result<BulkDecision, Refusal> {
    let (what, reason) = asked.split_once(' ').unwrap_or((asked, ""));
    let reason_code = Some(reason).filter(|reason| !reason.is_empty()).map(str::to_owned);
    let body = match what {
        "approve" => VerbBody::Publish,
        "reject" => VerbBody::Reject,
        _ => return Err(Refusal::unreadable("The form does not say what to do with the comments.")),
    };
    let verb = verb(body, reason_code.as_deref())?;
    Ok(BulkDecision { filter: filter.clone(), verb, reason_code })
}

async fn range(entered: &Entered, ombud: &Ombud, filter: &ClaimFilter, attribute: Attribute) -> Result<Range, Refusal> {
    let caller = entered.person.caller();
    let approve = ordered("approve", filter)?;
    let seen = ombud.preview_decisions(&caller, &approve).await?;
    let offer = |asked: String, label: &str| {
        let bulk = ordered(&asked, filter)?;
        let selection = ombud.selection(&caller, &bulk, &seen)?;
        Ok::<_, Refusal>(Offer { asked, label: label.to_owned(), selection })
    };
    let policy = ombud.policy();
    let reasons = policy.reject_reasons().iter();
    let reject =
        reasons.map(|reason| offer(format!("reject {}", reason.code), &reason.text)).collect::<Result<_, _>>()?;
    let approve = offer("approve".to_owned(), "Approve")?;
    let (now, reading) = (ombud.now(), Reading::of(entered, ombud));
    let BulkPreview { count, sample: found, left_alone: alone, complete, .. } = seen;
    let mut sample = Vec::with_capacity(found.len());
    for comment in found {
        sample.push(Sampled {
            score: comment.scores.get(attribute).map(|score| format!("{score:.2}")).unwrap_or_default(),
            name: name(comment.author()),
            when: When::of(comment.created_at, now),
            text: reading.marked(&comment).await.unwrap_or_default(),
        });
    }
    Ok(Range {
        covers: sample.iter().any(|one| evidence::covered(&one.text)),
        count: comments(count),
        counted: count,
        complete,
        left_alone: left_alone(&alone),
        sample,
        approve,
        reject,
    })
}

fn comments(count: u64) -> String {
    match count {
        1 => "1 comment".to_owned(),
        count => format!("{} comments", words::number(count)),
    }
}

/// Why some are left alone, a sentence each.
fn left_alone(alone: &LeftAlone) -> Vec<String> {
    let told = [
        (alone.claimed, "somebody reads them now"),
        (alone.opinions, "several have to agree on them"),
        (alone.role, "they were handed on"),
        (alone.changed, "they came or changed after the range was chosen"),
    ];
    let told = told.into_iter().filter(|(count, _)| *count > 0);
    told.map(|(count, why)| format!("{} left alone: {why}.", comments(count))).collect()
}

fn told(scores: &PendingScores) -> String {
    let first = if scores.complete { "" } else { "Of the first 5,000 that wait: " };
    let with = comments(scores.scores.len() as u64);
    match scores.unscored {
        0 => format!("{first}{with} with this score."),
        none => format!(
            "{first}{with} with this score; {} without it, as there was too little to tell.",
            words::number(none as u64)
        ),
    }
}

/// The dots, a column for each hundredth.
fn axis(scores: &PendingScores, threshold: Threshold, band: Option<&Band>) -> Axis {
    let mut columns = [0_usize; COLUMNS];
    for score in &scores.scores {
        columns[column(*score)] += 1;
    }
    let fullest = columns.iter().copied().max().unwrap_or(0);
    let each = fullest.div_ceil(HIGHEST).max(1);
    let rows = fullest.div_ceil(each).max(4);
    let height = (rows + 1) * ROW;
    let dots = columns.iter().enumerate().flat_map(|(column, count)| {
        (0..count.div_ceil(each)).map(move |row| Dot { x: column * COLUMN + COLUMN / 2, y: height - (row + 1) * ROW })
    });
    let place = |score: f64| column(score) * COLUMN;
    let mark = |at: Option<f64>| at.map(|at| (place(at), format!("{at:.2}")));
    Axis {
        dots: dots.collect(),
        width: COLUMNS * COLUMN,
        height,
        each,
        review: mark(threshold.review),
        reject: mark(threshold.reject),
        range: band.map(|band| {
            let (from, to) = (place(band.min()), (column(band.max()) + 1) * COLUMN);
            (from, to - from)
        }),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "0 to 99")]
fn column(score: f64) -> usize {
    // A ten-thousandth more, so that 0.29 lies in its own column however it is kept.
    (((score + 0.000_01) * COLUMNS as f64) as usize).min(COLUMNS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comment_is_in_a_dot_of_its_column() {
        let scores = |scores: &[f64]| PendingScores { scores: scores.to_vec(), unscored: 0, complete: true };
        let axis = |s: &[f64]| super::axis(&scores(s), Threshold { review: Some(0.29), reject: Some(1.0) }, None);
        let few = axis(&[0.0, 0.29, 0.2999, 1.0]);
        let places: Vec<_> = few.dots.iter().map(|dot| (dot.x, dot.y)).collect();
        assert_eq!(places, [(5, 32), (295, 32), (295, 24), (995, 32)]);
        assert_eq!(
            (few.each, few.review, few.reject),
            (1, Some((290, "0.29".to_owned())), Some((990, "1.00".to_owned())))
        );
        let many = axis(&[0.5; 101]);
        assert_eq!((many.each, many.dots.len()), (6, 17), "a dot for six, the last for five");
        assert!(axis(&[]).dots.is_empty());
    }
}
