"""`count`: the ledger, its share of a device, and what would make it cheaper."""

from typing import Any

from pimdeploy import api
from pimdeploy.cli.console import conclude, print_json, stdout, table
from pimdeploy.cost.budget import check_budget, percent
from pimdeploy.cost.estimate import Estimate
from pimdeploy.cost.ledger import Ledger
from pimdeploy.cost.savings import Saving
from pimdeploy.cost.targets.device import DeviceFacts
from pimdeploy.emit.c.memory import Memory
from pimdeploy.errors import InputError, TargetMissedError
from pimdeploy.subject import Subject, find_subject

LIST = "list"
"""The target that prints all targets."""


def count(
    name: str,
    form: str,
    target: str,
    fs_hz: float | None,
    clock_hz: float | None,
    *,
    savings: bool,
    as_json: bool,
) -> None:
    """Print the ledger of the bundle or zoo model `name`, its share of a target and its savings where asked for.

    Raises `TargetMissedError` where the budget of its recipe is exceeded.
    """
    if target == LIST:
        _targets(as_json=as_json)
        return
    if not name:
        raise InputError("count: no bundle given; give its folder or the name of a zoo model, or --target list")
    if not target and clock_hz is not None:
        raise InputError("--clock-hz: a clock is that of a device; give --target, too")
    subject = find_subject(name)
    counted = api.count(subject, form)
    estimated = api.estimate(subject, target, form, fs_hz=fs_hz, clock_hz=clock_hz) if target else None
    options = api.savings(subject, form) if savings else None
    exceeded = check_budget(counted, subject.recipe.budget, subject.fs_hz if fs_hz is None else fs_hz)
    failure = TargetMissedError("; ".join(exceeded)) if exceeded else None
    if as_json:
        conclude(_json(subject, counted, estimated, options, exceeded), failure)
        return
    _print_ledger(subject, counted)
    if estimated is not None:
        _print_estimate(subject, estimated)
    if options is not None:
        _print_savings(counted, options)
    if failure:
        raise failure


def _json(
    subject: Subject, counted: Ledger, estimated: Estimate | None, options: list[Saving] | None, exceeded: list[str]
) -> dict[str, Any]:
    """Return the one object of `count`; what was not asked for is null."""
    return {
        **counted.to_json(),
        "c": api.c_memory(subject).to_json(),
        "target": None if estimated is None else estimated.to_json(),
        "savings": None if options is None else [option.to_json() for option in options],
        "exceeded": exceeded,
    }


def _print_ledger(subject: Subject, counted: Ledger) -> None:
    paper = "paper" if counted.table is None else f"paper, {counted.table.name}"
    shown = table(f"{subject.name}: per input sample", "", paper, "table form", "basis form")
    for row in counted.rows():
        cells = ("-" if value is None else str(value) for value in (row.paper, row.table, row.basis))
        shown.add_row(row.quantity, *cells)
    stdout().print(shown)
    _print_parameters(counted)
    _print_memory(api.c_memory(subject))
    _print_paper(counted)
    _print_sharing(counted)


def _print_parameters(counted: Ledger) -> None:
    held = counted.parameters
    stdout().print(
        f"parameters: {held.real} real, {held.paper} with a complex one counted as one; the tables hold {held.datapath}"
    )


def _print_memory(taken: Memory) -> None:
    stdout().print(
        f"C code: state {taken.state} bytes, stack at most {taken.stack}, tables {taken.tables['table']} (basis form "
        f"{taken.tables['basis']}); with two banks of weights state {taken.state_banked}, stack {taken.stack_banked}"
    )


def _print_paper(counted: Ledger) -> None:
    """Print the paper's table beside the datapath, every difference by name, and its cost of one parameter update."""
    if counted.table is None or counted.paper is None or counted.reconciliations is None:
        stdout().print("the paper gives no formula for this network")
        return
    title = f"\nfrom the paper's {counted.table.name} to the {counted.form} form"
    shown = table(title, "row", "multiplies", "adds")
    for row in counted.reconciliations[counted.form].rows:
        shown.add_row(f"{row.row}, by the paper", str(row.paper.multiplies), str(row.paper.adds))
        for difference in row.differences:
            shown.add_row(f"    {difference.name}", f"{difference.multiplies:+d}", f"{difference.adds:+d}", style="dim")
        shown.add_row(f"{row.row}, the datapath", str(row.multiplies), str(row.adds))
    stdout().print(shown)
    for stage, title in (("cancellation", "cancellation"), ("update", "parameter update")):
        printed = table("", f"{title}, {counted.table.name} as printed", "multiplies", "adds")
        for name, cost in counted.paper[stage]["rows"].items():
            printed.add_row(name, str(cost["multiplies"]), str(cost["adds"]))
        printed.add_row("all", str(counted.paper[stage]["multiplies"]), str(counted.paper[stage]["adds"]))
        stdout().print(printed)


def _print_sharing(counted: Ledger) -> None:
    """Print what one function for all branches saves in a parameter update, by the paper and by the graph."""
    if counted.sharing is None:
        return
    verb = "saves" if counted.sharing.shared else "would save"
    shown = table(f"\nwhat sharing one function {verb} in a parameter update, a receiver", "", "multiplies", "adds")
    for name, saving in (
        ("by the paper's formula", counted.sharing.paper),
        ("as the graph has it", counted.sharing.graph),
    ):
        shown.add_row(name, str(saving.multiplies), str(saving.adds))
    stdout().print(shown)
    stdout().print(f"why they differ: {counted.sharing.why}", soft_wrap=True)


def _targets(*, as_json: bool) -> None:
    """Print every device, with the source of each of its figures as JSON."""
    known = api.targets()
    if as_json:
        print_json({"targets": {name: facts.model_dump(mode="json") for name, facts in known.items()}})
        return
    shown = table("targets: figures and sources in docs/budgets.md", "name", "device", "memories")
    for name, facts in known.items():
        shown.add_row(name, facts.title, _memories(facts))
    for column in shown.columns:
        column.justify = "left"
    stdout().print(shown)


def _memories(facts: DeviceFacts) -> str:
    return ", ".join(memory.name for memory in facts.memory)


def _print_estimate(subject: Subject, found: Estimate) -> None:
    """Print the share of the device by resource, its largest nodes, what binds, the highest rate and the memory."""
    title = f"\n{subject.name} on {found.facts.title}, {found.fs_hz / 1e6:g} MS/s, {found.form} form"
    shown = table(title, "resource", "share of the device", "needs", "largest nodes")
    for bound in found.bounds:
        largest = ", ".join(f"{node} {percent(share)}" for node, share in bound.largest())
        name = f"{bound.name} (binds)" if bound is found.binding else bound.name
        shown.add_row(name, percent(bound.share), found.units(bound), largest)
    shown.columns[-1].justify = "left"
    stdout().print(shown)
    memory = found.memory
    place = f"fits {memory.fits}" if memory.fits is not None else "fits no memory of the device; the largest is taken"
    lines = [
        f"highest sample rate: {found.highest_fs_hz / 1e6:.4g} MS/s, where {found.binding.name} are used up",
        f"memory: {memory.weights} {memory.unit} of weights, {memory.tables} of tables, {memory.state} of state; "
        f"{place} ({percent(memory.share)} of {memory.capacity} {memory.unit})",
        *found.notes,
        f"assumed: {found.assumptions}",
    ]
    for line in lines:
        stdout().print(line, soft_wrap=True)


def _print_savings(counted: Ledger, options: list[Saving]) -> None:
    """Print the options that save something, in their order, and name the others."""
    quantities = ("multiplies", "adds", "compares", "shifts", "square roots", "table bytes", "state words")
    shown = table(
        f"\nwhat would save, a sample, {counted.form} form; each alone, a minus is a cost", "option", *quantities
    )
    for option in options:
        if option.saves:
            figures = option.total.figures()
            shown.add_row(option.option, *("-" if figure == 0 else str(figure) for figure in figures.values()))
    stdout().print(shown)
    for option in options:
        if option.saves:
            stdout().print(_describe(option), soft_wrap=True)
    rest = ", ".join(option.option for option in options if not option.saves)
    if rest:
        stdout().print(f"nothing to save by: {rest}", soft_wrap=True)


def _describe(option: Saving) -> str:
    values = "the same integers" if option.same_integers else "other integers: train again"
    where = f"recipe: {option.recipe}" if option.recipe else "in the kernel"
    notes = "; ".join(f"{name}: {node.note}" for name, node in option.by_node.items() if node.note)
    return f"{option.option}: {option.how}; {values}; {where}" + (f"; {notes}" if notes else "")
