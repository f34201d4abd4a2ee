//! A worker as a process: its three pipes, its end.
//!
//! Every pipe has a thread of its own, so a worker that reads nothing, writes without end or leaves a
//! child behind never stops the command.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::error::CommandError;
use crate::interpreter::Interpreter;
use crate::interrupt;

/// So much of what a worker wrote on standard error is kept.
const STDERR_BYTES: usize = 64 << 10;
/// A longer line is no answer.
const LONGEST_LINE: u64 = 1 << 30;
/// How long a process that has closed its pipes may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// What the command waits for.
#[derive(Debug)]
pub(crate) enum Event {
    /// The worker of this number said something.
    Line { worker: u32, line: String },
    /// The worker of this number closed its standard output.
    Closed { worker: u32 },
    /// The user wants to stop.
    Interrupt,
}

/// A worker that was started.
#[derive(Debug)]
pub(crate) struct WorkerProcess {
    pub(crate) number: u32,
    child: Child,
    requests: Sender<String>,
    stderr: Receiver<String>,
}

impl WorkerProcess {
    pub(crate) fn start(
        interpreter: &Interpreter,
        number: u32,
        events: Sender<Event>,
    ) -> Result<WorkerProcess, CommandError> {
        let mut command = interpreter.command();
        command.args(["-m", "everyway.worker"]);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| interpreter.cannot_start(&error))?;
        interrupt::remember_worker(Some(child.id()));
        let (requests, to_write) = channel::<String>();
        let (told, stderr) = channel();
        if let Some(mut pipe) = child.stdin.take() {
            std::thread::spawn(move || {
                for request in to_write {
                    // A worker that is gone is noticed where its answer is missed.
                    if pipe.write_all(request.as_bytes()).and_then(|()| pipe.flush()).is_err() {
                        break;
                    }
                }
            });
        }
        if let Some(pipe) = child.stdout.take() {
            std::thread::spawn(move || pass_on_lines(pipe, number, &events));
        }
        if let Some(pipe) = child.stderr.take() {
            std::thread::spawn(move || told.send(last_of(pipe)));
        }
        Ok(WorkerProcess { number, child, requests, stderr })
    }

    /// Hands it a request, without waiting.
    pub(crate) fn send(&self, request: String) {
        // The writing thread is gone only if the worker is.
        let _ = self.requests.send(request);
    }

    pub(crate) fn interrupt(&self) {
        interrupt_process(self.child.id());
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    /// Waits for its end, or makes one; says how it ended and what it wrote on standard error.
    pub(crate) fn end(mut self, patience: Ending) -> (String, String) {
        let deadline = Instant::now() + FAREWELL;
        let mut status = None;
        while patience == Ending::ByItself && status.is_none() && Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Ok(ended) => status = ended,
                Err(_) => break,
            }
        }
        let end = match status {
            Some(status) => described(status),
            None => "was ended".to_owned(),
        };
        kill_group(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        interrupt::remember_worker(None);
        (end, self.stderr.recv_timeout(Duration::from_secs(1)).unwrap_or_default())
    }

    /// Lets it end by closing its standard input.
    pub(crate) fn dismiss(mut self) {
        let (gone, _) = channel();
        drop(std::mem::replace(&mut self.requests, gone));
        self.end(Ending::ByItself);
    }
}

/// Whether a worker is expected to end by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    ByItself,
    Killed,
}

fn pass_on_lines(pipe: impl Read, number: u32, events: &Sender<Event>) {
    let mut reader = BufReader::new(pipe);
    loop {
        let mut line = Vec::new();
        match reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        if events.send(Event::Line { worker: number, line }).is_err() {
            return;
        }
    }
    // Nobody listens only if the command has ended.
    let _ = events.send(Event::Closed { worker: number });
}

/// The end of what a pipe gives.
fn last_of(mut pipe: impl Read) -> String {
    let mut kept = Vec::new();
    let mut part = [0; 4096];
    while let Ok(count @ 1..) = pipe.read(&mut part) {
        kept.extend_from_slice(&part[..count]);
        let surplus = kept.len().saturating_sub(STDERR_BYTES);
        kept.drain(..surplus);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn described(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            4 => " (SIGILL)",
            6 => " (SIGABRT)",
            7 => " (SIGBUS)",
            8 => " (SIGFPE)",
            9 => " (SIGKILL)",
            11 => " (SIGSEGV)",
            15 => " (SIGTERM)",
            _ => "",
        };
        return format!("was ended by signal {signal}{name}");
    }
    match status.code() {
        Some(code) => format!("ended with exit status {code}"),
        None => "ended".to_owned(),
    }
}

#[cfg(unix)]
fn interrupt_process(process: u32) {
    send_signal(process, rustix::process::Signal::INT, rustix::process::kill_process);
}

#[cfg(unix)]
pub(crate) fn kill_group(process: u32) {
    send_signal(process, rustix::process::Signal::KILL, rustix::process::kill_process_group);
}

#[cfg(unix)]
fn send_signal(
    process: u32,
    signal: rustix::process::Signal,
    send: fn(rustix::process::Pid, rustix::process::Signal) -> rustix::io::Result<()>,
) {
    if let Some(pid) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) {
        // A process that is gone already needs no signal.
        let _ = send(pid, signal);
    }
}

#[cfg(not(unix))]
fn interrupt_process(_: u32) {}

#[cfg(not(unix))]
pub(crate) fn kill_group(_: u32) {}
