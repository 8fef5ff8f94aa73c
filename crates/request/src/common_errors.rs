//! n8n's words for the errors of operating systems and networks. They take the place of the message of any error that names one.

/// (Node.js's code, the words), in the order in which n8n looks for them.
const WORDS: [(&str, &str); 16] = [
    ("ECONNREFUSED", "The service refused the connection - perhaps it is offline"),
    (
        "ECONNRESET",
        "The connection to the server was closed unexpectedly, perhaps it is offline. You can retry the request immediately or wait and retry later.",
    ),
    ("ENOTFOUND", "The connection cannot be established, this usually occurs due to an incorrect host (domain) value"),
    ("ETIMEDOUT", "The connection timed out, consider setting the 'Retry on Fail' option in the node settings"),
    ("ERRADDRINUSE", "The port is already occupied by some other application, if possible change the port or kill the application that is using it"),
    ("EADDRNOTAVAIL", "The address is not available, ensure that you have the right IP address"),
    ("ECONNABORTED", "The connection was aborted, perhaps the server is offline"),
    ("EHOSTUNREACH", "The host is unreachable, perhaps the server is offline"),
    ("EAI_AGAIN", "The DNS server returned an error, perhaps the server is offline"),
    ("ENOENT", "The file or directory does not exist"),
    ("EISDIR", "The file path was expected but the given path is a directory"),
    ("ENOTDIR", "The directory path was expected but the given path is a file"),
    ("EACCES", "Forbidden by access permissions, make sure you have the right permissions"),
    ("EEXIST", "The file or directory already exists"),
    ("EPERM", "Operation not permitted, make sure you have the right permissions"),
    ("GETADDRINFO", "The server closed the connection unexpectedly"),
];

/// The words for a code.
pub fn of_code(code: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == code).map(|(_, words)| *words)
}

/// The words for the first code that a message names, in any letter case.
pub fn in_message(message: &str) -> Option<&'static str> {
    let message = message.to_uppercase();
    WORDS.iter().find(|(known, _)| message.contains(known)).map(|(_, words)| *words)
}
