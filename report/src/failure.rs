//! One failure, told so that a person can follow it: what, where, how it came to it, how to see it again.

use everyway_protocol::report::{Failure, Runtimes, Unit, Wait};

use crate::interleaving;
use crate::look::Look;
use crate::paint::{Line, Role, wrapped};

pub(crate) fn lines(unit: &Unit, failure: &Failure, look: &Look) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    lines.extend(headline(failure, look));
    lines.extend(circumstances(failure, look));
    if !failure.steps.is_empty() {
        lines.push(Line::default());
        lines.extend(interleaving::table(&failure.steps, &unit.path, false, look));
    }
    if !failure.waits.is_empty() {
        lines.push(Line::default());
        lines.extend(failure.waits.iter().flat_map(|wait| waiting(wait, look)));
    }
    lines.push(Line::default());
    if let Some(nearest) = &failure.nearest_passing {
        lines.extend(labelled("passes", Role::Dim, &format!("when {}", nearest.message), look));
    }
    lines.push(Line::new(Role::Dim, &format!("  {}", switches(failure))));
    lines.push(
        Line::new(Role::Dim, "  replay  ")
            .with(Role::Plain, &look.replay.of(&unit.id, &failure.schedule)),
    );
    lines.push(Line::default());
    lines
}

fn headline(failure: &Failure, look: &Look) -> Vec<Line> {
    let kind = failure.kind.name();
    let text = format!("{kind}: {}", failure.message);
    let rows = wrapped(&text, look.width.saturating_sub(2));
    let paint = |(index, row): (usize, &String)| match row.strip_prefix(kind).filter(|_| index == 0)
    {
        Some(rest) => Line::new(Role::Bad, &format!("  {kind}")).with(Role::Strong, rest),
        None => Line::new(Role::Strong, &format!("  {row}")),
    };
    rows.iter().enumerate().map(paint).collect()
}

/// In which calls, with which timing and on which runtimes.
fn circumstances(failure: &Failure, look: &Look) -> Vec<Line> {
    let mut parts: Vec<(&str, String)> = Vec::new();
    if let Some(scenario) = &failure.scenario {
        parts.push(("in", scenario.clone()));
    }
    if !failure.also_in.is_empty() {
        parts.push(("also in", failure.also_in.join(", ")));
    }
    if let Some(needs) = &failure.needs {
        parts.push(("needs", needs.clone()));
    }
    match failure.runtimes {
        Some(Runtimes::AnyCpython) => parts.push(("on", "any CPython".to_owned())),
        Some(Runtimes::InsideAStatement) => parts.push((
            "on",
            "free-threaded builds and CPython 3.9 or older: it needs a switch inside a statement, which \
             with a GIL only a finaliser, a C extension or a future version makes"
                .to_owned(),
        )),
        None => {}
    }
    parts.iter().flat_map(|(label, text)| labelled(label, Role::Dim, text, look)).collect()
}

/// A label of eight columns, then text that keeps to its right.
fn labelled(label: &str, role: Role, text: &str, look: &Look) -> Vec<Line> {
    let head = format!("  {label:<7} ");
    let room = look.width.saturating_sub(head.len());
    let start = |index| if index == 0 { head.clone() } else { " ".repeat(head.len()) };
    wrapped(text, room)
        .iter()
        .enumerate()
        .map(|(index, row)| Line::new(role, &start(index)).with(Role::Plain, row))
        .collect()
}

fn waiting(wait: &Wait, look: &Look) -> Vec<Line> {
    let holder = match &wait.held_by {
        // A task that is joined holds nothing.
        Some(holder) if *holder == wait.r#for && wait.held_since_line.is_none() => {
            " to end".to_owned()
        }
        Some(holder) if *holder == wait.task => ", which it holds itself".to_owned(),
        Some(holder) => format!(", held by `{holder}`"),
        None => String::new(),
    };
    let since = wait.held_since_line.map_or_else(String::new, |line| format!(" since line {line}"));
    let text = format!("at line {} for `{}`{holder}{since}", wait.line, wait.r#for);
    let head = format!("  `{}` waits ", wait.task);
    let rows = wrapped(&text, look.width.saturating_sub(crate::paint::width_of(&head)));
    let indent = " ".repeat(crate::paint::width_of(&head));
    rows.iter()
        .enumerate()
        .map(|(index, row)| {
            Line::new(Role::Strong, if index == 0 { &head } else { &indent }).with(Role::Plain, row)
        })
        .collect()
}

fn switches(failure: &Failure) -> String {
    let count = match failure.switches {
        0 => "no switch between tasks".to_owned(),
        1 => "1 switch between tasks".to_owned(),
        n => format!("{n} switches between tasks"),
    };
    if failure.shortest && failure.switches > 0 {
        format!("{count}: no schedule shows it with fewer")
    } else {
        count
    }
}
