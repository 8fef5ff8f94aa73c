//! JavaScript, on QuickJS: isolates with limits, and what every script needs. It knows nothing of n8n.
//!
//! * [`Isolate`]: an engine with its context, its limits and the state of its host functions; it moves between threads, and may be put back as
//!   it was.
//! * [`Pool`]: the threads of a process that run them, and the memory that they may take.
//! * [`Part`]: JavaScript of our own, compiled in the build.
//! * [`compiled`]: JavaScript of others as bytecode.
//! * [`parts`]: `Buffer`, text encoding, `Intl`, timers, the console, and data as objects that convert when they are touched ([`Shared`]).
//! * [`bytes_of`], [`byte_array`]: arrays of bytes that host functions are handed and give back.
//! * [`Meter`]: counts what leaves an isolate; [`Fault`]: what was thrown, as it was.
//!
//! It is the only crate that links QuickJS: host functions are written with [`rquickjs`] as it stands here.
//!
//! ```
//! use std::time::Duration;
//! use javascript::{Deadline, Isolate, Limits, never};
//!
//! let isolate = Isolate::new(Limits::default(), |_, _| Ok::<_, javascript::Fault>(())).unwrap();
//! let two: i32 = isolate.enter(Duration::from_secs(1), &never(), |cx, ()| cx.eval("1 + 1").unwrap());
//! assert_eq!((two, isolate.ran_out()), (2, false));
//! isolate.enter(Duration::from_millis(20), &never(), |cx, ()| _ = cx.eval::<(), _>("for (;;);"));
//! assert!(isolate.ran_out());
//! ```

mod bytes;
pub mod compiled;
mod deadline;
mod fault;
mod isolate;
mod lazy;
mod locale;
mod memory;
mod meter;
pub mod parts;
mod pool;
mod prelude;
mod sync;
mod text_search;
mod tools;
mod zones;

pub use bytes::{byte_array, bytes_of};
pub use deadline::{Deadline, Stop, never};
pub use fault::{Fault, is_out_of_memory, throws_null};
pub use isolate::{Isolate, Limits};
pub use lazy::{Lazy, Shared, is_lazy};
pub use meter::{Limit, Meter, PLACE};
pub use pool::{Admission, Charge, Lease, LeaseError, Leased, Pool, PoolOptions, Slot};
pub use prelude::Part;
pub use rquickjs;
pub use tools::{tools, withdraw_tools};
