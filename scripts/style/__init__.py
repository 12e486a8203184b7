"""The checks behind scripts/tidy: each module holds one kind of rule and yields findings."""
