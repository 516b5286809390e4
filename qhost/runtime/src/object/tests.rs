use super::*;
use crate::Symbol;
use crate::heap::live_here;
use proptest::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

/// Runs `body` and checks that it left no object behind.
fn balanced(body: impl FnOnce()) {
    let before = live_here();
    body();
    assert_eq!(live_here(), before);
}

#[test]
fn layout_is_kdbs() {
    let atom = Obj::atom(-tag::KD, 7i32);
    let list = Obj::from_slice(tag::KJ, &[5i64, 6]);
    let guid = Obj::guid(*b"0123456789abcdef");
    // SAFETY: reads inside the objects.
    unsafe {
        assert_eq!(*atom.as_raw().cast::<i8>().add(2), -14);
        assert_eq!(*atom.as_raw().cast::<i32>().add(1), 0);
        assert_eq!(*atom.as_raw().cast::<i32>().add(2), 7);
        assert_eq!(*list.as_raw().cast::<i64>().add(1), 2);
        assert_eq!(*list.as_raw().cast::<i64>().add(3), 6);
        assert_eq!(*guid.as_raw().cast::<i64>().add(1), 1);
        assert_eq!(*guid.as_raw().cast::<u8>().add(16), b'0');
    }
    assert_eq!((list.as_raw() as usize % 16, list.len(), atom.len()), (0, 2, 1));
}

#[test]
fn handles_count_and_free() {
    balanced(|| {
        let a = Obj::list(vec![Obj::long(1), Obj::string(b"abc"), Obj::list(vec![Obj::null()])]);
        let b = a.clone();
        assert_eq!((a.refcount(), a.is_same(&b)), (1, true));
        drop(a);
        assert_eq!(b.refcount(), 0);
        let table = Obj::table(Obj::dict(Obj::symbols(["x"]), Obj::list(vec![Obj::zeroed(tag::KJ, 3)])));
        assert_eq!((table.len(), table.index(1).tag()), (3, tag::XD));
    });
}

#[test]
fn writing_copies_what_is_shared() {
    balanced(|| {
        let mut a = Obj::from_slice(tag::KI, &[1i32, 2, 3]);
        let b = a.clone();
        a.slice_mut::<i32>()[0] = 9;
        assert_eq!((a.slice::<i32>(), b.slice::<i32>()), (&[9, 2, 3][..], &[1, 2, 3][..]));
        let mut list = Obj::list(vec![b.clone(), Obj::null()]);
        let shared = list.clone();
        list.slice_mut::<Obj>()[0] = Obj::long(4);
        assert_eq!((shared.index(0), list.index(0)), (b, Obj::long(4)));
        list.push(Obj::char(b'x'));
        assert_eq!((list.len(), shared.len()), (3, 2));
    });
}

#[test]
fn appending_grows_and_widens() {
    balanced(|| {
        let mut v = Obj::zeroed(tag::KJ, 0);
        (0..1000).for_each(|i| v.push(Obj::long(i)));
        assert_eq!(v.slice::<i64>(), (0..1000).collect::<Vec<_>>());
        v.push(Obj::symbol("end"));
        assert_eq!(
            (v.tag(), v.len(), v.index(999), v.index(1000)),
            (0, 1001, Obj::long(999), Obj::symbol("end"))
        );
        let shared = Obj::from_slice(tag::KG, b"abc");
        let mut other = shared.clone();
        other.push_elem(b'd');
        assert_eq!((shared.slice::<u8>(), other.slice::<u8>()), (&b"abc"[..], &b"abcd"[..]));
    });
}

#[test]
fn items_collapse_as_q_lists_do() {
    balanced(|| {
        assert_eq!(Obj::from_items(vec![Obj::long(1), Obj::long(2)]), Obj::from_slice(tag::KJ, &[1i64, 2]));
        assert_eq!(Obj::from_items(vec![Obj::long(1), Obj::int(2)]).tag(), tag::LIST);
        assert_eq!(Obj::from_items(vec![Obj::null(), Obj::null()]).tag(), tag::LIST);
        let row = |n| Obj::dict(Obj::symbols(["a", "b"]), Obj::list(vec![Obj::long(n), Obj::string(b"s")]));
        let table = Obj::from_items(vec![row(1), row(2)]);
        assert_eq!((table.tag(), table.len(), table.index(1)), (tag::XT, 2, row(2)));
        let guids = [Obj::guid([1; 16]), Obj::guid([2; 16])];
        assert_eq!(Obj::from_items(guids.to_vec()).slice::<[u8; 16]>(), [[1; 16], [2; 16]]);
    });
}

#[test]
fn outside_positions_give_nulls() {
    balanced(|| {
        assert!(Obj::zeroed(tag::KF, 2).index(5).get::<f64>().is_nan());
        assert_eq!(Obj::string(b"ab").index(2), Obj::char(b' '));
        assert_eq!(Obj::list(vec![Obj::int(1), Obj::null()]).index(9), Obj::int(i32::MIN));
        assert_eq!(Obj::list(vec![]).index(0), Obj::list(vec![]));
        assert_eq!(Obj::list(vec![Obj::string(b"ab")]).index(3), Obj::string(b""));
        assert_eq!(null(tag::KS).get::<Symbol>(), Symbol::empty());
    });
}

#[test]
#[cfg_attr(feature = "libe", ignore = "KX's r0 recurses")]
fn deep_nesting_is_freed_without_recursion() {
    balanced(|| {
        drop((0..1_000_000).fold(Obj::long(0), |inner, _| Obj::list(vec![inner])));
    });
}

#[test]
fn boxes_drop_their_value_once() {
    struct Count(Rc<Cell<i32>>);
    impl Drop for Count {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    balanced(|| {
        let drops = Rc::new(Cell::new(0));
        let boxed = Obj::extern_box(Box::new(Count(drops.clone())));
        let lambda = Obj::list_as(tag::LAMBDA, vec![boxed.clone(), Obj::string(b"{x}")]);
        assert!(boxed.extern_ref::<Count>().is_some() && boxed.extern_ref::<i32>().is_none());
        assert!(Obj::list(vec![]).extern_ref::<Count>().is_none());
        drop(boxed);
        assert_eq!(drops.get(), 0);
        drop(lambda);
        assert_eq!(drops.get(), 1);
    });
}

#[test]
#[should_panic(expected = "slice of tag 7")]
fn wrong_element_type_is_refused() {
    Obj::zeroed(tag::KJ, 1).slice::<f64>();
}

#[test]
fn impossible_lengths_are_wsfull() {
    balanced(|| {
        for n in [usize::MAX, usize::MAX / 8, 1 << 50] {
            let made = crate::error::catch(|| Ok(Obj::zeroed(tag::KJ, n)));
            assert_eq!(made.unwrap_err().text, "wsfull");
        }
    });
}

#[derive(Clone, Debug)]
enum Step {
    Make(i8, Vec<u8>),
    Clone(usize),
    Drop(usize),
    Wrap(usize, usize),
    Push(usize, usize),
    Write(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = prop::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        (prop::sample::select(vec![tag::KB, tag::KG, tag::KC]), bytes).prop_map(|(t, b)| Step::Make(t, b)),
        any::<usize>().prop_map(Step::Clone),
        any::<usize>().prop_map(Step::Drop),
        any::<(usize, usize)>().prop_map(|(a, b)| Step::Wrap(a, b)),
        any::<(usize, usize)>().prop_map(|(a, b)| Step::Push(a, b)),
        any::<usize>().prop_map(Step::Write),
    ]
}

/// What the handles should hold, in plain Rust values.
#[derive(Clone, Debug, PartialEq)]
enum Model {
    Bytes(i8, Vec<u8>),
    Items(Vec<Model>),
}

fn model_of(object: &Obj) -> Model {
    match object.tag() {
        tag::LIST => Model::Items(object.items().iter().map(model_of).collect()),
        t => Model::Bytes(t, object.slice().to_vec()),
    }
}

fn run(step: Step, handles: &mut Vec<(Obj, Model)>) {
    if let Step::Make(t, bytes) = step {
        return handles.push((Obj::from_slice(t, &bytes), Model::Bytes(t, bytes)));
    }
    let n = handles.len();
    if n == 0 {
        return;
    }
    match step {
        Step::Make(..) => unreachable!("handled above"),
        Step::Clone(i) => handles.push(handles[i % n].clone()),
        Step::Drop(i) => drop(handles.swap_remove(i % n)),
        Step::Wrap(i, j) => {
            let [(a, x), (b, y)] = [handles[i % n].clone(), handles[j % n].clone()];
            handles.push((Obj::list(vec![a, b]), Model::Items(vec![x, y])));
        }
        Step::Push(i, j) => {
            let (item, model) = handles[j % n].clone();
            let (list, list_model) = &mut handles[i % n];
            if let Model::Items(items) = list_model {
                list.push(item);
                items.push(model);
            }
        }
        Step::Write(i) => {
            let (list, model) = &mut handles[i % n];
            if let Model::Bytes(_, bytes) = model {
                list.slice_mut::<u8>().reverse();
                bytes.reverse();
            }
        }
    }
}

proptest! {
    #[test]
    fn handles_behave_like_values(steps in prop::collection::vec(step(), 0..60)) {
        let before = live_here();
        let mut handles = Vec::new();
        for step in steps {
            run(step, &mut handles);
            for (object, model) in &handles {
                prop_assert_eq!(&model_of(object), model);
            }
        }
        drop(handles);
        prop_assert_eq!(live_here(), before);
    }
}
