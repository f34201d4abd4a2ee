//! One worker after the other, asked about one unit after the other.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::error::CommandError;
use crate::interpreter::Interpreter;
use crate::interrupt;
use crate::process::{Ending, Event, WorkerProcess};
use crate::worker::{Answer, Hello, Progress, Request};

/// How long a worker may be silent beyond its budget.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a worker may take to say hello.
const GREETING: Duration = Duration::from_secs(60);
/// How long a worker may take to tell what it has, once interrupted.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// How often a silent worker is looked at: one whose child holds its pipe open ends unheard.
const LOOK: Duration = Duration::from_millis(500);

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The worker's answer.
    Answered(Answer),
    /// There is none, why, and what a worker that died wrote on standard error.
    Lost { message: String, stderr: String },
    /// The user stopped it, with what the worker had by then.
    Interrupted(Option<Answer>),
}

/// A conversation with workers of one interpreter.
#[derive(Debug)]
pub(crate) struct Session {
    interpreter: Interpreter,
    patience: Duration,
    sender: Sender<Event>,
    events: Receiver<Event>,
    worker: Option<(WorkerProcess, Hello)>,
    started: u32,
}

/// What a worker did next.
enum Heard {
    Answer(Answer),
    NotUnderstood(String),
    Ended,
    Silence,
    Interrupt,
}

impl Session {
    pub(crate) fn new(interpreter: Interpreter) -> Session {
        let (sender, events) = channel();
        interrupt::watch(sender.clone());
        let patience = std::env::var("EVERYWAY_PATIENCE")
            .ok()
            .and_then(|text| crate::duration::parse(&text).ok());
        Session {
            interpreter,
            patience: patience.unwrap_or(PATIENCE),
            sender,
            events,
            worker: None,
            started: 0,
        }
    }

    /// Starts a worker if there is none. False if the user interrupted that.
    pub(crate) fn start(&mut self) -> Result<bool, CommandError> {
        if self.worker.is_some() {
            return Ok(true);
        }
        self.started += 1;
        let mut worker =
            WorkerProcess::start(&self.interpreter, self.started, self.sender.clone())?;
        match self.listen(&mut worker, Instant::now() + GREETING) {
            Heard::Answer(Answer::Hello(hello)) => {
                if let Err(error) = self.interpreter.check_hello(&hello.everyway, &hello.runtime) {
                    worker.end(Ending::Killed);
                    return Err(error);
                }
                self.worker = Some((worker, hello));
                Ok(true)
            }
            Heard::Interrupt => {
                worker.end(Ending::Killed);
                Ok(false)
            }
            Heard::Ended => {
                let (end, stderr) = worker.end(Ending::ByItself);
                Err(self.interpreter.diagnose(&end, &stderr))
            }
            Heard::Silence => {
                worker.end(Ending::Killed);
                Err(self.interpreter.diagnose("was silent for a minute and ended", ""))
            }
            Heard::Answer(_) | Heard::NotUnderstood(_) => {
                worker.end(Ending::Killed);
                Err(CommandError::Worker(format!(
                    "`{}` did not start a worker of everyway: name another Python with `--python PATH`",
                    self.interpreter.program.display()
                )))
            }
        }
    }

    /// The interpreter's name and version, once a worker has started.
    pub(crate) fn runtime(&self) -> Option<&str> {
        self.worker.as_ref().map(|(_, hello)| hello.runtime.as_str())
    }

    /// Asks a worker, and waits for its answer.
    pub(crate) fn ask(
        &mut self,
        request: &Request,
        budget: Duration,
        on_progress: &mut dyn FnMut(&Progress),
    ) -> Result<Outcome, CommandError> {
        if !self.start()? {
            return Ok(Outcome::Interrupted(None));
        }
        let Some((mut worker, hello)) = self.worker.take() else {
            return Ok(Outcome::Interrupted(None));
        };
        let text = serde_json::to_string(request).map_err(|error| {
            CommandError::Worker(format!("a request has no form in JSON: {error}"))
        })?;
        worker.send(text + "\n");
        let allowed = budget.saturating_add(self.patience);
        let mut deadline = after(allowed);
        loop {
            match self.listen(&mut worker, deadline) {
                Heard::Answer(Answer::Progress(progress)) => {
                    on_progress(&progress);
                    deadline = after(allowed);
                }
                Heard::Answer(Answer::Hello(_)) => {}
                Heard::Answer(answer) => {
                    self.worker = Some((worker, hello));
                    return Ok(Outcome::Answered(answer));
                }
                Heard::Interrupt => return Ok(Outcome::Interrupted(self.last_words(worker))),
                Heard::Ended => return Ok(died(worker)),
                Heard::Silence => {
                    worker.end(Ending::Killed);
                    let seconds = allowed.as_secs_f64();
                    return Ok(lost(format!(
                        "no sign of life for {seconds} s, so its worker was ended: something in it runs \
                         for so long, or waits, where it cannot be stopped"
                    )));
                }
                Heard::NotUnderstood(why) => {
                    worker.end(Ending::Killed);
                    return Ok(lost(format!(
                        "its worker said something that is no answer ({why}): does the program write to \
                         standard output by way of C?"
                    )));
                }
            }
        }
    }

    /// Lets the worker go.
    pub(crate) fn close(mut self) {
        if let Some((worker, _)) = self.worker.take() {
            worker.dismiss();
        }
    }

    /// What an interrupted worker has.
    fn last_words(&self, mut worker: WorkerProcess) -> Option<Answer> {
        worker.interrupt();
        let deadline = after(LAST_WORDS);
        let answer = loop {
            match self.listen(&mut worker, deadline) {
                Heard::Answer(Answer::Progress(_) | Answer::Hello(_)) | Heard::Interrupt => {}
                Heard::Answer(answer) => break Some(answer),
                Heard::Ended | Heard::Silence | Heard::NotUnderstood(_) => break None,
            }
        };
        worker.end(Ending::Killed);
        answer
    }

    /// What this worker does next, until the deadline.
    fn listen(&self, worker: &mut WorkerProcess, deadline: Instant) -> Heard {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left.min(LOOK)) {
                Ok(Event::Interrupt) => return Heard::Interrupt,
                Ok(Event::Closed { worker: number }) if number == worker.number => {
                    return Heard::Ended;
                }
                Ok(Event::Line { worker: number, line }) if number == worker.number => {
                    return match serde_json::from_str(&line) {
                        Ok(answer) => Heard::Answer(answer),
                        Err(error) => Heard::NotUnderstood(error.to_string()),
                    };
                }
                // An earlier worker's last words.
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) if worker.has_ended() => return Heard::Ended,
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return Heard::Silence,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Heard::Ended,
            }
        }
    }
}

fn died(worker: WorkerProcess) -> Outcome {
    let (end, stderr) = worker.end(Ending::ByItself);
    let message = format!(
        "the process that ran it {end}: the program ended it from inside, crashed it, or used up its \
         memory"
    );
    Outcome::Lost { message, stderr }
}

const fn lost(message: String) -> Outcome {
    Outcome::Lost { message, stderr: String::new() }
}

/// An instant so far away; a budget may be longer than the clock is.
fn after(duration: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration).unwrap_or_else(|| now + Duration::from_secs(1 << 30))
}
