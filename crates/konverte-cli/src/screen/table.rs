//! Tables that fit: cells are wrapped between words, and columns that have no room are named below.

use super::words::{Between, beginning, cut, widest, width, wrap, wrap_between};
use super::{Screen, Tone};
use crate::plain::plain;

/// Blanks between two columns.
const GAP: usize = 2;
/// A column is not narrower than its widest word, as long as that takes no more than this.
const WORD: usize = 30;
/// The same of a column with addresses or JSON.
const PART: usize = 24;
/// How many of the hidden columns are named.
const NAMED: usize = 10;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// An address, or JSON: lines may end between its parts.
    Data,
    /// Stands at the right, and is shown whole: half a number is another number.
    Number,
}

/// A column with its name.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    name: String,
    kind: Kind,
    least: usize,
    droppable: bool,
}

impl Column {
    pub(crate) fn text(name: &str) -> Self {
        Self { name: plain(name).into_owned(), kind: Kind::Text, least: 0, droppable: false }
    }

    pub(crate) fn data(name: &str) -> Self {
        Self { kind: Kind::Data, ..Self::text(name) }
    }

    pub(crate) fn number(name: &str) -> Self {
        Self { kind: Kind::Number, ..Self::text(name) }
    }

    /// Where the lines of its cells may end.
    fn between(&self) -> Between {
        if self.kind == Kind::Data { Between::Parts } else { Between::Cells }
    }

    /// Never narrower than this.
    pub(crate) fn at_least(self, least: usize) -> Self {
        Self { least, ..self }
    }

    /// Not there where all of its cells are empty.
    pub(crate) fn if_any(self) -> Self {
        Self { droppable: true, ..self }
    }
}

/// A cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Option<Tone>,
}

impl Cell {
    pub(crate) fn toned(text: &str, tone: Tone) -> Self {
        Self { tone: Some(tone), ..Self::from(text) }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: plain(text.as_ref()).replace(['\n', '\t'], " "), tone: None }
    }
}

/// Rows below the names of their columns.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// How many lines a cell takes at most, and what is said below where that leaves text out.
    most: Option<(usize, &'static str)>,
}

impl Table {
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new(), most: None }
    }

    /// No cell takes more lines than that; `said` stands below where text is left out.
    pub(crate) fn at_most(self, lines: usize, said: &'static str) -> Self {
        Self { most: Some((lines, said)), ..self }
    }

    /// Adds a row: a cell for each column.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table between rules, and below it the names of the columns that are `hidden` for want of room, or because they were left out before.
    pub(crate) fn ruled(mut self, screen: Screen, hidden: &[&str]) -> String {
        self.drop_empty();
        self.shorten(screen);
        let widths = self.widths(screen.width().saturating_sub(2));
        let all = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) + 2;
        let rule = screen.paint(Tone::Quiet, &"─".repeat(all));
        let names = self.columns.iter().map(|column| Cell::toned(&column.name, Tone::Strong)).collect::<Vec<_>>();
        let mut text = format!("{rule}\n");
        self.write(&mut text, &names, &widths, screen);
        text += &format!("{rule}\n");
        self.rows.iter().for_each(|row| self.write(&mut text, row, &widths, screen));
        text += &format!("{rule}\n");
        let hidden: Vec<&str> = self.columns[widths.len()..].iter().map(|column| column.name.as_str()).chain(hidden.iter().copied()).collect();
        if !hidden.is_empty() {
            text += &wrap(&more(&hidden), screen.width(), "  ").join("\n");
            text.push('\n');
        }
        if let Some((_, said)) = self.most.filter(|_| self.leaves_out(&widths)) {
            text += &format!("{}\n", wrap(said, screen.width(), "  ").join("\n"));
        }
        text
    }

    /// Takes away what could not be shown on any screen like this, so that a long text is not laid out for nothing. What is left is still too long for its lines.
    fn shorten(&mut self, screen: Screen) {
        let Some((lines, _)) = self.most else { return };
        for cell in self.rows.iter_mut().flatten() {
            cell.text.truncate(beginning(&cell.text, screen.width() * (lines + 1)).len());
        }
    }

    /// Whether a cell has more lines than are shown, or a word that is wider than its column.
    fn leaves_out(&self, widths: &[usize]) -> bool {
        let cells = self.rows.iter().flat_map(|row| row.iter().zip(&self.columns).zip(widths));
        let mut too_much = cells.map(|((cell, column), width)| {
            let (between, text) = (column.between(), &cell.text);
            widest(text, between) > *width || self.most.is_some_and(|(most, _)| wrap_between(between, text, *width, "").len() > most)
        });
        too_much.any(|too_much| too_much)
    }

    fn drop_empty(&mut self) {
        for index in (0..self.columns.len()).rev() {
            if self.columns[index].droppable && self.rows.iter().all(|row| row.get(index).is_none_or(|cell| cell.text.is_empty())) {
                self.columns.remove(index);
                self.rows.iter_mut().filter(|row| index < row.len()).for_each(|row| drop(row.remove(index)));
            }
        }
    }

    /// The widths of the columns that have room, which are the first ones: each gets what it must have, and what is left goes to those that want more.
    fn widths(&self, room: usize) -> Vec<usize> {
        let cells = |index: usize| self.rows.iter().filter_map(move |row| row.get(index)).map(|cell| cell.text.as_str());
        let natural = |(index, column): (usize, &Column)| cells(index).map(width).max().unwrap_or(0).max(width(&column.name)).max(column.least);
        let natural: Vec<usize> = self.columns.iter().enumerate().map(natural).collect();
        let must = |(index, column): (usize, &Column)| match column.kind {
            Kind::Number => natural[index],
            Kind::Text | Kind::Data => {
                let widest = |text: &str| widest(text, column.between());
                let most = if column.kind == Kind::Data { PART } else { WORD };
                cells(index).map(widest).max().unwrap_or(0).max(widest(&column.name)).min(most).max(column.least)
            }
        };
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(must).collect();
        let used = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        while widths.len() > 1 && used(&widths) > room {
            widths.pop();
        }
        let mut spare = room.saturating_sub(used(&widths));
        if widths.len() == 1 {
            widths[0] = widths[0].min(room);
        }
        // Those that want least come first: then all that can be whole are.
        loop {
            let wanting: Vec<usize> = (0..widths.len()).filter(|index| widths[*index] < natural[*index]).collect();
            let Some(share) = spare.checked_div(wanting.len()).filter(|share| *share > 0) else { break };
            for index in wanting {
                let more = share.min(natural[index] - widths[index]);
                widths[index] += more;
                spare -= more;
            }
        }
        widths
    }

    fn write(&self, text: &mut String, row: &[Cell], widths: &[usize], screen: Screen) {
        let most = self.most.map_or(usize::MAX, |(lines, _)| lines);
        let lines =
            |((cell, column), width): ((&Cell, &Column), &usize)| first_lines(wrap_between(column.between(), &cell.text, *width, ""), most, *width);
        let cells: Vec<Vec<String>> = row.iter().zip(&self.columns).zip(widths).map(lines).collect();
        for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut out = " ".to_owned();
            for (index, (lines, column)) in cells.iter().zip(&self.columns).enumerate() {
                let part = lines.get(line).map(|part| cut(part, widths[index])).unwrap_or_default();
                let blanks = " ".repeat(widths[index].saturating_sub(width(&part)));
                let part = row[index].tone.map_or_else(|| part.to_string(), |tone| screen.paint(tone, &part));
                out += &match column.kind {
                    Kind::Number => format!("{blanks}{part}"),
                    Kind::Text | Kind::Data => format!("{part}{blanks}"),
                };
                out += &" ".repeat(GAP);
            }
            text.push_str(out.trim_end());
            text.push('\n');
        }
    }
}

/// The first lines; where there are more, an ellipsis stands behind the last word for which there is room.
fn first_lines(mut lines: Vec<String>, most: usize, room: usize) -> Vec<String> {
    if lines.len() <= most {
        return lines;
    }
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        while width(last) + 2 > room
            && let Some(blank) = last.trim_end().rfind(' ')
        {
            last.truncate(blank);
        }
        *last = if width(last) + 2 > room { format!("{}…", beginning(last, room.saturating_sub(1))) } else { format!("{} …", last.trim_end()) };
    }
    lines
}

/// For example `2 more columns: a, b`.
fn more(names: &[&str]) -> String {
    let columns = if names.len() == 1 { "1 more column".to_owned() } else { format!("{} more columns", names.len()) };
    let shown: Vec<String> = names.iter().take(NAMED).map(|name| cut(&plain(name), WORD).into_owned()).collect();
    let others = names.len().saturating_sub(NAMED);
    let others = if others > 0 { format!(" and {others} others") } else { String::new() };
    format!("{columns}: {}{others}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 4]]) -> Table {
        let mut table = Table::new([Column::text("name"), Column::number("n"), Column::text("what it says"), Column::text("note").if_any()]);
        rows.iter().for_each(|row| table.row(row.iter().map(Cell::from)));
        table
    }

    #[test]
    fn no_line_is_wider_than_the_screen_and_hidden_columns_are_named() {
        let rows = [
            ["日本語", "12345678", "a sentence of several words that has to be wrapped", ""],
            ["e\u{301}", "1", "extraordinarily-long-word-without-a-blank-in-it", "x"],
        ];
        for columns in 40..120 {
            let text = table(&rows).ruled(Screen::of_width(columns), &["more"]);
            assert!(text.lines().all(|line| width(line) <= columns), "{columns}:\n{text}");
            assert!(text.contains("12345678") && text.contains("more"), "{columns}:\n{text}");
        }
        let narrow = table(&rows).ruled(Screen::of_width(40), &["more"]);
        assert!(narrow.ends_with("3 more columns: what it says, note, more\n"), "{narrow}");
    }

    #[test]
    fn a_long_text_takes_some_lines_and_ends_between_words() {
        let of = |text: &str| {
            let mut table = Table::new([Column::text("text")]).at_most(2, "More is elsewhere.");
            table.row([Cell::from(text)]);
            table.ruled(Screen::of_width(40), &[]).lines().skip(3).map(str::to_owned).collect::<Vec<_>>()
        };
        let rule = "─".repeat(40);
        let long = "a sentence of several words that has to be wrapped, and then some that nobody sees. ".repeat(2000);
        assert_eq!(of(&long), [" a sentence of several words that has", " to be wrapped, and then some that …", &rule, "More is elsewhere."][..]);
        assert_eq!(of("short"), [" short".to_owned(), "─".repeat(7)]);
        assert_eq!(of(&"x".repeat(50)).last().map(String::as_str), Some("More is elsewhere."), "a word that is cut is left out too");
    }

    #[test]
    fn cells_stand_below_each_other_however_wide_their_characters_are() {
        let text = table(&[["日本", "7", "x", ""], ["ab", "10", "y", ""]]).ruled(Screen::of_width(80), &[]);
        assert_eq!(
            text,
            "────────────────────────\n name   n  what it says\n────────────────────────\n 日本   7  x\n ab    10  y\n────────────────────────\n"
        );
    }
}
