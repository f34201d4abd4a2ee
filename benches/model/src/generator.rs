//! Random programs over all objects.
//!
//! Each program draws a few themes first, so that its tasks meet on the same objects.

use crate::local::mix;
use crate::program::Instruction::{
    Acquire, AcquireWithin, Add, Await, AwaitWithin, Change, Choose, Clear, CompareExchange, Count,
    EndProgram, FailIf, Get, Give, Insert, IsAlive, IsLocked, IsSet, Join, JoinAll, JoinWithin,
    JumpIf, Living, Load, Make, Notify, Permits, Plus, Pop, Print, Read, ReadClock, Release, Set,
    Sleep, Start, StartDaemon, Store, Swap, Take, TakeWithin, TryAcquire, TryTake, Until, Wait,
    WaitWithin, Write, Yield,
};
use crate::program::{ENTRIES, HANDLES, Instruction, Kind, Place, Program, Test, Value};

/// Numbers that are the same on every machine.
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Numbers {
        Numbers(mix(seed, 0x65_7665_7279))
    }

    /// A number below the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mix(self.0, 0) % bound.max(1) as u64) as usize
    }

    fn chance(&mut self, of: usize, among: usize) -> bool {
        self.below(among) < of
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// What a program is made of.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Whether waits may have time limits and tasks sleep.
    pub timed: bool,
    /// Whether it should have many interleavings.
    pub large: bool,
    /// Whether tasks also go round until something is there, count each other, print and read the clock.
    pub more: bool,
}

/// A mutex, semaphore … of the program, for those who know it.
#[derive(Clone, Copy)]
struct Known {
    place: Place,
    kind: Kind,
}

struct Generator {
    numbers: Numbers,
    shape: Shape,
    shared: Vec<Known>,
    codes: Vec<Vec<Instruction>>,
    /// Tasks that are still to be given to somebody to start.
    unborn: Vec<usize>,
    daemons: bool,
    dynamic: bool,
    /// Whether rare mistakes are made: giving back what one has not, waiting without the mutex.
    careless: bool,
    steps: usize,
}

/// The random program of this seed.
#[must_use]
pub fn program(seed: u64, shape: Shape) -> Program {
    let mut numbers = Numbers::new(seed);
    let tasks = if shape.large { 3 + numbers.below(2) } else { 2 + numbers.below(3) };
    let objects = objects(&mut numbers);
    let known =
        |(number, kind): (usize, &Kind)| Known { place: Place::Object(number as u16), kind: *kind };
    let shared = objects.iter().enumerate().map(known).collect();
    let steps = if shape.large { 3 } else { 1 + numbers.below(if tasks == 2 { 3 } else { 2 }) };
    let mut generator = Generator {
        shape,
        shared,
        codes: vec![Vec::new(); tasks + 1],
        unborn: (1..=tasks).rev().collect(),
        daemons: numbers.chance(1, 8),
        dynamic: numbers.chance(1, 3),
        careless: numbers.chance(1, 8),
        steps,
        numbers,
    };
    generator.main();
    Program { name: format!("random({seed})"), objects, tasks: generator.codes }.compact()
}

/// The shared objects: of one to three themes.
fn objects(numbers: &mut Numbers) -> Vec<Kind> {
    let mut objects = Vec::new();
    for _ in 0..1 + numbers.below(3) {
        match numbers.below(9) {
            0 => objects.extend([Kind::Cell(0), Kind::Cell(1)]),
            1 => objects.push(Kind::Container),
            2 => objects.extend([Kind::Atomic(0), Kind::Atomic(1)]),
            3 => objects.extend([Kind::Mutex, Kind::Cell(0)]),
            4 => objects.extend([Kind::Mutex, Kind::Mutex, Kind::Cell(0)]),
            5 => objects.extend([Kind::ReentrantMutex, Kind::Atomic(0)]),
            6 => {
                let permits = numbers.below(3) as u32;
                let bounded = numbers.chance(1, 2);
                let bound = Kind::BoundedSemaphore(permits.max(1));
                objects.push(if bounded { bound } else { Kind::Semaphore(permits) });
            }
            7 => {
                let mutex = numbers.pick(&[Kind::Mutex, Kind::ReentrantMutex]);
                objects.extend([mutex, Kind::Condition, Kind::Cell(0)]);
            }
            _ => objects.extend([Kind::Event, Kind::Cell(0)]),
        }
    }
    objects.truncate(7);
    objects
}

impl Generator {
    fn main(&mut self) {
        let shared = self.shared.clone();
        let mut code = Vec::new();
        let own = usize::from(self.numbers.chance(1, 3));
        self.task(0, &shared, &[], own, &mut code);
        if self.daemons {
            code.extend([JoinAll, EndProgram]);
        }
        self.codes[0] = code;
    }

    /// The code of a task that knows these objects and may join these tasks.
    fn task(
        &mut self,
        number: usize,
        known: &[Known],
        elders: &[u8],
        steps: usize,
        code: &mut Vec<Instruction>,
    ) {
        let mut known = known.to_vec();
        let mut others = elders.to_vec();
        let mut left = steps;
        loop {
            let starts = self.takes_child(number, left);
            if !starts && left == 0 {
                break;
            }
            if self.numbers.chance(1, 10) {
                self.make(&mut known, code);
            }
            if starts && let Some(child) = self.unborn.pop() {
                let leaf = !self.dynamic || self.unborn.is_empty();
                let daemon = self.daemons && leaf && self.numbers.chance(1, 2);
                let child_number = child as u8;
                code.push(if daemon { StartDaemon(child_number) } else { Start(child_number) });
                let mut body = Vec::new();
                let steps = self.steps;
                let unborn = if daemon { core::mem::take(&mut self.unborn) } else { Vec::new() };
                self.task(child, &known, &others, steps, &mut body);
                if daemon {
                    self.unborn = unborn;
                }
                self.codes[child] = body;
                others.push(child_number);
            } else {
                left -= 1;
                self.step(&known, &others, code);
            }
        }
    }

    /// Whether the next thing that this task does is to start one.
    fn takes_child(&mut self, number: usize, left: usize) -> bool {
        if self.unborn.is_empty() {
            return false;
        }
        if number == 0 {
            left == 0 || self.numbers.chance(4, 5)
        } else {
            self.dynamic && self.numbers.chance(1, 4)
        }
    }

    fn make(&mut self, known: &mut Vec<Known>, code: &mut Vec<Instruction>) {
        let handle = self.numbers.below(HANDLES) as u8;
        let kind = self.numbers.pick(&[
            Kind::Cell(0),
            Kind::Atomic(0),
            Kind::Mutex,
            Kind::Semaphore(1),
            Kind::Event,
            Kind::ReentrantMutex,
        ]);
        let place = Place::Made(handle);
        known.retain(|other| other.place != place);
        known.push(Known { place, kind });
        code.push(Make(handle, kind));
    }

    fn value(&mut self) -> Value {
        match self.numbers.below(4) {
            0 => Value::Register(self.numbers.below(2) as u8),
            number => Value::Number(number as i64 - 1),
        }
    }

    fn register(&mut self) -> u8 {
        self.numbers.below(2) as u8
    }

    fn time(&mut self) -> u64 {
        1 + self.numbers.below(3) as u64
    }

    fn step(&mut self, known: &[Known], others: &[u8], code: &mut Vec<Instruction>) {
        let to = self.register();
        if self.shape.more && self.numbers.chance(1, 3) {
            return self.more(known, to, code);
        }
        match self.numbers.below(16) {
            0 if !others.is_empty() => {
                let other = self.numbers.pick(others);
                let timed = JoinWithin(to, other, self.time());
                let choice = self.numbers.below(if self.shape.timed { 3 } else { 2 });
                code.push([IsAlive(to, other), Join(other), timed][choice]);
            }
            1 => code.push(Choose(to, 2)),
            2 if self.shape.timed => code.push(Sleep(self.time())),
            3 if self.numbers.chance(1, 3) => code.push(Yield),
            4 => {
                let value = self.value();
                code.push(FailIf(Test::Equal, Value::Register(to), value));
            }
            5 | 6 => {
                let value = self.value();
                let at = code.len();
                code.push(Instruction::Nothing);
                self.object_step(known, code);
                let test = self.numbers.pick(&[Test::Equal, Test::Different]);
                let by = (code.len() - at) as i16;
                code[at] = JumpIf(test, Value::Register(to), value, by);
            }
            _ => self.object_step(known, code),
        }
    }

    fn more(&mut self, known: &[Known], to: u8, code: &mut Vec<Instruction>) {
        let number = |known: &&Known| matches!(known.kind, Kind::Cell(_) | Kind::Atomic(_));
        let numbers: Vec<Place> = known.iter().filter(number).map(|known| known.place).collect();
        let value = self.value();
        match self.numbers.below(6) {
            0 => code.push(Living(to)),
            1 => code.push(Print(value)),
            2 => code.push(ReadClock),
            _ if numbers.is_empty() => code.push(Print(value)),
            _ => code.push(Until(self.numbers.pick(&numbers), value)),
        }
    }

    fn object_step(&mut self, known: &[Known], code: &mut Vec<Instruction>) {
        if known.is_empty() {
            return;
        }
        let Known { place, kind } = self.numbers.pick(known);
        match kind {
            Kind::Cell(_) => self.cell_step(place, code),
            Kind::Container => self.container_step(place, code),
            Kind::Atomic(_) => self.atomic_step(place, code),
            Kind::Mutex | Kind::ReentrantMutex => self.mutex_step(known, place, kind, code),
            Kind::Semaphore(_) | Kind::BoundedSemaphore(_) => self.semaphore_step(place, code),
            Kind::Condition => self.condition_step(known, place, code),
            Kind::Event => self.event_step(place, code),
        }
    }

    fn cell_step(&mut self, place: Place, code: &mut Vec<Instruction>) {
        let (to, value) = (self.register(), self.value());
        match self.numbers.below(3) {
            0 => code.push(Read(to, place)),
            1 => code.push(Write(place, value)),
            _ => {
                let more = Plus(to, Value::Register(to), Value::Number(1));
                code.extend([Read(to, place), more, Write(place, Value::Register(to))]);
            }
        }
    }

    fn container_step(&mut self, place: Place, code: &mut Vec<Instruction>) {
        let (to, value) = (self.register(), self.value());
        let key = self.numbers.below(ENTRIES.min(2)) as u8;
        let all = [
            Get(to, place, key),
            Change(place, key, value),
            Insert(place, key, value),
            Pop(to, place, key),
            Count(to, place),
        ];
        code.push(self.numbers.pick(&all));
    }

    fn atomic_step(&mut self, place: Place, code: &mut Vec<Instruction>) {
        let (to, value, other) = (self.register(), self.value(), self.value());
        let all = [
            Load(to, place),
            Load(to, place),
            Store(place, value),
            Store(place, value),
            Add(to, place, Value::Number(1)),
            Swap(to, place, value),
            CompareExchange(to, place, value, other),
            CompareExchange(to, place, value, other),
        ];
        code.push(self.numbers.pick(&all));
    }

    fn mutex_step(
        &mut self,
        known: &[Known],
        place: Place,
        kind: Kind,
        code: &mut Vec<Instruction>,
    ) {
        let to = 2 + self.register();
        let begin = match self.numbers.below(if self.shape.timed { 8 } else { 6 }) {
            0 => return code.push(IsLocked(to, place)),
            1 if self.careless => return code.push(Release(place)),
            1 | 2 => TryAcquire(to, place),
            6 | 7 => AcquireWithin(to, place, self.time()),
            _ => Acquire(place),
        };
        code.push(begin);
        let at = code.len();
        if begin != Acquire(place) {
            code.push(Instruction::Nothing);
        }
        if kind == Kind::ReentrantMutex && self.numbers.chance(1, 2) {
            code.extend([Acquire(place), Release(place)]);
        }
        if self.numbers.chance(2, 3) {
            self.object_step(known, code);
        }
        if !(self.careless && self.numbers.chance(1, 3)) {
            code.push(Release(place));
        }
        if begin != Acquire(place) {
            let by = (code.len() - at) as i16;
            code[at] = JumpIf(Test::Equal, Value::Register(to), Value::Number(0), by);
        }
    }

    fn semaphore_step(&mut self, place: Place, code: &mut Vec<Instruction>) {
        let to = self.register();
        let count = if self.numbers.chance(1, 4) { 2 } else { 1 };
        match self.numbers.below(if self.shape.timed { 8 } else { 6 }) {
            0 => code.push(Permits(to, place)),
            1 => code.push(TryTake(to, place)),
            2 => code.push(Give(to, place, count)),
            3 => code.push(Take(place)),
            6 | 7 => code.push(TakeWithin(to, place, self.time())),
            _ => code.extend([Take(place), Give(to, place, 1)]),
        }
    }

    fn condition_step(&mut self, known: &[Known], place: Place, code: &mut Vec<Instruction>) {
        let is_mutex = |known: &&Known| matches!(known.kind, Kind::Mutex | Kind::ReentrantMutex);
        let mutexes: Vec<Place> = known.iter().filter(is_mutex).map(|known| known.place).collect();
        if mutexes.is_empty() {
            return code.push(Notify(place, 1));
        }
        // The first one mostly: it was made for the condition.
        let mutex =
            if self.numbers.chance(4, 5) { mutexes[0] } else { self.numbers.pick(&mutexes) };
        let to = self.register();
        let count = self.numbers.pick(&[1, 1, 2, u32::MAX]);
        let inner = match self.numbers.below(if self.shape.timed { 6 } else { 4 }) {
            0 | 1 => Notify(place, count),
            2 | 3 => Wait(place, mutex),
            _ => WaitWithin(to, place, mutex, self.time()),
        };
        // Without the mutex, where it is a plain one: who waits with another's re-entrant one is refused
        // by libraries before the engine hears of it.
        let plain = known.iter().any(|known| known.place == mutex && known.kind == Kind::Mutex);
        if self.careless && plain && self.numbers.chance(1, 4) {
            return code.push(inner);
        }
        code.push(Acquire(mutex));
        if self.numbers.chance(1, 3) {
            let at = code.len();
            code.push(JumpIf(Test::Equal, Value::Register(to), Value::Number(0), 2));
            code.push(inner);
            debug_assert_eq!(code.len(), at + 2);
        } else {
            code.push(inner);
        }
        code.push(Release(mutex));
    }

    fn event_step(&mut self, place: Place, code: &mut Vec<Instruction>) {
        let to = self.register();
        let timed = AwaitWithin(to, place, self.time());
        let all =
            [Set(place), Set(place), Clear(place), IsSet(to, place), Await(place), timed, timed];
        let count = if self.shape.timed { all.len() } else { all.len() - 2 };
        code.push(self.numbers.pick(&all[..count]));
    }
}
