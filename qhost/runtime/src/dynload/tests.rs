use super::*;
use std::fs;

/// A directory of this test's own with an empty file of each name.
fn directory(test: &str, names: &[&str]) -> PathBuf {
    let directory = env::temp_dir().join(format!("kapi-{test}-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    names.iter().for_each(|name| fs::write(directory.join(name), "").unwrap());
    directory
}

fn with_suffix(name: &str) -> String {
    format!("{name}{}", env::consts::DLL_SUFFIX)
}

#[test]
fn libraries_are_found_as_q_finds_them() {
    let (a, b) = (with_suffix("kapi_a"), with_suffix("kapi_b"));
    let first = directory("first", &[&a]);
    let second = directory("second", &[&a, &b]);
    let path = [first.clone(), second.clone()];
    let found = |name: &str| resolve(name.as_bytes(), &path);
    assert_eq!(found("kapi_a"), first.join(&a));
    assert_eq!(found(&a), first.join(&a));
    assert_eq!(found(":kapi_b"), second.join(&b));
    let absolute = second.join("kapi_a");
    assert_eq!(found(absolute.to_str().unwrap()), second.join(&a));
    // No such file: the linker's turn. A version after the extension counts as having one.
    assert_eq!(found("kapi_c"), PathBuf::from(with_suffix("kapi_c")));
    let versioned = with_suffix("kapi_d") + ".6";
    assert_eq!(found(&versioned), PathBuf::from(&versioned));
    [first, second].iter().for_each(|directory| fs::remove_dir_all(directory).unwrap());
}

#[test]
fn a_bare_name_in_the_working_directory_is_a_path() {
    let name = with_suffix("kapi_here");
    fs::write(&name, "").unwrap();
    let found = resolve(b"kapi_here", &[]);
    fs::remove_file(&name).unwrap();
    assert_eq!(found, Path::new(".").join(&name));
}

#[test]
fn the_linker_finds_what_is_no_file() {
    let spec = |rank: i64| Obj::list(vec![Obj::symbol("abs"), Obj::long(rank)]);
    let libc = if cfg!(target_os = "macos") { "libSystem" } else { "libc.so.6" };
    let f = load(&Obj::string(libc.as_bytes()), &spec(1)).unwrap();
    assert_eq!((f.tag(), kind(&f)), (tag::FOREIGN, Some(Kind::Function(1))));
    assert_eq!(load(&Obj::symbol(libc), &spec(9)).unwrap_err().text, "rank");
}

#[test]
fn only_functions_can_be_applied() {
    // SAFETY: neither a destructor nor a pointer.
    let foreign = unsafe { foreign(None, std::ptr::null_mut()) };
    let boxed = Obj::extern_box(Box::new(1));
    assert_eq!((kind(&foreign), kind(&boxed)), (Some(Kind::Foreign), Some(Kind::Boxed)));
    assert_eq!(kind(&Obj::long(1)), None);
    for object in [foreign, boxed, Obj::long(1)] {
        assert_eq!(apply(&object, &[Obj::null()]).unwrap_err().text, "type");
    }
    // SAFETY: refused, never called.
    let null = unsafe { function(std::ptr::null_mut(), 1) };
    assert_eq!(null.unwrap_err().text, "type");
}
