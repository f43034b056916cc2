"""Fills the cache with training checkpoints from the exported graphs, which are all that is kept of a training.

A weight keeps its name in the graph, except where the exporter folds it into a product: those are told by the node
that uses them. Weights come back as the float16 that they were stored as; optimizers start anew. What is in the
cache already is left alone. The model must be one of the present networks and of the present world.

    python tools/storybook/restore.py
"""
import json
import re
import shutil
from pathlib import Path

import torch

from captions import FIGURE, SCENE
from common import arguments, save


def weights(path):
    """-> parameter's name -> tensor, with PyTorch's layout"""
    import onnx
    from onnx import numpy_helper
    graph = onnx.load(str(path)).graph
    stored = {t.name.removesuffix('_half'): torch.from_numpy(numpy_helper.to_array(t).copy()).float() for t in graph.initializer}
    found = {k: v for k, v in stored.items() if '::' not in k}
    for node in graph.node:
        for name in node.input:
            if node.op_type == 'MatMul' and '::' in name and name in stored:
                # "/encoder/layers.0/qkv/MatMul", "/layout/figure/figure.0/MatMul"; a module called twice in a graph keeps one weight
                scopes = re.sub(r'/MatMul(_\d+)?$', '', node.name).strip('/').split('/')
                module = '.'.join(a for a, b in zip(scopes, [*scopes[1:], '']) if not b.startswith(a + '.'))
                found.setdefault(re.sub(r'_\d+(?=\.|$)', '', module) + '.weight', stored[name].T.contiguous())
    return found


def fill(network, path, prefix='', leave=()):
    """Loads a graph's weights, but for names that begin like those in `leave`; says what the graph lacks, which keeps its first values."""
    got = {k.removeprefix(prefix): v for k, v in weights(path).items() if k.startswith(prefix)}
    own = {k: v for k, v in network.state_dict().items() if not k.startswith(tuple(leave))}
    fitting = {k: got[k].reshape(own[k].shape) for k in own if k in got and got[k].numel() == own[k].numel()}
    network.load_state_dict(fitting, strict=False)
    missing = [k for k in own if k not in fitting]
    print(f'{path.parent.name}/{prefix}: {len(fitting)} of {len(own)} tensors' + (f', not {missing}' if missing else ''), flush=True)
    return network


def main():
    args = arguments(__doc__.split('\n\n')[0], model=str(Path(__file__).parents[2] / 'models/storybook'))
    from preview import PreviewDecoder
    from text import Concepts, TextEncoder
    from unet import UNet
    from vae import Decoder, Encoder
    model = Path(args.model)
    at = lambda part: model / part / 'model.onnx'
    config = json.loads((model / 'unet/config.json').read_text())
    if config.get('concepts') != dict(scene=SCENE, figure=FIGURE):
        raise SystemExit(f'{model.name} knows another world than this one')
    scale = json.loads((model / 'vae_decoder/config.json').read_text())['scaling_factor']
    shutil.copytree(model / 'tokenizer', args.cache / 'tokenizer', dirs_exist_ok=True)
    tokens = json.loads((model / 'text_encoder/config.json').read_text())['vocab_size']

    def put(name, **state):
        if not (args.cache / name).exists():
            save(args.cache / name, **state)
    put('vae.pt', encoder=fill(Encoder(), at('vae_encoder'), 'enc.').state_dict(), decoder=fill(Decoder(), at('vae_decoder')).state_dict(), optimizer=None,
        elapsed=0., n=0, scaling_factor=scale)
    encoder = fill(TextEncoder(tokens), at('text_encoder'), 'encoder.')
    put('text.pt', encoder=encoder.state_dict(), concepts=fill(Concepts(), at('text_encoder'), 'concepts.').state_dict(), optimizers=None, n=0)
    net = fill(UNet(**config.get('storybook', {})), at('unet'))
    put('layout.pt', layout=net.layout.state_dict())
    put('unet.pt', net=net.state_dict(), ema=net.state_dict(), optimizers=None, n=0, used=0, elapsed=0., config=net.config, scaling_factor=scale)
    if at('vae_decoder_preview').exists():
        put('preview.pt', decoder=fill(PreviewDecoder(), at('vae_decoder_preview')).state_dict())


if __name__ == '__main__':
    main()
