//! One policy that is or was in force: who published it, what it changed, and what it says.

use super::authority::{Editors, SignedIn};
use super::page;
use super::policy::Published;
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use crate::policy::PolicyFiles;
use crate::service::Ombud;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

/// A line of what a policy changed.
pub(super) struct Line {
    /// `added`, `removed`, `place` or nothing: how it is drawn.
    pub class: &'static str,
    /// What it is, for whoever does not see how it is drawn.
    pub said: &'static str,
    pub text: String,
}

#[derive(Template)]
#[template(path = "console/revision.html")]
struct Page {
    shell: Shell,
    policy: Published,
    in_force: bool,
    /// Nothing for the first policy.
    changes: Vec<Line>,
    /// `None` where the store has lost them.
    files: Option<PolicyFiles>,
    earlier: bool,
    later: bool,
}

/// `GET /console/{site}/policy/{number}`
pub async fn get(
    signed_in: SignedIn<Editors>,
    ombud: web::Data<Ombud>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Refusal> {
    let number: u64 = path.into_inner().1.parse().map_err(|_| Refusal::no_page())?;
    let found = ombud.published_policies(number.checked_add(1), 1).await?.pop();
    let found = found.filter(|policy| policy.number == number).ok_or_else(Refusal::no_page)?;
    let last = ombud.published_policies(None, 1).await?.first().map_or(number, |last| last.number);
    let changes = ombud.policy_difference(&found).await?;
    let page = Page {
        shell: signed_in.shell(Room::Policy),
        in_force: last == number,
        changes: changes.lines().map(line).collect(),
        files: ombud.policy_files(&found.revision).await?,
        earlier: number > 1,
        later: number < last,
        policy: Published::of(&found, ombud.now()),
    };
    Ok(page::answer(StatusCode::OK, &page))
}

pub(super) fn line(text: &str) -> Line {
    let (class, said) = match text.as_bytes() {
        [b'+', b'+', b'+', ..] => ("place", "after: "),
        [b'-', b'-', b'-', ..] => ("place", "before: "),
        [b'@', ..] => ("place", ""),
        [b'+', ..] => ("added", "added: "),
        [b'-', ..] => ("removed", "removed: "),
        _ => ("", ""),
    };
    Line { class, said, text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_and_removed_is_said_without_colour() {
        let said = |text| (line(text).class, line(text).said);
        assert_eq!(said("+TOXICITY = 1"), ("added", "added: "));
        assert_eq!(said("-TOXICITY = 1"), ("removed", "removed: "));
        assert_eq!(said("--- policy.toml"), ("place", "before: "));
        assert_eq!(said(" TOXICITY = 1"), ("", ""));
    }
}
