//! Functions that stubs reach by a displacement, and functions too far away for that.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod support;

use std::sync::Arc;

use ffijit::binding::Binding;
use ffijit::jit::Form;
use ffijit::library::Name;
use ffijit::prototype::Prototype;
use kapi::{Obj, tag};
use support::call;
use support::thread::on_q;

/// `lea rax,[rdi+rsi]; ret`: what C makes of `return x + y`.
const ADD: [u8; 5] = [0x48, 0x8d, 0x04, 0x37, 0xc3];
const PAGE: usize = 4096;

/// The function, at an address or, without one, where the kernel puts it: beside libraries and stubs.
fn add_at(address: Option<usize>) -> *const u8 {
    let fixed = if address.is_some() { libc::MAP_FIXED_NOREPLACE } else { 0 };
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | fixed;
    let hint = address.unwrap_or(0) as *mut libc::c_void;
    // SAFETY: a mapping of our own, which is filled before it becomes code and never unmapped.
    unsafe {
        let memory = libc::mmap(hint, PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
        assert_ne!(memory, libc::MAP_FAILED);
        memory.cast::<[u8; 5]>().write(ADD);
        assert_eq!(libc::mprotect(memory, PAGE, libc::PROT_READ | libc::PROT_EXEC), 0);
        memory.cast()
    }
}

struct Bound {
    binding: &'static Binding,
    target: *const u8,
}

impl Bound {
    fn new(form: Form, target: *const u8) -> Self {
        let name = Name { library: None, symbol: Arc::from(format!("{target:p}")) };
        let prototype = Prototype::get(b"jj", b"j").unwrap();
        Self { binding: Binding::new(name, prototype, form, target).unwrap(), target }
    }

    /// Whether its stub has a call of the function with the displacement in it.
    fn calls_directly(&self) -> bool {
        let template = self.binding.prototype.template(self.binding.form).unwrap();
        let start = self.binding.entry();
        let size = template.size() - template.entry();
        // SAFETY: the stub's own code.
        let code = unsafe { std::slice::from_raw_parts(start, size) };
        let is_call = |(i, bytes): (usize, &[u8])| {
            let displacement = i32::from_le_bytes(bytes[1..5].try_into().unwrap());
            bytes[0] == 0xe8
                && start.wrapping_add(i + 5).wrapping_offset(displacement as isize) == self.target
        };
        code.windows(5).enumerate().any(is_call)
    }

    fn function(&self) -> Obj {
        // SAFETY: the reference is given away.
        unsafe { Obj::from_raw(self.binding.function().expect("memory").into_raw().cast()) }
    }
}

fn longs(values: &[i64]) -> Obj {
    Obj::from_slice(tag::KJ, values)
}

#[test]
fn near_and_far_functions_are_called_alike() {
    on_q(|| {
        let near = add_at(None);
        let stub = Bound::new(Form::Fixed, near).binding.entry() as usize;
        // 8 GiB below or above.
        let far = add_at(Some((stub ^ (8 << 30)) & !(PAGE - 1)));
        for (target, is_near) in [(near, true), (far, false)] {
            let [fixed, list, atomic] =
                [Form::Fixed, Form::List, Form::Atomic].map(|form| Bound::new(form, target));
            for bound in [&fixed, &list, &atomic] {
                assert_eq!(bound.calls_directly(), is_near, "{:?} at {target:p}", bound.binding.form);
            }
            assert_eq!(call(&fixed.function(), &[Obj::long(2), Obj::long(3)]), Ok(Obj::long(5)));
            assert_eq!(call(&list.function(), &[longs(&[2, 3])]), Ok(Obj::long(5)));
            let (x, y, sums) = (longs(&[1, 2, 3]), longs(&[10, 20, 30]), longs(&[11, 22, 33]));
            assert_eq!(call(&atomic.function(), &[x.clone(), y.clone()]), Ok(sums));
            assert_eq!(call(&atomic.function(), &[x, Obj::long(10)]), Ok(longs(&[11, 12, 13])));
            assert_eq!(call(&atomic.function(), &[Obj::long(1), y]), Ok(longs(&[11, 21, 31])));
        }
    });
}
