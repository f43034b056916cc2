"""A small network with the layers that matter, exported in the ways that exporters name, fold and store weights.

y = x + the sum of what each layer makes of x, so that every weight is heard.
"""

import shutil

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from golden import GOLDEN, versions, write_json

FOLDER = GOLDEN / "module-weights"
torch.manual_seed(3)


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.to_q = torch.nn.Linear(6, 6, bias=False)
        self.to_out = torch.nn.ModuleList([torch.nn.Linear(6, 6), torch.nn.Dropout(0)])

    def forward(self, x):
        return self.to_out[0](self.to_q(x))


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.time_embedding = torch.nn.Linear(6, 6)
        self.down_blocks = torch.nn.ModuleList([Attention()])
        self.mid_block = torch.nn.Sequential(torch.nn.Linear(6, 4, bias=False), torch.nn.ReLU(), torch.nn.Linear(4, 6, bias=False))
        self.conv_out = torch.nn.Conv1d(1, 1, 3, padding=1)

    def forward(self, x):
        y = x + self.time_embedding(x[:, 0])[:, None] + self.down_blocks[0](x) + self.mid_block(x)
        return y + self.conv_out(x)


def halved(model):
    """Weights as halves, each behind a Cast, as storybook's are."""
    graph, casts, kept = model.graph, [], []
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.ndim < 2:
            kept.append(tensor)
            continue
        kept.append(numpy_helper.from_array(array.astype(np.float16), tensor.name + "_half"))
        casts.append(helper.make_node("Cast", [tensor.name + "_half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(casts + nodes)
    return model


def without_traces(model):
    """Where in which file an operation was written is nobody's business."""
    for node in model.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    return model


shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir()
network = Network().eval()
with torch.no_grad():
    for p in network.parameters():
        p.copy_((p * 64).round() / 64)  # exact as halves
x = torch.randn(2, 1, 6)
for name, dynamo in (("torchscript", False), ("dynamo", True)):
    more = {"external_data": False} if dynamo else {"opset_version": 17}
    torch.onnx.export(network, (x,), str(FOLDER / f"{name}.onnx"), input_names=["x"], output_names=["y"], dynamo=dynamo, **more)
onnx.save(without_traces(onnx.load(FOLDER / "dynamo.onnx")), FOLDER / "dynamo.onnx")
onnx.save(halved(onnx.load(FOLDER / "torchscript.onnx")), FOLDER / "halves.onnx")

# The network with 2⁻³ (row − 2 · column) added to each weight.
changed = {}
with torch.no_grad():
    before = network(x)
    for path, layer in network.named_modules():
        if isinstance(layer, (torch.nn.Linear, torch.nn.Conv1d)):
            flat = layer.weight.view(layer.weight.shape[0], -1)
            rows, columns = torch.meshgrid(*[torch.arange(n) for n in flat.shape], indexing="ij")
            changed[path] = list(flat.shape)
            flat.add_((rows - 2 * columns) / 8)
    after = network(x)
write_json("module-weights/values.json", {
    "versions": versions("torch", "onnx", "onnxscript"), "modules": changed,
    **{k: v.flatten().tolist() for k, v in (("x", x), ("before", before), ("after", after))},
})
