//! The program `konverte`: a thin shell over the library.

fn main() -> std::process::ExitCode {
    konverte::app().run()
}
