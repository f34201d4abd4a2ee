//! Holds random programs to all laws, and prints the smallest that breaks one.
//!
//! `fuzz [--programs N] [--seed S] [--jobs J] [--nightly]`

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use everyway_engine::clock::ClockMode;
use everyway_model::generator::{self, Shape};
use everyway_model::laws::{Figures, Judge, Patience, Violation};
use everyway_model::minimiser::minimise;
use everyway_model::program::Program;

/// Every so many programs one has many interleavings.
const LARGE_EACH: u64 = 200;

struct Options {
    programs: u64,
    seed: u64,
    jobs: usize,
    nightly: bool,
}

/// What all programs so far amount to.
#[derive(Default)]
struct Sums {
    programs: u64,
    compared: u64,
    enumerated: u64,
    enormous: u64,
    huge: u64,
    interleavings: u64,
    classes: u64,
    results: u64,
    redundant: u64,
    mismatches: u64,
    stuck: u64,
    failed: u64,
    timed: u64,
    exact: u64,
    violations: BTreeMap<Violation, (u64, Program, ClockMode, u64)>,
}

impl Sums {
    fn add(&mut self, figures: &Figures, program: &Program, clock: ClockMode) {
        self.compared += u64::from(figures.compared);
        self.enumerated += u64::from(figures.interleavings > 0);
        self.enormous += u64::from(figures.compared && figures.orders >= 100_000);
        self.huge += u64::from(figures.interleavings >= 100_000);
        self.interleavings += figures.interleavings;
        self.classes += figures.classes;
        self.results += figures.results;
        self.redundant += figures.redundant;
        self.mismatches += figures.mismatches;
        self.stuck += u64::from(figures.stuck);
        self.failed += u64::from(figures.failed);
        self.timed += u64::from(program.is_timed());
        self.exact += u64::from(clock == ClockMode::Exact);
    }

    fn line(&self) -> String {
        let violations: Vec<String> = self
            .violations
            .iter()
            .map(|(violation, (count, ..))| format!("{violation:?} {count}"))
            .collect();
        let violations =
            if violations.is_empty() { "none".to_owned() } else { violations.join(", ") };
        format!(
            "{} programs: {} compared with the reference ({} of 10^5 interleavings or more), {} \
             enumerated ({} of as many); {} interleavings, {} classes, {} results; {} with deadlocks, {} with failures, {} \
             timed, {} where deadlines order; {} redundant, {} mismatches; violations: {violations}",
            self.programs,
            self.compared,
            self.enormous,
            self.enumerated,
            self.huge,
            self.interleavings,
            self.classes,
            self.results,
            self.stuck,
            self.failed,
            self.timed,
            self.exact,
            self.redundant,
            self.mismatches,
        )
    }
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let next = AtomicU64::new(0);
    let sums = Mutex::new(Sums::default());
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..options.jobs {
            scope.spawn(|| work(&options, &next, &sums));
        }
        let mut told = Instant::now();
        while next.load(Ordering::Relaxed) < options.programs {
            std::thread::park_timeout(Duration::from_millis(100));
            if told.elapsed() > Duration::from_secs(10) {
                told = Instant::now();
                if let Ok(sums) = sums.lock() {
                    eprintln!("{:.0} s: {}", start.elapsed().as_secs_f64(), sums.line());
                }
            }
        }
    });
    let Ok(sums) = sums.into_inner() else { return ExitCode::FAILURE };
    for (violation, (_, program, clock, seed)) in &sums.violations {
        println!("{violation:?} under {clock:?}, seed {seed}, the smallest program:\n{program}");
    }
    println!("{:.0} s: {}", start.elapsed().as_secs_f64(), sums.line());
    if sums.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn work(options: &Options, next: &AtomicU64, sums: &Mutex<Sums>) {
    let mut judge = Judge::default();
    loop {
        let count = next.fetch_add(1, Ordering::Relaxed);
        if count >= options.programs {
            return;
        }
        let seed = options.seed + count;
        let large = seed % LARGE_EACH == 7;
        // Of eight programs three have time limits, one for each clock.
        let shape = Shape { timed: matches!(seed % 8, 0 | 1 | 4), large, more: seed / 8 % 4 == 1 };
        let clock = match seed % 8 {
            0 => ClockMode::Exact,
            1 => ClockMode::Any,
            _ => ClockMode::Legal,
        };
        let patience = patience(large, options.nightly);
        let program = generator::program(seed, shape);
        let judged = judge.judge(&program, clock, &patience);
        let broken = judged.err().map(|violation| {
            let mut judge = Judge::default();
            let smallest = minimise(&program, |program| {
                program.ends_in_order()
                    && judge.judge(program, clock, &patience).err() == Some(violation)
            });
            (violation, smallest)
        });
        let Ok(mut sums) = sums.lock() else { return };
        sums.programs += 1;
        match broken {
            None => sums.add(&judged.unwrap_or_default(), &program, clock),
            Some((violation, smallest)) => note(&mut sums, violation, smallest, clock, seed),
        }
    }
}

fn note(sums: &mut Sums, violation: Violation, smallest: Program, clock: ClockMode, seed: u64) {
    let length = smallest.len();
    let known = sums.violations.get(&violation).map(|(_, program, ..)| program.len());
    if known.is_none_or(|known| length < known) {
        eprintln!("{violation:?} under {clock:?}, seed {seed}, {length} instructions:\n{smallest}");
        let count = sums.violations.get(&violation).map_or(0, |(count, ..)| *count);
        sums.violations.insert(violation, (count, smallest, clock, seed));
    }
    if let Some((count, ..)) = sums.violations.get_mut(&violation) {
        *count += 1;
    }
}

fn patience(large: bool, nightly: bool) -> Patience {
    let interleavings = if large { 1_000_000 } else { 3_000 };
    let more = if nightly { 4 } else { 1 };
    let (states, executions) = if large { (400_000, 30_000) } else { (10_000, 1_500) };
    Patience { states, interleavings: interleavings * more, executions: executions * more }
}

fn options() -> Result<Options, String> {
    let mut options = Options { programs: 100_000, seed: 0, jobs: 2, nightly: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().and_then(|value| value.parse::<u64>().ok());
            value.ok_or_else(|| format!("`{argument}` takes a number"))
        };
        match argument.as_str() {
            "--programs" => options.programs = number()?,
            "--seed" => options.seed = number()?,
            "--jobs" => options.jobs = number()?.max(1) as usize,
            "--nightly" => options.nightly = true,
            _ => return Err(format!("`{argument}` is no option of fuzz")),
        }
    }
    Ok(options)
}
