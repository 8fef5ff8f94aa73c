//! `requestOptions`: n8n's own, and ours.

use std::time::Duration;

use node_sdk::NodeError;
use node_sdk::paced::Batching;
use node_sdk::params::ItemParams;
use node_sdk::ports::HttpOptions;
use request::retry::Retry;

use super::misfit;
use crate::place::is_expression;

/// n8n's defaults inside `batching.batch`.
const BATCH: (f64, f64) = (50.0, 1000.0);

/// Batching: of the first item, for all. `None`: all requests at once.
pub(super) fn batching(params: &ItemParams<'_>) -> Result<Option<Batching>, NodeError> {
    if params.raw("requestOptions.batching.batch").is_none() {
        return Ok(None);
    }
    let size = params.number("requestOptions.batching.batch.batchSize", BATCH.0)?;
    let interval = params.number("requestOptions.batching.batch.batchInterval", BATCH.1)?;
    Ok(Some(Batching::new(size, interval)))
}

/// Certificates, proxy and time-out of one item's request.
pub(super) fn http(params: &ItemParams<'_>) -> Result<HttpOptions, NodeError> {
    let timeout = params.number("requestOptions.timeout", 0.0)?;
    let standard = HttpOptions::default();
    Ok(HttpOptions {
        accept_invalid_certificates: params.bool("requestOptions.allowUnauthorizedCerts", false)?,
        proxy: Some(params.string("requestOptions.proxy")?).filter(|proxy| !proxy.is_empty()),
        timeout: if timeout > 0.0 { Duration::try_from_secs_f64(timeout / 1000.0).ok() } else { standard.timeout },
        ..standard
    })
}

/// Whether they are the same for all items: no expression stands in them.
pub(super) fn are_fixed(params: &ItemParams<'_>) -> bool {
    !params.raw("requestOptions").is_some_and(is_expression)
}

/// Our own options, which hold for all items.
pub(super) struct Own {
    /// Requests in flight at once.
    pub concurrency: usize,
    /// How a request is sent again.
    pub retry: Retry,
    /// Walk a list to its end.
    pub return_all: bool,
    /// With `return_all`: stop after so many items.
    pub limit: Option<usize>,
    /// Put out what is inside the envelope.
    pub unwrap: bool,
    /// Mark items whose record was there before.
    pub mark_existing: bool,
}

/// That native mode can do what the options of an item say; n8n mode takes what it can use and passes over the rest, as n8n does.
///
/// # Errors
/// An option that does not exist or does not fit, also where an expression gave it.
pub(super) fn check(params: &ItemParams<'_>) -> Result<(), NodeError> {
    let Some(options) = params.value("requestOptions")? else { return Ok(()) };
    match misfit::find(&options).into_iter().next() {
        Some(misfit) => Err(NodeError::from(misfit).item(params.index())),
        None => Ok(()),
    }
}

/// Reads them for the first item.
pub(super) fn own(params: &ItemParams<'_>) -> Result<Own, NodeError> {
    let standard = Retry::default();
    let millis = |path: &str, default: Duration| -> Result<Duration, NodeError> {
        let value = params.number(path, default.as_secs_f64() * 1000.0)?;
        Ok(Duration::try_from_secs_f64(value / 1000.0).unwrap_or(default))
    };
    let limit = params.number("requestOptions.limit", 0.0)?;
    Ok(Own {
        concurrency: params.number("requestOptions.concurrency", 8.0)? as usize,
        retry: Retry {
            max_attempts: params.number("requestOptions.retry.maxAttempts", f64::from(standard.max_attempts))? as u32,
            base_delay: millis("requestOptions.retry.baseDelay", standard.base_delay)?,
            max_delay: millis("requestOptions.retry.maxDelay", standard.max_delay)?,
        },
        return_all: params.bool("requestOptions.returnAll", false)?,
        limit: (limit >= 1.0).then_some(limit as usize),
        unwrap: params.bool("requestOptions.unwrap", false)?,
        mark_existing: params.bool("requestOptions.markExisting", true)?,
    })
}
