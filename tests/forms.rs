//! One function through each form of call, and the shapes of list that the list form takes.

mod support;

use kapi::{Obj, tag};
use support::{call, fixed, leaves_nothing, list_form, native, spec};

fn pow_of(x: Result<Obj, String>) -> f64 {
    x.unwrap().get::<f64>()
}

#[test]
fn the_fixed_form_takes_exact_and_converted_arguments() {
    leaves_nothing(|| {
        let pow = fixed(spec("libm", "pow"), "ff", "f").unwrap();
        assert_eq!(pow_of(call(&pow, &[Obj::float(2.0), Obj::float(3.0)])), 8.0);
        assert_eq!(pow_of(call(&pow, &[Obj::long(2), Obj::real(5.0)])), 32.0);
        let wrong = call(&pow, &[Obj::float(2.0), Obj::symbol("a")]);
        assert_eq!(wrong.unwrap_err(), "type: pow[1]: f wants float, got symbol");
    });
}

#[test]
fn the_list_form_takes_three_shapes() {
    leaves_nothing(|| {
        let pow = list_form(spec("libm", "pow"), "ff", "f").unwrap();
        let (two, three, null) = (Obj::float(2.0), Obj::float(3.0), Obj::null());
        let ffikdb = Obj::list(vec![two.clone(), three.clone(), null]);
        let shapes = [
            Obj::list(vec![two.clone(), three.clone()]),
            Obj::from_slice(tag::KF, &[2.0, 3.0]),
            Obj::list(vec![ffikdb.clone()]),
            ffikdb,
            Obj::list(vec![Obj::long(2), three.clone()]),
            Obj::from_slice(tag::KJ, &[2_i64, 3]),
        ];
        for shape in shapes {
            assert_eq!(pow_of(call(&pow, &[shape])), 8.0);
        }
        for (given, list) in [
            (1, Obj::list(vec![two.clone()])),
            (0, Obj::list(vec![Obj::null()])),
            (3, Obj::from_slice(tag::KF, &[1.0, 2.0, 3.0])),
            (1, Obj::list(vec![Obj::list(vec![two, Obj::null()])])),
        ] {
            let text = format!("rank: pow: 2 parameters, {given} given");
            assert_eq!(call(&pow, &[list]).unwrap_err(), text);
        }
    });
}

#[test]
fn call_function_takes_the_types_from_the_data() {
    leaves_nothing(|| {
        let f = native("callFunction");
        let args = |items: Vec<Obj>| Obj::list([items, vec![Obj::null()]].concat());
        let length = call(&f, &[Obj::symbol("strlen"), args(vec![Obj::string(b"abc")])]);
        assert_eq!(length.unwrap().get::<i32>(), 3);
        let buffer = Obj::from_slice(tag::KC, &[0_u8; 40]);
        let format = Obj::string(b"%s %.2f %d %hd\0");
        let items =
            vec![buffer.clone(), format, Obj::symbol("a"), Obj::float(2.5), Obj::int(-7), Obj::short(9)];
        let written = call(&f, &[Obj::symbol("sprintf"), args(items)]).unwrap();
        assert_eq!(&buffer.slice::<u8>()[..written.get::<i32>() as usize], b"a 2.50 -7 9");
    });
}

support::all_again!(without_thread_word, with_guard);
