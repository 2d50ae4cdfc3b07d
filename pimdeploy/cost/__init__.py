"""The operation ledger: what a datapath costs, what the paper says it costs, and budgets. It sees the datapath only."""
