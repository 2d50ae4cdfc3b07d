"""The receiver: noise, wanted signal, duplexer, channel filter and converter, and what PIM costs in sensitivity."""
