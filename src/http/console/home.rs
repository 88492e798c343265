//! The overview: how much waits, and since when.

use super::authority::{Review, SignedIn};
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::Duty;
use crate::service::{Ombud, QueueOverview};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

/// How many sections are listed; the rest is one line.
const SECTIONS: usize = 8;

#[derive(Template)]
#[template(path = "console/home.html")]
struct Page {
    shell: Shell,
    /// `214 comments wait`, or that nothing does.
    headline: String,
    oldest: Option<words::When>,
    /// How many somebody reads just now, in words; empty if nobody reads any.
    claimed: String,
    /// Section, how many wait there, and which share of the fullest that is, in twentieths.
    sections: Vec<(String, String, u64)>,
    /// For which role, and how many wait for it.
    handed_on: Vec<(String, String)>,
}

/// `GET /console/{site}`
pub async fn get(signed_in: SignedIn<Review>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let (queue, now) = ombud.queue(&signed_in.site.id).await?;
    let headline = match queue.depth {
        0 => "Nothing is waiting".to_owned(),
        1 => "1 comment waits".to_owned(),
        depth => format!("{} comments wait", words::number(depth)),
    };
    let claimed = match queue.claimed {
        0 => String::new(),
        1 => "1 is being read.".to_owned(),
        claimed => format!("{} are being read.", words::number(claimed)),
    };
    let seniors = signed_in.moderator().role.may(Duty::Escalations);
    let by_role = queue.by_role.iter().filter(|_| seniors);
    let page = Page {
        shell: signed_in.shell(Room::Overview),
        headline,
        oldest: queue.oldest_queued_at.map(|at| words::When::of(at, now)),
        claimed,
        sections: sections(&queue),
        handed_on: by_role.map(|(role, waiting)| (role.clone(), words::number(*waiting))).collect(),
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// The sections in which most waits, and what waits beside.
fn sections(queue: &QueueOverview) -> Vec<(String, String, u64)> {
    let mut sections = queue.by_section.clone();
    sections.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    let rest: u64 = sections.iter().skip(SECTIONS).map(|(_, waiting)| waiting).sum();
    sections.truncate(SECTIONS);
    let named: u64 = sections.iter().map(|(_, waiting)| waiting).sum();
    let without = queue.depth.saturating_sub(named + rest);
    let beside = [("other sections", rest), ("no section", without)].map(|(name, waiting)| (name.to_owned(), waiting));
    sections.extend(beside.into_iter().filter(|(_, waiting)| *waiting > 0));
    let most = sections.iter().map(|(_, waiting)| *waiting).max().unwrap_or(1).max(1);
    let share = |waiting: u64| (waiting * 20).div_ceil(most).clamp(1, 20);
    sections.into_iter().map(|(name, waiting)| (name, words::number(waiting), share(waiting))).collect()
}
