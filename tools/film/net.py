"""A small FILM: feature pyramid with shared weights, coarse-to-fine flow in both directions, fusion; in two parts.

After FILM (Reda et al., ECCV 2022, arXiv 2202.04901), with what makes it small:
- `Coarse` sees both pictures at half of their size and finds the motion down to an eighth, with weights shared by all
  levels and a small cost volume, which FILM lacks: large motion becomes learnable in an hour.
- `Fine` takes that motion, refines it and makes the picture. It looks no farther than the motion and some 70 pixels, so a
  large frame can be made in windows, from the motion of the whole frame, without a difference.
- Nothing is convolved at full resolution: pictures are folded to half size (pixel unshuffle), so only the two picture
  warps see every pixel.
- The flows are those from the wanted time to both ends (as IFRNet and RIFE have them), so any time is made directly.
  They are kept as velocities (pixels a whole step, first to last), which hardly depend on the time.
- Pictures are warped with a correction for what linear interpolation blurs.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

LEVELS = 4            # of the motion that the coarse part finds: 1/8 (of the whole size) to 1/64
REACH = 2             # of the cost volume, pixels each way


def positions(x):
    """Pixel positions, x and y: 1 x 2 x h x w; and the last ones: 1 x 2 x 1 x 1."""
    h, w = x.shape[2:]
    xs = torch.arange(w, dtype=torch.float32).view(1, 1, 1, w).expand(1, 1, h, w)
    ys = torch.arange(h, dtype=torch.float32).view(1, 1, h, 1).expand(1, 1, h, w)
    here = torch.cat((xs, ys), 1)
    return here, here[:, :, -1:, -1:]


def reach(flow):
    """Where flow (N x 2 x h x w, pixels) leads: pixel positions inside the picture, and the grid that sampling wants.
    Clamped to pixel centres, so that zero padding is never read: onnxruntime has a fast path for exactly this form."""
    here, last = positions(flow)
    at = torch.minimum((here + flow).clamp(min=0), last)
    return at, ((at * 2 + 1) / (last + 1) - 1).permute(0, 2, 3, 1)


def sample(x, grid): return F.grid_sample(x.float(), grid, mode='bilinear', padding_mode='zeros', align_corners=False)


def warp(x, flow): return sample(x, reach(flow)[1])


# Of f (1 - f) times the second difference: what undoes linear interpolation's loss half way between two pixels for a wave
# of 6 to 4 pixels a period; 1/2 would be right for slow ones only.
SHARPNESS = .65


def warp_sharp(x, flow):
    """Pictures (N x 3 x h x w) at (own position + flow). Linear interpolation at a fraction f loses f (1 - f) / 2 times the
    second derivative; it is given back, from the grey picture."""
    at, grid = reach(flow)
    grey = F.pad(x.mean(1, keepdim=True), (1, 1, 1, 1), mode='replicate')
    middle = 2 * grey[:, :, 1:-1, 1:-1]
    bend = (grey[:, :, 1:-1, 2:] + grey[:, :, 1:-1, :-2] - middle, grey[:, :, 2:, 1:-1] + grey[:, :, :-2, 1:-1] - middle)
    y = sample(torch.cat((x, *bend), 1), grid)
    f = at - at.floor()
    return y[:, :3] - SHARPNESS * (f * (1 - f) * y[:, 3:]).sum(1, keepdim=True)


def up(x): return F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)


def conv(i, o, stride=1): return nn.Sequential(nn.Conv2d(i, o, 3, stride, 1), nn.LeakyReLU(.1))


def stack(*widths): return nn.Sequential(*[conv(i, o) for i, o in zip(widths, widths[1:])])


def head(i, o):
    """A last layer that says almost nothing at first."""
    layer = nn.Conv2d(i, o, 3, padding=1)
    nn.init.normal_(layer.weight, std=1e-3)
    nn.init.zeros_(layer.bias)
    return layer


def moments(t, v):
    """What is to be known of the time beside the velocities: N x 3 x h x w."""
    return torch.cat((t, 1 - t, t * (1 - t)), 1).expand(-1, -1, *v.shape[2:])


def pairs(x): return x.reshape(-1, 2 * x.shape[1], *x.shape[2:])      # 2N x C of both ends in turn -> N x 2C
def ends(x): return x.reshape(-1, x.shape[1] // 2, *x.shape[2:])      # and back


def toward(v, t):
    """Velocities (N x 4 x h x w) -> flows from time t to both ends: 2N x 2 x h x w."""
    return ends(v * torch.cat((t, t, 1 - t, 1 - t), 1))


def correlate(x):
    """x: 2N x C x h x w, both ends in turn. How well the first, moved back, and the second, moved on by the same whole
    pixels, agree: N x 25 x h x w. The moves are symmetric, as the time between wants it (bilateral cost volume, Park et
    al., BMBC, ECCV 2020)."""
    x = x.float()
    x = F.pad(x * torch.rsqrt((x * x).mean(1, keepdim=True) + 1e-4), (REACH,) * 4)
    moves = range(-REACH, REACH + 1)
    moved = lambda x, axis, by: x.narrow(axis, REACH + by, x.shape[axis] - 2 * REACH)
    # all moves along x at once, then row by row of them: the products of one row stay in the cache
    a, b = (torch.stack([moved(side, 3, sign * d) for d in moves], 1) for side, sign in ((x[0::2], -1), (x[1::2], 1)))
    return torch.cat([(moved(a, 3, -d) * moved(b, 3, d)).mean(2) for d in moves], 1)


class Coarse(nn.Module):
    """(h0, h1: both pictures at 1/2 size, N x 3 x h x w, 0..1; time: N x 1) -> motion: N x 4 x h/4 x w/4, velocities
    in pixels of that size: x and y from first to last, as seen from the first and from the last. h and w are multiples
    of 32."""

    def __init__(self, k=12, flow=(72, 72, 48), match=32):
        super().__init__()
        self.scales = nn.ModuleList([stack(3, k, k), stack(k, 2 * k, 2 * k), stack(2 * k, 4 * k, 4 * k)])
        c = 7 * k
        self.match = nn.Conv2d(c, match, 1)
        self.flow = stack(2 * c + 7 + (2 * REACH + 1) ** 2, *flow)
        self.move = head(flow[-1], 4)

    def features(self, x):
        """FILM's cascade: one extractor of three scales runs on every picture of the pyramid; equal scales are joined."""
        pictures = [x]
        for _ in range(1 + LEVELS):
            pictures.append(F.avg_pool2d(pictures[-1], 2))
        parts = [[] for _ in pictures]
        for i, y in enumerate(pictures):
            for s, scale in enumerate(self.scales[:len(pictures) - i]):
                y = scale(F.avg_pool2d(y, 2) if s else y)
                parts[i + s].insert(0, y)
        return [torch.cat(p, 1) for p in parts[2:]]

    def forward(self, h0, h1, time, every=False):
        """With `every`: also the velocities of each level, coarsest first."""
        t = time.view(-1, 1, 1, 1)
        x = ends(torch.cat((h0, h1), 1)) - .5
        v, found = None, []
        for f in reversed(self.features(x)):
            v = torch.zeros_like(f.float()[::2, :4]) if v is None else up(v) * 2
            f = warp(f, toward(v, t))
            y = self.flow(torch.cat((pairs(f), v * .25, moments(t, v), correlate(self.match(f))), 1))
            v = v + self.move(y).float()
            found.append(v)
        return (v, found) if every else v


class Fine(nn.Module):
    """(x0, x1: N x 3 x H x W, 0..1; time: N x 1; motion from `Coarse`: N x 4 x H/8 x W/8) -> picture. H and W are multiples
    of 8."""

    def __init__(self, k=12, flow2=(48, 48, 32), flow1=(32, 32, 24), match=32, told=12, last=(32, 32)):
        super().__init__()
        self.scales = nn.ModuleList([stack(3, k, k), stack(k, 2 * k, 2 * k)])
        self.match = nn.Conv2d(3 * k, match, 1)
        self.flow2, self.flow1 = stack(6 * k + 7 + (2 * REACH + 1) ** 2, *flow2), stack(2 * k + 8, *flow1)
        self.move2, self.move1 = head(flow2[-1], 4), head(flow1[-1], 4)
        self.tell = conv(flow2[-1], told)
        self.last = stack(24 + 4 + told + flow1[-1], *last)
        self.out = head(last[-1], 16)

    def forward(self, x0, x1, time, motion, every=False):
        """With `every`: also the velocities at 1/4 and 1/2 size and both warped pictures."""
        t = time.view(-1, 1, 1, 1)
        x = ends(torch.cat((x0, x1), 1))
        half = F.avg_pool2d(x - .5, 2)
        near, far = self.scales
        f1 = near(half)
        f2 = torch.cat((near(F.avg_pool2d(half, 2)), far(F.avg_pool2d(f1, 2))), 1)
        v = up(motion) * 2
        f = warp(f2, toward(v, t))
        y2 = self.flow2(torch.cat((pairs(f), v * .25, moments(t, v), correlate(self.match(f))), 1))
        v2 = v + self.move2(y2).float()
        v = up(v2) * 2
        f = pairs(warp(f1, toward(v, t)))
        apart = (f[:, :f.shape[1] // 2] - f[:, f.shape[1] // 2:]).abs().mean(1, keepdim=True)
        y = self.flow1(torch.cat((f, v * .25, moments(t, v), apart), 1))
        v = v + self.move1(y).float()
        w = pairs(warp_sharp(x, up(toward(v, t)) * 2))
        y = self.last(torch.cat((F.pixel_unshuffle(w - .5, 2), y.float(), up(self.tell(y2).float()), v * .25), 1))
        y = F.pixel_shuffle(self.out(y).float(), 2)
        # without learned evidence the nearer end counts more, as in a cross-fade
        m = torch.sigmoid(y[:, :1] + torch.log((1 - t).clamp(min=.02) / t.clamp(min=.02)))
        image = m * w[:, :3] + (1 - m) * w[:, 3:] + y[:, 1:]
        return (image, [v2, v], w.split(3, 1)) if every else image


class Film(nn.Module):
    """(x0, x1: N x 3 x H x W, 0..1; time: N x 1, 0..1) -> picture. H and W are multiples of 64."""

    def __init__(self):
        super().__init__()
        self.coarse, self.fine = Coarse(), Fine()

    def forward(self, x0, x1, time, every=False):
        """With `every`: also the velocities of all levels, coarsest (1/64) first, and both warped pictures."""
        motion, coarse = self.coarse(F.avg_pool2d(x0, 2), F.avg_pool2d(x1, 2), time, every=True)
        if not every:
            return self.fine(x0, x1, time, motion)
        image, fine, warped = self.fine(x0, x1, time, motion, every=True)
        return image, coarse + fine, warped


def parameters(net): return sum(p.numel() for p in net.parameters())
