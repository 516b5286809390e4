//! What is known before anything is declared: what stddef.h, stdint.h, stdbool.h, sys/types.h and stdio.h name.
//!
//! It is C, read by the same reader. Whoever declares one of these names replaces it.

use super::lexer::Lexer;
use super::model::Model;
use super::parser::Parser;
use super::scope::{Meaning, Scope, Strength};
use super::types::{Extent, Kind, Qualified, Scalar};

const COMMON: &str = "
typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef int8_t int_least8_t;
typedef int16_t int_least16_t;
typedef int32_t int_least32_t;
typedef uint8_t uint_least8_t;
typedef uint16_t uint_least16_t;
typedef uint32_t uint_least32_t;
typedef __int128 __int128_t;
typedef unsigned __int128 __uint128_t;
typedef float _Float32;
typedef double _Float64;
typedef double _Float32x;
typedef long double _Float64x;
typedef va_list __builtin_va_list;
typedef va_list __gnuc_va_list;
#define NULL ((void*)0)
#define true 1
#define false 0
";

const LP64: &str = "
typedef unsigned long size_t;
typedef long ssize_t;
typedef long ptrdiff_t;
typedef long intptr_t;
typedef unsigned long uintptr_t;
typedef long int64_t;
typedef unsigned long uint64_t;
typedef long intmax_t;
typedef unsigned long uintmax_t;
typedef int64_t int_least64_t;
typedef uint64_t uint_least64_t;
typedef signed char int_fast8_t;
typedef long int_fast16_t, int_fast32_t, int_fast64_t;
typedef unsigned char uint_fast8_t;
typedef unsigned long uint_fast16_t, uint_fast32_t, uint_fast64_t;
typedef long off_t, off64_t, time_t, clock_t, suseconds_t, blkcnt_t, blksize_t;
typedef unsigned long dev_t, ino_t, nlink_t;
typedef unsigned int mode_t, uid_t, gid_t, id_t, useconds_t;
typedef int pid_t, key_t, clockid_t;
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef struct _IO_FILE FILE;
typedef struct _G_fpos_t fpos_t;
";

const LLP64: &str = "
typedef unsigned long long size_t;
typedef long long ssize_t;
typedef long long ptrdiff_t;
typedef long long intptr_t;
typedef unsigned long long uintptr_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
typedef long long intmax_t;
typedef unsigned long long uintmax_t;
typedef int64_t int_least64_t;
typedef uint64_t uint_least64_t;
typedef signed char int_fast8_t;
typedef short int_fast16_t;
typedef int int_fast32_t;
typedef long long int_fast64_t;
typedef unsigned char uint_fast8_t;
typedef unsigned short uint_fast16_t;
typedef unsigned int uint_fast32_t;
typedef unsigned long long uint_fast64_t;
typedef long off_t, clock_t;
typedef long long off64_t, time_t;
typedef struct _iobuf FILE;
typedef long long fpos_t;
";

impl Scope {
    /// A scope in which what everybody includes is known.
    pub fn new(model: Model) -> Self {
        let mut scope = Self::empty(model);
        let file = scope.file("known beforehand");
        let lexer = Lexer::new(COMMON, file);
        let mut know = |name: &str, kind: Kind| {
            let ty = Qualified { ty: scope.types.intern(kind), constant: false };
            scope
                .declare(name, Meaning::Type(ty), lexer.place(), Strength::Known)
                .expect("nothing was known before");
        };
        know("va_list", Kind::VaList);
        know("bool", Kind::Scalar(Scalar::Bool));
        know("wchar_t", Kind::Scalar(Scalar::Wide));
        for name in ["_Float128", "__float128"] {
            know(name, Kind::Unsupported(name.into(), Extent { size: 16, align: 16 }));
        }
        let platform = if model.long == 8 { LP64 } else { LLP64 };
        for text in [COMMON, platform] {
            scope.start_reading();
            let read = Parser::new(Lexer::new(text, file), &mut scope, Strength::Known, false).read();
            read.expect("what is known beforehand can be read");
        }
        scope
    }
}
