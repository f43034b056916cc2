"""Judges the exported model on held-out captions, from text to pixels, by analysis through synthesis.

The world knows the right picture for every caption and noise. For each attribute, the generated picture is
compared with the drawn scene under every other value of that attribute, everything else as it was: the
attribute is right when the true value's drawing is the nearest. A drawn scene is always nearest to itself;
beside each figure stands what the pictures get when they are swapped among captions."""
import copy
import json
import random
import time

import numpy as np
import torch

from cache import noise
from captions import FIGURE, SCENE, caption, normalise
from common import arguments, sheet
from sheet import Onnx
from unet import noise_uniforms
from world import ANIMALS, DRESSED, FUR_OF, PEOPLE, random_scene, render


def variants(sc):
    """(attribute, scenes with every value of it, index of the true one)"""
    for k, values in SCENE.items():
        if k == 'weather' and sc['setting'] == 'room':
            continue
        yield k, [{**sc, k: v} for v in values], values.index(sc[k])
    for i, f in enumerate(sc['figures']):
        for k, values in FIGURE.items():
            kind = f['kind']
            if k in ('hair', 'old', 'beard', 'hat') and (kind not in PEOPLE or k == 'old' and kind in ('boy', 'girl') or k == 'beard' and kind != 'man'):
                continue
            if k == 'held' and kind not in DRESSED or k == 'skin' and kind not in PEOPLE + ['wizard', 'knight'] or k == 'pos' and len(sc['figures']) == 2:
                continue
            if k == 'color' and kind in ANIMALS:
                values = FUR_OF[kind]
            if f[k] not in values:
                continue
            out = []
            for v in values:
                s = copy.deepcopy(sc)
                s['figures'][i][k] = v
                if k == 'kind' and v not in PEOPLE:
                    s['figures'][i].update(old=0, beard=0, hat=0)
                if k == 'kind' and v in ANIMALS and s['figures'][i]['color'] not in FUR_OF[v]:
                    s['figures'][i]['color'] = FUR_OF[v][0]
                out.append(normalise(s) if k == 'kind' else s)
            yield k, out, values.index(f[k])


def small(im):
    """Half size, so that a pixel's shift of an edge does not outweigh a face."""
    x = im.astype(np.float32) / 255
    return x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2, 3).mean((1, 3))


def main():
    from pathlib import Path
    args = arguments(__doc__, model=str(Path(__file__).parents[2] / 'models/storybook'), count=200, steps=1, out='', size='320x192')
    size = tuple(map(int, args.size.split('x')))
    run = Onnx(args.model, args.threads)
    rng = random.Random(424242)
    items, t = [], 0.
    for i in range(args.count):
        text, sc = caption(random_scene(rng), rng)
        e = noise(10 ** 9 + i, size)[None]
        t0 = time.time()
        im = run(text, size=size, steps=args.steps, noise=e)
        t += time.time() - t0
        items.append((text, sc, noise_uniforms(e, torch.tensor([999.]))[0].tolist(), im))
    right, swapped, psnr = {}, {}, []
    for i, (text, sc, u, im) in enumerate(items):
        other = items[(i + 1) % len(items)][3]
        psnr.append(-10 * np.log10(np.mean((im / 255. - render(sc, u, size) / 255.) ** 2) + 1e-9))
        for k, scenes, truth in variants(sc):
            pics = [small(render(s, u, size)) for s in scenes]
            if sum(np.abs(p - pics[truth]).mean() < 1e-4 for p in pics) > 1:
                continue         # this value cannot be seen here
            for store, picture in ((right, im), (swapped, other)):
                store.setdefault(k, []).append(int(np.argmin([((small(picture) - p) ** 2).mean() for p in pics])) == truth)
    result = dict(captions=args.count, steps=args.steps, size=list(size), psnr_to_drawn=round(float(np.mean(psnr)), 2), ms=round(t / args.count * 1000),
                  right={k: round(float(np.mean(v)), 3) for k, v in right.items()}, swapped={k: round(float(np.mean(v)), 3) for k, v in swapped.items()})
    result['mean'] = round(float(np.mean(list(result['right'].values()))), 3)
    print(json.dumps(result, indent=1))
    if args.out:
        sheet([q for j in range(0, 30, 5) for k in (0, 1) for q in ([render(s, u, size) for _, s, u, _ in items[j:j + 5]] if k == 0 else [im for *_, im in items[j:j + 5]])],
              5, args.out, [x for j in range(0, 30, 5) for _ in (0, 1) for x in [c for c, *_ in items[j:j + 5]]])


if __name__ == '__main__':
    main()
