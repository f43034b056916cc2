"""Puts the weights of the first ring's model (8 places, 12 kinds, two figures) where they belong in the networks of the
wider world, as the checkpoints that training goes on from.

What a new value is nearest to lends it its first weights (a castle stands in a meadow, a king is a man); ages, actions,
expressions, views and styles begin at nothing. The first picture already has the old places, props and upright figures
right. Not needed once the model in place knows the wider world: then `restore.py` does it alone.

    python tools/storybook/grow.py
"""
import json
import random
from pathlib import Path

import torch

from captions import FIGURE, GROUPS, SCENE
from common import arguments, save
from restore import fill, weights
from text import N_FIGURE, N_SCENE, Concepts, TextEncoder, Tokenizer, train_tokenizer
from unet import UNet
from vae import Decoder, Encoder
from world import FIGURES

KINDS = ['man', 'woman', 'boy', 'girl', 'wizard', 'knight', 'robot', 'fox', 'cat', 'dog', 'rabbit', 'bear']
OLD_SCENE = {'setting': SCENE['setting'][:8], 'time': SCENE['time'], 'weather': SCENE['weather'], 'camera': SCENE['camera'], 'prop': SCENE['prop'][:7]}
OLD_FIGURE = {'kind': KINDS, 'color': FIGURE['color'], 'hair': FIGURE['hair'][:5], 'skin': FIGURE['skin'], 'old': [0, 1], 'beard': [0, 1], 'hat': [0, 1],
              'talk': [0, 1], 'held': FIGURE['held'][:3], 'pos': FIGURE['pos']}
NEAR = {'castle': 'meadow', 'desert': 'beach', 'farm': 'meadow', 'river': 'meadow', 'kitchen': 'room', 'cave': 'room', 'moon': 'mountains',
        'king': 'man', 'queen': 'woman', 'pirate': 'man', 'witch': 'woman', 'astronaut': 'robot', 'ghost': 'rabbit', 'mouse': 'rabbit', 'pig': 'bear',
        'lion': 'bear', 'owl': 'cat', 'penguin': 'cat', 'frog': 'cat', 'sheep': 'rabbit', 'elephant': 'bear', 'grey': 'white', 'car': 'house', 'snowman': 'lighthouse'}


def places(groups):
    """(group, value) -> column"""
    return {key: i for i, key in enumerate((k, v) for k, values in groups.items() for v in values)}


def columns(w, old, new):
    """Columns of a first layer (rows x old values), one for each new value."""
    at = places(old)
    out = torch.zeros(w.shape[0], sum(map(len, new.values())))
    for (k, v), i in places(new).items():
        if k == 'age':
            if v == 'old':
                out[:, i] = w[:, at['old', 1]] - w[:, at['old', 0]]
            elif v == 'child':
                out[:, i] = (w[:, at['kind', 'boy']] - w[:, at['kind', 'man']] + w[:, at['kind', 'girl']] - w[:, at['kind', 'woman']]) / 2
        elif (k, v) in at:
            out[:, i] = w[:, at[k, v]]
        elif (k, NEAR.get(v)) in at and k != 'prop':
            out[:, i] = w[:, at[k, NEAR[v]]]
    return out


def sheets(table):
    """Sheets of the figures' bodies: kinds, ages of men and of women, then beard, hat, talking, lantern, umbrella."""
    row = lambda k: table[KINDS.index(k)]
    old, beard, hat, talk, lantern, umbrella = table[len(KINDS):]
    none = torch.zeros_like(old)
    kinds = [row(k if k in KINDS else NEAR[k]) for k in FIGURE['kind']]
    return torch.stack(kinds + [row('boy') - row('man'), none, none, none, old, row('girl') - row('woman'), none, none, none, old,
                                beard, hat, talk, lantern, umbrella])


def denoiser(old):
    """-> the network of the wider world with an old one's weights (by name)"""
    net = UNet(d=old['background.inp.bias'].numel(), scene_blocks=3)
    new = net.state_dict()
    new |= {k: v for k, v in old.items() if k in new and new[k].shape == v.shape and not k.startswith('layout.')}
    s, f = sum(map(len, OLD_SCENE.values())), sum(map(len, OLD_FIGURE.values()))
    first = lambda k: old[f'{k}_cond.0.weight']
    nothing = lambda w, n: torch.zeros(w.shape[0], n)
    scene = lambda w: columns(w[:, :s], OLD_SCENE, SCENE)
    w = first('scene')
    new['scene_cond.0.weight'] = torch.cat([scene(w), w[:, s:s + 2], nothing(w, 1), w[:, s + 2:s + 12], nothing(w, 2), w[:, s + 12:]], 1)
    w = first('figure')
    new['figure_cond.0.weight'] = torch.cat([columns(w[:, :f], OLD_FIGURE, FIGURE), scene(w[:, f:]), w[:, f + s:]], 1)
    new['figure_cond.0.bias'] = old['figure_cond.0.bias'] + w[:, places(OLD_FIGURE)['old', 0]]
    w = first('prop')
    new['prop_cond.0.weight'] = torch.cat([scene(w), w[:, s:]], 1)
    w = first('trunk')
    new['trunk_cond.0.weight'] = torch.cat([scene(w), w[:, s:s + 2], nothing(w, 1), w[:, s + 2:]], 1)
    new['background.slide.weight'] = torch.cat([old['background.slide.weight'], nothing(old['background.slide.weight'], 2)], 1)
    maps = old['background.maps.0']
    new['background.maps.0'] = maps[[SCENE['setting'].index(NEAR.get(v, v)) for v in SCENE['setting']]]
    for k in ('fine', 'coarse'):
        new[f'figure.{k}.table'] = sheets(old[f'figure.{k}'])
        prop = old[f'prop.{k}']
        new[f'prop.{k}.table'] = prop[[SCENE['prop'].index(NEAR.get(v, v)) - 1 for v in SCENE['prop'][1:]]]
    w = old['figure.inp.weight']
    new['figure.inp.weight'] = torch.cat([w, .3 * new['figure.inp.weight'][:, w.shape[1]:]], 1)
    new['prop.inp.weight'] = old['prop.inp.weight']
    styles = len(SCENE['style'])
    new['head'] = old['head.weight'].T.reshape(1, -1).repeat(styles, 1)
    new['head_bias'] = old['head.bias'].repeat(styles, 1)
    net.load_state_dict(new)
    return net


def tokens(old, was, tok, encoder):
    """Embeddings of tokens that were there before; a new one begins as the mean of what it was split into."""
    known = was.tok.get_vocab()
    with torch.no_grad():
        for word, i in tok.tok.get_vocab().items():
            ids = [known[word]] if word in known else was([word.replace('</w>', '')], None)[0][1:-1].tolist()
            if ids:
                encoder.token.weight[i] = old['encoder.token.weight'][ids].mean(0)


def readers(old, concepts):
    """Queries and heads of the groups that were there before; the third figure is read as the second."""
    before = [*OLD_SCENE, 'figures', *(f'{k}{i}' for i in (1, 2) for k in OLD_FIGURE)]
    new = concepts.state_dict()
    for j, name in enumerate(GROUPS):
        group, number = (name, '') if name in ('figures', *SCENE) else (name[:-1], min(name[-1], '2'))
        was = ('old' if group == 'age' else group) + number
        if was not in before:
            continue
        i = before.index(was)
        new['query'][j] = old['concepts.query'][i]
        if group == 'age':
            continue
        values = range(FIGURES + 1) if group == 'figures' else {**SCENE, **FIGURE}[group]
        had = list(range(3)) if group == 'figures' else {**OLD_SCENE, **OLD_FIGURE}[group]
        for r, v in enumerate(values):
            if v in had:
                for part in ('weight', 'bias'):
                    new[f'out.{j}.{part}'][r] = old[f'concepts.out.{i}.{part}'][had.index(v)]
    concepts.load_state_dict(new)


def main():
    args = arguments(__doc__.split('\n\n')[0], model=str(Path(__file__).parents[2] / 'models/storybook'))
    from prose import write
    model = Path(args.model)
    at = lambda part: model / part / 'model.onnx'
    scale = json.loads((model / 'vae_decoder/config.json').read_text())['scaling_factor']
    save(args.cache / 'vae.pt', encoder=fill(Encoder(), at('vae_encoder'), 'enc.').state_dict(), decoder=fill(Decoder(), at('vae_decoder')).state_dict(), optimizer=None,
         elapsed=0., n=0, scaling_factor=scale)
    net = denoiser(weights(at('unet')))
    save(args.cache / 'unet.pt', net=net.state_dict(), ema=net.state_dict(), optimizers=None, n=0, used=0, elapsed=0., config=net.config, scaling_factor=scale)
    if not (args.cache / 'tokenizer/vocab.json').exists():
        rng = random.Random(7)
        train_tokenizer(args.cache / 'tokenizer', [write(rng)[0] for _ in range(15000)], 1800)
    tok = Tokenizer(args.cache / 'tokenizer')
    old = weights(at('text_encoder'))
    encoder = fill(TextEncoder(len(tok)), at('text_encoder'), 'encoder.', ['token.'])
    tokens(old, Tokenizer(model / 'tokenizer'), tok, encoder)
    concepts = fill(Concepts(), at('text_encoder'), 'concepts.', ['query', 'out.'])
    readers(old, concepts)
    save(args.cache / 'text.pt', encoder=encoder.state_dict(), concepts=concepts.state_dict(), optimizers=None, n=0)


if __name__ == '__main__':
    main()
