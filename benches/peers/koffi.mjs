import koffi from "koffi";
import { measure } from "./measure.mjs";
const library = koffi.load(process.argv[2]);
const type = koffi.proto("int32_t Callback(int32_t, int32_t)");
measure({
  add2: library.func("double add2(double, double)"),
  eight: library.func("double eight(int32_t, double, int64_t, float, int16_t, double, uint8_t, int64_t)"),
  first: library.func("int64_t first(const char *)"),
  apply: library.func("int64_t apply(Callback *, int32_t)"),
}, koffi.register((x, y) => x + y, koffi.pointer(type)), () => "hello");
