//! The result of a run: the report, the files, standard output.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::{LeftOut, RunResult, ShownItems, WriteOptions};
use node_sdk::event::PlannedRequest;
use node_sdk::{Binary, Blobs, Item, Registry};
use picture::report;
use serde_json::{Map, Value, json};
use workflow::Workflow;

use super::{Items, Job, RunArgs};
use crate::emulator;
use crate::error::{CliError, codes};
use crate::loading;
use crate::output::saved::SaveFolder;
use crate::output::{self, Form};

/// How many saved files are named for people.
const NAMED_FILES: usize = 3;

impl Job<'_> {
    /// Saves the files, writes the report and the state of the emulator, and the result to standard output: a reader of that may be slow, or gone.
    pub(super) async fn write(
        &self,
        result: &RunResult,
        plan: &[PlannedRequest],
        blobs: &dyn Blobs,
        extra: Option<(String, Value)>,
    ) -> Result<(), CliError> {
        let mut extra: Map<String, Value> = extra.into_iter().collect();
        let mut files = Vec::new();
        let saved = self.save_files(result, blobs, &mut files).await;
        if self.args.save_files.is_some() {
            self.say_saved(&files);
            extra.insert("savedFiles".to_owned(), Value::Array(files));
        }
        let reported = self.write_report(result, plan);
        let stated = match (&self.state, &self.emulator) {
            (Some(file), Some(sandbox)) => emulator::write_state(file, sandbox),
            _ => Ok(()),
        };
        self.write_result(result, plan, blobs, extra).await.and(reported).and(stated).and(saved)
    }

    /// Saves the files of the last items where that is asked for. `saved`: what is where, also where a file could not be saved after them.
    async fn save_files(&self, result: &RunResult, blobs: &dyn Blobs, saved: &mut Vec<Value>) -> Result<(), CliError> {
        let Some(folder) = &self.args.save_files else { return Ok(()) };
        let mut folder = SaveFolder::new(folder)?;
        for (index, item) in self.last_items(result).into_iter().enumerate() {
            for (property, file) in item.binary.iter().flat_map(|files| files.iter()) {
                let content = content(file, blobs)
                    .await
                    .map_err(|error| CliError::usage(codes::OUTPUT, format!("The file {property:?} of item {index} cannot be read: {error}.")))?;
                let path = folder.save(file, property, &content)?;
                saved.push(json!({"item": index, "name": property, "path": path.to_string_lossy()}));
            }
        }
        Ok(())
    }

    /// Says which files were saved.
    fn say_saved(&self, saved: &[Value]) {
        let path = |saved: &Value| saved["path"].as_str().unwrap_or_default().to_owned();
        let mut paths: Vec<String> = saved.iter().take(NAMED_FILES).map(path).collect();
        if saved.len() > NAMED_FILES {
            paths.push(format!("{} more", saved.len() - NAMED_FILES));
        }
        self.console.note(&match saved.len() {
            0 => "saved: no files, for the last items have none (--destination NODE takes those of another node)".to_owned(),
            count => format!("saved: {count} {} of the last items: {}", if count == 1 { "file" } else { "files" }, paths.join(", ")),
        });
    }

    /// What the node that ran last, or the one that was to be run to, put out in its last run, and not what it discards.
    fn last_items<'r>(&self, result: &'r RunResult) -> Vec<&'r Item> {
        let node = self.args.destination.as_deref().or_else(|| result.order.last().map(|name| &**name));
        let last = node.and_then(|name| Some((name, result.nodes.get(name)?.last()?)));
        let declared = |(name, run)| declared_outputs(&self.workflow, &self.registry, name, run);
        let outputs = last.map(|last| last.1.outputs.iter().take(declared(last)));
        outputs.into_iter().flatten().flat_map(|items| items.iter()).collect()
    }

    fn write_report(&self, result: &RunResult, plan: &[PlannedRequest]) -> Result<(), CliError> {
        let Self { args, workflow, registry, report: Some(file), .. } = self else { return Ok(()) };
        let picture = picture::graph::of_workflow(workflow, registry);
        file.write(report::html(report::Page { title: title(workflow, args), picture, result, plan }).as_bytes())
    }

    async fn write_result(&self, result: &RunResult, plan: &[PlannedRequest], blobs: &dyn Blobs, more: Map<String, Value>) -> Result<(), CliError> {
        let Self { args, workflow, .. } = self;
        match self.form() {
            Form::Json => {
                let locate = |error: &node_sdk::NodeError| loading::place_of(workflow, error).map(|place| place.to_string());
                let items = match args.items {
                    Items::All => ShownItems::All,
                    Items::Last => ShownItems::Last,
                    Items::None => ShownItems::None,
                };
                let mut extra = output::plan_json(args.dry_run.is_some(), plan);
                let existed = self.progress.existed();
                if !existed.is_empty() {
                    extra.insert("existed".to_owned(), json!(existed));
                }
                extra.extend(more);
                let options = WriteOptions { items, locate: &locate, blobs, extra };
                let LeftOut { runs, items } = output::json(result, &options).await?;
                if runs + items > 0 {
                    self.console.note(&format!("the result leaves out the last {runs} node runs and {items} items (its key leftOut)"));
                }
            }
            Form::Ndjson => output::ndjson(&self.last_items(result))?,
            Form::Csv => {
                let items = self.last_items(result);
                output::table::csv(&items)?.iter().for_each(|note| self.console.note(note));
                let files: usize = items.iter().filter_map(|item| item.binary.as_ref()).map(|files| files.len()).sum();
                if files > 0 && args.save_files.is_none() {
                    self.console.note(&format!("files of the items that the table does not hold: {files} (--save-files DIR saves them)"));
                }
            }
            Form::Summary => {
                let text = output::summary::text(title(workflow, args), result, (plan, &self.progress.existed()), self.console.output());
                output::write_stdout(text.as_bytes())?;
            }
        }
        Ok(())
    }

    pub(super) fn form(&self) -> Form {
        self.args.output.unwrap_or_else(Form::for_stdout)
    }
}

/// The content of a file of an item.
async fn content(file: &Binary, blobs: &dyn Blobs) -> std::io::Result<Vec<u8>> {
    match &file.blob {
        Some(blob) => Ok(blobs.get(blob).await?.to_vec()),
        None => BASE64_STANDARD.decode(file.data.as_deref().unwrap_or_default()).map_err(std::io::Error::other),
    }
}

fn title<'a>(workflow: &'a Workflow, args: &'a RunArgs) -> &'a str {
    let stem = args.file.file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != "-");
    if workflow.name.is_empty() { stem.unwrap_or("workflow") } else { &workflow.name }
}

/// How many outputs a node has by its type and settings: the others hold what it discards.
fn declared_outputs(workflow: &Workflow, registry: &Registry, name: &str, run: &engine::NodeRun) -> usize {
    use node_sdk::descriptor::OutputCount;
    let Some(node) = workflow.node(name) else { return run.outputs.len() };
    let error_output = usize::from(node.settings.on_error == node_sdk::context::OnError::ContinueErrorOutput);
    let found = registry.find_version(&node.type_name, node.type_version);
    let declared = found.as_ref().and_then(|found| found.descriptor().version(node.type_version)).map(|group| group.outputs);
    match declared {
        Some(OutputCount::Fixed(count)) => count + error_output,
        Some(OutputCount::One) => 1 + error_output,
        _ => run.outputs.len(),
    }
}
