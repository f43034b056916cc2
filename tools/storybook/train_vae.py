"""Trains the autoencoder on windows of drawn scenes. Resumable."""
import copy

import torch

from common import DEVICE, Clock, arguments, load, mixed, save, schedule, sheet, to_images, to_tensor
from scenes import Scenes, held_out
from vae import Decoder, Encoder
from world import SIZES

NOISE = .05     # on the latents while training, so that nearby latents decode alike


def centres(anchors, props, size):
    """Where a window of each scene is worth most: at a figure's head or body or at the prop, and anywhere in one of four: N x 2, pixels"""
    n, w = len(anchors), torch.tensor(size, dtype=torch.float32, device=anchors.device)
    spots = torch.cat([anchors[:, :, 3:5], torch.stack([anchors[:, :, 0], anchors[:, :, 1] - .4 * anchors[:, :, 2]], 2),
                       torch.stack([props[:, 0], props[:, 1] - .6 * props[:, 2]], 1).unsqueeze(1)], 1)
    there = torch.cat([anchors[:, :, 2] > 0, anchors[:, :, 2] > 0, props[:, 2:] > 0], 1).float()
    pick = torch.multinomial(there + 1e-6, 1).flatten()
    at = spots[torch.arange(n, device=DEVICE), pick] + (torch.rand(n, 2, device=DEVICE) - .5) * 72
    anywhere = (torch.rand(n, device=DEVICE) < .25) | (there.sum(1) == 0)
    return torch.where(anywhere[:, None], torch.rand(n, 2, device=DEVICE) * w, at)


def corners(at, side, size):
    """Windows of `side` around points, inside the picture: their left and top, whole numbers"""
    last = torch.tensor(size, device=at.device) - side
    return torch.minimum((at - side / 2).round().long().clamp(min=0), last).unbind(1)


def windows(x, left, top, side):
    """Of N x H x W x C the windows with these corners: N x side x side x C"""
    k = torch.arange(side, device=x.device)
    return x[torch.arange(len(x), device=x.device)[:, None, None], (top[:, None] + k)[:, :, None], (left[:, None] + k)[:, None]]


def edges(a): return a[..., 1:, :] - a[..., :-1, :], a[..., :, 1:] - a[..., :, :-1]


def psnr(a, b): return (10 * torch.log10(4 / ((a.clamp(-1, 1) - b) ** 2).mean((1, 2, 3)))).mean().item()


def pictures(d): return {k: d[k] for k in ('pictures', 'anchors', 'props')}


def main():
    args = arguments(__doc__, minutes=24., batch=8, lr=1.5e-3, side=96, most=4000)
    torch.manual_seed(0)
    enc, dec = Encoder(), Decoder()
    path, clock, n = args.cache / 'vae.pt', Clock(args.minutes), 0
    state = load(path)
    if state:
        enc.load_state_dict(state['encoder'])
        dec.load_state_dict(state['decoder'])
    both = torch.nn.ModuleList([enc, dec]).to(DEVICE, memory_format=torch.channels_last)
    mean = copy.deepcopy(both).requires_grad_(False)
    opt = torch.optim.AdamW(both.parameters(), args.lr, betas=(.9, .98), weight_decay=1e-4)
    if state and state['optimizer']:
        opt.load_state_dict(state['optimizer'])
        clock.elapsed, n = min(state['elapsed'], args.minutes * 60 * .7), state['n']
    data, last, loss = Scenes(args.cache / 'scenes', pictures, args.most), 0., torch.tensor(float('nan'))
    data.refresh()
    held = to_tensor(held_out(args.cache / 'scenes', SIZES[0])['pictures'][:64].to(DEVICE))

    def report():
        with torch.no_grad():
            z = mean[0](held)
            o = mean[1](z)
        std = z.std().item()
        save(path, encoder=mean[0].state_dict(), decoder=mean[1].state_dict(), optimizer=opt.state_dict(), elapsed=clock.elapsed, n=n,
             scaling_factor=1 / std, psnr=psnr(o, held))
        print(f'{n} {clock.elapsed:.0f}s loss {loss.item():.4f} psnr {psnr(o, held):.2f} std {std:.2f} '
              f'per channel {[round(v, 2) for v in z.std((0, 2, 3)).tolist()]}', flush=True)
        sheet([im for i in range(min(12, len(held))) for im in (to_images(held[i:i + 1])[0], to_images(o[i:i + 1])[0])], 4, args.cache / 'vae.png')

    while clock.tick() < clock.budget:
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 100)
        if n % 20 == 0:
            data.refresh(1)
        d, size = data.take(args.batch)
        x = to_tensor(windows(d['pictures'], *corners(centres(d['anchors'], d['props'], size), args.side, size), args.side))
        if torch.rand(()) < .3:
            x = x.flip(3)
        with mixed():
            z = enc(x).float()
            o = dec(z + NOISE * torch.randn_like(z)).float()
        d = o - x
        e = sum((a - b).abs().mean() for a, b in zip(edges(o), edges(x)))
        loss = d.abs().mean() + 2 * (d ** 2).mean() + .5 * e + 1e-3 * (z ** 2).mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(both.parameters(), 1.)
        opt.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(mean.parameters()), list(both.parameters()), 1 - min(.998, n / (n + 10)))
        if clock.elapsed - last > min(60, args.minutes * 15):
            last = clock.elapsed
            report()
    report()


if __name__ == '__main__':
    main()
