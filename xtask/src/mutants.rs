//! Deliberate faults of the search: each must fail a test.
//!
//! A fault is a text of the engine and what takes its place, in a file of `benches/mutants`. The checkout
//! is copied below `target`, so that nothing of it changes.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use crate::places::Workspace;

/// The tests that have to notice: quick ones.
const TESTS: &[&str] = &["counts", "findings", "laws"];

/// One deliberate fault.
struct Mutant {
    name: String,
    file: String,
    right: String,
    wrong: String,
}

/// Applies each fault to a copy of the checkout and runs the tests, which must fail.
pub(crate) fn mutants(shell: &Shell, workspace: &Workspace) -> Result<()> {
    let folder = workspace.target.join("mutants");
    let copy = folder.join("copy");
    shell.remove_path(&copy)?;
    shell.create_dir(&copy)?;
    let files = cmd!(shell, "git ls-files --cached --others --exclude-standard").quiet().read()?;
    for file in files.lines().filter(|file| is_needed(file)) {
        let from = workspace.root.join(file);
        if let Some(parent) = copy.join(file).parent() {
            shell.create_dir(parent)?;
        }
        if from.is_file() {
            shell.copy_file(from, copy.join(file))?;
        }
    }
    let mut survivors = Vec::new();
    let mut paths = shell.read_dir(workspace.root.join("benches/mutants"))?;
    paths.sort();
    for path in paths {
        let mutant = parse(&shell.read_file(&path)?).with_context(|| path.display().to_string())?;
        let place = copy.join(&mutant.file);
        let text = shell.read_file(&place)?;
        if text.matches(&mutant.right).count() != 1 {
            bail!("{}: {} does not have the text to replace once", mutant.name, mutant.file);
        }
        shell.write_file(&place, text.replacen(&mutant.right, &mutant.wrong, 1))?;
        let caught = caught_by(shell, &copy, &folder)?;
        shell.write_file(&place, &text)?;
        match caught {
            Some(test) => println!("{}: caught by {test}", mutant.name),
            None => {
                println!("{}: NOT CAUGHT", mutant.name);
                survivors.push(mutant.name);
            }
        }
    }
    if survivors.is_empty() { Ok(()) } else { bail!("not caught: {}", survivors.join("; ")) }
}

/// The first test that fails. A fault that does not compile is none.
fn caught_by(
    shell: &Shell,
    copy: &std::path::Path,
    folder: &std::path::Path,
) -> Result<Option<&'static str>> {
    let (manifest, target) = (copy.join("Cargo.toml"), folder.join("target"));
    let cargo = || {
        let base = ["--quiet", "--release", "--package", "everyway-model"];
        cmd!(shell, "cargo test {base...} --manifest-path {manifest} --target-dir {target}")
            // Quicker to build than a release.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2")
            .quiet()
            .ignore_stdout()
            .ignore_stderr()
    };
    cargo().arg("--no-run").run().context("the fault does not compile")?;
    for test in TESTS {
        if cargo().args(["--test", test]).run().is_err() {
            return Ok(Some(test));
        }
    }
    Ok(None)
}

/// The workspace's crates, whose manifests must be there even where they are not built.
fn is_needed(file: &str) -> bool {
    !file.starts_with("docs/") && !file.starts_with("programs/")
}

/// A mutant's file: its name, the file it changes, the right text and the wrong one, under headings.
fn parse(text: &str) -> Option<Mutant> {
    let (head, rest) = text.split_once("\n--- right\n")?;
    let (right, wrong) = rest.split_once("\n--- wrong\n")?;
    let (name, file) = head.split_once('\n')?;
    Some(Mutant {
        name: name.to_owned(),
        file: file.trim().to_owned(),
        right: right.to_owned(),
        wrong: wrong.strip_suffix('\n').unwrap_or(wrong).to_owned(),
    })
}
