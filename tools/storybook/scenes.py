"""Draws scenes into shards, which everything but the text encoder trains on. Run one process per core.

A shard: pictures (bytes), concept labels, the coordinates of the noise that they belong to, where everything stands, and what
can be seen of it; all of one size. Two in ten shards are square, two are upright."""
import random

import numpy as np
import torch

from captions import FIGURE, labels, normalise
from common import DEVICE, arguments, load, save
from noise import uniforms
from truth import truth
from world import DRESSED, FIGURES, KINDS, NU, SIZES, layout, random_scene, render

HELD = {320: 0, 256: 2, 192: 4}       # by the pictures' width: the shard that nothing is trained on
MORE_PEOPLE = KINDS + 3 * ['man', 'woman']


def size_of(number): return SIZES[{2: 1, 7: 1, 4: 2, 9: 2}.get(number % 10, 0)]


def varied(rng, kinds=KINDS):
    """A scene; in half of them more people, open mouths and things held, which are small and hard."""
    if rng.random() < .5:
        return normalise(random_scene(rng, kinds))
    sc = random_scene(rng, MORE_PEOPLE if kinds is KINDS else kinds)
    for f in sc['figures']:
        f['talk'] = int(rng.random() < .4)
        if f['kind'] in DRESSED and rng.random() < .2:
            f['held'] = rng.choice(FIGURE['held'][1:])
    return normalise(sc)


def places(scene, u, size):
    """-> the figures' anchors (FIGURES x 8, zeros where absent) and the prop's x, y, height, in pixels: `world.layout` as arrays"""
    out, prop = np.zeros((FIGURES, 8), np.float32), np.zeros(3, np.float32)
    anchors, at = layout(scene, u, size)
    for i, a in enumerate(anchors):
        out[i] = a
    if at:
        prop[:] = at
    return out, prop


def shard(number, n=250, scenes=varied):
    size, rng = size_of(number), random.Random(50000 + number)
    z = torch.randn(n, NU, generator=torch.Generator().manual_seed(number))
    parts = []
    for u in uniforms(z).tolist():
        sc = scenes(rng)
        parts.append((render(sc, u, size).copy(), labels(sc), *places(sc, u, size), *truth(sc, u, size)))
    pictures, rows, anchors, props, scene, figures, boxes = (torch.from_numpy(np.stack(p)) for p in zip(*parts))
    return dict(size=size, pictures=pictures, rows=rows.to(torch.int8), z=z, anchors=anchors, props=props, scene=scene.to(torch.int8), figures=figures, boxes=boxes)


class Scenes:
    """The shards that are there, and those that arrive later, by picture size: up to `most` scenes of each size, then the oldest
    make room. `prepare` turns a shard into the tensors that are kept."""

    def __init__(self, folder, prepare, most):
        self.folder, self.prepare, self.most, self.seen, self.sizes = folder, prepare, most, set(), {}

    def refresh(self, at_most=1000):
        """Takes in new shards -> how many scenes there are"""
        for f in sorted(self.folder.glob('*.pt')):
            if f.name in self.seen or at_most == 0:
                continue
            self.seen.add(f.name)
            if int(f.stem) in HELD.values():
                continue
            at_most -= 1
            d = load(f)
            new = {k: v.to(DEVICE) for k, v in self.prepare(d).items()}
            pool = self.sizes.setdefault(tuple(d['size']), dict(count=0, at=0, parts={k: v.new_empty(self.most, *v.shape[1:]) for k, v in new.items()}))
            n = len(next(iter(new.values())))
            rows = (torch.arange(n, device=DEVICE) + pool['at']) % self.most
            for k, v in new.items():
                pool['parts'][k][rows] = v
            pool['at'] = (pool['at'] + n) % self.most
            pool['count'] = min(self.most, pool['count'] + n)
        return sum(p['count'] for p in self.sizes.values())

    def take(self, n, main=.7):
        """`n` scenes of one size; `main` is the share of 320 x 192 -> what is kept of them, size"""
        keys = list(self.sizes)
        w = torch.tensor([main if k == SIZES[0] else (1 - main) / 2 for k in keys])
        size = keys[torch.multinomial(w, 1).item()]
        pool = self.sizes[size]
        i = torch.randint(pool['count'], (n,), device=DEVICE)
        return {k: v[i] for k, v in pool['parts'].items()}, size


def held_out(folder, size):
    """The shard of this size that nothing is trained on, None where it is not drawn"""
    return load(folder / f'{HELD[size[0]]:05d}.pt')


def main():
    args = arguments(__doc__, first=0, step=2, count=80, scenes=250, kinds="")
    torch.set_num_threads(1)
    # for more of what is hard or matters most, e.g. --kinds "king,fox"
    scenes = (lambda rng: varied(rng, args.kinds.split(','))) if args.kinds else varied
    folder = args.cache / 'scenes'
    folder.mkdir(exist_ok=True)
    for k in range(args.first, args.first + args.step * args.count, args.step):
        path = folder / f'{k:05d}.pt'
        if not path.exists():
            save(path, **shard(k, args.scenes, scenes))


if __name__ == '__main__':
    main()
