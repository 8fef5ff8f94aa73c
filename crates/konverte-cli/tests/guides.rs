//! The guides tell the truth: their commands are run, and what they show of a file stands in it.
#![allow(clippy::expect_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The pages that people write: name and text.
fn guides() -> Vec<(String, String)> {
    let docs = fs::read_dir(root().join("docs")).expect("docs/").map(|entry| entry.expect("an entry").path());
    let pages = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let read = |path: PathBuf| (path.display().to_string(), fs::read_to_string(path).expect("a page"));
    let examples = fs::read_dir(root().join("examples")).expect("examples/").map(|entry| entry.expect("an entry").path().join("README.md"));
    pages.chain([root().join("README.md")]).chain(examples.filter(|page| page.exists())).map(read).collect()
}

/// What stands between fences: the words after the first one, and the lines.
fn blocks(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(info) => {
                inside = true;
                found.push((info, Vec::new()));
            }
            None if inside => found.last_mut().expect("a block is open").1.push(line),
            None => {}
        }
    }
    found
}

/// Each command of a block, with the lines that are shown below it.
fn commands<'a>(lines: &[&'a str]) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push((command, Vec::new())),
            (None, Some((_, shown))) => shown.push(line),
            (None, None) => {}
        }
    }
    found
}

/// A folder of this test.
fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("guides")
}

/// Where the commands of a page are run: the root of the repository, or the folder that the page makes.
fn place_of(page: &str) -> PathBuf {
    if !page.ends_with("try-your-package.md") {
        return root();
    }
    let place = scratch().join("package");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("a folder");
    let copied = ["tests/data/packages/n8n-nodes-first-steps", "docs/examples/first-steps/."].map(|from| root().join(from));
    assert!(Command::new("cp").arg("-r").args(copied).arg(&place).status().expect("cp").success());
    place
}

/// What is wrong with a command: it fails where nothing is shown, or a line that is shown does not come, in order. `…` stands for any lines.
fn wrong(command: &str, shown: &[&str], place: &Path) -> Option<String> {
    let folder = Path::new(env!("CARGO_BIN_EXE_konverte")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), option_env!("PATH").unwrap_or("/usr/bin:/bin"));
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("( {command} ) 2>&1")]).env("PATH", path).current_dir(place).env("KONVERTE_CACHE", scratch().join("cache"));
    let output = shell.output().expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines().map(str::trim_end);
    // The end of a line may differ from place to place.
    let is_shown = |line: &str, printed: &str| line.strip_suffix(" …").map_or(printed == line, |begin| printed.starts_with(begin));
    let missing = shown.iter().filter(|line| **line != "…").find(|line| !lines.any(|printed| is_shown(line.trim_end(), printed)));
    match missing {
        Some(line) => Some(format!("$ {command}\ndoes not print: {line}\nbut:\n{text}")),
        None if shown.is_empty() && !output.status.success() => Some(format!("$ {command}\nfails:\n{text}")),
        None => None,
    }
}

#[test]
fn commands_print_what_the_guides_show() {
    let (mut run, mut problems) = (0, Vec::new());
    for (page, text) in guides() {
        let place = place_of(&page);
        for (_, lines) in blocks(&text).into_iter().filter(|(info, _)| *info == "console") {
            // What needs cargo is built and run elsewhere.
            let ours = |command: &str| command.split('|').any(|part| part.trim_start().starts_with("konverte "));
            for (command, shown) in commands(&lines).into_iter().filter(|(command, _)| ours(command)) {
                run += 1;
                problems.extend(wrong(command, &shown, &place).map(|why| format!("{page}: {why}")));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(run >= 15, "only {run} commands in the guides");
}

/// A block that names a file in a folder of this repository after its language is a part of it, line for line.
#[test]
fn parts_of_files_are_as_the_files_have_them() {
    let mut compared = 0;
    for (page, text) in guides() {
        for (info, lines) in blocks(&text) {
            let Some((_, file)) = info.split_once(' ').filter(|(_, file)| file.contains('/')) else { continue };
            let content = fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{page}: {file}: {error}"));
            assert!(content.contains(&lines.join("\n")), "{page} shows what is not in {file}:\n{}", lines.join("\n"));
            compared += 1;
        }
    }
    assert!(compared >= 5, "only {compared} parts of files in the guides");
}

/// All pages of the repository.
fn all_pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // What is built and what is kept of other people's packages is not ours.
        let passed_over = name.starts_with('.') || ["target", "node_modules", "vendor", "data"].contains(&name);
        if path.is_dir() && !passed_over {
            all_pages(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

/// The lines of a page that are not code, without the code in them.
fn prose(page: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for line in page.lines() {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        if !inside && !fence {
            text.extend(line.split('`').step_by(2));
            text.push('\n');
        }
    }
    text
}

/// What a link can name of a page: its headings, as GitHub writes them.
fn anchors(page: &str) -> Vec<String> {
    let mut inside = false;
    let headings = page.lines().filter(|line| {
        inside ^= line.starts_with("```");
        !inside && line.starts_with('#')
    });
    let anchor = |line: &str| -> String {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

/// Links of all pages lead to files that are there, and to headings in them.
#[test]
fn links_lead_somewhere() {
    let (mut pages, mut dead, mut followed) = (Vec::new(), Vec::new(), 0);
    all_pages(&root(), &mut pages);
    for page in &pages {
        let text = fs::read_to_string(page).expect("a page");
        let folder = page.parent().expect("a folder");
        for link in prose(&text).split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.contains("://")) {
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { folder.join(file) };
            let is_there = if anchor.is_empty() {
                target.exists()
            } else {
                fs::read_to_string(&target).is_ok_and(|text| anchors(&text).iter().any(|known| known == anchor))
            };
            if !is_there {
                dead.push(format!("{} links to {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    assert!(followed > 300, "only {followed} links");
}

/// Every page of an error code says what it means, shows an example, and says what to do.
#[test]
fn pages_of_errors_have_their_three_parts() {
    let mut lacking = Vec::new();
    for (code, page) in konverte::error_pages() {
        let example = page.find("\n```").or_else(|| page.find("\n**Example.**"));
        let meaning = page.lines().nth(2).is_some_and(|line| line.len() > 20 && !line.starts_with("```") && !line.starts_with("**"));
        for (part, is_there) in [("meaning", meaning), ("example", example.is_some()), ("what to do", page.contains("\n**What to do.**"))] {
            if !is_there {
                lacking.push(format!("{code}: {part}"));
            }
        }
        assert!(page.starts_with(&format!("# {code}: ")), "{code} has another title");
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}
