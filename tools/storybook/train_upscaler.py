"""Trains the upscaler. The world is drawn at the film's size and at the model's; the small picture goes through the
autoencoder, or comes out of the denoiser where there is one. Where a generated picture shows something else than what was
drawn, it teaches nothing: the upscaler makes edges crisp, it doesn't invent. Resumable."""
import copy
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from captions import labels, normalise
from common import DEVICE, Clock, arguments, load, mixed, save, schedule, sheet, to_images, to_tensor
from noise import carrying, uniforms
from scenes import places, varied
from text import one_hot
from train_decoder import denoiser
from train_unet import autoencoder
from train_vae import centres, corners, edges, psnr, windows
from upscaler import FACTOR, Upscaler
from vae import LATENT
from world import NU, render

SIZE, SIDE, RIM = (320, 192), 64, 8
LARGE = (SIZE[0] * FACTOR, SIZE[1] * FACTOR)
# Styles made of lines and dots of a given width would be other ones when drawn larger; a pixel stays a square.
DRAWN_LARGE = ('flat', 'flat', 'flat', 'flat', 'cutout', 'noir', 'sepia', 'pixel')


def shard(number, n=50):
    """The same scenes drawn small and large"""
    rng, z = random.Random(number), torch.randn(n, NU, generator=torch.Generator().manual_seed(10 ** 6 + number))
    parts = []
    for u in uniforms(z).tolist():
        sc = normalise({**varied(rng), 'style': rng.choice(DRAWN_LARGE)})
        small = render(sc, u, SIZE).copy()
        large = small.repeat(FACTOR, 0).repeat(FACTOR, 1) if sc['style'] == 'pixel' else render(sc, u, LARGE).copy()
        parts.append((small, large, labels(sc), *places(sc, u, SIZE)))
    return {k: v if k != 'rows' else v.to(torch.int8)
            for k, v in zip(('small', 'large', 'rows', 'anchors', 'props'), (torch.from_numpy(np.stack(p)) for p in zip(*parts)))} | dict(z=z)


class Pool:
    """Scenes as drawn (small), reconstructed and, where there is a denoiser, generated; and large. Bytes, on the device."""

    def __init__(self, folder, cache):
        self.folder, self.cache, self.seen, self.parts, self.sources = folder, cache, set(), {}, 2
        self.enc, self.dec, self.sf = autoencoder(cache)

    def refresh(self, at_most=1000, held=False):
        for f in sorted(self.folder.glob('*.pt')):
            if f.name in self.seen or at_most == 0 or (f.stem == '00000') != held:
                continue
            self.seen.add(f.name)
            at_most -= 1
            d = {k: v.to(DEVICE) for k, v in load(f).items()}
            d['sources'] = torch.stack([d['small']] * 3, 1)
            self.parts = {k: torch.cat([self.parts[k], v]) for k, v in d.items()} if self.parts else d
        return len(self.parts.get('z', ()))

    @torch.no_grad()
    def paint(self):
        """Makes the reconstructed and the generated pictures anew, with the networks as they are."""
        net = denoiser(self.cache)[0] if (self.cache / 'unet.pt').exists() else None
        if state := load(self.cache / 'decoder.pt'):
            self.dec.load_state_dict(state['decoder'])
        self.sources = 3 if net else 2
        p = self.parts
        for i in torch.arange(len(p['z']), device=DEVICE).split(50):
            with mixed():
                z = [self.enc(to_tensor(p['small'][i])).float()]
                if net:
                    e = carrying(torch.randn_like(z[0]), p['z'][i])
                    z.append(-net.draw(e, torch.full((len(e),), 999., device=DEVICE), one_hot(p['rows'][i])).float() / self.sf)
                o = [self.dec(q.contiguous(memory_format=torch.channels_last)).float() for q in z]
            for k, q in enumerate(o):
                p['sources'][i, k + 1] = (q.clamp(-1, 1) + 1).mul(127.5).round().byte().permute(0, 2, 3, 1)

    def take(self, n):
        """-> small windows (-1..1), large ones, weights of the large ones' pixels"""
        p = self.parts
        i = torch.randint(len(p['z']), (n,), device=DEVICE)
        source = torch.multinomial(torch.tensor([.12, .5, .38][:self.sources]), n, replacement=True).to(DEVICE)
        left, top = corners(centres(p['anchors'][i], p['props'][i], SIZE), SIDE, SIZE)
        left, top = left // 2 * 2, top // 2 * 2
        drawn, small = (windows(q, left, top, SIDE) for q in (p['small'][i], p['sources'][i, source]))
        large = windows(p['large'][i], FACTOR * left, FACTOR * top, FACTOR * SIDE)
        wrong = (small.float() - drawn.float()).abs().amax(3)
        weight = torch.where((source == 2)[:, None, None], torch.exp(-(wrong / 40) ** 2), torch.ones_like(wrong))
        # A window's rim lacks its surroundings, except where the picture itself ends.
        k = torch.arange(SIDE, device=DEVICE)
        inside = lambda at, end: ((k >= RIM) | (at == 0)[:, None]) & ((k < SIDE - RIM) | (at + SIDE == end)[:, None])
        weight = weight * (inside(top, SIZE[1])[:, :, None] & inside(left, SIZE[0])[:, None])
        small, large = to_tensor(small), to_tensor(large)
        # Some are cross-faded in pairs, as in-betweens may be.
        m = n // 8
        t = torch.rand(m, 1, 1, 1, device=DEVICE)
        small[:m], large[:m] = small[:m].lerp(small[m:2 * m], t), large[:m].lerp(large[m:2 * m], t)
        weight[:m] = torch.minimum(weight[:m], weight[m:2 * m])
        if torch.rand(()) < .5:
            small, large, weight = small.flip(3), large.flip(3), weight.flip(2)
        return small, large, weight[:, None].repeat_interleave(FACTOR, 2).repeat_interleave(FACTOR, 3)


def main():
    args = arguments(__doc__, minutes=25., batch=4, lr=6e-4, shards=8, scenes=50, draw=False, first=0, step=1, channels=32, blocks=3, again=300.)
    torch.manual_seed(0)
    folder = args.cache / 'large'
    folder.mkdir(exist_ok=True)
    for i in range(args.first, args.shards, args.step):
        if not (folder / f'{i:05d}.pt').exists():
            save(folder / f'{i:05d}.pt', **shard(i, args.scenes))
    if args.draw:
        return
    held = Pool(folder, args.cache)
    held.refresh(held=True)
    pool = Pool(folder, args.cache)
    while not pool.refresh():
        time.sleep(1)
    config = dict(c=args.channels, blocks=args.blocks)
    net, path, n = Upscaler(**config), args.cache / 'upscaler.pt', 0
    state = load(path)
    if state and state['config'] == config:
        net.load_state_dict(state['upscaler'])
    net.to(DEVICE, memory_format=torch.channels_last)
    ema = copy.deepcopy(net).requires_grad_(False)
    opt = torch.optim.AdamW(net.parameters(), args.lr, betas=(.9, .98), weight_decay=0.)
    clock, last, painted_at = Clock(args.minutes), 0., -1e9

    def report():
        held.paint()
        truth, words, shown = to_tensor(held.parts['large'][:24]), [], {}
        for k, name in enumerate(('drawn', 'reconstructed', 'generated')[:held.sources]):
            x = to_tensor(held.parts['sources'][:24, k])
            with torch.no_grad():
                o = ema(x.contiguous(memory_format=torch.channels_last)).clamp(-1, 1)
            plain = F.interpolate(x, scale_factor=FACTOR, mode='bicubic').clamp(-1, 1)
            words.append(f'{name} {psnr(o, truth):.2f} dB (bicubic {psnr(plain, truth):.2f})')
            shown = plain, o
        print(f'{n} {clock.elapsed:.0f}s {pool.refresh(0)} scenes, ' + ', '.join(words), flush=True)
        save(path, upscaler=ema.state_dict(), config=config)
        sheet([to_images(q[i:i + 1])[0][-480:, 240:720] for i in range(min(6, len(truth))) for q in (*shown, truth)], 3, args.cache / 'upscaler.png')
    while clock.tick() < clock.budget:
        if clock.elapsed - painted_at > args.again:
            painted_at = clock.elapsed
            pool.refresh()
            pool.paint()
        if clock.elapsed - last > 60:
            last = clock.elapsed
            report()
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 50, hold=.25)
        small, large, weight = pool.take(args.batch)
        with mixed():
            o = net(small.contiguous(memory_format=torch.channels_last)).float()
        o = o - large
        dy, dx = edges(o)
        loss = ((o.abs() * weight).mean() + .5 * (dy.abs() * weight[..., 1:, :]).mean() + .5 * (dx.abs() * weight[..., 1:]).mean()) / weight.mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
        opt.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), list(net.parameters()), 1 - min(.998, n / (n + 10)))
    report()


if __name__ == '__main__':
    main()
