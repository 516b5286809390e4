#!/usr/bin/env python3
"""Writes reference.txt: values of functions to 50 digits, by mpmath. Each line has the function, the bits of its arguments,
the value, the nearest double's bits, and what the value is more than that."""

import random
import struct

import mpmath

mpmath.mp.dps = 80
random.seed(20)


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def single(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


RANGES = {
    "exp": (-700, 700),
    "log": (1e-300, 1e3),
    "sin": (-100, 100),
    "cos": (-100, 100),
    "pow": (1e-3, 1e3),
    "expf": (-80, 80),
    "logf": (1e-30, 1e3),
    "sinf": (-100, 100),
    "cosf": (-100, 100),
    "powf": (1e-2, 1e2),
}

with open("reference.txt", "w") as out:
    for name, (low, high) in RANGES.items():
        is_single = name.endswith("f")
        function = name.removesuffix("f")
        for i in range(120):
            x = random.uniform(low, high) if i % 2 else random.uniform(low / 50, high / 50)
            if function in ("log", "pow") and x <= 0:
                x = high
            arguments = [x, random.uniform(-8, 8)] if function == "pow" else [x]
            if is_single:
                arguments = [single(a) for a in arguments]
            exact = [mpmath.mpf(a) for a in arguments]
            value = exact[0] ** exact[1] if function == "pow" else getattr(mpmath, function)(*exact)
            near = float(value)
            more = float(value - mpmath.mpf(near))
            given = " ".join(f"{bits(a):016x}" for a in arguments)
            out.write(f"{name} {given} {mpmath.nstr(value, 50)} {bits(near):016x} {more!r}\n")
