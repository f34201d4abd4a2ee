//! How many different outputs the classes seen can have, where only the order of lines differs.
//!
//! Prints of one task are in program order; prints of different tasks commute, so one class stands
//! for many orders of them: the linear extensions of its prints. Two orders that give the same text
//! count once.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use everyway_protocol::operation::Action;
use everyway_protocol::trace::Event;

use crate::happens_before::HappensBefore;

/// Counting stops here.
pub const MOST_ORDERS: u32 = 10_000;

/// One print of a task.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Print {
    text: u32,
    /// How many prints of each task come before it.
    after: Vec<u32>,
}

/// The prints of one class, for each task in its order.
type Prints = Vec<Vec<Print>>;

/// The partial orders of prints of all classes seen.
#[derive(Debug, Default)]
pub struct OutputOrders {
    classes: BTreeSet<Prints>,
    /// More different partial orders than are kept.
    overflow: bool,
}

/// How many output orders there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderCount {
    /// The number of different outputs.
    pub count: u32,
    /// Whether that is all of them.
    pub exhaustive: bool,
}

impl OutputOrders {
    /// Forgets all classes.
    pub fn clear(&mut self) {
        self.classes.clear();
        self.overflow = false;
    }

    /// Adds the class of an execution of so many tasks.
    pub fn add(&mut self, trace: &[Event], order: &HappensBefore, tasks: usize) {
        if self.classes.len() >= MOST_ORDERS as usize {
            self.overflow = true;
            return;
        }
        let mut prints: Prints = vec![Vec::new(); tasks];
        // For each task, the ranks of its prints within its own events.
        let mut ranks: Vec<Vec<u32>> = vec![Vec::new(); tasks];
        for (ranked, index) in order.events.iter().enumerate() {
            let event = &trace[*index as usize];
            let Action::Print(text) = event.operation.action else { continue };
            let clock = order.clock(ranked);
            let after = clock
                .iter()
                .zip(&ranks)
                .map(|(seen, ranks)| ranks.partition_point(|rank| rank <= seen) as u32)
                .collect();
            let task = event.task.index();
            prints[task].push(Print { text, after });
            ranks[task].push(clock[task]);
        }
        self.classes.insert(prints);
    }

    /// Counts the different outputs, up to [`MOST_ORDERS`].
    #[must_use]
    pub fn count(&self) -> OrderCount {
        let all: Vec<&Prints> = self.classes.iter().collect();
        let start: Vec<Cut> = all
            .iter()
            .enumerate()
            .map(|(class, prints)| Cut { class, done: vec![0; prints.len()] })
            .collect();
        let mut count = 0;
        count_words(&all, &start, &mut count);
        OrderCount { count, exhaustive: count < MOST_ORDERS && !self.overflow }
    }
}

/// How far each task of one class has printed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Cut {
    class: usize,
    done: Vec<u32>,
}

/// Counts the words that can still be written from any of these cuts: the sets of cuts that the same
/// text leads to are the states of a deterministic automaton, so each word is met once.
fn count_words(all: &[&Prints], cuts: &[Cut], count: &mut u32) {
    if *count >= MOST_ORDERS {
        return;
    }
    let mut next: Vec<(u32, Cut)> = Vec::new();
    let mut ended = false;
    for cut in cuts {
        let prints = all[cut.class];
        let mut open = false;
        for (row, task) in prints.iter().enumerate() {
            let Some(print) = task.get(cut.done[row] as usize) else { continue };
            open = true;
            if is_ready(cut, print) {
                let mut after = cut.clone();
                after.done[row] += 1;
                next.push((print.text, after));
            }
        }
        ended |= !open;
    }
    *count += u32::from(ended);
    next.sort();
    next.dedup();
    for same_text in next.chunk_by(|a, b| a.0 == b.0) {
        let cuts: Vec<Cut> = same_text.iter().map(|(_, cut)| cut.clone()).collect();
        count_words(all, &cuts, count);
    }
}

/// Whether all prints that come before this one were written.
fn is_ready(cut: &Cut, print: &Print) -> bool {
    print.after.iter().zip(&cut.done).all(|(needed, done)| done >= needed)
}
