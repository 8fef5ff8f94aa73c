//! What V8 says about JSON that does not parse.

/// The message of `JSON.parse(text)`; `None`: the text parses.
pub(crate) fn message(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0 };
    let failed = reader.document().err()?;
    Some(words(&chars, failed))
}

/// What went wrong where.
enum Failed {
    /// The text ends too early.
    End,
    /// A character that nothing can begin with.
    Token(usize),
    /// Something after the end.
    After(usize),
    /// Something named.
    At(&'static str, usize),
}

fn words(chars: &[char], failed: Failed) -> String {
    match failed {
        Failed::End => "Unexpected end of JSON input".into(),
        Failed::At(what, at) => format!("{what} in JSON at {}", place(chars, at)),
        Failed::After(at) => format!("Unexpected non-whitespace character after JSON at {}", place(chars, at)),
        Failed::Token(at) => {
            const CONTEXT: usize = 10;
            let (text, at) = (units(chars), units(&chars[..at]).len());
            let whole = text.len() <= CONTEXT * 2;
            let (start, end) = if whole { (0, text.len()) } else { (at.saturating_sub(CONTEXT), (at + CONTEXT).min(text.len())) };
            let (before, after) = (if start > 0 { "..." } else { "" }, if end < text.len() { "..." } else { "" });
            let (token, shown) = (String::from_utf16_lossy(&text[at..=at]), String::from_utf16_lossy(&text[start..end]));
            format!("Unexpected token '{token}', {before}\"{shown}\"{after} is not valid JSON")
        }
    }
}

/// JavaScript counts half of what lies beyond the first 65,536 characters.
fn units(chars: &[char]) -> Vec<u16> {
    let mut buffer = [0; 2];
    chars.iter().flat_map(|c| c.encode_utf16(&mut buffer).to_vec()).collect()
}

fn place(chars: &[char], at: usize) -> String {
    let line = 1 + chars[..at].iter().filter(|c| **c == '\n').count();
    let last_line = chars[..at].iter().rposition(|c| *c == '\n').map_or(0, |end| end + 1);
    let length = |chars: &[char]| chars.iter().map(|c| c.len_utf16()).sum::<usize>();
    format!("position {} (line {line} column {})", length(&chars[..at]), 1 + length(&chars[last_line..at]))
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

type Read = Result<(), Failed>;

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\n' | '\r' | '\t')) {
            self.at += 1;
        }
    }

    fn document(&mut self) -> Read {
        self.value(0)?;
        self.blank();
        if self.at < self.chars.len() { Err(Failed::After(self.at)) } else { Ok(()) }
    }

    fn value(&mut self, depth: usize) -> Read {
        self.blank();
        if depth > 5000 {
            return Err(Failed::Token(self.at));
        }
        match self.peek() {
            None => Err(Failed::End),
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => self.string(),
            Some('-' | '0'..='9') => self.number(),
            Some('t') => self.word("true"),
            Some('f') => self.word("false"),
            Some('n') => self.word("null"),
            Some(_) => Err(Failed::Token(self.at)),
        }
    }

    fn word(&mut self, word: &str) -> Read {
        for wanted in word.chars() {
            match self.peek() {
                Some(c) if c == wanted => self.at += 1,
                Some(_) => return Err(Failed::Token(self.at)),
                None => return Err(Failed::End),
            }
        }
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Read {
        self.at += 1;
        self.blank();
        if self.peek() == Some(']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            self.blank();
            match self.peek() {
                Some(',') => self.at += 1,
                Some(']') => break self.at += 1,
                None => return Err(Failed::End),
                Some(_) => return Err(Failed::At("Expected ',' or ']' after array element", self.at)),
            }
        }
        Ok(())
    }

    fn object(&mut self, depth: usize) -> Read {
        self.at += 1;
        let mut first = true;
        loop {
            self.blank();
            match self.peek() {
                Some('"') => self.string()?,
                Some('}') if first => break self.at += 1,
                None if first => return Err(Failed::At("Expected property name or '}'", self.at)),
                None => return Err(Failed::At("Expected double-quoted property name", self.at)),
                Some(_) if first => return Err(Failed::At("Expected property name or '}'", self.at)),
                Some(_) => return Err(Failed::At("Expected double-quoted property name", self.at)),
            }
            first = false;
            self.blank();
            match self.peek() {
                Some(':') => self.at += 1,
                None => return Err(Failed::End),
                Some(_) => return Err(Failed::At("Expected ':' after property name", self.at)),
            }
            self.value(depth + 1)?;
            self.blank();
            match self.peek() {
                Some(',') => self.at += 1,
                Some('}') => break self.at += 1,
                None => return Err(Failed::At("Expected ',' or '}' after property value", self.at)),
                Some(_) => return Err(Failed::At("Expected ',' or '}' after property value", self.at)),
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Read {
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(Failed::At("Unterminated string", self.at)),
                Some('"') => break self.at += 1,
                Some(c) if c < ' ' => return Err(Failed::At("Bad control character in string literal", self.at)),
                Some('\\') => self.escape()?,
                Some(_) => self.at += 1,
            }
        }
        Ok(())
    }

    fn escape(&mut self) -> Read {
        self.at += 1;
        match self.peek() {
            None => return Err(Failed::At("Unterminated string", self.at)),
            Some('u') => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.peek().is_some_and(|c| c.is_ascii_hexdigit()) {
                        return Err(Failed::At("Bad Unicode escape", self.at));
                    }
                }
            }
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {}
            Some(_) => return Err(Failed::At("Bad escaped character", self.at)),
        }
        self.at += 1;
        Ok(())
    }

    fn digits(&mut self) -> bool {
        let from = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > from
    }

    fn number(&mut self) -> Read {
        if self.peek() == Some('-') {
            self.at += 1;
            if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
                return Err(Failed::At("No number after minus sign", self.at));
            }
        }
        if self.peek() == Some('0') {
            self.at += 1;
            if self.peek().is_some_and(|c| c.is_ascii_digit()) {
                return Err(Failed::At("Unexpected number", self.at));
            }
        } else {
            self.digits();
        }
        if self.peek() == Some('.') {
            self.at += 1;
            if !self.digits() {
                return Err(Failed::At("Unterminated fractional number", self.at));
            }
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            if !self.digits() {
                return Err(Failed::At("Exponent part is missing a number", self.at));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn says_it_as_v8_does() {
        for (text, expected) in [
            ("", "Unexpected end of JSON input"),
            ("{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
            ("nope", "Unexpected token 'o', \"nope\" is not valid JSON"),
            ("{'a':1}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
            ("{\"a\":1,}", "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
            ("[1 2]", "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)"),
            ("1 x", "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"),
            ("<html><body>a long page</body>", "Unexpected token '<', \"<html><bod\"... is not valid JSON"),
            ("🎉", "Unexpected token '\u{fffd}', \"🎉\" is not valid JSON"),
            ("{\"a\":\"😀\", b}", "Expected double-quoted property name in JSON at position 11 (line 1 column 12)"),
            ("😀😀😀😀😀😀😀😀😀😀😀😀x", "Unexpected token '\u{fffd}', \"😀😀😀😀😀\"... is not valid JSON"),
            ("{\"a\": undefined}", "Unexpected token 'u', \"{\"a\": undefined}\" is not valid JSON"),
        ] {
            assert_eq!(message(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(message(" {\"a\": [1, -2.5e3, \"x\\u00e9\", null]} "), None);
    }
}
