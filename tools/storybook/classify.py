"""The judge: names what a picture shows. Trained on drawn scenes only. Resumable.

It finds the figures' heads in the picture at half size, cuts each figure out at the size that its head calls for
(head and whole figure), and names every attribute there. Training pictures are shifted, blurred, compressed and
made noisy, so that it judges content, not sharpness.

    python tools/storybook/classify.py --minutes 12
"""
import io
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image

from captions import FIGURE, SCENE, normalise
from common import EVERY, Clock, arguments, averaged, in_parallel, load, save, schedule, to_tensor
from figures import pose_of
from optim import Muon
from places import INDOORS
from unet import MLP
from world import ANIMALS, DRESSED, FEMALE, FIGURES, KINDS, PEOPLE, POSITIONS, SIZES, SKINNED, layout, random_scene, render, sample_u

SCENE_GROUPS = {**SCENE, 'figures': list(range(FIGURES + 1))}
MORE_PEOPLE = KINDS + 3 * ['man', 'woman']
SHIFT = 4
USES = 3        # of each drawn scene, every time spoiled otherwise


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c, 3, padding=1), nn.Conv2d(c, c, 3, padding=1)
        nn.init.zeros_(self.b.weight)
        nn.init.zeros_(self.b.bias)

    def forward(self, x): return x + self.b(F.relu(self.a(F.relu(x))))


class Part(nn.Module):
    """A 64x64 cut-out -> a vector."""

    def __init__(self, out, a=32, b=64, c=96):
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
        gy, gx = torch.meshgrid((torch.arange(h) + .5) / h, (torch.arange(w) + .5) / w, indexing='ij')
        grid = torch.stack([gx, gy])[None].expand(len(x), -1, -1, -1)
        f = self.spot(torch.cat([fine, F.interpolate(deep, size=(h, w)), grid], 1))
        p = self.at(f).float().flatten(2).softmax(2)                     # N x 3 x cells
        with torch.autocast('cpu', enabled=False):       # places need more digits than bfloat16 has
            xy = p @ grid.flatten(2).transpose(1, 2)
        pooled = p.to(f.dtype) @ f.flatten(2).transpose(1, 2)
        o = self.box(torch.cat([pooled, xy.to(f.dtype), s[:, None].to(f.dtype).expand(-1, FIGURES, -1)], 2)).float()
        return s, torch.cat([xy + .1 * o[..., :2], o[..., 2:] - 2], 2)

    def cut(self, x, boxes, left, top, side):
        """Squares of 64 pixels: `side` head radii wide, their corner `left`, `top` radii from the head's centre."""
        h, w = x.shape[2:]
        r = boxes[:, 2].clamp(-4, 0).exp() * h
        k = (torch.arange(64) + .5) / 64 * side
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


def from_left(figures):
    """Indices of a scene's figures, from left to right."""
    return sorted(range(len(figures)), key=lambda i: POSITIONS.index(figures[i]['pos']))


def applies(group, f, camera):
    """Can the attribute be seen on such a figure?"""
    k, behind, pose = f['kind'], f['view'] == 'back', pose_of(f, camera)
    asleep = pose == 'sleep'
    if group in ('hair', 'age'):
        return k in PEOPLE and not (group == 'hair' and f['hat']) and not (group == 'age' and behind)
    if group == 'hat':
        return k in ('man', 'woman')
    if group == 'beard':
        return k in PEOPLE and k not in FEMALE and not behind
    if group == 'skin':
        return k in SKINNED and not behind
    if group == 'held':
        return k in DRESSED and not asleep and (camera != 'close' or f['held'] in ('umbrella', 'balloon'))
    if group == 'talk':
        return not behind
    if group == 'expression':
        return not behind and k not in ('robot', 'knight') and f['action'] != 'sleep' and not f['talk'] and not (k in ('pirate', 'frog', 'sheep', 'elephant', 'king', 'queen', 'wizard', 'witch') and camera != 'close')
    if group == 'action':
        return not (k == 'ghost' and f['action'] in ('walk', 'run')) and (camera != 'close' or f['action'] in ('wave', 'sleep') and not behind)
    if group == 'view':
        return not asleep and not (k in ('ghost', 'frog') and camera != 'close' and f['view'] == 'side')
    return True


def spoil(im, rng):
    if rng.random() < .45:
        buffer = io.BytesIO()
        Image.fromarray(im).save(buffer, 'JPEG', quality=rng.randint(35, 95))
        im = np.asarray(Image.open(buffer))
    return im


def scene_for(rng):
    sc = normalise(random_scene(rng, MORE_PEOPLE))
    for f in sc['figures']:
        f['talk'] = int(rng.random() < .4)
        if f['kind'] in DRESSED and rng.random() < .2:
            f['held'] = rng.choice(FIGURE['held'][1:])
    return sc


def truth(sc, u, size):
    """-> scene labels, figure labels (3 x groups, -1 where nothing can be seen; ages as they are), boxes (3 x 3)"""
    figures = np.full((FIGURES, len(FIGURE)), -1, np.float32)
    boxes = np.zeros((FIGURES, 3), np.float32)
    anchors = layout(sc, u, size)[0]
    for j, i in enumerate(from_left(sc['figures'])):
        f, a = sc['figures'][i], anchors[i]
        figures[j] = [-1 if not applies(k, f, sc['camera']) else f[k] if k == 'age' else v.index(f[k]) for k, v in FIGURE.items()]
        boxes[j] = a.hx / size[0], a.hy / size[1], np.log(a.r / size[1])
    scene = [v.index(sc[k]) for k, v in SCENE.items()] + [len(sc['figures'])]
    if sc['setting'] in INDOORS or sc['setting'] == 'moon':
        scene[list(SCENE).index('weather')] = -1
    if sc['setting'] == 'moon':
        scene[list(SCENE).index('time')] = -1
    if not sc['figures']:
        scene[list(SCENE).index('camera')] = -1
    return scene, figures, boxes


class Drawn:
    """Scenes with their pictures; each is used a few times."""

    def __init__(self, rng):
        self.rng, self.pools = rng, {}

    def take(self, n, size):
        pool = self.pools.setdefault(size, [])
        fresh = max(n, 400 - len(pool)) if len(pool) < 400 else -(-n // USES)
        for _ in range(min(fresh, n) if pool else n):
            sc, u = scene_for(self.rng), sample_u(self.rng)
            pool.append((render(sc, u, size), truth(sc, u, size)))
        del pool[:-800]
        return self.rng.sample(pool, n)


def batch(rng, n, size=None, spoiled=True, drawn=None):
    """-> pictures, scene labels, figure labels, boxes"""
    size = size or rng.choices(SIZES, [.7, .15, .15])[0]
    taken = (drawn or Drawn(rng)).take(n, size)
    ims, parts = [spoil(im, rng) if spoiled else im for im, _ in taken], [p for _, p in taken]
    x = to_tensor(ims)
    scene, figures, boxes = (torch.tensor(np.stack(q)) for q in zip(*parts))
    if spoiled:
        dx, dy = rng.randint(-SHIFT, SHIFT), rng.randint(-SHIFT, SHIFT)
        x = F.pad(x, (SHIFT,) * 4, mode='replicate')[..., SHIFT - dy:SHIFT - dy + size[1], SHIFT - dx:SHIFT - dx + size[0]]
        boxes[..., 0] += dx / size[0]
        boxes[..., 1] += dy / size[1]
        if rng.random() < .2:
            x = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode='bilinear')
        elif rng.random() < .6:
            x = blur(x, rng.uniform(.2, 1.2))
        x = x * (1 + .05 * torch.randn(n, 1, 1, 1)) + .04 * torch.randn(n, 3, 1, 1) + rng.uniform(0, .06) * torch.randn(1, *x.shape[1:])
    return x, scene, figures, boxes


def blur(x, sigma):
    k = torch.exp(-torch.arange(-3., 4) ** 2 / (2 * sigma ** 2))
    k = k / k.sum()
    x = F.conv2d(F.pad(x, (3, 3, 3, 3), mode='replicate'), k.view(1, 1, 1, 7).expand(3, 1, 1, 7), groups=3)
    return F.conv2d(x, k.view(1, 1, 7, 1).expand(3, 1, 7, 1), groups=3)


TOLERANCE = .71     # an age between two is either


def accuracy(net, data):
    """Share of right answers per group, on batches of drawn scenes."""
    ok = {}
    for x, scene, figures, _ in data:
        s, boxes = net.find(x)
        for i, (k, o) in enumerate(zip(SCENE_GROUPS, net.scene_out)):
            seen = scene[:, i] >= 0
            ok.setdefault(k, []).append((o(s).argmax(1) == scene[:, i])[seen])
        for j in range(FIGURES):
            for i, (k, lg) in enumerate(zip(FIGURE, net.read(x, s, boxes[:, j]))):
                seen = figures[:, j, i] >= 0
                ok.setdefault(k, []).append(((lg.argmax(1) - figures[:, j, i]).abs() < TOLERANCE)[seen])
    return {k: round(torch.cat(v).float().mean().item(), 4) for k, v in ok.items()}


def trained(cache):
    state = load(cache / 'judge.pt')
    net = Judge().to(memory_format=torch.channels_last)
    net.load_state_dict(state['net'])
    return net.eval()


def main():
    args = arguments(__doc__.split('\n\n')[0], minutes=12., batch=32, lr=2e-3, muon=.02, held=800, workers=1)
    in_parallel(train, args)


def train(rank, args, meeting):
    first = rank == 0
    torch.manual_seed(rank)
    # held out: another stream of scenes and free choices, as they are drawn
    held = [batch(random.Random(31337 + i), 50, SIZES[0], spoiled=False) for i in range(2)]
    net, path, clock, n = Judge().to(memory_format=torch.channels_last), args.cache / 'judge.pt', Clock(args.minutes), 0
    matrix = [p for k, p in net.named_parameters() if p.ndim > 1 and '_out' not in k and 'at.' not in k]
    rest = [p for p in net.parameters() if not any(p is q for q in matrix)]
    opts = [Muon(matrix, args.muon, decay=.01), torch.optim.AdamW(rest, args.lr, betas=(.9, .98), weight_decay=0.)]
    if state := load(path):
        net.load_state_dict(state['net'])
        for o, q in zip(opts, state['optimizers']):
            o.load_state_dict(q)
        n, clock.elapsed = state['n'], state['elapsed']
    rng = random.Random(9000 + n + 1000003 * rank)
    drawn_scenes = Drawn(rng)
    print(f'{sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters', flush=True)
    last = clock.elapsed

    @torch.no_grad()
    def report(data, name='320x192'):
        acc = accuracy(net, data)
        print(f'{n} {clock.elapsed:.0f}s {name} mean {sum(acc.values()) / len(acc):.4f} {acc}', flush=True)
        return acc

    def write(**more):
        save(path, net=net.state_dict(), optimizers=[o.state_dict() for o in opts], n=n, elapsed=clock.elapsed, **more)

    shared = clock.tick()
    while shared < clock.budget:
        for o, lr in zip(opts, (args.muon, args.lr)):
            for g in o.param_groups:
                g['lr'] = lr * schedule(min(1., shared / clock.budget), (n + 1) / 50)
        x, scene, figures, boxes = batch(rng, args.batch, drawn=drawn_scenes)
        with torch.autocast('cpu', torch.bfloat16):
            s, found = net.find(x)
            named = [o(s).float() for o in net.scene_out]
        loss = sum(F.cross_entropy(o, scene[:, i], ignore_index=-1) for i, o in enumerate(named) if (scene[:, i] >= 0).any())
        there = figures[:, :, 0] >= 0
        if there.any():
            loss = loss + 20 * (found - boxes)[there].abs().mean()
            # always as many: the processor's kernels are made anew for every new number
            pick = torch.randperm(int(there.sum())).repeat(args.batch)[:args.batch * 5 // 4]
            rows, which = (q[pick] for q in there.nonzero(as_tuple=True))
            at = boxes[rows, which]           # the true box, a little off, so that finding and reading learn apart
            jitter = torch.randn_like(at) * torch.tensor([.15, .15, .07])
            r = at[:, 2:].exp()
            at = torch.cat([at[:, :2] + jitter[:, :2] * r * torch.tensor([x.shape[2] / x.shape[3], 1.]), at[:, 2:] + jitter[:, 2:]], 1)
            with torch.autocast('cpu', torch.bfloat16):
                lg = [q.float() for q in net.read(x[rows], s[rows], at)]
            f = figures[rows, which]
            for i, (k, q) in enumerate(zip(FIGURE, lg)):
                seen = f[:, i] >= 0
                if seen.any():
                    y = f[seen, i]
                    soft = (1 - (y[:, None] - torch.arange(q.shape[1])).abs()).clamp(min=0) if k == 'age' else y.long()
                    loss = loss + F.cross_entropy(q[seen], soft)
        for o in opts:
            o.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.)
        for o in opts:
            o.step()
        n += 1
        if not meeting:
            shared = clock.tick()
        elif n % EVERY == 0:
            shared, _ = averaged(list(net.parameters()), clock.tick())
        if n % 50 == 0 and first:
            print(f'{n} {clock.elapsed:.0f}s loss {loss.item():.3f}', flush=True)
        if first and clock.elapsed - last > 60:
            last = clock.elapsed
            report(held)
            write()
    if not first:
        return
    with torch.no_grad():
        drawn = lambda first, n, size: (batch(random.Random(first + i), 50, size, spoiled=False) for i in range(max(1, n // 50)))
        acc = report(drawn(41337, args.held, SIZES[0]))
        for k in (1, 2):
            report(drawn(51337, args.held // 4, SIZES[k]), 'x'.join(map(str, SIZES[k])))
    write(accuracy=acc)


if __name__ == '__main__':
    main()
