//! Finds the action of a request: a tree of path segments, built from the table of actions.

use std::collections::HashMap;

use konverte_nodes::actions;
use node_sdk::action::{ActionSpec, Method};
use percent_encoding::percent_decode_str;

use crate::beside;
use crate::call::PathValues;
use crate::elsewhere::ELSEWHERE;
use crate::resources::{Handler, handler};

/// A path with the methods that it answers.
#[derive(Debug)]
pub(crate) struct Route {
    /// What answers; `None` where only the real server does.
    pub(crate) served: Option<Served>,
    methods: &'static [&'static str],
    /// Names of the path parameters, in order.
    names: Vec<&'static str>,
}

/// An action and its handler.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Served {
    pub(crate) action: &'static ActionSpec,
    pub(crate) handler: Handler,
}

/// All routes.
#[derive(Debug, Default)]
pub(crate) struct Router {
    root: Branch,
}

#[derive(Debug, Default)]
struct Branch {
    fixed: HashMap<&'static str, Branch>,
    any: Option<Box<Branch>>,
    routes: Vec<Route>,
}

impl Router {
    /// The routes of all actions (the path of the document and, where it is another, the path that works), those that work beside them,
    /// and those that only the real server has.
    pub(crate) fn new() -> Self {
        let mut router = Self::default();
        for action in actions().chain(beside::ROUTES) {
            let Some(handler) = handler(&action.operation_id) else { continue };
            for path in std::iter::once(&action.path).chain(&action.native.path) {
                router.add(path, methods(action.method, path), Some(Served { action, handler }));
            }
        }
        for (methods, path) in ELSEWHERE {
            router.add(path, methods, None);
        }
        router
    }

    fn add(&mut self, path: &'static str, methods: &'static [&'static str], served: Option<Served>) {
        let mut names = Vec::new();
        let mut branch = &mut self.root;
        for segment in segments(path) {
            branch = match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => {
                    names.push(name);
                    branch.any.get_or_insert_default()
                }
                None => branch.fixed.entry(segment).or_default(),
            };
        }
        branch.routes.push(Route { served, methods, names });
    }

    /// The route of a request with its path values. A trailing slash does not count.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<(&Route, PathValues)> {
        let segments: Vec<&str> = segments(path).collect();
        let mut values = Vec::new();
        let route = self.root.find(method, &segments, &mut values)?;
        let decoded = values.iter().map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned());
        Some((route, route.names.iter().copied().zip(decoded).collect()))
    }
}

impl Branch {
    /// A fixed segment wins over a parameter.
    fn find<'p>(&self, method: &str, segments: &[&'p str], values: &mut Vec<&'p str>) -> Option<&Route> {
        let Some((first, rest)) = segments.split_first() else {
            return self.routes.iter().find(|route| route.methods.contains(&method));
        };
        if let Some(route) = self.fixed.get(*first).and_then(|branch| branch.find(method, rest, values)) {
            return Some(route);
        }
        values.push(first);
        let found = self.any.as_ref().and_then(|branch| branch.find(method, rest, values));
        if found.is_none() {
            values.pop();
        }
        found
    }
}

/// The methods of a route: the server takes PUT and PATCH both where one record is changed, which the path's end names.
fn methods(method: Method, path: &str) -> &'static [&'static str] {
    let names_record = segments(path).last().is_some_and(|segment| segment.starts_with('{'));
    match method {
        Method::Put | Method::Patch if names_record => &["PUT", "PATCH"],
        Method::Get => &["GET"],
        Method::Post => &["POST"],
        Method::Put => &["PUT"],
        Method::Patch => &["PATCH"],
        Method::Delete => &["DELETE"],
    }
}

/// The segments between the slashes. An empty one in the middle counts: it is what an empty parameter leaves.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/')
}
