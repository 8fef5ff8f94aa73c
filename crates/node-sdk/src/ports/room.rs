//! A bound on what the bodies of answers take together.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use bytes::{Bytes, BytesMut};

use crate::sync::lock;

/// Memory for the bodies of answers while they are read. Who reads more than there is waits until another body is whole; who began to read first
/// never waits, so no two wait for each other.
#[derive(Debug)]
pub struct Room {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    last: u64,
    /// Those that still read, in the order in which they began, and what wakes those that wait.
    reading: BTreeMap<u64, Option<Waker>>,
}

impl Room {
    /// Room for so many bytes; one body more may be beside them.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, state: Mutex::default() })
    }

    /// Somebody begins to read a body.
    ///
    /// ```
    /// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
    /// # fn now(work: impl Future) -> bool { pin!(work).poll(&mut Context::from_waker(Waker::noop())).is_ready() }
    /// let room = node_sdk::ports::Room::new(4);
    /// let (mut first, mut second) = (room.enter(), room.enter());
    /// assert!(now(second.add(b"1234")));
    /// assert!(now(first.add(b"12345678")), "who was first goes on");
    /// assert!(!now(second.add(b"5")));
    /// let body = first.finish();
    /// assert!(now(second.add(b"5")));
    /// assert_eq!((&body[..], room.taken()), (&b"12345678"[..], 5));
    /// ```
    pub fn enter(self: &Arc<Self>) -> Body {
        let mut state = lock(&self.state);
        state.last += 1;
        let number = state.last;
        state.reading.insert(number, None);
        Body { bytes: BytesMut::new(), share: Share { room: self.clone(), number, taken: 0 } }
    }

    /// Bytes of all bodies that are being read.
    pub fn taken(&self) -> usize {
        lock(&self.state).taken
    }
}

/// What a body takes of a room.
#[derive(Debug)]
struct Share {
    room: Arc<Room>,
    number: u64,
    taken: usize,
}

impl Share {
    async fn take(&mut self, bytes: usize) {
        poll_fn(|cx| {
            let mut guard = lock(&self.room.state);
            let state = &mut *guard;
            let is_first = state.reading.keys().next().is_none_or(|first| *first == self.number);
            if is_first || state.taken.saturating_add(bytes) <= self.room.most {
                state.taken += bytes;
                return Poll::Ready(());
            }
            state.reading.insert(self.number, Some(cx.waker().clone()));
            Poll::Pending
        })
        .await;
        self.taken += bytes;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut guard = lock(&self.room.state);
        guard.taken -= self.taken;
        guard.reading.remove(&self.number);
        let waiting: Vec<Waker> = guard.reading.values_mut().filter_map(Option::take).collect();
        drop(guard);
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// A body that is being read.
#[derive(Debug)]
pub struct Body {
    bytes: BytesMut,
    share: Share,
}

impl Body {
    /// Takes what has come of it, once there is room.
    pub async fn add(&mut self, bytes: &[u8]) {
        self.share.take(bytes.len()).await;
        self.bytes.extend_from_slice(bytes);
    }

    /// The whole body.
    pub fn finish(self) -> Bytes {
        self.bytes.freeze()
    }
}
