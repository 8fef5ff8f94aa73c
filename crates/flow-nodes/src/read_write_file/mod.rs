//! Read/Write Files from Disk.

use node_sdk::{Effect, Inputs, Item, ItemParams, Needs, NodeError, Outputs, PrepareContext, Prepared, RunAll, RunContext, async_trait};
use serde_json::{Map, Value};

use crate::disk;
use crate::row::Row;

/// The node.
pub(crate) const ROW: Row = Row {
    display_name: "Read/Write Files from Disk",
    summary: "Reads files of the machine, or writes the file of each item to one (--allow-files).",
    effect: Effect::Once,
    effect_at: Some(effect),
    allowance: Some(node_sdk::node::Allowance::Files),
    description: include_str!("description.json"),
    example: include_str!("example.json"),
    ..Row::new("n8n-nodes-base.readWriteFile", Needs::All, prepare)
};

fn prepare(_: &PrepareContext<'_>) -> Result<Prepared, NodeError> {
    Ok(Prepared::All(Box::new(ReadWriteFile)))
}

fn effect(cx: &PrepareContext<'_>) -> Effect {
    match cx.parameters.get("operation").and_then(Value::as_str) {
        Some("write") => disk::effect_of_writing(cx),
        _ => Effect::None,
    }
}

struct ReadWriteFile;

#[async_trait]
impl RunAll for ReadWriteFile {
    async fn run_all(&self, cx: &RunContext, inputs: Inputs) -> Result<Outputs, NodeError> {
        let inputs = inputs.gather().await?;
        let writes = cx.params.read(0, |params| params.string("operation")).await? == "write";
        let mut out = Vec::new();
        for (index, item) in inputs.main().iter().enumerate() {
            let made = if writes { disk::write_item(cx, index, item, disk::in_words).await } else { read(cx, index).await };
            disk::put(cx, &mut out, index, made)?;
        }
        Ok(Outputs::one(out))
    }
}

/// What a file is said to be, where its own name and content shall not say it.
struct Read {
    selector: String,
    brackets: bool,
    property: String,
    extension: Option<String>,
    name: Option<String>,
    mime_type: Option<String>,
}

impl Read {
    /// Version 1 takes square brackets for a pattern, unless it is told otherwise.
    fn new(version: f64, params: &ItemParams<'_>) -> Result<Self, NodeError> {
        let option = |name: &str| Ok::<_, NodeError>(Some(params.string(&format!("options.{name}"))?).filter(|text| !text.is_empty()));
        Ok(Self {
            selector: params.string("fileSelector")?,
            brackets: params.bool("options.literalBrackets", version > 1.0)?,
            property: option("dataPropertyName")?.unwrap_or_else(|| "data".to_owned()),
            extension: option("fileExtension")?,
            name: option("fileName")?,
            mime_type: option("mimeType")?,
        })
    }
}

/// An item for each file.
async fn read(cx: &RunContext, index: usize) -> Result<Vec<Item>, NodeError> {
    let version = cx.version();
    let Read { selector, brackets, property, extension, name, mime_type } = cx.params.read(index, move |params| Read::new(version, params)).await?;
    let paths = cx.ports.adapters.files()?.find(&selector, brackets).await.map_err(|error| disk::in_words(error, &selector))?;
    let mut items = Vec::new();
    for path in paths {
        let mut file = disk::read(cx, &path).await?.map_err(|error| disk::in_words(error, &path))?;
        file.file_extension = extension.clone().or(file.file_extension);
        file.file_name = name.clone().or(file.file_name);
        file.mime_type = mime_type.clone().unwrap_or(file.mime_type);
        let known =
            [("fileType", &file.file_type), ("fileName", &file.file_name), ("fileExtension", &file.file_extension), ("fileSize", &file.file_size)];
        let mut json = Map::from_iter([("mimeType".to_owned(), file.mime_type.clone().into())]);
        json.extend(known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?.into()))));
        items.push(Item::new(Value::Object(json)).with_binary(property.clone(), file).paired(index));
    }
    Ok(items)
}
