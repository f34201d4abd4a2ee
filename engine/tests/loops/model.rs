//! All orders of a program that the model of the loop gives.

use std::collections::BTreeSet;

use everyway_engine::loops::HandleId;
use everyway_engine::loops::asyncio::{AsyncioLoop, ExternalKind, Settings, TimerPurpose, Truth};
use everyway_engine::loops::constraints::{Moment, START, Variable};

use crate::program::{Action, Program};

/// Where one execution is.
#[derive(Clone)]
struct Place {
    event_loop: AsyncioLoop,
    /// The callback that runs, and what it does next.
    running: Option<(u32, usize)>,
    order: Vec<Vec<u32>>,
    mark: Variable,
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
    let settings =
        Settings { clock: program.clock, resolution: program.resolution, limit: 1_000_000 };
    let mut event_loop = AsyncioLoop::new(settings);
    event_loop.soon(HandleId(0));
    let mut places = vec![Place { event_loop, running: None, order: Vec::new(), mark: START }];
    let mut found = Orders::default();
    while let Some(mut place) = places.pop() {
        let Some((callback, action)) = place.running else {
            between_passes(place, &mut places, &mut found);
            continue;
        };
        if let Some(action) = program.bodies[callback as usize].get(action) {
            place.running = place.running.map(|(callback, action)| (callback, action + 1));
            act(place, *action, &mut places);
        } else {
            run_next(&mut place);
            places.push(place);
        }
    }
    found
}

fn between_passes(mut place: Place, places: &mut Vec<Place>, found: &mut Orders) {
    let over = place.event_loop.waits_for_ever()
        || (place.event_loop.is_stopping() && !place.order.is_empty());
    if over {
        let passes = place.order.iter().filter(|pass| !pass.is_empty());
        let told = passes.map(|pass| pass.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
        found.all.insert(told.collect::<Vec<_>>().join(" "));
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

fn act(mut place: Place, action: Action, places: &mut Vec<Place>) {
    let event_loop = &mut place.event_loop;
    let purpose = TimerPurpose::Sleep;
    match action {
        Action::Soon(handle) => event_loop.soon(HandleId(handle)),
        Action::Later(handle, delay) => {
            event_loop.schedule(HandleId(handle), delay, purpose);
        }
        Action::At(handle, offset) => {
            let when = Moment::at(place.mark).later(i128::from(offset));
            event_loop.schedule_at(HandleId(handle), when, purpose);
        }
        Action::Cancel(handle) => event_loop.cancel(HandleId(handle)),
        Action::Selector(handle) => {
            event_loop.external(HandleId(handle), ExternalKind::Selector);
        }
        Action::Thread(handle) => event_loop.external(HandleId(handle), ExternalKind::Thread),
        Action::Mark => place.mark = event_loop.read(),
        Action::SoonIfPassed(handle, limit) => {
            let now = Moment::at(event_loop.read());
            let passed = Moment::at(place.mark).later(i128::from(limit)).at_most(now);
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
