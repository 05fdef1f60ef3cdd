"""Runs a program and says how it ended, how long it took and how much memory it held at its highest.

usage: run.py SECONDS PROGRAM ARGUMENT...    (prints one JSON object)

`run.measured` starts this file as a small program of its own between the test and the program: the highest
memory that Linux reports for a child begins with that of its parent, and a test that decoded films is large.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time


def measured(command, seconds):
    """{"status", "signal", "late", "seconds", "peak_mb", "stdout", "stderr"} of a command."""
    between = [sys.executable, "-S", "-E", __file__, str(seconds), *map(str, command)]
    return json.loads(subprocess.run(between, stdout=subprocess.PIPE, check=True).stdout)


def main():
    seconds, command = float(sys.argv[1]), sys.argv[2:]
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    late = []

    def stop():
        late.append(True)
        os.kill(child.pid, signal.SIGKILL)

    # Both pipes are read while the program runs, so that neither can fill up and hold it.
    errors = []
    reader = threading.Thread(target=lambda: errors.append(child.stderr.read()))
    timer = threading.Timer(seconds, stop)
    reader.start()
    timer.start()
    output = child.stdout.read()
    reader.join()
    _, status, usage = os.wait4(child.pid, 0)
    timer.cancel()
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({
        "status": code,
        "signal": signal.Signals(-code).name if code < 0 else None,
        "late": bool(late),
        "seconds": round(time.monotonic() - begin, 3),
        "peak_mb": usage.ru_maxrss / 1024,
        "stdout": output.decode("utf-8", "replace"),
        "stderr": b"".join(errors)[-2000:].decode("utf-8", "replace"),
    }))


if __name__ == "__main__":
    main()
