//! Pictures of workflows and of what their runs came to: data in, text out. It knows no file, no terminal and no command line.
//!
//! | room | what |
//! |---|---|
//! | `graph` | a workflow as boxes and lines: as SVG, as Mermaid |
//! | `report` | a run as one HTML page: facts, graph, timeline, each node with its items |
//! | `markup` | text of others inside SVG and HTML |
//! | `letters` | how wide text is, for SVG |
//! | `numbers`, `time` | counts and durations as people read them |

pub mod graph;
mod letters;
pub mod markup;
pub mod numbers;
pub mod report;
pub mod time;
