//! A text in which something is searched for, window by window.

use std::ffi::c_char;
use std::ptr::NonNull;
use std::slice;

use memchr::memmem::{Finder, FinderRev};
use rquickjs::function::This;
use rquickjs::{Array, Coerced, Ctx, Error, Exception, Function, Result, String as Text, Value as Js, qjs};

use crate::deadline::Deadline;
use crate::lazy::data;

/// Units of a text that are looked at in the first window, and in the largest one. The next one is twice as large, so that a near
/// match costs little, and a far one no more than the way to it.
const FIRST_WINDOW: usize = if cfg!(test) { 8 } else { 256 };
const LARGEST_WINDOW: usize = if cfg!(test) { 64 } else { 1 << 20 };
/// Matches that are replaced before what came out becomes one text: its pieces take more room than it does.
const REPLACED_AT_ONCE: usize = if cfg!(test) { 2 } else { 4096 };

/// A text as bytes, each of its units by itself (CESU-8): equal bytes are equal units, also of halves of surrogate pairs, and no
/// unit begins inside another.
struct Bytes<'js> {
    ctx: Ctx<'js>,
    start: NonNull<c_char>,
    length: usize,
}

impl<'js> Bytes<'js> {
    #[allow(unsafe_code)]
    fn of(ctx: &Ctx<'js>, text: &Text<'js>) -> Result<Self> {
        let mut length = 0;
        // SAFETY: the text is a live value of the context. The bytes are ours until they are freed; null stands for an exception.
        let start = unsafe { qjs::JS_ToCStringLen2(ctx.as_raw().as_ptr(), &raw mut length, text.as_raw(), true) };
        let start = NonNull::new(start.cast_mut()).ok_or(Error::Exception)?;
        Ok(Self { ctx: ctx.clone(), start, length: length as usize })
    }

    #[allow(unsafe_code)]
    fn get(&self) -> &[u8] {
        // SAFETY: the engine said how many there are, and keeps them as they are until they are freed.
        unsafe { slice::from_raw_parts(self.start.as_ptr().cast(), self.length) }
    }
}

impl Drop for Bytes<'_> {
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        // SAFETY: they came from this context and are freed once.
        unsafe { qjs::JS_FreeCString(self.ctx.as_raw().as_ptr(), self.start.as_ptr()) };
    }
}

/// How many units begin in these bytes.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// What is searched for: at least one unit.
pub(super) struct Needle<'js> {
    text: Text<'js>,
    bytes: Bytes<'js>,
    length: usize,
}

impl<'js> Needle<'js> {
    pub(super) fn new(ctx: &Ctx<'js>, text: Text<'js>, length: usize) -> Result<Self> {
        Ok(Self { bytes: Bytes::of(ctx, &text)?, text, length })
    }
}

/// What is searched in.
pub(super) struct Haystack<'a, 'js> {
    pub(super) ctx: Ctx<'js>,
    pub(super) text: Text<'js>,
    /// Its units.
    pub(super) length: usize,
    /// `String.prototype.slice`.
    pub(super) slice: Function<'js>,
    pub(super) deadline: &'a Deadline,
}

impl<'js> Haystack<'_, 'js> {
    fn part(&self, from: usize, to: usize) -> Result<Text<'js>> {
        self.slice.call((This(self.text.clone()), from, to))
    }

    /// The window, unless the time is over. That is no exception that code could live on after: it is interrupted right away.
    fn window(&self, from: usize, to: usize) -> Result<Bytes<'js>> {
        if self.deadline.is_over() {
            return Err(Exception::throw_internal(&self.ctx, "interrupted"));
        }
        Bytes::of(&self.ctx, &self.part(from, to)?)
    }

    /// The first place from `from` on.
    pub(super) fn find(&self, needle: &Needle<'js>, from: usize) -> Result<Option<usize>> {
        Ok(self.places(needle, from, 1)?.first().copied())
    }

    /// The places from `from` on that do not overlap, at most so many.
    fn places(&self, needle: &Needle<'js>, mut from: usize, most: usize) -> Result<Vec<usize>> {
        let finder = Finder::new(needle.bytes.get());
        let mut found = Vec::new();
        let mut width = needle.length.max(FIRST_WINDOW);
        while from + needle.length <= self.length {
            let to = (from + needle.length + width).min(self.length);
            let window = self.window(from, to)?;
            let mut behind = to - needle.length + 1;
            let (mut counted, mut unit) = (0, from);
            for at in finder.find_iter(window.get()) {
                unit += begun(&window.get()[counted..at]);
                counted = at;
                found.push(unit);
                if found.len() == most {
                    return Ok(found);
                }
                behind = behind.max(unit + needle.length);
            }
            from = behind;
            width = wider(width, needle.length);
        }
        Ok(found)
    }

    /// The last place up to `last`.
    pub(super) fn find_last(&self, needle: &Needle<'js>, mut last: usize) -> Result<Option<usize>> {
        let finder = FinderRev::new(needle.bytes.get());
        let mut width = needle.length.max(FIRST_WINDOW);
        loop {
            let from = last.saturating_sub(width);
            let window = self.window(from, last + needle.length)?;
            if let Some(at) = finder.rfind(window.get()) {
                return Ok(Some(from + begun(&window.get()[..at])));
            }
            match from.checked_sub(1) {
                Some(before) => last = before,
                None => return Ok(None),
            }
            width = wider(width, needle.length);
        }
    }

    pub(super) fn split(&self, needle: &Needle<'js>, limit: usize) -> Result<Js<'js>> {
        let mut pieces = Pieces::new(&self.ctx)?;
        if limit == 0 {
            return Ok(pieces.list.into_value());
        }
        let mut from = 0;
        let places = self.places(needle, 0, limit)?;
        for &at in &places {
            pieces.push(self.part(from, at)?)?;
            from = at + needle.length;
        }
        if places.len() < limit {
            pieces.push(self.part(from, self.length)?)?;
        }
        Ok(pieces.list.into_value())
    }

    pub(super) fn replace(&self, needle: &Needle<'js>, by: Js<'js>, most: usize, join: &Function<'js>) -> Result<Js<'js>> {
        let by = match by.as_function() {
            Some(function) => By::Function(function.clone()),
            None => By::template(&self.ctx, &self.slice, &by.get::<Coerced<Text<'js>>>()?.0)?,
        };
        let places = self.places(needle, 0, most)?;
        if places.is_empty() {
            return Ok(self.text.clone().into_value());
        }
        let join = |pieces: Pieces<'js>| join.call::<_, Text<'js>>((This(pieces.list), ""));
        let mut texts = Pieces::new(&self.ctx)?;
        let mut from = 0;
        for some in places.chunks(REPLACED_AT_ONCE) {
            let mut pieces = Pieces::new(&self.ctx)?;
            for &at in some {
                pieces.push(self.part(from, at)?)?;
                from = at + needle.length;
                by.push(&mut pieces, self, needle, at)?;
            }
            texts.push(join(pieces)?)?;
        }
        texts.push(self.part(from, self.length)?)?;
        Ok(join(texts)?.into_value())
    }
}

fn wider(width: usize, needle: usize) -> usize {
    (width * 2).min(LARGEST_WINDOW.max(needle))
}

/// A list of texts that grows.
struct Pieces<'js> {
    list: Array<'js>,
    length: u32,
}

impl<'js> Pieces<'js> {
    fn new(ctx: &Ctx<'js>) -> Result<Self> {
        Ok(Self { list: Array::new(ctx.clone())?, length: 0 })
    }

    /// Adds a text, past all setters.
    fn push(&mut self, text: Text<'js>) -> Result<()> {
        self.list.as_object().prop(self.length, data(text.into_value()))?;
        self.length += 1;
        Ok(())
    }
}

/// What a match is replaced by.
enum By<'js> {
    /// What a function makes of match, place and text.
    Function(Function<'js>),
    /// These, one after the other.
    Template(Vec<Filling<'js>>),
}

enum Filling<'js> {
    Text(Text<'js>),
    /// `$&`
    Match,
    /// `` $` ``
    Before,
    /// `$'`
    After,
}

impl<'js> By<'js> {
    /// Reads `$$`, `$&`, `` $` `` and `$'`; there are no groups, so any other `$` stands for itself.
    fn template(ctx: &Ctx<'js>, slice: &Function<'js>, text: &Text<'js>) -> Result<Self> {
        let bytes = Bytes::of(ctx, text)?;
        let mut fillings = Vec::new();
        let (mut from, mut unit, mut special) = (0, 0, false);
        let part = |from: usize, to: usize| slice.call((This(text.clone()), from, to)).map(Filling::Text);
        for byte in bytes.get() {
            let filling = match byte {
                b'&' if special => Some(Some(Filling::Match)),
                b'`' if special => Some(Some(Filling::Before)),
                b'\'' if special => Some(Some(Filling::After)),
                b'$' if special => Some(None),
                _ => None,
            };
            special = *byte == b'$' && filling.is_none();
            if let Some(filling) = filling {
                // Of `$$` one stays.
                fillings.push(part(from, if filling.is_some() { unit - 1 } else { unit })?);
                fillings.extend(filling);
                from = unit + 1;
            }
            unit += begun(&[*byte]);
        }
        fillings.push(part(from, unit)?);
        Ok(Self::Template(fillings))
    }

    fn push(&self, pieces: &mut Pieces<'js>, haystack: &Haystack<'_, 'js>, needle: &Needle<'js>, at: usize) -> Result<()> {
        match self {
            Self::Function(function) => {
                let Coerced(made) = function.call::<_, Coerced<Text<'js>>>((needle.text.clone(), at, haystack.text.clone()))?;
                pieces.push(made)
            }
            Self::Template(fillings) => fillings.iter().try_for_each(|filling| {
                pieces.push(match filling {
                    Filling::Text(text) => text.clone(),
                    Filling::Match => needle.text.clone(),
                    Filling::Before => haystack.part(0, at)?,
                    Filling::After => haystack.part(at + needle.length, haystack.length)?,
                })
            }),
        }
    }
}
