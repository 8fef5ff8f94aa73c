//! Syntax errors in V8's wording: made of what QuickJS says, and of the token that it stops at.

use crate::script::{Lexer, TokKind, is_reserved};

/// V8's words for what QuickJS says of `text` at the byte `at`.
pub(crate) fn words(message: &str, text: &str, at: usize) -> String {
    let (before, rest) = (text.get(..at).unwrap_or_default().trim_end(), text.get(at..).unwrap_or_default());
    if let Some(words) = fixed(message) {
        return words.to_owned();
    }
    match message {
        "unexpected end of string" if rest.starts_with(['"', '\'']) => "Invalid or unexpected token".into(),
        "unexpected end of string" => "Unexpected end of input".into(),
        "missing initializer for variable" if before.ends_with(['}', ']']) => "Missing initializer in destructuring declaration".into(),
        "missing initializer for variable" => "Missing initializer in const declaration".into(),
        "lexical declarations can't appear in single-statement context" if rest.starts_with("let") => {
            "Lexical declaration cannot appear in a single-statement context".into()
        }
        // A pattern that has no value.
        "variable name expected" if rest.starts_with(['{', '[']) => "Missing initializer in destructuring declaration".into(),
        "function name expected" if rest.starts_with('(') => "Function statements require a function name".into(),
        _ if message.starts_with("invalid redefinition") => format!("Identifier '{}' has already been declared", last_name(before)),
        _ if last_name(before) == "import" => "Cannot use import statement outside a module".into(),
        // The engine says so where it wants another token than it finds.
        _ if message.starts_with("Unexpected ") && in_arguments(before) => "missing ) after argument list".into(),
        // Outside of an async function it is a name.
        _ if last_name(before) == "await" && (message == "expecting ';'" || message.starts_with("Unexpected ")) => ONLY_ASYNC.into(),
        _ if is_about_a_token(message) => unexpected(rest),
        _ => message.to_owned(),
    }
}

const ONLY_ASYNC: &str = "await is only valid in async functions and the top level bodies of modules";

fn fixed(message: &str) -> Option<&'static str> {
    Some(match message {
        "unexpected character" | "invalid number literal" | "invalid first character of private name" | "unexpected end of comment" => {
            "Invalid or unexpected token"
        }
        "unexpected line terminator in regexp" | "unexpected end of regexp" => "Invalid regular expression: missing /",
        "'let' is not a valid lexical identifier" => "let is disallowed as a lexically bound name",
        "expecting catch or finally" => "Missing catch or finally after try",
        "break must be inside loop or switch" => "Illegal break statement",
        "continue must be inside loop" => "Illegal continue statement: no surrounding iteration statement",
        "line terminator not allowed after throw" => "Illegal newline after throw",
        "invalid assignment left-hand side" => "Invalid left-hand side in assignment",
        "invalid increment/decrement operand" => "Invalid left-hand side expression in postfix operation",
        "invalid for in/of left hand-side" => "Invalid left-hand side in for-loop",
        "expected '}' after template expression" => "Missing } in template expression",
        "unexpected 'await' keyword" => ONLY_ASYNC,
        "super() is only valid in a derived class constructor" | "'super' is only valid in a method" => "'super' keyword unexpected here",
        "property constructor appears more than once" => "A class may only have one constructor",
        "a declaration in the head of a for-of loop can't have an initializer" => "for-of loop variable declaration may not have an initializer.",
        _ => return None,
    })
}

fn is_about_a_token(message: &str) -> bool {
    let told = ["unexpected token", "expecting", "Unexpected ", "unsupported keyword", "lexical declarations can't"];
    let named = [
        "variable name expected",
        "invalid property name",
        "invalid switch statement",
        "class statement requires a name",
        "function name expected",
        "identifier expected",
        "cannot mix ?? with && or ||",
        "missing formal parameter",
    ];
    told.iter().any(|start| message.starts_with(start)) || named.contains(&message)
}

/// What V8 says of the token that a text begins with.
fn unexpected(rest: &str) -> String {
    let invalid = || "Invalid or unexpected token".to_owned();
    let mut lexer = Lexer::new(rest);
    match lexer.next().map(|token| token.kind) {
        Ok(TokKind::Ident(name)) if name == "enum" => "Unexpected reserved word".into(),
        Ok(TokKind::Ident(name)) if !is_reserved(&name) => format!("Unexpected identifier '{name}'"),
        Ok(TokKind::Ident(name)) => format!("Unexpected token '{name}'"),
        Ok(TokKind::Number) => "Unexpected number".into(),
        Ok(TokKind::Str(_)) => "Unexpected string".into(),
        Ok(TokKind::Backtick) => "Unexpected template string".into(),
        Ok(TokKind::Punct("@")) | Err(_) => invalid(),
        Ok(TokKind::Punct(token)) => format!("Unexpected token '{token}'"),
        Ok(TokKind::Private) => format!("Private field '{}' must be declared in an enclosing class", &rest[..lexer.at]),
        Ok(TokKind::End) => "Unexpected end of input".into(),
    }
}

/// The name that a text ends with.
fn last_name(text: &str) -> &str {
    let start = text.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '$').len();
    &text[start..]
}

/// Whether the innermost parenthesis that is open at the end of a text is that of a call.
fn in_arguments(before: &str) -> bool {
    let mut lexer = Lexer::new(before);
    // For each open bracket, whether it is that of a call.
    let mut open: Vec<bool> = Vec::new();
    let mut last = (TokKind::End, false);
    while let Ok(token) = lexer.next() {
        match &token.kind {
            TokKind::End => break,
            TokKind::Punct("(") => open.push(last.1),
            TokKind::Punct("[" | "{") => open.push(false),
            TokKind::Punct(")" | "]" | "}") => drop(open.pop()),
            TokKind::Punct("/" | "/=") if !ends_value(&last.0) && lexer.regex(token.start).is_err() => return false,
            TokKind::Backtick => skip_template(&mut lexer),
            _ => {}
        }
        let declares = matches!(&last.0, TokKind::Ident(name) if name == "function");
        let callable = !declares && !matches!(token.kind, TokKind::Number | TokKind::Str(_)) && ends_value(&token.kind);
        last = (token.kind, callable);
    }
    open.last().copied().unwrap_or_default()
}

/// Whether a value may end with this token.
fn ends_value(token: &TokKind) -> bool {
    match token {
        TokKind::Ident(name) => !is_reserved(name) || matches!(name.as_str(), "this" | "super" | "null" | "true" | "false"),
        TokKind::Punct(text) => matches!(*text, ")" | "]"),
        TokKind::Number | TokKind::Str(_) | TokKind::Backtick | TokKind::Private => true,
        TokKind::End => false,
    }
}

fn skip_template(lexer: &mut Lexer<'_>) {
    let mut escaped = false;
    for (at, c) in lexer.text[lexer.at..].char_indices() {
        if c == '`' && !escaped {
            lexer.at += at + 1;
            return;
        }
        escaped = c == '\\' && !escaped;
    }
    lexer.at = lexer.text.len();
}
