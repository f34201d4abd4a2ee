//! The interpreter that runs a model program on the engine: flat, and without allocation once it is
//! warm.

use everyway_engine::execution::task::TaskState;
use everyway_engine::execution::{Directive, Ending, Execution};
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectState;
use everyway_engine::strategies::Strategy;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Field, Nanoseconds, Operation, Reply};

use crate::local::{self, End, Stop, TaskLeft, mix};
use crate::program::{ENTRIES, HANDLES, Instruction, Kind, Place, Program, REGISTERS, Value};

/// What an entry holds that is not there.
const ABSENT: i64 = i64::MIN;

#[derive(Clone, Copy)]
struct Task {
    id: TaskId,
    place: u16,
    part: u8,
    announced: bool,
    started: bool,
    daemon: bool,
    ended: bool,
    failed: bool,
    made: u8,
    handles: [ObjectId; HANDLES],
    seen: u64,
    registers: [i64; REGISTERS],
}

const NEW: Task = Task {
    id: TaskId(u32::MAX),
    place: 0,
    part: 0,
    announced: false,
    started: false,
    daemon: false,
    ended: false,
    failed: false,
    made: 0,
    handles: [ObjectId::NONE; HANDLES],
    seen: 0,
    registers: [0; REGISTERS],
};

/// What a task does next.
enum Next {
    Announces(Operation),
    /// It is at the head of a loop.
    Round(SiteId),
}

/// The program's own state in one execution.
pub struct Machine<'a> {
    program: &'a Program,
    tasks: Vec<Task>,
    /// Which of the program's tasks each of the engine's is.
    numbers: Vec<u8>,
    cells: Vec<i64>,
    kinds: Vec<Kind>,
    containers: Vec<[i64; ENTRIES]>,
    /// For each object a name that means the same in every execution.
    names: Vec<u32>,
    sites: Vec<u32>,
    base: u32,
    /// The sum of the hashes of what was printed.
    printed: u64,
}

impl<'a> Machine<'a> {
    /// A machine for this program.
    #[must_use]
    pub fn new(program: &'a Program) -> Machine<'a> {
        let mut sites = Vec::new();
        let mut next = 1;
        for code in &program.tasks {
            sites.push(next);
            next += code.len() as u32 * 2 + 2;
        }
        Machine {
            program,
            tasks: vec![NEW; program.tasks.len()],
            numbers: Vec::new(),
            cells: Vec::new(),
            kinds: Vec::new(),
            containers: Vec::new(),
            names: Vec::new(),
            sites,
            base: 0,
            printed: 0,
        }
    }

    /// Runs one execution.
    pub fn run(
        &mut self,
        execution: &mut Execution,
        points: &Points,
        strategy: &mut dyn Strategy,
    ) -> Ending {
        self.begin(execution);
        let mut current = 0;
        loop {
            let next = self.next(execution, current);
            let exits =
                matches!(&next, Next::Announces(operation) if operation.action == Action::TaskExit);
            let mut directive = match next {
                Next::Announces(operation) => execution.announce(operation, points, strategy),
                Next::Round(site) => execution.round(site, true, points, strategy),
            };
            loop {
                match directive {
                    Directive::End(ending) => return ending,
                    Directive::Continue(_) if exits => {
                        self.tasks[current].ended = true;
                        directive = execution.after_exit(strategy);
                    }
                    Directive::Continue(reply) => {
                        self.finish(execution, current, reply);
                        break;
                    }
                    Directive::Switch(id) => {
                        current = self.numbers[id.index()] as usize;
                        let task = &mut self.tasks[current];
                        if execution.task(id).is_some_and(|task| task.is_finished()) {
                            task.ended = true;
                            directive = execution.after_exit(strategy);
                            continue;
                        }
                        if core::mem::take(&mut task.announced) {
                            self.finish(execution, current, execution.reply(id));
                        }
                        break;
                    }
                }
            }
        }
    }

    fn begin(&mut self, execution: &mut Execution) {
        execution.begin();
        self.base = execution.objects().len() as u32;
        self.tasks.fill(NEW);
        self.tasks[0].id = TaskId::MAIN;
        self.tasks[0].started = true;
        self.numbers.clear();
        self.numbers.push(0);
        self.cells.clear();
        self.kinds.clear();
        self.containers.clear();
        self.printed = 0;
        self.names.clear();
        for kind in &self.program.objects {
            execution.new_object(kind.for_the_engine());
            self.add_object(*kind, self.names.len() as u32);
        }
    }

    fn add_object(&mut self, kind: Kind, name: u32) {
        self.kinds.push(kind);
        self.cells.push(if let Kind::Cell(value) = kind { value } else { 0 });
        self.names.push(name);
        if kind == Kind::Container {
            self.containers.resize(self.cells.len(), [ABSENT; ENTRIES]);
        }
    }

    fn object(&self, task: usize, place: Place) -> ObjectId {
        match place {
            Place::Object(number) => ObjectId(self.base + u32::from(number)),
            Place::Indexed(number, register) => {
                let offset = self.tasks[task].registers[register as usize] as u32;
                ObjectId(self.base + u32::from(number) + offset)
            }
            Place::Made(handle) => self.tasks[task].handles[handle as usize],
        }
    }

    /// The task's next operation; what comes before it is done.
    fn next(&mut self, execution: &mut Execution, number: usize) -> Next {
        let code = &self.program.tasks[number];
        loop {
            let task = &mut self.tasks[number];
            task.announced = true;
            let stop = local::go_on(code, &mut task.place, &mut task.registers);
            let site =
                SiteId(self.sites[number] + u32::from(task.place) * 2 + u32::from(task.part));
            if stop != Stop::Operation {
                task.failed = stop == Stop::Failure;
                return Next::Announces(Operation::new(Action::TaskExit, ObjectId::NONE, site));
            }
            let place = task.place as usize;
            match code[place] {
                Instruction::Make(handle, kind) => self.make(execution, number, handle, kind),
                Instruction::Join(other) | Instruction::JoinWithin(_, other, _)
                    if !self.tasks[other as usize].started =>
                {
                    self.see_locally(number, 0);
                }
                Instruction::IsAlive(_, other) if !self.tasks[other as usize].started => {
                    self.see_locally(number, 0);
                }
                Instruction::Start(child) | Instruction::StartDaemon(child) => {
                    let daemon = matches!(code[place], Instruction::StartDaemon(_));
                    let handles = self.tasks[number].handles;
                    let id = execution.new_task(daemon);
                    self.numbers.push(child);
                    self.tasks[child as usize] = Task { id, daemon, handles, ..NEW };
                    let start = Operation::new(Action::TaskStart(id), ObjectId::NONE, site);
                    return Next::Announces(start);
                }
                Instruction::Until(..) if self.tasks[number].part != 1 => {
                    let head = SiteId(self.sites[number] + place as u32 * 2);
                    if self.tasks[number].part == 0 {
                        execution.enter_loop(head);
                    }
                    return Next::Round(head);
                }
                instruction => {
                    return Next::Announces(self.operation(number, instruction, site));
                }
            }
        }
    }

    /// Nobody else can see or change it.
    fn see_locally(&mut self, number: usize, value: i64) {
        let code = &self.program.tasks[number];
        let task = &mut self.tasks[number];
        if let Instruction::JoinWithin(to, ..) | Instruction::IsAlive(to, _) =
            code[task.place as usize]
        {
            see(task, to, value);
        }
        task.place += 1;
    }

    fn make(&mut self, execution: &mut Execution, number: usize, handle: u8, kind: Kind) {
        let id = execution.new_object(kind.for_the_engine());
        let task = &mut self.tasks[number];
        task.handles[handle as usize] = id;
        task.place += 1;
        task.made += 1;
        let name = (number as u32 + 1) << 16 | u32::from(task.made);
        self.add_object(kind, name);
    }

    fn operation(&self, number: usize, instruction: Instruction, site: SiteId) -> Operation {
        use Instruction as I;
        let task = &self.tasks[number];
        let of = |value| local::value(&task.registers, value) as u64;
        let on = |action, place| Operation::new(action, self.object(number, place), site);
        let none = |action| Operation::new(action, ObjectId::NONE, site);
        let timed = |operation, time: Nanoseconds| Operation { timeout: Some(time), ..operation };
        let entry = |key: u8| Field::Entry(u64::from(key));
        let comes_or_goes = |key: u8| Field::EntryAndShape(u64::from(key));
        let join = |other: u8| Action::TaskJoin(self.tasks[other as usize].id);
        match instruction {
            I::Read(_, cell) => on(Action::Read(Field::Whole), cell),
            I::Write(cell, _) => on(Action::Write(Field::Whole), cell),
            I::Get(_, container, key) => on(Action::Read(entry(key)), container),
            I::Change(container, key, _) => on(Action::Write(entry(key)), container),
            I::Insert(container, key, _) => on(Action::Write(comes_or_goes(key)), container),
            I::Pop(_, container, key) => on(Action::Update(comes_or_goes(key)), container),
            I::Count(_, container) => on(Action::Read(Field::Shape), container),
            I::Load(_, atomic) => on(Action::AtomicLoad, atomic),
            I::Store(atomic, value) => on(Action::AtomicStore(of(value)), atomic),
            I::Add(_, atomic, value) => on(Action::AtomicAdd(of(value)), atomic),
            I::Swap(_, atomic, value) => on(Action::AtomicSwap(of(value)), atomic),
            I::CompareExchange(_, atomic, expected, value) => {
                on(Action::AtomicCompareExchange(of(expected), of(value)), atomic)
            }
            I::Acquire(mutex) => on(Action::MutexAcquire, mutex),
            I::AcquireWithin(_, mutex, time) => timed(on(Action::MutexAcquire, mutex), time),
            I::TryAcquire(_, mutex) => on(Action::MutexTry, mutex),
            I::Release(mutex) => on(Action::MutexRelease, mutex),
            I::IsLocked(_, mutex) => on(Action::MutexLocked, mutex),
            I::Take(semaphore) => on(Action::SemaphoreAcquire, semaphore),
            I::TakeWithin(_, semaphore, time) => {
                timed(on(Action::SemaphoreAcquire, semaphore), time)
            }
            I::TryTake(_, semaphore) => on(Action::SemaphoreTry, semaphore),
            I::Give(_, semaphore, count) => on(Action::SemaphoreRelease(count), semaphore),
            I::Permits(_, semaphore) => on(Action::SemaphoreValue, semaphore),
            I::Wait(condition, mutex) | I::WaitWithin(_, condition, mutex, _) if task.part == 0 => {
                on(Action::ConditionWait(self.object(number, mutex)), condition)
            }
            I::Wait(condition, mutex) => {
                on(Action::ConditionResume(self.object(number, mutex)), condition)
            }
            I::WaitWithin(_, condition, mutex, time) => {
                let mutex = self.object(number, mutex);
                timed(on(Action::ConditionResume(mutex), condition), time)
            }
            I::Notify(condition, count) => on(Action::ConditionNotify(count), condition),
            I::Await(event) | I::AwaitWithin(_, event, _) if task.part == 0 => {
                on(Action::EventWait, event)
            }
            I::Await(event) => on(Action::EventResume, event),
            I::AwaitWithin(_, event, time) => timed(on(Action::EventResume, event), time),
            I::Set(event) => on(Action::EventSet, event),
            I::Clear(event) => on(Action::EventClear, event),
            I::IsSet(_, event) => on(Action::EventIsSet, event),
            I::Join(other) => none(join(other)),
            I::JoinWithin(_, other, time) => timed(none(join(other)), time),
            I::IsAlive(_, other) => none(Action::TaskIsAlive(self.tasks[other as usize].id)),
            I::Living(_) => none(Action::TaskEnumerate),
            I::JoinAll => none(Action::TaskJoinAll),
            I::Choose(_, count) => none(Action::Choose(count)),
            I::Sleep(time) => timed(none(Action::Sleep), time),
            I::EndProgram => none(Action::ProgramEnd),
            I::Until(place, _) if self.is_atomic(number, place) => on(Action::AtomicLoad, place),
            I::Until(place, _) => on(Action::Read(Field::Whole), place),
            I::Print(value) => none(Action::Print(of(value) as u32)),
            I::ReadClock => none(Action::ClockRead),
            _ => none(Action::Yield),
        }
    }

    /// The task's operation was executed: what it does to the program's own state.
    fn finish(&mut self, execution: &Execution, number: usize, reply: Reply) {
        use Instruction as I;
        let instruction = self.program.tasks[number][self.tasks[number].place as usize];
        let answer = match reply {
            Reply::Done => 1,
            Reply::Answer(answer) => i64::from(answer),
            Reply::Value(value) => value as i64,
            Reply::Misuse(_) | Reply::Closed => -1,
        };
        match instruction {
            I::Read(to, cell) => {
                let value = self.cells[self.cell(number, cell)];
                see(&mut self.tasks[number], to, value);
            }
            I::Write(cell, value) => {
                let at = self.cell(number, cell);
                self.cells[at] = local::value(&self.tasks[number].registers, value);
            }
            I::Get(..) | I::Change(..) | I::Insert(..) | I::Pop(..) | I::Count(..) => {
                self.finish_container(number, instruction);
            }
            I::CompareExchange(to, _, expected, _) => {
                let task = &mut self.tasks[number];
                let expected = local::value(&task.registers, expected);
                see(task, to, i64::from(answer == expected));
            }
            I::Start(child) | I::StartDaemon(child) => self.tasks[child as usize].started = true,
            I::Until(place, value) => {
                if self.goes_round(number, place, value, reply) {
                    return;
                }
            }
            I::Living(to) => {
                let lives = |id: u32| {
                    execution.task(TaskId(id)).is_some_and(|task| {
                        !matches!(task.state, TaskState::New | TaskState::Finished)
                    })
                };
                let living = (0..execution.task_count() as u32).filter(|id| lives(*id)).count();
                see(&mut self.tasks[number], to, living as i64);
            }
            I::Wait(..) | I::WaitWithin(..) if self.wait_goes_on(number, answer) => return,
            I::Await(_) | I::AwaitWithin(..) if self.tasks[number].part == 0 && answer == 0 => {
                self.tasks[number].part = 1;
                return;
            }
            _ => {
                let task = &mut self.tasks[number];
                match answered_register(instruction) {
                    Some(to) => see(task, to, answer),
                    None => {
                        task.seen = mix(task.seen, u64::from(matches!(reply, Reply::Misuse(_))))
                    }
                }
            }
        }
        if let I::Print(value) = instruction {
            let value = local::value(&self.tasks[number].registers, value);
            self.printed = self.printed.wrapping_add(mix(1, value as u64));
        }
        let task = &mut self.tasks[number];
        task.part = 0;
        task.place += 1;
    }

    fn is_atomic(&self, number: usize, place: Place) -> bool {
        matches!(self.kinds.get(self.cell(number, place)), Some(Kind::Atomic(_)))
    }

    /// Whether a loop is not over: 0 is before it, 1 before its look, 2 after one that found something
    /// else.
    fn goes_round(&mut self, number: usize, place: Place, value: Value, reply: Reply) -> bool {
        let found = match reply {
            Reply::Value(found) => found as i64,
            _ => self.cells[self.cell(number, place)],
        };
        let task = &mut self.tasks[number];
        let over = task.part == 1 && found == local::value(&task.registers, value);
        if over {
            task.seen = mix(task.seen, 0);
        }
        task.part = if task.part == 1 { 2 } else { 1 };
        !over
    }

    /// Whether a wait on a condition is not over: 0 is before it, 1 in it, 2 when its time ran out.
    fn wait_goes_on(&mut self, number: usize, answer: i64) -> bool {
        let task = &mut self.tasks[number];
        match (task.part, answer) {
            (0, -1) => false,
            (0, _) => {
                task.part = 1;
                true
            }
            (1, 0) => {
                task.part = 2;
                true
            }
            _ => {
                let instruction = self.program.tasks[number][task.place as usize];
                if let Instruction::WaitWithin(to, ..) = instruction {
                    see(task, to, answer);
                }
                false
            }
        }
    }

    fn finish_container(&mut self, number: usize, instruction: Instruction) {
        use Instruction as I;
        let (I::Get(_, place, _)
        | I::Change(place, ..)
        | I::Insert(place, ..)
        | I::Pop(_, place, _)
        | I::Count(_, place)) = instruction
        else {
            return;
        };
        let at = self.cell(number, place);
        let entries = &mut self.containers[at];
        let task = &mut self.tasks[number];
        let shown = |entry: i64| if entry == ABSENT { -1 } else { entry };
        match instruction {
            I::Get(to, _, key) => see(task, to, shown(entries[key as usize])),
            I::Change(_, key, value) if entries[key as usize] != ABSENT => {
                entries[key as usize] = local::value(&task.registers, value);
            }
            I::Insert(_, key, value) => {
                entries[key as usize] = local::value(&task.registers, value);
            }
            I::Pop(to, _, key) => {
                see(task, to, shown(entries[key as usize]));
                entries[key as usize] = ABSENT;
            }
            I::Count(to, _) => {
                let count = entries.iter().filter(|entry| **entry != ABSENT).count();
                see(task, to, count as i64);
            }
            _ => {}
        }
    }

    fn cell(&self, number: usize, place: Place) -> usize {
        (self.object(number, place).0 - self.base) as usize
    }

    /// Whether an assertion failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.tasks.iter().any(|task| task.failed)
    }

    /// The hash of what the execution left.
    #[must_use]
    pub fn left(&self, execution: &Execution, ending: Ending) -> u64 {
        let last = execution.trace.events.last().map(|event| event.operation.action);
        let end = match ending {
            Ending::Stuck => End::Stuck,
            _ if last == Some(Action::ProgramEnd) => End::Program,
            _ => End::Complete,
        };
        let tasks = self.tasks.iter().zip(&self.program.tasks).map(|(task, code)| {
            let Task { started, daemon, ended, failed, place, part, seen, .. } = *task;
            // How often it went round is nobody's business.
            let rounds = matches!(code.get(place as usize), Some(Instruction::Until(..)));
            let part = if rounds { 0 } else { part };
            (TaskLeft { started, daemon, ended, failed, place, part, seen }, task.registers)
        });
        let objects = 0..self.program.objects.len();
        let memory = objects.flat_map(|object| {
            let atomic = match execution.objects().get(ObjectId(self.base + object as u32)) {
                ObjectState::Atomic(value) => *value as i64,
                _ => self.cells[object],
            };
            let entries = match self.program.objects[object] {
                Kind::Container => self.containers[object].as_slice(),
                _ => &[],
            };
            core::iter::once(atomic).chain(entries.iter().copied())
        });
        local::left(end, tasks, memory.chain([self.printed as i64]))
    }

    /// The program's number for one of the engine's tasks.
    #[must_use]
    pub fn number(&self, task: TaskId) -> u32 {
        self.numbers.get(task.index()).map_or(u32::MAX, |number| u32::from(*number))
    }

    /// A name of the object that means the same in every execution.
    #[must_use]
    pub fn name(&self, object: ObjectId) -> u32 {
        let index = object.0.wrapping_sub(self.base) as usize;
        self.names.get(index).copied().unwrap_or(u32::MAX)
    }
}

/// The task sees a value.
fn see(task: &mut Task, to: u8, value: i64) {
    task.registers[to as usize] = value;
    task.seen = local::seen(task.seen, task.place, value);
}

/// The register that receives the operation's answer.
#[must_use]
pub fn answered_register(instruction: Instruction) -> Option<u8> {
    use Instruction as I;
    match instruction {
        I::Load(to, _)
        | I::Add(to, ..)
        | I::Swap(to, ..)
        | I::AcquireWithin(to, ..)
        | I::TryAcquire(to, _)
        | I::IsLocked(to, _)
        | I::TakeWithin(to, ..)
        | I::TryTake(to, _)
        | I::Give(to, ..)
        | I::Permits(to, _)
        | I::AwaitWithin(to, ..)
        | I::IsSet(to, _)
        | I::JoinWithin(to, ..)
        | I::IsAlive(to, _)
        | I::Choose(to, _) => Some(to),
        _ => None,
    }
}
