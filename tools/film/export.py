"""Writes models/film/model.onnx (float16 weights, float32 in and out) and checks it against torch."""
import argparse
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from net import Film, parameters

OUT = Path(__file__).resolve().parents[2] / 'models' / 'film'


def halve(model):
    """Stores large weights as float16 with a cast before their use, which onnxruntime folds away on loading."""
    graph = model.graph
    casts = []
    for i, w in enumerate(graph.initializer):
        a = numpy_helper.to_array(w)
        if a.dtype != np.float32 or a.size < 64:
            continue
        name = w.name
        graph.initializer[i].CopyFrom(numpy_helper.from_array(a.astype(np.float16), name + '_half'))
        casts.append(helper.make_node('Cast', [name + '_half'], [name], to=TensorProto.FLOAT))
    for c in reversed(casts):
        graph.node.insert(0, c)
    return model


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--cache', type=Path, default=Path(__file__).parent / '.cache')
    p.add_argument('--out', type=Path, default=OUT)
    a = p.parse_args()
    warnings.filterwarnings('ignore')
    state = torch.load(a.cache / 'film.pt', weights_only=False)
    net = Film(**state['config']).eval()
    net.load_state_dict(state['ema'])
    with torch.no_grad():
        for q in net.parameters():
            q.copy_(q.half().float())
    a.out.mkdir(parents=True, exist_ok=True)
    path = a.out / 'model.onnx'
    x0, x1, t = torch.rand(1, 3, 128, 192), torch.rand(1, 3, 128, 192), torch.tensor([[.3]])
    dynamic = {2: 'height', 3: 'width'}
    torch.onnx.export(net, (x0, x1, t), str(path), input_names=['x0', 'x1', 'time'], output_names=['image'], opset_version=17,
                      dynamic_axes={'x0': dynamic, 'x1': dynamic, 'image': dynamic}, dynamo=False)
    onnx.save(halve(onnx.load(path)), path)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    worst = 0.
    for h, w, n in ((128, 192, 1), (192, 320, 1), (64, 64, 1), (448, 704, 1)):
        x0, x1, t = torch.rand(n, 3, h, w), torch.rand(n, 3, h, w), torch.rand(n, 1)
        with torch.no_grad():
            want = net(x0, x1, t).numpy()
        got = session.run(None, dict(x0=x0.numpy(), x1=x1.numpy(), time=t.numpy()))[0]
        worst = max(worst, float(np.abs(got - want).max()))
    assert worst < 1e-4, f'the export differs from torch by {worst}'
    (a.out / 'interpolation.json').write_text(json.dumps({'multiple': 64}, indent=2) + '\n')
    print(f'{path.stat().st_size / 1e6:.2f} MB, {parameters(net)} parameters, step {state["step"]}, within {worst:.1e} of torch, '
          f'sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}')


if __name__ == '__main__':
    main()
