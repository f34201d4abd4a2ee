//! The event loop of asyncio: `BaseEventLoop._run_once` of CPython 3.10 – 3.13.
//!
//! A pass throws out cancelled timers, asks the selector for results, takes the timers that are due
//! (`when < time() + clock_resolution`) from the heap, and runs what was ready when it got there;
//! what its callbacks add is for the next pass. The four versions differ in nothing that shows: 3.13
//! writes the clamping of the timeout out by hand, and eager tasks (3.12) run within their creator,
//! so the loop doesn't see them start.
//!
//! Every reading of the clock is a moment of one [`System`], never earlier than the one before, kept
//! for the whole execution. What the model leaves out can't be seen: a pass in which nothing is due, a
//! selector that comes back early (the clock's resolution being 1 ns; with a coarser one a pass could
//! find a timer due by less than that before its deadline only if a result woke it) or after a day
//! (`MAXIMUM_SELECT_TIMEOUT`), and the time it sleeps too long, which is code that takes time. Deadlines are sums of integers; a front-end that rounds
//! `time() + delay` as floating point does may see two deadlines as equal that differ here by less
//! than the clock's resolution.
//!
//! ```
//! use everyway_engine::loops::asyncio::{AsyncioLoop, Settings, TimerPurpose};
//! use everyway_engine::loops::{HandleId, LoopClock};
//!
//! let [main, slow, fast] = [0, 1, 2].map(HandleId);
//! let mut event_loop = AsyncioLoop::new(Settings { clock: LoopClock::Exact, ..Settings::default() });
//! event_loop.soon(main);
//! event_loop.choices()?;
//! event_loop.take(0)?;
//! assert_eq!(event_loop.next(), Some(main));
//! event_loop.schedule(slow, 2_000, TimerPurpose::Sleep);
//! event_loop.schedule(fast, 1_000, TimerPurpose::Sleep);
//! assert_eq!(event_loop.next(), None);
//! assert_eq!(event_loop.choices()?[0].order, [fast]);
//! # Ok::<(), everyway_engine::loops::asyncio::LoopError>(())
//! ```

mod arrivals;
mod batches;
mod choices;
mod heap;
mod readings;
mod same;
mod signature;

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::constraints::{Moment, START, System, Variable};
use super::{HandleId, LoopClock};
use arrivals::External;
use choices::Plan;
pub use choices::{Choice, Needs};
use heap::{HeapStep, World};
pub use readings::Truth;
use same::MANY_STEPS;

/// How a loop is to be explored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Which durations of code are explored.
    pub clock: LoopClock,
    /// `_clock_resolution`, in nanoseconds: 1 on Linux and macOS.
    pub resolution: u32,
    /// How many orders of one pass, and runs to find them, are looked at. Where there are more,
    /// [`AsyncioLoop::bounded`] says so.
    pub limit: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { clock: LoopClock::default(), resolution: 1, limit: 4096 }
    }
}

/// What a timer is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimerPurpose {
    /// Work that takes that long: `sleep`, `call_later`.
    #[default]
    Sleep,
    /// The end of somebody's patience: `wait_for`, `timeout`, `wait` with a timeout.
    TimedWait,
}

/// Where a result of unknown duration comes from, which says where in a pass it can arrive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExternalKind {
    /// The selector: a socket, a pipe.
    Selector,
    /// A thread that calls `call_soon_threadsafe`: an executor; a signal's handler, which has some of
    /// the places that a thread's result has. A thread that is a task of the engine isn't external: it
    /// calls [`AsyncioLoop::soon`] when it is its turn.
    Thread,
}

/// Why a loop couldn't do what it was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoopError {
    /// A pass has callbacks left to run.
    PassUnfinished,
    /// There is no choice of that number, or something happened since the choices were listed.
    NoSuchChoice(usize),
    /// The clock can't read that, after what it read before and what has fired.
    ImpossibleReading(i64),
}

impl core::fmt::Display for LoopError {
    fn fmt(&self, to: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::PassUnfinished => to.write_str("the pass has callbacks left: run them first"),
            Self::NoSuchChoice(number) => {
                write!(to, "there is no choice {number}: list the choices anew")
            }
            Self::ImpossibleReading(nanoseconds) => {
                write!(to, "the clock can't read {nanoseconds} ns here: take a listed reading")
            }
        }
    }
}

impl core::error::Error for LoopError {}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum HandleState {
    Unused,
    Ready,
    Scheduled,
    External,
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Handle {
    state: HandleState,
    /// The deadline, of a timer.
    when: Moment,
    purpose: TimerPurpose,
    /// Before which step of the heap it was cancelled.
    cancelled_at: Option<usize>,
}

impl Handle {
    const UNUSED: Self = Self {
        state: HandleState::Unused,
        when: Moment::at(START),
        purpose: TimerPurpose::Sleep,
        cancelled_at: None,
    };
}

/// One event loop of an execution.
#[derive(Clone, Debug)]
pub struct AsyncioLoop {
    settings: Settings,
    system: System,
    /// The last reading of the clock.
    now: Variable,
    handles: Vec<Handle>,
    ready: VecDeque<HandleId>,
    /// How many of the ready callbacks the present pass still runs.
    to_run: usize,
    /// Timers neither cancelled nor fired, in the order of their creation.
    pending: Vec<HandleId>,
    externals: Vec<External>,
    /// What the heap may look like; at least one.
    worlds: Vec<World>,
    /// What is still to be done to the heap in each of them.
    steps: Vec<HeapStep>,
    first_step: usize,
    /// How many steps are too many.
    settle_at: usize,
    stopping: bool,
    bounded: bool,
    choices: Vec<Choice>,
    plans: Vec<Plan>,
    compared: Vec<Moment>,
}

impl AsyncioLoop {
    /// A loop that has nothing to do, at the start of an execution.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            system: System::default(),
            now: START,
            handles: Vec::new(),
            ready: VecDeque::new(),
            to_run: 0,
            pending: Vec::new(),
            externals: Vec::new(),
            worlds: alloc::vec![World::default()],
            steps: Vec::new(),
            first_step: 0,
            settle_at: MANY_STEPS,
            stopping: false,
            bounded: false,
            choices: Vec::new(),
            plans: Vec::new(),
            compared: Vec::new(),
        }
    }

    /// Makes the loop new, and keeps its memory.
    pub fn clear(&mut self) {
        self.system.clear();
        self.now = START;
        self.handles.clear();
        self.ready.clear();
        self.to_run = 0;
        self.pending.clear();
        self.externals.clear();
        self.worlds.truncate(1);
        if let Some(World { layout, cancelled, extras }) = self.worlds.first_mut() {
            layout.clear();
            *cancelled = 0;
            extras.clear();
        }
        self.steps.clear();
        self.first_step = 0;
        self.settle_at = MANY_STEPS;
        self.stopping = false;
        self.bounded = false;
        self.compared.clear();
        self.forget_choices();
    }

    /// `call_soon`, and `call_soon_threadsafe` of a thread whose turn it is.
    pub fn soon(&mut self, handle: HandleId) {
        self.begin(handle, HandleState::Ready);
        self.ready.push_back(handle);
    }

    /// `call_later`, after so many nanoseconds; reads the clock. Gives the deadline.
    pub fn schedule(&mut self, handle: HandleId, delay: i64, purpose: TimerPurpose) -> Moment {
        let now = self.read();
        let when = Moment::at(now).later(i128::from(delay));
        self.schedule_at(handle, when, purpose);
        when
    }

    /// `call_at`: a deadline that the program made of an earlier reading or of a number (then its
    /// base is the [`START`]).
    pub fn schedule_at(&mut self, handle: HandleId, when: Moment, purpose: TimerPurpose) {
        self.begin(handle, HandleState::Scheduled);
        let slot = &mut self.handles[handle.index()];
        slot.when = when;
        slot.purpose = purpose;
        self.pending.push(handle);
        if self.settings.clock != LoopClock::Any {
            self.steps.push(HeapStep::Push(handle));
        }
    }

    /// Work outside the loop begins; the callback is what its result will add, in whichever pass.
    pub fn external(&mut self, handle: HandleId, kind: ExternalKind) {
        self.begin(handle, HandleState::External);
        let after = self.ready.len() - self.to_run;
        let external = External { handle, kind, after };
        // The selector's before the threads', as `arrange` wants them.
        let at = match kind {
            ExternalKind::Selector => {
                self.externals.iter().filter(|one| one.kind == ExternalKind::Selector).count()
            }
            ExternalKind::Thread => self.externals.len(),
        };
        self.externals.insert(at, external);
    }

    /// `Handle.cancel`: the callback won't run. Without effect on one that has run.
    pub fn cancel(&mut self, handle: HandleId) {
        let Some(slot) = self.handles.get_mut(handle.index()) else { return };
        let over = matches!(slot.state, HandleState::Unused | HandleState::Done);
        if over || slot.cancelled_at.is_some() {
            return;
        }
        slot.cancelled_at = Some(self.first_step + self.steps.len());
        match slot.state {
            HandleState::Scheduled => {
                self.pending.retain(|timer| *timer != handle);
                if self.settings.clock != LoopClock::Any {
                    self.steps.push(HeapStep::Cancel);
                }
            }
            HandleState::External => self.externals.retain(|external| external.handle != handle),
            HandleState::Unused | HandleState::Ready | HandleState::Done => {}
        }
        self.forget_choices();
    }

    /// `loop.stop`: the present pass, or if there is none the next one, is the last.
    pub fn stop(&mut self) {
        self.stopping = true;
        self.forget_choices();
    }

    /// A callback that the last pass did not get to stays ready, before all others.
    pub fn put_back(&mut self, handle: HandleId) {
        self.begin(handle, HandleState::Ready);
        self.ready.push_front(handle);
    }

    /// Whether [`stop`](Self::stop) was called. Once the pass is over, `run_forever` returns.
    #[must_use]
    pub const fn is_stopping(&self) -> bool {
        self.stopping
    }

    /// `run_forever` has returned; another call of it goes on with what there is.
    pub fn returned(&mut self) {
        self.stopping = false;
        self.forget_choices();
    }

    /// The callback to run now; None once the pass is over.
    #[expect(clippy::should_implement_trait, reason = "a loop is no iterator: passes are chosen")]
    pub fn next(&mut self) -> Option<HandleId> {
        while self.to_run > 0 {
            self.to_run -= 1;
            let handle = self.ready.pop_front()?;
            let slot = self.handles.get_mut(handle.index())?;
            slot.state = HandleState::Done;
            if slot.cancelled_at.is_none() {
                return Some(handle);
            }
        }
        None
    }

    /// Whether the loop waits for a result or a deadline before its next pass.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.ready.is_empty() && !self.stopping
    }

    /// Whether a timer is neither cancelled nor fired.
    #[must_use]
    pub fn has_timers(&self) -> bool {
        !self.pending.is_empty()
    }

    /// What the timer is for.
    #[must_use]
    pub fn purpose(&self, timer: HandleId) -> TimerPurpose {
        self.handles.get(timer.index()).map_or(TimerPurpose::Sleep, |handle| handle.purpose)
    }

    /// Whether some pass had more orders than the limit, so that the choices were not all.
    #[must_use]
    pub const fn bounded(&self) -> bool {
        self.bounded
    }

    /// Whether nothing but a call of [`soon`](Self::soon) from outside can give the loop work again.
    #[must_use]
    pub fn waits_for_ever(&self) -> bool {
        self.ready.is_empty()
            && self.pending.is_empty()
            && self.externals.is_empty()
            && !self.stopping
    }

    fn begin(&mut self, handle: HandleId, state: HandleState) {
        if self.handles.len() <= handle.index() {
            self.handles.resize(handle.index() + 1, Handle::UNUSED);
        }
        self.handles[handle.index()] = Handle { state, ..Handle::UNUSED };
        self.forget_choices();
    }

    fn forget_choices(&mut self) {
        self.choices.clear();
        self.plans.clear();
    }
}
