"""Triplets of moving layers with exact truth, pictures and flow, at any time: a background and up to four cut-outs, each on
its own path (shift, turn, zoom, bending), under a moving camera with parallax and a changing light. Simple layers in two
dimensions are enough to learn flow from (AutoFlow, Sun et al. 2021; Savian et al. 2023)."""
import math

import numpy as np
import torch
import torch.nn.functional as F

LAYERS = 4


class Motion:
    """Where pixels of the frame at time s (B) lie in each sample's texture: B samples, one layer."""

    def __init__(self, b, side, amount, still, rng, background):
        n = lambda *shape: torch.randn(*shape, generator=rng)
        u = lambda *shape: torch.rand(*shape, generator=rng)
        self.side = side
        own = amount * (.5 + u(b)) * (u(b) > still)
        self.start = (torch.full((b, 2), side / 2.) if background else side * (u(b, 2) * 1.1 - .05)) + n(b, 2)
        self.shift = n(b, 2) * .7 * own[:, None]
        self.bend = n(b, 2) * .12 * own[:, None] * (u(b, 1) < .5)           # of the path: not linear in time
        self.turn0 = u(b) * 2 * math.pi
        self.turn = n(b) * own / 90
        self.size0 = torch.exp(n(b) * .3 - .1) * (1. if background else .8)   # smaller: sharper, as a picture scaled down
        self.grow = n(b) * own / 130
        self.wave = n(b, 2, 2) * (2 * math.pi / 90)                          # per pixel
        self.sway = own[:, None] * .25 * u(b, 2) * (u(b, 1) < .35)
        self.phase = u(b, 2) * 6.3
        self.speed = n(b, 2) * 1.5

    def affine(self, s):
        a = self.turn0 + self.turn * s
        k = 1 / (self.size0 * torch.exp(self.grow * s))
        s = s[:, None]
        return a, k, self.start + self.shift * s + self.bend * (4 * s * (1 - s))

    def sway_at(self, p, s):
        """p: B x 2 x h x w in layer pixels; a slow wave that changes with time."""
        w = torch.einsum('bij,bjhw->bihw', self.wave, p) + (self.phase + self.speed * s[:, None])[:, :, None, None]
        return self.sway[:, :, None, None] * torch.sin(w)

    def to_layer(self, x, s):
        a, k, c = self.affine(s)
        d = (x - c[:, :, None, None]) * k[:, None, None, None]
        cos, sin = torch.cos(a)[:, None, None], torch.sin(a)[:, None, None]
        p = torch.stack((cos * d[:, 0] + sin * d[:, 1], cos * d[:, 1] - sin * d[:, 0]), 1)
        return p + self.sway_at(p, s)

    def to_frame(self, q, s):
        """Undoes to_layer, by fixed-point steps for the sway."""
        p = q
        for _ in range(3):
            p = q - self.sway_at(p, s)
        a, k, c = self.affine(s)
        cos, sin = torch.cos(a)[:, None, None], torch.sin(a)[:, None, None]
        d = torch.stack((cos * p[:, 0] - sin * p[:, 1], cos * p[:, 1] + sin * p[:, 0]), 1)
        return d / k[:, None, None, None] + c[:, :, None, None]


def sample(texture, q):
    """Texture at layer pixels q around its middle; two texels a pixel."""
    side = texture.shape[-1]
    grid = (q * 4 / side).permute(0, 2, 3, 1)
    return F.grid_sample(texture, grid, padding_mode='reflection', align_corners=False)


def planes(bank):
    """A bank (N x H x W x C bytes) as N x C x H x W. Still bytes: as floats it would be a gigabyte a process."""
    return torch.from_numpy(np.array(bank)).permute(0, 3, 1, 2).contiguous().to(torch.get_default_device())


def halved(bank):
    """A bank at half of its size."""
    return torch.cat([F.avg_pool2d(part.float(), 2).round().byte() for part in bank.split(8)])


def pick(bank, b, rng):
    """`b` of a bank by chance, as floats of 0..1."""
    return bank[torch.randint(len(bank), (b,), generator=rng)].float().div_(255)


def triplets(textures, masks, b, side, rng, low=.25, high=None):
    """-> x0, xt, x1 (B x 3 x side x side, 0..1), t (B x 1), velocity (B x 4 x side x side): from the frame at t, where
    things were at 0 and will be at 1, divided by the time between."""
    u = lambda *shape: torch.rand(*shape, generator=rng)
    ys, xs = torch.meshgrid(torch.arange(side) * 1., torch.arange(side) * 1., indexing='ij')
    x = torch.stack((xs, ys))[None].expand(b, -1, -1, -1)
    t = torch.where(u(b) < .5, torch.full((b,), .5), .1 + .8 * u(b))
    if high:
        amount = torch.exp(u(b) * math.log(high / low)) * low
    else:      # half of them small
        amount = torch.where(u(b) < .5, low * torch.exp(u(b) * math.log(5 / low)), 5 * torch.exp(u(b) * math.log(side / 16)))
    camera = torch.randn(b, 2, generator=rng) * amount[:, None] * (u(b, 1) < .6)
    frames = [torch.zeros(b, 3, side, side) for _ in range(3)]
    velocity = torch.zeros(b, 4, side, side)
    for layer in range(LAYERS + 1):
        ground = layer == 0
        m = Motion(b, side, amount, .5 if ground else .2, rng, ground)
        m.shift = m.shift + camera * (.4 + .25 * layer)
        if not (ground or high):                     # what comes near the camera, up to twice or three times as large
            m.grow = m.grow + .5 * torch.randn(b, generator=rng) * ((amount > 3) & (u(b) < .2))
        texture = pick(textures, b, rng)
        shape, here = (None, None) if ground else (pick(masks, b, rng), (u(b, 1, 1, 1) < .7).float())
        for i, s in enumerate((torch.zeros(b), t, torch.ones(b))):
            q = m.to_layer(x, s)
            c = sample(texture, q)
            if ground:
                frames[i] = c
                a = None
            else:
                a = sample(shape, q) * here
                frames[i] = torch.lerp(frames[i], c, a)
            if i == 1:
                v = torch.cat(((m.to_frame(q, torch.zeros(b)) - x) / t[:, None, None, None],
                               (m.to_frame(q, torch.ones(b)) - x) / (1 - t)[:, None, None, None]), 1)
                velocity = v if a is None else torch.where(a > .5, v, velocity)
    # light: a change over time, and a sample's own contrast
    gain = 1 + .25 * torch.randn(b, 3, 1, 1, generator=rng) * (u(b, 1, 1, 1) < .25)
    tone = .6 + .8 * u(b, 1, 1, 1)
    base = .25 * torch.randn(b, 3, 1, 1, generator=rng)
    for i, s in enumerate((torch.zeros(b), t, torch.ones(b))):
        s = s[:, None, None, None]
        f = (frames[i] - .5) * tone + .5 + base * .5
        frames[i] = (f * (1 + (gain - 1) * (s - .5))).clamp(0, 1)
    frames = sharpened(torch.cat(frames, 1), .8 * u(b, 1, 1, 1) * (u(b, 1, 1, 1) < .6)).split(3, 1)
    return (*frames, t[:, None], velocity)


def sharpened(x, amount):
    """Pictures scaled down from large ones are as sharp as pixels allow, which textures that were sampled are not."""
    smooth = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode='replicate'), 3, 1)
    return (x + amount * (x - smooth)).clamp(0, 1)

