"""The recipe: the one TOML file that drives a run. Unknown keys are errors that name the nearest known key."""

import keyword
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import Field, PositiveInt, ValidationError, field_validator, model_validator

from pimdeploy.defaults import SCENARIO_SAMPLES
from pimdeploy.documents import parse_toml
from pimdeploy.errors import InputError, RecipeError
from pimdeploy.files import regular
from pimdeploy.model_faults import first_fault
from pimdeploy.network_spec import BfanSpec, NetworkSpec, Section
from pimdeploy.signals.planned.spec import ScenarioPlan

C_KEYWORDS = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main""".split()
)


class BandSpec(Section):
    """The receive band and the filter that selects it; cancellation is measured behind this filter."""

    band_hz: tuple[float, float]
    """Edges of the receive band, Hz, relative to the centre frequency of the receiver."""
    filter_taps: int = Field(default=255, ge=3, le=8191)
    """Taps of the linear-phase receive filter H (odd, so that its delay is a whole number of samples)."""
    transition_hz: float | None = Field(default=None, gt=0)
    """Width of each transition, Hz; by default as wide as `filter_taps` needs for 60 dB."""

    @model_validator(mode="after")
    def _ordered(self) -> "BandSpec":
        if self.band_hz[0] >= self.band_hz[1]:
            raise ValueError(f"band_hz = {list(self.band_hz)}: the lower edge must come first")
        if self.filter_taps % 2 == 0:
            raise ValueError(f"filter_taps = {self.filter_taps}: must be odd")
        return self


class CaptureSpec(Section):
    """Where the transmit and receive samples come from and what the files cannot say."""

    path: str | None = None
    """Folder or file; `--capture` on the command line comes before it."""
    format: Literal["auto", "sigmf", "npz", "mat", "hdf5", "csv", "ci16", "torch"] = "auto"
    """Layout of the file or folder; `auto` goes by what is there."""
    fs_hz: float | None = Field(default=None, gt=0)
    """Sample rate of the receiver, Hz, where the file does not hold it."""
    tx_fs_hz: float | None = Field(default=None, gt=0)
    """Sample rate of the transmit samples, Hz; by default that of the receiver."""
    tx_key: str | None = None
    """Name of the transmit samples in the file (a key of .npz or .mat, a file stem in a folder), or the numbers of its
    channels ("0,1") where one recording holds tx and rx."""
    rx_key: str | None = None
    """Name of the received samples, likewise."""
    noise_key: str | None = None
    """Name of a noise-only reference, where there is one."""
    tx_center_hz: float | None = None
    """Centre frequency of the transmit samples, Hz; both centres or neither."""
    rx_center_hz: float | None = None
    """Centre frequency of the received samples, Hz."""
    tx_full_scale: float | None = Field(default=None, gt=0)
    """Amplitude of the file's samples that becomes full scale (int16, frac 15) at the datapath's input."""
    rx_full_scale: float | None = Field(default=None, gt=0)
    """Amplitude of the received samples that becomes 1 in units of the estimate."""
    align: bool = True
    """Find and remove the delay between tx and rx."""
    delay_samples: float | None = None
    """Known delay of rx behind tx, in samples (fractions allowed): no search."""
    split: tuple[float, float, float] = (0.6, 0.2, 0.2)
    """Parts for training, validation and test where the capture does not name them."""
    max_samples: int | None = Field(default=None, ge=1)
    """Only the first samples of the capture are used."""
    split_samples: tuple[PositiveInt, PositiveInt, PositiveInt] = (524_288, 262_144, 524_288)
    """Most samples of each split that are used, the first of it: what bounds the memory of a run on a long capture."""


class ScenarioSpec(Section):
    """A scenario: a capture that is made, not read, so that its noise bound is known."""

    preset: str | None = None
    """Name of the scenario, `siso` by default; `pimdeploy simulate` lists them."""
    file: str | None = None
    """Or a scenario file (docs/scenarios.md), relative to where the command runs."""
    seed: int = Field(default=1, ge=0)
    """Seed of the waveforms, the sources and the noise."""
    n_samples: int = Field(default=SCENARIO_SAMPLES, ge=4096)
    """Samples a channel, over all splits."""
    sources: int | None = Field(default=None, ge=1, le=2)
    """Passive sources of `mimo-8x8`, by default 1; no other scenario takes this key."""
    plan: ScenarioPlan | None = None
    """What the scenario file says, as a bundle's recipe holds it; it comes before the file."""

    @model_validator(mode="before")
    @classmethod
    def _one_scenario(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the TOML holds
        if not isinstance(given, dict):
            return given
        stated = given.get("file") is not None or given.get("plan") is not None
        if stated and given.get("preset") is not None:
            raise ValueError("preset and file: give one of the two")
        if not stated:
            given = {"preset": "siso", **given}
        if given.get("preset") == "mimo-8x8":
            return {"sources": 1, **given}
        if given.get("sources") is not None:
            raise ValueError("sources is a key of preset = 'mimo-8x8' alone; drop it")
        return given


class TrainingSpec(Section):
    """How the floating-point network is fitted."""

    method: Literal["levenberg_marquardt", "adam"] = "levenberg_marquardt"
    """Solver."""
    starts: int = Field(default=3, ge=1, le=64)
    """Starting points; the best on validation goes on."""
    iterations: int = Field(default=60, ge=1)
    """Levenberg-Marquardt iterations of the winning start, or Adam steps / 50."""
    max_seconds: float = Field(default=600.0, gt=0)
    """A safety stop: the fit ends here with what it has. It does not come into play in normal operation, so that the seed
    decides everything."""
    ridge: float = Field(default=1e-6, ge=0)
    """Relative ridge on the weights W of the nonlinearity, stronger where few samples reach."""
    weight_decay: float = Field(default=3e-5, ge=0)
    """Cost of the sum of all squared weights, in units of the loss (1 = nothing cancelled). It keeps branches from
    cancelling each other, which short word lengths would pay for. A CNN's is Adam's decoupled weight decay, a share of
    the learning rate; papers/000 has 0.01."""
    out_of_band_weight: float = Field(default=1e-4, ge=0)
    """Weight of the estimate's power outside the receive band, against the residual's power inside."""
    knot_quantile: float = Field(default=0.999, gt=0.5, lt=1)
    """No knot of the nonlinearity lies above this quantile of |a|."""
    learning_rate: float = Field(default=3e-3, gt=0)
    """Highest learning rate of the cycle (Adam)."""
    batch_samples: int = Field(default=8192, ge=64)
    """Samples of a batch (Adam)."""
    cyclic: bool = True
    """The learning rate goes up and down in cycles, each half as high as the last; otherwise it is constant (Adam, CNN)."""
    cycles: int = Field(default=3, ge=1, le=1000)
    """Number of these cycles (Adam, CNN)."""
    clip: float = Field(default=1.0, ge=0)
    """Largest norm of a gradient, beyond which it is scaled down to it; 0 for no limit (Adam, CNN)."""
    truncate: bool = True
    """The edges of a batch carry no loss: memories still fill there (Adam, CNN)."""
    norm_share: float = Field(default=0.1, ge=0, le=1)
    """Share of the steps in which norms follow the batches; then their statistics are measured and stand still (CNN)."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where a network is trained: `auto` takes CUDA where PyTorch sees a device. Fine-tuning under quantization goes there,
    too, but for a CNN's; what is proven and scored is computed on the CPU."""


class QuantizationSpec(Section):
    """Word lengths and the fine-tuning under quantization."""

    weight_bits: int = Field(default=16, ge=3, le=24)
    """Word length of weights."""
    activation_bits: int = Field(default=16, ge=4, le=24)
    """Word length of activations."""
    input_bits: int = Field(default=16, ge=4, le=16)
    """Word length of the transmit samples."""
    output_bits: int | None = Field(default=None, ge=4, le=24)
    """Width of the estimate z; by default `activation_bits`."""
    rounding: Literal["half_up", "floor", "half_even", "half_away"] = "half_up"
    """Of every requantizer; docs/spec/fixed_point.md, section 3."""
    overflow: Literal["saturate", "wrap"] = "saturate"
    """Of every requantizer, after rounding."""
    headroom_db: float = Field(default=1.0, ge=0, le=24)
    """Room above the largest calibrated value before an activation saturates."""
    steps: int = Field(default=60, ge=0, le=100_000)
    """Fine-tuning steps; 0 keeps the calibrated network."""
    learning_rate: float = Field(default=0.1, gt=0, le=1)
    """Share of the full preconditioned step that each fine-tuning step takes at first; it cools to a twentieth. Of a CNN:
    Adam's learning rate over the root mean square of each weight, such as 0.003."""
    sweep: tuple[str, ...] = ("W16A16", "W12A12", "W10A10", "W8A12", "W6A12", "W8A8")
    """Word lengths of the report's cancellation-against-word-length figure; empty for none."""

    @field_validator("sweep")
    @classmethod
    def _word_lengths(cls, sweep: tuple[str, ...]) -> tuple[str, ...]:
        for item in sweep:
            if not re.fullmatch(r"W\d{1,2}A\d{1,2}", item):
                raise ValueError(f"sweep item {item!r}: expected W<bits>A<bits>, such as W12A12")
            weight_bits, activation_bits = (int(n) for n in item[1:].split("A"))
            if not (3 <= weight_bits <= 24 and 4 <= activation_bits <= 24):
                raise ValueError(f"sweep item {item!r}: weights take 3 to 24 bits, activations 4 to 24")
        return sweep


class DatapathSpec(Section):
    """Forms of the datapath that are equal in value and differ in cost."""

    piecewise: Literal["table", "basis"] = "table"
    """The form of the nonlinearity that the C code and the ledger's datapath column use by default."""
    products: Literal["four", "three"] = "four"
    """Real products of a complex one: four, or three with wider sums; C code and ledger follow, the integers are the same.
    A CNN has no complex products."""
    acc_bits: int = Field(default=32, ge=16, le=54)
    """Widest accumulator: calibration chooses weights so that every proven bound, partial sums included, fits it. At most
    54, which every backend holds exactly, integers carried in float64 included."""


class ExportSpec(Section):
    """What goes into the bundle."""

    golden_samples: int = Field(default=16_384, ge=64, le=1_000_000)
    """Length of the golden stimulus, samples."""
    golden_nodes_samples: int = Field(default=256, ge=8, le=65_536)
    """Length of the prefix for which the bundle holds every node."""
    c_compiler: Literal["portable", "gcc", "ti", "ceva"] = "portable"
    """Compiler in whose words the C tables ask for a section and an alignment; `portable` asks for nothing."""
    c_section: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.$]+$")
    """Section of the C tables, such as ".pim_tables"; by default the compiler's own for constants."""
    c_alignment: int | None = Field(default=None, ge=1, le=4096)
    """Alignment of each C table, bytes, a power of two; by default the size of its elements."""

    @model_validator(mode="after")
    def _placement(self) -> "ExportSpec":
        if self.c_compiler == "portable" and (self.c_section is not None or self.c_alignment is not None):
            raise ValueError("c_section and c_alignment need c_compiler: gcc, ti or ceva")
        if self.c_alignment is not None and self.c_alignment & (self.c_alignment - 1):
            raise ValueError(f"c_alignment {self.c_alignment}: expected a power of two")
        return self


class BudgetSpec(Section):
    """Limits a sample, of memory and of a device; `run` and `count` end in exit status 1 where one is exceeded."""

    multiplies: int | None = Field(default=None, ge=0)
    """Real multiplies."""
    adds: int | None = Field(default=None, ge=0)
    """Real additions."""
    table_reads: int | None = Field(default=None, ge=0)
    """Table reads."""
    state_words: int | None = Field(default=None, ge=0)
    """Words of state (not a figure per sample)."""
    table_bytes: int | None = Field(default=None, ge=0)
    """Bytes of all coefficients: taps, biases and the tables of functions (not a figure per sample)."""
    weight_bytes: int | None = Field(default=None, ge=0)
    """Bytes of taps and biases alone (not a figure per sample)."""
    target: str | None = None
    """A device, as `pimdeploy count --target list` names them; docs/budgets.md."""
    share: float | None = Field(default=None, gt=0)
    """Largest share of the target that may be taken at the model's sample rate, 0.5 for half; its memory must do, too."""

    @field_validator("target")
    @classmethod
    def _known_target(cls, target: str | None) -> str | None:
        from pimdeploy.cost.targets.device import check_target

        try:
            return None if target is None else check_target(target)
        except InputError as error:
            raise ValueError(str(error)) from error

    @model_validator(mode="after")
    def _target_with_share(self) -> "BudgetSpec":
        if (self.target is None) != (self.share is None):
            raise ValueError("target and share go together: a device, and the share of it that may be taken")
        return self


class TargetSpec(Section):
    """Figures that must be reached; a miss ends in exit status 1."""

    cancellation_db: float | None = None
    """Least cancellation of the fixed-point network on the test split, dB."""
    short_of_bound_db: float | None = Field(default=None, ge=0)
    """Most that the fixed-point network may stay below the noise bound of the test split, dB."""
    quantization_loss_db: float | None = Field(default=None, ge=0)
    """Most that the fixed-point network may lose to float on the test split, dB."""


class Recipe(Section):
    """All that drives a run. See docs/recipe.md for every key."""

    name: str
    """Name of the model: a C identifier, for it names the emitted files and functions."""
    seed: int = Field(default=1, ge=0)
    """Decides every random choice of training."""
    receive: BandSpec
    capture: CaptureSpec | None = None
    scenario: ScenarioSpec | None = None
    network: NetworkSpec = Field(default=BfanSpec(), discriminator="family")
    training: TrainingSpec = TrainingSpec()
    quantization: QuantizationSpec = QuantizationSpec()
    datapath: DatapathSpec = DatapathSpec()
    export: ExportSpec = ExportSpec()
    budget: BudgetSpec = BudgetSpec()
    target: TargetSpec = TargetSpec()

    @field_validator("name")
    @classmethod
    def _c_identifier(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) or name in C_KEYWORDS or keyword.iskeyword(name):
            raise ValueError(f"{name!r} is no C identifier: letters, digits and _, a letter first, no keyword")
        return name

    @field_validator("network", mode="before")
    @classmethod
    def _default_family(cls, network: Any) -> Any:  # noqa: ANN401  (what TOML gives)
        return {"family": "bfan", **network} if isinstance(network, dict) else network

    @model_validator(mode="after")
    def _complex_products(self) -> "Recipe":
        if self.datapath.products == "three" and self.network.family == "cnn":
            raise ValueError('datapath.products = "three": a cnn has no complex products; drop it')
        return self

    @model_validator(mode="after")
    def _one_source(self) -> "Recipe":
        if (self.capture is None) == (self.scenario is None):
            raise ValueError("a recipe has either a [capture] or a [scenario] section")
        return self


def parse_recipe(text: str, where: str) -> Recipe:
    """Return the recipe that the TOML `text` describes; `where` names it in messages.

    Raises `RecipeError` with one line on the first fault.
    """
    try:
        return Recipe.model_validate(parse_toml(text))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{where}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise RecipeError(f"{where}: {first_fault(error, Recipe, 'recipe', 'docs/recipe.md')}") from error


def load_recipe(path: Path) -> Recipe:
    """Read the recipe at `path`. Raises `RecipeError`."""
    try:
        text = regular(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RecipeError(f"{path}: no such recipe; give a .toml file or the name of a zoo model") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: cannot be read as text: {error}") from error
    return parse_recipe(text, str(path))


def dump_recipe(recipe: Recipe) -> str:
    """Return the recipe as TOML, every default resolved. The path of a capture is left out: it belongs to a machine.

    So is `datapath.products` where it is the default, as in datapath.json: what does not use it keeps its bytes.
    """
    data = recipe.model_dump(mode="json", exclude_none=True)
    if recipe.datapath.products == "four":
        del data["datapath"]["products"]
    data.get("capture", {}).pop("path", None)
    return tomli_w.dumps(data)


def on_device(recipe: Recipe, device: str | None) -> Recipe:
    """Return `recipe` with its training on `device` ("auto", "cpu", "cuda"), as it is where None is given."""
    if device is None:
        return recipe
    if device not in ("auto", "cpu", "cuda"):
        raise RecipeError(f"--device {device}: expected auto, cpu or cuda")
    return recipe.model_copy(update={"training": recipe.training.model_copy(update={"device": device})})
