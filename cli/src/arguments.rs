//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use everyway_protocol::report::Clock;

const EXAMPLES: &str = "\
Examples:
  everyway check orders.py                 one program
  everyway check guide.md                   every code block of a guide
  everyway check guide.md:120               the one block there
  everyway check src --time 1m              a folder, a minute for each file
  everyway check -m app.queue -- --fast     a module, with arguments of its own
  everyway check src --format json --output report.json --format terminal
  everyway replay orders.py --schedule ew1:…
  everyway replay report.json#orders.py/failures/0

Checking runs the code, many times. Check code that you do not trust in a container.

Exit status: 0 nothing failed, 1 a unit failed, 2 a unit is an error or the command could not
do its work, 130 interrupted (with the report of what was done so far).";

const CHECK_EXAMPLES: &str = "\
Verdicts:
  proved       every schedule was looked at, and none fails
  passed       none of the schedules looked at fails; the report says which those were
  failed       a schedule fails; the report shows it and how to replay it
  error        it fails without any concurrency, too
  definitions  nothing ran but definitions
  unsupported  it uses something that everyway does not control

Examples:
  everyway check orders.py --executions 1000       a report that can be repeated exactly
  everyway check guide.md --prelude common.py       code that every block needs
  everyway check src --format json | jq .summary";

const REPLAY_EXAMPLES: &str = "\
Examples:
  everyway replay orders.py --schedule ew1:…
  everyway replay guide.md:120 --schedule ew1:…
  everyway replay report.json#guide.md:120/failures/0
  everyway replay report.json#orders.py/results/2";

/// Runs concurrent programs under every schedule that matters
#[derive(Debug, Parser)]
#[command(name = "everyway", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run each target under every schedule that matters
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<CheckOptions>),
    /// Run one recorded schedule again, step by step
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay(Box<ReplayOptions>),
    /// (later) Invent concurrent uses of functions and classes, then check them
    Probe(Rest),
    /// (later) Write a report as one self-contained HTML page
    Show(Rest),
}

/// Whatever follows the name of a command that is not there yet.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Rest {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    _words: Vec<String>,
}

/// What decides how a program behaves, in a check and in a replay alike.
#[derive(Clone, Debug, Args)]
pub(crate) struct ProgramOptions {
    /// Seed of the random strategies [default: 0]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How time passes: `legal` (running code may take any time), `exact` (it takes none) or `any`
    /// (timers end in any order) [default: legal]
    #[arg(long, value_name = "NAME", value_parser = clock)]
    pub(crate) clock: Option<Clock>,
    /// Instrument an installed package as your own code
    #[arg(long, value_name = "PACKAGE")]
    pub(crate) include: Vec<String>,
    /// Code that runs before every block of its language in a guide
    #[arg(long, value_name = "FILE")]
    pub(crate) prelude: Option<PathBuf>,
    /// Blocks of a guide do not see the definitions of earlier blocks
    #[arg(long)]
    pub(crate) standalone: bool,
    /// The order of lines printed by different tasks is part of the result
    #[arg(long)]
    pub(crate) output_order: bool,
    /// The Python to run the code with [default: the active virtual environment's, else the nearest
    /// `.venv` in the working folder or above, else `python3` from PATH]
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) later: LaterOptions,
}

/// Options whose names are kept free for later versions.
#[derive(Clone, Debug, Args)]
pub(crate) struct LaterOptions {
    #[arg(long, hide = true, value_name = "PATH")]
    node: Option<PathBuf>,
    #[arg(long, hide = true)]
    web: bool,
    #[arg(long, hide = true, value_name = "DIR")]
    allow_write: Vec<PathBuf>,
    #[arg(long, hide = true, value_name = "KIND")]
    fail_on: Vec<String>,
}

impl LaterOptions {
    /// The first of them that was used, as an error.
    fn refuse(&self) -> Result<(), String> {
        let used = [
            ("--node", self.node.is_some()),
            ("--web", self.web),
            ("--allow-write", !self.allow_write.is_empty()),
            ("--fail-on", !self.fail_on.is_empty()),
        ];
        match used.iter().find(|(_, is_used)| *is_used) {
            Some((name, _)) => Err(format!("`{name}` comes later: this version does not have it")),
            None => Ok(()),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// A file, a folder, or FILE:LINE for the one block or function there
    #[arg(value_name = "TARGET", required_unless_present = "modules")]
    pub(crate) targets: Vec<String>,
    /// A module by its name, as in `python -m`
    #[arg(short = 'm', value_name = "MODULE")]
    pub(crate) modules: Vec<String>,
    /// The program's own arguments, after a single target
    #[arg(last = true, value_name = "ARG")]
    pub(crate) arguments: Vec<String>,
    /// Budget for one unit, like `500ms`, `10s`, `5m`
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = crate::duration::parse)]
    pub(crate) time: Duration,
    /// At most so many executions of one unit; makes a report repeatable
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) executions: Option<u64>,
    /// How schedules are chosen: `auto`, `exhaustive` or `walk`
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = strategy)]
    pub(crate) strategy: String,
    /// Worker processes; this version uses one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) jobs: Option<u32>,
    /// A unit that is `unsupported` counts as an error
    #[arg(long)]
    pub(crate) strict: bool,
    /// How to write the report: `terminal` or `json`; can be given several times [default: terminal]
    #[arg(long, value_name = "NAME", value_parser = format)]
    pub(crate) format: Vec<&'static everyway_report::Format>,
    /// Write the report of the `--format` beside it to a file; can be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) program: ProgramOptions,
    /// Where `--format` and `--output` stood, which tells which belong together.
    #[arg(skip)]
    pub(crate) places: Places,
}

/// Where `--format` and `--output` stood on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) format: Vec<usize>,
    pub(crate) output: Vec<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayOptions {
    /// REPORT.json#UNIT/failures/N, REPORT.json#UNIT/results/N, or a target with `--schedule`
    #[arg(value_name = "WHAT", required_unless_present = "module")]
    pub(crate) what: Option<String>,
    /// A module by its name, as in `python -m`
    #[arg(short = 'm', value_name = "MODULE")]
    pub(crate) module: Option<String>,
    /// The schedule token of a report
    #[arg(long, value_name = "TOKEN")]
    pub(crate) schedule: Option<String>,
    /// The program's own arguments
    #[arg(last = true, value_name = "ARG")]
    pub(crate) arguments: Vec<String>,
    #[command(flatten)]
    pub(crate) program: ProgramOptions,
}

impl Arguments {
    /// The arguments of this process.
    pub(crate) fn of_process() -> Result<Arguments, clap::Error> {
        let matches = Arguments::command().try_get_matches()?;
        let mut arguments = Arguments::from_arg_matches(&matches)?;
        let later = match &arguments.command {
            Command::Check(options) => options.program.later.refuse(),
            Command::Replay(options) => options.program.later.refuse(),
            Command::Probe(_) | Command::Show(_) => Ok(()),
        };
        later
            .map_err(|message| Arguments::command().error(ErrorKind::ArgumentConflict, message))?;
        if let (Command::Check(options), Some(check)) =
            (&mut arguments.command, matches.subcommand_matches("check"))
        {
            let places = |id| check.indices_of(id).map(Iterator::collect).unwrap_or_default();
            options.places = Places { format: places("format"), output: places("output") };
        }
        Ok(arguments)
    }
}

fn strategy(name: &str) -> Result<String, String> {
    match name {
        "auto" | "exhaustive" | "walk" => Ok(name.to_owned()),
        "urw" | "pct" | "pos" | "surw" | "portfolio" => {
            Err("comes later: this version has `auto`, `exhaustive` and `walk`".to_owned())
        }
        _ => Err("there is no such strategy: there are `auto`, `exhaustive` and `walk`".to_owned()),
    }
}

fn clock(name: &str) -> Result<Clock, String> {
    match name {
        "legal" => Ok(Clock::Legal),
        "exact" => Ok(Clock::Exact),
        "any" => Ok(Clock::Any),
        _ => Err("there is no such clock: there are `legal`, `exact` and `any`".to_owned()),
    }
}

fn format(name: &str) -> Result<&'static everyway_report::Format, String> {
    everyway_report::format(name).ok_or_else(|| match name {
        "junit" | "sarif" | "html" => {
            "comes later: this version has `terminal` and `json`".to_owned()
        }
        _ => "there is no such format: there are `terminal` and `json`".to_owned(),
    })
}
