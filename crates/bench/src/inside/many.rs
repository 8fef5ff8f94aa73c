//! Many executions, side by side or one by one: expressions and a Code node in each, a sub-workflow in every third. Every seventh disturbs
//! JavaScript's own objects, as each may for itself, and every one says what it finds there.

use std::sync::Arc;

use engine::{Isolates, Limits, Plan, PoolOptions};
use host::Process;
use node_sdk::Item;
use serde_json::{Value, json};

use super::one::{last_items, plan, run as run_one};
use super::system::{cpu_ms, memory_mib};
use crate::failure::Failure;
use crate::files::{Node, chain, set};

/// How they run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    SideBySide,
    OneByOne,
}

impl Way {
    pub(super) fn named(name: &str) -> Result<Self, Failure> {
        match name {
            "side-by-side" => Ok(Self::SideBySide),
            "one-by-one" => Ok(Self::OneByOne),
            _ => Err("side-by-side or one-by-one".into()),
        }
    }
}

/// What the executions put out, and what they used.
pub(super) fn run(way: Way, count: usize, pool: PoolOptions) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let isolates = Isolates::new(Limits::default(), pool).into();
    let process = Arc::new(Process { isolates, ..Process::new(host::registry()) });
    let (idle, before) = (memory_mib("VmRSS")?, cpu_ms()?);
    let plans: Vec<Arc<Plan>> = [(false, false), (false, true), (true, false), (true, true)]
        .into_iter()
        .map(|(disturbs, calls)| plan(&process, &workflow(disturbs, calls)))
        .collect::<Result<_, _>>()?;
    let execution = |number: usize| {
        let plan = plans[2 * usize::from(number.is_multiple_of(7)) + usize::from(number.is_multiple_of(3))].clone();
        let item = Item::new(json!({"id": number, "name": format!("Person {number}")}));
        let process = process.clone();
        async move { run_one(&process, plan, vec![item]).await.map(|run| last_items(&run)).map_err(|error| error.to_string()) }
    };
    let results: Vec<Value> = runtime.block_on(async {
        let mut results = Vec::with_capacity(count);
        match way {
            Way::OneByOne => {
                for number in 0..count {
                    results.push(execution(number).await?);
                }
            }
            Way::SideBySide => {
                let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(execution(number))).collect();
                for task in tasks {
                    results.push(task.await??);
                }
            }
        }
        Ok::<_, Failure>(results)
    })?;
    Ok(json!({"results": results, "cpuMs": cpu_ms()? - before, "peakOverIdleMib": memory_mib("VmHWM")? - idle}))
}

fn workflow(disturbs: bool, calls: bool) -> Value {
    let seen = if disturbs { "={{ Math.seen = (Math.seen ?? 0) + 1 }}" } else { "={{ typeof Math.seen }}" };
    let fields = [
        ("id", "number", "={{ $json.id }}"),
        ("name", "string", "={{ $json.name.toUpperCase() }}"),
        ("list", "string", "={{ [1, 2, 3].map(n => n * $json.id).join('-') }}"),
        ("seen", "string", seen),
    ];
    let code = "return $input.all().map(item => ({ json: { ...item.json, twice: item.json.id * 2, code: typeof Math.seen } }));";
    let mut nodes: Vec<Node<'_>> =
        vec![("Set", "n8n-nodes-base.set", 3.4, set(&fields)), ("Code", "n8n-nodes-base.code", 2.0, json!({"jsCode": code}))];
    if calls {
        let called = json!({"source": "parameter", "workflowJson": called().to_string(), "options": {}});
        nodes.push(("Call", "n8n-nodes-base.executeWorkflow", 1.1, called));
    }
    chain(&nodes)
}

fn called() -> Value {
    let fields = [("id", "number", "={{ $json.id }}"), ("text", "string", "={{ [$json.name, $json.twice, typeof Math.seen].join(' ') }}")];
    let mut workflow = chain(&[("Answer", "n8n-nodes-base.set", 3.4, set(&fields))]);
    workflow["nodes"][0]["type"] = "n8n-nodes-base.executeWorkflowTrigger".into();
    workflow
}
