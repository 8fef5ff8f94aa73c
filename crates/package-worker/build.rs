//! Compiles the JavaScript of this crate.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    bytecode::compile("src/js")
}
