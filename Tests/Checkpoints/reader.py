"""The program that is judged, asked by lines."""

import base64
import json
import subprocess

import numpy as np


class Refused(Exception):
    """What the program says of a file that it does not take."""


class Reader:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def _ask(self, question):
        self.process.stdin.write(json.dumps(question, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the program ended: {self.process.wait()}, asked {str(question)[:300]}"
        answer = json.loads(line)
        if "error" in answer:
            assert answer["isTyped"], f"an error of another kind: {answer['error'][:500]}"
            raise Refused(answer["error"])
        arrays = [
            (a["name"], np.frombuffer(base64.b64decode(a["bits"]), "<f4").reshape(a["shape"])) for a in answer["arrays"]
        ]
        return arrays, answer["metadata"]

    def read(self, path):
        """([(name, array)], text); raises Refused."""
        return self._ask({"file": str(path)})

    def write(self, path, arrays, text):
        """Writes, and reads what was written."""
        return self._ask(
            {
                "file": str(path), "metadata": text,
                "arrays": [
                    {"name": name, "shape": list(array.shape), "bits": base64.b64encode(array.tobytes()).decode()}
                    for name, array in arrays
                ],
            }
        )  # fmt: skip

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


def same_bits(a, b):
    """Of float32: NaN equals itself, and 0 is not -0."""
    return a.shape == b.shape and a.tobytes() == b.tobytes()
