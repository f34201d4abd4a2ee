//! The engine on model programs, beside the prototype of `../shared`, which is built where it is there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::bench::{Row, rows_of};
use crate::places::Workspace;

const PROTOTYPE: &str = "../shared/prototypes/engine";

pub(crate) fn engine(shell: &Shell, workspace: &Workspace, rounds: usize) -> Result<Vec<Row>> {
    cmd!(shell, "cargo build --quiet --release --package everyway-model --bin bench")
        .quiet()
        .run()?;
    let own = workspace.target.join("release/bench");
    let rival = prototype(shell, workspace)?;
    if rival.is_none() {
        eprintln!("there is no {PROTOTYPE}: the prototype is not measured");
    }
    let mut rows = Vec::new();
    for _ in 0..rounds {
        rows.extend(rows_of(&cmd!(shell, "{own}").quiet().read()?)?);
        if let Some(rival) = &rival {
            rows.extend(rows_of(&cmd!(shell, "{rival}").quiet().read()?)?);
        }
    }
    Ok(rows)
}

/// The prototype's sources with a `main` of ours, built below `target`.
fn prototype(shell: &Shell, workspace: &Workspace) -> Result<Option<PathBuf>> {
    let sources = std::env::var_os("EVERYWAY_PROTOTYPE").map(PathBuf::from);
    let sources = sources.unwrap_or_else(|| workspace.root.join(PROTOTYPE));
    if !sources.join("Cargo.toml").is_file() {
        return Ok(None);
    }
    let folder = workspace.target.join("prototype");
    shell.create_dir(folder.join("src"))?;
    let manifest = shell.read_file(sources.join("Cargo.toml"))?;
    // A workspace of its own, below ours.
    shell.write_file(folder.join("Cargo.toml"), manifest + "\n[workspace]\n")?;
    for file in ["engine", "par", "progs", "rnd", "vm"] {
        let name = format!("src/{file}.rs");
        shell.write_file(folder.join(&name), shell.read_file(sources.join(&name))?)?;
    }
    let main = Path::new("benches/versus/prototype.rs");
    let main = fs::read_to_string(workspace.root.join(main)).context("reading our main")?;
    shell.write_file(folder.join("src/main.rs"), main)?;
    let (manifest, target) = (folder.join("Cargo.toml"), folder.join("target"));
    cmd!(shell, "cargo build --quiet --release --manifest-path {manifest} --target-dir {target}")
        .env("RUSTFLAGS", "-Awarnings")
        .quiet()
        .run()?;
    Ok(Some(target.join("release/spike")))
}
