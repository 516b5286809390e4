//! What many faults leave behind: nothing.

use crate::run;
use crate::support::script::written;

#[test]
fn copies_and_what_lies_behind_them_leave_nothing_behind() {
    let code = "before:f[`put_byte;\"rj\";\" \"]\n.ffi.guard 2\nx:100#1f\ns:`a`b`c\nl:(\"ab\";\"c\")\n\
        p:f[`put_item;\"Sjj\";\" \"]\nn:f[`call;\"k\";\"j\"]\n\
        many:{do[x;before[x:1 2 3;0];@[before[1 2 3];24;::];p[s;0;0];@[p[l;1];9;::];@[p[s;1];9;::];\
        @[n;({before[1 2;16]};\"j\";\"j\");::];f[`fill_three;\"&i&f&c\";\" \"][]]}\n\
        state:{(.Q.w[]`used;count read0`:/proc/self/maps;count .ffi.stubs[];.ffi.stats[]`ownedBytes)}\n\
        many 10; before0:state[]; before0:state[]\nmany 1000\nafter:state[]\nt\"all before0>=after\"\nt\".ffi.stats[]`faults\"";
    let output = run("copies", code, &[], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("1b\n4040\n", ""), "{}", output.status);
}

#[test]
fn a_hundred_thousand_faults_leave_nothing_behind() {
    let code = ".ffi.guard 1b\nmaps:{count read0`:/proc/self/maps}\ncount0:f[`descriptors;\"\";\"j\"]\n\
        handlers:f[`alternate_stack;\"\";\"j\"]\nsame:{handlers[]=own}\nown:handlers[]\n\
        g:.ffi.atomic[(L;`fraction);\"f\";\"f\"]\nk:f[`same;\"r\";\"K\"]\n\
        many:{do[x;@[read_at;8;::];@[read_at;8i;::];@[g;1 -2 3f;::];@[k;8;::];@[k;8i;::]]}\n\
        state:{(.Q.w[]`used;maps[];count0[];count .ffi.stubs[];sum .ffi.stubs[]`bytes;.ffi.stats[]`ownedBytes)}\n\
        many 100; before:state[]; before:state[]\nmany 33334\nafter:state[]\nt\"same[]&all before>=after\"\nt\".ffi.stats[]`faults\"";
    let output = run("many", code, &[], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("1b\n100302\n", ""), "{}", output.status);
}
