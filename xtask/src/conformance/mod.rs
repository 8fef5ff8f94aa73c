//! How much is the same as n8n, measured through the built binary against recordings of n8n 2.41.1 (`tests/data`).

mod behaviours;
mod credentials;
mod expressions;
mod http;
mod packages;
mod process;
mod server;
mod services;
mod workflows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::packages::Packages;
use crate::shell::{Outcome, release_binary, root};

/// The list of cases that differ from n8n, with the reason of each, in the folder of the data.
const KNOWN: &str = "known-differences.txt";

/// What one set of recordings came to.
struct Score {
    /// For people: what was counted.
    what: &'static str,
    /// Cases that are the same.
    good: usize,
    /// All cases.
    total: usize,
    /// Name and difference of each case that is not.
    differences: Vec<(String, String)>,
    /// The names of all cases.
    played: BTreeSet<String>,
    /// Whether these are all cases that there are, and no sample.
    whole: bool,
}

/// Name and difference of each case; `None` where there is none.
type Results = Vec<(String, Option<String>)>;

impl Score {
    /// Counts results.
    fn of(what: &'static str, results: Results) -> Self {
        let total = results.len();
        let played = results.iter().map(|(name, _)| name.clone()).collect();
        let differences: Vec<_> = results.into_iter().filter_map(|(name, why)| Some((name, why?))).collect();
        Self { what, good: total - differences.len(), total, differences, played, whole: true }
    }

    /// Whether exactly those cases differ that are known to; says which do not. Of a sample nothing is said of the others.
    fn as_known(&self, known: &BTreeSet<&str>) -> bool {
        let known: BTreeSet<&str> = known.iter().copied().filter(|name| self.whole || self.played.contains(*name)).collect();
        let found: BTreeSet<&str> = self.differences.iter().map(|(name, _)| name.as_str()).collect();
        for (name, why) in self.differences.iter().filter(|(name, _)| !known.contains(name.as_str())) {
            println!("  {name} was the same and is not any more: {why}");
        }
        for name in known.difference(&found) {
            println!("  {name} is the same now: take it out of {KNOWN}");
        }
        self.total > 0 && found == known
    }

    fn print(&self, verbose: bool) {
        if verbose {
            for (name, why) in &self.differences {
                println!("  {name}: {why}");
            }
        }
        let mut areas: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, _) in &self.differences {
            *areas.entry(name.split('-').next().unwrap_or(name)).or_default() += 1;
        }
        let mut areas: Vec<_> = areas.into_iter().collect();
        areas.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let worst: Vec<String> = areas.iter().take(6).map(|(area, count)| format!("{area} {count}")).collect();
        let share = 100.0 * self.good as f64 / self.total.max(1) as f64;
        let most = if worst.is_empty() { String::new() } else { format!("; differ: {}", worst.join(", ")) };
        println!("{}: {} of {} are the same as n8n ({share:.1} %{most})", self.what, self.good, self.total);
    }
}

/// Replays one set of recordings: the binary, and the folder of the data.
type Measure = fn(&Path, &Path) -> Result<Score, Box<dyn std::error::Error>>;

/// The sets of node packages, with the way each is played.
type OfPackages = for<'p> fn(&packages::Player<'p>) -> Result<Score, Box<dyn std::error::Error>>;

const OF_PACKAGES: [(&str, OfPackages); 3] =
    [("packages", |player| player.operations()), ("package-polls", |player| player.polls()), ("package-credentials", |player| player.credentials())];

/// The programs that play.
pub(crate) struct Programs {
    /// Ours.
    pub(crate) konverte: PathBuf,
    /// The one that plays the cases of packages in one process.
    player: PathBuf,
}

impl Programs {
    /// Ours, and the other one that was built with it.
    pub(crate) fn built(konverte: PathBuf) -> Self {
        let player = konverte.with_file_name(format!("conformance{}", std::env::consts::EXE_SUFFIX));
        Self { konverte, player }
    }
}

/// The command: `-v`, `--every=N`, `--binary=PATH` and names of sets.
pub(crate) fn run(args: &[String]) -> Outcome {
    let wanted: Vec<&str> = args.iter().map(String::as_str).filter(|arg| !arg.starts_with('-')).collect();
    let every = args.iter().find_map(|arg| arg.strip_prefix("--every=")).map_or(Ok(1), str::parse)?;
    let of_packages = wanted.is_empty() || OF_PACKAGES.iter().any(|(name, _)| wanted.contains(name));
    let needs_packages = of_packages || ["services", "package-workflows", "preferred-workflows"].iter().any(|name| wanted.contains(name));
    let beside: &[&str] = if of_packages { &["conformance"] } else { &[] };
    let programs = Programs::built(match args.iter().find_map(|arg| arg.strip_prefix("--binary=")) {
        Some(path) => PathBuf::from(path).canonicalize()?,
        None => release_binary("konverte", beside)?,
    });
    let packages = needs_packages.then(|| Packages::bring(&programs.konverte)).transpose()?;
    play(&programs, packages.as_ref().map(|packages| (packages, every)), &wanted, args.iter().any(|arg| arg == "-v"))
}

/// Plays sets, all where none is named; of packages every so manieth case. Whether what differs is what is known to.
pub(crate) fn play(programs: &Programs, packages: Option<(&Packages, usize)>, wanted: &[&str], verbose: bool) -> Outcome {
    let data = root().join("tests/data");
    let sets: [(&str, Measure); 7] = [
        ("behaviours", behaviours::score),
        ("workflows", workflows::score),
        ("http", http::score),
        ("expressions", expressions::score),
        ("bugs", workflows::bugs),
        ("bug-expressions", expressions::bugs),
        ("credentials", credentials::score),
    ];
    let known = std::fs::read_to_string(data.join(KNOWN))?;
    let mut as_known = true;
    let mut judge = |name: &str, score: Score| {
        score.print(verbose);
        as_known &= score.as_known(&known_of(&known, name));
    };
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name);
    for (name, score) in sets.into_iter().filter(|(name, _)| is_wanted(name)) {
        judge(name, score(&programs.konverte, &data)?);
    }
    if is_wanted("services") {
        judge("services", services::score(&programs.konverte, &data, packages.map(|(packages, _)| packages))?);
    }
    if let Some((words, every)) = packages.and_then(|(packages, every)| Some((packages.words()?, every))) {
        if is_wanted("package-workflows") {
            judge("package-workflows", workflows::with_n8ns(&programs.konverte, &data, &words)?);
        }
        if is_wanted("preferred-workflows") {
            judge("preferred-workflows", workflows::preferred(&programs.konverte, &data, &words, every)?);
        }
    }
    if let Some((packages, every)) = packages.filter(|(packages, _)| packages.any()) {
        let player = packages::Player { program: &programs.player, packages, every, data: &data };
        for (name, score) in OF_PACKAGES.into_iter().filter(|(name, _)| is_wanted(name)) {
            judge(name, score(&player)?);
        }
    }
    Ok(as_known)
}

/// The cases of one set that are known to differ: lines of `SET: NAME (WHY)`.
fn known_of<'a>(text: &'a str, set: &str) -> BTreeSet<&'a str> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| Some(line.strip_prefix(set)?.strip_prefix(": ")?.split(" (").next()?.trim())).collect()
}

/// Does `work` for every case on `threads` threads; results in the order of the cases.
fn in_parallel<T: Sync, R: Send>(cases: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<R>>> = Mutex::new(cases.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    let result = work(case);
                    if let Ok(mut results) = results.lock() {
                        results[index] = Some(result);
                    }
                }
            });
        }
    });
    results.into_inner().map(|results| results.into_iter().flatten().collect()).unwrap_or_default()
}

fn read_json(path: &Path) -> Result<Value, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    // As the program reads it: half of a cut emoji is U+FFFD (docs/differences.md).
    Ok(node_sdk::json::parse_text(&text)?)
}

/// `NAME.json` files below a folder that have a `NAME.expected.json`, sorted.
fn recorded_cases(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            cases.extend(recorded_cases(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "json") && expected(&path).exists() {
            cases.push(path);
        }
    }
    cases.sort();
    Ok(cases)
}

/// The file with what n8n did.
fn expected(case: &Path) -> PathBuf {
    case.with_extension("expected.json")
}

fn case_name(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Which node types count: type and lowest version.
struct Scope(BTreeMap<String, f64>);

/// The version that a node states, as a number or a text; none is the newest.
fn version(stated: &Value) -> f64 {
    let number = stated.as_str().map_or_else(|| stated.as_f64(), |text| text.parse().ok());
    number.filter(|number| *number != 0.0).unwrap_or(f64::INFINITY)
}

impl Scope {
    fn read(path: &Path) -> std::io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let rows = text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?.to_owned();
            Some((name, words.next().and_then(|version| version.parse().ok()).unwrap_or(0.0)))
        });
        Ok(Self(rows.collect()))
    }

    /// Whether every node counts, in workflows given inline too.
    fn holds(&self, workflow: &Value) -> bool {
        workflow["nodes"].as_array().into_iter().flatten().all(|node| {
            let name = node["type"].as_str().unwrap_or_default();
            let known = self.0.get(name.strip_prefix("n8n-nodes-base.").unwrap_or(name));
            let inline = node["parameters"]["workflowJson"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
            known.is_some_and(|lowest| *lowest <= version(&node["typeVersion"])) && inline.is_none_or(|inline| self.holds(&inline))
        })
    }
}
