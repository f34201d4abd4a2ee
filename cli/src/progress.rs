//! How far the check is, on a terminal; nothing elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::worker;

/// A line on standard error that shows how far the check is.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    bar: ProgressBar,
    units: usize,
}

impl ProgressLine {
    pub(crate) fn new(units: usize) -> ProgressLine {
        // Draws only if standard error is a terminal.
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        ProgressLine { bar, units }
    }

    /// Shows that this unit is being checked.
    pub(crate) fn unit(&self, index: usize, id: &str) {
        self.bar.set_message(format!("{}/{}  {id}", index + 1, self.units));
    }

    /// Shows how far the unit is.
    pub(crate) fn show(&self, index: usize, id: &str, progress: &worker::Progress) {
        let worker::Progress { executions, classes, share, failures, phase } = progress;
        let mut text = format!(
            "{}/{}  {id}  {phase}: {executions} executions, {classes} classes",
            index + 1,
            self.units
        );
        if let Some(share) = share {
            text += &format!(", at least {:.0} %", (share * 100.0).floor());
        }
        match failures {
            0 => {}
            1 => text += ", 1 failure",
            n => text += &format!(", {n} failures"),
        }
        self.bar.set_message(text);
    }

    /// Runs something that writes while the line is away.
    pub(crate) fn without<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
