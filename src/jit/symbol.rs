//! What code names, and does not know the address of.

#![forbid(unsafe_code)]

use crate::os::ThreadPlace;

macro_rules! symbols {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// What stubs and thunks refer to by address. The first three differ from copy to copy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum Symbol {
            $($(#[$doc])* $name),+
        }

        impl Symbol {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Symbol] = &[$(Symbol::$name),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Symbol::$name => stringify!($name)),+
                }
            }

            /// Of one that stands for a word of the thread's own, which.
            pub fn thread_place(self) -> Option<ThreadPlace> {
                match self {
                    Symbol::EntryRecord => Some(ThreadPlace::Entry),
                    Symbol::Record => Some(ThreadPlace::Own),
                    Symbol::ThreadBlock => Some(ThreadPlace::Block),
                    _ => None,
                }
            }
        }
    };
}

symbols! {
    /// The C function that a stub calls.
    Target,
    /// What code hands to the runtime to say whose it is: a binding or a callback.
    Context,
    /// The q function that a thunk applies.
    Function,
    /// The record of the thread that runs the code, if stubs are to call C there: what the first of its own words holds
    /// ([`super::RecordAccess::Word`]).
    EntryRecord,
    /// The record of the thread that runs the code, which is one of q's: what the second holds.
    Record,
    /// Gives what [`Symbol::EntryRecord`] is, and makes a record where there is none: `fn() -> *const Record`
    /// ([`super::RecordAccess::Call`]).
    CurrentRecord,
    /// The destructor by which a callback's foreign object is known.
    ReleaseCallback,
    /// `ka` of the K API.
    AllocateAtom,
    /// `kb` of the K API.
    MakeBoolean,
    /// `kg` of the K API.
    MakeByte,
    /// `kc` of the K API.
    MakeChar,
    /// `kh` of the K API.
    MakeShort,
    /// `ki` of the K API.
    MakeInt,
    /// `kj` of the K API.
    MakeLong,
    /// `kf` of the K API.
    MakeFloat,
    /// `ktn` of the K API.
    AllocateVector,
    /// `r0` of the K API.
    Release,
    /// `dot` of the K API.
    Apply,
    /// Makes the generic null: `fn() -> K`.
    Null,
    /// Makes a list of objects, which it consumes; NULL if one of them is: `fn(*const K, count) -> K`.
    MakeList,
    /// Makes a symbol atom of a text that C gave, NULL as the empty symbol: `fn(*const c_char) -> K`. NULL, like all
    /// that allocates, when memory is full.
    MakeSymbol,
    /// The cold path of a fixed-rank stub that leaves its arguments where they came, before the binding's address as a
    /// float: `fn(K, K, K, K, K, K, K, K, f64) -> K`.
    ColdInPlace,
    /// The cold path of one that lays them out in its frame: `fn(context, *const K) -> K`.
    ColdInSlot,
    /// The cold path of a list-form stub: `fn(K, context) -> K`.
    ColdList,
    /// Makes a K object of a pointer that C returned: `fn(word, context) -> K`.
    Rebox,
    /// Attends to what waits, and signals the error that a callback has left or boxes the result:
    /// `fn(word, context) -> K`.
    Collect,
    /// The same at the end of an atomic loop, whose result is NULL if there was no memory: `fn(K) -> K`.
    CollectVector,
    /// Interns a text that C returned, NULL as the empty symbol: `fn(*const c_char) -> *const c_char`.
    Intern,
    /// Asks to enter q from C, on the thread that made the callback; 0 if it may not: `fn(context, *mut Suspended) ->
    /// word`.
    Enter,
    /// Makes a K object of an argument that is no number: `fn(context, index, word) -> K`.
    BoxArgument,
    /// Turns what q returned into C's result, NULL as an error, and leaves q: `fn(context, *const Suspended, K, *mut
    /// word)`.
    Settle,
    /// Leaves q, where the thunk does not by itself: `fn(context, *const Suspended)`.
    Leave,
    /// Finds a result where q cannot be entered: `fn(context, *mut words, *mut word)`.
    Elsewhere,
    /// The environment block of the thread that runs the code, on Windows.
    ThreadBlock,
}
