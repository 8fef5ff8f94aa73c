//! Addresses as people write them: `Ana <ana@example.com>, bob@example.com; "Lima, C." <c@example.com>`.

use lettre::Address;
use lettre::message::Mailbox;

/// The addresses in a text. What has no `@` is none, and left out; `Err`: what looks like one and cannot be sent to.
pub(crate) fn mailboxes(text: &str) -> Result<Vec<Mailbox>, String> {
    split(text).into_iter().filter_map(|entry| mailbox(&entry).transpose()).collect()
}

fn mailbox(entry: &str) -> Result<Option<Mailbox>, String> {
    let (name, address) = match entry.rsplit_once('<') {
        Some((name, rest)) => (name.trim(), rest.split('>').next().unwrap_or_default().trim()),
        None => ("", entry.trim()),
    };
    let Some((user, domain)) = address.rsplit_once('@') else { return Ok(None) };
    let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
    let name = name.trim_matches('"').replace("\\\"", "\"");
    let address = Address::new(user, domain).map_err(|_| address.to_owned())?;
    Ok(Some(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address)))
}

/// The entries between commas and semicolons; those in quotes, in `<>` and in `[]` belong to an entry. Of a group (`Team: a@example.com, b@example.com;`)
/// its members are entries, and its name is none.
fn split(text: &str) -> Vec<String> {
    let mut entries = vec![String::new()];
    let (mut quoted, mut within, mut literal, mut escaped) = (false, false, false, false);
    for c in text.chars() {
        match c {
            ':' if !quoted && !within && !literal => {
                entries.pop();
                entries.push(String::new());
                continue;
            }
            ',' | ';' if !quoted && !within => {
                entries.push(String::new());
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            '<' if !quoted => within = true,
            '>' if !quoted => within = false,
            '[' if !quoted => literal = true,
            ']' if !quoted => literal = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if let Some(entry) = entries.last_mut() {
            // A line break would begin another header.
            entry.push(if c.is_control() { ' ' } else { c });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let text = "Ana <ana@example.com>, bob@example.com; \"Lima, C.\" <c@b\u{fc}cher.example>, nobody,";
        let told: Vec<String> = mailboxes(text).unwrap_or_default().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["Ana <ana@example.com>", "bob@example.com", "\"Lima, C.\" <c@xn--bcher-kva.example>"]);
        let groups = "Team: Ana <ana@example.com>, bob@example.com; c@[IPv6:::1], undisclosed-recipients:;";
        let told: Vec<String> = mailboxes(groups).unwrap_or_default().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["Ana <ana@example.com>", "bob@example.com", "c@[ipv6:::1]"]);
        assert_eq!(mailboxes("a b@example.com").ok(), None);
        let injected = mailboxes("x\r\nBcc: victim@example.com <a@example.com>").unwrap_or_default();
        assert_eq!(injected.len(), 1, "a line break begins nothing new");
    }
}
