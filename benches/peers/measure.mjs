// What the three JavaScript ways share. `c` has the functions, `callback` is one of C's.
export function measure(c, callback, text, to_number = Number) {
  const best = (name, n, f) => {
    let least = Infinity;
    for (let i = 0; i < 7; i++) {
      const start = performance.now();
      f(n);
      least = Math.min(least, performance.now() - start);
    }
    console.log(name + "\t" + (least * 1e6) / n);
  };
  const check = (ok, what) => {
    if (!ok) throw new Error(what);
  };
  check(c.add2(2, 3) === 5, "add2");
  check(c.eight(1, 2, 3n, 4, 5, 6, 7, 8n) === 36, "eight");
  check(to_number(c.first(text())) === 104, "first");
  check(to_number(c.apply(callback, 4)) === 10, "apply");
  best("call", 1e6, (n) => { let s = 0; for (let i = 0; i < n; i++) s += c.add2(i, 3); return s; });
  best("eight", 2e5, (n) => { let s = 0; for (let i = 0; i < n; i++) s += c.eight(i, 2, 3n, 4, 5, 6, 7, 8n); return s; });
  best("text", 2e5, (n) => { let s = 0; for (let i = 0; i < n; i++) s += to_number(c.first(text())); return s; });
  best("callback", 1e5, (n) => c.apply(callback, n));
  const N = 1e6, x = new Float64Array(N), y = new Float64Array(N), r = new Float64Array(N);
  for (let i = 0; i < N; i++) { x[i] = i; y[i] = 1; }
  best("elements", N, (n) => { for (let i = 0; i < n; i++) r[i] = c.add2(x[i], y[i]); });
  check(r[N - 1] === N, "elements");
}
