"""Trains the autoencoder on crops of freshly drawn scenes. Resumable."""
import random

import torch

from common import Clock, arguments, load, save, schedule, sheet, to_images, to_tensor
from vae import Decoder, Encoder
from world import SIZES, layout, random_scene, render, sample_u

NOISE = .05     # on the latents while training, so that nearby latents decode alike


def crops(rng, n, side=96):
    """`n` crops of one scene; most of them around figures and props, where the detail is."""
    size = rng.choices(SIZES, [.7, .15, .15])[0]
    scene, u = random_scene(rng), sample_u(rng)
    im = render(scene, u, size)
    figures, prop = layout(scene, u, size)
    centres = [(a.hx, a.hy) for a in figures] + [(a.x, a.y - a.h * .4) for a in figures] + ([(prop[0], prop[1] - prop[2] * .6)] if prop else [])
    out = []
    for _ in range(n):
        cx, cy = rng.uniform(0, size[0]), rng.uniform(0, size[1])
        if centres and rng.random() < .7:
            cx, cy = rng.choice(centres)
            cx, cy = cx + rng.uniform(-36, 36), cy + rng.uniform(-36, 36)
        x = int(min(max(cx - side / 2, 0), size[0] - side))
        y = int(min(max(cy - side / 2, 0), size[1] - side))
        c = im[y:y + side, x:x + side]
        out.append(c[:, ::-1] if rng.random() < .3 else c)
    return out


def edges(a): return a[..., 1:, :] - a[..., :-1, :], a[..., :, 1:] - a[..., :, :-1]


def psnr(a, b): return (10 * torch.log10(4 / ((a.clamp(-1, 1) - b) ** 2).mean((1, 2, 3)))).mean().item()


def main():
    args = arguments(__doc__, minutes=24., batch=8, lr=1.5e-3)
    torch.manual_seed(0)
    enc, dec = Encoder().to(memory_format=torch.channels_last), Decoder().to(memory_format=torch.channels_last)
    params = [*enc.parameters(), *dec.parameters()]
    opt = torch.optim.AdamW(params, args.lr, betas=(.9, .98), weight_decay=1e-4)
    path, clock, n = args.cache / 'vae.pt', Clock(args.minutes), 0
    if state := load(path):
        enc.load_state_dict(state['encoder'])
        dec.load_state_dict(state['decoder'])
        if state['optimizer']:
            opt.load_state_dict(state['optimizer'])
        clock.elapsed, n = min(state['elapsed'], args.minutes * 60 * .7), state['n']
    vr = random.Random(99991)
    held = to_tensor([render(random_scene(vr), sample_u(vr)) for _ in range(32)])
    rng = random.Random(1000 + n)
    pool, last = [], 0.

    def report():
        with torch.no_grad():
            z = enc(held)
            o = dec(z)
        std = z.std().item()
        save(path, encoder=enc.state_dict(), decoder=dec.state_dict(), optimizer=opt.state_dict(), elapsed=clock.elapsed, n=n,
             scaling_factor=1 / std, psnr=psnr(o, held))
        print(f'{n} {clock.elapsed:.0f}s loss {loss.item():.4f} psnr {psnr(o, held):.2f} std {std:.2f} '
              f'per channel {[round(v, 2) for v in z.std((0, 2, 3)).tolist()]}', flush=True)
        sheet([im for i in range(8) for im in (to_images(held[i:i + 1])[0], to_images(o[i:i + 1])[0])], 4, args.cache / 'vae.png')

    while clock.tick() < clock.budget:
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 100)
        if len(pool) < 256 or n % 3 == 0:
            pool += crops(rng, 4)
        pool = pool[-768:]
        x = to_tensor(rng.sample(pool, args.batch) if len(pool) >= args.batch else pool)
        with torch.autocast('cpu', torch.bfloat16):
            z = enc(x).float()
            o = dec(z + NOISE * torch.randn_like(z)).float()
        d = o - x
        e = sum((a - b).abs().mean() for a, b in zip(edges(o), edges(x)))
        loss = d.abs().mean() + 2 * (d ** 2).mean() + .5 * e + 1e-3 * (z ** 2).mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.)
        opt.step()
        n += 1
        if clock.elapsed - last > min(60, args.minutes * 15):
            last = clock.elapsed
            report()
    report()


if __name__ == '__main__':
    main()
