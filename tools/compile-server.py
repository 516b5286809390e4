#!/usr/bin/env python3
"""Runs the compilers for Windows on behalf of tests under Wine, which starts programs of Linux but does not wait for them.

Prints the port of this machine that it listens at. A request is words separated by NUL: gcc, clang or dlltool, and its
arguments; the answer is a line with the status, and what the program has printed.
"""
import socketserver
import subprocess

GCC = "x86_64-w64-mingw32-gcc"
PROGRAMS = {
    "gcc": [GCC],
    "clang": ["clang", "--target=x86_64-w64-mingw32"],
    "dlltool": ["x86_64-w64-mingw32-dlltool"],
}


def commands(program, arguments):
    """What to run, one after the other. clang does not find mingw's libraries, so that gcc links what it has compiled."""
    sources = [word for word in arguments if word.endswith(".c")]
    if program != "clang" or not sources:
        return [PROGRAMS[program] + arguments]
    own = [word for word in arguments if word.startswith("-") and word not in ("-o", "-shared") and word[:2] != "-l"]
    objects = [f"{source}.o" for source in sources]
    compiling = [PROGRAMS[program] + own + ["-c", source, "-o", f"{source}.o"] for source in sources]
    linking = [f"{word}.o" if word in sources else word for word in arguments]
    return compiling + [[GCC] + linking, ["rm"] + objects]


class Request(socketserver.StreamRequestHandler):
    def handle(self):
        program, *arguments = self.rfile.read().decode().split("\0")
        try:
            for command in commands(program, arguments):
                done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
                if done.returncode:
                    break
            self.wfile.write(b"%d\n%s" % (done.returncode, done.stdout))
        except (KeyError, OSError) as error:
            self.wfile.write(f"127\n{error!r}".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    # What all tests of a suite ask for at once.
    request_queue_size = 128


with Server(("127.0.0.1", 0), Request) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
