"""Emitters, one file each. They see the datapath only."""
