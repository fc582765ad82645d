"""From a trained model to a folder that translates without torch; `entarte.engine` reads it.

graph     an ONNX graph, node by node
multiply  what is multiplied, as functions of ours; in `products` float32, in `narrow` bfloat16, in `row_wise`
          int8
cell encoder start place look multiplied decoder say   the parts of a model as nodes
graphs    a model as graphs
shortlist learning which words a translation may hold
parity    does the export say what the model says?
make      the folder
"""

from entarte.export.make import Made, export

__all__ = ["Made", "export"]
