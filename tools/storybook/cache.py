"""Draws scenes and stores their latents in shards, for training the denoiser. Run one process per core.

A shard: latents (float16), concept labels, noise seeds and where everything stands, all of one size."""
import random

import numpy as np
import torch

from captions import labels, normalise
from common import arguments, load, save, to_tensor
from unet import noise_uniforms
from vae import LATENT, Encoder
from world import FIGURES, SIZES, layout, random_scene, render


def noise(seed, size):
    return torch.randn(LATENT, size[1] // 8, size[0] // 8, generator=torch.Generator().manual_seed(seed))


def size_of(shard): return SIZES[{8: 1, 9: 2}.get(shard % 10, 0)]


def places(scene, u, size):
    """-> the figures' anchors (FIGURES x 8, zeros where absent) and the prop's x, y, height, in pixels: `world.layout` as arrays"""
    out, prop = np.zeros((FIGURES, 8), np.float32), np.zeros(3, np.float32)
    anchors, at = layout(scene, u, size)
    for i, a in enumerate(anchors):
        out[i] = a
    if at:
        prop[:] = at
    return out, prop


def draw(seed, size, scene):
    """-> the free choices that the seed's noise stands for, the picture"""
    u = noise_uniforms(noise(seed, size)[None], torch.tensor([999.]))[0].tolist()
    return u, render(scene, u, size)


def shard(enc, number, n=500, scenes=random_scene):
    size = size_of(number)
    rng = random.Random(50000 + number)
    z, rows, at, seeds = [], [], [], [number * 100000 + i for i in range(n)]
    for i in range(0, n, 10):
        ims = []
        for j in range(i, min(i + 10, n)):
            sc = normalise(scenes(rng))
            u, im = draw(seeds[j], size, sc)
            ims.append(im)
            rows.append(labels(sc))
            at.append(places(sc, u, size))
        with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
            z.append(enc(to_tensor(ims)).half().contiguous())
    return dict(latents=torch.cat(z), rows=torch.tensor(rows, dtype=torch.int8), anchors=torch.from_numpy(np.stack([a for a, _ in at])),
                props=torch.from_numpy(np.stack([p for _, p in at])), seeds=torch.tensor(seeds), size=size)


def main():
    args = arguments(__doc__, first=0, step=2, count=40, scenes=500, kinds='')
    torch.set_num_threads(1)
    state = load(args.cache / 'vae.pt')
    enc = Encoder().to(memory_format=torch.channels_last)
    enc.load_state_dict(state['encoder'])
    # for more of what is hard or matters most, e.g. --kinds "old man,fox"
    scenes = (lambda rng: random_scene(rng, args.kinds.split(','))) if args.kinds else random_scene
    folder = args.cache / 'shards'
    folder.mkdir(exist_ok=True)
    for k in range(args.first, args.first + args.step * args.count, args.step):
        path = folder / f'{k:05d}.pt'
        if not path.exists():
            save(path, **shard(enc, k, args.scenes, scenes))
            print(path.name, flush=True)


if __name__ == '__main__':
    main()
