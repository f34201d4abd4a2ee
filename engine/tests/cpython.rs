//! The models leave what CPython's own primitives leave: for small programs of three tasks, the set of
//! all outcomes is the same. `cpython/oracle.py` runs the real ones, in every interleaving.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod script;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use everyway_engine::execution::{Ending, Execution, Settings};
use everyway_engine::happens_before::HappensBefore;
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind;
use everyway_engine::primitives::queue::QueueOrder;
use everyway_engine::strategies::exhaustive::Exhaustive;
use everyway_protocol::ids::ObjectId;
use everyway_protocol::objects::{BarrierAction, FutureAction, QueueAction};
use everyway_protocol::operation::{Action, Reply};
use script::{Do, Left, Program, on, run};

/// A call of the library, and the operations that it is; what it answers is the answer of one.
#[derive(Clone)]
struct Call {
    name: &'static str,
    operations: Vec<Do>,
    answers: usize,
}

struct Law {
    kind: &'static str,
    objects: Vec<ObjectKind>,
    calls: Vec<Call>,
}

fn call(name: &'static str, action: Action) -> Call {
    Call { name, operations: vec![on(0, action)], answers: 0 }
}

fn laws(has_shutdown: bool) -> Vec<Law> {
    let lock = vec![
        call("acquire", Action::MutexAcquire),
        call("try", Action::MutexTry),
        call("release", Action::MutexRelease),
    ];
    let with_locked = [lock.clone(), vec![call("locked", Action::MutexLocked)]].concat();
    let semaphore = vec![
        call("acquire", Action::SemaphoreAcquire),
        call("try", Action::SemaphoreTry),
        call("release", Action::SemaphoreRelease(1)),
        call("release2", Action::SemaphoreRelease(2)),
    ];
    let event = vec![
        call("wait", Action::EventWait),
        call("set", Action::EventSet),
        call("clear", Action::EventClear),
        call("isset", Action::EventIsSet),
    ];
    let barrier = vec![
        call("wait", Action::Barrier(BarrierAction::Arrive)),
        call("abort", Action::Barrier(BarrierAction::Abort)),
        call("reset", Action::Barrier(BarrierAction::Reset)),
        call("broken", Action::Barrier(BarrierAction::IsBroken)),
        call("waiting", Action::Barrier(BarrierAction::Waiting)),
    ];
    let future = vec![
        call("begin", Action::Future(FutureAction::Begin)),
        call("set7", Action::Future(FutureAction::Set(7))),
        call("cancel", Action::Future(FutureAction::Cancel)),
        call("result", Action::Future(FutureAction::Wait)),
        call("isdone", Action::Future(FutureAction::IsDone)),
        call("isrunning", Action::Future(FutureAction::IsRunning)),
        call("iscancelled", Action::Future(FutureAction::IsCancelled)),
    ];
    let held = |name, action| Call {
        name,
        operations: vec![on(0, Action::MutexAcquire), on(1, action), on(0, Action::MutexRelease)],
        answers: 1,
    };
    let condition = vec![
        held("wait", Action::ConditionWait(ObjectId(0))),
        held("notify", Action::ConditionNotify(1)),
        held("notifyall", Action::ConditionNotify(u32::MAX)),
    ];
    let mut queue = queue_calls();
    let simple: Vec<Call> = queue
        .iter()
        .filter(|call| matches!(call.name, "put4" | "put5" | "get" | "tryget" | "length"))
        .cloned()
        .collect();
    if has_shutdown {
        let shut = |immediate| Action::Queue(QueueAction::ShutDown { immediate });
        queue.extend([call("shutdown", shut(false)), call("shutdownnow", shut(true))]);
    }
    let law =
        |kind, object, calls: &[Call]| Law { kind, objects: vec![object], calls: calls.into() };
    let queue_of = |order, capacity| ObjectKind::Queue { order, capacity };
    vec![
        law("lock", ObjectKind::Mutex, &with_locked),
        law("rlock", ObjectKind::ReentrantMutex, &lock),
        law("semaphore", ObjectKind::Semaphore(1), &semaphore),
        law("bounded", ObjectKind::BoundedSemaphore(1), &semaphore),
        Law {
            kind: "condition",
            objects: vec![ObjectKind::Mutex, ObjectKind::Condition { inner: false }],
            calls: condition,
        },
        law("event", ObjectKind::Event, &event),
        law("barrier2", ObjectKind::Barrier { parties: 2, drains: true }, &barrier),
        law("barrier3", ObjectKind::Barrier { parties: 3, drains: true }, &barrier),
        law("queue", queue_of(QueueOrder::FirstIn, 0), &queue),
        law("queue1", queue_of(QueueOrder::FirstIn, 1), &queue),
        law("lifo", queue_of(QueueOrder::LastIn, 1), &queue),
        law("priority", queue_of(QueueOrder::Priority, 0), &queue),
        law("simple", queue_of(QueueOrder::FirstIn, 0), &simple),
        law("pysimple", queue_of(QueueOrder::FirstIn, 0), &simple),
        law("future", ObjectKind::Future, &future),
    ]
}

fn queue_calls() -> Vec<Call> {
    let put = |item| Action::Queue(QueueAction::Put { item, priority: item });
    vec![
        call("put4", put(4)),
        call("put5", put(5)),
        call("tryput6", Action::Queue(QueueAction::PutTry { item: 6, priority: 6 })),
        call("get", Action::Queue(QueueAction::Get)),
        call("tryget", Action::Queue(QueueAction::GetTry)),
        call("taskdone", Action::Queue(QueueAction::TaskDone)),
        call("join", Action::Queue(QueueAction::Join)),
        call("length", Action::Queue(QueueAction::Length)),
    ]
}

/// What each task does, by number of call.
type Tasks = Vec<Vec<usize>>;

/// A small generator, so that programs are the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound as u64) as usize
    }
}

/// All programs of three calls by two or three tasks, and some of up to six.
fn programs(calls: usize, sample: usize) -> BTreeSet<Tasks> {
    let mut programs = BTreeSet::new();
    for a in 0..calls {
        for b in 0..calls {
            for c in 0..calls {
                programs.insert(sorted(vec![vec![a], vec![b], vec![c]]));
                programs.insert(sorted(vec![vec![a, b], vec![c]]));
            }
        }
    }
    let mut numbers = Numbers(calls as u64 + 99);
    for round in 0..sample {
        let lengths: &[usize] =
            [&[2, 2, 2][..], &[2, 2, 1], &[3, 2], &[3, 1, 1], &[3, 3]][round % 5];
        let task = |length: &usize, numbers: &mut Numbers| {
            (0..*length).map(|_| numbers.below(calls)).collect()
        };
        let tasks = lengths.iter().map(|length| task(length, &mut numbers)).collect();
        programs.insert(sorted(tasks));
    }
    programs
}

fn sorted(mut tasks: Tasks) -> Tasks {
    tasks.sort();
    tasks
}

fn told(reply: Reply) -> String {
    match reply {
        Reply::Done => "done".into(),
        Reply::Answer(answer) => (if answer { "yes" } else { "no" }).into(),
        Reply::Value(value) => value.to_string(),
        Reply::Closed => "closed".into(),
        Reply::Misuse(_) => "misuse".into(),
    }
}

/// What an execution left, in the words of the oracle.
fn outcome(law: &Law, tasks: &Tasks, left: &Left) -> String {
    let mut lists = vec![];
    for (calls, progress) in tasks.iter().zip(&left.tasks) {
        let mut answers = vec![];
        let mut first = 0;
        for number in calls {
            let call = &law.calls[*number];
            let last = first + call.operations.len();
            let under_way =
                progress.next < last || progress.next == last && progress.forced.is_some();
            if under_way {
                break;
            }
            let of = |operation: usize| {
                let own = progress.of.iter().zip(&progress.replies);
                own.filter(move |(of, _)| **of == operation).map(|(_, reply)| *reply)
            };
            let parts: Vec<Reply> = of(first + 1 + call.answers).collect();
            // The first half of a barrier's wait says how many were there, and the second that it held.
            answers.push(match parts[..] {
                [Reply::Value(index), Reply::Answer(true)] => index.to_string(),
                [.., last] => told(last),
                [] => panic!("{} answered nothing", call.name),
            });
            first = last;
        }
        lists.push(answers.join(","));
    }
    lists.join(";")
}

fn modelled(law: &Law, tasks: &Tasks) -> BTreeSet<String> {
    let operations = |calls: &Vec<usize>| {
        calls.iter().flat_map(|call| law.calls[*call].operations.clone()).collect()
    };
    let program = Program {
        objects: law.objects.clone(),
        tasks: tasks.iter().map(operations).collect(),
        idle: false,
    };
    let mut execution = Execution::new(Settings::default());
    let (mut order, points) = (HappensBefore::default(), Points::everything());
    let mut strategy = Exhaustive::new(10_000);
    let mut found = BTreeSet::new();
    loop {
        strategy.begin();
        let left = run(&program, &mut execution, &points, &mut strategy);
        if left.ending != Ending::Redundant {
            found.insert(outcome(law, tasks, &left));
        }
        order.rank_with_races(&execution);
        if !strategy.advance(&execution, &order) {
            return found;
        }
    }
}

/// The newest CPython that there is, and whether its queues can be shut down.
fn python() -> Option<(PathBuf, bool)> {
    let mut candidates: Vec<PathBuf> =
        std::env::var_os("EVERYWAY_PYTHON").map(PathBuf::from).into_iter().collect();
    if let Some(home) = std::env::var_os("HOME") {
        let versions = PathBuf::from(home).join(".pyenv/versions");
        let mut found: Vec<PathBuf> =
            versions.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        found.sort();
        candidates.extend(found.into_iter().rev().map(|path| path.join("bin/python3")));
    }
    candidates.extend(
        ["python3.13", "python3.12", "python3.11", "python3.10", "python3"].map(PathBuf::from),
    );
    candidates.into_iter().find_map(|path| {
        let asks = "import sys, queue; assert (3, 10) <= sys.version_info < (3, 14) \
                    and sys.implementation.name == 'cpython'; print(hasattr(queue, 'ShutDown'))";
        let said = Command::new(&path).args(["-c", asks]).stderr(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&said.stdout);
        said.status.success().then_some((path, text.trim() == "True"))
    })
}

/// What the real ones leave.
fn real(python: &PathBuf, asked: &str) -> Vec<BTreeSet<String>> {
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cpython/oracle.py");
    let mut child = Command::new(python)
        .args(["-I", oracle])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let asked = asked.to_owned();
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "the oracle failed");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.split('/').map(str::to_owned).collect()).collect()
}

#[test]
fn small_programs_leave_what_the_real_primitives_leave() {
    let Some((python, has_shutdown)) = python() else {
        assert!(
            std::env::var_os("EVERYWAY_REQUIRE_SHARED").is_none(),
            "no CPython 3.10 - 3.13 was found: name one in EVERYWAY_PYTHON"
        );
        eprintln!("skipped: no CPython 3.10 - 3.13 was found; EVERYWAY_PYTHON names one");
        return;
    };
    let mut wrong = vec![];
    for law in laws(has_shutdown) {
        let programs = programs(law.calls.len(), 60);
        let name = |tasks: &Tasks| {
            let names = |calls: &Vec<usize>| {
                calls.iter().map(|call| law.calls[*call].name).collect::<Vec<_>>().join(",")
            };
            tasks.iter().map(names).collect::<Vec<_>>().join(";")
        };
        let asked: String =
            programs.iter().map(|tasks| format!("{} {}\n", law.kind, name(tasks))).collect();
        let start = std::time::Instant::now();
        let answers = real(&python, &asked);
        assert_eq!(answers.len(), programs.len(), "{}", law.kind);
        let mut outcomes = 0;
        for (tasks, real) in programs.iter().zip(answers) {
            let modelled = modelled(&law, tasks);
            outcomes += real.len();
            if modelled != real {
                let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
                    a.difference(b).cloned().collect::<Vec<_>>().join(" / ")
                };
                wrong.push(format!(
                    "{} {}: only modelled {}, only real {}",
                    law.kind,
                    name(tasks),
                    only(&modelled, &real),
                    only(&real, &modelled)
                ));
            }
        }
        println!(
            "{}: {} programs, {outcomes} outcomes, {:?}",
            law.kind,
            programs.len(),
            start.elapsed()
        );
    }
    assert!(
        wrong.is_empty(),
        "{} programs:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}
