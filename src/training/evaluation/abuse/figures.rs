//! The figures that have an interval, by name: `ATTRIBUTE.figure`, `ATTRIBUTE.source.figure`.

use super::{Measured, NEWS, SIX, at_natural_rate};
use crate::comment::Attribute;
use crate::training::evaluation::MIN_OF_EACH;
use crate::training::evaluation::curve::auc;
use crate::training::evaluation::panel::{Kind, Panel};
use crate::training::evaluation::ranking::{NotANumber, Ranking};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the mean over the six attributes.
pub const MEAN_OF_SIX: &str = "mean of six.auc";

/// The name of a figure of a group.
pub fn name(group: &str, figure: &str) -> String {
    format!("{group}.{figure}")
}

impl Measured<'_> {
    /// Every figure that is worth an interval.
    ///
    /// # Errors
    /// [`NotANumber`] if a score is NaN.
    pub fn panel(&self) -> Result<Panel, NotANumber> {
        let mut panel = Panel::new(self.rows.len());
        let mut pooled: BTreeMap<Attribute, usize> = BTreeMap::new();
        for attribute in self.attributes.iter().copied() {
            let place = panel.rank(self.ranking(attribute, |_| true)?);
            if auc(&panel.ranking(place).runs()).is_some() {
                pooled.insert(attribute, place);
            }
            add_all(&mut panel, attribute.name(), place);
            self.add_sources(&mut panel, attribute)?;
            let news = panel.rank(self.ranking(attribute, at_natural_rate)?);
            panel.add(name(attribute.name(), "news.calibration_error"), Kind::CalibrationError, &[news]);
        }
        let six: Vec<usize> = SIX.iter().filter_map(|a| pooled.get(a).copied()).collect();
        if six.len() == SIX.len() {
            panel.add(MEAN_OF_SIX, Kind::Auc, &six);
        }
        Ok(panel)
    }

    fn add_sources(&self, panel: &mut Panel, attribute: Attribute) -> Result<(), NotANumber> {
        let sources: BTreeSet<&str> = self.rows.iter().map(|row| row.source.as_str()).collect();
        let mut within = Vec::new();
        for source in sources {
            let here = self.ranking(attribute, |s| s == source)?;
            let (enough, news) = (enough(&here), NEWS.contains(&source) && !here.rows().is_empty());
            if enough || news {
                let place = panel.rank(here);
                within.extend(enough.then_some(place));
                if news {
                    add_all(panel, &name(attribute.name(), source), place);
                }
            }
        }
        panel.add(name(attribute.name(), "auc_within_source"), Kind::Auc, &within);
        Ok(())
    }
}

fn add_all(panel: &mut Panel, group: &str, place: usize) {
    panel.add(name(group, "auc"), Kind::Auc, &[place]);
    panel.add(name(group, "average_precision"), Kind::AveragePrecision, &[place]);
    panel.add(name(group, "calibration_error"), Kind::CalibrationError, &[place]);
}

fn enough(ranking: &Ranking) -> bool {
    let positives = ranking.rows().iter().filter(|r| r.positive).count();
    positives >= MIN_OF_EACH && ranking.rows().len() - positives >= MIN_OF_EACH
}
