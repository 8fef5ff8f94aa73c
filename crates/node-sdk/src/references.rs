//! What expressions and code refer to.

/// What an expression or the code of a node refers to, known without running it. What cannot be read from the text counts as all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Nodes named by `$('X')`, `$node[...]`, `$items('X')`, with the byte offset of the name.
    pub nodes: Vec<(String, usize)>,
    /// Names read from `$env`.
    pub env: Vec<String>,
    /// Names read from `$vars`.
    pub vars: Vec<String>,
    /// Whether it can reach items of the node's input beside the one that it is evaluated for: `$input` for more than `.item`, `$items()`.
    pub whole_input: bool,
    /// Whether it names nodes in a way that is known only when it runs: then it can reach the items of any.
    pub any_node: bool,
}

impl References {
    /// All that there is: of a text that is not understood.
    pub fn all() -> Self {
        Self { whole_input: true, any_node: true, ..Self::default() }
    }
}
