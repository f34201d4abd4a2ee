//! A state of a program, its moves, and what they change.

use std::hash::{Hash, Hasher};

use everyway_engine::clock::ClockMode;

use super::objects::{ABSENT, NOBODY, Object, TASKS};
use crate::classes::Mixer;
use crate::local::{self, End, Stop, TaskLeft, mix};
use crate::program::{HANDLES, Instruction, Kind, Place, Program, REGISTERS};

/// How many objects there may be, with those that tasks make.
const OBJECTS: usize = 18;

/// No deadline.
const NEVER: u32 = u32::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Status {
    Unstarted,
    /// Before an operation.
    Ready,
    /// Before its end.
    Ending,
    Ended,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Task {
    status: Status,
    daemon: bool,
    failed: bool,
    /// Everything stood still while it waited, so its time may run out at any moment.
    late: bool,
    place: u16,
    /// Of a wait: 0 before it, 1 in it, 2 when its time ran out.
    part: u8,
    /// How often it held the mutex that it gave back to wait.
    depth: u8,
    handles: [u8; HANDLES],
    deadline: u32,
    since: u32,
    seen: u64,
    registers: [i64; REGISTERS],
}

/// What one task can do next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// Its operation.
    Do,
    /// Its time runs out.
    Expire,
    /// It picks this.
    Pick(u32),
    /// It ends the program.
    EndProgram,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct State {
    exact: bool,
    any: bool,
    now: u32,
    count: u8,
    made: u8,
    /// The sum of the hashes of what was printed.
    printed: u64,
    tasks: [Task; TASKS],
    objects: [Object; OBJECTS],
}

impl State {
    pub(super) fn new(program: &Program, clock: ClockMode) -> Option<State> {
        let task = Task {
            status: Status::Unstarted,
            daemon: false,
            failed: false,
            late: false,
            place: 0,
            part: 0,
            depth: 0,
            handles: [NOBODY; HANDLES],
            deadline: NEVER,
            since: 0,
            seen: 0,
            registers: [0; REGISTERS],
        };
        if program.tasks.len() > TASKS || program.objects.len() > OBJECTS {
            return None;
        }
        let mut state = State {
            exact: clock == ClockMode::Exact,
            any: clock == ClockMode::Any,
            now: 0,
            count: program.tasks.len() as u8,
            made: program.objects.len() as u8,
            printed: 0,
            tasks: [task; TASKS],
            objects: [Object::Number(0); OBJECTS],
        };
        for (object, kind) in state.objects.iter_mut().zip(&program.objects) {
            *object = Object::new(*kind);
        }
        state.start(program, 0, false, [NOBODY; HANDLES])?;
        Some(state)
    }

    pub(super) fn hash(&self) -> u64 {
        let mut hasher = Mixer::default();
        Hash::hash(self, &mut hasher);
        hasher.finish()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.tasks.iter().any(|task| task.failed)
    }

    /// Whether a task that has to end has not.
    pub(super) fn is_unfinished(&self) -> bool {
        self.tasks
            .iter()
            .any(|task| !task.daemon && !matches!(task.status, Status::Unstarted | Status::Ended))
    }

    pub(super) fn left(&self, program: &Program, end: End) -> u64 {
        let tasks = self.tasks[..self.count as usize].iter().map(|task| {
            let left = TaskLeft {
                started: task.status != Status::Unstarted,
                daemon: task.daemon,
                ended: task.status == Status::Ended,
                failed: task.failed,
                place: task.place,
                part: task.part,
                seen: task.seen,
            };
            (left, task.registers)
        });
        let memory = self.objects[..program.objects.len()].iter().flat_map(|object| {
            let (number, entries) = match object {
                Object::Number(number) => (*number, [].as_slice()),
                Object::Container(entries) => (0, entries.as_slice()),
                _ => (0, [].as_slice()),
            };
            core::iter::once(number).chain(entries.iter().copied())
        });
        local::left(end, tasks, memory.chain([self.printed as i64]))
    }

    fn start(
        &mut self,
        program: &Program,
        number: u8,
        daemon: bool,
        handles: [u8; HANDLES],
    ) -> Option<()> {
        let task = &mut self.tasks[number as usize];
        task.status = Status::Ready;
        task.daemon = daemon;
        task.handles = handles;
        self.arrive(program, number)
    }

    /// The task goes on to its next operation. None if there are too many objects.
    fn arrive(&mut self, program: &Program, number: u8) -> Option<()> {
        let code = &program.tasks[number as usize];
        loop {
            let task = &mut self.tasks[number as usize];
            (task.part, task.late, task.deadline, task.since) = (0, false, NEVER, self.now);
            let stop = local::go_on(code, &mut task.place, &mut task.registers);
            if stop != Stop::Operation {
                task.failed = stop == Stop::Failure;
                task.status = Status::Ending;
                return Some(());
            }
            match code[task.place as usize] {
                Instruction::Make(handle, kind) => self.make(number, handle, kind)?,
                Instruction::Join(other)
                | Instruction::JoinWithin(_, other, _)
                | Instruction::IsAlive(_, other)
                    if self.tasks[other as usize].status == Status::Unstarted =>
                {
                    let instruction = code[self.tasks[number as usize].place as usize];
                    if let Instruction::JoinWithin(to, ..) | Instruction::IsAlive(to, _) =
                        instruction
                    {
                        self.see(number, to, 0);
                    }
                }
                instruction => {
                    // Nobody has made what it is about.
                    let unknown = |place| self.at(number, place) >= self.made as usize;
                    if instruction.places().any(unknown) {
                        return None;
                    }
                    if let Some(time) = time_of(instruction, 0) {
                        self.tasks[number as usize].deadline = self.now + time;
                    }
                    return Some(());
                }
            }
            self.tasks[number as usize].place += 1;
        }
    }

    fn make(&mut self, number: u8, handle: u8, kind: Kind) -> Option<()> {
        *self.objects.get_mut(self.made as usize)? = Object::new(kind);
        self.tasks[number as usize].handles[handle as usize] = self.made;
        self.made += 1;
        Some(())
    }

    fn see(&mut self, number: u8, to: u8, value: i64) {
        let task = &mut self.tasks[number as usize];
        task.registers[to as usize] = value;
        task.seen = local::seen(task.seen, task.place, value);
    }

    fn at(&self, number: u8, place: Place) -> usize {
        let task = &self.tasks[number as usize];
        match place {
            Place::Object(object) => object as usize,
            Place::Indexed(first, register) => {
                (i64::from(first) + task.registers[register as usize]) as usize
            }
            Place::Made(handle) => task.handles[handle as usize] as usize,
        }
    }

    pub(super) fn object(&self, number: u8, place: Place) -> &Object {
        &self.objects[self.at(number, place)]
    }

    pub(super) fn object_mut(&mut self, number: u8, place: Place) -> &mut Object {
        &mut self.objects[self.at(number, place)]
    }

    pub(super) fn part(&self, number: u8) -> u8 {
        self.tasks[number as usize].part
    }

    pub(super) fn depth(&self, number: u8) -> u8 {
        self.tasks[number as usize].depth
    }

    pub(super) fn begin_to_wait(&mut self, number: u8, depth: u8) {
        self.tasks[number as usize].part = 1;
        self.tasks[number as usize].depth = depth;
    }

    /// All moves. Where deadlines order everything and there is none, time passes.
    pub(super) fn moves(&mut self, program: &Program, moves: &mut Vec<(u8, Move)>) {
        loop {
            self.moves_now(program, moves);
            let later = |task: &&Task| task.status == Status::Ready && task.deadline > self.now;
            let next = self.tasks.iter().filter(later).map(|task| task.deadline).min();
            match next {
                Some(next) if moves.is_empty() && self.exact && next != NEVER => self.now = next,
                _ => return,
            }
        }
    }

    fn moves_now(&self, program: &Program, moves: &mut Vec<(u8, Move)>) {
        let mut only_sleep = true;
        for number in 0..self.count {
            let task = &self.tasks[number as usize];
            if task.status == Status::Ending {
                only_sleep = false;
                moves.push((number, Move::Do));
            }
            let Some(instruction) = self.instruction(program, number) else { continue };
            if !self.is_enabled(program, number, instruction) {
                continue;
            }
            only_sleep &= matches!(instruction, Instruction::Sleep(_));
            match instruction {
                Instruction::Choose(_, count) => {
                    moves.extend((0..count).map(|value| (number, Move::Pick(value))));
                }
                Instruction::EndProgram => moves.push((number, Move::EndProgram)),
                _ => moves.push((number, Move::Do)),
            }
        }
        for number in 0..self.count {
            let task = &self.tasks[number as usize];
            let Some(instruction) = self.instruction(program, number) else { continue };
            let may = if self.exact {
                task.deadline <= self.now
            } else {
                (self.any || only_sleep || task.late)
                    && !self.is_enabled(program, number, instruction)
            };
            if may && self.can_expire(number, instruction) {
                moves.push((number, Move::Expire));
            }
        }
    }

    /// The operation that the task is before.
    fn instruction(&self, program: &Program, number: u8) -> Option<Instruction> {
        let task = &self.tasks[number as usize];
        (task.status == Status::Ready).then(|| program.tasks[number as usize][task.place as usize])
    }

    /// Whether it is a wait that has a time limit and is not over.
    fn can_expire(&self, number: u8, instruction: Instruction) -> bool {
        use Instruction as I;
        let part = self.tasks[number as usize].part;
        match instruction {
            I::AcquireWithin(..) | I::TakeWithin(..) | I::JoinWithin(..) => true,
            I::WaitWithin(_, place, ..) | I::AwaitWithin(_, place, _) => {
                part == 1 && self.object(number, place).is_waiting(number)
            }
            _ => false,
        }
    }

    fn is_enabled(&self, program: &Program, number: u8, instruction: Instruction) -> bool {
        use Instruction as I;
        let task = &self.tasks[number as usize];
        match instruction {
            I::Acquire(mutex) | I::AcquireWithin(_, mutex, _) => {
                self.object(number, mutex).is_free_for(number)
            }
            I::Take(place) | I::TakeWithin(_, place, _) => {
                let some = matches!(self.object(number, place), Object::Semaphore { permits, .. } if *permits > 0);
                some && (!self.exact || self.is_first(program, number, self.at(number, place)))
            }
            I::Wait(condition, mutex) | I::WaitWithin(_, condition, mutex, _) if task.part > 0 => {
                let awake = task.part == 2 || !self.object(number, condition).is_waiting(number);
                awake && self.object(number, mutex).is_free_for(number)
            }
            I::Await(event) | I::AwaitWithin(_, event, _) if task.part == 1 => {
                !self.object(number, event).is_waiting(number)
            }
            I::Join(other) | I::JoinWithin(_, other, _) => {
                self.tasks[other as usize].status == Status::Ended
            }
            I::JoinAll => (0..self.count).all(|other| {
                let task = &self.tasks[other as usize];
                other == number
                    || task.daemon
                    || matches!(task.status, Status::Unstarted | Status::Ended)
            }),
            I::Until(place, value) => match self.object(number, place) {
                Object::Number(found) => *found == local::value(&task.registers, value),
                _ => true,
            },
            I::Sleep(_) => !self.exact || task.deadline <= self.now,
            _ => true,
        }
    }

    /// Where code takes no time: nobody has waited for the semaphore since an earlier moment. A task
    /// that has just come may be faster than those that wait.
    fn is_first(&self, program: &Program, number: u8, semaphore: usize) -> bool {
        let own = self.tasks[number as usize].since;
        own == self.now
            || (0..self.count).all(|other| match self.instruction(program, other) {
                Some(Instruction::Take(place) | Instruction::TakeWithin(_, place, _)) => {
                    self.at(other, place) != semaphore || self.tasks[other as usize].since >= own
                }
                _ => true,
            })
    }

    /// Makes the move. None if there are too many objects.
    pub(super) fn make_move(
        &mut self,
        program: &Program,
        (number, next): (u8, Move),
    ) -> Option<()> {
        let own = number as usize;
        if self.tasks[own].status == Status::Ending {
            self.tasks[own].status = Status::Ended;
            return Some(());
        }
        let instruction = program.tasks[own][self.tasks[own].place as usize];
        let answer = match next {
            Move::EndProgram => return Some(()),
            Move::Pick(value) => Some(i64::from(value)),
            Move::Expire => self.expire(number, instruction),
            Move::Do => self.execute(program, number, instruction)?,
        };
        let Some(answer) = answer else {
            // The wait goes on.
            let task = &mut self.tasks[own];
            (task.late, task.since, task.deadline) = (false, self.now, NEVER);
            if let Some(time) = time_of(instruction, task.part) {
                task.deadline = self.now + time;
            }
            return Some(());
        };
        self.answer(number, instruction, answer);
        self.tasks[own].place += 1;
        self.arrive(program, number)
    }

    fn answer(&mut self, number: u8, instruction: Instruction, answer: i64) {
        use Instruction as I;
        match instruction {
            I::Read(to, _)
            | I::Get(to, ..)
            | I::Pop(to, ..)
            | I::Count(to, _)
            | I::Load(to, _)
            | I::Add(to, ..)
            | I::Swap(to, ..)
            | I::CompareExchange(to, ..)
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
            | I::Living(to)
            | I::Choose(to, _) => self.see(number, to, answer),
            I::Write(..) | I::Change(..) | I::Insert(..) | I::Start(_) | I::StartDaemon(_) => {}
            I::WaitWithin(to, ..) if answer != -1 => {
                self.see(number, to, answer);
                let task = &mut self.tasks[number as usize];
                task.seen = mix(task.seen, 0);
            }
            _ => {
                let task = &mut self.tasks[number as usize];
                task.seen = mix(task.seen, u64::from(answer == -1));
            }
        }
    }

    /// The wait's time runs out. None if the task has still to take its mutex.
    fn expire(&mut self, number: u8, instruction: Instruction) -> Option<i64> {
        for task in &mut self.tasks {
            task.late |= task.status == Status::Ready;
        }
        match instruction {
            Instruction::WaitWithin(..) => {
                self.tasks[number as usize].part = 2;
                return None;
            }
            Instruction::AwaitWithin(_, event, _) => {
                self.object_mut(number, event).queue()?.remove(number);
            }
            _ => {}
        }
        Some(0)
    }

    /// Executes the operation. The inner none: it waits now.
    fn execute(
        &mut self,
        program: &Program,
        number: u8,
        instruction: Instruction,
    ) -> Option<Option<i64>> {
        use Instruction as I;
        let of =
            |state: &State, value| local::value(&state.tasks[number as usize].registers, value);
        let answer = match instruction {
            I::Start(child) | I::StartDaemon(child) => {
                let daemon = matches!(instruction, I::StartDaemon(_));
                self.start(program, child, daemon, self.tasks[number as usize].handles)?;
                1
            }
            I::IsAlive(_, other) => i64::from(self.tasks[other as usize].status != Status::Ended),
            I::Living(_) => {
                let lives = |task: &&Task| matches!(task.status, Status::Ready | Status::Ending);
                self.tasks.iter().filter(lives).count() as i64
            }
            I::Print(value) => {
                self.printed = self.printed.wrapping_add(mix(1, of(self, value) as u64));
                1
            }
            I::Until(..) | I::ReadClock => 1,
            I::Wait(condition, mutex) | I::WaitWithin(_, condition, mutex, _) => {
                return Some(self.wait(number, condition, mutex));
            }
            I::Await(event) | I::AwaitWithin(_, event, _) => {
                if self.tasks[number as usize].part == 0 {
                    let object = self.object_mut(number, event);
                    if matches!(object, Object::Event { set: false, .. }) {
                        object.queue()?.push(number);
                        self.tasks[number as usize].part = 1;
                        return Some(None);
                    }
                }
                1
            }
            I::Read(_, place) | I::Load(_, place) => self.change(number, place, |old| old),
            I::Write(place, value) | I::Store(place, value) | I::Swap(_, place, value) => {
                let new = of(self, value);
                let old = self.change(number, place, |_| new);
                // A store answers nothing.
                if matches!(instruction, I::Store(..)) { 1 } else { old }
            }
            I::Add(_, place, value) => {
                let by = of(self, value);
                self.change(number, place, |old| old.wrapping_add(by))
            }
            I::CompareExchange(_, place, expected, value) => {
                let (expected, new) = (of(self, expected), of(self, value));
                let old = self.change(number, place, |old| if old == expected { new } else { old });
                i64::from(old == expected)
            }
            I::Get(_, place, key) => self.entry(number, place, key, |old| old),
            I::Pop(_, place, key) => self.entry(number, place, key, |_| ABSENT),
            I::Change(place, key, value) => {
                let new = of(self, value);
                self.entry(number, place, key, |old| if old == ABSENT { ABSENT } else { new })
            }
            I::Insert(place, key, value) => {
                let new = of(self, value);
                self.entry(number, place, key, |_| new)
            }
            _ => self.synchronise(number, instruction),
        };
        Some(Some(answer))
    }
}

/// How long the wait or sleep takes, in the part that has a time limit.
fn time_of(instruction: Instruction, part: u8) -> Option<u32> {
    use Instruction as I;
    match (instruction, part) {
        (
            I::AcquireWithin(_, _, time)
            | I::TakeWithin(_, _, time)
            | I::JoinWithin(_, _, time)
            | I::Sleep(time),
            0,
        )
        | (I::WaitWithin(_, _, _, time) | I::AwaitWithin(_, _, time), 1) => Some(time as u32),
        _ => None,
    }
}
