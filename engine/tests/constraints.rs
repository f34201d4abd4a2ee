//! Difference constraints agree with brute force over all small integer assignments.

#![allow(clippy::expect_used, reason = "a panic is how a test fails")]

use everyway_engine::loops::constraints::{Constraint, Mark, START, System, Variable};

/// A small generator of its own (SplitMix64), so that a failing seed fails again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// How many moments beside the start, and how large a constant may be. No implied bound is then
/// larger than `moments * constant`.
#[derive(Clone, Copy)]
struct Size {
    moments: usize,
    constant: i8,
}

impl Size {
    fn bound(self) -> i8 {
        self.constant * i8::try_from(self.moments).expect("few moments")
    }

    /// Enough for one moment at the largest bound, another beyond it by more than that, and a third
    /// pushed by it.
    fn box_size(self) -> i8 {
        3 * self.bound() + 1
    }
}

/// All assignments of small integers, the start first, that satisfy what was added.
#[derive(Clone)]
struct Brute(Vec<Vec<i8>>);

impl Brute {
    fn all(size: Size) -> Self {
        let mut all = vec![vec![0]];
        for _ in 0..size.moments {
            all = all
                .iter()
                .flat_map(|head| {
                    (0..=size.box_size()).map(|value| {
                        let mut longer = head.clone();
                        longer.push(value);
                        longer
                    })
                })
                .collect();
        }
        Self(all)
    }

    fn with(&self, left: usize, right: usize, at_most: i8) -> Self {
        let keep = |one: &&Vec<i8>| one[left] - one[right] <= at_most;
        Self(self.0.iter().filter(keep).cloned().collect())
    }

    fn tightest(&self, left: usize, right: usize, size: Size) -> Option<i128> {
        let most = self.0.iter().map(|one| one[left] - one[right]).max().expect("is feasible");
        (most <= size.bound()).then_some(i128::from(most))
    }

    fn least(&self, of: usize) -> i128 {
        i128::from(self.0.iter().map(|one| one[of]).min().expect("is feasible"))
    }
}

fn assert_alike(system: &mut System, variables: &[Variable], brute: &Brute, size: Size) {
    let total: i128 = (0..variables.len()).map(|of| brute.least(of)).sum();
    assert_eq!(system.total(), total);
    for left in 0..variables.len() {
        assert_eq!(system.least(variables[left]), brute.least(left));
        for right in 0..variables.len() {
            assert_eq!(
                system.tightest(variables[left], variables[right]),
                brute.tightest(left, right, size),
                "{left} - {right} in {system:?}"
            );
        }
        assert_eq!(system.greatest(variables[left]), brute.tightest(left, 0, size));
    }
}

fn random_constraint(random: &mut Random, size: Size) -> (usize, usize, i8) {
    let moments = size.moments as u64 + 1;
    let span = 2 * u64::try_from(size.constant).expect("is positive") + 1;
    let at_most = i8::try_from(random.below(span)).expect("is small") - size.constant;
    (random.below(moments) as usize, random.below(moments) as usize, at_most)
}

fn run(seed: u64, size: Size, everything: &Brute, steps: usize) -> [usize; 3] {
    let mut random = Random(seed);
    let mut system = System::default();
    let mut variables = vec![START];
    variables.extend((0..size.moments).map(|_| system.variable()));
    let mut stack: Vec<(Mark, Brute)> = Vec::new();
    let mut brute = everything.clone();
    let mut counts = [0; 3];
    for _ in 0..steps {
        match random.below(6) {
            0 => stack.push((system.mark(), brute.clone())),
            1 => {
                if let Some((mark, before)) = stack.pop() {
                    system.rollback(mark);
                    brute = before;
                    counts[2] += 1;
                }
            }
            _ => {
                let (left, right, at_most) = random_constraint(&mut random, size);
                let constraint = Constraint {
                    left: variables[left],
                    right: variables[right],
                    at_most: i128::from(at_most),
                };
                let after = brute.with(left, right, at_most);
                let feasible = !after.0.is_empty();
                assert_eq!(system.allows(constraint), feasible, "seed {seed}");
                assert_eq!(system.entails(constraint), after.0.len() == brute.0.len());
                assert_eq!(system.add(constraint), feasible, "seed {seed}");
                counts[usize::from(feasible)] += 1;
                if feasible {
                    brute = after;
                }
            }
        }
        assert_alike(&mut system, &variables, &brute, size);
    }
    counts
}

#[test]
fn bounds_and_feasibility_are_those_of_all_assignments() {
    let mut total = [0; 3];
    for (size, seeds, steps) in [
        (Size { moments: 1, constant: 3 }, 500, 12),
        (Size { moments: 2, constant: 3 }, 2000, 14),
        (Size { moments: 3, constant: 1 }, 2000, 14),
        (Size { moments: 3, constant: 2 }, 300, 14),
        (Size { moments: 4, constant: 1 }, 60, 14),
    ] {
        let everything = Brute::all(size);
        for seed in 0..seeds {
            let counts = run(seed, size, &everything, steps);
            total.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    assert!(total.iter().all(|count| *count > 1000), "the tests reach every case: {total:?}");
}

/// What the assignments leave of some of the moments, the start's own value beside the point if it
/// isn't among them: as the tightest differences can't tell, the differences themselves are listed.
fn projected(brute: &Brute, onto: &[usize], size: Size) -> Vec<Vec<i8>> {
    let half = size.bound() + 1;
    let mut left: Vec<Vec<i8>> = brute
        .0
        .iter()
        .map(|one| onto.iter().map(|at| (one[*at] - one[onto[0]]).clamp(-half, half)).collect())
        .collect();
    left.sort_unstable();
    left.dedup();
    left
}

#[test]
fn projections_are_equal_where_the_assignments_leave_the_same() {
    let size = Size { moments: 3, constant: 1 };
    let everything = Brute::all(size);
    let mut equal = 0;
    let mut different = 0;
    for seed in 0..4000 {
        let mut random = Random(seed);
        let mut systems = [System::default(), System::default()];
        let mut brutes = [everything.clone(), everything.clone()];
        let mut variables = vec![START];
        for _ in 0..size.moments {
            let pair = [systems[0].variable(), systems[1].variable()];
            assert_eq!(pair[0], pair[1]);
            variables.push(pair[0]);
        }
        for (system, brute) in systems.iter_mut().zip(&mut brutes) {
            for _ in 0..1 + random.below(4) {
                let (left, right, at_most) = random_constraint(&mut random, size);
                let constraint = Constraint {
                    left: variables[left],
                    right: variables[right],
                    at_most: i128::from(at_most),
                };
                if system.add(constraint) {
                    *brute = brute.with(left, right, at_most);
                }
            }
        }
        let [mut first, mut second] = systems;
        for onto in [vec![0, 1], vec![1, 2], vec![0, 1, 2], vec![1, 2, 3], vec![0, 1, 2, 3]] {
            let pairs: Vec<_> = onto.iter().map(|at| (variables[*at], variables[*at])).collect();
            let same = projected(&brutes[0], &onto, size) == projected(&brutes[1], &onto, size);
            assert_eq!(first.same_projection(&mut second, &pairs), same, "seed {seed}: {onto:?}");
            equal += usize::from(same);
            different += usize::from(!same);
        }
    }
    assert!(equal > 1000 && different > 1000, "both cases occur: {equal} and {different}");
}

#[test]
fn a_contradiction_through_the_start_is_seen() {
    let mut system = System::default();
    let moment = system.variable();
    let deadline = Constraint { left: moment, right: START, at_most: 5 };
    assert!(system.add(deadline));
    assert!(!system.add(deadline.negated()));
    assert!(!system.add(Constraint { left: moment, right: START, at_most: -1 }));
    assert!(system.entails(deadline));
    assert_eq!(system.greatest(moment), Some(5));
    assert_eq!(system.least(moment), 0);
}

#[test]
fn sums_beyond_sixty_four_bits_are_exact() {
    let mut system = System::default();
    let mut last = START;
    for _ in 0..4 {
        let next = system.variable();
        let at_most = -i128::from(i64::MAX);
        assert!(system.add(Constraint { left: last, right: next, at_most }));
        last = next;
    }
    assert_eq!(system.least(last), 4 * i128::from(i64::MAX));
}
