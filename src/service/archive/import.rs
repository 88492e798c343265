//! Reading an exported file: first all of it, to know that it is whole; then again, to write what it has.

use super::record::{FORMAT, Header, Record, Sum, VERSION};
use super::{ArchiveError, Counts};
use crate::comment::{Event, Site, SiteId};
use crate::service::Ombud;
use crate::service::correct::KEEP;
use crate::store::Import;
use std::io::BufRead;

/// Events written at a time.
const PAGE: usize = 200;

/// A file that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub site: SiteId,
    pub counts: Counts,
    /// Names the file: SHA-256 over its lines, in hex.
    pub sha256: String,
}

/// Reads a file to its end and checks that it is what was exported. Each line is held in memory, and nothing else.
///
/// # Errors
/// [`ArchiveError`] says what is wrong with which line.
pub fn check(file: &mut (dyn BufRead + Send)) -> Result<Checked, ArchiveError> {
    let mut lines = Lines::open(file)?;
    let site = lines.header.site.clone();
    while let Some(record) = lines.next()? {
        if record.site().is_some_and(|found| *found != site) {
            return Err(ArchiveError::OtherSite(lines.number));
        }
        if let Record::Model { model, file: Some(file) } = &record
            && !file.is_of(&model.id)?
        {
            return Err(ArchiveError::Changed);
        }
        if let Record::End { counts, sha256 } = record {
            if sha256 != lines.before || counts != lines.sum.counts {
                return Err(ArchiveError::Changed);
            }
            let number = lines.number + 1;
            return if lines.read()? {
                Err(ArchiveError::AfterEnd(number))
            } else {
                Ok(Checked { site, counts, sha256 })
            };
        }
    }
    Err(ArchiveError::Cut(lines.number))
}

/// The lines of a file after its header.
struct Lines<'a> {
    file: &'a mut (dyn BufRead + Send),
    header: Header,
    line: Vec<u8>,
    number: u64,
    sum: Sum,
    /// The check sum of the lines before this one.
    before: String,
}

impl<'a> Lines<'a> {
    fn open(file: &'a mut (dyn BufRead + Send)) -> Result<Self, ArchiveError> {
        let mut first = Vec::new();
        file.read_until(b'\n', &mut first)?;
        let line = first.strip_suffix(b"\n").ok_or(ArchiveError::Foreign)?;
        let header: Header = serde_json::from_slice(line).map_err(|_| ArchiveError::Foreign)?;
        if header.format != FORMAT {
            return Err(ArchiveError::Foreign);
        }
        if header.version > VERSION {
            return Err(ArchiveError::Newer(header.version));
        }
        let mut sum = Sum::default();
        sum.add(line, None);
        Ok(Self { file, header, line: Vec::new(), number: 1, sum, before: String::new() })
    }

    /// Reads the next line; false at the end of the file.
    fn read(&mut self) -> Result<bool, ArchiveError> {
        self.line.clear();
        Ok(self.file.read_until(b'\n', &mut self.line)? > 0)
    }

    fn next(&mut self) -> Result<Option<Record>, ArchiveError> {
        if !self.read()? {
            return Ok(None);
        }
        let Some(line) = self.line.strip_suffix(b"\n") else { return Err(ArchiveError::Cut(self.number)) };
        self.number += 1;
        let record: Record = serde_json::from_slice(line).map_err(|_| ArchiveError::Line(self.number))?;
        if let Record::End { .. } = record {
            self.before = self.sum.sha256();
        } else {
            self.sum.add(line, Some(record.kind()));
        }
        Ok(Some(record))
    }
}

impl Ombud {
    /// Writes what a checked file has into a site that is not here, the one it was exported from or `into`. The site
    /// answers nobody until all is written. After a crash the same import goes on. Cursors of the old store are none
    /// here; keys go along only under the site's own name, as a secret belongs to one site.
    ///
    /// # Errors
    /// [`ArchiveError::SiteExists`], [`ArchiveError::OtherImport`], and whatever goes wrong in reading or writing.
    pub async fn import(
        &self,
        checked: &Checked,
        file: &mut (dyn BufRead + Send),
        into: Option<&SiteId>,
        read: &mut (dyn FnMut(usize) + Send),
    ) -> Result<(), ArchiveError> {
        let site = into.unwrap_or(&checked.site);
        if self.store.site(site).await?.is_some() {
            return Err(ArchiveError::SiteExists(site.clone()));
        }
        if self.store.begin_import(site, &checked.sha256).await? == Import::Other {
            return Err(ArchiveError::OtherImport(site.clone()));
        }
        let mut so_far = Pending { events: Vec::new(), told: 0, found: None };
        let mut from = Lines::open(file)?;
        while let Some(record) = from.next()? {
            let record = if into.is_some() { record.moved_to(site) } else { record };
            self.restore(site, record, into.is_none(), &mut so_far).await?;
            read(1);
        }
        self.restore_events(site, &mut so_far).await?;
        if from.sum.sha256() != checked.sha256 {
            return Err(ArchiveError::Changed);
        }
        self.store.end_import(site).await?;
        let found = so_far.found.ok_or(ArchiveError::Changed)?;
        Ok(self.store.put_site(&found).await?)
    }

    async fn restore(
        &self,
        site: &SiteId,
        record: Record,
        keys: bool,
        so_far: &mut Pending,
    ) -> Result<(), ArchiveError> {
        match record {
            Record::Site { site } => so_far.found = Some(site),
            Record::Key { key } if keys => self.store.put_key(&key).await?,
            Record::Key { .. } | Record::End { .. } => {}
            Record::Article { article } => self.store.put_article(&article).await?,
            Record::Comment { comment } => self.store.restore_comment(&comment).await?,
            Record::Event { event } => {
                so_far.events.push(*event);
                if so_far.events.len() >= PAGE {
                    self.restore_events(site, so_far).await?;
                }
            }
            Record::Correction { correction } => self.store.put_correction(site, &correction, KEEP).await?,
            Record::Model { model, file } => {
                let file = file.map(|file| file.unpacked()).transpose()?;
                self.store.put_model(site, &model, file.as_deref()).await?;
            }
            Record::Models { models } => self.store.restore_models(site, &models).await?,
        }
        Ok(())
    }

    async fn restore_events(&self, site: &SiteId, so_far: &mut Pending) -> Result<(), ArchiveError> {
        self.store.restore_events(site, so_far.told + 1, &so_far.events).await?;
        so_far.told += so_far.events.len() as u64;
        so_far.events.clear();
        Ok(())
    }
}

/// What an import has read and not written yet.
struct Pending {
    events: Vec<Event>,
    /// Events written before these.
    told: u64,
    /// The site, which is written last.
    found: Option<Site>,
}
