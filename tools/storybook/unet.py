"""The denoiser: Stable Diffusion's interface around a layered generator.

(sample, timestep, encoder_hidden_states) -> v, with zero terminal SNR, so that at
the last timestep one call draws the whole picture. Inside, the concept vector
that the text encoder hands over and a few low-frequency coordinates of the noise say where
everything stands (`Layout`); a background and up to four layers (prop, three
figures) are drawn as functions of coordinates relative to their anchors, with
learned feature templates; they are composited, joined with the noisy
latents, and finished by a convolutional trunk. All on 2x2 patches of the latents.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from captions import FIGURE, FIGURES, SCENE
from noise import coordinates, uniforms
from text import N_FIGURE, N_SCENE, PARTS, concepts_of
from vae import LATENT
from world import DRESSED, FEMALE, KINDS, NU, PEOPLE

N_PROP = len(SCENE['prop'])
# where a group lies in a figure's or the scene's part of the concept vector
AT = {}
for _part in (SCENE, FIGURE):
    _i = 0
    for _k, _v in _part.items():
        AT[_k] = slice(_i, _i + len(_v))
        _i += len(_v)
OWN_U = ((0, 1), (2, 3), (10, 11))      # the free choices of each figure: place, size


def split(c):
    """Concept vector -> scene part (B x S), number's probabilities (B x 4), figures (B x 3 x F), their presences (B x 3)."""
    parts = c.split(PARTS, 1)
    s, n = parts[0][:, :N_SCENE], parts[0][:, N_SCENE:]
    there = torch.stack([n[:, i + 1:].sum(1) for i in range(FIGURES)], 1)
    return s, n, torch.stack(parts[1:], 1), there


def noise_uniforms(x, t):
    """The world's free choices, read off the noise.

    Only close to the last timestep is `x` noise alone; before, they fade to their mean."""
    u = uniforms(coordinates(x))
    gate = torch.sigmoid((t.float() - 900) / 12).view(-1, 1)
    return .5 + (u - .5) * gate


def fourier(x, octaves, base=1.):
    """sin and cos of ... x N -> ... x N*2*octaves"""
    k = base * math.pi * 2. ** torch.arange(octaves, device=x.device).float()
    p = x.unsqueeze(-1) * k
    return torch.cat([p.sin(), p.cos()], -1).flatten(-2)


class MLP(nn.Sequential):
    def __init__(self, *d):
        layers = []
        for i in range(len(d) - 1):
            layers += [nn.Linear(d[i], d[i + 1]), nn.SiLU()]
        super().__init__(*layers[:-1])


class Layout(nn.Module):
    """Where everything stands, in shares of width (x) and height. Trained on its own, then frozen.

    A figure's head is placed in the picture and the rest of it from there: what a close-up does not show need not be exact."""

    def __init__(self, d=256):
        super().__init__()
        self.figure = MLP(len(SCENE['camera']) + FIGURES + 1 + N_FIGURE + 4, d, d, d, 8)
        self.prop = MLP(N_SCENE + FIGURES + 1 + len(FIGURE['pos']) + 4, d, d, 3)

    def forward(self, s, n, figures, u, aspect):
        """-> B x 3 x 8 (feet x, y, height, head x, y, radius, hand x, y), B x 3 (x, y, height)"""
        shape = torch.cat([aspect, aspect ** 2], 1)
        common = torch.cat([s[:, AT['camera']], n, shape], 1).unsqueeze(1).expand(-1, FIGURES, -1)
        own = torch.stack([torch.stack([u[:, a], u[:, b]], 1) for a, b in OWN_U], 1) * 2 - 1
        o = self.figure(torch.cat([common, figures, own], 2))
        w = aspect.exp().unsqueeze(2)                        # width over height
        hx, hy, r = o[..., 0:1] + .5, o[..., 1:2] + .5, (o[..., 2:3] - 2).exp()
        h = r * (o[..., 3:4] + 1.8).exp()
        x, y = hx + h * o[..., 4:5] / w, hy + h * (o[..., 5:6] + .8)
        gx, gy = hx + h * o[..., 6:7] / w, hy + h * o[..., 7:8]
        q = self.prop(torch.cat([s, n, figures[:, 0, AT['pos']] * n[:, 1:2], u[:, 8:10] * 2 - 1, shape], 1))
        return torch.cat([x, y, h, hx, hy, r, gx, gy], 2), torch.cat([q[:, :2] + .5, (q[:, 2:] - 1).exp()], 1)


class Block(nn.Module):
    """A per-position MLP, modulated by a vector."""

    def __init__(self, d, cond):
        super().__init__()
        self.film = nn.Linear(cond, 2 * d)
        self.up, self.down = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)
        nn.init.zeros_(self.film.bias)

    def forward(self, x, c):
        s, b = self.film(c).unsqueeze(1).chunk(2, -1)
        h = F.layer_norm(x, (self.up.in_features,)) * (1 + s) + b
        return x + self.down(F.silu(self.up(h)))


class Sheets(nn.Module):
    """Learned feature sheets, mixed by weights and sampled at four points a patch."""

    def __init__(self, sheets, side, channels):
        super().__init__()
        self.side, self.channels = side, channels
        self.table = nn.Parameter(torch.randn(sheets, channels * side * side) * .3)

    def forward(self, mixture, grid):
        """B x sheets, B x 4N x 2 (-1..1) -> B x N x 4 channels"""
        m = (mixture @ self.table).view(-1, self.channels, self.side, self.side)
        f = F.grid_sample(m.float(), grid.unsqueeze(1), mode='bilinear', padding_mode='zeros', align_corners=False).squeeze(2)
        return f.view(f.shape[0], self.channels, 4, -1).permute(0, 3, 1, 2).flatten(2)


class Points:
    """Patch centres (N) and latent centres (4N: four a patch) of a picture, in pixels."""

    def __init__(self, h, w, device):
        gh, gw = h // 2, w // 2
        self.H, self.W = h * 8., w * 8.
        self.y = ((torch.arange(gh, device=device).float() + .5) * 16)[:, None].expand(gh, gw).reshape(-1)
        self.x = ((torch.arange(gw, device=device).float() + .5) * 16)[None].expand(gh, gw).reshape(-1)
        self.fy = torch.cat([self.y - 4, self.y - 4, self.y + 4, self.y + 4])
        self.fx = torch.cat([self.x - 4, self.x + 4, self.x - 4, self.x + 4])

    def about(self, x, y, scale):
        """Patch centres relative to points (x / W, y / H, B x 1) in units of `scale` (over H): B x N x 2."""
        k = scale * self.H
        return torch.stack([(self.x[None] - x * self.W) / k, (self.y[None] - y * self.H) / k], -1)

    def grid(self, x, y, scale, left, right, top, bottom):
        """Latent centres in -1..1 of a window about points."""
        k = scale * self.H
        gx = ((self.fx[None] - x * self.W) / k - left) / (right - left) * 2 - 1
        gy = ((self.fy[None] - y * self.H) / k - top) / (bottom - top) * 2 - 1
        return torch.stack([gx, gy], -1)


MALE_AT = [i for i, k in enumerate(KINDS) if k in PEOPLE and k not in FEMALE]
FEMALE_AT = [i for i, k in enumerate(KINDS) if k in FEMALE]
DRESSED_AT = [i for i, k in enumerate(KINDS) if k in DRESSED]
UPRIGHT_AT = [i for i, k in enumerate(FIGURE['action']) if k in ('stand', 'walk', 'wave')]


def outer(a, b): return (a.unsqueeze(2) * b.unsqueeze(1)).flatten(1)


class Figure(nn.Module):
    """Drawn in coordinates relative to its feet, its head and its hand. What goes together has sheets of its own: an age of either sex,
    an action in a view, a kind's head in a view."""

    def __init__(self, d, cond, blocks):
        super().__init__()
        kinds, ages, views, actions = (len(FIGURE[k]) for k in ('kind', 'age', 'view', 'action'))
        # upright figures share their bodies; what sits, runs or lies has coarser ones of its own
        self.fine, self.coarse = (Sheets(kinds + 2 * ages + 5, side, n) for side, n in ((64, 16), (16, 32)))
        self.pose = Sheets(kinds + 2 * ages + 2 * actions * views, 32, 16)
        self.head = Sheets(kinds * views + 2 * ages + len(FIGURE['expression']) * 2 * views + 1 + 2 * views, 48, 16)
        self.held = Sheets(len(FIGURE['held']), 32, 8)
        self.inp = nn.Linear(4 * (16 + 32 + 16 + 16 + 8) + 26 + 26, d)
        self.blocks = nn.ModuleList(Block(d, cond) for _ in range(blocks))

    def forward(self, f, c, a, p):
        """f: B x figure's concepts; c: condition; a: B x 8 anchor; p: Points"""
        kind, age, view, action, held = (f[:, AT[k]] for k in ('kind', 'age', 'view', 'action', 'held'))
        one = lambda k: f[:, AT[k]][:, 1:]
        dressed = kind[:, DRESSED_AT].sum(1, keepdim=True)
        upright = action[:, UPRIGHT_AT].sum(1, keepdim=True)
        ages = torch.cat([kind[:, MALE_AT].sum(1, keepdim=True) * age, kind[:, FEMALE_AT].sum(1, keepdim=True) * age], 1)
        who = torch.cat([kind, ages], 1)
        standing = torch.cat([who, one('beard'), one('hat'), one('talk'), held[:, 1:3]], 1) * upright
        pose = torch.cat([who * (1 - upright), outer(torch.cat([dressed, 1 - dressed], 1), outer(action, view))], 1)
        face = outer(outer(f[:, AT['expression']], f[:, AT['talk']]), view)
        sleeping = action[:, FIGURE['action'].index('sleep')].unsqueeze(1)
        head = torch.cat([outer(kind, view), ages, face, sleeping, outer(torch.cat([one('beard'), one('hat')], 1), view)], 1)
        x, y, h, hx, hy, r, gx, gy = a.split(1, 1)
        whole = p.grid(x, y, h, -.75, .75, -1.25, .12)
        feats = [self.fine(standing, whole), self.coarse(standing, whole)]
        feet, face_at = p.about(x, y, h).clamp(-2, 2), p.about(hx, hy, r).clamp(-4, 4)
        feats += [fourier(feet, 6), feet, self.pose(pose, whole), self.head(head, p.grid(hx, hy, r, -2.2, 2.2, -2.5, 1.9)),
                  self.held(held, p.grid(gx, gy, h, -.4, .4, -.68, .24)), fourier(face_at / 4, 6), face_at / 4]
        z = self.inp(torch.cat(feats, -1))
        for block in self.blocks:
            z = block(z, c)
        return z


class Prop(nn.Module):
    def __init__(self, d, cond, blocks=2):
        super().__init__()
        self.fine, self.coarse = Sheets(N_PROP - 1, 32, 16), Sheets(N_PROP - 1, 16, 32)
        self.inp = nn.Linear(4 * 48 + 2 * 2 * 5 + 2, d)
        self.blocks = nn.ModuleList(Block(d, cond) for _ in range(blocks))

    def forward(self, kinds, c, a, p):
        x, y, h = a.split(1, 1)
        grid, r = p.grid(x, y, h, -.75, .75, -1.25, .25), p.about(x, y, h).clamp(-2, 2)
        z = self.inp(torch.cat([self.fine(kinds, grid), self.coarse(kinds, grid), fourier(r, 5), r], -1))
        for block in self.blocks:
            z = block(z, c)
        return z


class Background(nn.Module):
    """Absolute coordinates, coordinates that slide with the noise, and learned maps per setting and per weather."""

    def __init__(self, d, cond, blocks, slides=8, octaves=4, slide_octaves=6, channels=(64, 24)):
        super().__init__()
        self.octaves, self.slide_octaves, self.channels = octaves, slide_octaves, channels
        self.slide = nn.Linear(NU, slides)
        # a first guess at what slides, and how long its waves are: sun, clouds, two hills, waves, mountains, boats, and one left free
        nn.init.normal_(self.slide.weight, std=.01)
        with torch.no_grad():
            for row, (coordinate, amount) in enumerate(((4, -.38), (5, -.11), (6, .5), (7, .5), (7, .5), (6, -.05), (7, -.025))):
                self.slide.weight[row, coordinate] = amount
            self.slide.bias.zero_()
        self.register_buffer('stretch', torch.tensor([1., 1., .8, .8, 1.2] + [1.] * (slides - 5)))
        self.maps = nn.ParameterList(nn.Parameter(torch.randn(len(SCENE[k]), c * 24 * 40) * .3) for k, c in zip(('setting', 'weather'), channels))
        self.inp = nn.Linear(4 * sum(channels) + 2 * 2 * octaves + 2 + slides * 2 * slide_octaves, d)
        self.blocks = nn.ModuleList(Block(d, cond) for _ in range(blocks))

    def forward(self, s, u, c, p):
        b = s.shape[0]
        grid = torch.stack([p.fx / p.W, p.fy / p.H], -1)[None, None].expand(b, 1, -1, 2) * 2 - 1
        feats = []
        for table, k in zip(self.maps, ('setting', 'weather')):
            m = (s[:, AT[k]] @ table).view(b, -1, 24, 40)
            feats.append(F.grid_sample(m.float(), grid, mode='bilinear', padding_mode='border', align_corners=False).squeeze(2))
        f = torch.cat(feats, 1)
        f = f.view(b, f.shape[1], 4, -1).permute(0, 3, 1, 2).flatten(2)
        x, y = p.x / p.W, p.y / p.H
        r = torch.stack([x, y], -1)[None].expand(b, -1, 2)
        sl = x[None, :, None] * self.stretch + self.slide(u * 2 - 1).unsqueeze(1)
        h = self.inp(torch.cat([f, fourier(r, self.octaves), r, fourier(sl.float(), self.slide_octaves)], -1))
        for block in self.blocks:
            h = block(h, c)
        return h


class Conv(nn.Module):
    def __init__(self, d, cond):
        super().__init__()
        self.film = nn.Linear(cond, 2 * d)
        nn.init.zeros_(self.film.bias)
        self.a, self.b = nn.Conv2d(d, d, 3, padding=1), nn.Conv2d(d, d, 3, padding=1)
        nn.init.zeros_(self.b.weight)
        nn.init.zeros_(self.b.bias)

    def forward(self, x, c):
        s, b = self.film(c)[:, :, None, None].chunk(2, 1)
        h = F.layer_norm(x.permute(0, 2, 3, 1), (self.a.in_channels,)).permute(0, 3, 1, 2) * (1 + s) + b
        return x + self.b(F.silu(self.a(h)))


class UNet(nn.Module):
    def __init__(self, d=160, cond=192, figure_blocks=3, scene_blocks=3, trunk=2):
        super().__init__()
        self.config = dict(d=d, cond=cond, figure_blocks=figure_blocks, scene_blocks=scene_blocks, trunk=trunk)
        self.layout = Layout()
        self.requires_grad_(False)
        self.scene_cond = MLP(N_SCENE + FIGURES + NU + 2, cond, cond)
        self.figure_cond = MLP(N_FIGURE + N_SCENE + 2, cond, cond)
        self.prop_cond = MLP(N_SCENE + 2, cond, cond)
        self.trunk_cond = MLP(N_SCENE + FIGURES + 1 + 32, cond, cond)
        self.background = Background(d, cond, scene_blocks)
        self.figure, self.prop = Figure(d, cond, figure_blocks), Prop(d, cond)
        self.masks = nn.ModuleList(nn.Linear(d, d) for _ in range(2))
        self.patch = nn.Linear(4 * LATENT, d)
        self.patch_gate, self.skip = nn.Linear(32, d), nn.Linear(32, 4 * LATENT)
        nn.init.zeros_(self.skip.weight)
        nn.init.zeros_(self.skip.bias)
        self.trunk = nn.ModuleList(Conv(d, cond) for _ in range(trunk))
        # every style reads the features in its own way
        self.head = nn.Parameter(torch.zeros(len(SCENE['style']), d * 4 * LATENT))
        self.head_bias = nn.Parameter(torch.zeros(len(SCENE['style']), 4 * LATENT))

    def forward(self, x, t, hidden):
        return self.draw(x, t.expand(x.shape[0]), concepts_of(hidden))

    def lay(self, y, net, mask, inputs, there, points):
        """Composites a layer over y; scenes without it cost nothing while a processor trains. A GPU draws them all: asking which
        are there would make it wait."""
        if y.device.type == 'cpu' and (self.training or not torch.jit.is_tracing()):
            rows = (there[:, 0] > 0).nonzero().flatten()
            if len(rows) < len(y):
                if not len(rows):
                    return y
                # a few that are not there, up to a multiple of four: the processor's kernels are made anew for every new number
                rows = torch.cat([rows, (there[:, 0] <= 0).nonzero().flatten()[:-len(rows) % 4]])
                under = y[rows]
                z = net(*(q[rows] for q in inputs), points)
                return y.index_add(0, rows, (torch.sigmoid(mask(z)) * there[rows].unsqueeze(1) * (z - under)).to(y.dtype))
        z = net(*inputs, points)
        return y + torch.sigmoid(mask(z)) * there.unsqueeze(1) * (z - y)

    def draw(self, x, t, c, anchors=None, prop=None):
        """`anchors` (B x 3 x 8) and `prop` (B x 3), in shares, are asked of `layout` unless they are known, as in training."""
        b, _, h, w = x.shape
        gh, gw = h // 2, w // 2
        p = Points(h, w, x.device)
        u = noise_uniforms(x, t)
        aspect = (torch.zeros_like(u[:, :1]) + w / h).log()
        s, n, figures, there = split(c)
        if anchors is None:
            with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
                anchors, prop = self.layout(s, n, figures, u, aspect)
        te = fourier((t.float() / 1000).unsqueeze(1), 16, base=.25)
        cs = self.scene_cond(torch.cat([s, there, u * 2 - 1, aspect, aspect ** 2], 1))
        y = self.background(s, u, cs, p)
        pp = s[:, AT['prop']]
        size = prop[:, 2:].clamp(.1, 6).log()
        y = self.lay(y, self.prop, self.masks[0], (pp[:, 1:], self.prop_cond(torch.cat([s, aspect, size], 1)), prop), 1 - pp[:, :1], p)
        for i in range(FIGURES):
            f, a = figures[:, i], anchors[:, i]
            cond = self.figure_cond(torch.cat([f, s, aspect, a[:, 2:3].clamp(.1, 6).log()], 1))
            y = self.lay(y, self.figure, self.masks[1], (f, cond, a), there[:, i:i + 1], p)
        q = F.pixel_unshuffle(x, 2).flatten(2).transpose(1, 2)
        y = y + self.patch(q) * self.patch_gate(te).unsqueeze(1)
        ct = self.trunk_cond(torch.cat([s, there, aspect, te], 1))
        y = y.transpose(1, 2).reshape(b, -1, gh, gw)
        for block in self.trunk:
            y = block(y, ct)
        y = y.flatten(2).transpose(1, 2)
        style = s[:, AT['style']]
        head = (style @ self.head).view(b, self.config['d'], 4 * LATENT)
        y = F.layer_norm(y, (self.config['d'],)) @ head.to(y.dtype) + (style @ self.head_bias).unsqueeze(1) + q * self.skip(te).unsqueeze(1)
        return F.pixel_shuffle(y.float().transpose(1, 2).reshape(b, -1, gh, gw), 2)
