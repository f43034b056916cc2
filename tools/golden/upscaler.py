"""Writes test/golden/upscaler.onnx: an upscaler whose every pixel can be foretold, each one repeated 3 x 3."""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

nodes = [helper.make_node('Resize', ['sample', '', 'scales'], ['upscaled'], mode='nearest', coordinate_transformation_mode='asymmetric', nearest_mode='floor')]
scales = numpy_helper.from_array(np.array([1, 1, 3, 3], np.float32), 'scales')
small = helper.make_tensor_value_info('sample', TensorProto.FLOAT, [1, 3, 'h', 'w'])
large = helper.make_tensor_value_info('upscaled', TensorProto.FLOAT, [1, 3, 'hh', 'ww'])
model = helper.make_model(helper.make_graph(nodes, 'upscaler', [small], [large], [scales]), opset_imports=[helper.make_opsetid('', 18)], ir_version=9)
onnx.checker.check_model(model)
onnx.save(model, Path(__file__).parents[2] / 'test/golden/upscaler.onnx')
