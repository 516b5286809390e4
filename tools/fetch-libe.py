#!/usr/bin/env python3
"""Fetches KX's C runtime into target/libe: l64/libe.so, l64arm/libe.so, w64/e.dll.

It is part of the Python package pykx, under the Apache licence, and has the functions of k.h that kdb+ and
extensions share. The tests run on it when it is there. `--wheel FILE` unpacks a wheel that is there already.
"""

import argparse
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

VERSION = "4.2.0"
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target/libe"

# Where each library goes, and its SHA-256. All wheels of the version hold all of them.
LIBRARIES = {
    "l64/libe.so": "c1b4b03db5f57360969a72213beebdcdf5dee99eb90ba67f0275899ac49c66ce",
    "l64arm/libe.so": "af30cac0690aec69107aaa8da67834e7bef5d9359e0b740dd34686f42c7d0a1e",
    "w64/e.dll": "0a866566e47b5c7e645fedfd2da7578f183b5b5896d0b3192c237026e10ef0f2",
}


def is_good(name):
    path = TARGET / name
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == LIBRARIES[name]


def download():
    """The wheel, by pip. Which platform's does not matter."""
    command = [sys.executable, "-m", "pip", "download", f"pykx=={VERSION}", "--quiet", "--no-deps", "--dest", TARGET]
    command += ["--only-binary=:all:", "--python-version=3.11", "--platform=manylinux2014_x86_64"]
    subprocess.run(command, check=True)
    return next(TARGET.glob(f"pykx-{VERSION}-*.whl"))


def unpack(wheel):
    with zipfile.ZipFile(wheel) as members:
        for name in LIBRARIES:
            path = TARGET / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(members.read(f"pykx/lib/{name}"))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--wheel", type=Path, help="do not download")
    wheel = options.parse_args().wheel
    if all(map(is_good, LIBRARIES)):
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    unpack(wheel or download())
    bad = [name for name in LIBRARIES if not is_good(name)]
    if bad:
        sys.exit(f"not what pykx {VERSION} is known to hold: {', '.join(bad)}")


if __name__ == "__main__":
    main()
