"""Held-out clips with big motion, from seeds that training never sees: layers and storybook scenes, 9 frames each, lossless.

`node bench/interpolation.js CLIP MODEL` measures on them."""
import argparse
import math
import random
import subprocess
from pathlib import Path

import numpy as np
import torch

import clips
import layers
import textures

FRAMES = 9
WIDTH, HEIGHT = clips.WIDTH, clips.HEIGHT


def layered(bank, masks, rng, amount):
    """9 frames of one scene of moving layers; `amount`: pixels from the first frame to the last."""
    ys, xs = torch.meshgrid(torch.arange(HEIGHT) * 1., torch.arange(WIDTH) * 1., indexing='ij')
    x = torch.stack((xs, ys))[None]
    camera = torch.randn(1, 2, generator=rng) * .7
    frames = [None] * FRAMES
    for layer in range(layers.LAYERS + 1):
        m = layers.Motion(1, HEIGHT, torch.tensor([amount]), .2, rng, layer == 0)
        m.start = m.start + torch.tensor([[(WIDTH - HEIGHT) / 2, 0.]])
        m.shift = m.shift + camera * amount * (.4 + .2 * layer)
        texture, shape = layers.pick(bank, 1, rng), layers.pick(masks, 1, rng)
        for i in range(FRAMES):
            q = m.to_layer(x, torch.tensor([i / (FRAMES - 1)]))
            c = layers.sample(texture, q)
            frames[i] = c if layer == 0 else torch.lerp(frames[i], c, layers.sample(shape, q))
    return torch.cat(frames).mul(255).round().byte().permute(0, 2, 3, 1).numpy()


def storybook(rng):
    """9 frames of one storybook scene in big motion."""
    while True:
        scene = clips.world.random_scene(rng)
        if scene['figures']:
            break
    u0 = clips.world.sample_u(rng)
    du = [rng.gauss(0, .8) for _ in u0]
    du[0], du[2] = rng.choice([-4, 4]), rng.choice([-3, 0, 3])
    cam0, dcam = (1.2, 0., 0., 0.), (rng.uniform(-.15, .3), rng.uniform(-.05, .05), rng.uniform(-.04, .04), rng.uniform(-3, 3))
    return np.stack([clips.draw(scene, [a + d * (t - .5) for a, d in zip(u0, du)], [a + d * t for a, d in zip(cam0, dcam)])
                     for t in np.linspace(0, 1, FRAMES)])


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--cache', type=Path, default=Path(__file__).parent / '.cache')
    p.add_argument('--out', type=Path, required=True, help='folder for the clips')
    p.add_argument('--each', type=int, default=4)
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    bank, masks = (layers.planes(b) for b in textures.bank(a.cache, 2, 40, 40))
    g, rng = torch.Generator().manual_seed(2024), random.Random(2024)
    for i in range(a.each):
        # 6 to 16 pixels from one frame to the next, before the camera's share
        for name, frames in (('layers', layered(bank, masks, g, 48. * math.exp(i / max(1, a.each - 1)))), ('storybook', storybook(rng))):
            subprocess.run(['ffmpeg', '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{WIDTH}x{HEIGHT}', '-r', '24', '-i', '-',
                            '-c:v', 'ffv1', '-pix_fmt', 'bgr0', str(a.out / f'{name}-{i + 1}.mkv')], input=frames.tobytes(), check=True)


if __name__ == '__main__':
    main()
