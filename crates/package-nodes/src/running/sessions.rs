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
    /// All executions of one workflow as it was loaded. It is known by its place in memory, which nothing else gets as long as this is here:
    /// others may have its id and its name, or neither has any.
    Workflow(Weak<WorkflowInfo>),
    /// Whoever gives the same words.
    Named(String),
}

impl Owner {
    /// The executions of a workflow.
    pub(crate) fn workflow(workflow: &Arc<WorkflowInfo>) -> Self {
        Self::Workflow(Arc::downgrade(workflow))
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
    /// The session of an owner; `None`: there is none that may be used.
    pub(super) fn of(&mut self, owner: &Owner) -> Option<SessionId> {
        let at = self.0.iter().position(|(known, _)| known.is(owner))?;
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
        assert_eq!(sessions.of(&Owner::workflow(&other)), None);
        sessions.add(Owner::workflow(&other), 2);
        assert_eq!((sessions.of(&Owner::workflow(&one)), sessions.of(&Owner::workflow(&other))), (Some(1), Some(2)));
        assert_eq!(sessions.of(&Owner::Named("\n".into())), None, "an id and a name that are empty are no name");
        assert!(sessions.take_closed(|_| true).is_empty());
        drop(one);
        assert!(sessions.take_closed(|_| false).is_empty(), "somebody still works in it");
        assert_eq!(sessions.take_closed(|_| true), [1]);
        // Its place in memory may have been given to another one.
        let again = Arc::new(WorkflowInfo::default());
        assert_eq!(sessions.of(&Owner::workflow(&again)), None);
    }

    #[test]
    fn of_too_many_idle_sessions_those_are_closed_that_were_not_used_for_longest() {
        let named = |number: u32| Owner::Named(number.to_string());
        let mut sessions = Sessions::default();
        let most = u32::try_from(MOST_IDLE).unwrap();
        (0..most + 3).for_each(|number| sessions.add(named(number), number));
        assert_eq!(sessions.of(&named(1)), Some(1));
        assert_eq!(sessions.take_closed(|session| session != 2 && session != 3), [0]);
        assert_eq!(sessions.take_closed(|_| true), [3, 2], "nobody works in them any more");
        assert_eq!((sessions.of(&named(0)), sessions.of(&named(1)), sessions.take_closed(|_| true)), (None, Some(1), Vec::new()));
        sessions.forget(1);
        assert_eq!(sessions.of(&named(1)), None);
    }
}
