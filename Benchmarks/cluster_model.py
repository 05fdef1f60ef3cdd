"""What a training step takes on 2 to 64 computers, computed from measured work and counted messages: `make cluster-model`.

    python cluster_model.py BIN OUTPUT [--check-only] [--step-only]

BIN has programs with the trait MPI. `cxr-benchmark rank` does the work of one rank of many, and says what it would send when; others
answer at once. A link is a bandwidth and a delay, and each message takes a little of a processor: messages of a rank leave one after
another, in both directions at once, and arrive after the delay. Work goes on while kernels' gradients travel; what is waited for is
waited for. All ranks are taken to be alike and to have equal parts.

The same rule is asked for sums and barriers between two namespaces of this computer, with tc's token buckets, of which the rule knows
what they let through at once, and a relay that delays, beside what they take. Writes OUTPUT.md and OUTPUT.json. The check needs root.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Tests/Cluster"))
from hosts import Hosts  # noqa: E402
from jobs import ENVIRONMENT, begin, finish  # noqa: E402

NETWORKS = {"chest-cnn": "The reference network", "densenet121": "DenseNet-121", "resnet50": "ResNet-50"}
RANKS = (2, 4, 8, 16, 32, 64)
FILMS = 64
# Gigabits a second, and microseconds a direction with what the programs at both ends take.
LINKS = ((1, 50), (10, 30), (100, 10))
# Bytes of MPI, TCP, IP and Ethernet around a message.
AROUND = 120
# What a token bucket of the check lets through at once, in KiB by its rate: of a fast one more, as it is not looked at every moment.
BUCKETS = {0.1: 16, 1: 16, 2.5: 64}
RATES = (0.1, 1, 2.5)
DELAYS = (0, 1, 5)
# Of real messages: kernels, and the largest and the smallest normalisation of DenseNet-121. The longest first, as in a step, where
# connections have long carried kernels: a new one lets 64 KiB through until it hears that more was taken.
FLOATS = (1 << 22, 1 << 20, 262144, 36864, 2048, 64)
SHORT = FLOATS[3:]
ROUNDS = 15


def lines(command):
    environment = {k: v for k, v in ENVIRONMENT.items() if not k.startswith("OPENBLAS_")}
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"cluster_model: {' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


class Link:
    """Bytes a second; seconds a direction, with what both ends take; seconds of a processor that each message more takes; bytes that
    go at `fastest` after as many were not sent."""

    def __init__(self, rate, delay, message=0.0, bucket=0.0, fastest=None):
        self.rate, self.delay, self.message, self.bucket, self.fastest = rate, delay, message, bucket, fastest or rate

    def seconds(self, events, rest=0.0):
        """Of a step: events are [seconds of work before, transfer, [bytes of messages]], or without bytes where it is waited for."""
        time, free = 0.0, -self.bucket / self.rate
        arrivals = {}
        for work, number, *sizes in events:
            time += work
            if sizes:
                time += self.message * (len(sizes[0]) - 1)
                size = sum(sizes[0]) + AROUND * len(sizes[0])
                free = max(time - self.bucket / self.rate, free) + size / self.rate
                arrivals[number] = max(free, time + size / self.fastest) + self.delay
            else:
                time = max(time, arrivals.pop(number))
        return time + rest

    def exchanges(self, *sizes):
        """Of messages of these sizes, one after another, each waited for."""
        return self.seconds([event for i, size in enumerate(sizes) for event in ([0.0, i, [size]], [0.0, i])])


# ---- A step


def steps(ours):
    found = {}
    for network in NETWORKS:
        settings = ["--model", network, "--batch", FILMS, "--warmup", 1, "--threads", 2]
        few = 3 if network == "chest-cnn" else 1
        one = lines([ours, "train", *settings, "--steps", 2 * few + 1])[0]
        found[network] = {"one": statistics.median(one["seconds_per_step"]), "ranks": []}
        for ranks in RANKS:
            print(f"\r{network}: rank 1 of {ranks}".ljust(60), end="", file=sys.stderr)
            rank = lines([ours, "rank", *settings, "--steps", 2 * few + 1, "--ranks", ranks, "--shares", ranks])[0]
            found[network]["ranks"].append(rank)
    print("\r".ljust(61) + "\r", end="", file=sys.stderr)
    return found


def step_page(found, message):
    page = []
    for network, title in NETWORKS.items():
        one = found[network]["one"]
        page += [
            f"## {title}", "",
            f"One computer: {one:.3g} s, {FILMS / one:.1f} films a second (measured).", "",
            "| ranks | films each | work, s (measured) | messages sent | MB sent | waits | "
            + " | ".join(f"{rate} Gbit/s, {delay} µs: s, times one computer" for rate, delay in LINKS) + " |",
            "|---:|---:|---:|---:|---:|---:|" + "---:|" * len(LINKS),
        ]  # fmt: skip
        for rank in found[network]["ranks"]:
            events, ranks = rank["events"], rank["ranks"]
            sent = [size for event in events if len(event) == 3 for size in event[2]]
            work = sum(event[0] for event in events) + rank["rest"]
            cells = []
            for rate, delay in LINKS:
                seconds = Link(rate * 1e9 / 8, delay * 1e-6, message).seconds(events, rank["rest"])
                cells.append(f"{seconds:.3g}, {one / seconds:.2f}×")
            waits = sum(len(event) == 2 for event in events)
            page.append(
                f"| {ranks} | {FILMS // ranks} | {work:.3g} | {len(sent)} | {sum(sent) / 1e6:.1f} | {waits} | " + " | ".join(cells) + " |")
        page.append("")
    return page


# ---- The check


def measured(ours, floats, rate, delay):
    with tempfile.TemporaryDirectory() as folder, Hosts(folder, delay) as hosts:
        if rate:
            hosts.limit(f"{int(rate * 1000)}mbit", f"{BUCKETS[rate]}kb")
        code, words = finish(
            begin(hosts.launch([ours, "sums", "--floats", *floats, "--rounds", ROUNDS if rate != 0.1 else 5, "--threads", 1])), 280)
        if code:
            sys.exit(f"cluster_model: sums failed:\n{words[-2000:]}")
        return [json.loads(line) for line in words.splitlines() if line.startswith("{")]


def check(ours):
    # What both ends take where the link takes nothing, and what namespaces and relay let through without a limit.
    bare = {delay: measured(ours, FLOATS, None, delay) for delay in DELAYS}
    ends = statistics.median(row["barrier"] for row in bare[0])
    message = statistics.median(row["message"] for row in bare[0])
    passes = {
        delay: 4 * rows[0]["floats"] / (rows[0]["ordered"] - 2 * (ends + delay * 1e-3)) for delay, rows in bare.items()
    }  # fmt: skip
    rows = []
    for delay in DELAYS:
        most = passes[delay]
        for rate in RATES:
            print(f"\rsums at {rate} Gbit/s, {delay} ms".ljust(60), end="", file=sys.stderr)
            # What the ends take changes from minute to minute, and is all that a short message takes without a delay.
            now = measured(ours, SHORT, None, 0)
            own = statistics.median(row["barrier"] for row in now)
            fastest = 4 * now[0]["floats"] / (now[0]["ordered"] - 2 * own)
            link = Link(min(rate * 1e9 / 8, most), delay * 1e-3 + own, message, BUCKETS[rate] * 1024, fastest)
            found = measured(ours, FLOATS, rate, delay)
            barriers = statistics.median(row["barrier"] for row in found)
            rows.append({"rate": rate, "delay": delay, "floats": 0, "measured": barriers, "computed": link.exchanges(1)})
            for row in found:
                half = 2 * row["floats"]
                rows.append({
                    "rate": rate, "delay": delay, "floats": row["floats"], "measured": row["ordered"],
                    "computed": link.exchanges(half, half),
                })  # fmt: skip
    print("\r".ljust(61) + "\r", end="", file=sys.stderr)
    return {"ends": ends, "message": message, "passes": passes, "rows": rows}


def check_page(found):
    rows = found["rows"]
    ratios = [row["computed"] / row["measured"] for row in rows]
    within = sum(0.75 <= ratio <= 1.25 for ratio in ratios)
    page = [
        "## The rule beside two namespaces of this computer", "",
        f"Milliseconds of a barrier and of ordered sums between two ranks, computed and measured, medians of {ROUNDS} (5 at 0.1 Gbit/s). "
        f"Without limits a barrier takes {found['ends'] * 1e6:.0f} µs (measured anew for each link), each message more {found['message'] * 1e6:.1f} µs, and "
        f"{', '.join(f'{most * 8e-9:.1f}' for most in found['passes'].values())} Gbit/s pass with a delay of "
        f"{', '.join(map(str, found['passes']))} ms, which the rule is given. Of {len(rows)} the rule is within a quarter of **{within}**; computed to measured {min(ratios):.2f} to "
        f"{max(ratios):.2f}, median {statistics.median(ratios):.2f}.", "",
        "| Gbit/s | delay, ms | floats | computed | measured | ratio |", "|---:|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for row, ratio in zip(rows, ratios):
        mark = "" if 0.75 <= ratio <= 1.25 else " ✗"
        page.append(
            f"| {row['rate']} | {row['delay']} | {row['floats'] or 'barrier'} | {row['computed'] * 1e3:.3g} | {row['measured'] * 1e3:.3g} | "
            f"{ratio:.2f}{mark} |")
    return [*page, ""]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("bin", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--check-only", action="store_true")
    parser.add_argument("--step-only", action="store_true")
    options = parser.parse_args()
    ours = (options.bin / "cxr-benchmark").resolve()
    checked = None if options.step_only else check(ours)
    found = None if options.check_only else steps(ours)
    processor = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    page = [
        "# A step on many computers (computed)", "",
        f"{datetime.date.today()} · {processor}, {os.cpu_count()} processors · {platform.platform()} · fp32.", "",
        f"Each rank is a computer like this one with two threads; a step has {FILMS} films of 224 × 224 pixels, and as many shares as ranks. "
        "Work is measured, of one rank of so many whose others answer at once; messages are counted there; **times of a step with a "
        "link are computed**, not measured, by a rule that is checked below: messages of a rank leave one after another and arrive after "
        "the delay, and work goes on while kernels' gradients travel. Ranks are taken to be alike. "
        "A switch that carries less than all its ports, or computers that differ, make it slower.", "",
    ]  # fmt: skip
    page += step_page(found, checked["message"] if checked else 0) if found else []
    page += check_page(checked) if checked else []
    options.output.with_suffix(".md").write_text("\n".join(page))
    # Of events the page tells sums.
    for network in (found or {}).values():
        for rank in network["ranks"]:
            rank["messages"] = [e[2][:1] + [len(e[2])] for e in rank.pop("events") if len(e) == 3]
    options.output.with_suffix(".json").write_text(json.dumps({"steps": found, "check": checked}) + "\n")
    print("\n".join(page))


if __name__ == "__main__":
    main()
