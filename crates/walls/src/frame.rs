//! What goes over the socket: `u32 length of the rest | u32 length of the head | head | u32 count of attachments | u32 length of each | attachments`,
//! all numbers with the low byte first.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

/// How long a frame may be, in bytes, without its first number.
pub const LIMIT: usize = 256 << 20;

/// How many attachments a frame may have: each costs its reader more than the four bytes that say how long it is.
pub const MOST_ATTACHMENTS: usize = 1 << 16;

/// What the buffer of a reader holds at least, and what it keeps between frames at most, in bytes.
const BUFFER: usize = 64 << 10;

/// How many pieces go into one call of the system.
const PIECES: usize = 64;

/// A message and the bytes that go with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// The message, mostly JSON.
    pub head: Vec<u8>,
    /// What the message speaks of by number.
    pub attachments: Vec<Bytes>,
}

impl Frame {
    /// A frame without attachments.
    pub fn new(head: impl Into<Vec<u8>>) -> Self {
        Self { head: head.into(), attachments: Vec::new() }
    }

    /// All but the attachments, in one piece.
    ///
    /// # Errors
    ///
    /// The frame is over a limit.
    fn front(&self) -> Result<Vec<u8>, Fault> {
        let attached: usize = self.attachments.iter().map(Bytes::len).sum();
        let count = self.attachments.len();
        if count > MOST_ATTACHMENTS {
            return Err(Fault::Attachments);
        }
        let rest = 8 + self.head.len() + 4 * count + attached;
        if rest > LIMIT {
            return Err(Fault::Length);
        }
        let mut front = Vec::with_capacity(4 + rest - attached);
        front.extend(number(rest));
        front.extend(number(self.head.len()));
        front.extend_from_slice(&self.head);
        front.extend(number(count));
        for attachment in &self.attachments {
            front.extend(number(attachment.len()));
        }
        Ok(front)
    }
}

/// `value` is below [`LIMIT`].
fn number(value: usize) -> [u8; 4] {
    (value as u32).to_le_bytes()
}

/// Why something is not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is longer than [`LIMIT`].
    #[error("a message of more than {} MiB", LIMIT >> 20)]
    Length,
    /// It has more attachments than [`MOST_ATTACHMENTS`].
    #[error("a message with more than {MOST_ATTACHMENTS} attachments")]
    Attachments,
    /// Its lengths contradict each other.
    #[error("a message whose lengths contradict each other")]
    Lengths,
}

/// What is still to be written.
#[derive(Debug, Default)]
pub(crate) struct Outgoing(VecDeque<Bytes>);

impl Outgoing {
    pub(crate) fn push(&mut self, frame: Frame) -> Result<(), Fault> {
        self.0.push_back(frame.front()?.into());
        self.0.extend(frame.attachments.into_iter().filter(|attachment| !attachment.is_empty()));
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What goes into the next call of the system.
    pub(crate) fn slices(&self) -> Vec<IoSlice<'_>> {
        self.0.iter().take(PIECES).map(|piece| IoSlice::new(piece)).collect()
    }

    /// So many bytes were written.
    pub(crate) fn written(&mut self, mut count: usize) {
        while let Some(piece) = self.0.front_mut() {
            if count < piece.len() {
                piece.advance(count);
                return;
            }
            count -= piece.len();
            self.0.pop_front();
        }
    }
}

/// What was read and is not yet a frame.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    buffer: Vec<u8>,
    /// So much of the buffer has become frames.
    taken: usize,
}

impl Incoming {
    /// The next frame that is there as a whole.
    pub(crate) fn take(&mut self) -> Result<Option<Frame>, Fault> {
        let data = &self.buffer[self.taken..];
        let Some(rest) = length(data)? else { return Ok(None) };
        let Some(body) = data.get(4..4 + rest) else { return Ok(None) };
        let frame = read(body)?;
        self.taken += 4 + rest;
        Ok(Some(frame))
    }

    /// The buffer, with room for more at its end. The room follows what came, not what a frame says of its length.
    pub(crate) fn room(&mut self) -> &mut Vec<u8> {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        if self.buffer.is_empty() {
            self.buffer.shrink_to(BUFFER);
        }
        if self.buffer.capacity() - self.buffer.len() < BUFFER / 2 {
            self.buffer.reserve(BUFFER.max(self.buffer.len()));
        }
        &mut self.buffer
    }
}

/// The length that a frame gives itself, as soon as that is there.
fn length(data: &[u8]) -> Result<Option<usize>, Fault> {
    let Some((rest, _)) = first_number(data) else { return Ok(None) };
    match rest {
        0..8 => Err(Fault::Lengths),
        _ if rest > LIMIT => Err(Fault::Length),
        _ => Ok(Some(rest)),
    }
}

fn read(body: &[u8]) -> Result<Frame, Fault> {
    let (head, rest) = first_number(body).ok_or(Fault::Lengths)?;
    let (head, rest) = rest.split_at_checked(head).ok_or(Fault::Lengths)?;
    let (count, rest) = first_number(rest).ok_or(Fault::Lengths)?;
    if count > MOST_ATTACHMENTS {
        return Err(Fault::Attachments);
    }
    let (lengths, mut rest) = rest.split_at_checked(4 * count).ok_or(Fault::Lengths)?;
    let mut attachments = Vec::with_capacity(count);
    for length in lengths.as_chunks().0 {
        let (attachment, after) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(Fault::Lengths)?;
        attachments.push(Bytes::copy_from_slice(attachment));
        rest = after;
    }
    if rest.is_empty() { Ok(Frame { head: head.to_vec(), attachments }) } else { Err(Fault::Lengths) }
}

fn first_number(data: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = data.split_first_chunk()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn bytes_of(frames: &[Frame], step: usize) -> Vec<u8> {
        let mut outgoing = Outgoing::default();
        for frame in frames {
            outgoing.push(frame.clone()).unwrap();
        }
        let mut written = Vec::new();
        while !outgoing.is_empty() {
            let piece: Vec<u8> = outgoing.slices().iter().flat_map(|slice| slice.iter().copied()).take(step).collect();
            outgoing.written(piece.len());
            written.extend(piece);
        }
        written
    }

    /// Reads in pieces of `step` bytes until the data ends or is no frame. No buffer grows beyond twice what came.
    fn frames_of(data: &[u8], step: usize) -> Result<Vec<Frame>, Fault> {
        let mut incoming = Incoming::default();
        let mut frames = Vec::new();
        for (index, piece) in data.chunks(step).enumerate() {
            incoming.room().extend_from_slice(piece);
            assert!(incoming.buffer.capacity() <= 2 * (BUFFER + (index + 1) * step));
            while let Some(frame) = incoming.take()? {
                frames.push(frame);
            }
        }
        Ok(frames)
    }

    fn frame() -> impl Strategy<Value = Frame> {
        let attachment = vec(any::<u8>(), 0..200).prop_map(Bytes::from);
        (vec(any::<u8>(), 0..300), vec(attachment, 0..100)).prop_map(|(head, attachments)| Frame { head, attachments })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(frames in vec(frame(), 0..5), write in 1_usize..5_000, read in 1_usize..5_000) {
            prop_assert_eq!(frames_of(&bytes_of(&frames, write), read), Ok(frames));
        }

        #[test]
        fn garbage_is_an_error_or_waits(data in vec(any::<u8>(), 0..5_000), step in 1_usize..700) {
            let _ = frames_of(&data, step);
        }

        /// Frames with one wrong byte: whatever is read of them is a frame within the limits.
        #[test]
        fn a_wrong_byte_never_panics(frame in frame(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut data = bytes_of(&[frame], usize::MAX);
            let at = at.index(data.len());
            data[at] = byte;
            let _ = frames_of(&data, 64);
        }
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let long = Frame { head: vec![0; LIMIT - 7], attachments: Vec::new() };
        assert_eq!(Outgoing::default().push(long), Err(Fault::Length));
        let many = Frame { head: Vec::new(), attachments: vec![Bytes::new(); MOST_ATTACHMENTS + 1] };
        assert_eq!(Outgoing::default().push(many), Err(Fault::Attachments));

        assert_eq!(frames_of(&number(LIMIT + 1), 4), Err(Fault::Length), "refused before anything of it comes");
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        assert_eq!(frames_of(&words(&[7, 0, 0]), 4), Err(Fault::Lengths), "too short for its own numbers");
        assert_eq!(frames_of(&words(&[8, u32::MAX, 0]), 4), Err(Fault::Lengths), "a head beyond its frame");
        assert_eq!(frames_of(&words(&[8, 0, u32::MAX]), 4), Err(Fault::Attachments));
        assert_eq!(frames_of(&words(&[12, 0, 1, u32::MAX]), 4), Err(Fault::Lengths), "an attachment beyond its frame");
        assert_eq!(frames_of(&words(&[12, 0, 0, 0]), 4), Err(Fault::Lengths), "bytes that belong to nothing");
    }

    #[test]
    fn a_large_frame_leaves_no_large_buffer() {
        let large = Frame { head: vec![1; 8 << 20], attachments: Vec::new() };
        let mut incoming = Incoming::default();
        incoming.room().extend(bytes_of(&[large], usize::MAX));
        assert!(incoming.take().unwrap().is_some());
        assert!(incoming.room().capacity() <= 2 * BUFFER);
    }
}
