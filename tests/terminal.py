"""Runs a program in a terminal of its own, as JSON: what it wrote at each width, and its exit code.

usage: terminal.py TERM HEIGHT WIDTHS WORD COUNT PROGRAM ARGS…
The window is resized when WORD has come COUNT times; after the last width Ctrl-C is pressed.
"""
import fcntl
import json
import os
import pty
import struct
import sys
import termios

term, height, widths, word, count = sys.argv[1:6]
widths = [int(width) for width in widths.split(",")]
process, terminal = pty.fork()


def resize(file, width):
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", int(height), width, 0, 0))


if process == 0:
    resize(0, widths[0])
    os.environ["TERM"] = term
    os.execvp(sys.argv[6], sys.argv[6:])

parts = [b""]
isPressed = False
while True:
    try:
        read = os.read(terminal, 65536)
    except OSError:
        break
    if not read:
        break
    parts[-1] += read
    if isPressed or parts[-1].count(word.encode()) < int(count):
        continue
    if len(parts) < len(widths):
        resize(terminal, widths[len(parts)])
        parts.append(b"")
    else:
        os.write(terminal, b"\x03")
        isPressed = True
_, status = os.waitpid(process, 0)
texts = [part.decode() for part in parts]
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "texts": texts}))
