//! The exact command that replays a schedule.

use std::collections::BTreeMap;

/// How to say the command that replays a schedule.
#[derive(Clone, Debug, Default)]
pub struct ReplayCommand {
    /// Options that the check had and a replay needs too, ready for a shell; empty or with a blank
    /// at its end.
    pub options: String,
    /// How to name a unit as a target, ready for a shell, where its id is not how.
    pub targets: BTreeMap<String, String>,
    /// The program's own arguments, ready for a shell; empty or with ` -- ` at their start.
    pub arguments: String,
}

impl ReplayCommand {
    /// The command for this schedule of this unit.
    #[must_use]
    pub fn of(&self, unit_id: &str, schedule: &str) -> String {
        let target = self.targets.get(unit_id).cloned().unwrap_or_else(|| shell_word(unit_id));
        let schedule = shell_word(schedule);
        format!("everyway replay {}{target} --schedule {schedule}{}", self.options, self.arguments)
    }
}

/// A word as a shell takes it, quoted where it must be.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
