//! Reading a site whole, and writing it into this store.

use super::RedisStore;
use super::admit::take_locator;
use super::comment::comment;
use super::connection::parsed;
use super::key::{Partition, suffix};
use super::lane::{HELD, HELD_EVENTS};
use super::place::Place;
use super::script::{ARCHIVED, Call, RESTORE, RESTORE_EVENTS};
use super::{held, record};
use crate::comment::{Article, ArticleId, CommentId, Event, SiteId, SiteModels, Timestamp};
use crate::store::search::decided_in;
use crate::store::{Archive, ArchivedComment, ArchivedReport, HeldEvent, Import, StoreError};
use async_trait::async_trait;
use redis::Value;
use serde::{Deserialize, Serialize};

/// A report as its HASH has it.
#[derive(Serialize, Deserialize)]
struct Details {
    at: Timestamp,
    reason: Option<String>,
}

#[async_trait]
impl Archive for RedisStore {
    async fn articles(
        &self,
        site: &SiteId,
        after: Option<&ArticleId>,
        limit: usize,
    ) -> Result<Vec<Article>, StoreError> {
        let mut articles = Vec::new();
        let mut after = after.map(ToString::to_string);
        // An id may be listed whose article was not written.
        while articles.len() < limit {
            let wanted = limit - articles.len();
            let next = self.next_ids(site, suffix::ARTICLES, after.as_deref(), wanted).await?;
            let get = |(id, p): &(String, Partition)| Call::command("GET").arg(p.at(&format!("article:{id}")));
            for doc in self.connection.each(next.iter().map(get).collect()).await? {
                let doc = parsed::<Option<String>>(doc)?;
                articles.extend(doc.map(|doc| serde_json::from_str::<Article>(&doc)).transpose()?);
            }
            let short = next.len() < wanted;
            after = next.into_iter().next_back().map(|(id, _)| id);
            if short {
                break;
            }
        }
        Ok(articles)
    }

    async fn archived(
        &self,
        site: &SiteId,
        after: Option<&CommentId>,
        limit: usize,
    ) -> Result<Vec<ArchivedComment>, StoreError> {
        let next = self.next_ids(site, suffix::IDS, after.map(CommentId::as_str), limit).await?;
        let read = |(id, p): &(String, Partition)| {
            let of = |kind: &str| p.at(&format!("{kind}:{id}"));
            let keys = [of("comment"), of("audit"), of("reports"), p.at(HELD), p.at(HELD_EVENTS)];
            Call::script(&ARCHIVED, &keys).arg(id)
        };
        self.connection.each(next.iter().map(read).collect()).await?.into_iter().map(whole).collect()
    }

    async fn begin_import(&self, site: &SiteId, name: &str) -> Result<Import, StoreError> {
        let set = Call::command("HSETNX").arg(self.keys.imports()).arg(site.as_str()).arg(name);
        let get = Call::command("HGET").arg(self.keys.imports()).arg(site.as_str());
        let [_, found] = self.connection.all([set, get]).await?;
        Ok(if parsed::<String>(found)? == name { Import::Open } else { Import::Other })
    }

    async fn restore_comment(&self, archived: &ArchivedComment) -> Result<(), StoreError> {
        let new = &archived.comment;
        let locator = take_locator(self, new).await?;
        if locator.is_none_or(|locator| locator.article != new.article_id) {
            return Err(StoreError::Unavailable("the author was erased, or the id is taken elsewhere".to_owned()));
        }
        let partition = self.keys.partition(&new.site, &new.article_id);
        let keys = [
            partition.comment(&new.id),
            partition.audit(&new.id),
            partition.events(),
            partition.leases(),
            partition.reports(&new.id),
            partition.guard(),
        ];
        let audit: Vec<String> = archived.audit.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        let report = |report: &ArchivedReport| {
            let details = Details { at: report.at, reason: report.reason.clone() };
            Ok::<_, StoreError>([report.reporter.clone(), serde_json::to_string(&details)?])
        };
        let reports: Vec<[String; 2]> = archived.reports.iter().map(report).collect::<Result<_, _>>()?;
        let decided = decided_in(&archived.audit).into_iter();
        let decided: Vec<(String, String)> =
            decided.map(|(by, at)| (suffix::decided(by), at.as_millisecond().to_string())).collect();
        let event = archived.held.as_ref().map(|held| serde_json::to_string(&held.event)).transpose()?;
        let due = archived.held.as_ref().map(|held| held.due_at.as_millisecond().to_string());
        let call = Call::script(&RESTORE, &keys)
            .arg(partition.base())
            .arg(new.id.as_str())
            .arg(serde_json::to_string(new)?)
            .arg(new.version)
            .arg(new.state.name())
            .arg(new.fingerprint.exact)
            .arg(serde_json::to_string(&Place::of(new))?)
            .arg("")
            .arg(event.unwrap_or_default())
            .arg(new.site.as_str())
            .arg(self.keys.news())
            .arg(0)
            .arg(due.unwrap_or_default())
            .arg(0)
            .arg("")
            .arg("")
            .arg(serde_json::to_string(&audit)?)
            .arg(serde_json::to_string(&reports)?)
            .arg(serde_json::to_string(&decided)?)
            .arg(u8::from(archived.was_reported()));
        self.connection.one::<i64>(call).await?;
        if let Some(held) = &archived.held {
            held::note(self, &new.site, &partition, held.due_at);
        }
        record::note(self, new, None, archived.was_reported()).await;
        Ok(())
    }

    async fn restore_events(&self, site: &SiteId, first: u64, events: &[Event]) -> Result<(), StoreError> {
        let mut calls: Vec<(String, Call)> = Vec::new();
        for (place, event) in (first..).zip(events) {
            let partition = self.keys.partition(site, &event.article_id);
            let at = calls.iter().position(|(base, _)| base == partition.base()).unwrap_or_else(|| {
                let call = Call::script(&RESTORE_EVENTS, &[partition.events(), partition.restored()]);
                calls.push((partition.base().to_owned(), call));
                calls.len() - 1
            });
            let (base, call) = calls.swap_remove(at);
            calls.push((base, call.arg(place).arg(serde_json::to_string(event)?)));
        }
        self.connection.each(calls.into_iter().map(|(_, call)| call).collect()).await?;
        Ok(())
    }

    async fn restore_models(&self, site: &SiteId, models: &SiteModels) -> Result<(), StoreError> {
        let set = Call::command("HSET").arg(self.keys.models(site).standing).arg("version").arg(models.version);
        self.connection.one::<i64>(set.arg("doc").arg(serde_json::to_string(models)?)).await?;
        Ok(())
    }

    async fn end_import(&self, site: &SiteId) -> Result<(), StoreError> {
        let mut calls: Vec<Call> =
            self.keys.partitions(site).iter().map(|p| Call::command("DEL").arg(p.restored())).collect();
        calls.push(Call::command("HDEL").arg(self.keys.imports()).arg(site.as_str()));
        self.connection.each(calls).await?;
        Ok(())
    }
}

impl RedisStore {
    /// The next ids in an index of all partitions, in order, each with its partition. Every partition is asked for as
    /// many as are wanted: they may all be in one.
    async fn next_ids(
        &self,
        site: &SiteId,
        index: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Partition)>, StoreError> {
        let partitions = self.keys.partitions(site);
        let from = after.map_or_else(|| "-".to_owned(), |after| format!("({after}"));
        let range = |p: &Partition| {
            let call = Call::command("ZRANGE").arg(p.at(index)).arg(&from).arg("+").arg("BYLEX");
            call.arg("LIMIT").arg(0).arg(limit)
        };
        let mut next = Vec::new();
        for (partition, reply) in
            partitions.iter().zip(self.connection.each(partitions.iter().map(range).collect()).await?)
        {
            next.extend(parsed::<Vec<String>>(reply)?.into_iter().map(|id| (id, partition.clone())));
        }
        next.sort_by(|(one, _), (other, _)| one.cmp(other));
        next.truncate(limit);
        Ok(next)
    }
}

/// Reads what `archived.lua` answers.
fn whole(reply: Value) -> Result<ArchivedComment, StoreError> {
    type Archived = (String, Vec<String>, Vec<(String, String)>, String, String, String);
    let (doc, audit, reports, due, event, reported): Archived = parsed(reply)?;
    let report = |(reporter, details): (String, String)| {
        let Details { at, reason } = serde_json::from_str(&details)?;
        Ok(ArchivedReport { reporter, reason, at })
    };
    let mut reports: Vec<ArchivedReport> = reports.into_iter().map(report).collect::<Result<_, StoreError>>()?;
    reports.sort_unstable();
    let held = if due.is_empty() { None } else { Some(held_event(&due, &event)?) };
    let audit = audit.iter().map(|entry| Ok(serde_json::from_str(entry)?)).collect::<Result<_, StoreError>>()?;
    let whole = ArchivedComment { comment: comment(&doc)?, audit, reports, reported: !reported.is_empty(), held };
    // What was reported before there was a mark for it is.
    Ok(ArchivedComment { reported: whole.was_reported(), ..whole })
}

fn held_event(due: &str, event: &str) -> Result<HeldEvent, StoreError> {
    let due_at = due.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let due_at = due_at.ok_or_else(|| StoreError::Corrupt("a held event has no time".to_owned()))?;
    Ok(HeldEvent { due_at, event: serde_json::from_str(event)? })
}
