"""Writes models/film/ (both graphs: float16 weights, float32 in and out) and checks it against torch."""
import argparse
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

from net import Film, parameters

OUT = Path(__file__).resolve().parents[2] / 'models' / 'film'

# Of each graph: what net.py calls it, its inputs and its output.
GRAPHS = {'coarse.onnx': ('coarse', ('h0', 'h1', 'time'), 'motion'), 'model.onnx': ('fine', ('x0', 'x1', 'time', 'motion'), 'image')}


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


def example(h, w, n=1):
    """What both graphs are given for pictures of h x w: by input name."""
    # not white noise: in that, a thousandth of a pixel shows
    x0, x1 = F.avg_pool2d(torch.rand(2, n, 3, h, w).flatten(0, 1), 5, 1, 2).split(n)
    return dict(x0=x0, x1=x1, h0=F.avg_pool2d(x0, 2), h1=F.avg_pool2d(x1, 2), time=torch.rand(n, 1), motion=torch.rand(n, 4, h // 8, w // 8))


def write(net, path, inputs, output):
    given = example(128, 192)
    dynamic = {2: 'height', 3: 'width'}
    torch.onnx.export(net, tuple(given[name] for name in inputs), str(path), input_names=list(inputs), output_names=[output], opset_version=17,
                      dynamic_axes={name: dynamic for name in (*inputs, output) if name != 'time'}, dynamo=False)
    onnx.save(halve(onnx.load(path)), path)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--cache', type=Path, default=Path(__file__).parent / '.cache')
    p.add_argument('--out', type=Path, default=OUT)
    a = p.parse_args()
    warnings.filterwarnings('ignore')
    state = torch.load(a.cache / 'film.pt', weights_only=False)
    net = Film().eval()
    net.load_state_dict(state['ema'])
    with torch.no_grad():
        for q in net.parameters():
            if q.numel() >= 64:
                q.copy_(q.half().float())
    a.out.mkdir(parents=True, exist_ok=True)
    sessions = {}
    for file, (part, inputs, output) in GRAPHS.items():
        write(getattr(net, part), a.out / file, inputs, output)
        sessions[part] = onnxruntime.InferenceSession(a.out / file, providers=['CPUExecutionProvider'])
    worst = 0.
    for h, w in ((128, 192), (192, 320), (64, 64), (448, 704)):
        given = example(h, w)
        with torch.no_grad():
            want = net(given['x0'], given['x1'], given['time']).numpy()
        feed = lambda names: {name: np.asarray(given[name]) for name in names}
        given['motion'], = sessions['coarse'].run(None, feed(GRAPHS['coarse.onnx'][1]))
        got, = sessions['fine'].run(None, feed(GRAPHS['model.onnx'][1]))
        worst = max(worst, float(np.abs(got - want).max()))
    assert worst < 1e-4, f'the export differs from torch by {worst}'
    (a.out / 'interpolation.json').write_text(json.dumps({'multiple': 64, 'motion': 'coarse.onnx'}, indent=2) + '\n')
    for file in GRAPHS:
        path = a.out / file
        print(f'{file} {path.stat().st_size / 1e6:.2f} MB, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}')
    print(f'{parameters(net)} parameters, step {state["step"]}, within {worst:.1e} of torch')


if __name__ == '__main__':
    main()
