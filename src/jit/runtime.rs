//! The addresses that all stubs and thunks of a process share.

use super::code::Symbol;
use crate::k::{self, native};
use crate::{atomic, bind, callback, marshal};

/// The address of what a symbol stands for, where it is the same for every copy.
pub fn address(symbol: Symbol) -> usize {
    match symbol {
        Symbol::Target | Symbol::Context | Symbol::Function => {
            unreachable!("resolved by whose code it is")
        }
        Symbol::InCall | Symbol::Parked => callback::state::CallState::address(),
        Symbol::ReleaseCallback => callback::object::release as *const () as usize,
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
        Symbol::Null => callback::null as *const () as usize,
        Symbol::MakeSymbol => marshal::make_symbol as *const () as usize,
        Symbol::ColdInPlace => bind::cold_in_place as *const () as usize,
        Symbol::ColdInSlot => bind::cold_in_slot as *const () as usize,
        Symbol::ColdList => bind::cold_list as *const () as usize,
        Symbol::Rebox => bind::rebox as *const () as usize,
        Symbol::Collect => bind::collect as *const () as usize,
        Symbol::CollectVector => atomic::collect as *const () as usize,
        Symbol::Intern => marshal::intern as *const () as usize,
        Symbol::Enter => callback::enter as *const () as usize,
        Symbol::BoxArgument => callback::box_argument as *const () as usize,
        Symbol::Settle => callback::settle as *const () as usize,
        Symbol::Elsewhere => callback::elsewhere as *const () as usize,
    }
}
