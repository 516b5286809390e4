//! Values that are no struct's, and types that no struct has.

use crate::{made_table, table};

/// Demands that `pack` signals each row's text for the types, in letters, and the value beside it.
fn packing(rows: &[(&str, &str, &str)]) {
    made_table("pack", rows.iter().map(|(types, value, text)| (format!("(\"{types}\";{value})"), text)));
}

#[test]
fn errors_name_the_field() {
    packing(&[
        ("if", "(1i;`a)", "type: pack: v[1]: f wants float, got symbol"),
        ("if", "(1i;2f;3f)", "length: pack: v: {if} wants 2 fields, got 3"),
        ("if", "5", "type: pack: v: {if} wants a list of its fields, got long"),
        ("if", "{x}", "type: pack: v: {if} wants a list of its fields, got function"),
        ("if", "(1i;::)", "type: pack: v[1]: f wants float, got ::"),
        ("i{fh}", "(1;(2.;70000))", "range: pack: v[1;1]: 70000 does not fit h"),
        ("i{fh}", "(1;2.)", "type: pack: v[1]: {fh} wants a list of its fields, got float"),
        ("i{fh}", "1 2", "type: pack: v[1]: {fh} wants a list of its fields, got long"),
        ("2{fh}", "enlist ((1.;2h);(1.;`))", "type: pack: v[0;1;1]: h wants short, got symbol"),
        ("2h", "enlist 1 2 3h", "length: pack: v[0]: 2h wants 2 values, got 3"),
        ("2h", "enlist (1h;`)", "type: pack: v[0;1]: h wants short, got symbol"),
        ("2h2h", "1 2", "type: pack: v[0]: 2h wants a list of its values, got long"),
        ("4c", "enlist \"abcde\"", "length: pack: v[0]: 4c wants 4 values, got 5"),
        ("g", "enlist 1", "type: pack: v[0]: g wants guid, got long"),
        ("xx", "([]a:1 2;b:3 4)", "type: pack: v[0;0]: x wants byte, got long"),
    ]);
}

#[test]
fn what_is_no_member_of_a_union_is_refused() {
    const WANTS: &str = "wants a member's number and its value";
    packing(&[
        ("|if", "(2;1)", "domain: pack: v[0]: {|if} has members 0 to 1, got 2"),
        ("|if", "-1 1", "domain: pack: v[0]: {|if} has members 0 to 1, got -1"),
        ("|if", "0N 1", "domain: pack: v[0]: {|if} has members 0 to 1, got 0N"),
        ("|if", "0Wi,1i", "domain: pack: v[0]: {|if} has members 0 to 1, got 0W"),
        ("|if", "(`i;1)", "type: pack: v[0]: {|if} wants a member's number, got symbol"),
        ("|if", "(1b;1)", "type: pack: v[0]: {|if} wants a member's number, got boolean"),
        ("|if", "0 1f", "type: pack: v[0]: {|if} wants a member's number, got float"),
        ("|if", "(0;1f)", "type: pack: v[1]: i wants int, got float"),
        ("|if", "0 5000000000", "range: pack: v[1]: 5000000000 does not fit i"),
        ("|if", "5", &format!("type: pack: v: {{|if}} {WANTS}, got long")),
        ("|if", "::", &format!("type: pack: v: {{|if}} {WANTS}, got ::")),
        ("|if", "`i`f!0 1", &format!("type: pack: v: {{|if}} {WANTS}, got dictionary")),
        ("|if", "([] i:0 1; f:0 1)", &format!("type: pack: v[0]: {{|if}} {WANTS}, got dictionary")),
        ("|if", "enlist 0", &format!("length: pack: v: {{|if}} {WANTS}, got 1")),
        ("|if", "0 1 2", &format!("length: pack: v: {{|if}} {WANTS}, got 3")),
        ("|if", "()", &format!("length: pack: v: {{|if}} {WANTS}, got 0")),
        ("i{|if}", "1 2", &format!("type: pack: v[1]: {{|if}} {WANTS}, got long")),
        ("i{|{if}j}", "(1;(0;(1;`a)))", "type: pack: v[1;1;1]: f wants float, got symbol"),
        ("i{|{if}j}", "(1;(0;1 2 3))", "length: pack: v[1;1]: {if} wants 2 fields, got 3"),
        ("2{|if}", "enlist 0 1", &format!("type: pack: v[0;0]: {{|if}} {WANTS}, got long")),
        ("2{|if}", "enlist (0 1;3 1)", "domain: pack: v[0;1;0]: {|if} has members 0 to 1, got 3"),
        (
            "|iC",
            "(1;\"abc\")",
            "type: pack: v[1]: C wants what outlives the call: a symbol, or a vector (a string that ends in \"\\000\"), got char vector",
        ),
        ("!ij", "1 2 3", "length: pack: v: {!ij} wants 2 fields, got 3"),
        ("!|ij", "0 1 2", "length: pack: v: {!|ij} wants a member's number and its value, got 3"),
    ]);
}

#[test]
fn types_that_no_struct_has_are_refused() {
    let deep = "{".repeat(17) + "i" + &"}".repeat(17);
    let rows: &[(&str, &str)] = &[
        ("{i", "sig: \"{i\": unbalanced { at 0"),
        ("i}", "sig: \"i}\": unbalanced } at 1"),
        ("", "sig: \"\": empty struct at 0"),
        ("i{}", "sig: \"i{}\": empty struct at 2"),
        ("0i", "sig: \"0i\": count of 0 at 0"),
        ("4", "sig: \"4\": count without a type at 1"),
        ("9000000000i", "sig: \"9000000000i\": count over 1048576 at 0"),
        ("1048576j", "sig: \"1048576j\": struct over 1048576 bytes at 7"),
        ("1000{1000{1000{1000i}}}", "sig: \"1000{1000{1000{1000i}}}\": struct over 1048576 bytes at 21"),
        ("q", "sig: \"q\": unknown type character q at 0"),
        ("i ", "sig: \"i \": void is a result, not a parameter at 1"),
        ("i...", "sig: \"i...\": unknown type character . at 1"),
        (deep.as_str(), "sig: \"{{{{{{{{{{{{{{{{{i}}}}}}}}}}}}}}}}}\": struct deeper than 16 at 15"),
        ("|", "sig: \"|\": empty struct at 1"),
        ("|!ij", "sig: \"|!ij\": unknown type character ! at 1"),
        ("i!j", "sig: \"i!j\": unknown type character ! at 1"),
        ("!!ij", "sig: \"!!ij\": unknown type character ! at 1"),
        ("i{|}", "sig: \"i{|}\": empty struct at 3"),
        ("{|ij", "sig: \"{|ij\": unbalanced { at 0"),
        ("|200000j1048577c", "sig: \"|200000j1048577c\": count over 1048576 at 8"),
        ("|200000jc", "sig: \"|200000jc\": struct over 1048576 bytes at 8"),
        ("w:3w:29", "nyi: \"w:3w:29\": a count of bits at 1"),
    ];
    made_table("sizeof", rows.iter().map(|(types, text)| (format!("enlist\"{types}\""), text)));
}

#[test]
fn fields_that_are_not_there_have_no_offset() {
    table(
        "offsetof",
        &[
            ("(\"if\";2)", "domain: offsetof: {if} has fields 0 to 1, got 2"),
            ("(\"if\";-1i)", "domain: offsetof: {if} has fields 0 to 1, got -1"),
            ("(\"if\";`a)", "domain: offsetof: {if} has fields 0 to 1, got a"),
            ("(\"if\";0 0)", "domain: offsetof: i has no fields, got 0"),
            ("(\"|i4c\";1 4)", "domain: offsetof: 4c has values 0 to 3, got 4"),
            ("(\"i2{ff}\";(1;2;0))", "domain: offsetof: 2{ff} has values 0 to 1, got 2"),
            ("(`x`y!\"ff\";`z)", "domain: offsetof: no field z; there are x, y"),
            ("(`x`y!\"ff\";2)", "domain: offsetof: no field 2; there are x, y"),
            ("(`x`y!\"ff\";`x`y)", "domain: offsetof: f has no fields, got y"),
            (
                "(`a`b`!(\"i\";\"i\";`offset`bits`size`align!(0 0;3 5;4;4));`b)",
                "domain: offsetof: b is a bit-field",
            ),
            ("(\"if\";1f)", "type: offsetof: field wants names and numbers, got float"),
            ("(\"if\";{x})", "type: offsetof: field wants names and numbers, got function"),
            ("(\"if\";(0;\"a\"))", "type: offsetof: field wants names and numbers, got char"),
            ("(\"q\";0)", "sig: \"q\": unknown type character q at 0"),
        ],
    );
}
