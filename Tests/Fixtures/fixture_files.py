"""Where the reference answers lie, and how arrays are written there."""

import io
import zipfile
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parent.parent / "ReferenceTests" / "Fixtures"
OUT.mkdir(parents=True, exist_ok=True)


def save(name, arrays):
    """A fixture is one npz file of float32 arrays, with metadata.json for CXRCheckpoint."""
    path = OUT / f"{name}.npz"
    arrays = {k: np.array(v, dtype=np.float32, order="C") for k, v in arrays.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        stamp = (1980, 1, 1, 0, 0, 0)
        archive.writestr(zipfile.ZipInfo("metadata.json", stamp), "{}", zipfile.ZIP_DEFLATED)
        for key, value in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, value, version=(1, 0))
            archive.writestr(
                zipfile.ZipInfo(key + ".npy", stamp), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )
