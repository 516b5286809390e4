use kapi as _;
use std::io::Write;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let p = ffijit::prototype::Prototype::get(a[1].as_bytes(), a[2].as_bytes()).unwrap();
    let form = if a.get(3).is_some() { ffijit::jit::Form::List } else { ffijit::jit::Form::Fixed };
    let t = p.template(form).unwrap();
    std::fs::File::create("/tmp/code.bin").unwrap().write_all(t.code()).unwrap();
}
