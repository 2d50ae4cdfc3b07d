"""Convolutions and sums computed the cheaper way by integers that count: what the ranking of savings claims, executed."""

from collections import Counter
from collections.abc import Callable

from oracle.counting import CountingInt, counting_integer

from pimdeploy.datapath.nodes import Convolution

Term = tuple[int, CountingInt]
"""A coefficient and the sample that it meets."""
Sum = Callable[[list[Term], list[CountingInt]], CountingInt]
"""Of products, and of terms without one (a bias, a base)."""


def samples(node: Convolution, n_samples: int, counter: Counter[str]) -> list[list[CountingInt]]:
    make = counting_integer(counter)
    return [[make((37 * c + 11 * n) % 29 - 14, 16) for n in range(n_samples)] for c in range(node.channels_in)]


def terms(node: Convolution, x: list[list[CountingInt]], o: int, n: int) -> list[Term]:
    """The products of result channel `o` at sample `n`, by fixed_point.md section 6; all of its window is there."""
    taps, pairs = node.taps.array.tolist(), 2 if node.is_complex else 1
    row = taps[o // pairs]
    first = (o // pairs) // (len(taps) // node.groups) * len(row)
    found = []
    for i, kernel in enumerate(row):
        for k in range(node.kernel_length):
            past = n - node.dilation * k
            if not node.is_complex:
                found.append((kernel[k], x[first + i][past]))
                continue
            re, im = kernel[0][k], kernel[1][k]
            x_i, x_q = x[2 * (first + i)][past], x[2 * (first + i) + 1][past]
            found += [(re, x_i), (-im, x_q)] if o % 2 == 0 else [(im, x_i), (re, x_q)]
    return found


def convolution(node: Convolution, how: Sum, n_samples: int) -> tuple[list[list[int]], Counter[str]]:
    """Return results [channel][sample] of the samples whose window is full, and the operations of one sample."""
    counter: Counter[str] = Counter()
    x = samples(node, n_samples + node.memory, counter)
    bias = [] if node.bias is None else node.bias.array.tolist()
    y = []
    for o in range(node.channels_out):
        extra = [counting_integer(counter)(bias[o], 32)] if bias else []
        y.append([int(how(terms(node, x, o, n), extra)) for n in range(node.memory, n_samples + node.memory)])  # type: ignore[arg-type]
    return y, Counter({key: count // n_samples for key, count in counter.items()})


def times(tap: int, x: CountingInt) -> CountingInt:
    return CountingInt(tap, 16, x.counter) * x


def total(plus: list[CountingInt], minus: list[CountingInt]) -> CountingInt:
    """The sum of `plus` less that of `minus`; a negation where nothing is positive."""
    first, rest = (plus[0], plus[1:]) if plus else (-minus[0], [])
    for term in rest:
        first = first + term
    for term in minus if plus else minus[1:]:
        first = first - term
    return first


def every_product(products: list[Term], extra: list[CountingInt]) -> CountingInt:
    return total([times(tap, x) for tap, x in products] + extra, [])


def without_zeros(products: list[Term], extra: list[CountingInt]) -> CountingInt:
    left = [times(tap, x) for tap, x in products if tap] + extra
    return total(left, []) if left else CountingInt(0, 16, products[0][1].counter)


def repeated_first(products: list[Term], extra: list[CountingInt]) -> CountingInt:
    """Samples with taps of one magnitude are added, or subtracted, before their product."""
    zeros = [times(tap, x) for tap, x in products if tap == 0]
    groups = []
    for magnitude in sorted({abs(tap) for tap, _ in products if tap}):
        plus = [x for tap, x in products if tap == magnitude]
        minus = [x for tap, x in products if tap == -magnitude]
        groups.append(times(magnitude, total(plus, minus)) if plus else times(-magnitude, total(minus, [])))
    return total(groups + zeros + extra, [])


def powers_as_shifts(products: list[Term], extra: list[CountingInt]) -> CountingInt:
    plus, minus = list(extra), []
    for tap, x in products:
        if abs(tap).bit_count() == 1:
            (plus if tap > 0 else minus).append(x << (abs(tap).bit_length() - 1))
        else:
            plus.append(times(tap, x))
    return total(plus, minus)


def three_multiplies(node: Convolution, n_samples: int) -> tuple[list[list[int]], Counter[str]]:
    """The complex convolution with three real products a tap; sums of I and Q are made when a sample comes, and kept."""
    counter: Counter[str] = Counter()
    x = samples(node, n_samples + node.memory, counter)
    pairs = len(x) // 2
    sums = [[x[2 * p][n] + x[2 * p + 1][n] for n in range(len(x[0]))] for p in range(pairs)]
    made = Counter(counter)
    counter.clear()
    taps, y = node.taps.array.tolist(), []
    per_group = len(taps) // node.groups
    for o, row in enumerate(taps):
        first, y_i, y_q = o // per_group * len(row), [], []
        for n in range(node.memory, n_samples + node.memory):
            s: list[list[CountingInt]] = [[], [], []]
            for i, (re, im) in enumerate(row):
                for k in range(node.kernel_length):
                    pair, past = first + i, n - node.dilation * k
                    s[0].append(times(re[k], sums[pair][past]))
                    s[1].append(times(im[k] - re[k], x[2 * pair][past]))
                    s[2].append(times(re[k] + im[k], x[2 * pair + 1][past]))
            common, of_i, of_q = (total(part, []) for part in s)
            y_i.append(int(common - of_q))
            y_q.append(int(common + of_i))
        y += [y_i, y_q]
    per_sample = {key: count // n_samples for key, count in counter.items()}
    return y, Counter(per_sample) + Counter({key: count // len(x[0]) for key, count in made.items()})
