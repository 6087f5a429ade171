"""Timbre's GPU handler (docs/gpu.md). Its contract is docs/gpu-contract.md, version 2."""
