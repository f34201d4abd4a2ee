//! Programs whose number of classes is known: published, or a closed form.

pub mod classics;
pub mod litmus;
pub mod locks;

use crate::program::{Instruction, Kind, Place, Program, Test, Value};

/// A program with the number of its classes.
pub struct Row {
    /// The program.
    pub program: Program,
    /// How many classes it has.
    pub classes: u64,
    /// In how many of them nothing can go on before all tasks have ended.
    pub stuck: u64,
    /// Where the number is from.
    pub source: &'static str,
    /// Whether it takes more than a moment.
    pub large: bool,
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Row> {
    [classics::rows(), locks::rows(), litmus::rows()].into_iter().flatten().collect()
}

/// A row without deadlocks.
fn row(program: Program, classes: u64, source: &'static str) -> Row {
    Row { program, classes, stuck: 0, source, large: false }
}

impl Row {
    /// So many of the classes get stuck.
    #[must_use]
    fn stuck(self, stuck: u64) -> Row {
        Row { stuck, ..self }
    }

    /// It takes more than a moment.
    #[must_use]
    fn large(self) -> Row {
        Row { large: true, ..self }
    }
}

fn object(number: usize) -> Place {
    Place::Object(number as u16)
}

fn element(first: usize, register: u8) -> Place {
    Place::Indexed(first as u16, register)
}

fn register(register: u8) -> Value {
    Value::Register(register)
}

fn number(number: i64) -> Value {
    Value::Number(number)
}

fn load(to: u8, atomic: usize) -> Instruction {
    Instruction::Load(to, object(atomic))
}

fn store(atomic: usize, value: i64) -> Instruction {
    Instruction::Store(object(atomic), number(value))
}

fn store_register(atomic: usize, from: u8) -> Instruction {
    Instruction::Store(object(atomic), register(from))
}

fn acquire(mutex: usize) -> Instruction {
    Instruction::Acquire(object(mutex))
}

fn release(mutex: usize) -> Instruction {
    Instruction::Release(object(mutex))
}

fn if_equal(from: u8, value: i64, by: i16) -> Instruction {
    Instruction::JumpIf(Test::Equal, register(from), number(value), by)
}

fn if_different(from: u8, value: i64, by: i16) -> Instruction {
    Instruction::JumpIf(Test::Different, register(from), number(value), by)
}

fn if_less(from: u8, value: i64, by: i16) -> Instruction {
    Instruction::JumpIf(Test::Less, register(from), number(value), by)
}

fn plus(to: u8, from: u8, value: i64) -> Instruction {
    Instruction::Plus(to, register(from), number(value))
}

/// So many atomic numbers, all 0.
fn zeros(count: usize) -> Vec<Kind> {
    vec![Kind::Atomic(0); count]
}
