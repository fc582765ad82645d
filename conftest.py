"""The doctests of kernels are looked for only where Triton, in which they are written, is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("triton") else ["src/entarte/fast/card/*"]
