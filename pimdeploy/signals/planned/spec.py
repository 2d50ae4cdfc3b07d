"""The scenario file: pydantic models of the TOML. docs/scenarios.md says what every key means."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from pimdeploy.defaults import PLAN_ORDER
from pimdeploy.network_spec import Section

MOST_ANTENNAS = 64
LAWS = ("standard-levels", "standard-slope", "power-series", "tanh", "arctan", "threshold")
LawName = Literal["standard-levels", "standard-slope", "power-series", "tanh", "arctan", "threshold"]


def _place(given: Any) -> Any:  # noqa: ANN401 - whatever the TOML holds
    if not isinstance(given, list | tuple) or len(given) != 3:
        raise ValueError(f"got {given!r}, expected x, y and z in m, such as [0.1, 0.2, 0.5]")
    return given


Place = Annotated[tuple[float, float, float], BeforeValidator(_place)]


class CarrierEntry(Section):
    """A carrier: [[carrier]] is transmitted, [[wanted]] is an uplink signal that every receive antenna hears."""

    waveform: str
    """lte-20, nr-100-30, lte-10-uplink, wcdma, gsm, cw ...: docs/spec/waveforms.md."""
    modulation: str | None = None
    """Of the subcarriers of LTE and NR: qpsk, 16qam, 64qam, 256qam; 64qam by default."""
    center_hz: float = Field(gt=0)
    """Centre of the channel, Hz."""
    power_dbm: float = Field(ge=-200, le=80)
    """Mean level an antenna, dBm; of a wanted signal at the receiver's input."""
    papr_db: float | None = None
    """Peak to average power, dB, to which the crest is reduced; by default not at all."""


class TransmitterEntry(Section):
    """Antennas of the transmitter and what all carriers share."""

    antennas: int = Field(default=1, ge=1, le=MOST_ANTENNAS)
    """Transmit antennas, the channels of tx."""
    precoding: Literal["identity", "beams", "slots"] = "identity"
    """A stream an antenna; fixed DFT beams; or matrices drawn anew in every slot."""
    streams: int | None = Field(default=None, ge=1, le=MOST_ANTENNAS)
    """Streams of each carrier, by default as many as antennas."""
    slot_s: float = Field(default=1e-3, gt=0)
    """Length of a slot of precoding = "slots", s."""
    papr_db: float | None = None
    """Peak to average power, dB, of each antenna's sum of carriers, as where they share an amplifier."""
    center_hz: float | None = Field(default=None, gt=0)
    """Centre frequency of the samples in tx, Hz; by default the receiver's."""

    @model_validator(mode="after")
    def _streams_fit(self) -> "TransmitterEntry":
        streams = self.antennas if self.streams is None else self.streams
        if streams > self.antennas:
            raise ValueError(f"{streams} streams on {self.antennas} antennas: expected no more streams than antennas")
        if self.precoding == "identity" and streams != self.antennas:
            raise ValueError(
                f"precoding = 'identity' with streams = {streams}: it has a stream an antenna; drop streams"
            )
        return self


class ReceiverEntry(Section):
    """The receiver: the same front end behind every receive antenna."""

    antennas: int = Field(default=1, ge=1, le=MOST_ANTENNAS)
    """Receive antennas, the channels of rx."""
    band: str | None = None
    """The band whose uplink is received; by default the first of `bands`."""
    band_hz: tuple[float, float] | None = None
    """Or the edges of what is received, Hz."""
    center_hz: float | None = Field(default=None, gt=0)
    """Centre frequency of the samples in rx, Hz; by default the middle of the receive band."""
    fs_hz: float | None = Field(default=None, gt=0)
    """Sample rate of rx, Hz; by default that of tx. A canceller works at this rate."""
    noise_figure_db: float = Field(default=5.0, ge=0, le=60)
    """Noise figure, dB."""
    isolation_db: float = Field(default=80.0, ge=0)
    """Attenuation of the duplexer from the transmitter to the receiver, dB; the receiver's filter adds 100 dB."""
    transition_hz: float | None = Field(default=None, gt=0)
    """Width of each transition of the channel filter, Hz; by default a tenth of the band."""
    adc_bits: int | None = Field(default=None, ge=2, le=24)
    """Word length of the converter; by default samples are not rounded."""
    adc_full_scale_dbm: float | None = None
    """Level of a tone that just fills the converter, dBm at the receiver's input."""

    @model_validator(mode="after")
    def _whole(self) -> "ReceiverEntry":
        if (self.adc_bits is None) != (self.adc_full_scale_dbm is None):
            raise ValueError(
                "adc_bits and adc_full_scale_dbm go together: a word length says no level without the other"
            )
        if self.band is not None and self.band_hz is not None:
            raise ValueError("band and band_hz: give one of the two")
        if self.band_hz is not None and not 0 < self.band_hz[0] < self.band_hz[1]:
            raise ValueError(f"band_hz = {list(self.band_hz)}: expected the lower edge first, in Hz")
        return self


class ArrayEntry(Section):
    """The panel in which the antennas stand, for external sources: columns along x, rows along y, about the origin."""

    columns: int | None = Field(default=None, ge=1, le=MOST_ANTENNAS)
    """Columns of the panel; by default one row."""
    spacing_m: float | None = Field(default=None, gt=0)
    """Distance of neighbours, m; by default half a wavelength."""


class ImageEntry(Section):
    """A mirror image of an external source: one more ray to and from every antenna."""

    place_m: Place
    """x, y, z, m."""
    level_db: float = Field(le=0)
    """Against the direct rays, dB."""


class DriftEntry(Section):
    """A slow swing of the way back from a source."""

    period_s: float = Field(gt=0)
    """Shortest period of the swing, s."""
    gain_db: float = Field(default=0.0, ge=0)
    """Largest swing of the gain to either side, dB."""
    phase_deg: float = Field(default=0.0, ge=0)
    """Of the phase, degrees."""
    delay_s: float = Field(default=0.0, ge=0)
    """Of the delay, s; it turns the carrier, too."""


class SourceEntry(Section):
    """A passive source: a law with its calibration, and where it sits."""

    law: LawName = "standard-levels"
    """standard-levels or standard-slope (papers/002, clause 6.2.2), power-series, tanh, arctan or threshold."""
    level: str | None = None
    """IM3 of two CW carriers, such as "-150 dBc at 2 x 43 dBm" or "-80 dBm at 2 x 43 dBm", where it is loudest."""
    im5: str | None = None
    """Level of IM5 at the same powers: of power-series, or for the shape of tanh and arctan."""
    im7: str | None = None
    """Level of IM7, of power-series."""
    im9: str | None = None
    """Level of IM9, of power-series."""
    slope_db: float | None = None
    """dB of IM3 for each dB of both carriers, for the shape of tanh and arctan."""
    critical_dbm: float | None = None
    """Level of one CW carrier at which threshold begins to answer, dBm."""
    softness: float | None = Field(default=None, gt=0)
    """Width of the edges of threshold, as a part of it; 0.25 by default."""
    path: Literal["conducted", "external"] = "conducted"
    """In the feeder of an antenna, or in the air in front of them."""
    branch: int = Field(default=0, ge=0)
    """Antenna in whose feeder a conducted source sits, from 0."""
    isolation_db: float | None = Field(default=None, ge=0)
    """How far below that the other antennas couple to a conducted source, dB; by default not at all."""
    delay_s: float = Field(default=0.0, ge=0)
    """Delay to a conducted source, and as much back, s."""
    echo_db: float | None = Field(default=None, lt=0)
    """Level of an echo on each way of a conducted source, dB."""
    echo_delay_s: float = Field(default=0.0, ge=0)
    """How far behind the direct wave the echo comes, s."""
    place_m: Place | None = None
    """x, y, z of an external source, m; the panel stands about the origin in the plane z = 0."""
    image: tuple[ImageEntry, ...] = ()
    """Reflections of an external source."""
    drift: DriftEntry | None = None
    """Slow drift of the way back."""

    @field_validator("law", mode="before")
    @classmethod
    def _known_law(cls, law: Any) -> Any:  # noqa: ANN401 - whatever the TOML holds
        import difflib

        if isinstance(law, str) and law not in LAWS:
            near = difflib.get_close_matches(law, LAWS, n=1, cutoff=0.0)[0]
            raise ValueError(f"there is no law {law!r}; did you mean {near!r}? known: {', '.join(LAWS)}")
        return law

    @model_validator(mode="after")
    def _keys_of_path(self) -> "SourceEntry":
        if (self.path == "external") != (self.place_m is not None):
            raise ValueError(
                "place_m is where an external source stands: give it with path = 'external' and only there"
            )
        foreign = ("image",) if self.path == "conducted" else ("branch", "isolation_db", "delay_s", "echo_db")
        for key in foreign:
            if getattr(self, key) != type(self).model_fields[key].default:
                raise ValueError(f"{key} is no key of path = {self.path!r}; drop it")
        return self


class ScenarioPlan(Section):
    """A scenario: what is transmitted, which sources it meets, what receives."""

    title: str = ""
    """What it is, in one line."""
    bands: tuple[str, ...] = Field(min_length=1)
    """Bands that transmit, by number or name; carriers lie in their downlinks."""
    order: int = Field(default=PLAN_ORDER, ge=3, le=15)
    """Highest order of products asked for: sample rates are chosen and checked for it, levels are listed up to it."""
    fs_hz: float | None = Field(default=None, gt=0)
    """Sample rate of tx, Hz; by default the lowest of 30.72, 61.44, 122.88 ... MS/s that holds what is asked for."""
    carrier: tuple[CarrierEntry, ...] = Field(min_length=1)
    """The transmitted carriers."""
    transmitter: TransmitterEntry = TransmitterEntry()
    receiver: ReceiverEntry = ReceiverEntry()
    array: ArrayEntry = ArrayEntry()
    source: tuple[SourceEntry, ...] = ()
    """The passive sources."""
    wanted: tuple[CarrierEntry, ...] = ()
    """Uplink signals."""

    @field_validator("bands", mode="before")
    @classmethod
    def _names_of_bands(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the TOML holds
        if not isinstance(given, list | tuple) or not given or not all(isinstance(name, str) for name in given):
            raise ValueError(f'got {given!r}, expected a list of names, such as ["3"] or ["2", "4"]')
        return given

    @model_validator(mode="after")
    def _odd_order(self) -> "ScenarioPlan":
        if self.order % 2 == 0:
            raise ValueError(
                f"order = {self.order}: products near the carriers have odd orders, such as {self.order - 1}"
            )
        return self
