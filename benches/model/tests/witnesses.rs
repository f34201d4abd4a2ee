//! The witness of a class has as few switches as any execution of it.

use std::collections::BTreeMap;

use everyway_engine::execution::{Ending, Execution, Settings};
use everyway_engine::happens_before::HappensBefore;
use everyway_engine::points::Points;
use everyway_engine::strategies::exhaustive::Exhaustive;
use everyway_engine::witness;
use everyway_model::classes::class;
use everyway_model::generator::{self, Shape};
use everyway_model::machine::Machine;
use everyway_model::program::Program;

/// For each class the fewest switches of its executions, and those of their witnesses; None if there
/// are too many executions.
fn switches(program: &Program) -> Option<BTreeMap<u64, (u32, Vec<u32>)>> {
    let mut execution = Execution::new(Settings { event_bound: 1_000, ..Settings::default() });
    let mut machine = Machine::new(program);
    let (points, mut order) = (Points::everything(), HappensBefore::default());
    let mut strategy = Exhaustive::enumeration(10_000);
    let mut classes: BTreeMap<u64, (u32, Vec<u32>)> = BTreeMap::new();
    for _ in 0..1_000 {
        strategy.begin();
        let ending = machine.run(&mut execution, &points, &mut strategy);
        order.rank(&execution);
        if matches!(ending, Ending::Complete | Ending::Stuck) {
            let events = &execution.trace.events;
            let own = witness::as_executed(events).switches;
            let (fewest, witnesses) =
                classes.entry(class(&machine, &execution, &order)).or_insert((own, Vec::new()));
            *fewest = own.min(*fewest);
            if witnesses.len() < 3 {
                let witness = witness::fewest_switches(events, &order, execution.task_count());
                assert!(witness.fewest, "the search gave up");
                witnesses.push(witness.switches);
            }
        }
        if !strategy.advance(&execution, &order) {
            return Some(classes);
        }
    }
    None
}

#[test]
fn no_execution_of_a_class_has_fewer_switches_than_its_witness() {
    let (mut compared, mut several) = (0, 0);
    for seed in 7_000_000..7_000_300 {
        let program = generator::program(seed, Shape { timed: false, large: false, more: false });
        let Some(classes) = switches(&program) else { continue };
        for (fewest, witnesses) in classes.values() {
            assert!(witnesses.iter().all(|own| own == fewest), "seed {seed}:\n{program}");
            compared += 1;
            several += usize::from(witnesses.len() > 1);
        }
    }
    assert!(compared > 200 && several > 150, "{compared} classes, {several} of several orders");
}
