//! What a check and a replay share: from options and a target to what the worker is asked.

use std::sync::Arc;
use std::time::Duration;

use everyway_protocol::report::{Clock, Explored, Language, OutputOrders, Unit, Verdict};
use everyway_report::{ReplayCommand, shell_word};
use everyway_targets::{TargetUnit, UnitKind};
use sha2::{Digest as _, Sha256};

use crate::arguments::ProgramOptions;
use crate::error::{CommandError, reason};
use crate::worker::{Program, Settings};

/// The code that runs before every block of its language.
#[derive(Clone, Debug)]
pub(crate) struct Prelude {
    language: Language,
    source: Arc<str>,
}

impl Prelude {
    pub(crate) fn read(options: &ProgramOptions) -> Result<Option<Prelude>, CommandError> {
        let Some(file) = &options.prelude else { return Ok(None) };
        let Some(language) = everyway_targets::language_of_file(file) else {
            return Err(CommandError::Usage(format!(
                "the language of the prelude `{}` is not known: it would end in .py, .js, .ts or .rs",
                file.display()
            )));
        };
        let source = std::fs::read_to_string(file).map_err(|error| {
            CommandError::Usage(format!(
                "the prelude `{}` cannot be read: {}",
                file.display(),
                reason(&error)
            ))
        })?;
        Ok(Some(Prelude { language, source: Arc::from(source) }))
    }

    fn is_for(&self, target: &TargetUnit) -> bool {
        target.kind == UnitKind::Block && self.language.shares_definitions_with(target.language)
    }
}

/// What the worker is asked about a unit.
pub(crate) fn request(
    target: &TargetUnit,
    arguments: &[String],
    options: &ProgramOptions,
    prelude: Option<&Prelude>,
    settings: &Settings,
) -> Program {
    let mut program = Program::new(target, options.standalone, settings);
    program.unit.arguments = arguments.to_vec();
    program.prelude =
        prelude.filter(|prelude| prelude.is_for(target)).map(|prelude| Arc::clone(&prelude.source));
    program
}

/// The settings that a check and a replay share.
pub(crate) fn settings(
    options: &ProgramOptions,
    time: Duration,
    seed: u64,
    clock: Clock,
) -> Settings {
    Settings {
        time_seconds: time.as_secs_f64(),
        executions: None,
        strategy: "auto".to_owned(),
        seed,
        clock,
        output_order: options.output_order,
        include: options.include.clone(),
    }
}

/// Why no front-end runs this unit, if so.
pub(crate) fn without_front_end(target: &TargetUnit) -> Option<String> {
    match target.language {
        Language::Python => None,
        other => Some(format!(
            "{} at line {} is not checked by this version",
            other.title(),
            target.line
        )),
    }
}

/// A unit that no worker has answered for.
pub(crate) fn unanswered(target: &TargetUnit, verdict: Verdict, message: String) -> Unit {
    Unit {
        id: target.id.clone(),
        name: target.name.clone(),
        path: target.path.clone(),
        line: target.line,
        language: target.language,
        runtime: None,
        source_hash: source_hash(target),
        verdict,
        message: Some(message),
        explored: Explored::default(),
        assumptions: Vec::new(),
        results_complete: false,
        results: Vec::new(),
        output_orders: OutputOrders::default(),
        failures: Vec::new(),
        notes: Vec::new(),
    }
}

/// A worker's unit with what the command line knows better.
pub(crate) fn completed(mut unit: Unit, target: &TargetUnit, runtime: Option<&str>) -> Unit {
    unit.id.clone_from(&target.id);
    unit.name.clone_from(&target.name);
    unit.path.clone_from(&target.path);
    unit.line = target.line;
    unit.language = target.language;
    unit.source_hash = source_hash(target);
    unit.runtime = unit.runtime.or_else(|| runtime.map(str::to_owned));
    if unit.message.is_none() && matches!(unit.verdict, Verdict::Error | Verdict::Unsupported) {
        unit.message = Some("the front-end gave no reason".to_owned());
    }
    unit
}

/// SHA-256 of the unit's own text.
pub(crate) fn source_hash(target: &TargetUnit) -> String {
    Sha256::digest(target.source.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How to say the command that replays a schedule of these units.
pub(crate) fn replay_command(
    options: &ProgramOptions,
    arguments: &[String],
    units: &[TargetUnit],
) -> ReplayCommand {
    let mut words: Vec<String> = Vec::new();
    let mut option = |name: &str, value: Option<String>| {
        words.push(name.to_owned());
        words.extend(value.map(|value| shell_word(&value)));
    };
    if let Some(seed) = options.seed.filter(|seed| *seed != 0) {
        option("--seed", Some(seed.to_string()));
    }
    if let Some(clock) = options.clock.filter(|clock| *clock != Clock::Legal) {
        option("--clock", Some(clock.name().to_owned()));
    }
    for package in &options.include {
        option("--include", Some(package.clone()));
    }
    if let Some(file) = &options.prelude {
        option("--prelude", Some(file.to_string_lossy().into_owned()));
    }
    if options.standalone {
        option("--standalone", None);
    }
    if options.output_order {
        option("--output-order", None);
    }
    if let Some(python) = &options.python {
        option("--python", Some(python.to_string_lossy().into_owned()));
    }
    let modules = units.iter().filter_map(|unit| Some((unit.id.clone(), unit.module.as_ref()?)));
    ReplayCommand {
        options: words.iter().map(|word| format!("{word} ")).collect(),
        targets: modules.map(|(id, module)| (id, format!("-m {}", shell_word(module)))).collect(),
        arguments: if arguments.is_empty() {
            String::new()
        } else {
            let words = arguments.iter().map(|argument| format!(" {}", shell_word(argument)));
            format!(" --{}", words.collect::<String>())
        },
    }
}
