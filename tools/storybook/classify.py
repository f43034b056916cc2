"""The judge: names what a picture shows. Trained on drawn scenes only. Resumable.

It finds the figures' heads in the picture at half size, cuts each figure out at the size that its head calls for
(head and whole figure), and names every attribute there. Training pictures are shifted, blurred, reduced and
made noisy, so that it judges content, not sharpness.

    python tools/storybook/classify.py --minutes 12
"""
import copy
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from captions import FIGURE
from common import DEVICE, EVERY, Clock, arguments, averaged, in_parallel, load, mixed, save, schedule, to_tensor
from optim import Muon
from scenes import Scenes, held_out
from truth import SCENE_GROUPS
from unet import MLP
from world import FIGURES, SIZES

SHIFT = 4


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c, 3, padding=1), nn.Conv2d(c, c, 3, padding=1)
        nn.init.zeros_(self.b.weight)
        nn.init.zeros_(self.b.bias)

    def forward(self, x): return x + self.b(F.relu(self.a(F.relu(x))))


class Part(nn.Module):
    """A 64x64 cut-out -> a vector."""

    def __init__(self, out, a=48, b=96, c=128):
        super().__init__()
        self.net = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, a, 3, padding=1), Residual(a), nn.Conv2d(a, b, 4, 2, 1), Residual(b),
                                 nn.Conv2d(b, c, 4, 2, 1), Residual(c), nn.ReLU(), nn.Conv2d(c, 32, 1))
        self.out = nn.Linear(32 * 64, out)

    def forward(self, x): return self.out(self.net(x).flatten(1))


class Judge(nn.Module):
    """Pictures (N x 3 x H x W, -1..1) -> logits per scene group, head boxes, and logits per group of the figures, by place from the left."""

    def __init__(self, a=48, b=96, c=128, d=160):
        super().__init__()
        self.stem = nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, a, 3, padding=1), Residual(a), nn.Conv2d(a, b, 4, 2, 1), Residual(b))
        self.deep = nn.Sequential(nn.Conv2d(b, c, 4, 2, 1), Residual(c), Residual(c))
        self.scene = MLP(4 * c, d, d)
        self.scene_out = nn.ModuleList(nn.Linear(d, len(v)) for v in SCENE_GROUPS.values())
        # where: attention of each place over the cells, then x / W, y / H, log of the head's radius / H
        self.spot = nn.Sequential(nn.Conv2d(b + c + 2, 96, 1), nn.ReLU(), nn.Conv2d(96, 96, 3, padding=1), nn.ReLU())
        self.at = nn.Conv2d(96, FIGURES, 1)
        self.box = MLP(96 + 2 + d, d, 3)
        self.head, self.whole = Part(d), Part(d)
        self.figure = MLP(3 * d + 3, d, d)
        self.figure_out = nn.ModuleList(nn.Linear(d, len(v)) for v in FIGURE.values())

    def find(self, x):
        """-> scene vector, boxes of the heads from left to right (N x 3 x 3)"""
        half = F.avg_pool2d(x, 2)
        fine = self.stem(half)
        deep = self.deep(fine)
        g = torch.cat([deep.mean((2, 3)), deep.amax((2, 3)), deep[..., :deep.shape[3] // 2].mean((2, 3)), deep[..., deep.shape[3] // 2:].mean((2, 3))], 1)
        s = F.relu(self.scene(g))
        h, w = fine.shape[2:]
        gy, gx = torch.meshgrid((torch.arange(h, device=x.device) + .5) / h, (torch.arange(w, device=x.device) + .5) / w, indexing='ij')
        grid = torch.stack([gx, gy])[None].expand(len(x), -1, -1, -1)
        f = self.spot(torch.cat([fine, F.interpolate(deep, size=(h, w)), grid], 1))
        p = self.at(f).float().flatten(2).softmax(2)                     # N x 3 x cells
        with torch.autocast(x.device.type, enabled=False):       # places need more digits than bfloat16 has
            xy = p @ grid.flatten(2).transpose(1, 2)
        pooled = p.to(f.dtype) @ f.flatten(2).transpose(1, 2)
        o = self.box(torch.cat([pooled, xy.to(f.dtype), s[:, None].to(f.dtype).expand(-1, FIGURES, -1)], 2)).float()
        return s, torch.cat([xy + .1 * o[..., :2], o[..., 2:] - 2], 2)

    def cut(self, x, boxes, left, top, side):
        """Squares of 64 pixels: `side` head radii wide, their corner `left`, `top` radii from the head's centre."""
        h, w = x.shape[2:]
        r = boxes[:, 2].clamp(-4, 0).exp() * h
        k = (torch.arange(64, device=x.device) + .5) / 64 * side
        px = boxes[:, 0:1] * w + (k + left)[None] * r[:, None]
        py = boxes[:, 1:2] * h + (k + top)[None] * r[:, None]
        grid = torch.stack([(px / w * 2 - 1)[:, None].expand(-1, 64, -1), (py / h * 2 - 1)[:, :, None].expand(-1, -1, 64)], 3)
        return F.grid_sample(x, grid, padding_mode='border', align_corners=False)

    def read(self, x, s, boxes):
        """The figure at `boxes` (N x 3) of each picture."""
        v = [self.head(self.cut(x, boxes, -2.5, -2.6, 5)), self.whole(self.cut(x, boxes, -4.5, -2.5, 9)), s, boxes]
        q = F.relu(self.figure(torch.cat(v, 1)))
        return [o(q) for o in self.figure_out]

    @torch.no_grad()
    def names(self, images):
        """Byte pictures of one size -> [{scene groups, 'figures': number, 'who': [attributes from left to right]}]"""
        x = to_tensor(images)
        s, boxes = self.find(x)
        out = [{k: v[int(i)] for k, v, i in zip(SCENE_GROUPS, SCENE_GROUPS.values(), row)} for row in zip(*(o(s).argmax(1) for o in self.scene_out))]
        for j in range(FIGURES):
            rows = list(zip(*(lg.argmax(1) for lg in self.read(x, s, boxes[:, j]))))
            for o, row in zip(out, rows):
                if o['figures'] > j:
                    o.setdefault('who', []).append({k: v[int(i)] for k, v, i in zip(FIGURE, FIGURE.values(), row)})
        return out


def blur(x, sigma):
    k = torch.exp(-torch.arange(-3., 4, device=x.device) ** 2 / (2 * sigma ** 2))
    k = k / k.sum()
    x = F.conv2d(F.pad(x, (3, 3, 3, 3), mode='replicate'), k.view(1, 1, 1, 7).expand(3, 1, 1, 7), groups=3)
    return F.conv2d(x, k.view(1, 1, 7, 1).expand(3, 1, 7, 1), groups=3)


def spoiled(x, boxes):
    """Shifted, often blurred or reduced, never of quite the same light, noisy -> pictures, boxes"""
    h, w = x.shape[2:]
    chance = lambda: torch.rand(()).item()
    dx, dy = torch.randint(-SHIFT, SHIFT + 1, (2,)).tolist()
    x = F.pad(x, (SHIFT,) * 4, mode='replicate')[..., SHIFT - dy:SHIFT - dy + h, SHIFT - dx:SHIFT - dx + w]
    boxes = boxes + torch.tensor([dx / w, dy / h, 0.], device=x.device)
    if chance() < .2:
        x = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode='bilinear')
    elif chance() < .6:
        x = blur(x, .2 + chance())
    n = lambda *shape: torch.randn(*shape, device=x.device)
    return x * (1 + .05 * n(len(x), 1, 1, 1)) + .04 * n(len(x), 3, 1, 1) + .06 * chance() * n(*x.shape), boxes


TOLERANCE = .71     # an age between two is either


@torch.no_grad()
def accuracy(net, d):
    """Share of right answers per group, on drawn scenes (a shard)."""
    ok = {}
    for rows in torch.arange(len(d['pictures'])).split(50):
        x, scene, figures = to_tensor(d['pictures'][rows].to(DEVICE)), d['scene'][rows].to(DEVICE), d['figures'][rows].to(DEVICE)
        s, boxes = net.find(x)
        for i, (k, o) in enumerate(zip(SCENE_GROUPS, net.scene_out)):
            seen = scene[:, i] >= 0
            ok.setdefault(k, []).append((o(s).argmax(1) == scene[:, i])[seen])
        for j in range(FIGURES):
            for i, (k, lg) in enumerate(zip(FIGURE, net.read(x, s, boxes[:, j]))):
                seen = figures[:, j, i] >= 0
                ok.setdefault(k, []).append(((lg.argmax(1) - figures[:, j, i]).abs() < TOLERANCE)[seen])
    return {k: round(torch.cat(v).float().mean().item(), 4) for k, v in ok.items()}


def kept(cache):
    """The judge as trained in the cache, else the one that is kept beside this file, float16."""
    return load(cache / 'judge.pt') or load(Path(__file__).parent / 'judge.pt')


def trained(cache):
    state = kept(cache)
    net = Judge().to(memory_format=torch.channels_last)
    net.load_state_dict({k: v.float() for k, v in state['net'].items()})
    return net.eval()


def main():
    args = arguments(__doc__.split('\n\n')[0], minutes=12., batch=32, lr=1e-3, muon=.01, most=4000, hold=.3, workers=1)
    in_parallel(train, args)


def train(rank, args, meeting):
    first = rank == 0
    torch.manual_seed(rank + int(time.time()))
    net, path, clock, n = Judge(), args.cache / 'judge.pt', Clock(args.minutes), 0
    state = load(path)
    if state:
        net.load_state_dict(state.get('raw', state['net']))
    net.to(DEVICE, memory_format=torch.channels_last)
    matrix = [p for k, p in net.named_parameters() if p.ndim > 1 and '_out' not in k and 'at.' not in k]
    rest = [p for p in net.parameters() if not any(p is q for q in matrix)]
    opts = [Muon(matrix, args.muon, decay=.01), torch.optim.AdamW(rest, args.lr, betas=(.9, .98), weight_decay=0.)]
    mean = copy.deepcopy(net).requires_grad_(False)
    if state:
        mean.load_state_dict(state['net'])
        for o, q in zip(opts, state['optimizers'] or ()):
            o.load_state_dict(q)
        n, clock.elapsed = state['n'], state['elapsed']
    folder = args.cache / 'scenes'
    data = Scenes(folder, lambda d: {k: d[k] for k in ('pictures', 'scene', 'figures', 'boxes')}, args.most)
    while not data.refresh():
        time.sleep(2)
    print(f'{sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters', flush=True)
    last, jitter = clock.elapsed, torch.tensor([.15, .15, .07], device=DEVICE)

    def report(size=SIZES[0]):
        if (d := held_out(folder, size)) is None:
            return {}
        acc = accuracy(mean, d)
        print(f'{n} {clock.elapsed:.0f}s {size} mean {sum(acc.values()) / len(acc):.4f} {acc}', flush=True)
        return acc

    def write(**more):
        save(path, net=mean.state_dict(), raw=net.state_dict(), optimizers=[o.state_dict() for o in opts], n=n, elapsed=clock.elapsed, **more)

    shared = clock.tick()
    while shared < clock.budget:
        for o, lr in zip(opts, (args.muon, args.lr)):
            for g in o.param_groups:
                g['lr'] = lr * schedule(min(1., shared / clock.budget), (n + 1) / 200, hold=args.hold)
        d, _ = data.take(args.batch)
        scene, figures = d['scene'].long(), d['figures']
        x, boxes = spoiled(to_tensor(d['pictures']), d['boxes'])
        with mixed():
            s, found = net.find(x)
            named = [o(s).float() for o in net.scene_out]
        loss = sum(F.cross_entropy(o, scene[:, i], ignore_index=-1, reduction='sum') for i, o in enumerate(named)) / len(x)
        there = figures[:, :, 0] >= 0
        loss = loss + 20 * ((found - boxes).abs() * there.unsqueeze(2)).sum() / there.sum().clamp(min=1) / 3
        # always as many: the processor's kernels are made anew for every new number
        pick = torch.multinomial(there.flatten().float() + 1e-9, args.batch * 5 // 4, replacement=args.batch < 8)
        rows, which = pick // FIGURES, pick % FIGURES
        at = boxes[rows, which]           # the true box, a little off, so that finding and reading learn apart
        off = torch.randn_like(at) * jitter
        r = at[:, 2:].exp()
        at = torch.cat([at[:, :2] + off[:, :2] * r * torch.tensor([x.shape[2] / x.shape[3], 1.], device=DEVICE), at[:, 2:] + off[:, 2:]], 1)
        with mixed():
            lg = [q.float() for q in net.read(x[rows], s[rows], at)]
        f = figures[rows, which]
        for i, (k, q) in enumerate(zip(FIGURE, lg)):
            y, seen = f[:, i], (f[:, i] >= 0).float()
            target = (1 - (y[:, None] - torch.arange(q.shape[1], device=DEVICE)).abs()).clamp(min=0)      # of an age between two, some of either
            loss = loss - ((target * q.log_softmax(1)).sum(1) * seen).sum() / seen.sum().clamp(min=1)
        for o in opts:
            o.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.)
        for o in opts:
            o.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(mean.parameters()), [p.detach() for p in net.parameters()], 1 - min(.998, n / (n + 10)))
        if n % 10 == 0:
            data.refresh(1)
        if not meeting:
            shared = clock.tick()
        elif n % EVERY == 0:
            shared, _ = averaged(list(net.parameters()), clock.tick())
        if n % 100 == 0 and first:
            print(f'{n} {clock.elapsed:.0f}s loss {loss.item():.3f}', flush=True)
        if first and clock.elapsed - last > 60:
            last = clock.elapsed
            report()
            write()
    if first:
        acc = report()
        for size in SIZES[1:]:
            report(size)
        write(accuracy=acc)


if __name__ == '__main__':
    main()
