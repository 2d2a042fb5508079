"""What the chain costs and how quick it is, measured on this machine: `make bench`."""
