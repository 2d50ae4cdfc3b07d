"""From the spec of a network to what the solver knows of its family."""

from typing import assert_never

from pimdeploy.errors import TrainingError
from pimdeploy.network_spec import BfanSpec, CnnSpec, MemoryPolynomialSpec, NetworkSpec, WhlutSpec
from pimdeploy.training.bfan import BfanFamily
from pimdeploy.training.family import Family


def family_of(spec: NetworkSpec, n_tx: int, n_rx: int) -> Family:
    """Return the family of `spec` for T transmitters and R receivers.

    Raises `TrainingError` for a CNN, which Levenberg-Marquardt does not train.
    """
    match spec:
        case BfanSpec():
            return BfanFamily(spec, n_tx, n_rx)
        case WhlutSpec():
            from pimdeploy.training.whlut import WhlutFamily

            return WhlutFamily(spec, n_tx, n_rx)
        case MemoryPolynomialSpec():
            from pimdeploy.training.memory_polynomial import MemoryPolynomialFamily

            return MemoryPolynomialFamily(spec, n_tx, n_rx)
        case CnnSpec():
            raise TrainingError(
                "training.method = levenberg_marquardt: a network of family 'cnn' has too many parameters for it; "
                "give method = 'adam'"
            )
        case _:
            assert_never(spec)
