//! A model program: tasks as lists of instructions over shared objects.
//!
//! Small enough that an interpreter of it costs next to nothing beside the engine, and rich enough for
//! what is published about searches: registers, arithmetic, computed addresses, jumps.

use everyway_engine::primitives::ObjectKind;
use everyway_protocol::operation::Nanoseconds;

/// How many registers a task has. A started task begins with all of them 0.
pub const REGISTERS: usize = 8;

/// How many objects a task may make and name itself. A started task knows those of its parent.
pub const HANDLES: usize = 2;

/// How many entries a container has.
pub const ENTRIES: usize = 4;

/// A number, or what a register holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// The number.
    Number(i64),
    /// The content of the register.
    Register(u8),
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

/// Which object an instruction is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// The one of this number in [`Program::objects`].
    Object(u16),
    /// The one whose number is this plus what the register holds.
    Indexed(u16, u8),
    /// The one that the task, or the task it was started by, made last under this handle.
    Made(u8),
}

impl From<u16> for Place {
    fn from(object: u16) -> Place {
        Place::Object(object)
    }
}

/// What an object is at the start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// A plain cell with this value.
    Cell(i64),
    /// An empty container of a few entries.
    Container,
    /// An atomic number with this value.
    Atomic(i64),
    /// A mutex.
    Mutex,
    /// A re-entrant mutex.
    ReentrantMutex,
    /// A semaphore with so many permits.
    Semaphore(u32),
    /// A semaphore with so many permits and never more.
    BoundedSemaphore(u32),
    /// A condition.
    Condition,
    /// An event, not set.
    Event,
}

impl Kind {
    /// What the engine calls it.
    #[must_use]
    pub fn for_the_engine(self) -> ObjectKind {
        match self {
            Kind::Cell(_) | Kind::Container => ObjectKind::Cell,
            Kind::Atomic(value) => ObjectKind::Atomic(value as u64),
            Kind::Mutex => ObjectKind::Mutex,
            Kind::ReentrantMutex => ObjectKind::ReentrantMutex,
            Kind::Semaphore(permits) => ObjectKind::Semaphore(permits),
            Kind::BoundedSemaphore(permits) => ObjectKind::BoundedSemaphore(permits),
            Kind::Condition => ObjectKind::Condition { inner: false },
            Kind::Event => ObjectKind::Event,
        }
    }
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Test {
    /// They are the same.
    Equal,
    /// They are not.
    Different,
    /// The first is less.
    Less,
}

impl Test {
    /// Whether it holds.
    #[must_use]
    pub fn holds(self, first: i64, second: i64) -> bool {
        match self {
            Test::Equal => first == second,
            Test::Different => first != second,
            Test::Less => first < second,
        }
    }
}

/// One instruction. A register that is named first receives the answer; answers of yes and no are 1
/// and 0. Jumps are relative: 1 is the next instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Instruction {
    /// Does nothing.
    Nothing,
    /// The register becomes the value.
    Let(u8, Value),
    /// … the sum.
    Plus(u8, Value, Value),
    /// … the product.
    Times(u8, Value, Value),
    /// … the remainder.
    Modulo(u8, Value, Value),
    /// Goes on elsewhere.
    Jump(i16),
    /// Goes on elsewhere if the test holds.
    JumpIf(Test, Value, Value, i16),
    /// Fails, which ends the task, if the test holds.
    FailIf(Test, Value, Value),
    /// Ends the task, as reaching the end of its list does.
    End,
    /// Ends the program.
    EndProgram,

    /// Reads a cell.
    Read(u8, Place),
    /// Writes a cell.
    Write(Place, Value),
    /// Reads the entry of a container, -1 if there is none.
    Get(u8, Place, u8),
    /// Changes the entry if there is one.
    Change(Place, u8, Value),
    /// Puts the entry there whether or not there is one.
    Insert(Place, u8, Value),
    /// Takes the entry out, -1 if there is none.
    Pop(u8, Place, u8),
    /// Counts the entries.
    Count(u8, Place),

    /// Reads an atomic number.
    Load(u8, Place),
    /// Writes it.
    Store(Place, Value),
    /// Adds to it; what it was before.
    Add(u8, Place, Value),
    /// Writes it; what it was before.
    Swap(u8, Place, Value),
    /// Writes the last value if it is the one before; whether it was.
    CompareExchange(u8, Place, Value, Value),

    /// Takes a mutex.
    Acquire(Place),
    /// Takes it within a time.
    AcquireWithin(u8, Place, Nanoseconds),
    /// Takes it if it is free.
    TryAcquire(u8, Place),
    /// Gives it back.
    Release(Place),
    /// Looks whether it is held.
    IsLocked(u8, Place),

    /// Takes a permit.
    Take(Place),
    /// Takes one within a time.
    TakeWithin(u8, Place, Nanoseconds),
    /// Takes one if there is one.
    TryTake(u8, Place),
    /// Gives permits; whether it was allowed.
    Give(u8, Place, u32),
    /// How many permits there are.
    Permits(u8, Place),

    /// Waits on the condition, with the mutex.
    Wait(Place, Place),
    /// Waits within a time.
    WaitWithin(u8, Place, Place, Nanoseconds),
    /// Notifies so many.
    Notify(Place, u32),

    /// Waits until the event is set.
    Await(Place),
    /// Waits within a time.
    AwaitWithin(u8, Place, Nanoseconds),
    /// Sets it.
    Set(Place),
    /// Clears it.
    Clear(Place),
    /// Looks whether it is set.
    IsSet(u8, Place),

    /// Starts the task, which nobody has started.
    Start(u8),
    /// Starts it as a daemon, which the program's end does not wait for.
    StartDaemon(u8),
    /// Waits until the task has ended; does nothing if nobody started it.
    Join(u8),
    /// … within a time.
    JoinWithin(u8, u8, Nanoseconds),
    /// Looks whether the task lives; no if nobody started it.
    IsAlive(u8, u8),
    /// Counts the tasks that live.
    Living(u8),
    /// Waits until all other tasks that are no daemons have ended.
    JoinAll,

    /// Picks a number below this.
    Choose(u8, u32),
    /// Sleeps.
    Sleep(Nanoseconds),
    /// Lets others go on.
    Yield,
    /// Goes round and round until a cell or an atomic number is this.
    Until(Place, Value),
    /// Prints the number. What is printed is known, in no order.
    Print(Value),
    /// Reads the clock, and does nothing with it: what it says is no part of a result.
    ReadClock,
    /// Makes an object and names it by the handle.
    Make(u8, Kind),
}

impl Instruction {
    /// The objects that it is about.
    pub fn places(&self) -> impl Iterator<Item = Place> + use<> {
        use Instruction as I;
        let (first, second) = match *self {
            I::Wait(condition, mutex) | I::WaitWithin(_, condition, mutex, _) => {
                (Some(condition), Some(mutex))
            }
            I::Read(_, place)
            | I::Write(place, _)
            | I::Get(_, place, _)
            | I::Change(place, ..)
            | I::Insert(place, ..)
            | I::Pop(_, place, _)
            | I::Count(_, place)
            | I::Load(_, place)
            | I::Store(place, _)
            | I::Add(_, place, _)
            | I::Swap(_, place, _)
            | I::Until(place, _)
            | I::CompareExchange(_, place, ..)
            | I::Acquire(place)
            | I::AcquireWithin(_, place, _)
            | I::TryAcquire(_, place)
            | I::Release(place)
            | I::IsLocked(_, place)
            | I::Take(place)
            | I::TakeWithin(_, place, _)
            | I::TryTake(_, place)
            | I::Give(_, place, _)
            | I::Permits(_, place)
            | I::Notify(place, _)
            | I::Await(place)
            | I::AwaitWithin(_, place, _)
            | I::Set(place)
            | I::Clear(place)
            | I::IsSet(_, place) => (Some(place), None),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }
}

/// A program. Task 0 is main, which runs from the start.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Program {
    /// What it is called.
    pub name: String,
    /// The shared objects.
    pub objects: Vec<Kind>,
    /// What each task does.
    pub tasks: Vec<Vec<Instruction>>,
}

impl Program {
    /// A program whose main task starts all the others, and ends.
    #[must_use]
    pub fn parallel(name: &str, objects: Vec<Kind>, tasks: Vec<Vec<Instruction>>) -> Program {
        let main = (1..=tasks.len()).map(|task| Instruction::Start(task as u8)).collect();
        let tasks = core::iter::once(main).chain(tasks).collect();
        Program { name: name.to_owned(), objects, tasks }
    }

    /// How many instructions do anything.
    #[must_use]
    pub fn len(&self) -> usize {
        let counts = |instruction: &&Instruction| **instruction != Instruction::Nothing;
        self.tasks.iter().flatten().filter(counts).count()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether some wait has a time limit.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        use Instruction::{AcquireWithin, AwaitWithin, JoinWithin, TakeWithin, WaitWithin};
        self.tasks.iter().flatten().any(|instruction| {
            matches!(
                instruction,
                AcquireWithin(..)
                    | TakeWithin(..)
                    | WaitWithin(..)
                    | AwaitWithin(..)
                    | JoinWithin(..)
            )
        })
    }

    /// Whether tasks go round and round.
    #[must_use]
    pub fn has_loops(&self) -> bool {
        self.tasks.iter().flatten().any(|instruction| matches!(instruction, Instruction::Until(..)))
    }

    /// Whether tasks make objects.
    #[must_use]
    pub fn makes_objects(&self) -> bool {
        self.tasks.iter().flatten().any(|instruction| matches!(instruction, Instruction::Make(..)))
    }

    /// Whether main waits for all others before it ends the program. If it does not, how far they come is
    /// nobody's business.
    #[must_use]
    pub fn ends_in_order(&self) -> bool {
        let ends = |code: &[Instruction]| match code.iter().position(is_end) {
            Some(0) => false,
            Some(place) => code[place - 1] == Instruction::JoinAll,
            None => true,
        };
        self.tasks.iter().all(|code| ends(code))
    }

    /// Drops what does nothing, and mends the jumps over it.
    #[must_use]
    pub fn compact(&self) -> Program {
        let tasks = self.tasks.iter().map(|code| compact(code)).collect();
        Program { tasks, ..self.clone() }
    }
}

fn is_end(instruction: &Instruction) -> bool {
    *instruction == Instruction::EndProgram
}

fn compact(code: &[Instruction]) -> Vec<Instruction> {
    let kept = |instruction: &Instruction| *instruction != Instruction::Nothing;
    // Where each instruction is afterwards, or the next that is kept.
    let mut places = Vec::new();
    let mut count = 0i64;
    for instruction in code {
        places.push(count);
        count += i64::from(kept(instruction));
    }
    places.push(count);
    let moved = |from: usize, by: i16| {
        let to = (from as i64 + i64::from(by)).clamp(0, code.len() as i64) as usize;
        (places[to] - places[from]) as i16
    };
    let mended = |(place, instruction): (usize, &Instruction)| match *instruction {
        Instruction::Jump(by) => Instruction::Jump(moved(place, by)),
        Instruction::JumpIf(test, first, second, by) => {
            Instruction::JumpIf(test, first, second, moved(place, by))
        }
        other => other,
    };
    let all = code.iter().enumerate().filter(|(_, instruction)| kept(instruction));
    all.map(mended).collect()
}

impl core::fmt::Display for Program {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        writeln!(out, "{}", self.name)?;
        for (number, kind) in self.objects.iter().enumerate() {
            writeln!(out, "  object {number}: {kind:?}")?;
        }
        for (number, code) in self.tasks.iter().enumerate() {
            writeln!(out, "  task {number}:")?;
            for (place, instruction) in code.iter().enumerate() {
                writeln!(out, "    {place:3} {instruction:?}")?;
            }
        }
        Ok(())
    }
}
