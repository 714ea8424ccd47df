//! The real application, started and driven through WebDriver.

mod app;
mod hand;
mod place;
mod server;

pub use app::App;
pub use place::{Place, can_run, reason_not_to_run};
