"""Every reader that is fuzzed. A reader of files that is added to pimdeploy gets a line here."""

from firmware_ref.errors import FirmwareReferenceError
from fuzz import captures, documents, readers
from fuzz.mutate import resealed_bundle
from fuzz.target import Target

TARGETS = (
    Target("recipe", readers.read_recipe, documents.recipe_cases),
    Target("scenario", readers.read_scenario, documents.scenario_cases),
    Target("bands", readers.read_bands, documents.bands_cases),
    Target("bundle", readers.read_bundle, documents.bundle_cases, seal=resealed_bundle),
    Target(
        "firmware_ref",
        readers.read_as_firmware,
        documents.bundle_cases,
        (FirmwareReferenceError,),
        seal=resealed_bundle,
    ),
    Target("weights", readers.read_weights, documents.weights_cases),
    Target("checkpoint", readers.read_checkpoint, documents.checkpoint_cases, needs=("torch",)),
    Target("work", readers.read_work, documents.work_cases),
    Target("report", readers.read_report, documents.report_cases),
    Target("changes", readers.read_changes, documents.changes_cases),
    Target("sigmf", readers.read_capture, captures.sigmf_cases, needs=("sigmf",)),
    Target("npz", readers.read_capture, captures.npz_cases, hostile=captures.npz_bombs),
    Target("mat", readers.read_capture, captures.mat_cases, hostile=captures.mat_bombs, needs=("scipy",)),
    Target("hdf5", readers.read_capture, captures.hdf5_cases, hostile=captures.hdf5_bombs, needs=("h5py",)),
    Target("csv", readers.read_capture, captures.csv_cases),
    Target("ci16", readers.read_capture, captures.ci16_cases),
    Target("torch", readers.read_capture, captures.torch_cases, hostile=captures.torch_bombs, needs=("torch",)),
)
