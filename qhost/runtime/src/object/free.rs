//! Giving up references.

use super::{K, K0, tag};
use crate::counts;
use crate::heap::{self, FREED};
use std::ptr;

/// Counts down, and frees the object when this was the last reference. Null is ignored.
///
/// # Safety
/// `object` is null or a valid K object one of whose references is the caller's to give up.
#[inline]
pub(crate) unsafe fn release(object: K) {
    if object.is_null() {
        return;
    }
    // SAFETY: valid by contract; at count zero the caller's is the only reference.
    unsafe {
        debug_assert!(counts::others(object) != FREED, "K object freed twice");
        if !counts::down(object) {
            return;
        }
        if tag::is_leaf((*object).t) { heap::free(object) } else { free_tree(object) }
    }
}

/// Frees without recursion, so that depth of nesting is not limited by the stack.
#[cold]
#[inline(never)]
unsafe fn free_tree(root: K) {
    let mut pending = Vec::new();
    let mut next = Some(root);
    while let Some(object) = next {
        // SAFETY: each is reached through its last reference.
        unsafe { free_one(object, &mut pending) };
        next = pending.pop();
    }
}

unsafe fn free_one(object: K, pending: &mut Vec<K>) {
    // SAFETY: the caller owns the last reference; layouts are as the tags say.
    unsafe {
        match (*object).t {
            tag::FOREIGN if (*object).u == 0 => destroy_foreign(object),
            t if tag::holds_one(t) => drop_item((*object).body.k, pending),
            t if tag::holds_items(t) => {
                let items = K0::data(object).cast::<K>();
                for i in 0..(*object).body.n as usize {
                    drop_item(*items.add(i), pending);
                }
            }
            _ => {}
        }
        heap::free(object);
    }
}

/// Counts an item down; a tree of its own waits its turn.
unsafe fn drop_item(item: K, pending: &mut Vec<K>) {
    // SAFETY: the freed parent's reference.
    unsafe {
        if item.is_null() || !counts::down(item) {
            return;
        }
        if tag::is_leaf((*item).t) { heap::free(item) } else { pending.push(item) }
    }
}

/// Hands a foreign object to its destructor. Slot 0 is the destructor, null for none; what it returns, if
/// anything, is not looked at, since extensions declare it both ways.
unsafe fn destroy_foreign(object: K) {
    // SAFETY: a foreign object is a list of two slots; its maker put a function or null in the first.
    unsafe {
        if (*object).body.n >= 1 {
            let slot = K0::data(object).cast::<Option<extern "C" fn(K)>>();
            if let Some(destructor) = ptr::read(slot) {
                destructor(object);
            }
        }
    }
}
