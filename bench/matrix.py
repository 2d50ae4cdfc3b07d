"""Models x backends: how many output integers differ from the reference, of how many samples compared."""

from pimdeploy.verify.proof import Proof

KINDS = {
    "golden_": "golden vectors",
    "numpy_": "NumPy",
    "brevitas": "Brevitas",
    "onnx_int": "ONNX integers",
    "onnx_f64": "the same in float64",
    "qdq": "ONNX QDQ",
    "qonnx": "QONNX",
    "emx_c": "emx C",
    "c_gcc": "C, gcc",
    "c_clang": "C, clang",
    "avx512": "C, AVX-512",
    "arm_aarch64": "AArch64",
    "arm_armv7": "Armv7",
    "arm_cortex_m4": "Cortex-M4",
    "arm_cortex_m7": "Cortex-M7",
    "arm_cortex_m55": "Cortex-M55",
}
"""Beginnings of the names of backends, and the column that they share."""


def kind_of(backend: str) -> str:
    """Return the column of the backend of that name. Raises `KeyError` for one that has none: a new kind is named here."""
    for beginning, kind in KINDS.items():
        if backend.startswith(beginning):
            return kind
    raise KeyError(backend)


def matrix(proofs: dict[str, Proof]) -> str:
    """Return the table in Markdown, a model a row; a cell is `mismatches / samples`, both summed over its backends.

    A dash stands where no backend of the kind ran: its file is not proven exact for that model, or its tool is missing.
    """
    columns = list(dict.fromkeys(KINDS.values()))
    lines = [f"| mismatches / samples compared | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, proof in proofs.items():
        cells = [_cell(proof, column) for column in columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(proof: Proof, column: str) -> str:
    ran = [result for result in proof.backends if result.status != "not_run" and kind_of(result.name) == column]
    if not ran:
        return "-"
    return f"{sum(result.mismatches for result in ran)} / {sum(result.samples for result in ran):,}"


def compared(proofs: dict[str, Proof]) -> int:
    """Return the samples that backends were compared on, in all."""
    return sum(result.samples for proof in proofs.values() for result in proof.backends if result.status != "not_run")
