//! A replay over comments from a file, scored here: by the policy of the configuration, and by the candidate.

use super::Args;
use crate::cli::model;
use crate::cli::policy::lines::{self, Line};
use crate::cli::progress::Bar;
use crate::comment::{
    Action, Actor, ArticleId, Author, AuthorId, Comment, CommentId, CommentText, ContentHash, Decision, Draft,
    Priority, SiteId, Timestamp, Verdict,
};
use crate::config::{self, Overrides};
use crate::policy::tuning::Label;
use crate::policy::{Context, ReplayCounts, decide};
use crate::service::PolicyReplay;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

/// A line, judged.
struct Judged {
    comment: Comment,
    live: Decision,
    candidate: Decision,
    person: Option<Action>,
    /// Whether the line says when it was written.
    dated: bool,
}

pub(super) fn replay(args: &Args, path: &Path, settings: &Overrides) -> anyhow::Result<(PolicyReplay, f64)> {
    let source = config::load_policy(config::folder(settings.config.as_deref())?.as_deref())?;
    let live = source.parse()?;
    let candidate = args.candidate(&source.files().words)?;
    let classifier = model::load(args.model.as_deref())?;
    let begun = Instant::now();
    let work = |line: &Line| {
        line.judge(&classifier, |context| {
            let (decision, priority) = decide(&live, context, classifier.revision());
            let (other, _) = decide(&candidate, context, classifier.revision());
            let person = line.label.map(|label| match label {
                Label::Publish => Action::Publish,
                Label::Reject => Action::Reject,
            });
            let comment = comment(line, context, decision.clone(), priority)?;
            Ok(Judged { comment, live: decision, candidate: other, person, dated: line.created_at.is_some() })
        })
    };
    let (mut counts, mut sections, mut dated) = (ReplayCounts::default(), BTreeSet::new(), true);
    lines::each(path, "comments", &mut Bar::new(), work, |judged| {
        dated &= judged.dated;
        sections.extend(judged.comment.section.as_ref().map(|section| section.to_lowercase()));
        counts.count(&judged.comment, judged.live, judged.candidate, judged.person);
    })?;
    // To know it of some is as good as of none.
    let counts = if dated { counts } else { counts.undated() };
    let without = candidate.sections().filter(|section| !sections.contains(*section));
    let replay = PolicyReplay {
        sections_without_comments: without.map(str::to_owned).collect(),
        counts_near_texts_otherwise: false,
        live: live.revision().to_owned(),
        candidate: candidate.revision().to_owned(),
        cut: false,
        counts,
    };
    Ok((replay, begun.elapsed().as_secs_f64()))
}

/// The comment as a store would have it, of a site and an author that are none.
fn comment(line: &Line, context: &Context<'_>, decision: Decision, priority: Priority) -> anyhow::Result<Comment> {
    let id = line.comment.id.as_str().map_or_else(|| line.comment.id.to_string(), str::to_owned);
    let at = line.created_at.unwrap_or(Timestamp::UNIX_EPOCH);
    let draft = Draft {
        site: SiteId::parse("file")?,
        id: CommentId::parse(id)?,
        article_id: ArticleId::parse("file")?,
        section: line.section.clone(),
        author: Author::new(AuthorId::parse("file")?, None)?,
        text: CommentText::parse(context.text)?,
        created_at: at,
        content_hash: ContentHash::of(&[Some(context.text)]),
        fingerprint: context.fingerprint,
        parent: None,
    };
    let verdict = Verdict {
        scores: context.judgement.scores.clone(),
        decision,
        priority,
        shadowed: None,
        basis: None,
        language: context.language.code().map(str::to_owned),
    };
    Ok(draft.admit(verdict, Actor::Policy, at).comment)
}
