//! The report for people: one line for a unit that is well, a story for each failure.

use everyway_protocol::report::{Explored, Report, Step, Unit, Verdict};

use crate::look::Look;
use crate::paint::{Line, Role, cut, paint, width_of, wrapped};
use crate::{failure, interleaving};

/// So many notes and assumptions of a unit are shown; the JSON has them all.
const SHOWN_OF_A_KIND: usize = 4;
/// The widest verdict is `unsupported`.
const VERDICT_WIDTH: usize = 11;
/// Most units' figures are no wider.
const USUAL_FIGURES_WIDTH: usize = 46;
/// A name cut shorter says nothing: the figures then get a line of their own.
const NARROWEST_NAME: usize = 10;
/// A name that has the line for itself and its id is cut here.
const WIDEST_NAME: usize = 40;

/// How wide the columns of the units' lines are, so that they stand under each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    name: usize,
    id: usize,
}

impl Columns {
    /// Columns for units of these names and ids.
    pub fn of<'a>(units: impl Iterator<Item = (&'a str, &'a str)>) -> Columns {
        let mut columns = Columns::default();
        let mut names_tell = false;
        for (name, id) in units {
            names_tell |= !shown_name(name, id).is_empty();
            columns.name = columns.name.max(width_of(name));
            columns.id = columns.id.max(width_of(id));
        }
        if names_tell { columns } else { Columns { name: 0, ..columns } }
    }

    /// The name's and the id's width where the figures should find room beside them.
    fn fitted(self, width: usize) -> (usize, usize) {
        let room = width.saturating_sub(VERDICT_WIDTH + 6 + USUAL_FIGURES_WIDTH).max(32);
        let id = self.id.min(room);
        let beside = room.saturating_sub(id);
        if beside >= NARROWEST_NAME {
            return (self.name.min(beside), id);
        }
        let alone = width.saturating_sub(VERDICT_WIDTH + 4 + self.id).min(WIDEST_NAME);
        (self.name.min(alone.max(beside)), id)
    }
}

/// The whole report.
pub(crate) fn write(report: &Report, look: &Look) -> String {
    let columns =
        Columns::of(report.units.iter().map(|unit| (unit.name.as_str(), unit.id.as_str())));
    let units = report.units.iter().map(|one| unit(one, columns, look));
    units.collect::<String>() + &summary(report, look)
}

/// One unit.
#[must_use]
pub fn unit(unit: &Unit, columns: Columns, look: &Look) -> String {
    let mut lines = headline(unit, columns, look);
    lines.extend(asides(unit, look));
    for one in &unit.failures {
        lines.extend(failure::lines(unit, one, look));
    }
    paint(&lines, look.colour)
}

/// The last lines: how many units have which verdict.
#[must_use]
pub fn summary(report: &Report, look: &Look) -> String {
    let summary = &report.summary;
    let mut line = Line::new(Role::Strong, &counted(u64::from(summary.units), "unit", "units"));
    let mut sign = ": ";
    let order = [
        Verdict::Failed,
        Verdict::Error,
        Verdict::Unsupported,
        Verdict::Passed,
        Verdict::Proved,
        Verdict::Definitions,
    ];
    for verdict in order {
        let count = summary.count(verdict);
        if count > 0 {
            line = line.with(Role::Dim, sign).with(role_of(verdict), &format!("{count} {verdict}"));
            sign = look.glyphs().dot;
        }
    }
    line = line.with(Role::Dim, &format!("{}{}", look.glyphs().dot, seconds(summary.seconds)));
    // A failure's story ends with an empty line of its own.
    let parted = report.units.last().is_none_or(|unit| !unit.failures.is_empty());
    let lines = if parted { vec![line] } else { vec![Line::default(), line] };
    paint(&lines, look.colour)
}

/// One execution, step by step, and how it ended.
#[must_use]
pub fn replay(unit: &Unit, steps: &[Step], outcome: &str, look: &Look) -> String {
    let mut lines = vec![
        match shown_name(&unit.name, &unit.id) {
            "" => Line::new(Role::Strong, &unit.id),
            name => Line::new(Role::Strong, name).with(Role::Dim, &format!("  {}", unit.id)),
        },
        Line::default(),
    ];
    if !steps.is_empty() {
        lines.extend(interleaving::table(steps, &unit.path, true, look));
        lines.push(Line::default());
    }
    let role = role_of(unit.verdict);
    let label = format!("  {} ", unit.verdict);
    let rows = wrapped(outcome, look.width.saturating_sub(label.len()));
    for (index, row) in rows.iter().enumerate() {
        let head = if index == 0 { label.clone() } else { " ".repeat(label.len()) };
        lines.push(Line::new(role, &head).with(Role::Plain, row));
    }
    paint(&lines, look.colour)
}

fn headline(unit: &Unit, columns: Columns, look: &Look) -> Vec<Line> {
    let sign = look.glyphs().cut;
    let (name_width, id_width) = columns.fitted(look.width);
    let mut line = Line::new(role_of(unit.verdict), unit.verdict.name()).padded(VERDICT_WIDTH + 2);
    if name_width > 0 {
        let name = cut(&unit.name, name_width, sign);
        line = line.followed_by(Line::new(Role::Strong, &name).padded(name_width + 2));
    }
    // An id is never cut: it is what the next command line needs.
    line = line.followed_by(Line::new(Role::Dim, &unit.id).padded(id_width));
    let figures = figures(unit, look);
    let told = [(Role::Dim, Some(&figures)), (Role::Plain, unit.message.as_ref())];
    let told: Vec<(Role, &str)> = told
        .into_iter()
        .filter_map(|(role, text)| Some((role, text?.as_str())))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    // One thing to tell stands on the same line if it can.
    if let [(role, text)] = told[..]
        && !text.contains('\n')
        && line.width() + 2 + width_of(text) <= look.width
    {
        return vec![line.with(Role::Dim, "  ").with(role, text)];
    }
    let indent = " ".repeat(VERDICT_WIDTH + 2);
    let room = look.width.saturating_sub(indent.len());
    let below = told.into_iter().flat_map(|(role, text)| {
        let rows = wrapped(text, room).into_iter();
        rows.map(move |row| (role, row))
    });
    let below: Vec<Line> =
        below.map(|(role, row)| Line::new(Role::Plain, &indent).with(role, &row)).collect();
    std::iter::once(line).chain(below).collect()
}

/// A file's name says nothing that its id does not say.
fn shown_name<'a>(name: &'a str, id: &str) -> &'a str {
    let path = id.rsplit_once(':').map_or(id, |(path, _)| path);
    if path.rsplit('/').next() == Some(name) { "" } else { name }
}

fn figures(unit: &Unit, look: &Look) -> String {
    let Explored { executions, classes, seconds: time, .. } = unit.explored;
    if executions == 0 {
        return String::new();
    }
    if let Some(note) = only_schedule(unit) {
        return format!("{note}{}{}", look.glyphs().dot, seconds(time));
    }
    let mut parts =
        vec![counted(executions, "execution", "executions"), counted(classes, "class", "classes")];
    if !unit.results.is_empty() {
        let least = if unit.results_complete { "" } else { "at least " };
        parts.push(format!("{least}{}", counted(unit.results.len() as u64, "result", "results")));
    }
    parts.push(seconds(time));
    parts.join(look.glyphs().dot)
}

/// The note of a unit that has one schedule and nothing else to tell: it says more than figures of 1.
fn only_schedule(unit: &Unit) -> Option<&str> {
    match unit.notes.as_slice() {
        [note] if unit.explored.executions == 1 && note.line.is_none() => Some(&note.message),
        _ => None,
    }
}

/// What the verdict rests on, and what else is worth knowing.
fn asides(unit: &Unit, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    if unit.verdict == Verdict::Passed && !unit.explored.exhaustive {
        let bound = unit.explored.preemptions_at_most.map_or_else(String::new, |most| {
            format!(
                ", but all with at most {}",
                counted(u64::from(most), "preemption", "preemptions")
            )
        });
        lines.extend(aside(&format!("not all schedules were visited{bound}"), look));
    }
    let rests = unit.assumptions.iter().map(|assumption| {
        let place = assumption.line.map_or_else(String::new, |line| format!(" at line {line}"));
        format!("rests on {}: {}{place}", assumption.kind.name(), assumption.what)
    });
    let notes = unit.notes.iter().filter(|_| only_schedule(unit).is_none()).map(|note| {
        let place = note.line.filter(|line| !names_line(&note.message, *line));
        let place = place.map_or_else(String::new, |line| format!(" (line {line})"));
        format!("note {}: {}{place}", note.kind, note.message)
    });
    for (kind, texts) in [("assumptions", rests.collect::<Vec<_>>()), ("notes", notes.collect())] {
        lines.extend(texts.iter().take(SHOWN_OF_A_KIND).flat_map(|text| aside(text, look)));
        if let more @ 1.. = texts.len().saturating_sub(SHOWN_OF_A_KIND) {
            lines.extend(aside(&format!("{more} more {kind}: `--format json` has them all"), look));
        }
    }
    lines
}

/// Whether a sentence says the line itself.
fn names_line(message: &str, line: u32) -> bool {
    let words: Vec<&str> = message.split(|letter: char| !letter.is_alphanumeric()).collect();
    words.windows(2).any(|pair| pair[0].starts_with("line") && pair[1] == line.to_string())
}

fn aside(text: &str, look: &Look) -> Vec<Line> {
    let indent = VERDICT_WIDTH + 2;
    let rows = wrapped(text, look.width.saturating_sub(indent + 2));
    let start = |index| if index == 0 { indent } else { indent + 2 };
    let paint = |(index, row): (usize, &String)| {
        Line::new(Role::Dim, &format!("{:1$}{row}", "", start(index)))
    };
    rows.iter().enumerate().map(paint).collect()
}

const fn role_of(verdict: Verdict) -> Role {
    match verdict {
        Verdict::Proved | Verdict::Passed => Role::Good,
        Verdict::Failed | Verdict::Error => Role::Bad,
        Verdict::Unsupported => Role::Warning,
        Verdict::Definitions => Role::Dim,
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `12345` as `12,345`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn seconds(seconds: f64) -> String {
    if seconds < 9.95 { format!("{seconds:.2} s") } else { format!("{seconds:.1} s") }
}
