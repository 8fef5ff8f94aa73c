//! Messages as they go over the socket, and back. What is large crosses before its message, under a handle, in pieces of 64 KiB: no frame grows
//! with a file, what others say goes between the pieces, and neither side holds a file twice for the crossing.
//!
//! A message's frame has the head `[message, [[attachment, handle], …]]`, with its JSON as the first attachment; a piece's is `{session, handle, size}`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use walls::Frame;

use crate::protocol::{Message, Payload, SessionId};

/// Bytes of a piece; what is not larger goes with its message.
pub const PIECE: usize = 64 << 10;

/// How much may cross with one message, in bytes.
pub const MOST: usize = 256 << 20;

/// What the bytes of an attachment cross under: each side counts its own.
type Handle = u32;

/// The head of a piece: the next bytes of what is `size` bytes long.
#[derive(Debug, Serialize, Deserialize)]
struct Piece {
    session: SessionId,
    handle: Handle,
    size: usize,
}

/// A message as it goes over the socket. `last` is the last handle that this side has given.
pub fn to_frames<M: Message>(message: &M, payload: Payload, last: &AtomicU32) -> impl Iterator<Item = Frame> + use<M> {
    let session = message.session();
    let mut attachments: Vec<Bytes> = std::iter::once(payload.json).chain(payload.buffers).collect();
    let large = attachments.iter_mut().enumerate().filter(|(_, bytes)| bytes.len() > PIECE);
    let large: Vec<(usize, Handle, Bytes)> = large.map(|(at, bytes)| (at, last.fetch_add(1, Ordering::Relaxed) + 1, std::mem::take(bytes))).collect();
    let named: Vec<(usize, Handle)> = large.iter().map(|(at, handle, _)| (*at, *handle)).collect();
    let last = Frame { head: serde_json::to_vec(&(message, named)).unwrap_or_default(), attachments };
    let pieces = large.into_iter().flat_map(move |(_, handle, bytes)| {
        let size = bytes.len();
        let head = serde_json::to_vec(&Piece { session, handle, size }).unwrap_or_default();
        (0..size).step_by(PIECE).map(move |from| Frame { head: head.clone(), attachments: vec![bytes.slice(from..size.min(from + PIECE))] })
    });
    pieces.chain(std::iter::once(last))
}

/// It is neither a message nor a piece of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Garbage;

/// What has crossed of messages that are still to come.
#[derive(Debug, Default)]
pub struct Unfinished(HashMap<(SessionId, Handle), Attachment>);

/// An attachment of which not all may have come.
#[derive(Debug)]
struct Attachment {
    size: usize,
    bytes: Vec<u8>,
}

impl Unfinished {
    /// Takes a frame: the message, where it is one. Of what is for a session that is not open nothing is kept.
    ///
    /// # Errors
    /// It is none of ours, or more crosses with one message than may.
    pub fn take<M: Message>(&mut self, frame: Frame, is_open: impl Fn(SessionId) -> bool) -> Result<Option<(M, Payload)>, Garbage> {
        if frame.head.first() == Some(&b'{') {
            let piece = serde_json::from_slice(&frame.head).map_err(|_| Garbage)?;
            return self.keep(&piece, frame.attachments.first().ok_or(Garbage)?, is_open).map(|()| None);
        }
        let (message, named): (M, Vec<(usize, Handle)>) = serde_json::from_slice(&frame.head).map_err(|_| Garbage)?;
        let mut attachments = frame.attachments;
        for (at, handle) in named {
            *attachments.get_mut(at).ok_or(Garbage)? = match self.0.remove(&(message.session(), handle)) {
                Some(whole) if whole.bytes.len() == whole.size => whole.bytes.into(),
                _ if !is_open(message.session()) => Bytes::new(),
                _ => return Err(Garbage),
            };
        }
        let mut attachments = attachments.into_iter();
        let json = attachments.next().ok_or(Garbage)?;
        Ok(Some((message, Payload { json, buffers: attachments.collect() })))
    }

    fn keep(&mut self, Piece { session, handle, size }: &Piece, bytes: &Bytes, is_open: impl Fn(SessionId) -> bool) -> Result<(), Garbage> {
        if !is_open(*session) {
            return Ok(());
        }
        if !self.0.contains_key(&(*session, *handle)) {
            self.0.retain(|(of, _), _| is_open(*of));
            let begun: usize = self.0.iter().filter(|((of, _), _)| of == session).map(|(_, begun)| begun.size).sum();
            if begun.saturating_add(*size) > MOST {
                return Err(Garbage);
            }
            // Pages that nothing is written to take no memory, whatever was claimed.
            self.0.insert((*session, *handle), Attachment { size: *size, bytes: Vec::with_capacity(*size) });
        }
        let whole = self.0.get_mut(&(*session, *handle)).ok_or(Garbage)?;
        if bytes.is_empty() || bytes.len() > whole.size - whole.bytes.len() {
            return Err(Garbage);
        }
        whole.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::{FromWorker, ToWorker};

    fn done(session: SessionId) -> FromWorker {
        FromWorker::Done { session, run: 1, ok: true, goes_on: false }
    }

    /// A payload with buffers of these sizes, and with so long a text.
    fn payload(text: usize, sizes: &[usize]) -> Payload {
        let bytes = |size: &usize| (0..*size).map(|at| (at % 251) as u8).collect::<Vec<u8>>().into();
        Payload { json: bytes(&text), buffers: sizes.iter().map(bytes).collect() }
    }

    fn frames(session: SessionId, payload: &Payload, last: &AtomicU32) -> Vec<Frame> {
        to_frames(&done(session), payload.clone(), last).collect()
    }

    fn took(unfinished: &mut Unfinished, frame: Frame) -> Result<Option<(FromWorker, Payload)>, Garbage> {
        unfinished.take(frame, |session| session < 10)
    }

    fn piece(session: SessionId, handle: Handle, size: usize, bytes: usize) -> Frame {
        Frame { head: serde_json::to_vec(&Piece { session, handle, size }).unwrap(), attachments: vec![vec![7; bytes].into()] }
    }

    #[test]
    fn any_payload_comes_over_in_small_frames_whatever_goes_between_them() {
        let sizes = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 17];
        let last = AtomicU32::new(0);
        let payloads: Vec<Payload> = sizes.iter().map(|text| payload(*text, &sizes)).collect();
        let mut all: Vec<_> = payloads.iter().zip(0..).map(|(payload, session)| frames(session, payload, &last).into_iter()).collect();
        let (mut unfinished, mut came) = (Unfinished::default(), Vec::new());
        while all.iter().any(|frames| frames.len() > 0) {
            for frame in all.iter_mut().filter_map(Iterator::next) {
                assert!(frame.attachments.iter().all(|bytes| bytes.len() <= PIECE));
                came.extend(took(&mut unfinished, frame).unwrap());
            }
        }
        came.sort_by_key(|(message, _)| message.session());
        assert_eq!(came, payloads.into_iter().zip(0..).map(|(payload, session)| (done(session), payload)).collect::<Vec<_>>());
        assert!(unfinished.0.is_empty());
    }

    #[test]
    fn what_is_no_piece_of_a_message_is_refused() {
        let message = |named: serde_json::Value| Frame { head: json!([done(1), named]).to_string().into(), attachments: vec![Bytes::new()] };
        let refused = |frames: Vec<Frame>| {
            let mut unfinished = Unfinished::default();
            frames.into_iter().map(|frame| took(&mut unfinished, frame).map(drop)).collect::<Result<Vec<()>, _>>() == Err(Garbage)
        };
        assert!(!refused(vec![piece(1, 1, 8, 4), piece(1, 1, 8, 4), message(json!([[0, 1]]))]));
        assert!(refused(vec![message(json!([[0, 1]]))]), "nothing came under it");
        assert!(refused(vec![piece(2, 1, 8, 8), message(json!([[0, 1]]))]), "it is another session's");
        assert!(refused(vec![piece(1, 1, 8, 4), message(json!([[0, 1]]))]), "it is not whole");
        assert!(refused(vec![piece(1, 1, 8, 8), message(json!([[1, 1]]))]), "there is no such attachment");
        assert!(refused(vec![piece(1, 1, 8, 4), piece(1, 1, 8, 5)]), "more comes than was said");
        assert!(refused(vec![piece(1, 1, MOST / 2, 1), piece(1, 2, MOST / 2 + 1, 1)]), "it is more than may come");
        assert!(refused(vec![piece(1, 1, usize::MAX, 1), piece(1, 2, usize::MAX, 1)]));
        assert!(refused(vec![Frame::new("{}")]) && refused(vec![Frame::new("[]")]) && refused(vec![Frame::new("")]));
    }

    #[test]
    fn of_a_session_that_is_not_open_nothing_is_kept() {
        let mut unfinished = Unfinished::default();
        assert_eq!(took(&mut unfinished, piece(1, 1, 8, 4)), Ok(None));
        assert_eq!(unfinished.take::<ToWorker>(piece(11, 1, 8, 4), |_| false), Ok(None));
        assert_eq!(unfinished.0.len(), 1);
        assert_eq!(unfinished.take::<ToWorker>(piece(2, 1, 8, 4), |session| session == 2), Ok(None), "the first one was closed meanwhile");
        assert_eq!(unfinished.0.keys().collect::<Vec<_>>(), [&(2, 1)]);
        let last = AtomicU32::new(0);
        let late = frames(3, &payload(PIECE + 1, &[]), &last).pop().unwrap();
        let came = unfinished.take::<FromWorker>(late, |_| false);
        assert_eq!(came, Ok(Some((done(3), Payload::default()))), "a message that comes late ends nobody");
    }
}
