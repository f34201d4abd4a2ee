//! Measurements, each row beside its rival: tools take turns in one run, and a row is the median.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::{Value, json};
use xshell::{Shell, cmd};

use crate::interpreters::Interpreter;
use crate::places::{Environment, Workspace};
use crate::{engine_bench, setup};

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Bench {
    /// The Python front-end beside frontrun.
    Python,
    /// A whole guide: EVERYWAY_GUIDE, or the shared one beside the checkout.
    Guide,
    /// The engine alone, beside the shared prototype where it is there.
    Engine,
    /// The Node front-end (later).
    Node,
    /// The Rust front-end (later).
    Rust,
}

impl Bench {
    fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Guide => "guide",
            Self::Engine => "engine",
            Self::Node => "node",
            Self::Rust => "rust",
        }
    }
}

/// One measured value; rows of one measure and tool from several rounds become their median.
pub(crate) struct Row {
    program: String,
    measure: String,
    tool: String,
    value: f64,
}

const RIVAL: &str = "frontrun==0.7.0";
/// The programs of `benches/speed/` that are explored: threads first, then coroutines.
const EXPLORED: [&str; 4] = ["racy_counter", "read_await_write", "equal_sleeps", "locked_await"];
/// Long enough that starting the interpreter doesn't count: the report's seconds are exploration only.
const WALKED_EXECUTIONS: &str = "20000";

pub(crate) fn bench(
    shell: &Shell,
    workspace: &Workspace,
    bench: Bench,
    json: bool,
    rounds: usize,
) -> Result<()> {
    let name = bench.name();
    if matches!(bench, Bench::Node | Bench::Rust) {
        bail!("the bench `{name}` comes later; `engine`, `python` and `guide` are there");
    }
    if matches!(bench, Bench::Engine) {
        let rows = engine_bench::engine(shell, workspace, rounds)?;
        print(name, &medians(rows), json);
        return Ok(());
    }
    let interpreter = setup::setup(shell, workspace)?;
    setup::build_command(shell, workspace)?;
    let rows = match bench {
        Bench::Python => python(shell, workspace, &interpreter, rounds)?,
        _ => guide(shell, workspace, rounds)?,
    };
    print(name, &medians(rows), json);
    Ok(())
}

fn python(
    shell: &Shell,
    workspace: &Workspace,
    interpreter: &Interpreter,
    rounds: usize,
) -> Result<Vec<Row>> {
    let rival = Environment { folder: workspace.target.join("bench-venv") };
    shell.create_dir(&workspace.target)?;
    setup::install(shell, &rival, interpreter, &[RIVAL.to_owned()])?;
    let mut rows = Vec::new();
    for _ in 0..rounds {
        for program in EXPLORED {
            rows.extend(exploration(shell, workspace, program)?);
        }
        rows.extend(racy_counter_of_rival(shell, &rival)?);
        rows.extend(costs(shell, workspace)?);
    }
    Ok(rows)
}

/// How fast a program's executions are, and how many it takes.
fn exploration(shell: &Shell, workspace: &Workspace, program: &str) -> Result<Vec<Row>> {
    let walked = ["--strategy", "walk", "--executions", WALKED_EXECUTIONS];
    let walk = explored(shell, workspace, program, &walked)?;
    let whole = explored(shell, workspace, program, &["--strategy", "exhaustive"])?;
    if whole["exhaustive"] != true {
        bail!("the exploration of {program} did not finish");
    }
    let number = |explored: &Value, field: &str| {
        explored[field].as_f64().with_context(|| format!("the report has no explored.{field}"))
    };
    let row = |measure: &str, value| Row {
        program: program.into(),
        measure: measure.into(),
        tool: "everyway".into(),
        value,
    };
    Ok(vec![
        row("executions_per_second", number(&walk, "executions")? / number(&walk, "seconds")?),
        row("executions_to_exhaust", number(&whole, "executions")?),
    ])
}

/// The `explored` of the report on a program.
fn explored(
    shell: &Shell,
    workspace: &Workspace,
    program: &str,
    options: &[&str],
) -> Result<Value> {
    let (everyway, python) = (workspace.everyway(), workspace.environment().python());
    let path = format!("benches/speed/{program}.py");
    let output = cmd!(
        shell,
        "{everyway} check {path} --python {python} --time 1m {options...} --format json"
    )
    .quiet()
    .ignore_status()
    .output()?;
    let report: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("checking {path} gave no JSON:\n{}", String::from_utf8_lossy(&output.stderr))
    })?;
    let unit = &report["units"][0];
    if unit["explored"].is_null() {
        bail!("{path} was not explored: {} {}", unit["verdict"], unit["message"]);
    }
    Ok(unit["explored"].clone())
}

fn racy_counter_of_rival(shell: &Shell, rival: &Environment) -> Result<Vec<Row>> {
    // It refuses to explore outside its own launcher.
    let (launcher, python) = (rival.program("frontrun"), rival.python());
    let answer = cmd!(shell, "{launcher} {python} benches/versus/frontrun.py")
        .quiet()
        .ignore_stderr()
        .read()?;
    rows_of(&answer)
}

/// What single steps cost, each beside its native counterpart, as the package measures them itself.
fn costs(shell: &Shell, workspace: &Workspace) -> Result<Vec<Row>> {
    let python = workspace.environment().python();
    let has =
        "import importlib.util, sys; sys.exit(importlib.util.find_spec('everyway.bench') is None)";
    if cmd!(shell, "{python} -c {has}").quiet().ignore_stderr().run().is_err() {
        return Ok(Vec::new());
    }
    rows_of(&cmd!(shell, "{python} -m everyway.bench --json").quiet().read()?)
}

fn guide(shell: &Shell, workspace: &Workspace, rounds: usize) -> Result<Vec<Row>> {
    let guide = std::env::var_os("EVERYWAY_GUIDE").map(PathBuf::from);
    let guide = guide.unwrap_or_else(|| workspace.root.join("../shared/guide/concurrency.md"));
    if !guide.is_file() {
        bail!("there is no guide at {}: set EVERYWAY_GUIDE", guide.display());
    }
    let (everyway, python) = (workspace.everyway(), workspace.environment().python());
    let mut rows = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        cmd!(shell, "{everyway} check {guide} --python {python} --format json")
            .quiet()
            .ignore_status()
            .output()?;
        rows.push(Row {
            program: "guide".into(),
            measure: "seconds".into(),
            tool: "everyway".into(),
            value: start.elapsed().as_secs_f64(),
        });
    }
    Ok(rows)
}

/// Reads the rows of an object of the contract's form, its last line if it printed more.
pub(crate) fn rows_of(answer: &str) -> Result<Vec<Row>> {
    let last = answer.lines().last().unwrap_or_default();
    let object: Value = serde_json::from_str(answer).or_else(|_| serde_json::from_str(last))?;
    let rows = object["rows"].as_array().context("there are no rows")?;
    rows.iter().map(|row| row_of(row).with_context(|| format!("this is no row: {row}"))).collect()
}

fn row_of(row: &Value) -> Option<Row> {
    let word = |field: &str| Some(row[field].as_str()?.to_owned());
    Some(Row {
        program: word("program")?,
        measure: word("measure")?,
        tool: word("tool")?,
        value: row["value"].as_f64()?,
    })
}

/// One row for each program, measure and tool, in the order of their first appearance.
fn medians(rows: Vec<Row>) -> Vec<Row> {
    let mut groups: Vec<(Row, Vec<f64>)> = Vec::new();
    for row in rows {
        let same = |(other, _): &&mut (Row, Vec<f64>)| {
            (&other.program, &other.measure, &other.tool) == (&row.program, &row.measure, &row.tool)
        };
        match groups.iter_mut().find(same) {
            Some((_, values)) => values.push(row.value),
            None => {
                let values = vec![row.value];
                groups.push((row, values));
            }
        }
    }
    groups.into_iter().map(|(row, values)| Row { value: median(values), ..row }).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}

fn print(name: &str, rows: &[Row], as_json: bool) {
    if as_json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| json!({ "program": row.program, "measure": row.measure, "tool": row.tool, "value": row.value }))
            .collect();
        println!("{:#}", json!({ "bench": name, "rows": rows }));
        return;
    }
    for row in rows {
        println!("{:20} {:24} {:24} {:>14.2}", row.program, row.measure, row.tool, row.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tool: &str, value: f64) -> Row {
        Row { program: "p".into(), measure: "m".into(), tool: tool.into(), value }
    }

    #[test]
    fn a_row_is_the_median_of_its_rounds() {
        let rows = medians(vec![
            row("a", 3.0),
            row("b", 1.0),
            row("a", 9.0),
            row("b", 2.0),
            row("a", 1.0),
        ]);
        let values: Vec<_> = rows.iter().map(|row| (row.tool.as_str(), row.value)).collect();
        assert_eq!(values, [("a", 3.0), ("b", 1.5)]);
    }

    #[test]
    fn rows_are_read_from_the_last_line_when_more_was_printed() {
        let rows = rows_of(
            "a banner\n{\"rows\": [{\"program\": \"p\", \"measure\": \"m\", \"tool\": \"t\", \"value\": 2}]}",
        );
        assert_eq!(rows.unwrap()[0].value, 2.0);
    }
}
