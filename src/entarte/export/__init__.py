"""From a trained model to a folder that translates without torch; `entarte.engine` reads it.

graph     an ONNX graph, node by node
products  float32, or int8 with a scale for each row
narrow    bfloat16, as functions of ONNX
cell encoder start look decoder say   the parts of a model as nodes
graphs    a model as graphs
shortlist learning which words a translation may hold
parity    does the export say what the model says?
make      the folder
"""

from entarte.export.make import Made, export

__all__ = ["Made", "export"]
