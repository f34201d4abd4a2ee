//! The rank of a class is the fewest preemptions of any interleaving of it.

#![allow(clippy::panic, reason = "a panic is how a test fails")]

use everyway_engine::clock::ClockMode;
use everyway_model::generator::{self, Shape};
use everyway_model::preemptions::{Fewest, by_bound, by_enumeration, by_ranks, histogram};
use everyway_model::program::Program;
use everyway_model::programs::{self, classics, locks};
use everyway_model::reference;

const CUTS: usize = 100_000;

fn cumulative(program: &Program) -> Vec<u64> {
    let fewest = by_ranks(program, 100_000, CUTS).unwrap_or_default();
    let sums = histogram(&fewest).into_iter().scan(0, |sum, count| {
        *sum += count;
        Some(*sum)
    });
    sums.collect()
}

/// Whether both ways to count were possible. They must agree.
fn agree(program: &Program, interleavings: u64) -> bool {
    let outcomes = reference::explore(program, ClockMode::Legal, 20_000);
    if outcomes.is_none_or(|outcomes| outcomes.interleavings > interleavings) {
        return false;
    }
    let Some((counted, results)) = by_enumeration(program, 2 * interleavings) else { return false };
    claims_hold(program, &counted, &results);
    let Some(ranked) = by_ranks(program, 1_000_000, CUTS) else { return false };
    if counted != ranked {
        let wrong = counted.iter().filter(|(class, rank)| ranked.get(*class) != Some(*rank));
        let wrong: Vec<_> = wrong.map(|(class, rank)| (rank, ranked.get(class))).take(5).collect();
        panic!("{program}{:?} {:?} {wrong:?}", histogram(&counted), histogram(&ranked));
    }
    true
}

/// What a search by preemptions says after some executions it has done: it has visited every class, and
/// found every result, of so many preemptions.
fn claims_hold(program: &Program, counted: &Fewest, results: &Fewest) {
    for patience in [1, 5, 20, 100, 1_000_000] {
        let all = by_bound(program, patience, false);
        let learned = by_bound(program, patience, true);
        for (fewest, visited, complete) in [
            (counted, &all.classes, all.complete),
            (results, &all.results, all.complete),
            (results, &learned.results, learned.complete),
        ] {
            let within = |most: &u32| complete.is_some_and(|complete| *most <= complete);
            let missed = fewest.iter().filter(|(one, most)| within(most) && !visited.contains(one));
            assert_eq!(missed.count(), 0, "after {patience}, at most {complete:?}:\n{program}");
            assert!(visited.iter().all(|one| fewest.contains_key(one)), "{program}");
        }
        if patience == 1_000_000 {
            let most = counted.values().max().copied();
            assert!(all.complete >= most, "{:?} of {most:?}:\n{program}", all.complete);
        }
    }
}

/// The figures of GenMC's tests of its bound on context switches, and of the prototype beside them.
#[test]
fn classes_are_as_many_of_each_rank_as_published() {
    let four = vec![24, 168, 432, 576];
    let rows = [
        (classics::casw(3), vec![6, 24, 54, 66]),
        (classics::casw(4), vec![24, 168, 576, 1056, 1200]),
        (classics::racy("rw", 4), four.clone()),
        (classics::increments("binc", 4, 2), four),
        (classics::increments("cinc", 4, 3), vec![24, 312, 1704, 5160, 9792, 12960, 13824]),
        (classics::wcas(6), vec![193]),
        (locks::lockinc(5), vec![120]),
        (classics::fib_bench(3, false), vec![2, 12, 50, 102, 140, 141]),
    ];
    for (program, published) in rows {
        assert_eq!(cumulative(&program), published, "{}", program.name);
    }
}

#[test]
#[ignore = "takes a while in a debug build"]
fn classes_of_a_large_program_are_as_many_of_each_rank_as_published() {
    let published = vec![14, 206, 1561, 7410, 21891, 42700, 59856, 67435, 69009, 69112];
    assert_eq!(cumulative(&classics::big0()), published);
}

#[test]
fn of_published_programs_it_is_what_every_interleaving_gives() {
    let rows = programs::all();
    let small = rows.iter().filter(|row| !row.large && row.program.len() < 60);
    let agreed = small.filter(|row| agree(&row.program, 10_000)).count();
    assert!(agreed >= 20, "{agreed}");
}

#[test]
fn of_random_programs_it_is_what_every_interleaving_gives() {
    for timed in [false, true] {
        let shape = Shape { timed, large: false, more: false };
        let programs = (6_000_000..6_000_800).map(|seed| generator::program(seed, shape));
        let agreed = programs.filter(|program| agree(program, 2_000)).count();
        assert!(agreed >= 200, "{agreed}, timed: {timed}");
    }
}
