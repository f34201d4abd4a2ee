//! What the engine takes for independent commutes: in every small state, both orders of two operations
//! whose footprints don't conflict give the same answers and the same state, and neither enables,
//! disables or changes the footprint of the other. And whether an operation that waits could have come
//! before another is told as it is.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod script;

use std::collections::{BTreeMap, BTreeSet};

use everyway_engine::dependence::Step;
use everyway_engine::execution::{Execution, Settings};
use everyway_engine::footprint::{self, Access};
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind;
use everyway_engine::primitives::model::{self, Reversible, Role};
use everyway_engine::primitives::queue::QueueOrder;
use everyway_engine::primitives::rwlock::RwLockPolicy;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::{
    BarrierAction, FileAction, FutureAction, MailboxAction, OnceAction, ParkAction, QueueAction,
    RwLockAction, TimerAction,
};
use everyway_protocol::operation::{Action, Field, Operation};
use everyway_protocol::schedule::Alternative;
use script::{Do, Left, Program, Scripted, on, run};

const TASKS: usize = 3;

/// The objects of a law, and all that tasks may do to them.
struct Law {
    name: &'static str,
    objects: Vec<ObjectKind>,
    alphabet: Vec<Do>,
    depth: usize,
}

/// A state, by one way that leads to it: who did what.
#[derive(Clone, Default)]
struct Way {
    script: Vec<usize>,
    lists: [Vec<Do>; TASKS],
    /// What a task has to do next.
    forced: [Option<Do>; TASKS],
}

impl Way {
    /// The way, after which the task does this too.
    fn and(&self, task: usize, next: Do) -> Way {
        let mut way = self.clone();
        way.script.push(task);
        if way.forced[task].is_none() {
            way.lists[task].push(next);
        }
        way
    }

    /// The way, at whose end the task is about to do this.
    fn before(&self, task: usize, next: Do) -> Way {
        let mut way = self.and(task, next);
        way.script.pop();
        way
    }
}

struct Bench<'a> {
    law: &'a Law,
    execution: Execution,
    points: Points,
}

/// What an operation is like in a state in which it is about to be executed.
#[derive(Clone, PartialEq, Debug)]
struct View {
    enabled: bool,
    accesses: Vec<Access>,
    gist: u64,
}

impl Bench<'_> {
    /// Goes the way; none if it can't be gone.
    fn go(&mut self, way: &Way) -> Option<Left> {
        let program =
            Program { objects: self.law.objects.clone(), tasks: way.lists.to_vec(), idle: true };
        let mut strategy = Scripted { script: &way.script, at: 0 };
        let left = run(&program, &mut self.execution, &self.points, &mut strategy);
        (strategy.at == way.script.len()).then_some(left)
    }

    fn step(task: usize, next: Do) -> Step {
        let operation = Operation {
            timeout: next.timeout,
            ..Operation::new(next.action, ObjectId(next.object), SiteId(1))
        };
        Step { task: TaskId(task as u32 + 1), alternative: Alternative::Execute, operation }
    }

    fn view(&self, task: usize, next: Do) -> View {
        let step = Self::step(task, next);
        let gist = footprint::gist(self.execution.objects(), step.task, &step.operation);
        let mut accesses = Vec::new();
        self.execution.touch(&step, gist, &mut accesses);
        View { enabled: self.execution.is_enabled(&step), accesses, gist }
    }

    /// All that the order of two operations could have changed.
    fn state(&self, left: &Left) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        for index in 0..self.law.objects.len() {
            let state = self.execution.objects().get(ObjectId(index as u32));
            write!(text, "{state:?};").unwrap();
        }
        for (index, task) in left.tasks.iter().enumerate() {
            let own = self.execution.task(TaskId(index as u32 + 1)).unwrap();
            let (forced, replies) = (task.forced, &task.replies);
            write!(text, "{forced:?}{replies:?}{}{};", own.depth, own.expired).unwrap();
        }
        text
    }

    /// The state, without how it was reached.
    fn key(&self, way: &Way) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        for index in 0..self.law.objects.len() {
            let state = self.execution.objects().get(ObjectId(index as u32));
            write!(text, "{state:?};").unwrap();
        }
        for (index, forced) in way.forced.iter().enumerate() {
            let own = self.execution.task(TaskId(index as u32 + 1)).unwrap();
            write!(text, "{forced:?}{}{};", own.depth, own.expired).unwrap();
        }
        text
    }

    /// One way to each state.
    fn ways(&mut self) -> Vec<Way> {
        let mut known = BTreeSet::new();
        let mut ways = vec![Way::default()];
        let mut first = 0;
        for _ in 0..self.law.depth {
            let last = ways.len();
            for index in first..last {
                for task in 0..TASKS {
                    for next in self.nexts(&ways[index], task) {
                        let mut way = ways[index].and(task, next);
                        let Some(left) = self.go(&way) else { continue };
                        // What it is about to do is not done; only the second half of a wait is sure.
                        for other in 0..TASKS {
                            let own = &left.tasks[other];
                            let begun = own.forced.filter(|_| own.next <= way.lists[other].len());
                            way.forced[other] = begun;
                        }
                        if known.insert(self.key(&way)) {
                            ways.push(way);
                        }
                    }
                }
            }
            first = last;
        }
        ways
    }

    fn nexts(&self, way: &Way, task: usize) -> Vec<Do> {
        match way.forced[task] {
            Some(forced) => vec![forced],
            None => self.law.alphabet.clone(),
        }
    }
}

#[derive(Default)]
struct Report {
    states: usize,
    pairs: usize,
    independent: usize,
    /// For two names, whether they conflicted somewhere, and whether they commuted everywhere.
    names: BTreeMap<(String, String), (bool, bool)>,
    wrong: Vec<String>,
}

fn name(action: Action) -> String {
    format!("{action:?}").split(['(', ' ']).take(2).collect::<Vec<_>>().join(" ")
}

fn check(law: &Law) -> Report {
    let execution = Execution::new(Settings::default());
    let mut bench = Bench { law, execution, points: Points::everything() };
    let ways = bench.ways();
    let mut report = Report { states: ways.len(), ..Report::default() };
    for way in &ways {
        let mut views: Vec<Vec<(Do, View)>> = vec![];
        for task in 0..TASKS {
            let mut own = vec![];
            for next in bench.nexts(way, task) {
                bench.go(&way.before(task, next)).unwrap();
                own.push((next, bench.view(task, next)));
            }
            views.push(own);
        }
        for a in 0..TASKS {
            for b in (0..TASKS).filter(|b| *b != a) {
                for first in &views[a] {
                    for second in &views[b] {
                        check_pair(&mut bench, way, (a, first), (b, second), &mut report);
                    }
                }
            }
        }
    }
    report
}

/// `a` is enabled; `b` may be.
fn check_pair(
    bench: &mut Bench<'_>,
    way: &Way,
    (a, (first, first_view)): (usize, &(Do, View)),
    (b, (second, second_view)): (usize, &(Do, View)),
    report: &mut Report,
) {
    if !first_view.enabled {
        return;
    }
    let what = || {
        let lists: Vec<Vec<Action>> =
            way.lists.iter().map(|list| list.iter().map(|own| own.action).collect()).collect();
        let (one, other) = (first.action, second.action);
        format!("after {:?} of {lists:?}: {a} does {one:?}, {b} does {other:?}", way.script)
    };
    let conflict = footprint::conflict(&first_view.accesses, &second_view.accesses);
    let one = way.and(a, *first).before(b, *second);
    bench.go(&one).unwrap();
    let after = bench.view(b, *second);
    let enabler = bench.execution.task(TaskId(b as u32 + 1)).unwrap().enabler;
    let last = bench.execution.ranked.len() as u32 - 1;
    let resumes = model::role(second.action) == Some(Role::Resume)
        || matches!(second.action, Action::EventResume | Action::ConditionResume(_));
    report.pairs += 1;
    if conflict {
        // Once it is enabled, it still meets all that could have been otherwise while it waited.
        let met =
            |before: &Access| after.accesses.iter().any(|after| after.field.overlaps(before.field));
        if after.enabled && !second_view.enabled && !second_view.accesses.iter().all(met) {
            report.wrong.push(format!("it forgets what it waited for; {}", what()));
        }
        let said = reversal(bench, (b, *second), (*first, first_view), &after);
        if said.is_some_and(|said| said != second_view.enabled) {
            report.wrong.push(format!("it can come first: said {said:?}; {}", what()));
        }
    } else {
        report.independent += 1;
        if after.enabled != second_view.enabled {
            if !(resumes && enabler == Some(last)) {
                report.wrong.push(format!("one enables the other; {}", what()));
            }
            return;
        }
        if after.accesses != second_view.accesses {
            report.wrong.push(format!("another footprint; {}", what()));
        }
    }
    if !second_view.enabled || a > b {
        return;
    }
    let left = bench.go(&way.and(a, *first).and(b, *second));
    let forth = left.map(|left| bench.state(&left));
    let left = bench.go(&way.and(b, *second).and(a, *first));
    let back = left.map(|left| bench.state(&left));
    let same = forth.is_some() && forth == back;
    if !conflict && !same {
        report.wrong.push(format!("they don't commute; {}\n{forth:?}\n{back:?}", what()));
    }
    let mut names = [name(first.action), name(second.action)];
    names.sort();
    let entry = report.names.entry(names.into()).or_insert((false, true));
    *entry = (entry.0 || conflict, entry.1 && same);
}

/// Whether it is said that the second could have come before the first.
fn reversal(
    bench: &Bench<'_>,
    (b, second): (usize, Do),
    (first, first_view): (Do, &View),
    after: &View,
) -> Option<bool> {
    let step = Bench::step(b, second);
    let objects = bench.execution.objects();
    let gist = first_view.gist;
    if !after.enabled {
        return None;
    }
    if matches!(second.action, Action::MutexAcquire | Action::SemaphoreAcquire)
        && first.object == second.object
    {
        return Some(footprint::is_enabled_under(objects, step.task, &step.operation, gist));
    }
    if model::role(second.action) != Some(Role::Wait) {
        return None;
    }
    match model::could_precede(objects, step.task, &step.operation, first.action, gist) {
        Reversible::Yes => Some(true),
        Reversible::No => Some(false),
        Reversible::Unknown => None,
    }
}

fn laws() -> Vec<Law> {
    let all = |actions: &[Action]| actions.iter().map(|action| on(0, *action)).collect::<Vec<_>>();
    let law = |name, kind, actions: &[Action], depth| Law {
        name,
        objects: vec![kind],
        alphabet: all(actions),
        depth,
    };
    let mutex = [Action::MutexAcquire, Action::MutexTry, Action::MutexRelease, Action::MutexLocked];
    let semaphore = [
        Action::SemaphoreAcquire,
        Action::SemaphoreTry,
        Action::SemaphoreRelease(1),
        Action::SemaphoreRelease(2),
        Action::SemaphoreValue,
    ];
    let event = [Action::EventWait, Action::EventSet, Action::EventClear, Action::EventIsSet];
    let atomic = [
        Action::AtomicLoad,
        Action::AtomicStore(1),
        Action::AtomicAdd(1),
        Action::AtomicSwap(2),
        Action::AtomicCompareExchange(1, 2),
    ];
    let rwlock = {
        use RwLockAction::{
            ReadAcquire, ReadRelease, ReadTry, WriteAcquire, WriteRelease, WriteTry,
        };
        [ReadAcquire, WriteAcquire, ReadTry, WriteTry, ReadRelease, WriteRelease]
            .map(Action::RwLock)
    };
    let queued = {
        use RwLockAction::{ReadQueue, ReadRelease, ReadTry, WriteQueue, WriteRelease, WriteTry};
        [ReadQueue, WriteQueue, ReadTry, WriteTry, ReadRelease, WriteRelease].map(Action::RwLock)
    };
    let barrier = {
        use BarrierAction::{Abort, Arrive, IsBroken, Reset, Waiting};
        [Arrive, Abort, Reset, IsBroken, Waiting].map(Action::Barrier)
    };
    let queue = {
        use QueueAction::{Get, GetTry, Join, Length, Put, PutTry, ShutDown, TaskDone};
        [
            Put { item: 1, priority: 5 },
            Put { item: 2, priority: 4 },
            PutTry { item: 3, priority: 5 },
            Get,
            GetTry,
            TaskDone,
            Join,
            ShutDown { immediate: false },
            ShutDown { immediate: true },
            Length,
        ]
        .map(Action::Queue)
    };
    let future = {
        use FutureAction::{Begin, Cancel, IsCancelled, IsDone, IsRunning, Listen, Set, Wait};
        [Begin, Set(7), Set(8), Cancel, Wait, Listen, IsDone, IsRunning, IsCancelled]
            .map(Action::Future)
    };
    let park = [ParkAction::Park, ParkAction::Unpark].map(Action::Park);
    let once = {
        use OnceAction::{Begin, Finish, GiveUp, IsDone, Poison};
        [Begin { forced: false }, Begin { forced: true }, Finish, Poison, GiveUp, IsDone]
            .map(Action::Once)
    };
    let timer = {
        use TimerAction::{Cancel, Fire, IsPending, Start};
        [Start, Cancel, Fire, IsPending].map(Action::Timer)
    };
    let mailbox = {
        use MailboxAction::{Close, Gone, Length, Post, Ready, Receive, ReceiveTry};
        let closes = [Close { discard: false }, Close { discard: true }];
        [Post(1), Post(2), Receive, ReceiveTry, Ready, Gone(1), Length, closes[0], closes[1]]
            .map(Action::Mailbox)
    };
    let file = {
        use FileAction::{Read, Update, Write};
        let (whole, entry) = (Field::Whole, Field::Entry(1));
        [Read(whole), Write(whole), Read(entry), Write(entry), Update(Field::EntryAndShape(1))]
            .map(Action::File)
    };
    let queue_of = |order, capacity| ObjectKind::Queue { order, capacity };
    let mutex_id = ObjectId(0);
    let condition = Law {
        name: "condition",
        objects: vec![ObjectKind::Mutex, ObjectKind::Condition { inner: false }],
        alphabet: vec![
            on(0, Action::MutexAcquire),
            on(0, Action::MutexRelease),
            on(1, Action::ConditionWait(mutex_id)),
            on(1, Action::ConditionNotify(1)),
            on(1, Action::ConditionNotify(u32::MAX)),
        ],
        depth: 6,
    };
    vec![
        law("mutex", ObjectKind::Mutex, &mutex, 5),
        law("re-entrant mutex", ObjectKind::ReentrantMutex, &mutex, 5),
        law("semaphore", ObjectKind::Semaphore(1), &semaphore, 4),
        law("bounded semaphore", ObjectKind::BoundedSemaphore(2), &semaphore, 4),
        condition,
        law("event", ObjectKind::Event, &event, 5),
        law("atomic", ObjectKind::Atomic(0), &atomic, 4),
        law("rwlock, readers first", ObjectKind::RwLock(RwLockPolicy::Readers), &rwlock, 5),
        law("rwlock, writers first", ObjectKind::RwLock(RwLockPolicy::Writers), &queued, 5),
        law("rwlock, fair", ObjectKind::RwLock(RwLockPolicy::Fair), &queued, 5),
        law("barrier of two", ObjectKind::Barrier { parties: 2, drains: true }, &barrier, 5),
        law("barrier of three", ObjectKind::Barrier { parties: 3, drains: true }, &barrier, 5),
        law("barrier, no drain", ObjectKind::Barrier { parties: 2, drains: false }, &barrier, 5),
        law("queue", queue_of(QueueOrder::FirstIn, 0), &queue, 4),
        law("bounded queue", queue_of(QueueOrder::FirstIn, 2), &queue, 4),
        law("queue of one", queue_of(QueueOrder::FirstIn, 1), &queue, 4),
        law("stack", queue_of(QueueOrder::LastIn, 2), &queue, 4),
        law("priority queue", queue_of(QueueOrder::Priority, 0), &queue, 4),
        law("future", ObjectKind::Future, &future, 5),
        law("park token", ObjectKind::Park, &park, 5),
        law("once", ObjectKind::Once, &once, 5),
        law("timer", ObjectKind::Timer, &timer, 5),
        law("mailbox", ObjectKind::Mailbox, &mailbox, 5),
        law("file", ObjectKind::File(3), &file, 2),
    ]
}

#[test]
fn operations_that_are_taken_for_independent_commute() {
    let mut wrong = vec![];
    for law in laws() {
        let report = check(&law);
        let needless: Vec<String> = report
            .names
            .iter()
            .filter(|(_, (conflict, commute))| *conflict && *commute)
            .map(|((a, b), _)| format!("{a} / {b}"))
            .collect();
        println!(
            "{}: {} states, {} pairs, {} independent; {} pairs of names conflict and always commute: {}",
            law.name,
            report.states,
            report.pairs,
            report.independent,
            needless.len(),
            needless.join(", ")
        );
        wrong.extend(report.wrong.iter().take(3).map(|text| format!("{}: {text}", law.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
