//! Wakeup trees: for each node of the search the sequences that are still to be tried from it.
//!
//! Abdulla, Aronis, Jonsson & Sagonas, *Source Sets* (JACM 64, 2017), sections 5 and 6. A tree's
//! branch is kept as one run of items, split where a later sequence parts from it, so that a long
//! sequence costs one branch and not one for each step. All runs lie in one list, which is packed when
//! more than half of it is dead.

use alloc::vec::Vec;

use everyway_protocol::schedule::Alternative;

use crate::footprint::{self, Access};

/// One event of a sequence, by a name that means the same in every execution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    /// The path of the task.
    pub path: u64,
    /// How many operations the task executes before it.
    pub ordinal: u32,
    /// How its operation goes on.
    pub alternative: Alternative,
    /// Whether its task then wakes from a sleep, in a program in which a wait may run out of time.
    pub wakes: bool,
    first_access: u32,
    accesses: u32,
}

/// A sequence of items, with what each touches.
#[derive(Clone, Debug, Default)]
pub(super) struct Sequence {
    items: Vec<Item>,
    accesses: Vec<Access>,
}

impl Sequence {
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.accesses.clear();
    }

    pub(super) fn push(
        &mut self,
        path: u64,
        ordinal: u32,
        alternative: Alternative,
        wakes: bool,
        accesses: &[Access],
    ) {
        let first_access = self.accesses.len() as u32;
        self.accesses.extend_from_slice(accesses);
        let accesses = accesses.len() as u32;
        self.items.push(Item { path, ordinal, alternative, wakes, first_access, accesses });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Item, &[Access])> {
        self.items.iter().map(|item| (item, self.accesses_of(item)))
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    fn accesses_of(&self, item: &Item) -> &[Access] {
        let first = item.first_access as usize;
        &self.accesses[first..first + item.accesses as usize]
    }

    /// Keeps the first item only.
    pub(super) fn keep_first(&mut self) {
        self.items.truncate(1);
    }
}

/// A run of items with what comes after it.
#[derive(Clone, Copy, Debug)]
struct Branch {
    first: u32,
    last: u32,
    child: u32,
    next: u32,
    /// How many objects had been named before the node that it was made for: two executions may call
    /// later ones by the same number.
    known: u32,
}

/// A list of branches: the alternatives at one place of a tree, in the order in which they are tried.
pub(super) type Branches = u32;

/// The empty list.
pub(super) const EMPTY: Branches = u32::MAX;

/// All wakeup trees of a search.
#[derive(Debug, Default)]
pub(super) struct WakeupTrees {
    branches: Vec<Branch>,
    free: Vec<u32>,
    runs: Sequence,
    /// How many items no branch has any more.
    dead: usize,
    packed: Sequence,
    stack: Vec<u32>,
}

/// How an item of the tree relates to a sequence.
enum Relation {
    /// The sequence has it at this place, after nothing that conflicts with it.
    At(usize),
    /// The sequence has something that conflicts with it first.
    Conflict,
    /// Neither.
    Independent,
}

impl WakeupTrees {
    pub(super) fn clear(&mut self) {
        self.branches.clear();
        self.free.clear();
        self.runs.clear();
        self.dead = 0;
    }

    /// How many items are kept.
    pub(super) fn len(&self) -> usize {
        self.runs.len() - self.dead
    }

    /// Whether so much is dead that packing is due.
    pub(super) fn is_loose(&self) -> bool {
        self.dead > 1024 && self.dead * 2 > self.runs.len()
    }

    /// Inserts a sequence unless one that is there, or an equivalent one, leads to all that it leads
    /// to. `named` is the number of objects that were named before the tree's node.
    pub(super) fn insert(&mut self, root: &mut Branches, rest: &mut Sequence, named: u32) -> bool {
        let mut at = Spot::Root;
        'level: loop {
            let mut previous = EMPTY;
            let mut branch = self.first(root, at);
            'sibling: while branch != EMPTY {
                let Branch { first, last, child, next, known } = self.branches[branch as usize];
                for place in first..last {
                    match self.relation(place, rest, known) {
                        Relation::Independent => {}
                        Relation::At(index) => {
                            rest.items.remove(index);
                            if rest.items.is_empty() {
                                return false;
                            }
                        }
                        Relation::Conflict if place == first => {
                            previous = branch;
                            branch = next;
                            continue 'sibling;
                        }
                        Relation::Conflict => {
                            self.split(branch, place);
                            let new = self.add(rest, named);
                            let tail = self.branches[branch as usize].child;
                            self.branches[tail as usize].next = new;
                            return true;
                        }
                    }
                }
                if child == EMPTY {
                    return false;
                }
                at = Spot::Below(branch);
                continue 'level;
            }
            let new = self.add(rest, named);
            match (previous, at) {
                (EMPTY, Spot::Root) => *root = new,
                (EMPTY, Spot::Below(parent)) => self.branches[parent as usize].child = new,
                (previous, _) => self.branches[previous as usize].next = new,
            }
            return true;
        }
    }

    fn first(&self, root: &Branches, at: Spot) -> Branches {
        match at {
            Spot::Root => *root,
            Spot::Below(branch) => self.branches[branch as usize].child,
        }
    }

    fn relation(&self, place: u32, sequence: &Sequence, known: u32) -> Relation {
        let own = &self.runs.items[place as usize];
        let accesses = self.runs.accesses_of(own);
        for (index, (item, others)) in sequence.iter().enumerate() {
            if item.path == own.path {
                return if item.alternative == own.alternative {
                    Relation::At(index)
                } else {
                    Relation::Conflict
                };
            }
            if conflict(accesses, others, known) {
                return Relation::Conflict;
            }
        }
        // An expiry may follow the sequence that could not come after the sleep.
        if own.wakes { Relation::Conflict } else { Relation::Independent }
    }

    /// Appends a branch of one step, of which nothing is known: it covers whatever begins with it.
    pub(super) fn append_step(
        &mut self,
        root: &mut Branches,
        path: u64,
        ordinal: u32,
        alternative: Alternative,
    ) {
        let first = self.runs.len() as u32;
        self.runs.push(path, ordinal, alternative, false, &[]);
        let (last, child, next) = (first + 1, EMPTY, EMPTY);
        let new = self.new_branch(Branch { first, last, child, next, known: 0 });
        if *root == EMPTY {
            *root = new;
            return;
        }
        let mut at = *root;
        while self.branches[at as usize].next != EMPTY {
            at = self.branches[at as usize].next;
        }
        self.branches[at as usize].next = new;
    }

    /// The first items of the alternatives.
    pub(super) fn first_items(&self, root: Branches) -> impl Iterator<Item = &Item> {
        let mut at = root;
        core::iter::from_fn(move || {
            let branch = self.branches.get(at as usize)?;
            at = branch.next;
            self.runs.items.get(branch.first as usize)
        })
    }

    /// Takes the first alternative: its first item, and the tree below it.
    pub(super) fn take(&mut self, root: &mut Branches) -> Option<(Item, Branches)> {
        let taken = *root;
        let branch = *self.branches.get(taken as usize)?;
        *root = branch.next;
        let item = self.runs.items[branch.first as usize];
        Some((item, self.step_into(taken)))
    }

    /// The tree below the first item of a branch, which is no longer a sibling of any.
    fn step_into(&mut self, index: u32) -> Branches {
        self.dead += 1;
        let branch = &mut self.branches[index as usize];
        branch.first += 1;
        branch.next = EMPTY;
        if branch.first < branch.last {
            return index;
        }
        let child = branch.child;
        self.free.push(index);
        child
    }

    /// The alternatives that are left once those items that were executed already are passed over.
    pub(super) fn skip(&mut self, root: Branches, executed: impl Fn(&Item) -> bool) -> Branches {
        if !self.first_items(root).any(&executed) {
            return root;
        }
        let (mut kept, mut tail) = (EMPTY, EMPTY);
        let mut left = core::mem::take(&mut self.stack);
        left.push(root);
        while let Some(mut list) = left.pop() {
            if list == EMPTY {
                continue;
            }
            let index = list;
            let branch = self.branches[index as usize];
            left.push(branch.next);
            if executed(&self.runs.items[branch.first as usize]) {
                list = self.step_into(index);
                left.push(list);
                continue;
            }
            self.branches[index as usize].next = EMPTY;
            if tail == EMPTY {
                kept = index;
            } else {
                self.branches[tail as usize].next = index;
            }
            tail = index;
        }
        self.stack = left;
        kept
    }

    /// Forgets these alternatives.
    pub(super) fn release(&mut self, root: Branches) {
        let mut left = core::mem::take(&mut self.stack);
        left.push(root);
        while let Some(index) = left.pop() {
            let Some(branch) = self.branches.get(index as usize).copied() else { continue };
            self.dead += (branch.last - branch.first) as usize;
            self.free.push(index);
            left.push(branch.next);
            left.push(branch.child);
        }
        self.stack = left;
    }

    /// Packs the items of these trees, which must be all there are.
    pub(super) fn pack(&mut self, roots: impl Iterator<Item = Branches>) {
        self.packed.clear();
        let mut left = core::mem::take(&mut self.stack);
        for root in roots {
            left.push(root);
            while let Some(index) = left.pop() {
                let Some(branch) = self.branches.get(index as usize).copied() else { continue };
                let first = self.packed.len() as u32;
                for item in &self.runs.items[branch.first as usize..branch.last as usize] {
                    let accesses = self.runs.accesses_of(item);
                    let Item { path, ordinal, alternative, wakes, .. } = *item;
                    self.packed.push(path, ordinal, alternative, wakes, accesses);
                }
                let last = self.packed.len() as u32;
                let packed = &mut self.branches[index as usize];
                (packed.first, packed.last) = (first, last);
                left.push(branch.next);
                left.push(branch.child);
            }
        }
        self.stack = left;
        core::mem::swap(&mut self.runs, &mut self.packed);
        self.dead = 0;
    }

    fn split(&mut self, index: u32, place: u32) {
        let whole = self.branches[index as usize];
        let tail = self.new_branch(Branch { first: place, next: EMPTY, ..whole });
        let branch = &mut self.branches[index as usize];
        branch.last = place;
        branch.child = tail;
    }

    /// A new branch of these items.
    fn add(&mut self, sequence: &Sequence, known: u32) -> u32 {
        let first = self.runs.len() as u32;
        for (item, accesses) in sequence.iter() {
            let Item { path, ordinal, alternative, wakes, .. } = *item;
            self.runs.push(path, ordinal, alternative, wakes, accesses);
        }
        let last = self.runs.len() as u32;
        self.new_branch(Branch { first, last, child: EMPTY, next: EMPTY, known })
    }

    fn new_branch(&mut self, branch: Branch) -> u32 {
        match self.free.pop() {
            Some(index) => {
                self.branches[index as usize] = branch;
                index
            }
            None => {
                self.branches.push(branch);
                self.branches.len() as u32 - 1
            }
        }
    }
}

/// Where in a tree a list of alternatives is.
#[derive(Clone, Copy)]
enum Spot {
    Root,
    Below(u32),
}

/// Whether two footprints of different executions conflict. Objects named from `known` on are not told
/// apart.
fn conflict(a: &[Access], b: &[Access], known: u32) -> bool {
    if footprint::commutes_with_nothing(a) || footprint::commutes_with_nothing(b) {
        return true;
    }
    a.iter().any(|x| {
        b.iter().any(|y| {
            let both_new = x.is_named_from(known) && y.is_named_from(known);
            if both_new { x.touches_conflict(y) } else { x.conflicts(y) }
        })
    })
}
