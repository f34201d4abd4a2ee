//! An interleaving as a table: one column for each task, time runs downwards.
//!
//! ```text
//!   line │ T1                │ T2
//!   ─────┼───────────────────┼──────────────────────────
//!     15 │ total += 1        │
//!        │   read total → 0  │
//!        │                   │ ↳ T1 may lose its turn here
//!     15 │                   │ total += 1
//! ```

use everyway_protocol::report::Step;

use crate::look::{Glyphs, Look};
use crate::paint::{Line, Role, cut, width_of, wrapped};

/// Narrower columns are no longer read with pleasure: the tasks then share one.
const NARROWEST_COLUMN: usize = 18;
/// Of a longer stretch of one task, the middle is left out.
const LONGEST_STRETCH: usize = 14;
/// A statement is shown in at most so many lines.
const STATEMENT_LINES: usize = 3;

/// The table; a whole one leaves nothing out.
pub(crate) fn table(steps: &[Step], path: &str, whole: bool, look: &Look) -> Vec<Line> {
    let tasks = tasks_of(steps);
    let rows = rows(steps, path, whole, look.glyphs());
    let line_width = rows.iter().map(|row| row.place.len()).max().unwrap_or(0).max("line".len());
    let room = look.width.saturating_sub(line_width + 2);
    match columns(&tasks, &rows, room) {
        Some(widths) => in_columns(&tasks, &rows, line_width, &widths, look.glyphs()),
        None => in_one_column(&tasks, &rows, line_width, room, look.glyphs()),
    }
}

/// The tasks that take steps, in the order in which they are started, as far as the steps tell.
fn tasks_of(steps: &[Step]) -> Vec<&str> {
    let mut tasks: Vec<&str> = Vec::new();
    for step in steps {
        let started = step.object.as_deref().filter(|_| step.op == "start");
        for task in [Some(step.task.as_str()), started].into_iter().flatten() {
            if !tasks.contains(&task) {
                tasks.push(task);
            }
        }
    }
    tasks.retain(|task| steps.iter().any(|step| step.task == *task));
    tasks
}

/// One row of the table, in the column of one task.
struct Row<'a> {
    task: &'a str,
    place: String,
    cell: Cell<'a>,
}

enum Cell<'a> {
    /// Why this task runs from here on.
    Reason(&'a str),
    /// The source text.
    Statement(&'a str),
    /// What one operation did.
    Operation { what: String, value: Option<(&'static str, &'a str)> },
    /// So many steps are left out.
    LeftOut(usize),
    /// The steps from here on are in this file.
    File(&'a str),
}

impl Cell<'_> {
    fn width(&self) -> usize {
        match self {
            Cell::Reason(text) => 2 + width_of(text),
            Cell::Statement(text) => width_of(text.trim()),
            Cell::Operation { what, value } => {
                2 + width_of(what)
                    + value.map_or(0, |(sign, value)| width_of(sign) + width_of(value))
            }
            Cell::LeftOut(_) => "  … 1000 more steps".len(),
            Cell::File(path) => 3 + width_of(path),
        }
    }

    /// The cell in lines of this width.
    fn lines(&self, width: usize, glyphs: &Glyphs) -> Vec<Line> {
        match self {
            Cell::Reason(text) => {
                indented(text, glyphs.turn, width, usize::MAX, Role::Warning, glyphs)
            }
            Cell::Statement(text) => {
                indented(text.trim(), "", width, STATEMENT_LINES, Role::Code, glyphs)
            }
            Cell::Operation { what, value } => {
                let what = cut(what, width.saturating_sub(2), glyphs.cut);
                let line = Line::new(Role::Plain, "  ").with(Role::Dim, &what);
                let Some((sign, value)) = value else { return vec![line] };
                let room = width.saturating_sub(line.width() + width_of(sign));
                if room >= width_of(value).min(6) {
                    let value = cut(value, room, glyphs.cut);
                    return vec![line.with(Role::Dim, sign).with(Role::Value, &value)];
                }
                let value = cut(value, width.saturating_sub(4), glyphs.cut);
                vec![line, Line::new(Role::Plain, "    ").with(Role::Value, &value)]
            }
            Cell::LeftOut(count) => {
                vec![Line::new(Role::Dim, &format!("  {} {count} more steps", glyphs.cut))]
            }
            Cell::File(path) => {
                vec![Line::new(Role::Dim, &cut(&format!("in {path}"), width, glyphs.cut))]
            }
        }
    }
}

fn indented(
    text: &str,
    mark: &str,
    width: usize,
    most: usize,
    role: Role,
    glyphs: &Glyphs,
) -> Vec<Line> {
    let indent = width_of(mark).max(usize::from(mark.is_empty()) * 2);
    let mut lines = wrapped(text, width.saturating_sub(indent));
    if width_of(text) <= width.saturating_sub(width_of(mark)) {
        lines = vec![text.to_owned()];
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last =
                cut(&format!("{last} {}", glyphs.cut), width.saturating_sub(indent), glyphs.cut);
        }
    }
    let head = |index: usize| if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| Line::new(role, &head(index)).with(role, line))
        .collect()
}

fn rows<'a>(
    steps: &'a [Step],
    path: &'a str,
    whole: bool,
    glyphs: &'static Glyphs,
) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut previous: Option<&Step> = None;
    let mut file = path;
    for stretch in steps.chunk_by(|one, next| one.task == next.task) {
        let left_out = if whole { 0 } else { stretch.len().saturating_sub(LONGEST_STRETCH) };
        let gap_at = if left_out > 1 { LONGEST_STRETCH / 2 } else { stretch.len() };
        for (index, step) in stretch.iter().enumerate() {
            let row = |place: String, cell| Row { task: &step.task, place, cell };
            if index == gap_at {
                rows.push(row(String::new(), Cell::LeftOut(left_out)));
                previous = None;
            }
            if index >= gap_at && index < gap_at + left_out {
                continue;
            }
            if let Some(reason) = step.reason.as_deref().filter(|_| index > 0 || previous.is_some())
            {
                rows.push(row(String::new(), Cell::Reason(reason)));
            }
            if step.path != file {
                file = &step.path;
                rows.push(row(String::new(), Cell::File(file)));
            }
            if index == 0 || previous.is_none_or(|other| !same_statement(other, step)) {
                rows.push(row(step.line.to_string(), Cell::Statement(&step.text)));
            }
            rows.push(row(String::new(), operation(step, glyphs)));
            previous = Some(step);
        }
    }
    rows
}

fn same_statement(one: &Step, other: &Step) -> bool {
    one.task == other.task
        && one.path == other.path
        && one.line == other.line
        && one.text == other.text
}

fn operation<'a>(step: &'a Step, glyphs: &'static Glyphs) -> Cell<'a> {
    let what = match &step.object {
        Some(object) => format!("{} {object}", step.op),
        None => step.op.clone(),
    };
    let sign = if step.op == "write" { glyphs.write } else { glyphs.read };
    Cell::Operation { what, value: step.value.as_deref().map(|value| (sign, value)) }
}

/// The width of each task's column; none if they would be too narrow.
fn columns(tasks: &[&str], rows: &[Row<'_>], room: usize) -> Option<Vec<usize>> {
    let room = room.saturating_sub(3 * tasks.len());
    let mut widths: Vec<usize> = tasks
        .iter()
        .map(|task| {
            let cells = rows.iter().filter(|row| row.task == *task).map(|row| row.cell.width());
            cells.max().unwrap_or(0).max(width_of(task))
        })
        .collect();
    // Take from the widest until all fit: at most `room` rounds too many for each column.
    let mut wanted: usize = widths.iter().sum();
    while wanted > room {
        let widest = widths.iter_mut().max()?;
        if *widest <= NARROWEST_COLUMN {
            return None;
        }
        *widest -= 1;
        wanted -= 1;
    }
    Some(widths)
}

fn in_columns(
    tasks: &[&str],
    rows: &[Row<'_>],
    line_width: usize,
    widths: &[usize],
    glyphs: &Glyphs,
) -> Vec<Line> {
    let start = |place: &str| Line::new(Role::Dim, &format!("  {place:>line_width$}"));
    let mut head = start("line");
    let mut ruler = Line::new(Role::Plain, "  ").with(Role::Dim, &glyphs.ruler.repeat(line_width));
    for (task, &width) in tasks.iter().zip(widths) {
        head = head
            .with(Role::Dim, glyphs.bar)
            .followed_by(Line::new(Role::Strong, &cut(task, width, glyphs.cut)).padded(width));
        ruler = ruler.with(Role::Dim, glyphs.crossing).with(Role::Dim, &glyphs.ruler.repeat(width));
    }
    let mut lines = vec![head, ruler];
    for row in rows {
        let Some(column) = tasks.iter().position(|task| *task == row.task) else { continue };
        let Some(&width) = widths.get(column) else { continue };
        for (index, cell) in row.cell.lines(width, glyphs).into_iter().enumerate() {
            let mut line = start(if index == 0 { &row.place } else { "" });
            for (other, &other_width) in widths.iter().enumerate() {
                let content = if other == column { cell.clone() } else { Line::default() };
                line = line.with(Role::Dim, glyphs.bar).followed_by(content.padded(other_width));
            }
            lines.push(line);
        }
    }
    lines
}

/// For many tasks or a narrow terminal: all in one column, a task's name wherever it changes.
fn in_one_column(
    tasks: &[&str],
    rows: &[Row<'_>],
    line_width: usize,
    room: usize,
    glyphs: &Glyphs,
) -> Vec<Line> {
    let name_width = tasks.iter().map(|task| width_of(task)).max().unwrap_or(0).clamp(4, 16);
    let width = room.saturating_sub(name_width + 6).max(NARROWEST_COLUMN);
    let mut lines = Vec::new();
    let mut shown = None;
    for row in rows {
        for (index, cell) in row.cell.lines(width, glyphs).into_iter().enumerate() {
            let name = if shown == Some(row.task) { "" } else { row.task };
            shown = Some(row.task);
            let place = if index == 0 { row.place.as_str() } else { "" };
            lines.push(
                Line::new(Role::Plain, "  ")
                    .followed_by(
                        Line::new(Role::Strong, &cut(name, name_width, glyphs.cut))
                            .padded(name_width),
                    )
                    .with(Role::Dim, &format!(" {place:>line_width$}"))
                    .with(Role::Dim, glyphs.bar)
                    .followed_by(cell),
            );
        }
    }
    lines
}
