//! Counts of the whole process, exact because this process runs one test.

use kapi::error::catch;
use kapi::object::{K, Obj, tag};
use kapi::{Symbol, heap};
use std::sync::mpsc;
use std::thread;

/// An object on its way to another thread.
struct Parcel(K);

// SAFETY: the sender gives its only reference away.
unsafe impl Send for Parcel {}

fn sample(i: i64) -> Obj {
    let name = Symbol::from(format!("s{}", i % 10).as_str());
    Obj::list(vec![Obj::long(i), Obj::sym(name), Obj::zeroed(tag::KF, i as usize % 700), Obj::guid([7; 16])])
}

/// Each of four threads makes objects, frees a third itself and passes the others on to the next thread.
fn pass_objects_around() {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..4).map(|_| mpsc::channel::<Parcel>()).unzip();
    let threads: Vec<_> = receivers
        .into_iter()
        .enumerate()
        .map(|(i, received)| {
            let next = senders[(i + 1) % 4].clone();
            thread::spawn(move || {
                for n in 0..3000 {
                    let object = sample(n);
                    if n % 3 != 0 {
                        next.send(Parcel(object.into_raw())).unwrap();
                    }
                }
                drop(next);
                for Parcel(object) in received {
                    // SAFETY: the only reference, made by the thread before.
                    assert_eq!(unsafe { Obj::from_raw(object) }.len(), 4);
                }
            })
        })
        .collect();
    drop(senders);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

fn limits_are_kept() {
    let held = heap::stats().heap;
    heap::set_limit(held + (1 << 20));
    assert_eq!(heap::limit(), held + (1 << 20));
    let error = catch(|| Ok(Obj::zeroed(tag::KG, 64 << 20))).unwrap_err();
    assert_eq!(error.text, "wsfull");
    assert!(heap::stats().heap < held, "free lists are given up before an allocation fails");
    heap::set_limit(0);
    assert_eq!(heap::limit(), 0);
    drop(Obj::zeroed(tag::KG, 64 << 20));
    let stats = heap::stats();
    assert!(stats.peak >= held + (64 << 20));
    assert!(stats.heap < held + (64 << 20), "large blocks go back at once");
}

#[test]
fn counts_are_exact_over_threads_and_limits() {
    let before = heap::live();
    let kept = sample(600);
    assert_eq!(heap::live().0, before.0 + 5);
    pass_objects_around();
    assert_eq!(heap::live().0, before.0 + 5, "objects of threads that have ended");
    drop(kept);
    assert_eq!(heap::live(), before);
    limits_are_kept();
    assert_eq!(heap::live(), before);
    drop(sample(600));
    assert!(heap::trim() > 0);
    let stats = heap::stats();
    assert_eq!((stats.objects, stats.bytes, stats.heap as i64), (before.0, before.1, before.1));
}
