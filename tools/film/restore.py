"""Makes film.pt from the graphs of models/film/, so that training can go on without the checkpoint that they came from."""
import argparse
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from export import GRAPHS, OUT
from net import Film


def weights(folder):
    """By the names that net.py gives them, which the graphs keep."""
    found = {}
    for file, (part, _, _) in GRAPHS.items():
        for w in onnx.load(folder / file).graph.initializer:
            found[f'{part}.{w.name.removesuffix("_half")}'] = torch.from_numpy(numpy_helper.to_array(w).copy()).float()
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--cache', type=Path, default=Path(__file__).parent / '.cache')
    p.add_argument('--model', type=Path, default=OUT)
    a = p.parse_args()
    path = a.cache / 'film.pt'
    if path.exists():
        p.error(f'{path} is there already')
    found, net = weights(a.model), Film()
    net.load_state_dict({name: found[name].view_as(w) for name, w in net.state_dict().items()})
    a.cache.mkdir(parents=True, exist_ok=True)
    torch.save(dict(net=net.state_dict(), ema=net.state_dict(), step=0, elapsed=0.), path)
    print(f'{path}: go on with train.py --restart')


if __name__ == '__main__':
    main()
