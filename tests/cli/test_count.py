"""`count` for eyes: the ledger, the paper's table as printed, the way from it to the datapath, and what sharing saves."""

import pytest
from demo_models import demo_model

from pimdeploy.cli import counting
from pimdeploy.cost.ledger import ledger


def shown(capsys, **fields):
    """What `count` prints behind the ledger itself, one line a row, spaces squeezed."""
    counted = ledger(demo_model(**fields))
    for part in (counting._print_parameters, counting._print_paper, counting._print_sharing):
        part(counted)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_count_prints_both_stages_of_the_table(pimdeploy, shared_bundle):
    ended = pimdeploy("count", shared_bundle)
    assert ended.status == 0
    for text in ("paper, Table I", "square_roots", "cancellation, Table I as printed", "grad Phi", "Psi_j"):
        assert text in ended.out


@pytest.mark.parametrize(
    ("symmetry", "table", "cancellation", "update"),
    [("odd", "Table I", "all 192 178", "all 1908 1478"), ("even", "Table II", "all 200 178", "all 2164 1590")],
)
def test_the_paper_is_printed_as_it_is(capsys, symmetry, table, cancellation, update):
    lines = shown(capsys, symmetry=symmetry)
    assert f"from the paper's {table} to the table form" in lines
    at = lines.index(f"cancellation, {table} as printed multiplies adds")
    assert cancellation in lines[at:]
    assert update in lines[at:]
    assert "by the paper's formula 3920 3472" in lines
    assert "as the graph has it 2128 1680" in lines
    assert "what sharing one function saves in a parameter update, a receiver" in lines


def test_a_network_without_a_formula_says_so(capsys):
    lines = shown(capsys, functions=8)
    assert "the paper gives no formula for this network" in lines
    assert "what sharing one function would save in a parameter update, a receiver" in lines
    assert lines[0] == "parameters: 192 real, 168 with a complex one counted as one; the tables hold 192"


def test_without_a_symmetry_nothing_is_said_of_sharing(capsys):
    assert not any("sharing" in line for line in shown(capsys, symmetry="plain"))
