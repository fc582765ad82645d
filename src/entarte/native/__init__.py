"""Kernels in C for processors with AVX-512: products with matrices that were laid out for them, cells, looks,
most probable words. They are built when the package is installed, where there is a compiler; who uses them
asks first whether they are there, and does without where they are not.

    library   the compiled kernels, and whether they run here
    matrix    a matrix in the form that products read
    screen    a narrow copy of one, by which the most probable words are found among few
    front     the directions in which one of int8 is long, for the same
    part      rows that are picked from tables, side by side
    kernels   what can be done, in numpy's arrays

    product.c   rows times a matrix
    part.c      rows that are picked, and laid side by side
    linear.c    a product, and a function of what comes out
    cell.c      LSTM cells, and layers of them over time
    look.c      scores, softmax and context of an attention by products
    best.c      the largest of many scores
    words.c     the most probable words of a row
    screen.c    the same, found among few
    front.c     the same in int8
    short.c     the most probable words of a shortlist
    each.c      functions of each number

    For trainings, called by torch's threads (`fast.own`):

    outer.c     the gradient of a weight
    cross.c     softmax, cross-entropy and its gradient
    step.c      a step of a cell, there and back
"""

from __future__ import annotations

from entarte.native.front import Front
from entarte.native.library import able
from entarte.native.matrix import Matrix
from entarte.native.part import Part
from entarte.native.screen import Screen

__all__ = ["Front", "Matrix", "Part", "Screen", "able"]
