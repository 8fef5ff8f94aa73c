//! A system that cannot shut packages in.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule};
use serde_json::json;

use super::made_up::Project;
use crate::support::{Ran, chain, command, finish};

/// Does something in a thread from which seccomp cannot be seen, nor from what it starts.
fn without_seccomp<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let set = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, libc::PR_SET_SECCOMP as u64).expect("a condition");
    let rules = BTreeMap::from([(libc::SYS_seccomp, vec![]), (libc::SYS_prctl, vec![SeccompRule::new(vec![set]).expect("a rule")])]);
    let machine = std::env::consts::ARCH.try_into().expect("a known machine");
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32), machine).expect("a filter");
    let filter: BpfProgram = filter.try_into().expect("a program");
    let inside = || {
        seccompiler::apply_filter(&filter).expect("applied");
        work()
    };
    std::thread::scope(|scope| scope.spawn(inside).join().expect("it ends"))
}

#[test]
fn a_run_that_could_not_shut_a_package_in_does_not_begin() {
    let project = Project::added();
    let code = json!({"jsCode": "console.log('ran'); return [{}]"});
    let ours = json!({"name": "Ours", "type": "n8n-nodes-base.code", "typeVersion": 2, "parameters": code});
    let made = json!({"name": "Made", "type": "n8n-nodes-made-up.made", "typeVersion": 1, "parameters": {}});
    let workflow = project.folder.workflow(&chain(&[ours, made]));
    let run = |words: &[&str]| -> Ran {
        let mut command = command(&[&["run", &workflow], words].concat());
        finish(without_seccomp(|| command.env("KONVERTE_CACHE", project.cache()).output().expect("the program starts")))
    };
    let refused = run(&[]);
    refused.refused(4, "KV0820");
    assert!(!refused.stderr.contains("[Ours]"), "no node has run: {}", refused.stderr);
    run(&["--weak-walls"]).says(0, "[Ours] ran");
}
