//! The command `everyway`: starts the user's interpreter, shares out the work, tells the verdict.

#![forbid(unsafe_code)]

mod arguments;
mod check;
mod duration;
mod error;
mod interpreter;
mod interrupt;
mod outputs;
mod process;
mod program;
mod progress;
mod replay;
mod session;
mod worker;

use std::process::ExitCode;

use crate::arguments::{Arguments, Command};
use crate::error::{CommandError, complain};

/// How the command ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Nothing failed.
    Well,
    /// A unit failed.
    Failed,
    /// A unit is an `error`, or the command could not do its work.
    Error,
    /// The user interrupted it.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Well => 0,
            Exit::Failed => 1,
            Exit::Error => 2,
            Exit::Interrupted => 130,
        })
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::of_process() {
        Ok(arguments) => arguments,
        Err(error) => {
            // `--help` and `--version` come this way too, with status 0. A closed pipe is an error.
            let told = error.print().is_ok();
            let exit = if told && error.exit_code() == 0 { Exit::Well } else { Exit::Error };
            return exit.into();
        }
    };
    let done = match arguments.command {
        Command::Check(options) => check::run(&options),
        Command::Replay(options) => replay::run(&options),
        Command::Probe(_) => Err(CommandError::later("probe")),
        Command::Show(_) => Err(CommandError::later("show")),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(&error.to_string());
            Exit::Error.into()
        }
    }
}
