//! Deadlocks foreseen in executions that did not deadlock.
//!
//! Tasks that take the same mutexes in opposite orders may meet in the middle. The lock graph of an
//! execution (Havelund, *Using runtime analysis to guide model checking of Java programs*, SPIN 2000,
//! section 3; with guards, Bensalem & Havelund, HVC 2005) has an edge for each mutex that a task took
//! while it held another one. A circle of edges of different tasks, with no mutex held in two of them,
//! is a suspicion only: the check runs each task of the circle up to the second mutex and sees what
//! happens.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Reply};

use crate::execution::Execution;

/// No longer circles are looked for.
const LONGEST: usize = 4;

/// At most so many suspicions are followed in one check.
const MOST: usize = 100;

/// So many edges of one execution are looked at.
const EDGES: usize = 300;

/// So many chains of edges of one execution are looked at.
const CHAINS: u32 = 100_000;

/// So many executions are looked at: most take their mutexes in the same orders.
const EXECUTIONS: u32 = 50;

/// A task that is to stop before one of its operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    /// The task's path.
    pub path: u64,
    /// How many operations it executes before it stops.
    pub operations: u32,
}

/// A task took a mutex while it held others.
#[derive(Clone, Debug)]
struct Edge {
    task: TaskId,
    held: Vec<(ObjectId, SiteId)>,
    wanted: ObjectId,
    site: SiteId,
    operations: u32,
}

impl Edge {
    fn holds(&self, mutex: ObjectId) -> Option<SiteId> {
        self.held.iter().find(|held| held.0 == mutex).map(|held| held.1)
    }

    fn shares_a_guard(&self, other: &Edge) -> bool {
        self.held.iter().any(|held| other.holds(held.0).is_some())
    }
}

/// The suspicions of a check.
#[derive(Debug, Default)]
pub struct LockOrder {
    edges: Vec<Edge>,
    held: Vec<(TaskId, ObjectId, SiteId)>,
    /// The places of suspicions that were followed, or will be.
    known: Vec<Vec<(SiteId, SiteId)>>,
    suspicions: Vec<Vec<Hold>>,
    executions: u32,
    chains: u32,
}

impl LockOrder {
    /// The next suspicion that was not followed yet.
    pub fn take(&mut self) -> Option<Vec<Hold>> {
        self.suspicions.pop()
    }

    /// Whether a suspicion is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.suspicions.is_empty()
    }

    /// Looks through an execution that has ended.
    pub fn look(&mut self, execution: &Execution) {
        if self.known.len() >= MOST || self.executions >= EXECUTIONS {
            return;
        }
        self.executions += 1;
        self.chains = CHAINS;
        self.collect(execution);
        let edges = core::mem::take(&mut self.edges);
        let mut circle = Vec::new();
        for edge in &edges {
            circle.clear();
            circle.push(edge);
            self.close(execution, &edges, &mut circle);
        }
        self.edges = edges;
    }

    fn collect(&mut self, execution: &Execution) {
        self.edges.clear();
        self.held.clear();
        for ranked in &execution.ranked.all {
            let event = &execution.trace.events[ranked.event as usize];
            let (task, operation) = (event.task, event.operation);
            let taken = event.reply == Reply::Answer(true);
            match operation.action {
                Action::MutexAcquire | Action::MutexTry if taken => {
                    let again =
                        self.held.iter().any(|held| held.0 == task && held.1 == operation.object);
                    let waits =
                        operation.action == Action::MutexAcquire && operation.timeout.is_none();
                    if waits && !again {
                        self.add_edge(task, operation.object, operation.site, ranked.ordinal);
                    }
                    self.held.push((task, operation.object, operation.site));
                }
                Action::MutexRelease => self.give_back(task, operation.object),
                Action::ConditionWait(mutex) => self.held.retain(|held| held.1 != mutex),
                Action::ConditionResume(mutex) if taken || event.reply == Reply::Answer(false) => {
                    self.held.push((task, mutex, operation.site));
                }
                _ => {}
            }
        }
    }

    fn add_edge(&mut self, task: TaskId, wanted: ObjectId, site: SiteId, operations: u32) {
        let own = self.held.iter().filter(|held| held.0 == task);
        let held: Vec<_> = own.map(|held| (held.1, held.2)).collect();
        let same = |edge: &Edge| edge.task == task && edge.site == site && edge.held == held;
        if !held.is_empty() && self.edges.len() < EDGES && !self.edges.iter().any(same) {
            self.edges.push(Edge { task, held, wanted, site, operations });
        }
    }

    fn give_back(&mut self, task: TaskId, mutex: ObjectId) {
        let own = |held: &(TaskId, ObjectId, SiteId)| held.0 == task && held.1 == mutex;
        let any = |held: &(TaskId, ObjectId, SiteId)| held.1 == mutex;
        let place = self.held.iter().rposition(own).or_else(|| self.held.iter().rposition(any));
        if let Some(place) = place {
            self.held.remove(place);
        }
    }

    /// Extends a chain of edges, each wanting what the next holds, until it closes.
    fn close<'a>(&mut self, execution: &Execution, edges: &'a [Edge], chain: &mut Vec<&'a Edge>) {
        let (Some(first), Some(last)) = (chain.first().copied(), chain.last().copied()) else {
            return;
        };
        if chain.len() > 1 && first.holds(last.wanted).is_some() {
            self.suspect(execution, chain);
            return;
        }
        self.chains = self.chains.saturating_sub(1);
        if chain.len() == LONGEST || self.known.len() >= MOST || self.chains == 0 {
            return;
        }
        for next in edges {
            // Each circle once: from its task with the lowest number.
            let fits = next.task > first.task
                && next.holds(last.wanted).is_some()
                && chain.iter().all(|edge| edge.task != next.task && !edge.shares_a_guard(next));
            if fits {
                chain.push(next);
                self.close(execution, edges, chain);
                chain.pop();
            }
        }
    }

    fn suspect(&mut self, execution: &Execution, circle: &[&Edge]) {
        let mut places: Vec<(SiteId, SiteId)> = circle
            .iter()
            .enumerate()
            .map(|(index, edge)| {
                let before = circle[(index + circle.len() - 1) % circle.len()];
                (edge.holds(before.wanted).unwrap_or(SiteId::NONE), edge.site)
            })
            .collect();
        places.sort_unstable();
        if self.known.contains(&places) {
            return;
        }
        self.known.push(places);
        let hold = |edge: &&Edge| Hold {
            path: execution.task(edge.task).map_or(0, |task| task.path),
            operations: edge.operations,
        };
        self.suspicions.push(circle.iter().map(hold).collect());
    }
}
