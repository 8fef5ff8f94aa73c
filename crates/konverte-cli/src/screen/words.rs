//! Words in columns: how wide a text is, where its lines may end, and what is left of a word that does not fit.

use std::borrow::Cow;

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many columns the text takes; codes of colours take none.
pub(crate) fn width(text: &str) -> usize {
    pieces(text).map(|(_, width)| width).sum()
}

/// What a reader sees as one character, each with its columns; a code of a colour is one without.
fn pieces(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let code = rest.strip_prefix("\u{1b}[").and_then(|code| Some(code.find('m')? + "\u{1b}[m".len()));
        let piece = match code {
            Some(end) => &rest[..end],
            None => rest.graphemes(true).next()?,
        };
        rest = &rest[piece.len()..];
        Some((piece, if code.is_some() { 0 } else { piece.width() }))
    })
}

/// The beginning of the text in at most so many columns; what is cut is shown by an ellipsis.
pub(crate) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if beginning(text, most).len() == text.len() {
        return Cow::Borrowed(text);
    }
    let mut kept = beginning(text, most.saturating_sub(1)).to_owned();
    kept.push('…');
    if text.contains('\u{1b}') {
        kept.push_str("\u{1b}[0m");
    }
    Cow::Owned(kept)
}

/// Beginning and end of the text in at most so many columns: of a path, both say something.
pub(crate) fn cut_inside(text: &str, most: usize) -> Cow<'_, str> {
    let all = width(text);
    if all <= most {
        return Cow::Borrowed(text);
    }
    let begin = beginning(text, most.saturating_sub(1) / 3);
    let room = most.saturating_sub(1 + width(begin));
    let (mut left_out, mut at) = (0, 0);
    for (piece, columns) in pieces(text) {
        if all - left_out <= room {
            break;
        }
        left_out += columns;
        at += piece.len();
    }
    Cow::Owned(format!("{begin}…{}", &text[at..]))
}

/// As much of the beginning as takes at most so many columns.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    let (mut end, mut used) = (0, 0);
    for (piece, columns) in pieces(text) {
        if used + columns > most {
            break;
        }
        used += columns;
        end += piece.len();
    }
    &text[..end]
}

/// Where lines may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Between {
    /// Between words; addresses and commands that can be pasted stay whole, however wide they are.
    Words,
    /// Between words, in the cell of a table: nothing is wider than its column.
    Cells,
    /// Between the parts of an address or of JSON too.
    Parts,
}

/// What a command that can be pasted begins with.
const COMMAND: &str = "konverte ";
/// What stands around a command within a sentence: accents, or the code of a colour.
const AROUND: [(&str, &str); 2] = [("`", "`"), ("\u{1b}[36m", "\u{1b}[0m")];
/// What ends a part of an address, or of JSON.
const PARTS: [&str; 4] = ["/", "?", "&", ","];

/// The text in lines of at most so many columns, all but the first behind `indent`. Lines end between words alone.
pub(crate) fn wrap(text: &str, most: usize, indent: &str) -> Vec<String> {
    wrap_between(Between::Words, text, most, indent)
}

/// The same, with lines that end there.
pub(crate) fn wrap_between(between: Between, text: &str, most: usize, indent: &str) -> Vec<String> {
    let fitting = fit_between(between, text, most.saturating_sub(width(indent)).max(1));
    let options = Options::new(most).subsequent_indent(indent).break_words(false);
    let options = options.word_separator(separator(between)).word_splitter(WordSplitter::NoHyphenation).wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(&fitting, options).into_iter().map(Cow::into_owned).collect()
}

/// The same as [`wrap`] as one text.
pub(crate) fn fill(text: &str, most: usize, indent: &str) -> String {
    wrap(text, most, indent).join("\n")
}

/// The text with each word cut that is wider than a line. Addresses and commands stay whole: a terminal breaks them by itself, and cut they would be of no
/// use.
pub(crate) fn fit(text: &str, most: usize) -> Cow<'_, str> {
    fit_between(Between::Words, text, most)
}

fn fit_between(between: Between, text: &str, most: usize) -> Cow<'_, str> {
    let stays = |word: &str| between == Between::Words && (word.contains("http://") || word.contains("https://") || has_command(word));
    let too_wide = |word: &Word<'_>| width(word) > most && !stays(word);
    if !text.split('\n').flat_map(|line| words(line, between)).any(|word| too_wide(&word)) {
        return Cow::Borrowed(text);
    }
    // What ends a part stays, or the next one would be a part of it.
    let cut = |word: &str| match PARTS.into_iter().find(|end| between == Between::Parts && word.ends_with(end)) {
        Some(end) => format!("{}{end}", cut(word, most.saturating_sub(1))),
        None => cut(word, most).into_owned(),
    };
    let shown = |word: Word<'_>| format!("{}{}", if too_wide(&word) { cut(&word).into() } else { Cow::Borrowed(&*word) }, word.whitespace);
    Cow::Owned(text.split('\n').map(|line| words(line, between).map(shown).collect::<String>()).collect::<Vec<_>>().join("\n"))
}

/// How many columns the widest word takes.
pub(crate) fn widest(text: &str, between: Between) -> usize {
    text.split('\n').flat_map(|line| words(line, between)).map(|word| width(&word)).max().unwrap_or(0)
}

/// Lines end where [`words`] end.
pub(crate) fn separator(between: Between) -> WordSeparator {
    WordSeparator::Custom(match between {
        Between::Words => |line| Box::new(words(line, Between::Words)),
        Between::Cells => |line| Box::new(words(line, Between::Cells)),
        Between::Parts => |line| Box::new(words(line, Between::Parts)),
    })
}

/// Whether the line is nothing but a command: a sentence about the program ends with a full stop.
fn is_command(line: &str) -> bool {
    line.trim_start().starts_with(COMMAND) && !line.trim_end().ends_with('.')
}

/// How long the command is that begins here, within a sentence.
fn command(rest: &str) -> Option<usize> {
    AROUND.iter().find_map(|(open, close)| {
        let inside = rest.strip_prefix(open).filter(|inside| inside.starts_with(COMMAND))?;
        Some(open.len() + inside.find(close)? + close.len())
    })
}

/// Whether a word is a command, or has one in it.
fn has_command(word: &str) -> bool {
    is_command(word) || word.char_indices().any(|(at, _)| command(&word[at..]).is_some())
}

/// The words of a line, each with the blanks behind it. Where no blanks are written, as in Chinese and Japanese, each character is a word; addresses,
/// paths and commands, which are to be copied, are one.
fn words(line: &str, between: Between) -> impl Iterator<Item = Word<'_>> {
    let mut rest = line;
    let mut whole = if between == Between::Words && is_command(line) { line.len() } else { 0 };
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        // Up to the end of a command no line ends.
        let (mut end, mut before, mut stays) = (0, "", std::mem::take(&mut whole));
        for (piece, columns) in pieces(rest) {
            let ideograph = |piece: &str, columns: usize| columns == 2 && piece.chars().all(char::is_alphanumeric);
            let ends_part = between == Between::Parts && PARTS.contains(&before) && piece != "/";
            let may_end = piece != " " && (before == " " || ends_part || (ideograph(piece, columns) && ideograph(before, before.width())));
            if may_end && end >= stays {
                break;
            }
            if between == Between::Words && end >= stays {
                stays = command(&rest[end..]).map_or(stays, |len| end + len);
            }
            end += piece.len();
            // Behind the two of `https://` no line ends.
            before = if piece == "/" && before == "/" { "//" } else { piece };
        }
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some(Word::from(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_as_wide_as_they_are_shown() {
        for (text, columns) in [("abc", 3), ("日本", 4), ("😀", 2), ("👨‍👩‍👧", 2), ("e\u{301}", 1), ("\u{1b}[31mred\u{1b}[0m", 3), ("Zoë", 3)]
        {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn what_is_cut_says_so_and_no_character_is_halved() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("xe\u{301}e\u{301}e\u{301}", 3), "xe\u{301}…");
        assert_eq!(cut("\u{1b}[31mabcdef\u{1b}[0m", 4), "\u{1b}[31mabc…\u{1b}[0m");
        assert_eq!(cut_inside("workflows/services/reports.json", 20), "workfl…/reports.json");
        assert_eq!(cut_inside("日本/日本/日本.json", 12), "日…日本.json");
        assert_eq!(cut_inside("a.json", 12), "a.json");
    }

    #[test]
    fn lines_end_between_words() {
        assert_eq!(wrap("one two three four", 9, "  "), ["one two", "  three", "  four"]);
        assert_eq!(wrap("an extraordinarily long word", 10, ""), ["an", "extraordi…", "long word"]);
        assert_eq!(wrap("see https://example.com/a/long/way now", 10, ""), ["see", "https://example.com/a/long/way", "now"]);
        assert_eq!(wrap("日本語の文は空白なしで書く", 10, ""), ["日本語の文", "は空白なし", "で書く"]);
        assert_eq!(wrap("a\n\nb", 10, ""), ["a", "", "b"]);
        assert_eq!(wrap_between(Between::Parts, "GET http://a.example/b/c?d=1&e", 17, ""), ["GET", "http://a.example/", "b/c?d=1&e"]);
        assert_eq!(wrap_between(Between::Parts, "{\"a\":\"one\",\"b\":2}", 10, ""), ["{\"a\":\"on…,", "\"b\":2}"]);
        assert_eq!(wrap("a n8n-nodes-base b", 10, ""), ["a", "n8n-nodes…", "b"]);
    }

    #[test]
    fn what_can_be_pasted_stays_whole() {
        assert_eq!(wrap("try (`konverte eval 1`) or `an other`", 12, ""), ["try", "(`konverte eval 1`)", "or `an", "other`"]);
        let painted = "\u{1b}[36mkonverte eval 1\u{1b}[0m";
        assert_eq!(wrap(&format!("try {painted}, then"), 10, ""), ["try".to_owned(), format!("{painted},"), "then".to_owned()]);
        assert_eq!(wrap("Type:\nkonverte eval '{{ $json }}'\nor", 12, ""), ["Type:", "konverte eval '{{ $json }}'", "or"]);
        assert_eq!(wrap("konverte runs workflows.", 12, ""), ["konverte", "runs", "workflows."]);
        assert_eq!(wrap_between(Between::Cells, "konverte eval `konverte x`", 14, ""), ["konverte eval", "`konverte x`"]);
    }
}
