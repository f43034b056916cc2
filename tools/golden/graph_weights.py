"""One small graph with a weight in each form that ONNX stores numbers in; every weight is also an output, as float32."""

import shutil

import numpy as np
import onnx
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from golden import GOLDEN, versions, write_json

FOLDER = GOLDEN / "graph-weights"
SHAPE = (3, 4)
values = (np.arange(12, dtype=np.float32) - 5) / 4  # exact in every type


def named(tensor, name):
    tensor.name = name
    return tensor


def external(tensor, name, location, raw, offset):
    tensor = named(tensor, name)
    tensor.raw_data = raw
    external_data_helper.set_external_data(tensor, location=location, offset=offset, length=len(raw))
    path = FOLDER / location
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "r+b" if path.exists() else "wb") as file:
        file.seek(offset)
        file.write(raw)
    tensor.ClearField("raw_data")
    return tensor


def proto(dtype):
    return TensorProto(data_type=dtype, dims=SHAPE)


def typed(dtype, name, **fields):
    return named(TensorProto(data_type=dtype, dims=SHAPE, **fields), name)


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir(parents=True)
halves = values.astype(np.float16)
bfloats = (values.view(np.uint32) >> 16).astype(np.uint16)
weights = [
    named(numpy_helper.from_array(values.reshape(SHAPE)), "float32 raw"),
    typed(TensorProto.FLOAT, "float32 numbers", float_data=values),
    named(numpy_helper.from_array(halves.reshape(SHAPE)), "float16 raw"),
    typed(TensorProto.FLOAT16, "float16 numbers", int32_data=halves.view(np.uint16)),
    typed(TensorProto.BFLOAT16, "bfloat16 raw", raw_data=bfloats.tobytes()),
    typed(TensorProto.BFLOAT16, "bfloat16 numbers", int32_data=bfloats),
    named(numpy_helper.from_array(values.astype(np.float64).reshape(SHAPE)), "float64 raw"),
    typed(TensorProto.DOUBLE, "float64 numbers", double_data=values.astype(np.float64)),
    external(proto(TensorProto.FLOAT), "float32 external", "weights.pb", values.tobytes(), 0),
    external(proto(TensorProto.FLOAT16), "float16 external", "weights.pb", halves.tobytes(), 64),
    external(proto(TensorProto.FLOAT), "float32 elsewhere", "more/model.onnx_data", values.tobytes(), 0),
]
nodes = [helper.make_node("Cast", [w.name], [f"{w.name} out"], to=TensorProto.FLOAT) for w in weights]
outputs = [helper.make_tensor_value_info(f"{w.name} out", TensorProto.FLOAT, ["rows", 4]) for w in weights]
graph = helper.make_graph(nodes, "weights", [], outputs, weights)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(FOLDER / "model.onnx"))
write_json("graph-weights/values.json", {"versions": versions("onnx", "numpy"), "values": values.tolist()})
