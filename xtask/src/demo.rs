//! The main job, shown on the project's own guide: each verdict beside the one that the guide says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::documents::{self, Block, Expectation};
use crate::places::Workspace;
use crate::setup;

const GUIDE: &str = "docs/guide/threads.md";
/// Without it the command takes `.venv`, and the replay lines are those that users get.
const OTHER_ENVIRONMENT: &str = "VIRTUAL_ENV";
const REPORT_BEGINS: &str = "<!-- report:begin -->";
const REPORT_ENDS: &str = "<!-- report:end -->";

/// Builds all, checks the guide, compares.
pub(crate) fn demo(shell: &Shell, workspace: &Workspace, update_readme: bool) -> Result<()> {
    setup::setup(shell, workspace)?;
    let everyway = setup::build_command(shell, workspace)?;
    if update_readme {
        fill_readme(shell, workspace, &everyway)?;
    }
    compare(shell, workspace)
}

/// Compares every guide's verdicts with those it says; the command and the extension are built.
pub(crate) fn compare(shell: &Shell, workspace: &Workspace) -> Result<()> {
    let mut wrong = 0;
    let mut all = 0;
    for guide in documents::guides(shell, workspace)? {
        let text = shell.read_file(&guide)?;
        let mut blocks = documents::blocks(&text);
        blocks.retain(|block| block.language == "python");
        if blocks.is_empty() {
            continue;
        }
        let guide = guide.strip_prefix(&workspace.root).unwrap_or(&guide).to_owned();
        let told = verdicts(shell, workspace, &guide)?;
        all += blocks.len();
        wrong += blocks.iter().filter(|block| !is_as_expected(&guide, block, &told)).count();
    }
    println!("{} of {all} verdicts are the expected ones", all - wrong);
    if wrong > 0 {
        bail!("{wrong} of {all} verdicts are not the expected ones");
    }
    Ok(())
}

fn is_as_expected(guide: &Path, block: &Block, told: &BTreeMap<u64, Expectation>) -> bool {
    let place = format!("{}:{}", guide.display(), block.line);
    let Some(expected) = block.expectation() else {
        println!("{place}  no `<!-- expect: … -->` follows the block");
        return false;
    };
    match told.get(&(block.line as u64)) {
        Some(verdict) if *verdict == expected => {
            println!("{place}  {verdict}");
            true
        }
        Some(verdict) => {
            println!("{place}  {verdict}, expected: {expected}");
            false
        }
        None => {
            println!("{place}  is not in the report, expected: {expected}");
            false
        }
    }
}

/// Shows the report, and gives the verdict of each unit by the line of its fence.
fn verdicts(
    shell: &Shell,
    workspace: &Workspace,
    guide: &Path,
) -> Result<BTreeMap<u64, Expectation>> {
    let everyway = workspace.everyway();
    let told = workspace.target.join("reports").join(guide).with_extension("json");
    // What an earlier call left must not stand for this one.
    shell.remove_path(&told)?;
    shell.create_dir(told.parent().unwrap_or(&workspace.target))?;
    println!("$ everyway check {}", guide.display());
    let formats = ["--format", "terminal", "--format", "json", "--output"];
    // Some blocks fail, as they are meant to.
    cmd!(shell, "{everyway} check {guide} {formats...} {told}")
        .env_remove(OTHER_ENVIRONMENT)
        .quiet()
        .ignore_status()
        .run()?;
    println!();
    let text = shell.read_file(&told).context("`everyway check` wrote no report")?;
    let report: Value = serde_json::from_str(&text).context("the report is no JSON")?;
    let units = report["units"].as_array().context("the report has no units")?;
    Ok(units.iter().filter_map(|unit| Some((unit["line"].as_u64()?, verdict(unit)?))).collect())
}

fn verdict(unit: &Value) -> Option<Expectation> {
    let failures = unit["failures"].as_array()?.iter();
    Some(Expectation {
        verdict: unit["verdict"].as_str()?.to_owned(),
        failures: failures
            .filter_map(|failure| failure["kind"].as_str())
            .map(String::from)
            .collect(),
    })
}

/// Puts what a person sees of the guide's first failure between the marks in README.md.
fn fill_readme(shell: &Shell, workspace: &Workspace, everyway: &Path) -> Result<()> {
    let guide = shell.read_file(workspace.root.join(GUIDE))?;
    let blocks = documents::blocks(&guide);
    let fails =
        |block: &&Block| block.expectation().is_some_and(|expected| expected.verdict == "failed");
    let block = blocks.iter().find(fails).context("no block of the guide is expected to fail")?;
    let target = format!("{GUIDE}:{}", block.line);
    let report = cmd!(shell, "{everyway} check {target}")
        .env_remove(OTHER_ENVIRONMENT)
        .quiet()
        .ignore_status()
        .read()?;

    let path: PathBuf = workspace.root.join("README.md");
    let readme = shell.read_file(&path)?;
    let (before, rest) =
        readme.split_once(REPORT_BEGINS).context("README.md has no report:begin")?;
    let (_, after) = rest.split_once(REPORT_ENDS).context("README.md has no report:end")?;
    let report = report.trim_end();
    let filled = format!(
        "{before}{REPORT_BEGINS}\n\n```text\n$ everyway check {target}\n{report}\n```\n\n{REPORT_ENDS}{after}"
    );
    shell.write_file(&path, filled)?;
    Ok(())
}
