"""Draws scenes and stores their latents in shards, for training the denoiser. Run one process per core.

A shard: latents (float16), concept labels, noise seeds, captions and the figures' boxes, all of one size."""
import random

import numpy as np
import torch

from captions import labels
from common import arguments, load, save, to_tensor
from prose import write
from unet import noise_uniforms
from vae import LATENT, Encoder
from world import HEAD, HEAD_Y, SIZES, layout, random_scene, render


def noise(seed, size):
    return torch.randn(LATENT, size[1] // 8, size[0] // 8, generator=torch.Generator().manual_seed(seed))


def size_of(shard): return SIZES[{8: 1, 9: 2}.get(shard % 10, 0)]


def boxes(scene, u, size):
    """x, y, height, head's y and radius of each figure (zeros where absent)."""
    out = np.zeros((2, 5), np.float32)
    for i, (f, (x, y, h)) in enumerate(zip(scene['figures'], layout(scene, u, size)[0])):
        out[i] = x, y, h, y - HEAD_Y[f['kind']] * h, HEAD[f['kind']] * h
    return out


def draw(rng, seed, size, scene=None):
    text, sc = write(rng, scene)
    u = noise_uniforms(noise(seed, size)[None], torch.tensor([999.]))[0].tolist()
    return text, sc, u, render(sc, u, size)


def shard(enc, number, n=500, scenes=random_scene):
    size = size_of(number)
    rng = random.Random(50000 + number)
    z, rows, texts, bx, seeds = [], [], [], [], [number * 100000 + i for i in range(n)]
    for i in range(0, n, 10):
        ims = []
        for j in range(i, min(i + 10, n)):
            text, sc, u, im = draw(rng, seeds[j], size, scenes(rng))
            ims.append(im)
            texts.append(text)
            rows.append(labels(sc))
            bx.append(boxes(sc, u, size))
        with torch.no_grad():
            z.append(enc(to_tensor(ims)).half().contiguous())
    return dict(latents=torch.cat(z), rows=torch.tensor(rows, dtype=torch.int8), texts=texts, boxes=torch.from_numpy(np.stack(bx)),
                seeds=torch.tensor(seeds), size=size)


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
