//! AES in the modes that are in use. Our JavaScript holds what of a message is not a block yet, and its padding.

use aes::cipher::{Block, consts::U16};
use aes::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, BlockSizeUser, KeyInit, KeyIvInit, StreamCipher, StreamCipherSeek,
};
use aes::{Aes128, Aes192, Aes256};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use javascript::rquickjs::function::Func;
use javascript::rquickjs::{self, Ctx, Object, TypedArray};
use javascript::{byte_array, bytes_of};

use super::fail;

type Bytes<'js> = TypedArray<'js, u8>;

/// Adds the host functions.
pub(super) fn host_functions(h: &Object<'_>) -> rquickjs::Result<()> {
    h.set("cipher", Func::from(cipher))?;
    h.set("gcmTag", Func::from(gcm_tag))
}

/// What a block cipher of AES can do here.
trait Aes: BlockCipherEncrypt + BlockCipherDecrypt + KeyInit + BlockSizeUser<BlockSize = U16> {}
impl<C: BlockCipherEncrypt + BlockCipherDecrypt + KeyInit + BlockSizeUser<BlockSize = U16>> Aes for C {}

/// Whole blocks in `cbc` and `ecb`, any bytes in `ctr` and `gcm`, from byte `at` of the message on; `back` means decryption.
fn cipher<'js>(ctx: Ctx<'js>, mode: String, back: bool, key: Bytes<'js>, iv: Bytes<'js>, data: Bytes<'js>, at: f64) -> rquickjs::Result<Bytes<'js>> {
    let (key, iv, mut data) = (bytes_of(&key), bytes_of(&iv), bytes_of(&data));
    let job = Job { mode: &mode, back, key: &key, iv: &iv, at: at as u64 };
    let done = match key.len() {
        16 => job.run::<Aes128>(&mut data),
        24 => job.run::<Aes192>(&mut data),
        32 => job.run::<Aes256>(&mut data),
        _ => None,
    };
    done.ok_or_else(|| fail(&ctx, "Invalid key length or initialization vector"))?;
    byte_array(&ctx, data)
}

struct Job<'a> {
    mode: &'a str,
    back: bool,
    key: &'a [u8],
    iv: &'a [u8],
    at: u64,
}

impl Job<'_> {
    fn run<C: Aes>(&self, data: &mut [u8]) -> Option<()> {
        match (self.mode, self.back) {
            ("cbc", false) => cbc::Encryptor::<C>::new_from_slices(self.key, self.iv).ok()?.encrypt_blocks(blocks::<C>(data)?),
            ("cbc", true) => cbc::Decryptor::<C>::new_from_slices(self.key, self.iv).ok()?.decrypt_blocks(blocks::<C>(data)?),
            ("ecb", false) => C::new_from_slice(self.key).ok()?.encrypt_blocks(blocks::<C>(data)?),
            ("ecb", true) => C::new_from_slice(self.key).ok()?.decrypt_blocks(blocks::<C>(data)?),
            ("ctr", _) => {
                let mut stream = ctr::Ctr128BE::<C>::new_from_slices(self.key, self.iv).ok()?;
                stream.try_seek(self.at).ok()?;
                stream.try_apply_keystream(data).ok()?;
            }
            ("gcm", _) => {
                let mut stream = ctr::Ctr32BE::<C>::new_from_slices(self.key, &first_counter::<C>(self.key, self.iv)?).ok()?;
                stream.try_seek(self.at.checked_add(16)?).ok()?;
                stream.try_apply_keystream(data).ok()?;
            }
            _ => return None,
        }
        Some(())
    }
}

fn blocks<C: BlockSizeUser<BlockSize = U16>>(data: &mut [u8]) -> Option<&mut [Block<C>]> {
    let (blocks, rest) = Block::<C>::slice_as_chunks_mut(data);
    rest.is_empty().then_some(blocks)
}

fn hash_key<C: Aes>(key: &[u8]) -> Option<GHash> {
    let mut zero = Block::<C>::default();
    C::new_from_slice(key).ok()?.encrypt_block(&mut zero);
    Some(GHash::new(&zero))
}

/// The counter before the first, which the tag is encrypted with.
fn first_counter<C: Aes>(key: &[u8], iv: &[u8]) -> Option<[u8; 16]> {
    let mut counter = [0; 16];
    if iv.len() == 12 {
        counter[..12].copy_from_slice(iv);
        counter[15] = 1;
    } else {
        let mut hash = hash_key::<C>(key).filter(|_| !iv.is_empty())?;
        hash.update_padded(iv);
        hash.update(&[lengths(0, iv.len()).into()]);
        counter.copy_from_slice(&hash.finalize());
    }
    Some(counter)
}

/// A block with two lengths, in bits.
fn lengths(first: usize, second: usize) -> [u8; 16] {
    (((first as u128 * 8) << 64) | (second as u128 * 8)).to_be_bytes()
}

fn gcm_tag<'js>(ctx: Ctx<'js>, key: Bytes<'js>, iv: Bytes<'js>, aside: Bytes<'js>, data: Bytes<'js>) -> rquickjs::Result<Bytes<'js>> {
    let (key, iv, aside, data) = (bytes_of(&key), bytes_of(&iv), bytes_of(&aside), bytes_of(&data));
    let tag = match key.len() {
        16 => tag::<Aes128>(&key, &iv, &aside, &data),
        24 => tag::<Aes192>(&key, &iv, &aside, &data),
        _ => tag::<Aes256>(&key, &iv, &aside, &data),
    };
    byte_array(&ctx, tag.ok_or_else(|| fail(&ctx, "Invalid key length or initialization vector"))?)
}

fn tag<C: Aes>(key: &[u8], iv: &[u8], aside: &[u8], data: &[u8]) -> Option<[u8; 16]> {
    let mut hash = hash_key::<C>(key)?;
    hash.update_padded(aside);
    hash.update_padded(data);
    hash.update(&[lengths(aside.len(), data.len()).into()]);
    let mut tag = [0; 16];
    tag.copy_from_slice(&hash.finalize());
    ctr::Ctr32BE::<C>::new_from_slices(key, &first_counter::<C>(key, iv)?).ok()?.try_apply_keystream(&mut tag).ok()?;
    Some(tag)
}
