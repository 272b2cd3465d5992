"""Benchmarks against what a person could use instead; `python -m tests.bench [part …]`."""
