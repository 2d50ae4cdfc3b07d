"""The operation ledger. It sees the datapath only."""
