//! What people see: it fits their terminal, has colours where it has any, and says no more than was asked for.

use std::path::Path;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::support::{Folder, Ran, chain, command, finish, konverte, repository, set};

/// The program where lines are as wide as this.
fn konverte_at(columns: usize, args: &[&str]) -> Ran {
    finish(command(args).env("COLUMNS", columns.to_string()).current_dir(repository("")).output().expect("the program starts"))
}

/// No line is wider, but for addresses, which must stay whole, and for what can be pasted.
#[track_caller]
fn fits(text: &str, columns: usize) {
    let is_pasted = |line: &str| line.starts_with("$ ") || line.trim_start_matches([' ', '│', '`']).starts_with("konverte ");
    for line in text.lines().map(without_colour).filter(|line| !line.contains("://") && !is_pasted(line)) {
        assert!(line.width() <= columns, "{} columns, not {columns}:\n{line}", line.width());
    }
}

fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

/// The text with times, which differ from run to run, in place of which stands how much room they have.
fn masked(text: &str) -> String {
    let is_time = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    let mask = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let mut line = line.to_owned();
        for pair in words.windows(2).filter(|pair| is_time(pair[0]) && ["ms", "s"].contains(&pair[1].trim_end_matches(','))) {
            let time = format!("{} {}", pair[0], pair[1].trim_end_matches(','));
            let at = line.find(&time).expect("it is there");
            // In a table it stands at the right of its column.
            let blanks = line[..at].len() - line[..at].trim_end().len();
            let from = at - if blanks > 1 { (7_usize.saturating_sub(time.len())).min(blanks - 1) } else { 0 };
            line.replace_range(from..at + time.len(), if from < at || blanks > 1 { "   TIME" } else { "TIME" });
        }
        line
    };
    text.lines().map(mask).collect::<Vec<_>>().join("\n") + "\n"
}

/// What a run says, as the file of this name has it. How it ended stands on one line: where that is wrapped depends on how long it took.
#[track_caller]
fn is_golden(ran: &Ran, name: &str) {
    let (tables, end) = ran
        .stdout
        .split_at(ran.stdout.rmatch_indices('\n').map(|(at, _)| at + 1).find(|at| ran.stdout[*at..].starts_with(|c: char| c != ' ')).unwrap_or(0));
    let end = end.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = masked(&format!("{}{tables}{end}", ran.stderr));
    let file = repository(&format!("tests/data/terminal/{name}.txt"));
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(shown == expected, "{name}: not as in {file}, but:\n{shown}");
}

#[test]
fn a_run_of_each_example_fits_80_columns() {
    let mut count = 0;
    for entry in std::fs::read_dir(repository("workflows")).expect("the examples") {
        let path = entry.expect("an entry").path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".json")) else { continue };
        let ran = konverte_at(80, &["run", &format!("workflows/{name}.json"), "--sandbox", "--output", "summary"]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        fits(&(ran.stdout.clone() + &ran.stderr), 80);
        is_golden(&ran, name);
        count += 1;
    }
    assert_eq!(count, 9);
}

#[test]
fn a_table_that_does_not_fit_names_what_it_hides() {
    let ran = konverte_at(50, &["run", "workflows/nightly-report.json", "--sandbox", "--output", "summary"]);
    fits(&(ran.stdout.clone() + &ran.stderr), 50);
    assert!(ran.stdout.contains("more columns: "), "{}", ran.stdout);
    is_golden(&ran, "nightly-report-50");
}

#[test]
fn the_requests_of_a_dry_run_can_be_read() {
    for columns in [50, 80] {
        let ran = konverte_at(columns, &["run", "workflows/sign-up.json", "--dry-run", "--output", "summary"]);
        // An address may end a line between its parts here, so all of it is there.
        ran.stdout.lines().for_each(|line| assert!(line.width() <= columns, "{line}"));
        assert!(ran.stdout.contains("accounts/") && ran.stdout.contains("POST"), "{}", ran.stdout);
    }
    is_golden(&konverte_at(80, &["run", "workflows/sign-up.json", "--dry-run", "--output", "summary"]), "dry-run-80");
}

#[test]
fn characters_count_as_wide_as_they_are() {
    let items = json!([
        {"名前": "山田太郎", "emoji": "👩‍👩‍👧 🎉", "n": 1, "comb": "e\u{301}e\u{301}", "text": "日本語の長い文章は空白がなくても折り返されるので、表は崩れません。"},
        {"名前": "Ana", "emoji": "ok", "n": 1_234_567, "comb": "ee", "text": "donaudampfschifffahrtselektrizitaetenhauptbetriebswerk"},
    ]);
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[json!({"name": "ノード", "type": "n8n-nodes-base.noOp", "typeVersion": 1, "parameters": {}})]));
    let at = |columns| konverte_at(columns, &["run", &file, "--input", &items.to_string(), "--output", "summary"]);
    for columns in [40, 41, 60, 79, 80, 200] {
        fits(&at(columns).stdout, columns);
    }
    is_golden(&at(72), "wide-characters-72");
    assert!(
        konverte_at(10, &["run", &file, "--input", "{}", "--output", "summary"]).stdout.contains("Start"),
        "nothing is laid out narrower than 40"
    );
}

#[test]
fn messages_fit_and_words_stay_whole() {
    let folder = Folder::new();
    let deep = "x".repeat(60);
    std::fs::create_dir_all(folder.path().join(&deep)).expect("a folder");
    let file =
        folder.file(&format!("{deep}/workflow.json"), chain(&[set("A", "long", &format!("={{{{ $json.{} }}}}", "y ".repeat(150)))]).to_string());
    for columns in [40, 60, 80] {
        for path in [file.as_str(), "docs/examples/mistakes.json"] {
            let ran = konverte_at(columns, &["check", path]);
            assert_ne!(ran.code, 0, "{}", ran.stderr);
            fits(&ran.stdout, columns);
        }
        let ran = konverte_at(columns, &["run", &file, "--start", "Nobody knows this node"]);
        assert_eq!(ran.code, 2);
        fits(&ran.stderr, columns);
    }
    let cut = konverte_at(60, &["check", &file]).stdout;
    assert!(cut.contains("…") && cut.contains("workflow.json:1:"), "{cut}");
    assert!(konverte_at(200, &["check", &file]).stdout.contains(&file), "a path that fits is whole");
    let survey = konverte_at(60, &["check", folder.path().to_str().expect("UTF-8"), "docs/examples"]);
    fits(&survey.stdout, 60);
    assert!(survey.stdout.contains("…") && survey.stdout.contains("workflow.json"), "{}", survey.stdout);
}

#[test]
fn colours_are_where_they_are_wanted() {
    let folder = Folder::new();
    let good = folder.workflow(&chain(&[]));
    let bad = json!({"name": "Stop", "type": "n8n-nodes-base.stopAndError", "typeVersion": 1, "parameters": {"errorMessage": "no"}});
    let bad = folder.file("bad.json", chain(&[bad]).to_string());
    let run = |file: &str, more: &[&str]| konverte(&[&["run", file, "--output", "summary"], more].concat());
    let done = run(&good, &["--color", "always"]).stdout;
    assert!(done.contains("\u{1b}[32mdone\u{1b}[0m"), "{done:?}");
    let failed = run(&bad, &["--color=always"]);
    assert!(failed.stdout.contains("\u{1b}[31mfailed\u{1b}[0m") && failed.stderr.contains("\u{1b}["), "{:?}", failed.stdout);
    assert_eq!(masked(&without_colour(&done)), masked(&run(&good, &[]).stdout), "only the colour differs");
    let lines = konverte(&["run", &bad, "--output", "ndjson", "--color", "always"]).stderr;
    assert!(lines.contains("status: \u{1b}[31merror\u{1b}[0m"), "{lines:?}");
    for more in [&[][..], &["--color", "never"], &["--color", "auto"]] {
        let plain = run(&bad, more);
        assert!(!plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'), "{more:?}");
    }
    for args in
        [&["nodes", "list"][..], &["nodes", "show", "set"], &["check", "docs/examples"], &["check", "docs/examples/mistakes.json"], &["--help"]]
    {
        let ran = konverte_at(80, &[args, &["--color", "always"]].concat());
        assert!(ran.stdout.contains("\u{1b}["), "{args:?}");
        // Where there is no colour, what can be typed stands between accents, so lines may end elsewhere.
        let words = |text: &str| without_colour(text).replace('`', "").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert!(words(&ran.stdout) == words(&konverte_at(80, args).stdout), "{args:?}");
    }
    konverte(&["run", &good, "--color", "sometimes"]).refused(2, "auto, always, never");
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_has_colours_unless_it_cannot_or_is_told_not_to() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[]));
    let shown = |columns: u16, variables: &[(&str, &str)], args: &[&str]| {
        let mut command = command(args);
        command.env("TERM", "xterm").envs(variables.iter().copied()).current_dir(repository(""));
        crate::support::shown_on_a_terminal(command, columns)
    };
    let run = ["run", &file, "--output", "summary"];
    assert!(shown(80, &[], &run).contains("\u{1b}[32mdone"));
    for variables in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let text = shown(80, &[variables], &run);
        assert!(text.contains("done after") && !text.contains('\u{1b}'), "{variables:?}: {text:?}");
    }
    assert!(shown(80, &[("NO_COLOR", "1")], &[&run[..], &["--color", "always"]].concat()).contains("\u{1b}[32mdone"));
    // The terminal's own width counts, whatever the environment says.
    for columns in [48, 90] {
        let text = shown(columns, &[("COLUMNS", "200")], &["explain", "KV0310"]);
        fits(&text.replace('\r', ""), columns.into());
        let text = without_colour(&text);
        assert!(text.starts_with("KV0310: a node has no credential") && !text.contains("**") && !text.contains("]("), "{text}");
    }
}

#[test]
fn quiet_is_nothing_but_errors() {
    let folder = Folder::new();
    let noted = folder.workflow(&chain(&[set("A", "x", "={{ $json.a.b }}")]));
    let loud = konverte(&["run", &noted, "--output", "json"]);
    assert!(loud.stderr.contains("start: ") && loud.stderr.contains('⚠'), "{}", loud.stderr);
    for form in ["text", "json"] {
        let quiet = konverte(&["-q", "--log-format", form, "run", &noted, "--output", "json"]);
        assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
        assert_eq!(quiet.json()["status"], "success");
        konverte(&["run", "no-such.json", "--quiet", "--log-format", form]).refused(3, "no-such.json");
    }
    konverte(&["-q", "-v", "run", &noted]).refused(2, "cannot be used with");
}

#[test]
fn nodes_are_found_by_the_name_on_the_canvas_and_laid_out() {
    for name in ["Edit Fields", "edit fields", "EDIT FIELDS (SET)", "set"] {
        let ran = konverte_at(80, &["nodes", "show", name]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        assert!(ran.stdout.starts_with("Edit Fields (Set)\n") && ran.stdout.contains("n8n-nodes-base.set"), "{}", ran.stdout);
    }
    konverte(&["nodes", "show", "Edit Field"]).refused(2, "Did you mean \"Edit Fields\" (n8n-nodes-base.set)");
    konverte(&["nodes", "show", "loop"]).refused(2, "\"Loop Over Items\" (n8n-nodes-base.splitInBatches)");
    let all: Vec<Value> = konverte(&["nodes", "list", "--format", "json"]).json().as_array().expect("a list").clone();
    for columns in [40, 80] {
        fits(&konverte_at(columns, &["nodes", "list"]).stdout, columns);
        for name in all.iter().filter_map(|node| node["name"].as_str()).chain(["konverte/Contacts", "slackApi", "postgres select"]) {
            let words: Vec<&str> = ["nodes", "show"].into_iter().chain(name.split(' ')).collect();
            let page = konverte_at(columns, &words).stdout;
            // What can be pasted is as it is.
            let laid_out = page.split("\nExample\n").map(|part| part.rsplit_once("\n}\n").map_or(part, |(_, rest)| rest)).collect::<String>();
            fits(laid_out.split("\nEntry of a credentials file\n").next().unwrap_or_default(), columns);
            assert!(
                !laid_out.contains("\n|") && !laid_out.contains("\n#") && !laid_out.contains("**") && !page.contains("```"),
                "{name} at {columns}"
            );
        }
    }
}

#[test]
fn a_command_to_paste_stays_on_one_line() {
    let expression = r#"{{ .json["a very long field name"] + .json["another very long field name"] }}"#;
    for columns in [40, 80] {
        let ran = konverte_at(columns, &["eval", expression]);
        let command = r#"konverte eval '{{ $json.json["a very long field name"] + $json.json["another very long field name"] }}'"#;
        assert!(ran.stderr.lines().any(|line| line.trim().ends_with(command)), "{}", ran.stderr);
        fits(&ran.stderr, columns);
    }
    let folder = Folder::new();
    let slack = json!({"name": "Slack", "type": "n8n-nodes-base.slack", "typeVersion": 2, "parameters": {}});
    let file = folder.workflow(&chain(&[slack]));
    let help = konverte_at(40, &["check", &file]).stdout;
    assert!(help.lines().any(|line| line.contains("konverte packages add n8n-nodes-base")), "{help}");
    for colour in ["always", "never"] {
        let page = konverte_at(40, &["explain", "KV0120", "--color", colour]).stdout;
        assert!(without_colour(&page).lines().any(|line| line.contains("konverte nodes show n8n-nodes-base.httpRequest")), "{page}");
    }
}

#[test]
fn values_and_errors_take_some_lines_and_say_what_is_left_out() {
    let folder = Folder::new();
    let file = folder.workflow(&chain(&[set("A", "said", "={{ $json.said }}")]));
    let words = |count: usize| (0..count).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ");
    let run =
        |columns, said: &str| konverte_at(columns, &["run", &file, "--output", "summary", "--input", &json!({"said": said}).to_string()]).stdout;
    let (short, long) = (run(80, &words(20)), run(80, &words(500)));
    fits(&long, 80);
    assert!((0..20).all(|word| short.contains(&format!("word{word}"))) && !short.contains('…'), "{short}");
    assert!(long.contains("--output json") && long.contains("word40"), "{long}");
    let shown = words(500);
    let mut all = long.split_whitespace().filter(|word| word.starts_with("word"));
    assert!(all.all(|word| shown.split(' ').any(|whole| whole == word)), "a word is cut: {long}");
    let stop = json!({"name": "Stop", "type": "n8n-nodes-base.stopAndError", "typeVersion": 1, "parameters": {"errorMessage": words(20)}});
    let failed = konverte_at(80, &["run", &folder.file("stop.json", chain(&[stop]).to_string()), "--output", "summary"]).stdout;
    fits(&failed, 80);
    assert!((0..20).all(|word| failed.contains(&format!("word{word}"))), "{failed}");
}

#[test]
fn pages_of_errors_are_laid_out_where_a_width_is_known() {
    let markdown = konverte(&["explain", "KV0310"]).stdout;
    assert!(markdown.starts_with("# KV0310") && markdown.contains("**What to do.**"), "{markdown}");
    for code in ["KV0310", "KV0712", "KV0822", "KV0321", "KV0602"] {
        for columns in [40, 80] {
            let page = konverte_at(columns, &["explain", code]).stdout;
            assert!(page.starts_with(code) && !page.contains("**") && !page.contains("](") && !page.contains("```"), "{page}");
            fits(page.split("\n{").next().unwrap_or_default(), columns);
        }
    }
    let title = konverte_at(80, &["explain", "KV0114", "--color", "always"]).stdout;
    assert!(without_colour(&title).starts_with("KV0114: a pinned item without json\n"), "{title:?}");
    for code in ["kv0310", "310", "KV310", "0310"] {
        assert_eq!(konverte(&["explain", code]).stdout, markdown, "{code}");
    }
    konverte(&["explain", "99999"]).refused(2, "There is no error code `99999`");
    let page = konverte_at(80, &["explain", "KV0822"]).stdout;
    assert!(page.contains("\n* it gave up: ") && Path::new(&repository("docs/errors/KV0822.md")).exists(), "{page}");
}

/// The README and the first guide show a run each.
#[test]
fn what_the_guides_show_of_a_run_is_what_it_prints() {
    for (page, args) in [
        (
            "README.md",
            &["run", "workflows/campaign-users.json", "--sandbox", "--input", "workflows/data/campaign-5000.csv", "--output", "summary"][..],
        ),
        ("docs/getting-started.md", &["run", "workflows/sign-up.json", "--sandbox", "--output", "summary"]),
    ] {
        let ran = konverte_at(100, args);
        let shown = masked(&(ran.stderr + &ran.stdout));
        let text = masked(&std::fs::read_to_string(repository(page)).expect("the page"));
        assert!(text.contains(&shown), "{page} does not show:\n{shown}");
    }
}
