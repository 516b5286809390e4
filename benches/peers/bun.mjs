import { dlopen, JSCallback } from "bun:ffi";
import { measure } from "./measure.mjs";
const { symbols } = dlopen(process.argv[2], {
  add2: { args: ["f64", "f64"], returns: "f64" },
  eight: { args: ["i32", "f64", "i64", "f32", "i16", "f64", "u8", "i64"], returns: "f64" },
  first: { args: ["cstring"], returns: "i64" },
  apply: { args: ["function", "i32"], returns: "i64" },
});
const callback = new JSCallback((x, y) => x + y, { args: ["i32", "i32"], returns: "i32" });
measure(symbols, callback.ptr, () => Buffer.from("hello\0"));
process.exit(0);
