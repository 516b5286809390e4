//! What the product's threads share, on shuttle's scheduler, which tries the orders of events.

mod background;
mod calls;
#[path = "../../../src/callback/mailbox.rs"]
#[allow(dead_code, reason = "the models use a part")]
mod mailbox;
#[path = "../../../src/background/pool.rs"]
#[allow(dead_code, reason = "the models use a part")]
mod pool;
#[path = "../../src/sync.rs"]
mod sync;

/// How many of a schedule's switches of threads are chosen against the model.
const DEPTH: usize = 3;

/// Runs a model in so many orders of events that are chosen at random, and as many that are chosen against it.
fn check(schedules: usize, model: fn()) {
    shuttle::check_random(model, schedules);
    shuttle::check_pct(model, schedules, DEPTH);
}
