"""A small FILM: feature pyramid with shared weights, coarse-to-fine flow in both directions, fusion.

After FILM (Reda et al., ECCV 2022, arXiv 2202.04901), with what makes it small:
- Nothing is convolved at full resolution. Features start at half size; the last fusion step works there too, on
  full-size warped pictures folded into channels (pixel unshuffle), so only the two picture warps see every pixel.
- The flows are those from the wanted time to both ends (as IFRNet and RIFE have them), so any time is made directly.
- A small cost volume at the coarser levels, which FILM lacks, makes large motion learnable in an hour.
- Flow is kept as velocities (pixels a whole step, first to last), which hardly depend on the time.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

LEVELS = 7            # flow is sought from 1/2 (level 1) down to 1/64 (level 6)
SHARED = 3            # levels from here on share one flow predictor
MATCHED = 2           # from this level on the flow sees a cost volume
REACH = 2             # of the cost volume, pixels each way
FUSED = 3             # features are fused from level 1 to here


def warp(x, flow):
    """x at (own position + flow), pixels; border replicated. Clamped to pixel centres, so that zero padding is never
    read: onnxruntime has a fast path for exactly this form."""
    n, _, h, w = x.shape
    ys = torch.arange(h, dtype=x.dtype).view(1, h, 1)
    xs = torch.arange(w, dtype=x.dtype).view(1, 1, w)
    gx = (xs + flow[:, 0]).clamp(0, w - 1)
    gy = (ys + flow[:, 1]).clamp(0, h - 1)
    grid = torch.stack(((gx * 2 + 1) / w - 1, (gy * 2 + 1) / h - 1), -1)
    return F.grid_sample(x, grid, mode='bilinear', padding_mode='zeros', align_corners=False)


def up(x): return F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)


def conv(i, o, k=3): return nn.Sequential(nn.Conv2d(i, o, k, padding=k // 2), nn.LeakyReLU(.1))


class Features(nn.Module):
    """One extractor of three scales, run on every picture of the pyramid; equal scales are joined (FILM's cascade)."""

    def __init__(self, k):
        super().__init__()
        self.scales = nn.ModuleList([nn.Sequential(conv(3, k), conv(k, k)),
                                     nn.Sequential(conv(k, 2 * k), conv(2 * k, 2 * k)),
                                     nn.Sequential(conv(2 * k, 4 * k), conv(4 * k, 4 * k))])

    def forward(self, pyramid):
        """Pictures of levels 1.. -> features of levels 1.., with k, 3k, 7k, 7k ... channels."""
        parts = [[] for _ in pyramid]
        for i, x in enumerate(pyramid):
            for s, scale in enumerate(self.scales):
                if i + s >= len(pyramid):
                    break
                x = scale(F.avg_pool2d(x, 2) if s else x)
                parts[i + s].insert(0, x)
        return [torch.cat(p, 1) for p in parts]


def correlate(a, b):
    """How well a, moved back, and b, moved on by the same whole pixels, agree: N x 25 x h x w. The moves are symmetric, as
    the time between wants it (bilateral cost volume, Park et al., BMBC, ECCV 2020)."""
    at = lambda x, dy, dx: x[:, :, REACH + dy:x.shape[2] - REACH + dy, REACH + dx:x.shape[3] - REACH + dx]
    a, b = F.pad(a, (REACH,) * 4), F.pad(b, (REACH,) * 4)
    moves = [(dy, dx) for dy in range(-REACH, REACH + 1) for dx in range(-REACH, REACH + 1)]
    return torch.cat([(at(a, -dy, -dx) * at(b, dy, dx)).mean(1, keepdim=True) for dy, dx in moves], 1)


class Flow(nn.Module):
    """Corrects both velocities from the features that they bring together, and from how well their surroundings match."""

    def __init__(self, i, widths, matches):
        super().__init__()
        self.match = nn.Conv2d(i, 32, 1) if matches else None
        layers, c = [], 2 * i + 5 + (25 if matches else 0)
        for w in widths:
            layers.append(conv(c, w))
            c = w
        self.net = nn.Sequential(*layers, nn.Conv2d(c, 4, 3, padding=1))
        nn.init.normal_(self.net[-1].weight, std=1e-3)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, a, b, v, t):
        x = [a, b, v * .25, t.expand(-1, 1, *v.shape[2:])]
        if self.match is not None:
            unit = [p * torch.rsqrt((p * p).mean(1, keepdim=True) + 1e-4) for p in (self.match(a), self.match(b))]
            x.append(correlate(*unit))
        return v + self.net(torch.cat(x, 1))


class Film(nn.Module):
    """(x0, x1: N x 3 x H x W, 0..1; time: N x 1, 0..1) -> picture. H and W are multiples of 64."""

    def __init__(self, k=12, flow=((32, 32, 24), (48, 48, 32), (72, 72, 48)), fuse=(32, 40, 48), last=(40, 32)):
        super().__init__()
        self.config = dict(k=k, flow=flow, fuse=fuse, last=last)
        ch = {1: k, 2: 3 * k}
        at = lambda level: ch.get(level, 7 * k)
        self.features = Features(k)
        self.flows = nn.ModuleList([Flow(at(level), flow[level - 1], level >= MATCHED) for level in range(1, SHARED + 1)])
        fuse_in = lambda level: 2 * at(level) + 6 + 4
        self.fusion = nn.ModuleList()
        below = 0
        for level in range(FUSED, 1, -1):
            self.fusion.insert(0, nn.Sequential(conv(fuse_in(level) + below, fuse[level - 1]), conv(fuse[level - 1], fuse[level - 1])))
            below = fuse[level - 1]
        self.last = nn.Sequential(conv(2 * k + 24 + 4 + below, last[0]), *[conv(i, o) for i, o in zip(last, last[1:])])
        self.out = nn.Conv2d(last[-1], 16, 3, padding=1)
        nn.init.normal_(self.out.weight, std=1e-3)
        nn.init.zeros_(self.out.bias)

    def forward(self, x0, x1, time, every=False, until=1):
        """With `every`: also each level's velocities and both warped pictures. `until` 2 stops before half size, without a
        result: what the coarse flow is trained with, at a third of the cost."""
        n = x0.shape[0]
        t = time.view(n, 1, 1, 1)
        pyramid = [torch.cat((x0, x1)) - .5]
        for _ in range(1, LEVELS):
            pyramid.append(F.avg_pool2d(pyramid[-1], 2))
        feats = [None] + self.features(pyramid[1:])
        scale = torch.cat((t, t, 1 - t, 1 - t), 1)
        v, below, flows = None, None, []
        for level in range(LEVELS - 1, until - 1, -1):
            a, b = feats[level].split(n)
            v = torch.zeros_like(a[:, :4]) if v is None else up(v) * 2
            f = v * scale
            v = self.flows[min(level, SHARED) - 1](warp(a, f[:, :2]), warp(b, f[:, 2:]), v, t)
            if every:
                flows.append((level, v))
            if level <= FUSED and level > 1 and until == 1:
                f = v * scale
                pa, pb = torch.cat((feats[level], pyramid[level]), 1).split(n)
                x = torch.cat((warp(pa, f[:, :2]), warp(pb, f[:, 2:]), f * .25) + (() if below is None else (up(below),)), 1)
                below = self.fusion[level - 2](x)
        f = v * scale
        full = up(f) * 2
        if until > 1:
            a, b = (pyramid[until - 1] + .5).split(n)
            return None, flows, (warp(a, full[:, :2]), warp(b, full[:, 2:]))
        w0, w1 = warp(x0, full[:, :2]), warp(x1, full[:, 2:])
        a, b = feats[1].split(n)
        x = torch.cat((warp(a, f[:, :2]), warp(b, f[:, 2:]), F.pixel_unshuffle(torch.cat((w0, w1), 1) - .5, 2), f * .25, up(below)), 1)
        x = F.pixel_shuffle(self.out(self.last(x)), 2)
        # without learned evidence the nearer end counts more, as in a cross-fade
        m = torch.sigmoid(x[:, :1] + torch.log((1 - t).clamp(min=.02) / t.clamp(min=.02)))
        image = m * w0 + (1 - m) * w1 + x[:, 1:]
        return (image, flows, (w0, w1)) if every else image


def parameters(net): return sum(p.numel() for p in net.parameters())
