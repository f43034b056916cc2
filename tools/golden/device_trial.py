"""Writes models/trial/model.onnx: the little graph that a device is tried with, made of what diffusion models are made of.

    python tools/golden/device_trial.py

Prints what the CPU makes of it, which src/onnx/device-trial.ts compares with.
"""
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

TARGET = Path(__file__).parents[2] / 'models/trial/model.onnx'
random = np.random.default_rng(1)


def weights(name, *shape):
    return numpy_helper.from_array(random.uniform(-.6, .6, shape).astype(np.float32), name)


nodes = [
    helper.make_node('Conv', ['picture', 'conv', 'bias'], ['c'], pads=[1, 1, 1, 1]),
    helper.make_node('InstanceNormalization', ['c', 'scale', 'shift'], ['n'], epsilon=1e-5),
    helper.make_node('Sigmoid', ['n'], ['s']),
    helper.make_node('Mul', ['n', 's'], ['silu']),
    helper.make_node('Reshape', ['silu', 'flat'], ['tokens']),
    helper.make_node('MatMul', ['tokens', 'query'], ['q']),
    helper.make_node('Transpose', ['q'], ['k'], perm=[0, 2, 1]),
    helper.make_node('MatMul', ['q', 'k'], ['scores']),
    helper.make_node('Softmax', ['scores'], ['attention'], axis=-1),
    helper.make_node('MatMul', ['attention', 'q'], ['mixed']),
    helper.make_node('ReduceMean', ['mixed'], ['result'], axes=[1], keepdims=0),
]
constants = [weights('conv', 4, 2, 3, 3), weights('bias', 4), weights('scale', 4), weights('shift', 4), weights('query', 64, 8),
             numpy_helper.from_array(np.array([1, 4, 64], np.int64), 'flat')]
graph = helper.make_graph(nodes, 'trial', [helper.make_tensor_value_info('picture', TensorProto.FLOAT, [1, 2, 8, 8])],
                          [helper.make_tensor_value_info('result', TensorProto.FLOAT, [1, 8])], constants)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8, producer_name='storyreel')
onnx.checker.check_model(model)
TARGET.parent.mkdir(exist_ok=True)
onnx.save(model, str(TARGET))
feed = (np.arange(128, dtype=np.float32) / 64 - 1).reshape(1, 2, 8, 8)
result = onnxruntime.InferenceSession(str(TARGET), providers=['CPUExecutionProvider']).run(None, {'picture': feed})[0]
print(TARGET.stat().st_size, 'bytes;', [round(float(x), 5) for x in result[0]])
