//! Bodies of requests in memory: how large, how slow, and how much of them at a time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::Body;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// What a request's body may hold, in bytes: fifteen files of 40 MB, and a little. All bodies of one moment together hold no more.
const LARGEST_BODY: usize = 640 << 20;

/// The first bytes of a body, which need no room: a small request never waits for large ones.
const FREE: usize = 64 << 10;

/// In how many bytes room is counted.
const UNIT: usize = 1 << 10;

/// How long a body may take to come in: meanwhile it keeps its room from others.
const SLOWEST_BODY: Duration = Duration::from_secs(60);

/// How long a head may take to come in, how long may pass between two pieces of a body, and how long one waits for room. Whoever stops in
/// the middle is let go.
pub(crate) const HALF_OPEN: Duration = Duration::from_secs(10);

/// The room for all bodies. A body takes it as its bytes come in: who only says that he will send much takes none.
#[derive(Debug)]
pub(crate) struct Room(Semaphore);

impl Room {
    pub(crate) fn new() -> Self {
        Self::of(LARGEST_BODY)
    }

    fn of(bytes: usize) -> Self {
        Self(Semaphore::new(bytes / UNIT))
    }

    /// The whole body and the room that it takes: 413 where it is too large, 400 where it is not what its head says, 408 where nothing more
    /// comes or it comes too slowly, 503 where others leave no room.
    pub(crate) async fn whole<B>(&self, body: B) -> Result<(Bytes, Option<SemaphorePermit<'_>>), StatusCode>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        if body.size_hint().lower() > LARGEST_BODY as u64 {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        timeout(SLOWEST_BODY, self.pieces(body)).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }

    async fn pieces<B>(&self, body: B) -> Result<(Bytes, Option<SemaphorePermit<'_>>), StatusCode>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        let mut body = std::pin::pin!(Limited::new(body, LARGEST_BODY));
        let mut bytes = BytesMut::new();
        let mut held: Option<SemaphorePermit> = None;
        while let Some(frame) = timeout(HALF_OPEN, body.frame()).await.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
            let frame =
                frame.map_err(|error| if error.is::<LengthLimitError>() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST })?;
            let Some(piece) = frame.data_ref() else { continue };
            let needed = units(bytes.len() + piece.len()) - units(bytes.len());
            if needed > 0 {
                let more = timeout(HALF_OPEN, self.0.acquire_many(needed)).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
                let more = more.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
                match &mut held {
                    Some(held) => held.merge(more),
                    None => held = Some(more),
                }
            }
            bytes.extend_from_slice(piece);
        }
        Ok((bytes.freeze(), held))
    }
}

/// The room that a body of so many bytes takes.
fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.saturating_sub(FREE) / UNIT).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use http_body_util::Full;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_large_body_waits_for_room_and_a_small_one_does_not() {
        let body = |size: usize| Full::new(Bytes::from(vec![b'x'; size]));
        let room = Room::of(1 << 20);
        let (first, held) = room.whole(body(1 << 20)).await.unwrap();
        assert_eq!(first.len(), 1 << 20);
        let began = Instant::now();
        assert_eq!(room.whole(body(1 << 20)).await.unwrap_err(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(began.elapsed().as_secs(), HALF_OPEN.as_secs());
        assert_eq!(room.whole(body(FREE)).await.unwrap().0.len(), FREE);
        drop(held);
        assert_eq!(room.whole(body(1 << 20)).await.unwrap().0.len(), 1 << 20);
        assert_eq!(room.0.available_permits(), (1 << 20) / UNIT);
    }
}
