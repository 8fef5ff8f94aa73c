//! Packages that are never fetched.

use crate::spec::Name;

/// What the host stands in for, whatever version is asked for: those of n8n's own packages that n8n-nodes-base uses, and the thread that the logger `pino` starts.
const FROM_THE_HOST: &[&str] =
    &["n8n-workflow", "n8n-core", "@n8n/backend-network", "@n8n/config", "@n8n/di", "@n8n/errors", "@n8n/imap", "@n8n/utils", "thread-stream"];

/// Those that need what the box does not have, and why.
const OUT_OF_REACH: &[(&str, &str)] = &[
    ("@aws-sdk/credential-providers", "reads keys from files and asks machines for them"),
    ("@confluentinc/kafka-javascript", "is an addon"),
    ("@kafkajs/confluent-schema-registry", "is of use with Kafka alone"),
    ("@langchain/core", "is of use with models alone"),
    ("@smithy/node-http-handler", "opens sockets"),
    ("@thednp/dommatrix", "is of use with pdfjs-dist alone"),
    ("amqplib", "opens sockets (RabbitMQ)"),
    ("chokidar", "watches files"),
    ("eventsource", "opens sockets"),
    ("fast-glob", "reads folders"),
    ("get-system-fonts", "reads folders"),
    ("gm", "starts processes (GraphicsMagick)"),
    ("isolated-vm", "is an addon"),
    ("jsdom", "starts threads and runs scripts of pages"),
    ("kafkajs", "opens sockets (Kafka)"),
    ("ldapts", "opens sockets (LDAP)"),
    ("mongodb", "opens sockets"),
    ("mqtt", "opens sockets"),
    ("mssql", "opens sockets (Microsoft SQL)"),
    ("mysql2", "opens sockets"),
    ("node-ssh", "opens sockets"),
    ("oracledb", "is an addon"),
    ("pdfjs-dist", "needs a canvas, which is an addon"),
    ("pg", "opens sockets"),
    ("pg-promise", "opens sockets (Postgres)"),
    ("promise-ftp", "opens sockets"),
    ("redis", "opens sockets"),
    ("rhea", "opens sockets (AMQP)"),
    ("simple-git", "starts processes (git)"),
    ("snowflake-sdk", "opens sockets and reads files"),
    ("ssh2-sftp-client", "opens sockets"),
    ("tar", "reads and writes files"),
    ("tmp-promise", "writes files"),
    ("vm2", "makes realms of its own"),
];

/// Of those, what a node is all there for that uses one: without it nothing of the node runs. Other nodes do without.
const PURPOSES: &[&str] = &[
    "@confluentinc/kafka-javascript",
    "amqplib",
    "eventsource",
    "gm",
    "kafkajs",
    "ldapts",
    "mongodb",
    "mqtt",
    "mssql",
    "mysql2",
    "node-ssh",
    "oracledb",
    "pg",
    "pg-promise",
    "promise-ftp",
    "redis",
    "rhea",
    "simple-git",
    "snowflake-sdk",
    "ssh2-sftp-client",
];

/// Modules for the like purpose that are there, because other parts of their packages are of use.
const PURPOSES_OF_MODULES: &[(&str, &str)] = &[("nodemailer", "opens sockets (SMTP)")];

/// What a module does that no box lets it do, where a node that asks for it is there for nothing else.
pub fn purpose(asked: &str) -> Option<&'static str> {
    let asked = asked.strip_prefix("node:").unwrap_or(asked);
    if let Some((_, why)) = PURPOSES_OF_MODULES.iter().find(|(module, _)| *module == asked) {
        return Some(why);
    }
    let name = Name::of_require(asked)?;
    let purpose = PURPOSES.iter().find(|purpose| **purpose == name.as_str())?;
    OUT_OF_REACH.iter().find(|(package, _)| package == purpose).map(|(_, why)| *why)
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
    OUT_OF_REACH.iter().find(|(package, _)| *package == name).map(|(_, why)| LeftOut::OutOfReach(why))
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
    }
}
