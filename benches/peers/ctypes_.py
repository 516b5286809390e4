import ctypes as t
import sys

from measure import measure

c = t.CDLL(sys.argv[1])
function = t.CFUNCTYPE(t.c_int32, t.c_int32, t.c_int32)
c.add2.argtypes, c.add2.restype = [t.c_double, t.c_double], t.c_double
c.eight.argtypes = [t.c_int32, t.c_double, t.c_int64, t.c_float, t.c_int16, t.c_double, t.c_uint8, t.c_int64]
c.eight.restype = t.c_double
c.first.argtypes, c.first.restype = [t.c_char_p], t.c_int64
c.apply.argtypes, c.apply.restype = [function, t.c_int32], t.c_int64
measure(c, function(lambda x, y: x + y), lambda n: (t.c_double * n)())
