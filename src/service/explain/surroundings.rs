//! Finding again what a comment stood among when it was judged.

use super::Rejudged;
use crate::comment::{Attribute, Comment, SiteId};
use crate::policy::{Facts, Reread, ThreadEntry, thread_hash};
use crate::service::judge::{Reading, Surroundings};
use crate::service::models::Serving;
use crate::service::{Ombud, ServiceError};
use crate::store::SearchQuery;
use std::collections::HashMap;

/// How many comments of an article are looked through for those of the thread.
const LOOKED_THROUGH: usize = 5_000;
const PAGE: usize = 100;

impl Ombud {
    /// Scores a comment again among what it stood among. Where some of that is gone or has changed, topicality is taken from
    /// the record, and the notes say why.
    pub(super) async fn rejudge(
        &self,
        models: &Serving,
        comment: &Comment,
        again: &Reread<'_>,
        notes: &mut Vec<String>,
    ) -> Result<Rejudged, ServiceError> {
        let reading = Reading {
            text: comment.text().map(crate::comment::CommentText::as_str).unwrap_or_default(),
            normalised: again.normalised().clone(),
            language: again.language(),
            fingerprint: comment.fingerprint,
        };
        let found = self.surroundings_of(comment).await?;
        let facts = found.as_ref().map_or_else(|_| Facts::default(), Clone::clone);
        let (mut judgement, _) = self.classify(models, &reading, &facts, &Surroundings::default());
        if let Err(why) = found {
            notes.push(format!("{why}: how far it is on topic is taken from the record, without what made it."));
            judgement.scores.set(Attribute::OffTopic, comment.scores.get(Attribute::OffTopic));
            judgement.drift = comment.basis.as_ref().and_then(|basis| basis.drift);
            judgement.evidence.remove(&Attribute::OffTopic);
            return Ok(Rejudged { judgement, whole: false });
        }
        Ok(Rejudged { judgement, whole: true })
    }

    /// What the comment stood among, or why that can't be had.
    async fn surroundings_of(&self, comment: &Comment) -> Result<Result<Facts, &'static str>, ServiceError> {
        let Some(basis) = &comment.basis else { return Ok(Err("It is not kept what it stood among")) };
        if basis.sent_along {
            return Ok(Err("The platform sent the conversation along, which is not kept"));
        }
        let mut facts = Facts::default();
        if let Some(seen) = &basis.article {
            match self.store.article(&comment.site, &comment.article_id).await? {
                Some(article) if article.updated_at.as_millisecond() == seen.updated_ms => {
                    facts.article = Some(article);
                }
                _ => return Ok(Err("The article has changed since")),
            }
        }
        if let (Some(seen), Some(id)) = (&basis.parent, &comment.parent_id) {
            match self.store.comment(&comment.site, id).await? {
                Some(parent) if parent.fingerprint.exact == seen.exact => facts.parent = Some(parent),
                _ => return Ok(Err("The comment it answers has changed since")),
            }
        }
        match self.thread_of(&comment.site, comment).await? {
            Some(thread) => facts.thread = thread,
            None => return Ok(Err("A comment of the conversation has changed since, or is gone")),
        }
        Ok(Ok(facts))
    }

    /// The comments of the thread that it was scored among, as they then read; `None` if one of them isn't found.
    async fn thread_of(&self, site: &SiteId, comment: &Comment) -> Result<Option<Vec<ThreadEntry>>, ServiceError> {
        let wanted: Vec<u32> = comment.basis.iter().flat_map(|basis| basis.thread.hashes()).collect();
        let mut found: HashMap<u32, ThreadEntry> = HashMap::new();
        let mut query =
            SearchQuery { article: Some(comment.article_id.clone()), ..SearchQuery::of(site.clone(), PAGE) };
        let mut looked_at = 0;
        while found.len() < wanted.len() && looked_at < LOOKED_THROUGH {
            let page = self.store.newest(&query).await?;
            looked_at += page.looked_at.max(1);
            let entries = page.comments.into_iter().filter(|other| other.id != comment.id).filter_map(ThreadEntry::of);
            let named = entries.map(|entry| (thread_hash(&entry.comment_id, entry.fingerprint), entry));
            found.extend(named.filter(|(hash, _)| wanted.contains(hash)));
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        Ok(wanted.iter().map(|hash| found.get(hash).cloned()).collect())
    }
}
