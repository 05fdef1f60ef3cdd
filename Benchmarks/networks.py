"""Ours and other libraries on the three networks, side by side: `make bench-networks`.

    python networks.py BIN OUTPUT [--rounds 3] [--steps 3]

Every figure is the median of the rounds; in a round all contestants run once, one after another, in processes of their own.
Precision is named at each: ours is fp32 throughout. Beside ours stands a floor: the seconds that the network's convolutions by
definition, three times as many in training, would take at the measured rate of our probe, or their inputs and outputs at the
measured rate of memory, whichever is longer. Tiles need fewer multiplications than the definition and can be below it. Writes
OUTPUT.md and OUTPUT.json.
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
NETWORKS = {"chest-cnn": "the reference network", "densenet121": "DenseNet-121", "resnet50": "ResNet-50"}
# Name, precision, whether it trains.
PEERS = {
    "tensorflow": ("TensorFlow", "fp32", True), "torch": ("PyTorch", "fp32", True),
    "torch-channels-last": ("PyTorch, channels last", "fp32", True), "torch-bf16": ("PyTorch", "bf16", True),
    "onnxruntime": ("ONNX Runtime", "fp32", False), "openvino": ("OpenVINO", "fp32", False),
    "openvino-bf16": ("OpenVINO", "bf16", False),
}  # fmt: skip
BATCH, THREADS = 32, 2
MODES = {"train": "Training step", "infer": "Prediction"}


def run(command):
    # Peers choose their own kernels.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"networks: {' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return json.loads([line for line in done.stdout.splitlines() if line.startswith("{")][-1])


def measure(who, network, mode, options):
    steps = 4 * options.steps if network == "chest-cnn" else options.steps
    if who == "ours":
        return run([
            options.bin / "cxr-benchmark", mode, "--model", network, "--batch", BATCH, "--steps", steps, "--warmup", 1,
            "--threads", THREADS,
        ])  # fmt: skip
    peer = [sys.executable, HERE / "network_peers.py", who, network, mode]
    return run([*peer, "--batch", BATCH, "--steps", steps, "--threads", THREADS])


def median(results, field="images_per_second"):
    return statistics.median(r[field] for r in results)


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def ratio(ours, peers):
    """Ours to the fastest of the peers, round by round."""
    rounds = [
        a["images_per_second"] / max(peer[i]["images_per_second"] for peer in peers) for i, a in enumerate(ours)
    ]
    return f"**{statistics.median(rounds):.2f}×** ({min(rounds):.2f}–{max(rounds):.2f})"


def table(network, mode, results, floor):
    """A row a contestant, and what follows from them."""
    contestants = {who: found for who, found in results.items() if found}
    ours = contestants.pop("ours")
    lines = [
        f"### {MODES[mode]}", "", "| | precision | films a second (spread) | peak memory, MB |", "|---|---|---|---|",
    ]  # fmt: skip

    def row(name, precision, found):
        speeds = [r["images_per_second"] for r in found]
        return (f"| {name} | {precision} | {number(median(found))} ({number(min(speeds))}–{number(max(speeds))}) | "
                f"{median(found, 'peak_rss_bytes') / 1e6:.0f} |")  # fmt: skip

    lines.append(row("ours", "fp32", ours))
    lines += [row(*PEERS[who][:2], found) for who, found in contestants.items()]
    same = [found for who, found in contestants.items() if PEERS[who][1] == "fp32"]
    alone = median(ours, "share_alone")
    step = BATCH / median(ours)
    more = ", ".join(
        f"{threads}: {number(BATCH / (step * (alone + (1 - alone) * THREADS / threads)))}" for threads in (8, 16, 64)
    )
    lines += [
        "", f"Ours to the fastest in fp32 {ratio(ours, same)}, of any precision {ratio(ours, list(contestants.values()))}.",
    ]  # fmt: skip
    if mode == "train":
        torch = min(median(contestants[who], "peak_rss_bytes") for who in ("torch", "torch-channels-last"))
        lines.append(f"Memory to PyTorch's in fp32 {median(ours, 'peak_rss_bytes') / torch:.2f}.")
    lines += [
        f"Floor {number(floor)} films a second. One thread worked alone in {100 * alone:.1f} % of the time; computed from it, films "
        f"a second on as many threads as here, each as fast: {more}.", "",
    ]  # fmt: skip
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3)
    options = parser.parse_args()
    # Where peers export networks: those of another day may be of other versions.
    exports = tempfile.TemporaryDirectory()
    os.environ["TMPDIR"] = exports.name
    counted = {n: run([sys.executable, HERE / "network_peers.py", "count", n, "infer"]) for n in NETWORKS}
    copied = statistics.median(found["copied_bytes_per_second"] for found in counted.values())
    results, peaks = {}, []
    for number_ in range(options.rounds):
        peaks.append(run([options.bin / "cxr-benchmark", "peak", "--threads", THREADS])["multiply_adds_per_second"])
        for network in NETWORKS:
            for mode in MODES:
                found = results.setdefault(f"{network} {mode}", {who: [] for who in ("ours", *PEERS)})
                for who in found:
                    if who != "ours" and mode == "train" and not PEERS[who][2]:
                        continue
                    print(f"\rround {number_ + 1}/{options.rounds}: {network} {mode} {who}".ljust(78), end="", file=sys.stderr)
                    found[who].append(measure(who, network, mode, options))
    print("\r".ljust(79) + "\r", end="", file=sys.stderr)
    peak = statistics.median(peaks)
    versions = {PEERS[who][0].split(",")[0]: found[0]["version"]
                for case in results.values() for who, found in case.items() if found and who != "ours"}  # fmt: skip
    processor = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    lines = [
        "# Three networks, side by side", "",
        f"{datetime.date.today()} · {processor}, {os.cpu_count()} processors · {platform.platform()} · "
        + " · ".join(f"{name} {version}" for name, version in versions.items())
        + f" · {BATCH} films of 224 × 224 pixels a step, {THREADS} threads; medians of {options.rounds} rounds in alternation.",
        "",
        f"Our probe's rate: {peak / 1e9:.0f} thousand million multiplications with addition a second; memory's: "
        f"{copied / 1e9:.0f} GB a second, read and written.", "",
    ]  # fmt: skip
    for network, title in NETWORKS.items():
        own = counted[network]
        lines += [
            f"## {title[0].upper()}{title[1:]}", "",
            f"{own['multiply_adds'] / 1e6:.0f} million multiplications a film by definition, {own['bytes'] / 1e6:.0f} MB.", "",
        ]  # fmt: skip
        for mode in MODES:
            floor = 1 / max(own["multiply_adds"] / peak, own["bytes"] / copied) / (3 if mode == "train" else 1)
            lines += table(network, mode, results[f"{network} {mode}"], floor)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.with_suffix(".md").write_text("\n".join(lines))
    record = {"peaks": peaks, "counted": counted, "results": results}
    options.output.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
