use kapi as _;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let p = ffijit::prototype::Prototype::get(a[1].as_bytes(), a[2].as_bytes()).unwrap();
    println!("{}", ffijit::jit::disassemble(&p.plans, ffijit::jit::Form::Fixed).unwrap());
}
