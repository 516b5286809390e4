//! Systems without a filter for system calls: nothing is forbidden there.

/// Whether pages that are writable and executable are forbidden.
pub fn is_forbidden() -> bool {
    false
}
