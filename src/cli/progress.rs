//! A progress bar for long work.

use crate::training::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// Shows each stage on standard error, if that is a terminal.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new() -> Self {
        Self(ProgressBar::hidden())
    }
}

impl Progress for Bar {
    fn stage(&mut self, name: &str, total: usize) {
        self.0.finish_and_clear();
        self.0 = ProgressBar::new(total as u64).with_message(name.to_owned());
        let style = ProgressStyle::with_template("{msg:>36} {bar:40} {human_pos}/{human_len} {eta}");
        self.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    }

    fn advance(&mut self, steps: usize) {
        self.0.inc(steps as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
