"""Two computers that are namespaces of the network and of names on this one, with a link between them."""

import contextlib
import os
import signal
import stat
import subprocess
from pathlib import Path

# As ssh would: the host, then the command. A host has a name and a file of names of its own.
AGENT = """#!/bin/sh
host=$1; shift
exec ip netns exec "$host" unshare --uts --mount sh -c "hostname $host; mount --bind {folder}/names /etc/hosts; $*"
"""


def run(*command):
    subprocess.run([str(c) for c in command], check=True, capture_output=True)


class Hosts:
    """Use as a context; raises OSError or CalledProcessError where the system grants no namespaces.

    With a delay, in milliseconds a direction, packets go through relay.c instead of a wire.
    """

    def __init__(self, folder, delay=0):
        self.folder, self.delay = Path(folder), delay
        self.names = [f"cxr{os.getpid() % 10000}{letter}" for letter in "ab"]
        self.links = ["wire", "wire"]
        self.relay = None
        self.agent = self.folder / "agent.sh"
        self.file = self.folder / "hosts"

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            for name in self.names:
                run("ip", "netns", "add", name)
            one, other = self.links
            if self.delay:
                self.begin_relay()
            else:
                run("ip", "link", "add", one, "netns", self.names[0], "type", "veth", "peer", "name", other, "netns", self.names[1])
                # Packets as on a wire: of the 64 KiB that the system else hands on, a slow token bucket loses some.
                for name, link in zip(self.names, self.links):
                    run("ip", "-n", name, "link", "set", link, "mtu", "9000", "gso_max_segs", "1", "txqueuelen", "10000")
            for place, (name, link) in enumerate(zip(self.names, self.links)):
                run("ip", "-n", name, "addr", "add", f"10.213.7.{place + 1}/24", "dev", link)
                for interface in (link, "lo"):
                    run("ip", "-n", name, "link", "set", interface, "up")
            rows = [f"10.213.7.{place + 1} {name}" for place, name in enumerate(self.names)]
            (self.folder / "names").write_text("127.0.0.1 localhost\n" + "\n".join(rows) + "\n")
            self.file.write_text("".join(f"{name} slots=1\n" for name in self.names))
            self.agent.write_text(AGENT.format(folder=self.folder))
            self.agent.chmod(self.agent.stat().st_mode | stat.S_IXUSR)
            run(self.agent, self.names[0], "true")
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin_relay(self):
        program = self.folder / "relay"
        run("cc", "-O2", "-Wall", "-Werror", Path(__file__).with_name("relay.c"), "-o", program)
        microseconds = str(int(1000 * self.delay))
        self.relay = subprocess.Popen([program, *self.names, self.links[0], microseconds], stdout=subprocess.PIPE, text=True)
        if self.relay.stdout.readline() != "ready\n":
            raise OSError("the relay did not begin")
        for name, link in zip(self.names, self.links):
            run("ip", "-n", name, "link", "set", link, "mtu", "9000", "txqueuelen", "10000")

    def kill(self):
        """Ends every process there."""
        for name in self.names:
            found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True)
            for process in found.stdout.split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(process), signal.SIGKILL)

    def __exit__(self, *_):
        self.kill()
        if self.relay:
            self.relay.kill()
            self.relay.wait()
        for name in self.names:
            with contextlib.suppress(OSError):
                subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def launch(self, command, ranks=2, other=None):
        """mpirun's command, on the first host, for ranks on both; for one on each where the second has another command."""
        launched = [
            self.agent, self.names[0], "exec", "mpirun", "--hostfile", self.file, "--mca", "plm_rsh_agent", self.agent, "--bind-to",
            "none",
        ]  # fmt: skip
        if other is None:
            return [*launched, "-n", ranks, *command]
        one, two = self.names
        return [*launched, "-n", 1, "--host", one, *command, ":", "-n", 1, "--host", two, *other]

    def cut(self):
        """Takes the link away."""
        run("ip", "-n", self.names[0], "link", "set", self.links[0], "down")

    def mend(self):
        run("ip", "-n", self.names[0], "link", "set", self.links[0], "up")

    def limit(self, rate, bucket="16kb"):
        """So many bits a second in both directions, after so many bytes at once, as tc writes them."""
        for name, link in zip(self.names, self.links):
            run("ip", "netns", "exec", name, "tc", "qdisc", "replace", "dev", link, "root", "tbf", "rate", rate, "burst", bucket, "latency", "200ms")
