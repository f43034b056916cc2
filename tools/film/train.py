"""Trains the network on layers and on clips of the storybook world; resumable, with a measurement every few minutes."""
import argparse
import copy
import math
import os
import signal
import sys
import time
from pathlib import Path

os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

import clips  # noqa: E402
import layers  # noqa: E402
import textures  # noqa: E402
import wear  # noqa: E402
from net import Film, parameters  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'storybook'))
from optim import Muon  # noqa: E402


# Whose weights are trained. Coarse alone is cheap, on triplets drawn at half of the size, and what large motion needs; with
# `last` all flows stay as they are.
PARTS = {'all': ('',), 'coarse': ('coarse.',), 'fine': ('fine.',), 'last': ('fine.tell', 'fine.last', 'fine.out')}

# Layers whose outputs have scales of their own.
HEADS = ('move', 'move1', 'move2', 'out')


class Pool:
    """Triplets of layers, drawn a few at a time and used several times each, turned and mirrored."""

    def __init__(self, bank, masks, side, rng, size, fresh, worn=True):
        self.worn = worn
        self.bank, self.masks, self.side, self.rng, self.fresh = bank, masks, side, rng, fresh
        self.size, self.parts, self.at = size, None, 0
        while self.parts is None or self.at < min(size, 48):
            self.draw()

    def draw(self):
        x0, xt, x1, t, v = layers.triplets(self.bank, self.masks, self.fresh, self.side, self.rng)
        if self.worn:
            x0, x1 = wear.pair(x0, x1, self.rng)
        new = [(torch.cat((x0, xt, x1), 1) * 255).round().byte(), t, v.half()]
        if self.parts is None:
            self.parts = [torch.empty((self.size, *p.shape[1:]), dtype=p.dtype) for p in new]
        rows = (torch.arange(self.fresh) + self.at) % self.size
        for part, p in zip(self.parts, new):
            part[rows] = p
        self.at += self.fresh

    def take(self, n):
        rows = torch.randint(min(self.at, self.size), (n,), generator=self.rng)
        x, t, v = (p[rows] for p in self.parts)
        return x.float() / 255, t.clone(), v.float()


class Clips:
    """Crops of clips; which of the five frames are ends and middle varies, and so the speed."""
    PICKS = [(0, 1, 2), (1, 2, 3), (2, 3, 4), (0, 1, 4), (0, 2, 4), (0, 2, 4), (0, 3, 4), (0, 1, 3), (1, 2, 4)]

    def __init__(self, bank, rng): self.bank, self.rng = bank, rng

    def take(self, n, side):
        xs, ts = [], []
        for i in self.rng.integers(len(self.bank), size=n):
            picks = self.PICKS[self.rng.integers(len(self.PICKS))]
            y, x = self.rng.integers(clips.HEIGHT - side + 1), self.rng.integers(clips.WIDTH - side + 1)
            xs.append(np.concatenate([self.bank[i, p, y:y + side, x:x + side] for p in picks], -1))
            ts.append((picks[1] - picks[0]) / (picks[2] - picks[0]))
        x = torch.from_numpy(np.stack(xs)).to(torch.get_default_device()).permute(0, 3, 1, 2).float() / 255
        return x, torch.tensor(ts, dtype=torch.float32)[:, None]


def turned(x, t, v, g):
    """Mirrors, swaps axes, reverses time and swaps colours: what is true of a triplet stays true."""
    coin = lambda: torch.rand((), generator=g).item() < .5
    if coin():
        x, v = x.flip(3), v.flip(3) * torch.tensor([-1., 1, -1, 1])[:, None, None]
    if coin():
        x, v = x.flip(2), v.flip(2) * torch.tensor([1., -1, 1, -1])[:, None, None]
    if coin():
        x, v = x.transpose(2, 3), v.transpose(2, 3)[:, [1, 0, 3, 2]]
    if coin():
        x, v, t = x[:, [6, 7, 8, 3, 4, 5, 0, 1, 2]], v[:, [2, 3, 0, 1]], 1 - t
    order = torch.randperm(3, generator=g)
    x = x[:, torch.cat((order, order + 3, order + 6))]
    return x.contiguous(), t, v.contiguous()


def generator(seed): return torch.Generator(torch.get_default_device()).manual_seed(seed)


def charbonnier(d, eps=1e-3): return (d * d + eps * eps).sqrt()


def dissimilarity(a, b):
    """1 - SSIM over boxes of 7 x 7, of the mean of the colours."""
    a, b = a.mean(1, keepdim=True), b.mean(1, keepdim=True)
    pool = lambda x: F.avg_pool2d(x, 7, 2)
    ma, mb = pool(a), pool(b)
    va, vb, ab = pool(a * a) - ma * ma, pool(b * b) - mb * mb, pool(a * b) - ma * mb
    return 1 - ((2 * ma * mb + 1e-4) * (2 * ab + 9e-4) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4))).mean()


def robust(d, eps=.05): return (d * d + eps * eps) ** .3


def astray(velocities, truth, finest):
    """How far velocities of several levels, coarsest first, the last at 1/`finest` of the size of `truth`, are from it; in each
    level's own pixels, so that the finest count most."""
    loss, truth = 0., F.avg_pool2d(truth, finest) / finest
    for v in reversed(velocities):
        loss = loss + robust(v - truth).mean()
        truth = F.avg_pool2d(truth, 2) / 2
    return loss


def coarse_losses(net, x, t, v):
    """Of the coarse part alone, on triplets drawn at half of the size."""
    x0, _, x1 = x.split(3, 1)
    with torch.autocast(torch.get_default_device().type, torch.bfloat16):
        _, found = net.coarse(x0, x1, t, every=True)
    return astray(found, v, 4), dict(off=2 * (found[-1] * 4 - F.avg_pool2d(v, 4)).abs().mean())


def losses(net, x, t, v, known, guide, likeness):
    """`known`: how many samples, from the first, have true flow. `guide` weighs flow and warps against the picture,
    `likeness` SSIM."""
    x0, xt, x1 = x.split(3, 1)
    with torch.autocast(torch.get_default_device().type, torch.bfloat16):
        image, found, (w0, w1) = net(x0, x1, t, every=True)
    picture = charbonnier(image - xt)
    # edges: what a blur gets away with in the mean, the eye doesn't
    edges = sum((image.diff(dim=d) - xt.diff(dim=d)).abs().mean() for d in (2, 3))
    loss = picture.mean() + .5 * edges + likeness * dissimilarity(image, xt)
    if guide:
        warped = torch.minimum(charbonnier(w0 - xt), charbonnier(w1 - xt)).mean()
        loss = loss + guide * (.01 * astray([f[:known] for f in found], v, 2) + .5 * warped)
    mse = ((image.clamp(0, 1) - xt) ** 2).mean((1, 2, 3))
    return loss, dict(l1=picture.mean(), psnr=-10 * mse.clamp(min=1e-7).log10().mean())


def measure(net, held):
    """Mean PSNR on held-out triplets, by kind, beside a plain blend's."""
    out = {}
    with torch.no_grad(), torch.autocast(torch.get_default_device().type, torch.bfloat16):
        for name, (x, t) in held.items():
            scores = []
            for i in range(0, len(x), 4):
                x0, xt, x1 = x[i:i + 4].split(3, 1)
                ti = t[i:i + 4]
                w = ti[:, :, None, None]
                for y in (net(x0, x1, ti), (1 - w) * x0 + w * x1):
                    y = (y.clamp(0, 1) * 255).round() / 255
                    scores.append(-10 * ((y - xt) ** 2).mean((1, 2, 3)).clamp(min=1e-6).log10())
            out[name] = (torch.cat(scores[::2]).mean().item(), torch.cat(scores[1::2]).mean().item())
    return out


def held_out(cache, smoke=False):
    g = generator(99)
    few = 4 if smoke else 16
    bank, masks = (layers.planes(b) for b in textures.bank(cache, 2, few if smoke else 40, few if smoke else 40))
    make = lambda low, high, side=128: [torch.cat(p) for p in zip(*[(torch.cat((a, m, b), 1), t) for a, m, b, t, _ in
                                        [layers.triplets(bank, masks, 4, side, g, low, high) for _ in range(few // 4)]])]
    world = Clips(clips.bank(cache, 2, few if smoke else 60), np.random.default_rng(99))
    return {'small': make(.25, 4.), 'big': make(10., 28., 192), 'world': world.take(few, 192)}


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--cache', type=Path, default=Path(__file__).parent / '.cache', help='folder for data and checkpoints')
    p.add_argument('--minutes', type=float, default=90)
    p.add_argument('--threads', type=int, default=1, help='of each process')
    p.add_argument('--processes', type=int, default=2)
    p.add_argument('--side', type=int, default=128, help='of a crop, pixels')
    p.add_argument('--batch', type=int, default=8)
    p.add_argument('--lr', type=float, default=2e-3, help="AdamW's")
    p.add_argument('--muon', type=float, default=.01)
    p.add_argument('--hold', type=float, default=.35, help='part of the time before the rates fall')
    p.add_argument('--guide', type=float, default=1., help='weight of true flow and warped pictures against the result, falling')
    p.add_argument('--part', choices=PARTS, default='all', help='whose weights are trained')
    p.add_argument('--likeness', type=float, default=.05, help='weight of SSIM')
    p.add_argument('--restart', action='store_true', help='a new schedule from the weights that are there')
    p.add_argument('--clip', type=Path, help='frames of a real clip (N x H x W x 3 .npy) to measure on, never to train on')
    p.add_argument('--smoke', action='store_true', help='tiny banks')
    a = p.parse_args()
    a.cache.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(a.threads)
    if torch.cuda.is_available():
        torch.set_default_device('cuda')
        torch.backends.cudnn.allow_tf32 = True
        a.processes = 1
    alone = a.part == 'coarse'
    path = a.cache / 'film.pt'
    state = torch.load(path, weights_only=False, map_location=torch.get_default_device()) if path.exists() else None
    net = Film().to(memory_format=torch.channels_last)
    if state:
        net.load_state_dict(state['net'])
    # Before the processes part, so that they share it.
    counts = (8, 8, 4) if a.smoke else (360, 240, 1400)
    bank, masks = (layers.planes(b) for b in textures.bank(a.cache, 1, *counts[:2]))
    if alone:
        bank, masks = layers.halved(bank), layers.halved(masks)
    scenes = None if alone else clips.bank(a.cache, 1, counts[2])
    # Both processes change the same weights without a lock (Hogwild, Niu et al. 2011): on a small net, threads that wait
    # for one another cost more than a gradient that is one step old.
    net.share_memory()
    helpers = []
    for _ in range(a.processes - 1):
        pid = os.fork()
        if pid == 0:
            os.setsid()
            a.processes, a.clip = 0, None
            break
        helpers.append(pid)
    leads = a.processes > 0
    trained = {n: q for n, q in net.named_parameters() if n.startswith(PARTS[a.part])}
    for n, q in net.named_parameters():
        q.requires_grad_(n in trained)
    heads = lambda n, q: q.ndim < 4 or n.split('.')[1] in HEADS
    matrices = [q for n, q in trained.items() if not heads(n, q)]
    others = [q for n, q in trained.items() if heads(n, q)]
    muon, adam = Muon(matrices, lr=a.muon), torch.optim.AdamW(others, lr=a.lr, betas=(.9, .98), weight_decay=0)
    ema, step, elapsed = copy.deepcopy(net), 0, 0.
    if state:
        ema.load_state_dict(state['ema'])
        step = state['step']
        if not a.restart:
            elapsed = state['elapsed']
            muon.load_state_dict(state['muon'])
            adam.load_state_dict(state['adam'])
    for q in ema.parameters():
        q.requires_grad_(False)
    seed = (int(time.time() * 1000) + 7919 * os.getpid()) % 2 ** 31
    g = generator(seed)
    if leads:
        print(f'{parameters(net)} parameters, step {step}, side {a.side}', flush=True)
    held = held_out(a.cache, a.smoke) if leads and not alone else {}      # the coarse part makes no pictures
    if a.clip and held:
        f = torch.from_numpy(np.load(a.clip)).to(torch.get_default_device()).permute(0, 3, 1, 2).float() / 255
        rows = range(0, len(f) - 2, 8)
        held['clip'] = (torch.stack([torch.cat((f[i], f[i + 1], f[i + 2])) for i in rows]), torch.full((len(rows), 1), .5))
    pool = Pool(bank, masks, a.side, g, 32 if a.smoke else 320, 4, worn=not alone)
    world = Clips(scenes, np.random.default_rng(seed))
    stop = []
    for s in (signal.SIGTERM, signal.SIGINT):
        signal.signal(s, lambda *_: stop.append(1))

    def write():
        tmp = path.with_suffix('.tmp')
        torch.save(dict(net=net.state_dict(), ema=ema.state_dict(), muon=muon.state_dict(),
                        adam=adam.state_dict(), step=step, elapsed=elapsed), tmp)
        os.replace(tmp, path)

    known = max(1, round(a.batch * .6))
    last = told = saved = time.time()
    seen, mean = 0, {}
    while elapsed < a.minutes * 60 and not stop:
        f = elapsed / (a.minutes * 60)
        rate = min(1., (step + 1) / 100) * (1. if f < a.hold else .02 + .98 * .5 * (1 + math.cos(math.pi * (f - a.hold) / (1 - a.hold))))
        for o, lr in ((muon, a.muon), (adam, a.lr)):
            o.param_groups[0]['lr'] = lr * rate
        if step % 3 == 0:
            pool.draw()
        net.zero_grad(set_to_none=True)
        if alone:
            total, facts = coarse_losses(net, *turned(*pool.take(a.batch), g))
        else:
            x, t, v = pool.take(known)
            cx, ct = world.take(a.batch - known, a.side)
            none = torch.zeros(len(cx), *v.shape[1:])
            x, t, v = turned(torch.cat((x, cx)), torch.cat((t, ct)), torch.cat((v, none)), g)
            total, facts = losses(net, x, t, v[:known], known, a.guide * max(.1, 1 - 1.5 * f), a.likeness)
        total.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
        muon.step()
        adam.step()
        with torch.no_grad():
            if not leads:
                step += 1
                now = time.time()
                elapsed += min(now - last, 30.)
                last = now
                continue
            keep = min(.998, (step + 1) / (step + 10))
            for e, q in zip(ema.parameters(), net.parameters()):
                e.lerp_(q, 1 - keep)
        step += 1
        seen += 1
        now = time.time()
        elapsed += min(now - last, 30.)      # a pause from outside is no training time
        last = now
        for k, q in facts.items():
            mean[k] = mean.get(k, 0.) + float(q.detach())
        if now - told > (5 if a.smoke else 60 if alone else 420):
            scores = ' '.join(f'{k} {m:.2f} ({b:.2f})' for k, (m, b) in measure(ema.eval(), held).items())
            print(f'{elapsed / 60:5.1f} min step {step} {(now - told) / seen:.2f} s ' + ' '.join(f'{k} {q / seen:.4f}' for k, q in mean.items()) + ' | ' + scores, flush=True)
            told, seen, mean = time.time(), 0, {}
            last = told
        if now - saved > 120:
            write()
            saved = now
    if not leads:
        return
    for pid in helpers:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    write()
    print('held out, ours (blend): ' + ' '.join(f'{k} {m:.2f} ({b:.2f})' for k, (m, b) in measure(ema.eval(), held).items()))


if __name__ == '__main__':
    main()
