"""Trains the upscaler. The world is drawn at the film's size and at the model's; the small picture goes through the
autoencoder, or comes out of the denoiser. Where a generated picture shows something else than what was drawn, it teaches
nothing: the upscaler makes edges crisp, it doesn't invent. Resumable."""
import copy
import random

import numpy as np
import torch

from cache import noise
from captions import labels, normalise
from common import Clock, arguments, load, save, schedule, sheet, to_images, to_tensor
from export import modules
from text import one_hot
from train_vae import edges, psnr
from unet import noise_uniforms
from upscaler import FACTOR, Upscaler
from world import layout, random_scene, render

SIZE, SIDE, RIM = (320, 192), 64, 8
LARGE = (SIZE[0] * FACTOR, SIZE[1] * FACTOR)


def pictures(models, rng, n):
    """-> drawn small, reconstructed, generated (n x 3 x H x W), drawn large, and where to look: points (x, y) of each"""
    _, _, net, dec, enc, sf = models
    small, large, rows, eps, points = [], [], [], [], []
    for _ in range(n):
        # styles are made of pixels: enlarged they would be other ones
        sc, z = normalise({**random_scene(rng), 'style': 'flat'}), noise(rng.getrandbits(40), SIZE)
        u = noise_uniforms(z[None], torch.tensor([999.]))[0].tolist()
        figures, prop = layout(sc, u, SIZE)
        points.append([(a.hx, a.hy) for a in figures for _ in range(2)] + [(a.x, a.y - .45 * a.h) for a in figures] + ([(prop[0], prop[1] - .6 * prop[2])] if prop else []))
        small.append(render(sc, u, SIZE))
        large.append(render(sc, u, LARGE))
        rows.append(labels(sc))
        eps.append(z)
    x = to_tensor(small)
    with torch.no_grad():
        made = -net.draw(torch.stack(eps), torch.full((n,), 999.), one_hot(torch.tensor(rows))) / sf
        both = dec(torch.cat([enc(x), made])).clamp(-1, 1)
    return x, both[:n], both[n:], np.stack(large), points


class Pool:
    """Scenes drawn once, as bytes, 20 to a file."""

    def __init__(self, folder, models, n):
        folder.mkdir(exist_ok=True)
        self.small, self.large, self.points = [], [], []
        for i in range(-(-n // 20)):
            path = folder / f'{i:04d}.pt'
            if not path.exists():
                *small, large, points = pictures(models, random.Random(i), 20)
                save(path, small=np.stack([to_images(p) for p in small], 1), large=large, points=points)
            part = load(path)
            self.small += list(part['small'])
            self.large += list(part['large'])
            self.points += part['points']

    def window(self, rng):
        """-> small picture, its large one, weights of the large one's pixels; most windows lie around figures and props"""
        i, source = rng.randrange(len(self.small)), rng.choices([0, 1, 2], [.12, .6, .28])[0]
        w, h = SIZE
        cx, cy = rng.uniform(0, w), rng.uniform(0, h)
        if self.points[i] and rng.random() < .7:
            cx, cy = rng.choice(self.points[i])
            cx, cy = cx + rng.uniform(-24, 24), cy + rng.uniform(-24, 24)
        x = int(min(max(cx - SIDE / 2, 0), w - SIDE)) // 2 * 2
        y = int(min(max(cy - SIDE / 2, 0), h - SIDE)) // 2 * 2
        small = self.small[i][source, y:y + SIDE, x:x + SIDE]
        large = self.large[i][FACTOR * y:FACTOR * (y + SIDE), FACTOR * x:FACTOR * (x + SIDE)]
        weight = np.ones((SIDE, SIDE), np.float32)
        if source == 2:
            wrong = np.abs(small.astype(np.float32) - self.small[i][0, y:y + SIDE, x:x + SIDE]).max(2)
            weight = np.exp(-(wrong / 40) ** 2)
        # A window's rim lacks its surroundings, except where the picture itself ends.
        rim = np.zeros((SIDE, SIDE), np.float32)
        rim[0 if y == 0 else RIM:SIDE if y + SIDE == h else -RIM, 0 if x == 0 else RIM:SIDE if x + SIDE == w else -RIM] = 1
        parts = small, large, weight * rim
        return [p[:, ::-1] for p in parts] if rng.random() < .5 else list(parts)

    def batch(self, rng, n):
        small, large, weight = zip(*[self.window(rng) for _ in range(n)])
        small, large = to_tensor(small), to_tensor(large)
        weight = torch.from_numpy(np.stack(weight))[:, None].repeat_interleave(FACTOR, 2).repeat_interleave(FACTOR, 3)
        # Some are cross-faded in pairs, as in-betweens may be.
        for i in range(0, n // 4 - 1, 2):
            t = rng.random()
            small[i], large[i] = small[i].lerp(small[i + 1], t), large[i].lerp(large[i + 1], t)
            weight[i] = torch.minimum(weight[i], weight[i + 1])
        return small, large, weight


def main():
    args = arguments(__doc__, minutes=25., batch=4, lr=6e-4, pool=240, name='unet', channels=32, blocks=3)
    torch.manual_seed(0)
    models = modules(args.cache, args.name)
    held = pictures(models, random.Random(99991), 6)
    truth = to_tensor(held[3])
    pool = Pool(args.cache / 'upscale', models, args.pool)
    print(f'{len(pool.small)} scenes', flush=True)

    config = dict(c=args.channels, blocks=args.blocks)
    net, path, n = Upscaler(**config).to(memory_format=torch.channels_last), args.cache / 'upscaler.pt', 0
    state = load(path)
    if state and state['config'] == config:
        net.load_state_dict(state['upscaler'])
    ema = copy.deepcopy(net)
    opt = torch.optim.AdamW(net.parameters(), args.lr, betas=(.9, .98), weight_decay=0.)
    rng, clock, last = random.Random(), Clock(args.minutes), 0.

    def report():
        with torch.no_grad():
            o = [ema(p).clamp(-1, 1) for p in held[:3]]
        words = ', '.join(f'{k} {psnr(p, truth):.2f} dB' for k, p in zip(('drawn', 'reconstructed', 'generated'), o))
        print(f'{n} {clock.elapsed:.0f}s {words}', flush=True)
        save(path, upscaler=ema.state_dict(), config=config)
        grow = lambda p: torch.nn.functional.interpolate(p, scale_factor=FACTOR, mode='bicubic')
        rows = [to_images(q[i:i + 1])[0][-480:, 240:720] for i in range(6) for q in (grow(held[2]), o[2], truth)]
        sheet(rows, 3, args.cache / 'upscaler.png')
    while clock.tick() < clock.budget:
        if clock.elapsed - last > 60:
            last = clock.elapsed
            report()
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 50, hold=.25)
        small, large, weight = pool.batch(rng, args.batch)
        d = net(small.contiguous(memory_format=torch.channels_last)) - large
        dy, dx = edges(d)
        loss = ((d.abs() * weight).mean() + .5 * (dy.abs() * weight[..., 1:, :]).mean() + .5 * (dx.abs() * weight[..., 1:]).mean()) / weight.mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
        opt.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), list(net.parameters()), 1 - min(.995, n / (n + 10)))
    report()


if __name__ == '__main__':
    main()
