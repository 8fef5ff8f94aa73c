//! What nodes that send many requests share.
//!
//! * [`query`]: query strings and forms as n8n writes them.
//! * [`batching`]: all items at once or in batches, as n8n times them, with a bound on what is in flight.
//! * [`in_order`]: the same, where requests that write to one record keep their order.
//! * [`retry`]: which failures may be sent again, when, and how often.
//! * [`paging`]: walking a list page by page.
//!
//! Nothing here sends by itself: requests leave through the `HttpClient` port, time and chance come from `Clock` and `Random`.

pub mod batching;
pub mod in_order;
pub mod paging;
pub mod query;
pub mod retry;
