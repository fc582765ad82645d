"""Kernels in Triton, a pair for each idea: a step there, a step back.

Each is told pointers to the numbers of one step. A number that is not there is None, which Triton knows
when it compiles. All compute in the type of what they read; what they write is cast to the type of its
place, so that a copy for narrow products is one store more.
"""
