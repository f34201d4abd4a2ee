//! What one does with this repository: `cargo xtask demo`, `cargo xtask test` and their parts.

mod bench;
mod demo;
mod documents;
mod engine_bench;
mod fuzz;
mod interpreters;
mod mutants;
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
    /// Hold random programs to an independent reference, and print the smallest that breaks a law.
    Fuzz {
        /// How many programs.
        #[arg(long, default_value_t = 100_000)]
        programs: u64,
        /// The number of the first one.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// How many at a time.
        #[arg(long, default_value_t = 2)]
        jobs: usize,
        /// Larger programs, and the published counts that take longer.
        #[arg(long)]
        nightly: bool,
    },
    /// Check that each deliberate fault of the search fails a test.
    Mutants,
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
        Task::Fuzz { programs, seed, jobs, nightly } => {
            fuzz::fuzz(&shell, programs, seed, jobs, nightly)
        }
        Task::Mutants => mutants::mutants(&shell, &workspace),
        Task::Layout => test::layout(&shell),
        Task::Schema => test::write_schema(&shell),
    }
}
