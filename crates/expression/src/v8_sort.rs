//! The order in which V8's `sort` leaves a list.
//!
//! People write comparisons that contradict themselves (`a > b ? 1 : -1` says "greater" of equals too), and what they get then
//! depends on which elements are compared. V8 sorts as Python does: runs are found, made longer by insertion, and merged, with
//! leaps where one of the two wins for long.

use std::cmp::Ordering;

/// Wins in a row after which a merge begins to leap.
const MIN_GALLOP: usize = 7;
/// Below this length there is one run, made by insertion alone.
const MIN_MERGE: usize = 64;

/// The indexes of a list of this length, in V8's order. `compare` is given two indexes; its error ends the work.
pub fn sorted_order<E>(length: usize, compare: impl FnMut(usize, usize) -> Result<Ordering, E>) -> Result<Vec<usize>, E> {
    let mut sort = Sort { list: (0..length).collect(), runs: Vec::new(), min_gallop: MIN_GALLOP, compare };
    let shortest = min_run(length);
    let mut start = 0;
    while start < length {
        let natural = sort.count_run(start)?;
        let end = start + natural.max(shortest.min(length - start));
        sort.insert(start, start + natural, end)?;
        sort.runs.push(Run { start, length: end - start });
        sort.collapse()?;
        start = end;
    }
    sort.collapse_all()?;
    Ok(sort.list)
}

/// The shortest run for a list of this length: 32 to 64.
fn min_run(mut length: usize) -> usize {
    let mut odd = 0;
    while length >= MIN_MERGE {
        odd |= length & 1;
        length >>= 1;
    }
    length + odd
}

#[derive(Clone, Copy)]
struct Run {
    start: usize,
    length: usize,
}

struct Sort<C> {
    list: Vec<usize>,
    /// The runs that wait to be merged, from left to right.
    runs: Vec<Run>,
    /// How many wins in a row it takes to leap: fewer where leaps have paid.
    min_gallop: usize,
    compare: C,
}

impl<C> Sort<C> {
    fn less<E>(&mut self, a: usize, b: usize) -> Result<bool, E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        (self.compare)(a, b).map(Ordering::is_lt)
    }

    /// Length of the run at `start`; one that falls is turned around.
    fn count_run<E>(&mut self, start: usize) -> Result<usize, E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        let length = self.list.len();
        if start + 1 == length {
            return Ok(1);
        }
        let falls = self.less(self.list[start + 1], self.list[start])?;
        let mut end = start + 2;
        while end < length && self.less(self.list[end], self.list[end - 1])? == falls {
            end += 1;
        }
        if falls {
            self.list[start..end].reverse();
        }
        Ok(end - start)
    }

    /// Makes `start..end` one run, of which `start..sorted` is one already.
    fn insert<E>(&mut self, start: usize, sorted: usize, end: usize) -> Result<(), E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        for at in sorted..end {
            let (mut low, mut high) = (start, at);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(self.list[at], self.list[middle])? { high = middle } else { low = middle + 1 }
            }
            self.list[low..=at].rotate_right(1);
        }
        Ok(())
    }

    /// Merges until each run is longer than the two after it together.
    fn collapse<E>(&mut self) -> Result<(), E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        while self.runs.len() > 1 {
            let last = self.runs.len() - 2;
            let size = |run: usize| self.runs[run].length;
            let holds = |run: usize| run < 2 || size(run - 2) > size(run - 1) + size(run);
            if !holds(last + 1) || !holds(last) {
                self.merge_at(if size(last - 1) < size(last + 1) { last - 1 } else { last })?;
            } else if size(last) <= size(last + 1) {
                self.merge_at(last)?;
            } else {
                break;
            }
        }
        Ok(())
    }

    fn collapse_all<E>(&mut self) -> Result<(), E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        while self.runs.len() > 1 {
            let last = self.runs.len() - 2;
            let shorter_before = last > 0 && self.runs[last - 1].length < self.runs[last + 1].length;
            self.merge_at(if shorter_before { last - 1 } else { last })?;
        }
        Ok(())
    }

    /// Merges this run with the next. What stands right already, on the left and on the right, is left alone.
    fn merge_at<E>(&mut self, run: usize) -> Result<(), E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        let (Run { start, length }, next) = (self.runs[run], self.runs.remove(run + 1));
        self.runs[run].length += next.length;
        let left: Vec<usize> = self.list[start..start + length].to_vec();
        let right: Vec<usize> = self.list[next.start..next.start + next.length].to_vec();
        let skipped = gallop_right(&mut self.compare, right[0], &left, 0)?;
        let left = &left[skipped..];
        let Some(&largest) = left.last() else { return Ok(()) };
        let taken = gallop_left(&mut self.compare, largest, &right, right.len() - 1)?;
        if taken == 0 {
            return Ok(());
        }
        let right = &right[..taken];
        let merge = Merge { left, right, min_gallop: self.min_gallop, compare: &mut self.compare };
        let (merged, min_gallop) = if left.len() <= right.len() { merge.upwards() } else { merge.downwards() }?;
        self.min_gallop = min_gallop;
        self.list[start + skipped..start + skipped + merged.len()].copy_from_slice(&merged);
        Ok(())
    }
}

/// How many of `list` are less than `key`: before the first that is not. The search begins at `hint`, in leaps.
fn gallop_left<E>(compare: &mut impl FnMut(usize, usize) -> Result<Ordering, E>, key: usize, list: &[usize], hint: usize) -> Result<usize, E> {
    gallop(list.len(), hint, |at| compare(list[at], key).map(Ordering::is_lt))
}

/// How many of `list` are not greater than `key`: behind the last of them. The search begins at `hint`, in leaps.
fn gallop_right<E>(compare: &mut impl FnMut(usize, usize) -> Result<Ordering, E>, key: usize, list: &[usize], hint: usize) -> Result<usize, E> {
    gallop(list.len(), hint, |at| compare(key, list[at]).map(|order| !order.is_lt()))
}

/// Where `before` turns false: leaps of 1, 3, 7, ... from `hint`, then halving what lies between the last two.
fn gallop<E>(length: usize, hint: usize, mut before: impl FnMut(usize) -> Result<bool, E>) -> Result<usize, E> {
    let (mut last, mut leap) = (0, 1);
    let (mut low, mut high);
    if before(hint)? {
        let most = length - hint;
        while leap < most && before(hint + leap)? {
            (last, leap) = (leap, 2 * leap + 1);
        }
        (low, high) = (hint + last + 1, hint + leap.min(most));
    } else {
        let most = hint + 1;
        while leap < most && !before(hint - leap)? {
            (last, leap) = (leap, 2 * leap + 1);
        }
        (low, high) = (most - leap.min(most), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle)? { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

/// Two runs that become one. Elements are compared as long as both have some; `min_gallop` comes back as it then is.
struct Merge<'a, C> {
    left: &'a [usize],
    right: &'a [usize],
    min_gallop: usize,
    compare: &'a mut C,
}

impl<C> Merge<'_, C> {
    /// From the smallest on: the left one is the shorter. Its last is known to be the largest of all, the right one's first the smallest.
    fn upwards<E>(mut self) -> Result<(Vec<usize>, usize), E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        let mut merged = Vec::with_capacity(self.left.len() + self.right.len());
        merged.push(self.right[0]);
        let (mut l, mut r) = (0, 1);
        // With one left on the left, the rest of the right one comes before it.
        let over = |merge: &Self, l: usize, r: usize| r == merge.right.len() || l + 1 >= merge.left.len();
        'merge: while !over(&self, l, r) {
            let (mut wins_left, mut wins_right) = (0, 0);
            while wins_left < self.min_gallop && wins_right < self.min_gallop {
                if (self.compare)(self.right[r], self.left[l])?.is_lt() {
                    merged.push(self.right[r]);
                    (r, wins_right, wins_left) = (r + 1, wins_right + 1, 0);
                } else {
                    merged.push(self.left[l]);
                    (l, wins_left, wins_right) = (l + 1, wins_left + 1, 0);
                }
                if over(&self, l, r) {
                    break 'merge;
                }
            }
            self.min_gallop += 1;
            loop {
                self.min_gallop = (self.min_gallop - 1).max(1);
                wins_left = gallop_right(self.compare, self.right[r], &self.left[l..], 0)?;
                merged.extend_from_slice(&self.left[l..l + wins_left]);
                l += wins_left;
                if wins_left > 0 && over(&self, l, r) {
                    break 'merge;
                }
                merged.push(self.right[r]);
                r += 1;
                if r == self.right.len() {
                    break 'merge;
                }
                wins_right = gallop_left(self.compare, self.left[l], &self.right[r..], 0)?;
                merged.extend_from_slice(&self.right[r..r + wins_right]);
                r += wins_right;
                if r == self.right.len() {
                    break 'merge;
                }
                merged.push(self.left[l]);
                l += 1;
                if over(&self, l, r) {
                    break 'merge;
                }
                if wins_left < MIN_GALLOP && wins_right < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
        merged.extend_from_slice(&self.right[r..]);
        merged.extend_from_slice(&self.left[l..]);
        Ok((merged, self.min_gallop))
    }

    /// From the largest on: the right one is the shorter.
    fn downwards<E>(mut self) -> Result<(Vec<usize>, usize), E>
    where
        C: FnMut(usize, usize) -> Result<Ordering, E>,
    {
        // What is merged, backwards; `l` and `r` are what is left of the two.
        let (mut l, mut r) = (self.left.len() - 1, self.right.len());
        let mut merged = Vec::with_capacity(l + 1 + r);
        merged.push(self.left[l]);
        let over = |l: usize, r: usize| l == 0 || r <= 1;
        'merge: while !over(l, r) {
            let (mut wins_left, mut wins_right) = (0, 0);
            while wins_left < self.min_gallop && wins_right < self.min_gallop {
                if (self.compare)(self.right[r - 1], self.left[l - 1])?.is_lt() {
                    merged.push(self.left[l - 1]);
                    (l, wins_left, wins_right) = (l - 1, wins_left + 1, 0);
                } else {
                    merged.push(self.right[r - 1]);
                    (r, wins_right, wins_left) = (r - 1, wins_right + 1, 0);
                }
                if over(l, r) {
                    break 'merge;
                }
            }
            self.min_gallop += 1;
            loop {
                self.min_gallop = (self.min_gallop - 1).max(1);
                let kept = gallop_right(self.compare, self.right[r - 1], &self.left[..l], l - 1)?;
                merged.extend(self.left[kept..l].iter().rev());
                (wins_left, l) = (l - kept, kept);
                if l == 0 {
                    break 'merge;
                }
                merged.push(self.right[r - 1]);
                r -= 1;
                if r == 1 {
                    break 'merge;
                }
                let kept = gallop_left(self.compare, self.left[l - 1], &self.right[..r], r - 1)?;
                merged.extend(self.right[kept..r].iter().rev());
                (wins_right, r) = (r - kept, kept);
                if wins_right > 0 && r <= 1 {
                    break 'merge;
                }
                merged.push(self.left[l - 1]);
                l -= 1;
                if l == 0 {
                    break 'merge;
                }
                if wins_left < MIN_GALLOP && wins_right < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
        merged.extend(self.left[..l].iter().rev());
        merged.extend(self.right[..r].iter().rev());
        merged.reverse();
        Ok((merged, self.min_gallop))
    }
}
