//! All orders of a program that the model of the loop gives.

use std::collections::BTreeSet;

use everyway_engine::loops::HandleId;
use everyway_engine::loops::asyncio::{AsyncioLoop, ExternalKind, Settings, TimerPurpose, Truth};
use everyway_engine::loops::constraints::{Moment, START};

use crate::program::{Action, Program};

/// Where one execution is.
#[derive(Clone)]
struct Place {
    event_loop: AsyncioLoop,
    /// The callback that runs, and what it does next.
    running: Option<(u32, usize)>,
    order: Vec<Vec<u32>>,
    mark: Moment,
}

/// How the model reads the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reading {
    /// As moments, whose comparisons are choices.
    Moments,
    /// As one of the numbers that the loop proposes.
    Numbers,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Orders {
    pub(crate) all: BTreeSet<String>,
    /// How many executions gave them.
    pub(crate) executions: usize,
    /// The most choices that a pass had.
    pub(crate) most_choices: usize,
}

pub(crate) fn orders(program: &Program) -> Orders {
    orders_reading(program, Reading::Moments)
}

pub(crate) fn orders_reading(program: &Program, reading: Reading) -> Orders {
    let settings =
        Settings { clock: program.clock, resolution: program.resolution, limit: 1_000_000 };
    let mut event_loop = AsyncioLoop::new(settings);
    event_loop.soon(HandleId(0));
    orders_from(program, event_loop, reading)
}

/// All orders of what a loop, between two passes, goes on with.
pub(crate) fn orders_from(program: &Program, event_loop: AsyncioLoop, reading: Reading) -> Orders {
    let mark = Moment::at(START);
    let mut places = vec![Place { event_loop, running: None, order: Vec::new(), mark }];
    let mut found = Orders::default();
    while let Some(mut place) = places.pop() {
        let Some((callback, action)) = place.running else {
            between_passes(place, &mut places, &mut found);
            continue;
        };
        if let Some(action) = program.bodies[callback as usize].get(action) {
            place.running = place.running.map(|(callback, action)| (callback, action + 1));
            act(place, *action, reading, &mut places);
        } else {
            run_next(&mut place);
            places.push(place);
        }
    }
    found
}

/// The order that the first choice of each pass gives.
pub(crate) fn first_order(program: &Program) -> String {
    let settings =
        Settings { clock: program.clock, resolution: program.resolution, ..Settings::default() };
    let mut event_loop = AsyncioLoop::new(settings);
    event_loop.soon(HandleId(0));
    let mark = Moment::at(START);
    let mut place = Place { event_loop, running: None, order: Vec::new(), mark };
    while !is_over(&place) {
        place.event_loop.choices().expect("the pass is over");
        place.event_loop.take(0).expect("there is a next pass");
        place.order.push(Vec::new());
        run_next(&mut place);
        while let Some((callback, _)) = place.running {
            for action in &program.bodies[callback as usize] {
                let mut places = Vec::new();
                act(place, *action, Reading::Moments, &mut places);
                place = places.pop().expect("goes on");
            }
            run_next(&mut place);
        }
    }
    order(&place)
}

fn is_over(place: &Place) -> bool {
    place.event_loop.waits_for_ever() || (place.event_loop.is_stopping() && !place.order.is_empty())
}

fn order(place: &Place) -> String {
    let passes = place.order.iter().filter(|pass| !pass.is_empty());
    let told = passes.map(|pass| pass.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
    told.collect::<Vec<_>>().join(" ")
}

fn between_passes(mut place: Place, places: &mut Vec<Place>, found: &mut Orders) {
    if is_over(&place) {
        found.all.insert(order(&place));
        found.executions += 1;
        return;
    }
    let choices = place.event_loop.choices().expect("the pass is over").len();
    assert!(choices > 0, "a loop that doesn't wait for ever has a next pass");
    assert!(!place.event_loop.bounded());
    found.most_choices = found.most_choices.max(choices);
    for number in 0..choices {
        let mut next = place.clone();
        next.event_loop.take(number).expect("is listed");
        next.order.push(Vec::new());
        run_next(&mut next);
        places.push(next);
    }
}

fn run_next(place: &mut Place) {
    let next = place.event_loop.next();
    place.running = next.map(|handle| (handle.0, 0));
    if let Some(handle) = next {
        place.order.last_mut().expect("a pass has begun").push(handle.0);
    }
}

fn act(mut place: Place, action: Action, reading: Reading, places: &mut Vec<Place>) {
    if reading == Reading::Numbers && act_on_number(&place, action, places) {
        return;
    }
    let event_loop = &mut place.event_loop;
    let purpose = TimerPurpose::Sleep;
    match action {
        Action::Soon(handle) => event_loop.soon(HandleId(handle)),
        Action::Later(handle, delay) => {
            event_loop.schedule(HandleId(handle), delay, purpose);
        }
        Action::At(handle, offset) => {
            let when = place.mark.later(i128::from(offset));
            event_loop.schedule_at(HandleId(handle), when, purpose);
        }
        Action::Cancel(handle) => event_loop.cancel(HandleId(handle)),
        Action::Selector(handle) => {
            event_loop.external(HandleId(handle), ExternalKind::Selector);
        }
        Action::Thread(handle) => event_loop.external(HandleId(handle), ExternalKind::Thread),
        Action::Mark => place.mark = Moment::at(event_loop.read()),
        Action::SoonIfPassed(handle, limit) => {
            let now = Moment::at(event_loop.read());
            let passed = place.mark.later(i128::from(limit)).at_most(now);
            let truth = event_loop.compare(passed);
            if truth == Truth::Open {
                let mut not_passed = place.clone();
                assert!(not_passed.event_loop.assume(passed.negated()));
                places.push(not_passed);
            }
            if truth != Truth::Never {
                assert!(place.event_loop.assume(passed));
                place.event_loop.soon(HandleId(handle));
            }
        }
        Action::Stop => event_loop.stop(),
    }
    places.push(place);
}

/// Does an action that reads the clock, for each number that it could read; false if it is another.
fn act_on_number(place: &Place, action: Action, places: &mut Vec<Place>) -> bool {
    let compares = match action {
        Action::Mark => None,
        Action::SoonIfPassed(handle, limit) => Some((handle, limit)),
        _ => return false,
    };
    let mut place = place.clone();
    if let Some((_, limit)) = compares {
        place.event_loop.compared_with(place.mark.later(i128::from(limit)));
    }
    let readings = place.event_loop.readings();
    assert!(readings.is_sorted() && !readings.is_empty());
    for number in readings {
        let mut next = place.clone();
        next.event_loop.read_as(number).expect("is listed");
        let read = Moment::at(START).later(i128::from(number));
        match compares {
            None => next.mark = read,
            Some((handle, limit)) => {
                if read.offset - next.mark.offset >= i128::from(limit) {
                    next.event_loop.soon(HandleId(handle));
                }
            }
        }
        places.push(next);
    }
    true
}
