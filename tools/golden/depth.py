"""Writes test/golden/depth/: a tiny Depth Anything (transformers' own layout, random weights) with what it makes of a picture,
and a graph of one input and one output that takes what is bright for near."""
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from PIL import Image
from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config, DPTImageProcessor

FOLDER = Path(__file__).parents[2] / 'test/golden/depth'
WIDTH, HEIGHT = 84, 56


class Depth(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model(pixel_values=pixel_values).predicted_depth


def depth_anything():
    torch.manual_seed(7)
    backbone = Dinov2Config(
        hidden_size=8, num_hidden_layers=4, num_attention_heads=2, mlp_ratio=2, image_size=28, patch_size=14,
        out_features=['stage1', 'stage2', 'stage3', 'stage4'], reshape_hidden_states=False, apply_layernorm=True,
    )
    config = DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=8, patch_size=14, neck_hidden_sizes=[4, 4, 8, 8],
        fusion_hidden_size=4, head_hidden_size=4,
    )
    model = DepthAnythingForDepthEstimation(config).eval()
    # Weights as they are drawn make a map that is all but flat.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                torch.nn.init.xavier_normal_(parameter, gain=2)
        model.head.conv3.bias.fill_(3)
    folder = FOLDER / 'depth-anything'
    folder.mkdir(parents=True)
    processor = DPTImageProcessor(
        size={'height': HEIGHT, 'width': WIDTH}, keep_aspect_ratio=True, ensure_multiple_of=14,
        image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225],
    )
    processor.save_pretrained(folder)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture = np.stack([columns * 3, rows * 4, (columns * rows) % 256], -1).astype(np.uint8)
    Image.fromarray(picture).save(FOLDER / 'picture.png')
    pixels = processor(Image.fromarray(picture), return_tensors='pt')['pixel_values']
    with torch.no_grad():
        made = Depth(model)(pixels)
    print(tuple(pixels.shape), tuple(made.shape), float(made.min()), float(made.max()))
    made.numpy().astype('<f4').tofile(FOLDER / 'map.f32')
    torch.onnx.export(
        Depth(model), (pixels,), folder / 'model.onnx', input_names=['pixel_values'],
        output_names=['predicted_depth'], dynamo=False, opset_version=17,
    )
    (folder / 'config.json').write_text(json.dumps({'model_type': 'depth_anything', 'depth_estimation_type': 'relative'}))


def bright_is_near():
    folder = FOLDER / 'bright'
    folder.mkdir()
    nodes = [helper.make_node('ReduceMean', ['pixel_values'], ['predicted_depth'], axes=[1], keepdims=0)]
    picture = helper.make_tensor_value_info('pixel_values', TensorProto.FLOAT, [1, 3, 'height', 'width'])
    depth = helper.make_tensor_value_info('predicted_depth', TensorProto.FLOAT, [1, 'height', 'width'])
    model = helper.make_model(
        helper.make_graph(nodes, 'bright', [picture], [depth]), opset_imports=[helper.make_opsetid('', 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, folder / 'model.onnx')
    (folder / 'preprocessor_config.json').write_text(json.dumps({'do_resize': False, 'do_normalize': False}))


shutil.rmtree(FOLDER, ignore_errors=True)
depth_anything()
bright_is_near()
