"""What the two Python ways share: `c` has the functions, `callback` is one of C's."""

import time


def best(name, n, work):
    least = float("inf")
    for _ in range(7):
        start = time.perf_counter_ns()
        work(n)
        least = min(least, time.perf_counter_ns() - start)
    print(f"{name}\t{least / n}")


def measure(c, callback, doubles):
    assert c.add2(2, 3) == 5
    assert c.eight(1, 2, 3, 4, 5, 6, 7, 8) == 36
    assert c.first(b"hello") == 104
    assert c.apply(callback, 4) == 10
    add2, eight, first = c.add2, c.eight, c.first

    def calls(n):
        for i in range(n):
            add2(i, 3.0)

    def eights(n):
        for i in range(n):
            eight(i, 2.0, 3, 4.0, 5, 6.0, 7, 8)

    def texts(n):
        for _ in range(n):
            first(b"hello")

    best("call", 200_000, calls)
    best("eight", 100_000, eights)
    best("text", 200_000, texts)
    best("callback", 50_000, lambda n: c.apply(callback, n))
    count = 1_000_000
    x, y, r = doubles(count), doubles(count), doubles(count)
    for i in range(count):
        x[i], y[i] = i, 1

    def elements(n):
        for i in range(n):
            r[i] = add2(x[i], y[i])

    best("elements", count, elements)
    assert r[count - 1] == count
