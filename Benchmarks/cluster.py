"""Ours on two ranks beside one process and beside PyTorch's DistributedDataParallel, and sums over ranks: `make bench-cluster`.

    python cluster.py BIN OUTPUT [--rounds 5]

BIN has programs with the trait MPI. In a round each contestant runs once: one process of two threads, two ranks of one thread, and
PyTorch's two processes of one thread (gloo, fp32, channels last). Beside them two processes that do a rank's work each, at once and
without messages: two threads share work as it comes, ranks have halves, so that a processor that is slower than the other one holds
ranks up and threads hardly. Sums of equal size are timed in alternation with MPI_Allreduce.
Writes OUTPUT.md and OUTPUT.json.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NETWORKS = {"chest-cnn": ("the reference network", 20), "densenet121": ("DenseNet-121", 3)}
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")},
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
}  # fmt: skip
LAUNCH = ["mpirun", "--bind-to", "none", "--oversubscribe", "-n"]


def lines(command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode:
        sys.exit(f"cluster: {' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def at_once(command):
    """Seconds of a rank's work in a step, of two processes at once."""
    both = [subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) for _ in range(2)]
    found = [json.loads(process.communicate()[0]) for process in both]
    return sorted(sum(event[0] for event in one["events"]) + one["rest"] for one in found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ours = options.bin / "cxr-benchmark"
    results, sums, alone = {}, {ranks: [] for ranks in (2, 4, 8)}, {}
    for round_ in range(options.rounds):
        for network, (_, steps) in NETWORKS.items():
            train = ["train", "--model", network, "--batch", 32, "--steps", steps, "--warmup", 1]
            contestants = {
                "one process, two threads": [ours, *train, "--threads", 2],
                "two ranks of one thread": [*LAUNCH, 2, ours, *train, "--threads", 1],
                "PyTorch, two processes of one thread": [
                    sys.executable, HERE / "network_peers.py", "torch-ddp", network, "train", "--steps", max(3, steps // 4),
                ],
            }  # fmt: skip
            for who, command in contestants.items():
                print(f"\rround {round_ + 1}/{options.rounds}: {network}, {who}".ljust(78), end="", file=sys.stderr)
                results.setdefault(network, {}).setdefault(who, []).append(lines(command)[-1])
            alone.setdefault(network, []).append(at_once([ours, "rank", *train[1:], "--ranks", 2, "--threads", 1]))
        for ranks, found in sums.items():
            found.append(lines([*LAUNCH, ranks, ours, "sums", "--rounds", 9, "--threads", 1]))
    print("\r".ljust(79) + "\r", end="", file=sys.stderr)
    processor = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    mpi = subprocess.run(["mpirun", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    torch = results["chest-cnn"]["PyTorch, two processes of one thread"][0]["version"]
    page = [
        "# Ranks", "",
        f"{datetime.date.today()} · {processor}, {os.cpu_count()} processors · {platform.platform()} · {mpi} · PyTorch {torch} · 32 "
        f"films of 224 × 224 pixels a step, fp32, two shares; medians of {options.rounds} rounds in alternation.", "",
    ]  # fmt: skip
    for network, (title, _) in NETWORKS.items():
        found = results[network]
        page += [
            f"## A training step of {title}", "", "| | films a second (spread) | peak memory of a process, MB |", "|---|---|---|",
        ]  # fmt: skip
        for who, runs in found.items():
            speeds = [r["images_per_second"] for r in runs]
            page.append(
                f"| {who} | {statistics.median(speeds):.1f} ({min(speeds):.1f}–{max(speeds):.1f}) | "
                f"{statistics.median(r['peak_rss_bytes'] for r in runs) / 1e6:.0f} |"
            )
        one, two, torch = ([r["images_per_second"] for r in runs] for runs in found.values())
        ratio = [b / a for a, b in zip(one, two)]
        peer = [b / a for a, b in zip(torch, two)]
        # Threads would share the work of both as fast as each processor is.
        even = [2 / (1 / quick + 1 / slow) / slow for quick, slow in alone[network]]
        page += [
            "", f"A rank's work without messages, two at once: the slower takes {1e3 * statistics.median(s for _, s in alone[network]):.0f} ms, "
            f"the quicker {1e3 * statistics.median(q for q, _ in alone[network]):.0f}; so ranks could reach "
            f"**{statistics.median(even):.2f}** ({min(even):.2f}–{max(even):.2f}) of threads that share, were messages nothing.",
            "", f"Two ranks to one process **{statistics.median(ratio):.2f}** ({min(ratio):.2f}–{max(ratio):.2f}), to PyTorch "
            f"{statistics.median(peer):.1f} ({min(peer):.1f}–{max(peer):.1f}).", "",
        ]  # fmt: skip
    page += [
        "## Sums over ranks", "",
        "Milliseconds of a sum in the order of shares, of MPI_Allreduce of as many floats, and of a barrier; processes beyond two share "
        "the two processors.", "",
        "| ranks | floats | ordered | MPI_Allreduce | ratio (spread) | barrier |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for ranks, rounds in sums.items():
        for place in range(len(rounds[0])):
            found = [r[place] for r in rounds]
            ratio = [f["ordered"] / f["allreduce"] for f in found]
            ordered, theirs, barrier = (
                1e3 * statistics.median(f[key] for f in found) for key in ("ordered", "allreduce", "barrier")
            )
            page.append(
                f"| {ranks} | {found[0]['floats']} | {ordered:.3g} | {theirs:.3g} | {statistics.median(ratio):.2f} "
                f"({min(ratio):.2f}–{max(ratio):.2f}) | {barrier:.3g} |"
            )
    page.append("")
    options.output.with_suffix(".md").write_text("\n".join(page))
    options.output.with_suffix(".json").write_text(json.dumps({"results": results, "alone": alone, "sums": sums}, indent=1) + "\n")
    print("\n".join(page))


if __name__ == "__main__":
    main()
