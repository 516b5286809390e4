import { measure } from "./measure.mjs";
const { symbols } = Deno.dlopen(Deno.args[0], {
  add2: { parameters: ["f64", "f64"], result: "f64" },
  eight: { parameters: ["i32", "f64", "i64", "f32", "i16", "f64", "u8", "i64"], result: "f64" },
  first: { parameters: ["buffer"], result: "i64" },
  apply: { parameters: ["function", "i32"], result: "i64" },
});
const callback = new Deno.UnsafeCallback({ parameters: ["i32", "i32"], result: "i32" }, (x, y) => x + y);
const encoder = new TextEncoder();
measure(symbols, callback.pointer, () => encoder.encode("hello\0"));
