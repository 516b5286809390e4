//! Callbacks: what C's calls of q leave behind, and how long a function pointer lives.
