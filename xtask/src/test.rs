//! Every test in every language: Rust's, the Python package's on each CPython here, the documents'.

use std::thread;
use std::time::Instant;

use anyhow::{Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::interpreters::{self, Interpreter};
use crate::places::{Environment, Workspace};
use crate::setup::{self, Stamp};
use crate::{demo, documents};

/// So many interpreters are tested at the same time.
const AT_ONCE: usize = 2;

/// Builds all, runs all, and only then fails, naming the parts that did.
pub(crate) fn test(shell: &Shell, workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    let interpreter = setup::setup(shell, workspace)?;
    setup::build_command(shell, workspace)?;
    println!("set up and built in {:.0} s", start.elapsed().as_secs_f64());

    let mut parts = Parts::default();
    parts.run("Rust tests", || Ok(cmd!(shell, "cargo test").quiet().run()?));
    parts.run(&format!("Python tests on {interpreter}"), || {
        python_tests(shell, workspace, &workspace.environment())
    });
    other_python_tests(shell, workspace, &interpreter, &mut parts);
    parts.run("verdicts of the documents", || demo::compare(shell, workspace));
    parts.run("commands of the documents", || documents::check_commands(shell, workspace));
    parts.end()
}

/// Which crate depends on which, and the version they share.
pub(crate) fn layout(shell: &Shell) -> Result<()> {
    Ok(cmd!(shell, "cargo test --package xtask --test layout").quiet().run()?)
}

/// The schema of the report, written anew from its types by the test that compares the two.
pub(crate) fn write_schema(shell: &Shell) -> Result<()> {
    cmd!(shell, "cargo test --quiet --package everyway-protocol --test report_schema")
        .env("EVERYWAY_REGENERATE", "1")
        .quiet()
        .run()?;
    println!("protocol/schema/report.json is what the types say");
    Ok(())
}

/// What was run so far, and what of it failed.
#[derive(Default)]
struct Parts {
    failed: Vec<String>,
}

impl Parts {
    fn run(&mut self, name: &str, part: impl FnOnce() -> Result<()>) {
        println!("\n== {name}");
        let start = Instant::now();
        match part() {
            Ok(()) => println!("{name}: passed in {:.0} s", start.elapsed().as_secs_f64()),
            Err(error) => {
                println!("{name}: failed: {error:#}");
                self.failed.push(name.to_owned());
            }
        }
    }

    /// A part that was run beside others, with what it said.
    fn done(&mut self, name: &str, output: &str, seconds: f64, passed: bool) {
        println!("\n== {name}\n{output}");
        if passed {
            println!("{name}: passed in {seconds:.0} s");
        } else {
            println!("{name}: failed");
            self.failed.push(name.to_owned());
        }
    }

    fn end(self) -> Result<()> {
        if !self.failed.is_empty() {
            bail!("failed: {}", self.failed.join(", "));
        }
        println!("\nall parts passed");
        Ok(())
    }
}

fn python_tests(shell: &Shell, workspace: &Workspace, environment: &Environment) -> Result<()> {
    Ok(pytest(shell, workspace, environment).run()?)
}

fn pytest<'a>(shell: &'a Shell, workspace: &Workspace, environment: &Environment) -> Cmd<'a> {
    let tests = workspace.python_front_end().join("tests");
    let python = environment.python();
    // The tests start the command with the interpreter that they run in themselves.
    cmd!(shell, "{python} -m pytest --quiet {tests}")
        .env("EVERYWAY_COMMAND", workspace.everyway())
        .env("VIRTUAL_ENV", &environment.folder)
        .quiet()
}

/// The same on every other interpreter, some at a time; each tells what it said when it is done.
fn other_python_tests(shell: &Shell, workspace: &Workspace, main: &Interpreter, parts: &mut Parts) {
    let mut ready = Vec::new();
    for other in interpreters::other_interpreters(shell, main) {
        let name = format!("Python tests on {other}");
        match installed_into(shell, workspace, &other) {
            Ok(environment) => ready.push((name, environment)),
            Err(error) => parts.done(&name, &format!("{error:#}"), 0.0, false),
        }
    }
    for some in ready.chunks(AT_ONCE) {
        let run = |environment| {
            let start = Instant::now();
            let (output, passed) = captured_python_tests(workspace, environment)
                .unwrap_or_else(|error| (format!("{error:#}"), false));
            (output, start.elapsed().as_secs_f64(), passed)
        };
        let told: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> =
                some.iter().map(|(_, environment)| scope.spawn(move || run(environment))).collect();
            running.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        for ((name, _), told) in some.iter().zip(told) {
            let (output, seconds, passed) =
                told.unwrap_or_else(|_| ("the part panicked".into(), 0.0, false));
            parts.done(name, &output, seconds, passed);
        }
    }
}

/// What the tests said, and whether they passed.
fn captured_python_tests(
    workspace: &Workspace,
    environment: &Environment,
) -> Result<(String, bool)> {
    let shell = workspace.shell()?;
    let output = pytest(&shell, workspace, environment).ignore_status().output()?;
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    Ok((text.concat(), output.status.success()))
}

/// An environment of its own for another interpreter, with the wheel that all of them share.
fn installed_into(
    shell: &Shell,
    workspace: &Workspace,
    interpreter: &Interpreter,
) -> Result<Environment> {
    let folder =
        workspace.target.join("environments").join(format!("cpython-3.{}", interpreter.minor));
    let environment = Environment { folder };
    shell.create_dir(workspace.target.join("environments"))?;
    setup::install(shell, &environment, interpreter, &setup::requirements(workspace, &["test"])?)?;

    let sources = setup::wheel_sources(shell, workspace)?;
    let stamp = Stamp::new(&environment.folder, "wheel", &sources);
    if !stamp.is_current() {
        let wheel = setup::build_wheel(shell, workspace)?;
        let arguments = ["--force-reinstall", "--no-deps"].map(String::from).into_iter();
        let arguments: Vec<String> = arguments.chain([wheel.display().to_string()]).collect();
        setup::pip_install(shell, &environment, &arguments)?;
        stamp.write()?;
    }
    Ok(environment)
}
