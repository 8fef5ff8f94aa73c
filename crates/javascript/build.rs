//! Compiles the JavaScript of this crate, and notes for which engine.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    bytecode::compile("src/prelude")?;
    bytecode::engine("src/prelude")
}
