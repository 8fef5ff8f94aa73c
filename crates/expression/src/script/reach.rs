//! What a block can reach beside the item that it is evaluated for: counted over its names, so that what is not understood counts as all.

/// Names by which a block reaches items, as often as they are mentioned in a way that is not known to be harmless.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    input: usize,
    nodes: usize,
}

/// Members of `$input` that are of one item, or none.
const OF_ONE_ITEM: [&str; 3] = ["item", "params", "context"];

impl Reach {
    /// The name is mentioned.
    pub(super) fn mention(&mut self, name: &str) {
        let (input, nodes) = roots(name);
        self.input += usize::from(input);
        self.nodes += usize::from(nodes);
    }

    /// What was mentioned last names a node by a literal.
    pub(super) fn named(&mut self, root: &str) {
        let (input, nodes) = roots(root);
        self.input -= usize::from(input);
        self.nodes -= usize::from(nodes);
    }

    /// What was mentioned last is followed by this member.
    pub(super) fn member(&mut self, root: &str, member: &str) {
        if root == "$input" && OF_ONE_ITEM.contains(&member) {
            self.named(root);
        }
    }

    /// Whether it can reach the whole input.
    pub(crate) fn whole_input(self) -> bool {
        self.input > 0
    }

    /// Whether it can reach the items of any node.
    pub(crate) fn any_node(self) -> bool {
        self.nodes > 0
    }
}

/// Whether a name leads to the whole input, and to nodes.
fn roots(name: &str) -> (bool, bool) {
    match name {
        "$input" => (true, false),
        "$" | "$node" => (false, true),
        "$items" | "$item" | "$getPairedItem" | "$evaluateExpression" => (true, true),
        _ => (false, false),
    }
}

#[cfg(test)]
mod tests {
    use crate::check;

    #[test]
    fn what_is_not_understood_counts_as_all() {
        for (block, whole_input, any_node) in [
            ("$json.a", false, false),
            ("$input.item.json.a + $input.params.x", false, false),
            ("$input?.item.json.a", false, false),
            ("$input.first().json.a", true, false),
            ("$input['all']()", true, false),
            ("[$input].map(i => i.all())", true, false),
            ("({$input}).$input.all()", true, false),
            ("$input.item.json.a + $input.all().length", true, false),
            ("($input => $input.item)($input)", true, false),
            ("$('X').item.json.a + $node['Y'].json.b + $node.Z.json.c", false, false),
            ("$(`X`).item", false, true),
            ("$('X' + 1).item", false, true),
            ("$node[$json.n].json", false, true),
            ("$items().length", true, true),
            ("$items('X').length", false, false),
        ] {
            let found = check(&format!("={{{{ {block} }}}}")).map(|found| (found.whole_input, found.any_node));
            assert_eq!(found.as_ref().ok(), Some(&(whole_input, any_node)), "{block}: {found:?}");
        }
    }
}
