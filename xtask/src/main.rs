//! What one does with this repository: `cargo xtask demo`, `cargo xtask test` and their parts.

mod bench;
mod demo;
mod documents;
mod interpreters;
mod places;
mod setup;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::places::Workspace;

#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", about = "What one does with this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make .venv with the tools, and build the Python extension into it.
    Setup,
    /// Build all and check the project's own guide; fails unless every verdict is the expected one.
    Demo {
        /// Put the report of the guide's first failure into README.md.
        #[arg(long)]
        update_readme: bool,
    },
    /// Build all and run every test in every language.
    Test,
    /// Measure, each row beside its rival in the same run.
    Bench {
        #[arg(value_enum)]
        name: bench::Bench,
        /// Print one JSON object instead of a table.
        #[arg(long)]
        json: bool,
        /// How often the tools take turns.
        #[arg(long, default_value_t = 5)]
        rounds: usize,
    },
    /// Check which crate depends on which, and the version they share.
    Layout,
    /// Write the JSON schema of the report to protocol/schema/.
    Schema,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    let shell = workspace.shell()?;
    match task {
        Task::Setup => setup::setup(&shell, &workspace).map(|_| ()),
        Task::Demo { update_readme } => demo::demo(&shell, &workspace, update_readme),
        Task::Test => test::test(&shell, &workspace),
        Task::Bench { name, json, rounds } => bench::bench(&shell, &workspace, name, json, rounds),
        Task::Layout => test::layout(&shell),
        Task::Schema => test::write_schema(&shell),
    }
}
