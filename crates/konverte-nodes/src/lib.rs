//! The 115 actions of the Konverte API as nodes.

pub mod resources;

pub use resources::RESOURCES;
