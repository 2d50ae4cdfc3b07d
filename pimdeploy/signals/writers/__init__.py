"""Writers of captures, one file a format, block by block. `pimdeploy.signals.writers.job` chooses and places them."""
