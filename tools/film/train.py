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
from net import Film, parameters  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'storybook'))
from optim import Muon  # noqa: E402


class Pool:
    """Triplets of layers, drawn a few at a time and used several times each, turned and mirrored."""

    def __init__(self, bank, masks, side, rng, size, fresh):
        self.bank, self.masks, self.side, self.rng, self.fresh = bank, masks, side, rng, fresh
        self.size, self.parts, self.at = size, None, 0
        while self.parts is None or self.at < min(size, 96):
            self.draw()

    def draw(self):
        x0, xt, x1, t, v = layers.triplets(self.bank, self.masks, self.fresh, self.side, self.rng)
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
        x = torch.from_numpy(np.stack(xs)).permute(0, 3, 1, 2).float() / 255
        return x, torch.tensor(ts, dtype=torch.float32)[:, None]


def turned(x, t, v, g):
    """Mirrors, swaps axes, reverses time and swaps colours: what is true of a triplet stays true."""
    coin = lambda: torch.rand((), generator=g) < .5
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


def charbonnier(d, eps=1e-3): return (d * d + eps * eps).sqrt()


def dissimilarity(a, b):
    """1 - SSIM over boxes of 7 x 7, of the mean of the colours."""
    a, b = a.mean(1, keepdim=True), b.mean(1, keepdim=True)
    pool = lambda x: F.avg_pool2d(x, 7, 1)
    ma, mb = pool(a), pool(b)
    va, vb, ab = pool(a * a) - ma * ma, pool(b * b) - mb * mb, pool(a * b) - ma * mb
    return 1 - ((2 * ma * mb + 1e-4) * (2 * ab + 9e-4) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4))).mean()


def losses(net, x, t, v, known, guide, coarse=False):
    """`known`: how many samples, from the first, have true flow. `guide` weighs flow and warps against the picture."""
    x0, xt, x1 = x.split(3, 1)
    image, flows, (w0, w1) = net(x0, x1, t, every=True, until=2 if coarse else 1)
    flow = sum(charbonnier(f[:known] - F.avg_pool2d(v, 2 ** level) / 2 ** level, .05).mean() for level, f in flows)
    if coarse:
        xt = F.avg_pool2d(xt, 2)
    warped = torch.minimum(charbonnier(w0 - xt), charbonnier(w1 - xt)).mean()
    if coarse:
        return .02 * flow + .5 * warped, dict(warped=warped, flow=flow)
    picture = charbonnier(image - xt)
    # edges: what a blur gets away with in the mean, the eye doesn't
    edges = sum((image.diff(dim=d) - xt.diff(dim=d)).abs().mean() for d in (2, 3))
    loss = picture.mean() + .5 * edges + .02 * dissimilarity(image, xt)
    total = loss + guide * (.02 * flow + .5 * warped)
    mse = ((image.clamp(0, 1) - xt) ** 2).mean((1, 2, 3))
    return total, dict(l1=picture.mean(), flow=flow, psnr=-10 * mse.clamp(min=1e-7).log10().mean())


def measure(net, held):
    """Mean PSNR on held-out triplets, by kind, beside a plain blend's."""
    out = {}
    with torch.no_grad():
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
    g = torch.Generator().manual_seed(99)
    few = 4 if smoke else 16
    bank, masks = (layers.planes(b) for b in textures.bank(cache, 2, few if smoke else 40, few if smoke else 40))
    make = lambda low, high, side=128: [torch.cat(p) for p in zip(*[(torch.cat((a, m, b), 1), t) for a, m, b, t, _ in
                                        [layers.triplets(bank, masks, 4, side, g, low, high) for _ in range(few // 4)]])]
    world = Clips(clips.bank(cache, 2, few if smoke else 60), np.random.default_rng(99))
    return {'small': make(.25, 4.), 'big': make(10., 28., 192), 'world': world.take(few, 192)}


def fill(net, weights):
    """Loads weights; inputs that a layer has gained since start as they were made."""
    own = net.state_dict()
    for name, w in weights.items():
        own[name][tuple(slice(n) for n in w.shape)] = w
    net.load_state_dict(own)


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
    p.add_argument('--coarse', action='store_true', help='only the flow down to a quarter of the size: cheap, for large motion')
    p.add_argument('--restart', action='store_true', help='a new schedule from the weights that are there')
    p.add_argument('--clip', type=Path, help='frames of a real clip (N x H x W x 3 .npy) to measure on, never to train on')
    p.add_argument('--smoke', action='store_true', help='tiny banks')
    a = p.parse_args()
    a.cache.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(a.threads)
    path = a.cache / 'film.pt'
    state = torch.load(path, weights_only=False) if path.exists() else None
    net = Film(**(state['config'] if state else {}))
    if state:
        fill(net, state['net'])
    # Both processes change the same weights without a lock (Hogwild, Niu et al. 2011): on a small net, threads that wait
    # for one another cost more than a gradient that is one step old.
    net.share_memory()
    helpers = []
    for _ in range(a.processes - 1):
        pid = os.fork()
        if pid == 0:
            a.processes, a.clip = 0, None
            break
        helpers.append(pid)
    leads = a.processes > 0
    matrices = [q for n, q in net.named_parameters() if q.ndim == 4 and not n.startswith('out') and not n.endswith(f'{len(net.flows[0].net) - 1}.weight')]
    others = [q for q in net.parameters() if not any(q is m for m in matrices)]
    muon, adam = Muon(matrices, lr=a.muon), torch.optim.AdamW(others, lr=a.lr, betas=(.9, .98), weight_decay=0)
    ema, step, elapsed = copy.deepcopy(net), 0, 0.
    if state:
        fill(ema, state['ema'])
        step = state['step']
        if not a.restart:
            elapsed = state['elapsed']
            muon.load_state_dict(state['muon'])
            adam.load_state_dict(state['adam'])
    for q in ema.parameters():
        q.requires_grad_(False)
    seed = (int(time.time() * 1000) + 7919 * os.getpid()) % 2 ** 31
    g = torch.Generator().manual_seed(seed)
    if leads:
        print(f'{parameters(net)} parameters, step {step}, side {a.side}', flush=True)
    counts = (8, 8, 4) if a.smoke else (360, 240, 1400)
    held = held_out(a.cache, a.smoke) if leads else {}
    if a.clip:
        f = torch.from_numpy(np.load(a.clip)).permute(0, 3, 1, 2).float() / 255
        rows = range(0, len(f) - 2, 8)
        held['clip'] = (torch.stack([torch.cat((f[i], f[i + 1], f[i + 2])) for i in rows]), torch.full((len(rows), 1), .5))
    bank, masks = (layers.planes(b) for b in textures.bank(a.cache, 1, *counts[:2]))
    pool = Pool(bank, masks, a.side, g, 32 if a.smoke else 1024, 4)
    world = Clips(clips.bank(a.cache, 1, counts[2]), np.random.default_rng(seed))
    stop = []
    for s in (signal.SIGTERM, signal.SIGINT):
        signal.signal(s, lambda *_: stop.append(1))

    def write():
        tmp = path.with_suffix('.tmp')
        torch.save(dict(config=net.config, net=net.state_dict(), ema=ema.state_dict(), muon=muon.state_dict(),
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
        x, t, v = pool.take(known)
        cx, ct = world.take(a.batch - known, a.side)
        none = torch.zeros(len(cx), *v.shape[1:])
        x, t, v = turned(torch.cat((x, cx)), torch.cat((t, ct)), torch.cat((v, none)), g)
        net.zero_grad(set_to_none=True)
        total, facts = losses(net, x, t, v[:known], known, a.guide * max(.1, 1 - 1.5 * f), a.coarse)
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
        if now - told > (5 if a.smoke else 240):
            scores = ' '.join(f'{k} {m:.2f} ({b:.2f})' for k, (m, b) in measure(ema.eval(), held).items())
            print(f'{elapsed / 60:5.1f} min step {step} {(now - told) / seen:.2f} s ' + ' '.join(f'{k} {q / seen:.4f}' for k, q in mean.items()) + ' | ' + scores, flush=True)
            told, seen, mean = time.time(), 0, {}
            last = told
        if now - saved > 180:
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
