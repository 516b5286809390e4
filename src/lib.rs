//! ffijit
