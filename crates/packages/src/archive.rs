//! A package as npm packs it: a tar file in gzip. What is kept of it, and what an archive must not hold.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Component, Path};

use bytes::Bytes;
use flate2::read::GzDecoder;
use node_sdk::size::size;
use tar::{Archive, EntryType};

use crate::error::{Error, Result, codes};

/// The files of a package, by their paths below its folder, with `/`.
pub type Files = BTreeMap<String, Bytes>;

/// What all files of an archive may take, unpacked; bytes. The largest that nodes use has 120 MB.
pub(crate) const LARGEST: u64 = 256 << 20;

/// How many entries an archive may have.
pub(crate) const MOST_ENTRIES: usize = 200_000;

/// Unpacks what is kept of an archive. `of` names it in errors.
///
/// # Errors
/// [`codes::ARCHIVE`]: it is broken, too large, or holds a link or a path that leads out of it.
pub fn unpack(archive: &[u8], of: &str) -> Result<Files> {
    unpack_at_most(archive, of, LARGEST, MOST_ENTRIES)
}

fn unpack_at_most(archive: &[u8], of: &str, largest: u64, most_entries: usize) -> Result<Files> {
    let bad = |what: String| Error::new(codes::ARCHIVE, format!("The archive of {of} {what}."));
    let broken = |error: std::io::Error| bad(format!("cannot be read: {error}"));
    // What stands between the files (long names) is read whole: it must not be endless either.
    let mut tar = Archive::new(GzDecoder::new(archive).take(largest + (most_entries * 1024) as u64));
    let mut files = Files::new();
    let mut left = largest;
    for (count, entry) in tar.entries().map_err(broken)?.enumerate() {
        let mut entry = entry.map_err(broken)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        left = left.checked_sub(entry.size()).ok_or_else(|| bad(format!("is larger than {} when it is unpacked", size(largest))))?;
        if count >= most_entries {
            return Err(bad(format!("has more than {most_entries} files")));
        }
        match entry.header().entry_type() {
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Symlink | EntryType::Link => return Err(bad(format!("holds a link, `{path}`"))),
            _ => return Err(bad(format!("holds `{path}`, which is not a file"))),
        }
        let inside = inside(&path).ok_or_else(|| bad(format!("holds `{path}`, which leads out of it")))?;
        if is_kept(&inside) {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).map_err(broken)?;
            // Of a path that comes twice npm keeps the last too.
            files.insert(inside, content.into());
        }
    }
    if let Some(path) = files.keys().find(|path| path.match_indices('/').any(|(end, _)| files.contains_key(&path[..end]))) {
        return Err(bad(format!("holds `{path}`, which lies below a file")));
    }
    check_names(files.keys()).map_err(|what| bad(format!("holds {what}")))?;
    if files.is_empty() {
        return Err(bad("holds no files of a package".into()));
    }
    Ok(files)
}

/// Refuses paths that are one file on some systems: they differ in their case alone.
pub(crate) fn check_names<'a>(paths: impl Iterator<Item = &'a String>) -> std::result::Result<(), String> {
    let mut known = BTreeMap::new();
    for path in paths {
        if let Some(other) = known.insert(path.to_lowercase(), path) {
            return Err(format!("`{other}` and `{path}`, which are one file on some systems"));
        }
    }
    Ok(())
}

/// The path without its first folder, which npm calls `package`. `None` where it leads out.
fn inside(path: &str) -> Option<String> {
    if path.contains(['\\', ':']) || path.contains(char::is_control) {
        return None;
    }
    let mut parts = Path::new(path).components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    parts.next()??;
    let parts: Vec<&str> = parts.collect::<Option<_>>()?;
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Code, data and licences are kept; not maps, types and pictures. Files of n8n's Enterprise License, which have `.ee.` in their name or
/// lie below a folder with `.ee` in its name, are not.
pub fn is_kept(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let enterprise = name.contains(".ee.") || folders.split('/').any(|folder| folder.contains(".ee"));
    let code = [".js", ".cjs", ".mjs", ".json"].iter().any(|ending| name.ends_with(ending));
    !enterprise && (code || is_licence(name))
}

/// Whether a file of this name says under which terms the package may be used.
pub fn is_licence(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["license", "licence", "copying", "notice"].iter().any(|word| name.starts_with(word))
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;
    use tar::{Builder, Header};

    use super::*;

    fn packed(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
        let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, kind, content) in entries {
            let mut header = Header::new_gnu();
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(content.len() as u64);
            header.set_cksum();
            tar.append(&header, content.as_bytes()).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn keeps_code_data_and_licences() {
        let file = EntryType::Regular;
        let archive = packed(&[
            ("package/package.json", file, "{}"),
            ("package/dist/a.js", file, "1"),
            ("package/dist/a.js.map", file, "{}"),
            ("package/dist/a.d.ts", file, ""),
            ("package/LICENSE.md", file, "free"),
            ("package/dist/icon.svg", file, "<svg/>"),
            ("package/dist/b.node.ee.js", file, "2"),
            ("package/dist/c.ee/x.js", file, "3"),
        ]);
        let files = unpack(&archive, "a").unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["LICENSE.md", "dist/a.js", "package.json"]);
        assert_eq!(files["dist/a.js"], "1");
    }

    #[test]
    fn of_a_path_that_comes_twice_the_last_counts() {
        let file = EntryType::Regular;
        let archive = packed(&[("package/a.js", file, "first"), ("package/b.js", file, "b"), ("package/a.js", file, "last")]);
        assert_eq!(unpack(&archive, "p").unwrap()["a.js"], "last");
        for (kind, other) in [(EntryType::Symlink, "package/a.js"), (file, "package/a.js/b.js")] {
            let archive = packed(&[("package/a.js", file, "1"), (other, kind, "")]);
            assert_eq!(unpack(&archive, "p").unwrap_err().code, codes::ARCHIVE, "{other}");
        }
    }

    #[test]
    fn what_leads_out_is_refused() {
        for path in ["package/../../x.js", "/etc/x.js", "package/a/../../../x.js", "../x.js", "package\\..\\x.js", "C:/x.js", "package"] {
            let error = unpack(&packed(&[(path, EntryType::Regular, "1")]), "a").unwrap_err();
            assert_eq!(error.code, codes::ARCHIVE, "{path}");
        }
        for kind in [EntryType::Symlink, EntryType::Link, EntryType::Fifo, EntryType::Char] {
            let error = unpack(&packed(&[("package/a.js", kind, "")]), "a").unwrap_err();
            assert_eq!(error.code, codes::ARCHIVE, "{kind:?}");
        }
    }

    #[test]
    fn what_is_broken_or_too_large_is_refused() {
        let whole = packed(&[("package/a.js", EntryType::Regular, "1")]);
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        let mut header = Header::new_gnu();
        header.set_path("package/a.js").unwrap();
        header.set_size(1 << 40);
        header.set_cksum();
        bomb.write_all(header.as_bytes()).unwrap();
        for broken in [&whole[..whole.len() / 2], b"no gzip", b"", &bomb.finish().unwrap()] {
            assert_eq!(unpack(broken, "a").unwrap_err().code, codes::ARCHIVE);
        }
    }

    #[test]
    fn a_small_archive_of_much_is_not_unpacked() {
        let file = EntryType::Regular;
        let zeros = "0".repeat(1 << 20);
        let archive = packed(&[("package/a.js", file, &zeros), ("package/b.js.map", file, &zeros), ("package/c.js", file, &zeros)]);
        assert!(archive.len() < 1 << 16, "it is small: {}", archive.len());
        let says = |largest, entries| unpack_at_most(&archive, "p", largest, entries).map_err(|error| error.message);
        assert_eq!(says(3 << 20, 3).unwrap().len(), 2);
        assert!(says((3 << 20) - 1, 3).unwrap_err().contains("larger than 3 MiB"), "what is not kept counts too");
        assert!(says(3 << 20, 2).unwrap_err().contains("more than 2 files"));
    }

    #[test]
    fn a_name_without_end_is_not_read() {
        let archive = packed(&[("././@LongLink", EntryType::GNULongName, &"a".repeat(1 << 22)), ("package/a.js", EntryType::Regular, "1")]);
        let error = unpack_at_most(&archive, "p", 1 << 20, 100).unwrap_err();
        assert!(error.message.contains("cannot be read"), "{error}");
        assert!(unpack_at_most(&archive, "p", 1 << 23, 100).unwrap_err().message.contains("leads out"), "the name has one part alone");
    }
}
