"""Jobs of several ranks, and what a run of training came to; imported by cluster.py and faults.py."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import numpy

NETWORKS = {
    "the reference": ["--image-size", "106"],
    "a DenseNet": ["--image-size", "64", "--model", "densenet121", "--architecture", "growth=12", "blocks=2-2-2-2"],
    "a ResNet": ["--image-size", "64", "--model", "resnet18", "--architecture", "width=16"],
}
LIMIT = 300
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.startswith("CXR_PATIENCE")},
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
}  # fmt: skip


def mpi(*parts, **more):
    """A job: each part is (ranks, command)."""
    command = ["mpirun", "--oversubscribe", "--bind-to", "none"]
    for place, (ranks, program) in enumerate(parts):
        command += ([":"] if place else []) + ["-n", str(ranks), *map(str, program)]
    return begin(command, **more)


def begin(command, **more):
    """What it says goes to a file: daemons of mpirun would hold a pipe open."""
    said = tempfile.TemporaryFile("w+")
    job = subprocess.Popen(
        [str(c) for c in command], env={**ENVIRONMENT, **more}, stdout=said, stderr=said, text=True, start_new_session=True
    )
    job.said = said
    return job


def finish(job, limit=LIMIT):
    late = ""
    try:
        job.wait(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
        late = f"\nstill running after {limit} seconds"
    job.said.seek(0)
    return job.returncode, job.said.read() + late


def end(processes):
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def ranks_of(job, count):
    """The processes of a job, in the order of their ranks; waits until all are there."""
    for _ in range(200):
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes().split(b"\0")
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            rank = [v for v in environment if v.startswith(b"OMPI_COMM_WORLD_RANK=")]
            if rank and parent == job.pid:
                found[int(rank[0].split(b"=")[1])] = int(folder.name)
        if len(found) == count:
            return [found[rank] for rank in sorted(found)]
        time.sleep(0.05)
    return []


def written(folder):
    """What a run came to: arrays as bytes, and history without times."""
    arrays = {}
    for name in ("last.npz", "best.npz"):
        with numpy.load(folder / name) as kept:
            for key in kept.files:
                value = kept[key]
                if isinstance(value, numpy.ndarray) and value.dtype.kind == "f":
                    arrays[f"{name} {key}"] = value.tobytes()
    rows = (folder / "history.csv").read_text().splitlines()
    times = {i for i, name in enumerate(rows[0].split(",")) if name in ("seconds", "images_per_second")}
    history = [[v for i, v in enumerate(row.split(",")) if i not in times] for row in rows]
    return arrays, history


def same(folder, one):
    if not (folder / "best.npz").exists():
        return False, "no best.npz"
    arrays, history = written(folder)
    other = [k for k in one[0] if arrays.get(k) != one[0][k]]
    return arrays.keys() == one[0].keys() and not other and history == one[1], f"other arrays: {other[:5]}, history {history[-1]}"


def read(job):
    """What a job has said so far."""
    return os.pread(job.said.fileno(), 1 << 20, 0).decode()


def films(bin_folder, real, folder):
    """A label file and its films: real ones, or of cxr-synth."""
    if real:
        return real / "nih64/Data_Entry_2017.csv", real / "nih64"
    source = folder / "synthetic"
    subprocess.run([bin_folder / "cxr-synth", "--output", source, "--patients", "120"], check=True, capture_output=True)
    return source / "Data_Entry_2017.csv", source


def training(bin_folder, csv, source, cache):
    """The command of two epochs in eight shares, without what network and which folder."""
    return [
        bin_folder / "cxr-train", "--csv", csv, "--images", source, "--shares", "8", "--epochs", "2", "--skip-empty-labels",
        "--cache", cache,
    ]  # fmt: skip
