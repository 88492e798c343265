//! Writing a site to a file, page by page.

use super::record::{FORMAT, Header, ModelFile, Record, Sum, VERSION};
use super::{ArchiveError, Counts};
use crate::comment::SiteId;
use crate::service::Ombud;
use serde::Serialize;
use std::io::Write;

/// How many records are read at a time.
const PAGE: usize = 200;

/// Writes lines, and keeps the sum of them.
struct Exporting<'a> {
    out: &'a mut (dyn Write + Send),
    sum: Sum,
    wrote: &'a mut (dyn FnMut(usize) + Send),
}

impl Exporting<'_> {
    fn line(&mut self, line: &impl Serialize, kind: Option<&str>) -> Result<(), ArchiveError> {
        let line = serde_json::to_vec(line).map_err(std::io::Error::from)?;
        self.sum.add(&line, kind);
        self.out.write_all(&line)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<(), ArchiveError> {
        self.line(record, Some(record.kind()))?;
        (self.wrote)(1);
        Ok(())
    }
}

impl Ombud {
    /// How many comments an export of the site has by now: for showing how far it is.
    ///
    /// # Errors
    /// Fails if the store does.
    pub async fn comments_kept(&self, site: &SiteId) -> Result<u64, ArchiveError> {
        Ok(self.store.state_counts(site).await?.iter().map(|count| count.kept + count.dropped).sum())
    }

    /// Writes a whole site, all but leases, Idempotency-Keys and what can be made from the rest. A server may run beside
    /// it: each comment is as of one moment, comments are read before events, and what changes meanwhile may be in it or
    /// not. `wrote` hears of each record.
    ///
    /// # Errors
    /// [`ArchiveError::UnknownSite`], and whatever goes wrong in reading or writing.
    pub async fn export(
        &self,
        site: &SiteId,
        out: &mut (dyn Write + Send),
        wrote: &mut (dyn FnMut(usize) + Send),
    ) -> Result<Counts, ArchiveError> {
        let found = self.store.site(site).await?.ok_or_else(|| ArchiveError::UnknownSite(site.clone()))?;
        let mut to = Exporting { out, sum: Sum::default(), wrote };
        to.line(&Header { format: FORMAT.to_owned(), version: VERSION, site: site.clone() }, None)?;
        to.record(&Record::Site { site: found })?;
        for key in self.store.keys(site).await? {
            to.record(&Record::Key { key })?;
        }
        self.export_articles(site, &mut to).await?;
        self.export_comments(site, &mut to).await?;
        self.export_events(site, &mut to).await?;
        self.export_learned(site, &mut to).await?;
        let (counts, sha256) = (to.sum.counts.clone(), to.sum.sha256());
        to.line(&Record::End { counts: counts.clone(), sha256 }, None)?;
        to.out.flush()?;
        Ok(counts)
    }

    async fn export_articles(&self, site: &SiteId, to: &mut Exporting<'_>) -> Result<(), ArchiveError> {
        let mut after = None;
        loop {
            let page = self.store.articles(site, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id.clone());
            for article in page {
                to.record(&Record::Article { article })?;
            }
        }
    }

    async fn export_comments(&self, site: &SiteId, to: &mut Exporting<'_>) -> Result<(), ArchiveError> {
        let mut after = None;
        loop {
            let page = self.store.archived(site, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.comment.id.clone());
            for comment in page {
                to.record(&Record::Comment { comment: Box::new(comment) })?;
            }
        }
    }

    async fn export_events(&self, site: &SiteId, to: &mut Exporting<'_>) -> Result<(), ArchiveError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.store.events(site, after.as_deref(), PAGE).await?;
            for (_, event) in page.events {
                to.record(&Record::Event { event: Box::new(event) })?;
            }
            if !page.more {
                return Ok(());
            }
            after = Some(page.next);
        }
    }

    /// Corrections and models.
    async fn export_learned(&self, site: &SiteId, to: &mut Exporting<'_>) -> Result<(), ArchiveError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.store.corrections(site, after.as_deref(), PAGE).await?;
            for correction in page.corrections {
                to.record(&Record::Correction { correction })?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        for model in self.store.models(site).await? {
            let file = self.store.model_file(site, &model.id).await?;
            let file = file.map(|file| ModelFile::of(&file)).transpose()?;
            to.record(&Record::Model { model: Box::new(model), file })?;
        }
        to.record(&Record::Models { models: self.store.site_models(site).await? })
    }
}
