//! What tuning rests on: a file of labelled comments, or what people decided on a site.

use super::Args;
use crate::cli::evaluate::table::count;
use crate::cli::model;
use crate::cli::policy::lines::{self, Line};
use crate::cli::policy::{OfSite, files_in_force, open, runtime};
use crate::cli::progress::Bar;
use crate::comment::{SiteId, Timestamp};
use crate::config::{self, Overrides};
use crate::policy::PolicyFiles;
use crate::policy::tuning::{Row, labels, percent};
use crate::service::JudgedComments;
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use std::path::Path;

/// Judged comments, and the policy that is to get other thresholds.
pub struct Source {
    pub files: PolicyFiles,
    /// Revision of that policy.
    pub policy: String,
    /// Revision of the models that scored the comments.
    pub model: String,
    pub rows: Vec<Row>,
    pub from: From,
}

/// Where the comments are from.
pub enum From {
    File(String),
    /// A site, without the rows.
    Site(SiteId, Box<JudgedComments>),
}

impl Source {
    pub fn read(args: &Args, settings: &Overrides) -> anyhow::Result<Self> {
        match (&args.labelled, &args.site) {
            (Some(path), _) => Self::of_file(path, args.model.as_deref(), settings),
            (None, Some(site)) => runtime()?.block_on(Self::of_site(args, site, settings)),
            (None, None) => bail!("name a file of labelled comments, or a site"),
        }
    }

    fn of_file(path: &Path, models: Option<&Path>, settings: &Overrides) -> anyhow::Result<Self> {
        let source = config::load_policy(config::folder(settings.config.as_deref())?.as_deref())?;
        let policy = source.parse()?;
        let classifier = model::load(models)?;
        let mut rows = Vec::new();
        let work = |line: &Line| {
            let label = line.label.context("missing key `label`")?;
            line.judge(&classifier, |context| Ok(Row::judged(&policy, context, label)))
        };
        lines::each(path, "labelled comments", &mut Bar::new(), work, |row| rows.push(row))?;
        Ok(Self {
            files: source.files().clone(),
            policy: policy.revision().to_owned(),
            model: classifier.revision().to_owned(),
            rows,
            from: From::File(path.display().to_string()),
        })
    }

    async fn of_site(args: &Args, site: &SiteId, settings: &Overrides) -> anyhow::Result<Self> {
        let ombud = open(settings).await?;
        let files = files_in_force(&ombud, settings).await?;
        let policy = files.parse()?;
        let revision = policy.revision().to_owned();
        let since = args.since.map(|since| since.at(ombud.now()));
        let mut bar = OfSite::new("comments", &ombud, site, u64::MAX).await?;
        let judged = ombud.judged_comments(site, policy, since, &mut |looked_at| bar.reach(looked_at)).await?;
        drop(bar);
        let mut judged = Box::new(judged);
        let rows = std::mem::take(&mut judged.sample.rows);
        let model = judged.model_revision.clone();
        Ok(Self { files, policy: revision, model, rows, from: From::Site(site.clone(), judged) })
    }

    /// How many comments come in on a day, where the site knows.
    pub fn per_day(&self) -> Option<u32> {
        let From::Site(_, judged) = &self.from else { return None };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "comments of a day")]
        let per_day = judged.per_day().round().max(1.0) as u32;
        Some(per_day)
    }

    /// What it is, in a few words.
    pub fn name(&self) -> String {
        let comments = count(self.rows.len() as u64);
        match &self.from {
            From::File(_) => format!("{comments} labelled comments"),
            From::Site(site, judged) => {
                let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
                let (from, until) = (day(judged.from), day(judged.until));
                format!("{comments} comments of {site}, {from} to {until}, that people judged")
            }
        }
    }

    /// What it is, and what can be made of it.
    pub fn said(&self) -> String {
        let (publish, reject) = labels(&self.rows);
        let (publish, reject) = (count(publish as u64), count(reject as u64));
        let Self { model, policy, .. } = self;
        match &self.from {
            From::File(file) => format!(
                "{} labelled comments in {file}: a person would publish {publish} and reject {reject}.\nScored by model {model}, judged \
                 by policy {policy}. What only the store knows (repeats, rate, an author's record) is left out.\n",
                count(self.rows.len() as u64)
            ),
            From::Site(site, judged) => {
                let day = |at: Timestamp| at.strftime("%-d %b %Y").to_string();
                let held = self.rows.len() as u64 - judged.sample.audited;
                let said = format!(
                    "{} comments of {site}: a person would publish {publish} and reject {reject}. {} came in from {} to {}, and each had \
                     the\nsame chance to be among them, {}. {} were decided by the machine and judged blind, {} were held and decided in the \
                     queue.\nScored by model {model}, judged by policy {policy}.\n",
                    count(self.rows.len() as u64),
                    count(judged.received),
                    day(judged.from),
                    day(judged.until),
                    share(judged.sample.share),
                    count(judged.sample.audited),
                    count(held),
                );
                said + &left_out(judged)
            }
        }
    }

    /// What helps where there is too little.
    pub fn hint(&self) -> String {
        let From::Site(_, judged) = &self.from else { return String::new() };
        let found = count(self.rows.len() as u64);
        let share = share(judged.sample.share);
        let waiting = match judged.sample.waiting {
            0 => "Nothing drawn waits; a larger `share` of `[audit]` brings more".to_owned(),
            waiting => format!(
                "{} that were drawn wait to be judged, among the audits or in the queue, and hold up those after them",
                count(waiting)
            ),
        };
        format!(
            "There are {found} comments that people judged, {share} of {} that came in. {waiting}.",
            count(judged.received)
        )
    }

    /// For machines.
    pub fn json(&self) -> Value {
        let (publish, reject) = labels(&self.rows);
        let mut labelled = json!({ "publish": publish, "reject": reject });
        if let From::Site(site, judged) = &self.from {
            labelled["site"] = json!(site);
            labelled["from"] = json!(judged.from);
            labelled["until"] = json!(judged.until);
            labelled["received"] = json!(judged.received);
            labelled["share"] = json!(judged.sample.share);
            labelled["audited"] = json!(judged.sample.audited);
            labelled["waiting"] = json!(judged.sample.waiting);
            labelled["left_out"] = json!({ "by_authors": judged.by_authors, "unknown": judged.sample.unknown });
        }
        labelled
    }
}

/// What is not among the evidence, in sentences.
fn left_out(judged: &JudgedComments) -> String {
    let waiting = match judged.sample.waiting {
        0 => String::new(),
        waiting => format!(
            "{} more that were drawn still wait to be judged: each that is makes the share larger, up to the next that waits.\n",
            count(waiting)
        ),
    };
    let (by_authors, unknown) = (judged.by_authors, judged.sample.unknown);
    if by_authors + unknown == 0 {
        return waiting;
    }
    let (by_authors, unknown) = (count(by_authors), count(unknown));
    format!(
        "{waiting}Left out: {by_authors} that their authors took back or changed, and {unknown} of which nothing is known any \
         longer.\n"
    )
}

/// A share in percent, to two decimals.
fn share(share: f64) -> String {
    percent((share * 10_000.0).round() / 10_000.0)
}
