//! The sessions of a worker: whose each is, and which of them are closed.
//!
//! A session is an isolate, and code keeps things in its modules (sites, keys): they may reach nobody but the session's owner.

use std::sync::{Arc, Weak};

use node_sdk::WorkflowInfo;
use package_worker::protocol::SessionId;

/// How many sessions a worker keeps of owners that have no job in it: each takes some megabytes.
const MOST_IDLE: usize = 16;

/// Whose a session is.
#[derive(Debug, Clone)]
pub(crate) enum Owner {
    /// All executions of one workflow as it was loaded, one after the other. It is known by its place in memory, which nothing else gets as long as this is here:
    /// others may have its id and its name, or neither has any.
    Workflow(Weak<WorkflowInfo>),
    /// Whoever gives the same words, all at once: functions of one credential in one execution.
    Named(String),
}

impl Owner {
    /// The executions of a workflow.
    pub(crate) fn workflow(workflow: &Arc<WorkflowInfo>) -> Self {
        Self::Workflow(Arc::downgrade(workflow))
    }

    /// Whether its jobs may be at work side by side in one session. A request by `http` or `fetch` does not say which job it belongs to: where
    /// the jobs of an owner differ in where they may send, each is alone.
    pub(super) fn shares(&self) -> bool {
        matches!(self, Self::Named(_))
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Workflow(one), Self::Workflow(other)) => one.ptr_eq(other),
            (Self::Named(one), Self::Named(other)) => one == other,
            _ => false,
        }
    }

    /// Whether it can come again.
    fn lives(&self) -> bool {
        !matches!(self, Self::Workflow(workflow) if workflow.strong_count() == 0)
    }
}

/// The sessions that may be used, those last that were used last.
#[derive(Default)]
pub(super) struct Sessions(Vec<(Owner, SessionId)>);

impl Sessions {
    /// A session of an owner; `None`: there is none that may be used, or others are at work in each.
    pub(super) fn of(&mut self, owner: &Owner, is_idle: impl Fn(SessionId) -> bool) -> Option<SessionId> {
        let at = self.0.iter().rposition(|(known, session)| known.is(owner) && (owner.shares() || is_idle(*session)))?;
        let found = self.0.remove(at);
        let session = found.1;
        self.0.push(found);
        Some(session)
    }

    /// A session is open for an owner.
    pub(super) fn add(&mut self, owner: Owner, session: SessionId) {
        self.0.push((owner, session));
    }

    /// It is not used again.
    pub(super) fn forget(&mut self, session: SessionId) {
        self.0.retain(|(_, known)| *known != session);
    }

    /// Takes out those whose owners have gone, and of the others as many as are too many, of those that nobody works in.
    pub(super) fn take_closed(&mut self, is_idle: impl Fn(SessionId) -> bool) -> Vec<SessionId> {
        let idle = || self.0.iter().filter(|(_, session)| is_idle(*session));
        let gone = idle().filter(|(owner, _)| !owner.lives());
        let living: Vec<_> = idle().filter(|(owner, _)| owner.lives()).collect();
        let closed: Vec<SessionId> = gone.chain(living.iter().rev().skip(MOST_IDLE).copied()).map(|(_, session)| *session).collect();
        self.0.retain(|(_, session)| !closed.contains(session));
        closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_without_names_are_told_apart_and_one_that_is_gone_has_no_session() {
        let [one, other] = [(); 2].map(|()| Arc::new(WorkflowInfo::default()));
        let mut sessions = Sessions::default();
        sessions.add(Owner::workflow(&one), 1);
        assert_eq!(sessions.of(&Owner::workflow(&other), |_| true), None);
        sessions.add(Owner::workflow(&other), 2);
        assert_eq!((sessions.of(&Owner::workflow(&one), |_| true), sessions.of(&Owner::workflow(&other), |_| true)), (Some(1), Some(2)));
        assert_eq!(sessions.of(&Owner::Named("\n".into()), |_| true), None, "an id and a name that are empty are no name");
        assert!(sessions.take_closed(|_| true).is_empty());
        drop(one);
        assert!(sessions.take_closed(|_| false).is_empty(), "somebody still works in it");
        assert_eq!(sessions.take_closed(|_| true), [1]);
        // Its place in memory may have been given to another one.
        let again = Arc::new(WorkflowInfo::default());
        assert_eq!(sessions.of(&Owner::workflow(&again), |_| true), None);
    }

    #[test]
    fn a_workflow_has_as_many_sessions_as_jobs_at_once_and_who_shares_has_one() {
        let workflow = Arc::new(WorkflowInfo::default());
        let (owner, shared) = (Owner::workflow(&workflow), Owner::Named("it".into()));
        let mut sessions = Sessions::default();
        sessions.add(owner.clone(), 1);
        sessions.add(shared.clone(), 2);
        assert_eq!((sessions.of(&owner, |_| false), sessions.of(&shared, |_| false)), (None, Some(2)), "others are at work in all of them");
        sessions.add(owner.clone(), 3);
        assert_eq!((sessions.of(&owner, |session| session == 1), sessions.of(&owner, |_| true)), (Some(1), Some(1)));
    }

    #[test]
    fn of_too_many_idle_sessions_those_are_closed_that_were_not_used_for_longest() {
        let named = |number: u32| Owner::Named(number.to_string());
        let mut sessions = Sessions::default();
        let most = u32::try_from(MOST_IDLE).unwrap();
        (0..most + 3).for_each(|number| sessions.add(named(number), number));
        assert_eq!(sessions.of(&named(1), |_| true), Some(1));
        assert_eq!(sessions.take_closed(|session| session != 2 && session != 3), [0]);
        assert_eq!(sessions.take_closed(|_| true), [3, 2], "nobody works in them any more");
        assert_eq!((sessions.of(&named(0), |_| true), sessions.of(&named(1), |_| true), sessions.take_closed(|_| true)), (None, Some(1), Vec::new()));
        sessions.forget(1);
        assert_eq!(sessions.of(&named(1), |_| true), None);
    }
}
