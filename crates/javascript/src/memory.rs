//! The memory of an engine that can be put back as it was.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::cell::{Cell, RefCell};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use rquickjs::allocator::Allocator;

/// What stands before each piece of memory.
#[repr(C, align(16))]
struct Head {
    /// Bytes behind the head.
    size: usize,
    /// Where the piece stands among those that came after the image, or [`IN_IMAGE`].
    place: Cell<usize>,
}

const IN_IMAGE: usize = usize::MAX;

/// A piece of memory by its head. The engine makes few of them: it divides pieces of 4 KiB for what is small.
type Piece = NonNull<Head>;

/// All memory of an engine. Once it has an image, what is freed of it stays, so that the image can be written over it.
#[derive(Default)]
pub(crate) struct Memory {
    /// The pieces that are not in the image.
    pieces: RefCell<Vec<Piece>>,
    image: RefCell<Image>,
}

#[derive(Default)]
struct Image {
    pieces: Vec<Piece>,
    /// What stands in them, one after the other.
    bytes: Vec<u8>,
}

impl Memory {
    /// Keeps what stands in all pieces. Once for an engine.
    pub(crate) fn keep(&self) {
        let pieces = std::mem::take(&mut *self.pieces.borrow_mut());
        let mut bytes = Vec::with_capacity(pieces.iter().map(|piece| size(*piece)).sum());
        for piece in &pieces {
            // SAFETY: the piece is alive, and nothing writes to it meanwhile: the engine runs on this thread alone.
            unsafe {
                piece.as_ref().place.set(IN_IMAGE);
                bytes.extend_from_slice(std::slice::from_raw_parts(start(*piece), size(*piece)));
            }
        }
        self.image.replace(Image { pieces, bytes });
    }

    /// Puts all pieces back as they were when they were kept, and frees all others.
    ///
    /// # Safety
    /// Nobody outside of this memory may have a pointer into it that was not there when it was kept.
    pub(crate) unsafe fn rewind(&self) {
        self.pieces.borrow_mut().drain(..).for_each(free);
        let image = self.image.borrow();
        let mut from = image.bytes.as_ptr();
        for piece in &image.pieces {
            // SAFETY: pieces of the image are alive, and its bytes are as many as fit into them.
            unsafe {
                ptr::copy_nonoverlapping(from, start(*piece), size(*piece));
                from = from.add(size(*piece));
            }
        }
    }

    fn make(&self, size: usize, alloc: unsafe fn(Layout) -> *mut u8) -> *mut u8 {
        let Some(layout) = layout(size) else { return ptr::null_mut() };
        // SAFETY: the layout has room for a head.
        let Some(piece) = NonNull::new(unsafe { alloc(layout) }).map(NonNull::cast::<Head>) else { return ptr::null_mut() };
        let mut pieces = self.pieces.borrow_mut();
        // SAFETY: the memory is new and large enough.
        unsafe { piece.write(Head { size, place: Cell::new(pieces.len()) }) };
        pieces.push(piece);
        start(piece)
    }

    fn resize(&self, piece: Piece, new_size: usize) -> *mut u8 {
        // SAFETY: the engine has got the piece from here and has not freed it.
        let place = unsafe { piece.as_ref() }.place.get();
        if place == IN_IMAGE {
            let new = self.make(new_size, alloc);
            if !new.is_null() {
                // SAFETY: both are alive and have as many bytes.
                unsafe { ptr::copy_nonoverlapping(start(piece), new, size(piece).min(new_size)) };
            }
            return new;
        }
        let (Some(old), Some(new)) = (layout(size(piece)), layout(new_size)) else { return ptr::null_mut() };
        // SAFETY: it was made with this layout, and the new size is that of a layout.
        let Some(mut piece) = NonNull::new(unsafe { realloc(piece.cast().as_ptr(), old, new.size()) }).map(NonNull::cast::<Head>) else {
            return ptr::null_mut();
        };
        // SAFETY: the head has moved with the piece.
        unsafe { piece.as_mut() }.size = new_size;
        self.pieces.borrow_mut()[place] = piece;
        start(piece)
    }

    fn free(&self, piece: Piece) {
        // SAFETY: the engine has got the piece from here and has not freed it.
        let place = unsafe { piece.as_ref() }.place.get();
        if place == IN_IMAGE {
            return;
        }
        let mut pieces = self.pieces.borrow_mut();
        pieces.swap_remove(place);
        if let Some(moved) = pieces.get(place) {
            // SAFETY: pieces in the list are alive.
            unsafe { moved.as_ref() }.place.set(place);
        }
        free(piece);
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.pieces.get_mut().drain(..).for_each(free);
        self.image.get_mut().pieces.drain(..).for_each(free);
    }
}

/// The engine's way to its memory.
pub(crate) struct Pieces(pub(crate) Rc<Memory>);

// SAFETY: pieces are of the size that was asked for, aligned to 16 bytes, and stay where they are until they are freed.
unsafe impl Allocator for Pieces {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        self.0.make(size, alloc)
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        count.checked_mul(size).map_or(ptr::null_mut(), |size| self.0.make(size, alloc_zeroed))
    }

    unsafe fn dealloc(&mut self, ptr: *mut u8) {
        if let Some(piece) = piece(ptr) {
            self.0.free(piece);
        }
    }

    unsafe fn realloc(&mut self, ptr: *mut u8, new_size: usize) -> *mut u8 {
        piece(ptr).map_or(ptr::null_mut(), |piece| self.0.resize(piece, new_size))
    }

    unsafe fn usable_size(ptr: *mut u8) -> usize {
        piece(ptr).map_or(0, size)
    }
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(size_of::<Head>())?, align_of::<Head>()).ok()
}

/// The piece that begins at a pointer of the engine's.
fn piece(start: *mut u8) -> Option<Piece> {
    // SAFETY: a pointer that is not null came from `start`, so a head stands before it.
    NonNull::new(start).map(|start| unsafe { start.cast::<Head>().sub(1) })
}

fn start(piece: Piece) -> *mut u8 {
    // SAFETY: each piece is larger than its head.
    unsafe { piece.add(1) }.cast().as_ptr()
}

fn size(piece: Piece) -> usize {
    // SAFETY: who has a piece has not freed it.
    unsafe { piece.as_ref() }.size
}

fn free(piece: Piece) {
    if let Some(layout) = layout(size(piece)) {
        // SAFETY: it was made with this layout, and whoever frees it does not use it any more.
        unsafe { dealloc(piece.cast().as_ptr(), layout) };
    }
}
