"""Readers of captures, one file a format. Each returns a `RawCapture`; `pimdeploy.signals.capture_io` completes it."""
