"""A graph whose inputs are float16, int64 and a rank-0 float16: output = half * 2 + number + timestep."""

import onnx
from onnx import TensorProto, helper

from golden import GOLDEN

nodes = [
    helper.make_node("Cast", ["number"], ["number16"], to=TensorProto.FLOAT16),
    helper.make_node("Add", ["half", "half"], ["double"]),
    helper.make_node("Add", ["double", "number16"], ["sum"]),
    helper.make_node("Add", ["sum", "timestep"], ["output"]),
]
graph = helper.make_graph(
    nodes, "element_types",
    [
        helper.make_tensor_value_info("half", TensorProto.FLOAT16, ["n"]),
        helper.make_tensor_value_info("number", TensorProto.INT64, ["n"]),
        helper.make_tensor_value_info("timestep", TensorProto.FLOAT16, []),
    ],
    [helper.make_tensor_value_info("output", TensorProto.FLOAT16, ["n"])],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, GOLDEN / "element-types.onnx")
