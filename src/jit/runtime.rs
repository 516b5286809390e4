//! What stubs and thunks call of k.h, and what is made of it here: the addresses that are the same for whoever installs
//! code.

use super::symbol::Symbol;
use crate::calls;
use crate::k::{self, K, native, tag};

/// The address of what a symbol stands for; `None` for what those have who install code.
pub fn address(symbol: Symbol) -> Option<usize> {
    Some(match symbol {
        Symbol::CurrentRecord => calls::current as *const () as usize,
        Symbol::AllocateAtom => k::ka as *const () as usize,
        Symbol::MakeBoolean => native::kb as *const () as usize,
        Symbol::MakeByte => native::kg as *const () as usize,
        Symbol::MakeChar => native::kc as *const () as usize,
        Symbol::MakeShort => native::kh as *const () as usize,
        Symbol::MakeInt => native::ki as *const () as usize,
        Symbol::MakeLong => native::kj as *const () as usize,
        Symbol::MakeFloat => native::kf as *const () as usize,
        Symbol::AllocateVector => k::ktn as *const () as usize,
        Symbol::Release => k::r0 as *const () as usize,
        Symbol::Apply => k::dot as *const () as usize,
        Symbol::Null => null as *const () as usize,
        Symbol::MakeList => make_list as *const () as usize,
        _ => return None,
    })
}

/// The generic null `::`; NULL when memory is full.
extern "C" fn null() -> K {
    // SAFETY: `ka` gives a new object or NULL, and whoever gets it may write its payload.
    unsafe {
        let x = k::ka(tag::UNARY.into());
        if let Some(x) = x.as_mut() {
            x.n = 0;
        }
        x
    }
}

/// A general list of objects. They are the list's from now on; where one of them is NULL, or there is no memory for the
/// list, they are given up and the list is NULL.
extern "C" fn make_list(items: *const K, count: usize) -> K {
    // SAFETY: code passes the address of as many objects in its frame, and gives their references away. `ktn` gives a
    // list with room for them or NULL.
    unsafe {
        let items = std::slice::from_raw_parts(items, count);
        let is_whole = items.iter().all(|x| !x.is_null());
        let list = if is_whole { k::ktn(tag::LIST.into(), count as i64) } else { std::ptr::null_mut() };
        if list.is_null() {
            items.iter().filter(|x| !x.is_null()).for_each(|&x| k::r0(x));
        } else {
            let data = list.cast::<u8>().add(k::DATA as usize).cast::<K>();
            data.copy_from_nonoverlapping(items.as_ptr(), count);
        }
        list
    }
}
