-- LuaJIT: arg[1] is the library.
local ffi = require "ffi"
ffi.cdef [[
double add2(double, double);
double eight(int32_t, double, int64_t, float, int16_t, double, uint8_t, int64_t);
int64_t first(const char *);
int64_t apply(int32_t (*)(int32_t, int32_t), int32_t);
typedef struct { long s, ns; } now_t;
int clock_gettime(int, now_t *);
]]
local c, t = ffi.load(arg[1]), ffi.new "now_t"
local function now() ffi.C.clock_gettime(1, t) return tonumber(t.s) * 1e9 + tonumber(t.ns) end
local function best(name, n, f)
  local least = math.huge
  for _ = 1, 7 do
    local start = now()
    f(n)
    least = math.min(least, now() - start)
  end
  print(name .. "\t" .. least / n)
end
assert(c.add2(2, 3) == 5 and c.eight(1, 2, 3, 4, 5, 6, 7, 8) == 36 and c.first "hello" == 104)
local callback = ffi.cast("int32_t (*)(int32_t, int32_t)", function(x, y) return x + y end)
assert(c.apply(callback, 4) == 10)
-- The sum keeps the compiler from leaving calls out; callbacks must not come from compiled code.
best("call", 1000000, function(n) local s = 0 for i = 1, n do s = s + c.add2(i, 3) end return s end)
best("eight", 1000000, function(n) local s = 0 for i = 1, n do s = s + c.eight(i, 2, 3, 4, 5, 6, 7, 8) end return s end)
best("text", 1000000, function(n) local s = 0 for _ = 1, n do s = s + tonumber(c.first "hello") end return s end)
local function apply(n) return c.apply(callback, n) end
jit.off(apply)
best("callback", 100000, apply)
local N = 1000000
local x, y, r = ffi.new("double[?]", N), ffi.new("double[?]", N), ffi.new("double[?]", N)
for i = 0, N - 1 do x[i], y[i] = i, 1 end
best("elements", N, function(n) for i = 0, n - 1 do r[i] = c.add2(x[i], y[i]) end end)
assert(r[N - 1] == N)
