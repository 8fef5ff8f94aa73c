//! JSON Schema of the workflow file.
