//! How large things are, and how much room is between them.

use crate::letters::Font;

/// Width of a box.
pub(super) const WIDTH: f64 = 188.0;
/// Least height of a box, and what each of its ports takes.
pub(super) const HEIGHT: f64 = 60.0;
pub(super) const PORT: f64 = 20.0;
/// Room between boxes beside each other and above each other.
pub(super) const BESIDE: f64 = 44.0;
pub(super) const ABOVE: f64 = 26.0;
/// The font of labels at outputs.
pub(super) const LABEL: Font = Font::plain(11.0);
/// The most that a label takes.
pub(super) const LONGEST_LABEL: f64 = 180.0;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// The height at which port `index` of `count` stands.
    pub(super) fn port(self, index: usize, count: usize) -> f64 {
        self.y + self.height * (index as f64 + 1.0) / (count as f64 + 1.0)
    }
}

/// Where everything stands.
pub(super) struct Layout {
    pub(super) boxes: Vec<Rect>,
    pub(super) notes: Vec<Rect>,
}
