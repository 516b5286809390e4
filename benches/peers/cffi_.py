import sys

import cffi

from measure import measure

ffi = cffi.FFI()
ffi.cdef("""
double add2(double, double);
double eight(int32_t, double, int64_t, float, int16_t, double, uint8_t, int64_t);
int64_t first(const char *);
int64_t apply(int32_t (*)(int32_t, int32_t), int32_t);
""")
callback = ffi.callback("int32_t(int32_t, int32_t)", lambda x, y: x + y)
measure(ffi.dlopen(sys.argv[1]), callback, lambda n: ffi.new("double[]", n))
