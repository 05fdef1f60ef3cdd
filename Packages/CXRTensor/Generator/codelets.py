"""Writes codelets.inc: straight-line discrete Fourier transforms of a few fixed lengths, each on a
vector of channels at once; and lengths.inc, what lengths there are.

    python3 codelets.py           # writes both into Sources/CConvolution
    python3 codelets.py --check   # fails when they are not what this program writes
    python3 codelets.py --into DIRECTORY [--lengths "18: (18, 12, 8)"]   # with more of them

A transform is built as a graph of additions, subtractions and multiplications by constants. Nodes that
compute the same thing are one node (hash-consing); what no output needs is never written, so a transform
of few inputs or few outputs is cheaper than a whole one. Powers of two split by split radix, lengths with
an odd factor by the prime-factor map, odd primes by the symmetric sum (Frigo, *A Fast Fourier Transform
Compiler*, 1999). The real inverse is the transposed graph of the real transform.

Five kinds, for a length T, with K = T/2 + 1:

  real      n real inputs (the rest are zero)    -> K complex outputs
  unreal    K complex inputs                     -> the first n real outputs
  edge      as real, with sums
  forward   n complex inputs (the rest are zero) -> T complex outputs with sums, exponent -1
  inverse   T complex inputs                     -> the first n complex outputs, exponent +1

An output with its sum is three vectors: real parts, imaginary parts, and what the two add up to, which the
products that follow want ready (Gauss's three multiplications).

`unreal` is the plain sum over the K given frequencies: whoever calls it has doubled those that stand for
two, and scaled them. Imaginary parts that are zero by symmetry are neither read nor, by `real`, of use:
they are written as zero.
"""

import argparse
import ast
import math
import sys
from pathlib import Path

# Each length with the numbers of inputs or outputs that have a codelet of their own.
LENGTHS = {
    16: (16, 10, 8),
    20: (20, 14, 8),
    22: (22, 16, 8),
    24: (24, 22, 18, 16, 8),
    28: (28, 22, 8),
    32: (32, 26, 8),
    40: (40, 34, 8),
}
ROOM = Path(__file__).resolve().parent.parent / "Sources/CConvolution"


class Graph:
    """Nodes are numbered in the order they are made. A value is a sign and a node, or None for zero."""

    def __init__(self):
        self.nodes = []
        self.known = {}

    def node(self, *key):
        if key not in self.known:
            self.known[key] = len(self.nodes)
            self.nodes.append(key)
        return self.known[key]

    def input(self, name):
        return (1, self.node("input", name))

    def add(self, x, y):
        if x is None:
            return y
        if y is None:
            return x
        (p, a), (q, b) = x, y
        if p == q:
            return (p, self.node("add", min(a, b), max(a, b)))
        if a == b:
            return None
        return (p, self.node("sub", a, b)) if a < b else (-p, self.node("sub", b, a))

    def negative(self, x):
        return None if x is None else (-x[0], x[1])

    def subtract(self, x, y):
        return self.add(x, self.negative(y))

    def scale(self, factor, x):
        if x is None or abs(factor) < 1e-14:
            return None
        sign, a = x
        if factor < 0:
            sign, factor = -sign, -factor
        if abs(factor - 1) < 1e-14:
            return (sign, a)
        if self.nodes[a][0] == "scale":
            return self.scale(sign * factor * self.nodes[a][1], (1, self.nodes[a][2]))
        # Rounded, so that one constant reached by two formulas is one node.
        return (sign, self.node("scale", round(factor, 12), a))

    def needed(self, outputs):
        """The nodes that the outputs depend on, in the order they were made."""
        found, stack = set(), [value[1] for value in outputs if value is not None]
        while stack:
            a = stack.pop()
            if a in found:
                continue
            found.add(a)
            key = self.nodes[a]
            stack += {"add": key[1:], "sub": key[1:], "scale": key[2:], "input": ()}[key[0]]
        return sorted(found)


def complex_add(g, x, y):
    return (g.add(x[0], y[0]), g.add(x[1], y[1]))


def complex_subtract(g, x, y):
    return (g.subtract(x[0], y[0]), g.subtract(x[1], y[1]))


def rotated(g, x, k, n, sign):
    """x * exp(sign * 2 pi i k / n)"""
    k %= n
    c, s = math.cos(2 * math.pi * k / n), sign * math.sin(2 * math.pi * k / n)
    re, im = x
    if abs(abs(c) - abs(s)) < 1e-12 and re is not None and im is not None:
        a = g.subtract(g.scale(math.copysign(1, c), re), g.scale(math.copysign(1, s), im))
        b = g.add(g.scale(math.copysign(1, s), re), g.scale(math.copysign(1, c), im))
        return (g.scale(abs(c), a), g.scale(abs(c), b))
    return (g.subtract(g.scale(c, re), g.scale(s, im)), g.add(g.scale(s, re), g.scale(c, im)))


def transform(g, x, sign):
    n = len(x)
    if n == 1:
        return list(x)
    if n == 2:
        return [complex_add(g, x[0], x[1]), complex_subtract(g, x[0], x[1])]
    if n & (n - 1) == 0:
        return split_radix(g, x, sign)
    prime = next(p for p in (3, 5, 7, 11) if n % p == 0)
    if n == prime:
        return odd_prime(g, x, sign)
    return prime_factor(g, x, sign, prime)


def split_radix(g, x, sign):
    n = len(x)
    quarter = n // 4
    even = transform(g, x[0::2], sign)
    if n == 4:
        odd, other = [x[1]], [x[3]]
    else:
        odd = transform(g, [x[4 * i + 1] for i in range(quarter)], sign)
        other = transform(g, [x[(4 * i - 1) % n] for i in range(quarter)], sign)
    result = [None] * n
    for k in range(quarter):
        u = rotated(g, odd[k], k, n, sign)
        v = rotated(g, other[k], -k, n, sign)
        both = complex_add(g, u, v)
        turned = rotated(g, complex_subtract(g, u, v), 1, 4, sign)
        result[k] = complex_add(g, even[k], both)
        result[k + 2 * quarter] = complex_subtract(g, even[k], both)
        result[k + quarter] = complex_add(g, even[k + quarter], turned)
        result[k + 3 * quarter] = complex_subtract(g, even[k + quarter], turned)
    return result


def odd_prime(g, x, sign):
    p = len(x)
    half = range(1, (p - 1) // 2 + 1)
    sums = {j: complex_add(g, x[j], x[p - j]) for j in half}
    differences = {j: complex_subtract(g, x[j], x[p - j]) for j in half}
    total = x[0]
    for j in half:
        total = complex_add(g, total, sums[j])
    result = [total] + [None] * (p - 1)
    for k in half:
        a, b = x[0], (None, None)
        for j in half:
            c = math.cos(2 * math.pi * j * k / p)
            s = sign * math.sin(2 * math.pi * j * k / p)
            a = (g.add(a[0], g.scale(c, sums[j][0])), g.add(a[1], g.scale(c, sums[j][1])))
            b = (
                g.subtract(b[0], g.scale(s, differences[j][1])),
                g.add(b[1], g.scale(s, differences[j][0])),
            )
        result[k] = complex_add(g, a, b)
        result[p - k] = complex_subtract(g, a, b)
    return result


def prime_factor(g, x, sign, prime):
    """Good and Thomas: n = a*b with no common factor needs no rotations between the two."""
    n = len(x)
    a, b = 1, n
    while b % prime == 0:
        a, b = a * prime, b // prime
    assert a == prime, "one odd prime, once"
    rows = [transform(g, [x[(b * i + a * j) % n] for j in range(b)], sign) for i in range(a)]
    columns = [transform(g, [rows[i][j] for i in range(a)], sign) for j in range(b)]
    return [columns[k % b][k % a] for k in range(n)]


def transposed(g, outputs, output_names, input_names):
    """The graph of the transposed linear map: what was an output is an input, and the reverse."""
    h = Graph()
    order = g.needed(outputs)
    parts = {a: [] for a in order}
    for value, name in zip(outputs, output_names):
        if value is not None:
            x = h.input(name)
            parts[value[1]].append(x if value[0] > 0 else h.negative(x))
    result = {}
    for a in reversed(order):
        terms = parts[a]
        while len(terms) > 1:
            terms = [
                h.add(terms[i], terms[i + 1]) if i + 1 < len(terms) else terms[i]
                for i in range(0, len(terms), 2)
            ]
        value, key = terms[0], g.nodes[a]
        if key[0] == "input":
            result[key[1]] = value
        elif key[0] == "add":
            parts[key[1]].append(value)
            parts[key[2]].append(value)
        elif key[0] == "sub":
            parts[key[1]].append(value)
            parts[key[2]].append(h.negative(value))
        else:
            parts[key[2]].append(h.scale(key[1], value))
    return h, [result.get(name) for name in input_names]


def written(g, name, outputs, addresses, load):
    """The C text of a codelet: inputs are loaded when first used, outputs stored when ready, and what
    nothing else depends on is computed at once, while its operands are in registers."""
    lines, loaded, counts = [], set(), {"add": 0, "scale": 0}
    stores = {}
    for value, address in zip(outputs, addresses):
        stores.setdefault(None if value is None else value[1], []).append((value, address))

    def store(a):
        for value, address in stores.get(a, []):
            lines.append(f"ST(out+{address},{'' if value[0] > 0 else '-'}t{a});")

    def use(a):
        if g.nodes[a][0] == "input" and a not in loaded:
            loaded.add(a)
            lines.append(f"V t{a}=LD(in+{load(g.nodes[a][1])});")
            store(a)

    order = g.needed(outputs)
    used = {operand for a in order for operand in g.nodes[a][1:] if g.nodes[a][0] in ("add", "sub")}
    used |= {g.nodes[a][2] for a in order if g.nodes[a][0] == "scale"}
    last = {a: max(g.nodes[a][1:]) for a in order if a not in used and g.nodes[a][0] in ("add", "sub")}
    order.sort(key=lambda a: (last.get(a, a), a))
    for a in order:
        key = g.nodes[a]
        if key[0] == "input":
            continue
        for operand in key[1:] if key[0] != "scale" else key[2:]:
            use(operand)
        if key[0] == "scale":
            lines.append(f"V t{a}=C({key[1]:.9g}f)*t{key[2]};")
            counts["scale"] += 1
        else:
            lines.append(f"V t{a}=t{key[1]}{'+' if key[0] == 'add' else '-'}t{key[2]};")
            counts["add"] += 1
        store(a)
    for a in order:
        use(a)
    for _, address in stores.get(None, []):
        lines.append(f"ST(out+{address},ZERO);")
    body, line = [], ""
    for statement in lines:
        if len(line) + len(statement) > 110:
            body.append(line)
            line = ""
        line += statement
    body.append(line)
    return (
        f"// {counts['add']} additions, {counts['scale']} multiplications\n"
        f"CODELET({name}){{\n" + "\n".join(body) + "\n}\n"
    )


def complex_addresses(count, parts=("", "+L")):
    return [f"{k}*os{part}" for k in range(count) for part in parts]


def with_sums(g, spectrum):
    """The outputs and addresses of a spectrum with each value's sum."""
    outputs = [part for re, im in spectrum for part in (re, im, g.add(re, im))]
    return outputs, complex_addresses(len(spectrum), ("", "+L", "+2*L"))


def complex_load(name):
    return f"{name[0]}*is{'+L' if name[1] else ''}"


def real(length, count):
    g = Graph()
    x = [(g.input(i), None) if i < count else (None, None) for i in range(length)]
    spectrum = transform(g, x, -1)[: length // 2 + 1]
    outputs = [part for value in spectrum for part in value]
    return g, spectrum, outputs


def codelets():
    for length, counts in LENGTHS.items():
        half = length // 2 + 1
        for count in counts:
            g, spectrum, outputs = real(length, count)
            yield written(
                g, f"real_{length}_{count}", outputs, complex_addresses(half), lambda n: f"{n}*is")

            sums, addresses = with_sums(g, spectrum)
            yield written(g, f"edge_{length}_{count}", sums, addresses, lambda n: f"{n}*is")

            names = [(k, part) for k in range(half) for part in (0, 1)]
            h, result = transposed(g, outputs, names, list(range(count)))
            yield written(
                h, f"unreal_{length}_{count}", result, [f"{i}*os" for i in range(count)], complex_load)

            g = Graph()
            x = [
                (g.input((i, 0)), g.input((i, 1))) if i < count else (None, None)
                for i in range(length)
            ]
            sums, addresses = with_sums(g, transform(g, x, -1))
            yield written(g, f"forward_{length}_{count}", sums, addresses, complex_load)

            g = Graph()
            x = [(g.input((i, 0)), g.input((i, 1))) for i in range(length)]
            outputs = [part for value in transform(g, x, 1)[:count] for part in value]
            yield written(
                g, f"inverse_{length}_{count}", outputs, complex_addresses(count), complex_load)


def additions(length):
    """Of a whole complex transform: what the cost model counts. Multiplications ride along beside them."""
    g = Graph()
    x = [(g.input((i, 0)), g.input((i, 1))) for i in range(length)]
    outputs = [part for value in transform(g, x, -1) for part in value]
    return sum(g.nodes[a][0] in ("add", "sub") for a in g.needed(outputs))


def table():
    rows = [
        f"  {{{length}, {count}, {additions(length)}, {{real_{length}_{count}, unreal_{length}_{count}, "
        f"edge_{length}_{count}, forward_{length}_{count}, inverse_{length}_{count}}}}},"
        for length, counts in LENGTHS.items()
        for count in sorted(counts)
    ]
    return (
        "".join(
            f'_Static_assert({length} <= LONGEST_TILE, "buffers of a tile hold {length}");\n' for length in LENGTHS)
        + "static const struct codelet codelets[] = {\n" + "\n".join(rows) + "\n};\n"
    )


def text():
    return (
        "// Written by Generator/codelets.py: change that, not this.\n"
        "// A codelet transforms L channels at once; `is` and `os` are floats between elements.\n\n"
        + "\n".join(codelets()) + "\n" + table()
    )


def lengths():
    return (
        "// Written by Generator/codelets.py: change that, not this.\n"
        "// The transform lengths, ascending, and the longest: what a row or a column of a tile takes at most.\n"
        f"#define TILE_LENGTHS {', '.join(map(str, sorted(LENGTHS)))}\n"
        f"enum {{ LONGEST_TILE = {max(LENGTHS)} }};\n"
    )


def main():
    options = argparse.ArgumentParser(description="Writes codelets.inc and lengths.inc.")
    options.add_argument("--check", action="store_true", help="fail where they differ, and write nothing")
    options.add_argument("--into", type=Path, default=ROOM, help="the folder")
    options.add_argument("--lengths", default="", help="more of them, as in LENGTHS")
    asked = options.parse_args()
    LENGTHS.update(ast.literal_eval("{" + asked.lengths + "}"))
    for name, written in (("codelets.inc", text()), ("lengths.inc", lengths())):
        target = asked.into / name
        if not asked.check:
            target.write_text(written)
        elif target.read_text() != written:
            sys.exit(f"codelets: {name} is not what Generator/codelets.py writes; run it")
    if asked.check:
        print("codelets: codelets.inc and lengths.inc are what their generator writes")


if __name__ == "__main__":
    main()
