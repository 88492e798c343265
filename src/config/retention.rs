//! `[retention]`: how long what is personal is kept.

use crate::service::Periods;
use anyhow::ensure;
use serde::Deserialize;

/// The section as it is written; days, and 0 is for ever.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "the unit, as in every key of the file")]
pub(super) struct RetentionFile {
    published_days: u32,
    rejected_days: u32,
    withdrawn_days: u32,
    events_days: u32,
}

impl Default for RetentionFile {
    fn default() -> Self {
        let Periods { published_days, rejected_days, withdrawn_days, events_days } = Periods::default();
        Self { published_days, rejected_days, withdrawn_days, events_days }
    }
}

impl RetentionFile {
    /// A century at most: more is a slip.
    const MOST: u32 = 36_525;

    pub(super) fn checked(&self) -> anyhow::Result<Periods> {
        let Self { published_days, rejected_days, withdrawn_days, events_days } = *self;
        let days = [
            ("published_days", published_days),
            ("rejected_days", rejected_days),
            ("withdrawn_days", withdrawn_days),
            ("events_days", events_days),
        ];
        for (name, days) in days {
            ensure!(days <= Self::MOST, "`retention.{name}` is {days}; it is 0 to {}", Self::MOST);
        }
        Ok(Periods { published_days, rejected_days, withdrawn_days, events_days })
    }
}
