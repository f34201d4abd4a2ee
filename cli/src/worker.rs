//! What the command line and a front-end's worker say to each other, one JSON object a line.
//!
//! `WORKER.md` tells the same to those who write a worker.

use std::sync::Arc;

use everyway_protocol::report::{Clock, Language, Step, Unit};
use everyway_targets::{TargetUnit, UnitKind};
use serde::{Deserialize, Serialize};

/// What the worker is asked.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Request {
    Check(Program),
    Replay(Replay),
}

/// A unit, and how to check it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Program {
    pub(crate) unit: RequestedUnit,
    pub(crate) carried: Vec<Carried>,
    pub(crate) prelude: Option<Arc<str>>,
    pub(crate) settings: Settings,
}

/// One recorded schedule of a unit.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Replay {
    #[serde(flatten)]
    pub(crate) program: Program,
    pub(crate) schedule: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct RequestedUnit {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) line: u32,
    pub(crate) language: Language,
    pub(crate) kind: RequestedKind,
    pub(crate) source: Arc<str>,
    pub(crate) module: Option<String>,
    pub(crate) arguments: Vec<String>,
    pub(crate) definition_line: Option<u32>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RequestedKind {
    File,
    Block,
}

/// An earlier block of the same guide, whose definitions stay visible.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Carried {
    pub(crate) line: u32,
    pub(crate) source: Arc<str>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Settings {
    pub(crate) time_seconds: f64,
    pub(crate) executions: Option<u64>,
    pub(crate) strategy: String,
    pub(crate) seed: u64,
    pub(crate) clock: Clock,
    pub(crate) output_order: bool,
    pub(crate) include: Vec<String>,
}

/// What the worker says.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    Hello(Hello),
    Progress(Progress),
    Unit(Box<Unit>),
    Replayed(Box<Replayed>),
}

/// The worker's first line.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Hello {
    pub(crate) everyway: String,
    pub(crate) runtime: String,
}

/// How far the unit at hand is.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Progress {
    pub(crate) executions: u64,
    pub(crate) classes: u64,
    pub(crate) share: Option<f64>,
    pub(crate) failures: u64,
    pub(crate) phase: String,
}

/// One execution, told step by step.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Replayed {
    pub(crate) unit: Unit,
    pub(crate) steps: Vec<Step>,
    pub(crate) outcome: String,
}

impl Program {
    pub(crate) fn new(target: &TargetUnit, standalone: bool, settings: &Settings) -> Program {
        let carried = if standalone { &[] } else { target.earlier.as_slice() };
        Program {
            unit: RequestedUnit::new(target),
            carried: carried
                .iter()
                .map(|block| Carried { line: block.line, source: Arc::clone(&block.source) })
                .collect(),
            prelude: None,
            settings: settings.clone(),
        }
    }
}

impl RequestedUnit {
    fn new(target: &TargetUnit) -> RequestedUnit {
        RequestedUnit {
            id: target.id.clone(),
            name: target.name.clone(),
            path: target.path.clone(),
            line: target.line,
            language: target.language,
            kind: match target.kind {
                UnitKind::File => RequestedKind::File,
                UnitKind::Block => RequestedKind::Block,
            },
            source: Arc::clone(&target.source),
            module: target.module.clone(),
            arguments: Vec::new(),
            definition_line: target.definition_line,
        }
    }
}
