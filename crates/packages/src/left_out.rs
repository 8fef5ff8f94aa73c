//! Packages that are never fetched.

use crate::spec::Name;

use Use::{All, Part, Top};

/// What the host stands in for, whatever version is asked for: those of n8n's own packages that n8n-nodes-base uses, and the thread that the logger `pino` starts.
const FROM_THE_HOST: &[&str] =
    &["n8n-workflow", "n8n-core", "@n8n/backend-network", "@n8n/config", "@n8n/di", "@n8n/errors", "@n8n/imap", "@n8n/utils", "thread-stream"];

/// Of what use a package is to the nodes that ask for it.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// Some of them are there for nothing else.
    All,
    /// They do something without it too.
    Part,
    /// Those that ask for the package itself are there for nothing else; what lies deeper in it is of use, so it is fetched.
    Top,
}

/// What needs what the box does not have, of what use it is, and why.
const OUT_OF_REACH: &[(&str, Use, &str)] = &[
    ("@aws-sdk/credential-providers", Part, "reads keys from files and asks machines for them"),
    ("@confluentinc/kafka-javascript", All, "is an addon"),
    ("@kafkajs/confluent-schema-registry", Part, "is of use with Kafka alone"),
    ("@langchain/core", Part, "is of use with models alone"),
    ("@smithy/node-http-handler", Part, "opens sockets"),
    ("@thednp/dommatrix", Part, "is of use with pdfjs-dist alone"),
    ("amqplib", All, "opens sockets (RabbitMQ)"),
    ("chokidar", Part, "watches files"),
    ("eventsource", All, "opens sockets"),
    ("fast-glob", Part, "reads folders"),
    ("get-system-fonts", Part, "reads folders"),
    ("gm", All, "starts processes (GraphicsMagick)"),
    ("isolated-vm", Part, "is an addon"),
    ("jsdom", Part, "starts threads and runs scripts of pages"),
    ("kafkajs", All, "opens sockets (Kafka)"),
    ("ldapts", All, "opens sockets (LDAP)"),
    ("mongodb", All, "opens sockets"),
    ("mqtt", All, "opens sockets"),
    ("mssql", All, "opens sockets (Microsoft SQL)"),
    ("mysql2", All, "opens sockets"),
    ("node-ssh", All, "opens sockets"),
    ("nodemailer", Top, "opens sockets (SMTP)"),
    ("oracledb", All, "is an addon"),
    ("pdfjs-dist", Part, "needs a canvas, which is an addon"),
    ("pg", All, "opens sockets"),
    ("pg-promise", All, "opens sockets (Postgres)"),
    ("promise-ftp", All, "opens sockets"),
    ("redis", All, "opens sockets"),
    ("rhea", All, "opens sockets (AMQP)"),
    ("simple-git", All, "starts processes (git)"),
    ("snowflake-sdk", All, "opens sockets and reads files"),
    ("ssh2-sftp-client", All, "opens sockets"),
    ("tar", Part, "reads and writes files"),
    ("tmp-promise", Part, "writes files"),
    ("vm2", Part, "makes realms of its own"),
];

/// Nodes of n8n-nodes-base of which nothing runs in the box, by the names of their files, and what they need.
const NODES: &[(&str, &str)] = &[
    ("Code", "n8n's task runner, which runs the code"),
    ("DataTable", "n8n's data tables"),
    ("DynamicCredentialCheck", "n8n's users"),
    ("EmailReadImap", "a connection to a mailbox (IMAP)"),
    ("ExecuteCommand", "child_process, which starts processes"),
    ("ExecuteWorkflow", "n8n's other workflows"),
    ("ExecuteWorkflowTrigger", "n8n's other workflows"),
    ("Form", "n8n's pages and a person who fills them in"),
    ("Function", "vm2, which makes realms of its own"),
    ("FunctionItem", "vm2, which makes realms of its own"),
    ("LocalFileTrigger", "chokidar, which watches files"),
    ("ReadBinaryFile", "files of the machine"),
    ("ReadBinaryFiles", "files of the machine"),
    ("ReadPDF", "pdfjs-dist, which needs a canvas, which is an addon"),
    ("ReadWriteFile", "files of the machine"),
    ("RespondToWebhook", "the request that began the run"),
    ("Wait", "n8n to wake the run again"),
    ("WriteBinaryFile", "files of the machine"),
];

/// What a module does that no box lets it do, where a node that asks for it is there for nothing else.
pub fn purpose(asked: &str) -> Option<&'static str> {
    let asked = asked.strip_prefix("node:").unwrap_or(asked);
    let name = Name::of_require(asked)?;
    let (_, used, why) = OUT_OF_REACH.iter().find(|(package, ..)| *package == name.as_str())?;
    (*used == All || *used == Top && asked == name.as_str()).then_some(why)
}

/// What a node of n8n-nodes-base needs that no box has, by its file.
pub fn need_of_n8ns(file: &str) -> Option<&'static str> {
    let name = file.rsplit('/').next()?.strip_suffix(".node.js")?;
    NODES.iter().find(|(node, _)| *node == name).map(|(_, need)| *need)
}

/// Why a package is not fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// The host has something in its place.
    FromTheHost,
    /// It needs what the box does not have: what it does.
    OutOfReach(&'static str),
}

/// Whether and why a package is not fetched.
pub fn left_out(name: &Name) -> Option<LeftOut> {
    let name = name.as_str();
    if FROM_THE_HOST.contains(&name) {
        return Some(LeftOut::FromTheHost);
    }
    OUT_OF_REACH.iter().find(|(package, used, _)| *package == name && *used != Top).map(|(.., why)| LeftOut::OutOfReach(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_n8ns_packages_those_are_left_out_that_the_host_has() {
        let of = |name: &str| left_out(&Name::new(name).unwrap());
        assert_eq!(of("@n8n/di"), Some(LeftOut::FromTheHost));
        assert_eq!(of("@n8n/json-schema-to-zod"), None);
        assert!(matches!(of("pg"), Some(LeftOut::OutOfReach(_))));
        assert_eq!(of("nodemailer"), None);
    }
}
