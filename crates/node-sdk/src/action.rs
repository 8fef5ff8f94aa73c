//! One API action as one row.
