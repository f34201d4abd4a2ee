//! What a front-end announces that can't be is answered as a misuse, and changes nothing.

use everyway_engine::execution::task::Task;
use everyway_engine::execution::{Directive, Ending, Execution, Settings};
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind;
use everyway_engine::strategies::exhaustive::Exhaustive;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Misuse, Operation, Reply};

/// An execution that has begun, with what its announcements need.
struct Begun {
    execution: Execution,
    points: Points,
    strategy: Exhaustive,
}

impl Begun {
    fn new(settings: Settings) -> Begun {
        let mut execution = Execution::new(settings);
        execution.begin();
        let mut strategy = Exhaustive::new(100_000);
        strategy.begin();
        Begun { execution, points: Points::everything(), strategy }
    }

    fn announce(&mut self, action: Action, object: ObjectId) -> Directive {
        let operation = Operation::new(action, object, SiteId::NONE);
        self.execution.announce(operation, &self.points, &mut self.strategy)
    }

    /// Lets the running task announce its next operation until the execution ends.
    fn run(&mut self, mut next: impl FnMut(&mut Begun) -> Directive) -> Ending {
        loop {
            let current = self.execution.current();
            let over = self.execution.task(current).is_some_and(Task::is_finished);
            let directive =
                if over { self.execution.after_exit(&mut self.strategy) } else { next(self) };
            if let Directive::End(ending) = directive {
                return ending;
            }
        }
    }

    /// The answer to an operation of the running task, which can go on.
    fn reply(&mut self, action: Action, object: ObjectId) -> Reply {
        match self.announce(action, object) {
            Directive::Continue(reply) => reply,
            other => unreachable!("{action:?}: {other:?}"),
        }
    }
}

#[test]
fn a_task_that_has_ended_does_nothing_more() {
    let mut begun = Begun::new(Settings::default());
    let cell = begun.execution.new_object(ObjectKind::Cell);
    let mutex = begun.execution.new_object(ObjectKind::Mutex);
    let _ = begun.announce(Action::TaskExit, ObjectId::NONE);
    let events = begun.execution.trace.events.len();
    for (action, object) in [
        (Action::Write(everyway_protocol::operation::Field::Whole), cell),
        (Action::MutexAcquire, mutex),
        (Action::TaskExit, ObjectId::NONE),
        (Action::ProgramEnd, ObjectId::NONE),
    ] {
        assert_eq!(begun.reply(action, object), Reply::Misuse(Misuse::TaskEnded));
    }
    assert_eq!(begun.execution.trace.events.len(), events);
    assert_eq!(begun.execution.objects().holder(mutex), None);
}

#[test]
fn tasks_that_were_never_made_are_neither_started_nor_waited_for() {
    let mut begun = Begun::new(Settings::default());
    let never = TaskId(7);
    let misuse = Reply::Misuse(Misuse::NoSuchTask);
    assert_eq!(begun.reply(Action::TaskStart(never), ObjectId::NONE), misuse);
    assert_eq!(begun.reply(Action::TaskJoin(never), ObjectId::NONE), misuse);
    assert_eq!(begun.reply(Action::TaskIsAlive(never), ObjectId::NONE), Reply::Answer(false));
    assert_eq!(
        begun.announce(Action::ProgramEnd, ObjectId::NONE),
        Directive::End(Ending::Complete)
    );
}

#[test]
fn a_task_is_started_once() {
    let mut begun = Begun::new(Settings::default());
    let child = begun.execution.new_task(false);
    let script = [
        Action::TaskStart(child),
        Action::TaskStart(child),
        Action::TaskJoin(child),
        Action::ProgramEnd,
    ];
    let mut next = 0;
    let ending = begun.run(|begun| {
        let action = if begun.execution.current() == TaskId::MAIN {
            next += 1;
            script[next - 1]
        } else {
            Action::TaskExit
        };
        begun.announce(action, ObjectId::NONE)
    });
    assert_eq!(ending, Ending::Complete);
    let starts: Vec<Reply> = begun
        .execution
        .trace
        .events
        .iter()
        .filter(|event| event.operation.action == Action::TaskStart(child))
        .map(|event| event.reply)
        .collect();
    assert_eq!(starts, [Reply::Done, Reply::Misuse(Misuse::NoSuchTask)]);
}

#[test]
fn an_object_is_not_what_it_is_not() {
    let mut begun = Begun::new(Settings::default());
    let cell = begun.execution.new_object(ObjectKind::Cell);
    for object in [cell, ObjectId(99), ObjectId::NONE] {
        let released = begun.reply(Action::MutexRelease, object);
        assert_eq!(released, Reply::Misuse(Misuse::ReleaseOfFreeMutex));
        let given = begun.reply(Action::SemaphoreRelease(1), object);
        assert_eq!(given, Reply::Misuse(Misuse::TooManyPermits));
        assert_eq!(begun.reply(Action::MutexTry, object), Reply::Answer(false));
    }
}

#[test]
fn an_execution_past_its_bound_is_cut_and_the_next_begins() {
    let mut begun = Begun::new(Settings { event_bound: 50, ..Settings::default() });
    let mutex = begun.execution.new_object(ObjectKind::Mutex);
    let ended = (0..100).find_map(|round| {
        let action = if round % 2 == 0 { Action::MutexAcquire } else { Action::MutexRelease };
        match begun.announce(action, mutex) {
            Directive::End(ending) => Some((round, ending)),
            _ => None,
        }
    });
    assert_eq!(ended, Some((50, Ending::Bound)));
    assert_eq!(begun.announce(Action::Yield, ObjectId::NONE), Directive::End(Ending::Bound));
    begun.execution.begin();
    begun.strategy.begin();
    assert_eq!(begun.execution.ending(), None);
}

#[test]
fn ten_thousand_tasks_start_and_end() {
    const TASKS: u32 = 10_000;
    let mut begun = Begun::new(Settings::default());
    let mut started = 0;
    let mut joined = 0;
    let ending = begun.run(|begun| {
        if begun.execution.current() != TaskId::MAIN {
            begun.announce(Action::TaskExit, ObjectId::NONE)
        } else if started < TASKS {
            started += 1;
            let child = begun.execution.new_task(false);
            begun.announce(Action::TaskStart(child), ObjectId::NONE)
        } else if joined < TASKS {
            joined += 1;
            begun.announce(Action::TaskJoin(TaskId(joined)), ObjectId::NONE)
        } else {
            begun.announce(Action::ProgramEnd, ObjectId::NONE)
        }
    });
    assert_eq!(ending, Ending::Complete);
    assert_eq!(begun.execution.task_count(), TASKS as usize + 1);
}
