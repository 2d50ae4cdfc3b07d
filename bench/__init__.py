"""The figures of pimdeploy, measured: `make bench` prints one Markdown table and writes bench/RESULTS.md."""
