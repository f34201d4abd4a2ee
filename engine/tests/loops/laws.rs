//! What holds of the model whatever the interpreter.

use std::collections::BTreeSet;

use everyway_engine::loops::asyncio::{
    AsyncioLoop, ExternalKind, LoopError, Needs, Settings, TimerPurpose,
};
use everyway_engine::loops::{HandleId, LoopClock};

use crate::model::{Reading, orders, orders_from, orders_reading};
use crate::program::{self, Action, Program, Random, Taste};

const PLAIN: Taste = Taste { handles: 4, longest: 3, externals: false, readings: false };

fn with(clock: LoopClock, program: &Program) -> Program {
    Program { clock, ..program.clone() }
}

/// A loop whose first pass is over; it ran callback 0, which did this.
fn after(settings: Settings, act: impl FnOnce(&mut AsyncioLoop)) -> AsyncioLoop {
    let mut event_loop = AsyncioLoop::new(settings);
    event_loop.soon(HandleId(0));
    assert_eq!(event_loop.choices().expect("no pass has begun").len(), 1);
    event_loop.take(0).expect("is listed");
    assert_eq!(event_loop.next(), Some(HandleId(0)));
    act(&mut event_loop);
    assert_eq!(event_loop.next(), None);
    event_loop
}

/// The due timers of each choice and what it needs.
fn told(event_loop: &mut AsyncioLoop) -> Vec<(Vec<u32>, Needs)> {
    let choices = event_loop.choices().expect("the pass is over");
    choices
        .iter()
        .map(|choice| (choice.order.iter().map(|handle| handle.0).collect(), choice.needs))
        .collect()
}

#[test]
fn exact_is_part_of_legal_and_legal_of_any() {
    for seed in 0..1500 {
        let legal = program::random(seed, LoopClock::Legal, PLAIN);
        let [exact, any] =
            [LoopClock::Exact, LoopClock::Any].map(|clock| orders(&with(clock, &legal)));
        let legal_orders = orders(&legal);
        assert_eq!((exact.executions, exact.most_choices), (1, 1), "{legal}");
        assert!(exact.all.is_subset(&legal_orders.all), "{legal}");
        assert!(legal_orders.all.is_subset(&any.all), "{legal}");
    }
}

#[test]
fn the_first_choice_is_the_one_of_code_that_takes_no_time() {
    for seed in 0..3000 {
        let legal = program::random(seed, LoopClock::Legal, PLAIN);
        if legal.resolution == 0 {
            // A loop that spins at its deadline needs time to get on.
            continue;
        }
        let exact = orders(&with(LoopClock::Exact, &legal));
        let first = crate::model::first_order(&legal);
        assert_eq!(Some(&first), exact.all.first(), "{legal}");
    }
}

#[test]
fn timers_of_unknown_length_fire_in_every_order_alone_or_together() {
    for (timers, count) in [(1, 1), (2, 4), (3, 24), (4, 192)] {
        for program in program::timers(timers, 2, 1) {
            // n! orders, and a pass may end after each but the last.
            assert_eq!(orders(&with(LoopClock::Any, &program)).all.len(), count);
        }
    }
}

#[test]
fn numbers_that_the_clock_reads_give_orders_that_moments_give() {
    let taste = Taste { handles: 3, longest: 3, externals: false, readings: true };
    let [mut moments, mut numbers] = [0, 0];
    for clock in [LoopClock::Legal, LoopClock::Exact] {
        for seed in 0..1500 {
            let program = program::random(seed, clock, taste);
            let all = orders(&program).all;
            let read = orders_reading(&program, Reading::Numbers).all;
            assert!(read.is_subset(&all), "{program}: {read:?} in {all:?}");
            if clock == LoopClock::Exact {
                assert_eq!(read, all, "{program}");
            }
            moments += all.len();
            numbers += read.len();
        }
    }
    println!("{numbers} of {moments} orders are reached with numbers");
    assert!(numbers * 10 >= moments * 9, "the numbers cover nearly all: {numbers} of {moments}");
}

#[test]
fn an_impossible_reading_is_refused() {
    let act = |event_loop: &mut AsyncioLoop| {
        event_loop.read_as(7).expect("code may take 7 ns");
        assert_eq!(event_loop.read_as(6), Err(LoopError::ImpossibleReading(6)));
    };
    let mut event_loop = after(Settings::default(), act);
    assert_eq!(event_loop.readings(), [7]);
}

/// Does one action of those that are the loop's alone.
fn act(event_loop: &mut AsyncioLoop, action: Action) {
    match action {
        Action::Soon(handle) => event_loop.soon(HandleId(handle)),
        Action::Later(handle, delay) => {
            event_loop.schedule(HandleId(handle), delay, TimerPurpose::Sleep);
        }
        Action::Cancel(handle) => event_loop.cancel(HandleId(handle)),
        _ => unreachable!("not among these programs"),
    }
}

#[test]
fn loops_that_are_the_same_go_on_alike() {
    let [mut same, mut swapped] = [0, 0];
    for seed in 0..6000 {
        let mut random = Random(seed);
        let clock = if seed % 4 == 0 { LoopClock::Exact } else { LoopClock::Legal };
        let settings = Settings { clock, ..Settings::default() };
        let count = 2 + random.number(2);
        let mut actions: Vec<Action> = (1..=count)
            .map(|handle| match random.below(4) {
                0 => Action::Soon(handle),
                _ => Action::Later(handle, random.between(0, 2)),
            })
            .collect();
        if random.below(3) == 0 {
            actions.push(Action::Cancel(1 + random.number(count)));
        }
        let one = |actions: &[Action]| {
            after(settings, |event_loop| actions.iter().for_each(|action| act(event_loop, *action)))
        };
        let mut first = one(&actions);
        let at = random.number(u32::try_from(actions.len()).expect("few") - 1) as usize;
        actions.swap(at, at + 1);
        let mut second = one(&actions);
        assert!(first.is_same_as(&mut first.clone(), &[]), "a loop is the same as itself");
        if !first.is_same_as(&mut second, &[]) {
            swapped += 1;
            continue;
        }
        same += 1;
        // What a first callback of either then adds tells more of them apart.
        let probe = count + 1;
        let mut bodies = vec![Vec::new(); probe as usize + 1];
        for body in bodies.iter_mut().take(probe as usize).skip(1) {
            body.push(Action::Later(probe, 1));
        }
        bodies[2..].iter_mut().for_each(Vec::clear);
        let program = Program { clock, resolution: 1, bodies };
        let [first, second] =
            [first, second].map(|left| orders_from(&program, left, Reading::Moments).all);
        assert_eq!(first, second, "{actions:?}, {at} and the next one swapped");
    }
    assert!(same > 500 && swapped > 500, "both occur: {same} and {swapped}");
}

#[test]
fn swapping_timers_that_overtake_is_seen() {
    let [slow, fast] = [1, 2].map(HandleId);
    let delays = [(slow, 2), (fast, 1)];
    let create = |order: [usize; 2]| {
        after(Settings::default(), |event_loop| {
            for at in order {
                event_loop.schedule(delays[at].0, delays[at].1, TimerPurpose::Sleep);
            }
        })
    };
    assert!(!create([0, 1]).is_same_as(&mut create([1, 0]), &[]));
}

#[test]
fn a_long_stretch_of_code_between_two_timers_is_told() {
    let mut event_loop = after(Settings::default(), |event_loop| {
        event_loop.schedule(HandleId(1), 10, TimerPurpose::Sleep);
        event_loop.schedule(HandleId(2), 1, TimerPurpose::Sleep);
    });
    let choices = told(&mut event_loop);
    assert_eq!(choices[0], (vec![2], Needs::Nothing));
    let rest: BTreeSet<_> = choices[1..].iter().cloned().collect();
    let slow = |order: &[u32]| (order.to_vec(), Needs::SlowCode);
    assert_eq!(rest, BTreeSet::from([slow(&[1]), slow(&[1, 2]), slow(&[2, 1])]));
}

#[test]
fn a_timed_wait_that_only_races_work_of_unknown_length_is_late() {
    let mut event_loop = after(Settings::default(), |event_loop| {
        event_loop.schedule(HandleId(1), 10, TimerPurpose::TimedWait);
        event_loop.external(HandleId(2), ExternalKind::Selector);
    });
    let expected = vec![
        (vec![2], Needs::Nothing),
        (vec![2, 1], Needs::EarlyExpiry),
        (vec![1], Needs::EarlyExpiry),
    ];
    assert_eq!(told(&mut event_loop), expected);
}

#[test]
fn a_timed_wait_whose_deadline_is_first_expires() {
    let mut event_loop = after(Settings::default(), |event_loop| {
        event_loop.schedule(HandleId(1), 1, TimerPurpose::TimedWait);
        event_loop.schedule(HandleId(2), 10, TimerPurpose::Sleep);
    });
    let choices = told(&mut event_loop);
    assert_eq!(choices[0], (vec![1], Needs::Nothing));
    assert!(choices[1..].iter().all(|(_, needs)| *needs == Needs::EarlyExpiry), "{choices:?}");
}

#[test]
fn a_timed_wait_that_expires_while_callbacks_are_ready_is_late() {
    let mut event_loop = after(Settings::default(), |event_loop| {
        event_loop.schedule(HandleId(1), 1, TimerPurpose::TimedWait);
        event_loop.soon(HandleId(2));
    });
    let expected = [(vec![2], Needs::Nothing), (vec![2, 1], Needs::EarlyExpiry)];
    assert_eq!(told(&mut event_loop), expected);
}

#[test]
fn more_orders_than_the_limit_are_told() {
    let settings = Settings { limit: 3, ..Settings::default() };
    let mut event_loop = after(settings, |event_loop| {
        for handle in 1..=5 {
            event_loop.schedule(HandleId(handle), i64::from(9 - handle), TimerPurpose::Sleep);
        }
    });
    assert!(!event_loop.choices().expect("the pass is over").is_empty());
    assert!(event_loop.bounded());
    event_loop.clear();
    assert!(!event_loop.bounded() && event_loop.waits_for_ever());
}

#[test]
fn a_choice_is_taken_once_and_only_between_passes() {
    let mut event_loop = AsyncioLoop::new(Settings::default());
    event_loop.soon(HandleId(0));
    assert_eq!(event_loop.take(0), Err(LoopError::NoSuchChoice(0)));
    event_loop.choices().expect("no pass has begun");
    event_loop.take(0).expect("is listed");
    assert_eq!(event_loop.take(0), Err(LoopError::NoSuchChoice(0)));
    assert_eq!(event_loop.choices(), Err(LoopError::PassUnfinished));
}

#[test]
fn a_loop_that_never_rests_keeps_few_steps() {
    let mut event_loop =
        AsyncioLoop::new(Settings { clock: LoopClock::Exact, ..Settings::default() });
    event_loop.soon(HandleId(0));
    for round in 0..20_000 {
        event_loop.choices().expect("the pass is over");
        event_loop.take(0).expect("there is always something to do");
        while let Some(HandleId(running)) = event_loop.next() {
            let wait = HandleId(1);
            event_loop.schedule(wait, 1_000_000, TimerPurpose::TimedWait);
            event_loop.cancel(wait);
            event_loop.soon(HandleId(running ^ 2));
        }
        assert!(!event_loop.waits_for_ever(), "round {round}");
    }
}

#[test]
fn a_cleared_loop_is_a_new_one() {
    let mut used = AsyncioLoop::new(Settings::default());
    for seed in 0..200 {
        let program = program::random(seed, LoopClock::Legal, PLAIN);
        let program = Program { resolution: 1, ..program };
        used.clear();
        used.soon(HandleId(0));
        let mut new = AsyncioLoop::new(Settings::default());
        new.soon(HandleId(0));
        assert!(used.is_same_as(&mut new, &[]));
        for number in 0.. {
            let [one, two] = [&mut used, &mut new].map(|left| left.choices().map(<[_]>::to_vec));
            assert_eq!(one, two);
            let Ok(count @ 1..) = one.map(|choices| choices.len()) else { break };
            for left in [&mut used, &mut new] {
                left.take(number % count).expect("is listed");
                while let Some(handle) = left.next() {
                    for action in &program.bodies[handle.0 as usize] {
                        match action {
                            Action::Stop => left.stop(),
                            action => act(left, *action),
                        }
                    }
                }
                left.returned();
            }
        }
    }
}
