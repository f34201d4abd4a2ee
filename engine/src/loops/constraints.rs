//! Integer difference constraints `x - y <= c` over moments, kept feasible one constraint at a time.
//!
//! The moments are the readings of a loop's clock, in nanoseconds after the start. The system holds
//! the *least solution*, in which every moment is as early as the constraints let it be: a feasible
//! assignment, the answer to "how early", and the potential that makes every weight of a shortest
//! path non-negative.
//!
//! Adding is the algorithm of Cotton & Maler, *Fast and Flexible Difference Constraint Propagation
//! for DPLL(T)*, SAT 2006, §3 (an incremental Bellman–Ford in Dijkstra's order): what the new
//! constraint raises is raised largest gain first, so each moment at most once, and the constraint
//! closes a contradiction exactly if its own left side would have to be raised. As they start from the
//! least solution and raise no more than they must, they end in the new least one. With `n` moments
//! and `m` constraints of which the raise touches `n'` and `m'`:
//!
//! | operation | time |
//! | --- | --- |
//! | [`add`](System::add) | O(m' + m' log m'); O(1) if the least solution satisfies the constraint |
//! | [`least`](System::least), [`total`](System::total) | O(1) |
//! | [`greatest`](System::greatest), [`tightest`](System::tightest) | O(m log m), Dijkstra |
//! | [`same_projection`](System::same_projection) on `k` moments | O(k · m log m) |
//! | [`rollback`](System::rollback) | O(what was done since the mark) |
//!
//! Over the integers nothing is lost by that: a system of difference constraints with integer bounds
//! that has a solution has an integer one, and the tightest implied bounds between some of its moments
//! are exactly what it leaves of them (Cormen et al., *Introduction to Algorithms*, §24.4).

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// A moment whose time is not known, only constrained; never before [`START`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Variable(u32);

/// The start of the execution: time 0.
pub const START: Variable = Variable(0);

impl Variable {
    /// Its number, to name it outside.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    const fn index(self) -> usize {
        self.0 as usize
    }
}

/// `left - right <= at_most`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Constraint {
    /// What is bounded from above.
    pub left: Variable,
    /// What it is measured from.
    pub right: Variable,
    /// The bound, in nanoseconds.
    pub at_most: i128,
}

impl Constraint {
    /// What holds exactly where this doesn't.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { left: self.right, right: self.left, at_most: -self.at_most - 1 }
    }
}

/// A moment, so and so much later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Moment {
    /// The variable it is measured from.
    pub base: Variable,
    /// How much later it is, in nanoseconds; negative if earlier.
    pub offset: i128,
}

impl Moment {
    /// The moment of `base` itself.
    #[must_use]
    pub const fn at(base: Variable) -> Self {
        Self { base, offset: 0 }
    }

    /// This moment, `by` nanoseconds later.
    #[must_use]
    pub const fn later(self, by: i128) -> Self {
        Self { base: self.base, offset: self.offset + by }
    }

    /// `self <= other`.
    #[must_use]
    pub const fn at_most(self, other: Self) -> Constraint {
        Constraint { left: self.base, right: other.base, at_most: other.offset - self.offset }
    }

    /// `self < other`.
    #[must_use]
    pub const fn before(self, other: Self) -> Constraint {
        self.later(1).at_most(other)
    }
}

/// A state of a [`System`] to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    variables: usize,
    edges: usize,
    raised: usize,
}

#[derive(Clone, Copy, Debug)]
struct Edge {
    constraint: Constraint,
    /// The edge before this one among those with the same left side.
    same_left: Option<u32>,
    /// The edge before this one among those with the same right side.
    same_right: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    least: i128,
    last_as_left: Option<u32>,
    last_as_right: Option<u32>,
    /// Scratch: what a raise in progress adds, or the distance that a search in progress found.
    scratch: Option<i128>,
}

/// Moments and the differences that are allowed between them; always feasible.
#[derive(Clone, Debug)]
pub struct System {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    raised: Vec<(Variable, i128)>,
    gains: BinaryHeap<(i128, Variable)>,
    distances: BinaryHeap<Reverse<(i128, Variable)>>,
    /// Whose scratch may be set.
    touched: Vec<Variable>,
    total: i128,
}

impl Default for System {
    fn default() -> Self {
        Self {
            nodes: alloc::vec![Node::default()],
            edges: Vec::new(),
            raised: Vec::new(),
            gains: BinaryHeap::new(),
            distances: BinaryHeap::new(),
            touched: Vec::new(),
            total: 0,
        }
    }
}

impl System {
    /// Forgets every moment but the start, and keeps the memory.
    pub fn clear(&mut self) {
        self.nodes.truncate(1);
        if let Some(start) = self.nodes.first_mut() {
            *start = Node::default();
        }
        self.edges.clear();
        self.raised.clear();
        self.touched.clear();
        self.total = 0;
    }

    /// A new moment, at or after the start.
    pub fn variable(&mut self) -> Variable {
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node::default());
        Variable(id)
    }

    /// The moment of this number, if there is one.
    #[must_use]
    pub fn variable_of(&self, number: u32) -> Option<Variable> {
        ((number as usize) < self.nodes.len()).then_some(Variable(number))
    }

    /// Adds a constraint; without effect, and false, if it contradicts the others.
    pub fn add(&mut self, constraint: Constraint) -> bool {
        let Constraint { left, right, at_most } = constraint;
        if left == right {
            return at_most >= 0;
        }
        let before = self.mark();
        let gain = self.least(left) - at_most - self.least(right);
        if gain > 0 && !self.raise(right, gain, left) {
            self.rollback(before);
            return false;
        }
        self.link(constraint);
        true
    }

    /// Whether the system would stay feasible with the constraint.
    pub fn allows(&mut self, constraint: Constraint) -> bool {
        let before = self.mark();
        let allowed = self.add(constraint);
        self.rollback(before);
        allowed
    }

    /// Whether the constraint holds in every solution.
    pub fn entails(&mut self, constraint: Constraint) -> bool {
        !self.allows(constraint.negated())
    }

    /// How early the moment can be, in nanoseconds after the start.
    #[must_use]
    pub fn least(&self, variable: Variable) -> i128 {
        self.nodes.get(variable.index()).map_or(0, |node| node.least)
    }

    /// The sum of the least times of all moments: of two systems over the same moments, of which one
    /// has a constraint more, it is less in the one that has it not, unless their least solutions
    /// are the same.
    #[must_use]
    pub const fn total(&self) -> i128 {
        self.total
    }

    /// How late the moment can be; None if nothing bounds it.
    pub fn greatest(&mut self, variable: Variable) -> Option<i128> {
        self.tightest(variable, START)
    }

    /// The least `c` for which `left - right <= c` holds in every solution; None if there is none.
    pub fn tightest(&mut self, left: Variable, right: Variable) -> Option<i128> {
        self.measure_from(right);
        self.measured(left, right)
    }

    /// For each of these moments the [`tightest`](Self::tightest) bound on how far it is after `from`.
    pub fn tightest_from<'a>(
        &'a mut self,
        from: Variable,
        to: &'a [Variable],
    ) -> impl Iterator<Item = Option<i128>> + use<'a> {
        self.measure_from(from);
        let system = &*self;
        to.iter().map(move |moment| system.measured(*moment, from))
    }

    /// Whether this system and another leave the same constraints on the pairs of moments, whatever
    /// they say of others. The start counts only if it is among the pairs.
    pub fn same_projection(&mut self, other: &mut Self, pairs: &[(Variable, Variable)]) -> bool {
        pairs.iter().all(|&(ours, theirs)| {
            self.measure_from(ours);
            other.measure_from(theirs);
            pairs.iter().all(|&(our_left, their_left)| {
                self.measured(our_left, ours) == other.measured(their_left, theirs)
            })
        })
    }

    /// The present state, to come back to with [`rollback`](Self::rollback).
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { variables: self.nodes.len(), edges: self.edges.len(), raised: self.raised.len() }
    }

    /// Takes back all that was done since the mark. Marks are used last in, first out.
    pub fn rollback(&mut self, mark: Mark) {
        while self.edges.len() > mark.edges {
            self.unlink_last();
        }
        while self.raised.len() > mark.raised {
            let Some((variable, least)) = self.raised.pop() else { break };
            if let Some(node) = self.nodes.get_mut(variable.index()) {
                self.total += least - node.least;
                node.least = least;
            }
        }
        self.nodes.truncate(mark.variables);
    }

    /// Raises `first` by `gain`, and all that this pushes; false if that would push `fixed` or the
    /// start, with the least solution half changed.
    fn raise(&mut self, first: Variable, gain: i128, fixed: Variable) -> bool {
        self.gains.clear();
        self.clear_scratch();
        self.offer_gain(first, gain);
        while let Some((gain, variable)) = self.gains.pop() {
            let node = &mut self.nodes[variable.index()];
            if node.scratch != Some(gain) {
                continue;
            }
            if variable == fixed || variable == START {
                return false;
            }
            node.scratch = None;
            self.raised.push((variable, node.least));
            node.least += gain;
            self.total += gain;
            self.push_on(variable);
        }
        true
    }

    fn push_on(&mut self, raised: Variable) {
        let Node { least, mut last_as_left, .. } = self.nodes[raised.index()];
        while let Some(index) = last_as_left {
            let Edge { constraint, same_left, .. } = self.edges[index as usize];
            let gain = least - constraint.at_most - self.least(constraint.right);
            if gain > 0 {
                self.offer_gain(constraint.right, gain);
            }
            last_as_left = same_left;
        }
    }

    fn offer_gain(&mut self, variable: Variable, gain: i128) {
        let known = &mut self.nodes[variable.index()].scratch;
        if known.is_none_or(|known| known < gain) {
            *known = Some(gain);
            self.touched.push(variable);
            self.gains.push((gain, variable));
        }
    }

    /// Finds how far every moment can be after `from`, as scratch: Dijkstra with the least solution
    /// as potential.
    fn measure_from(&mut self, from: Variable) {
        self.distances.clear();
        self.clear_scratch();
        self.offer_distance(from, 0);
        while let Some(Reverse((distance, variable))) = self.distances.pop() {
            let Node { least, mut last_as_right, scratch, .. } = self.nodes[variable.index()];
            if scratch != Some(distance) {
                continue;
            }
            // The start is no later than any moment.
            self.offer_distance(START, distance + least);
            while let Some(index) = last_as_right {
                let Edge { constraint, same_right, .. } = self.edges[index as usize];
                let slack = constraint.at_most + least - self.least(constraint.left);
                self.offer_distance(constraint.left, distance + slack);
                last_as_right = same_right;
            }
        }
    }

    fn offer_distance(&mut self, variable: Variable, distance: i128) {
        let known = &mut self.nodes[variable.index()].scratch;
        if known.is_none_or(|known| distance < known) {
            *known = Some(distance);
            self.touched.push(variable);
            self.distances.push(Reverse((distance, variable)));
        }
    }

    /// What [`measure_from`](Self::measure_from) `right` found for `left`.
    fn measured(&self, left: Variable, right: Variable) -> Option<i128> {
        let reduced = self.nodes.get(left.index())?.scratch?;
        Some(reduced - self.least(right) + self.least(left))
    }

    fn clear_scratch(&mut self) {
        for variable in self.touched.drain(..) {
            // A moment that was taken back since has no scratch to clear.
            if let Some(node) = self.nodes.get_mut(variable.index()) {
                node.scratch = None;
            }
        }
    }

    fn link(&mut self, constraint: Constraint) {
        let index = Some(u32::try_from(self.edges.len()).unwrap_or(u32::MAX));
        let left = &mut self.nodes[constraint.left.index()].last_as_left;
        let same_left = core::mem::replace(left, index);
        let right = &mut self.nodes[constraint.right.index()].last_as_right;
        let same_right = core::mem::replace(right, index);
        self.edges.push(Edge { constraint, same_left, same_right });
    }

    fn unlink_last(&mut self) {
        if let Some(Edge { constraint, same_left, same_right }) = self.edges.pop() {
            self.nodes[constraint.left.index()].last_as_left = same_left;
            self.nodes[constraint.right.index()].last_as_right = same_right;
        }
    }
}
