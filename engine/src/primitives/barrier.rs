//! A barrier: tasks wait until so many have arrived, then all go on.
//!
//! CPython's drains: until all of one round have gone on, nobody arrives for the next. So breaking it
//! while it drains is seen by those that have not gone on yet. Those of Rust and Java do not drain: who
//! has been let go is let go. The last to arrive never waits; Rust calls it the leader.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::BarrierAction;
use everyway_protocol::operation::Reply;

use super::model::{Model, Reversible, Role, Touches};
use crate::footprint::Touch;

/// Where a barrier stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Tasks arrive.
    Filling,
    /// All had arrived; they go on.
    Draining,
    /// Broken.
    Broken,
    /// Made whole again while tasks waited; they are told that it was broken.
    Resetting,
}

/// The state of a barrier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Barrier {
    parties: u32,
    drains: bool,
    stage: Stage,
    /// The tasks that wait, in order of their arrival.
    waiting: Vec<TaskId>,
    /// How many of this round have arrived and not gone on.
    inside: u32,
    /// Where it does not drain: the tasks that it let go by breaking, and that don't know yet.
    betrayed: Vec<TaskId>,
}

impl Barrier {
    /// A barrier for so many tasks.
    #[must_use]
    pub fn new(parties: u32, drains: bool) -> Barrier {
        Barrier {
            parties: parties.max(1),
            drains,
            stage: Stage::Filling,
            waiting: Vec::new(),
            inside: 0,
            betrayed: Vec::new(),
        }
    }

    fn arrive(&mut self, task: TaskId, wake: &mut dyn FnMut(TaskId)) -> Reply {
        if self.stage == Stage::Broken {
            return Reply::Closed;
        }
        let before = self.inside;
        if before + 1 < self.parties {
            self.inside += 1;
            self.waiting.push(task);
        } else if self.drains {
            self.stage = if before > 0 { Stage::Draining } else { Stage::Filling };
            self.waiting.drain(..).for_each(wake);
        } else {
            self.inside = 0;
            self.waiting.drain(..).for_each(wake);
        }
        Reply::Value(u64::from(before))
    }

    fn resume(&mut self, task: TaskId) -> Reply {
        if !self.drains {
            let Some(place) = self.betrayed.iter().position(|other| *other == task) else {
                return Reply::Answer(true);
            };
            self.betrayed.remove(place);
            return Reply::Closed;
        }
        let reply = match self.stage {
            Stage::Broken | Stage::Resetting => Reply::Closed,
            Stage::Filling | Stage::Draining => Reply::Answer(true),
        };
        self.leave();
        reply
    }

    fn leave(&mut self) {
        self.inside = self.inside.saturating_sub(1);
        if self.inside == 0 && self.stage != Stage::Broken {
            self.stage = Stage::Filling;
        }
    }

    fn go_to(&mut self, stage: Stage, wake: &mut dyn FnMut(TaskId)) {
        self.stage = stage;
        if !self.drains {
            self.betrayed.extend(self.waiting.iter().copied());
            self.betrayed.sort_unstable();
            self.inside = 0;
        }
        self.waiting.drain(..).for_each(wake);
    }

    fn reset(&mut self, wake: &mut dyn FnMut(TaskId)) {
        match (self.inside, self.stage) {
            (0, _) => self.stage = Stage::Filling,
            _ if !self.drains => self.go_to(Stage::Filling, wake),
            (_, Stage::Filling | Stage::Broken) => self.go_to(Stage::Resetting, wake),
            _ => {}
        }
    }
}

/// Whether a task can arrive at a barrier of this gist.
fn lets_in(gist: u64) -> bool {
    matches!(gist >> 32, FILLING | BROKEN) || gist & 0xffff_ffff == 0
}

const FILLING: u64 = 0;
const BROKEN: u64 = 2;

impl Model for Barrier {
    type Action = BarrierAction;

    fn role(action: BarrierAction) -> Role {
        match action {
            BarrierAction::Arrive => Role::Wait,
            BarrierAction::Resume => Role::Resume,
            BarrierAction::Abort | BarrierAction::Reset => Role::Change,
            BarrierAction::IsBroken | BarrierAction::Waiting => Role::Look,
        }
    }

    fn name(action: BarrierAction) -> &'static str {
        match action {
            BarrierAction::Arrive => "arrive",
            BarrierAction::Resume => "wake",
            BarrierAction::Abort => "abort",
            BarrierAction::Reset => "reset",
            BarrierAction::IsBroken => "is-broken",
            BarrierAction::Waiting => "waiting",
        }
    }

    /// How many are inside, and above 32 bits the stage.
    fn gist(&self) -> u64 {
        let stage = match self.stage {
            Stage::Filling => FILLING,
            Stage::Draining => 1,
            Stage::Broken => BROKEN,
            Stage::Resetting => 3,
        };
        u64::from(self.inside) | stage << 32
    }

    fn is_enabled(&self, task: TaskId, action: BarrierAction) -> bool {
        match action {
            BarrierAction::Arrive => lets_in(self.gist()),
            BarrierAction::Resume => !self.waiting.contains(&task),
            _ => true,
        }
    }

    fn execute(
        &mut self,
        task: TaskId,
        action: BarrierAction,
        wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        match action {
            BarrierAction::Arrive => return self.arrive(task, wake),
            BarrierAction::Resume => return self.resume(task),
            BarrierAction::Abort => self.go_to(Stage::Broken, wake),
            BarrierAction::Reset => self.reset(wake),
            BarrierAction::IsBroken => return Reply::Answer(self.stage == Stage::Broken),
            BarrierAction::Waiting => {
                let filling = self.stage == Stage::Filling;
                return Reply::Value(if filling { u64::from(self.inside) } else { 0 });
            }
        }
        Reply::Done
    }

    /// Whoever waits in vain breaks it for all.
    fn expire(&mut self, task: TaskId, _action: BarrierAction, wake: &mut dyn FnMut(TaskId)) {
        self.waiting.retain(|waiter| *waiter != task);
        self.go_to(Stage::Broken, wake);
        self.leave();
    }

    fn touch(&self, _task: TaskId, action: BarrierAction, _gist: u64, touches: &mut Touches<'_>) {
        match action {
            BarrierAction::Resume if self.drains => touches.whole(Touch::Increase(-1)),
            BarrierAction::Resume => {}
            BarrierAction::Arrive | BarrierAction::Abort | BarrierAction::Reset => {
                touches.whole(Touch::Write);
            }
            BarrierAction::IsBroken | BarrierAction::Waiting => touches.whole(Touch::Read),
        }
    }

    fn could_precede(
        &self,
        _task: TaskId,
        action: BarrierAction,
        _earlier: BarrierAction,
        gist: u64,
    ) -> Reversible {
        match action {
            BarrierAction::Arrive => Reversible::yes_if(lets_in(gist)),
            _ => Reversible::yes_if(gist >> 32 != FILLING),
        }
    }
}
