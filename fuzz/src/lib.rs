//! What the fuzz targets do with their bytes. Each target is a function, so that tests/replay.rs can run the corpora
//! without cargo-fuzz.

pub mod host;
pub mod input;
pub mod judge;
#[path = "../../qhost/tests/common/limited.rs"]
pub mod limited;
pub mod objects;
#[path = "../../tests/support/random.rs"]
pub mod random;
#[path = "../../tests/support/ranks.rs"]
pub mod ranks;
pub mod signatures;
pub mod targets;
