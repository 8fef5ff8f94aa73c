//! A page of Markdown, as those of `docs/errors/` are, for a terminal.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::page::Page;
use super::{Screen, Tone};

/// Lays the page out.
pub(crate) fn page(markdown: &str, screen: Screen) -> String {
    let mut reader = Reader { screen, page: Page::new(screen), inline: String::new(), lists: Vec::new(), marker: None, tone: None, link: None };
    Parser::new(markdown).for_each(|event| reader.take(event));
    reader.page.finish()
}

/// Reads one event after the other.
struct Reader {
    screen: Screen,
    page: Page,
    /// The paragraph so far.
    inline: String,
    /// The lists that are open, each with its next number where it has numbers.
    lists: Vec<Option<u64>>,
    /// What stands before the entry that begins.
    marker: Option<String>,
    tone: Option<Tone>,
    /// Where the link that is open leads, and where its text begins.
    link: Option<(String, usize)>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text),
            Event::Code(code) if self.screen.has_colour() => self.inline += &self.screen.paint(Tone::Code, &code),
            Event::Code(code) => self.inline += &format!("`{code}`"),
            Event::SoftBreak => self.inline.push(' '),
            Event::HardBreak => self.inline.push('\n'),
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        self.inline += &self.tone.map_or_else(|| text.to_owned(), |tone| self.screen.paint(tone, text));
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong | Tag::Heading { .. } => self.tone = Some(Tone::Strong),
            Tag::Link { dest_url, .. } => self.link = Some((dest_url.into_string(), self.inline.len())),
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.page.apart();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "* ".to_owned(),
                };
                self.marker = Some(marker);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.tone = None,
            TagEnd::Link => {
                if let Some((target, begins)) = self.link.take()
                    && let Some(target) = leads_to(&target)
                    && !self.inline[begins..].contains(&target)
                {
                    self.inline += &format!(" ({target})");
                }
            }
            TagEnd::Heading(_) => {
                self.tone = None;
                let text = std::mem::take(&mut self.inline);
                self.page.painted(&text, "", "");
            }
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.inline);
                self.page.code(&code);
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            _ => {}
        }
    }

    /// Ends a paragraph, or an entry of a list.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.is_empty() {
            return;
        }
        let outer = "  ".repeat(self.lists.len().saturating_sub(1));
        match (self.marker.take(), self.lists.is_empty()) {
            (Some(marker), _) => self.page.close(&text, &format!("{outer}{marker}"), &format!("{outer}{}", " ".repeat(marker.len()))),
            (None, true) => self.page.painted(&text, "", ""),
            (None, false) => self.page.close(&text, &format!("{outer}  "), &format!("{outer}  ")),
        }
    }
}

/// What a reader at a terminal can do with the target of a link: an address, or a page of `docs/`. Another error's page is named by its code already.
fn leads_to(target: &str) -> Option<String> {
    let page = target.strip_prefix("../").map(|page| format!("docs/{}", page.split('#').next().unwrap_or_default()));
    page.or_else(|| target.contains("://").then(|| target.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_laid_out() {
        let page = page(
            "# KV1: a title\n\nA *word* of [a guide](../guide.md#part), **bold** and `code`, of [KV2](KV2.md)\nand <https://x.example>.\n\n* one `two three`\n  four\n* five\n\n```json\n{\"a\":\n  1}\n```\n",
            Screen::of_width(40),
        );
        let expected = "KV1: a title\n\nA word of a guide (docs/guide.md), bold\nand `code`, of KV2 and\nhttps://x.example.\n\n* one `two three` four\n* five\n\n{\"a\":\n  1}\n";
        assert_eq!(page, expected);
    }
}
