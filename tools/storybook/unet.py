"""The denoiser: Stable Diffusion's interface around a layered generator.

(sample, timestep, encoder_hidden_states) -> v, with zero terminal SNR, so that at
the last timestep one call draws the whole picture. Inside, the concept vector
that the text encoder hands over and a few low-frequency coordinates of the noise say where
everything stands (`Layout`); a background and up to three layers (prop, two
figures) are drawn as functions of coordinates relative to their anchors, with
learned feature templates per kind; they are composited, joined with the noisy
latents, and finished by a convolutional trunk. All on 2x2 patches of the latents.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from captions import FIGURE, GROUPS, SCENE
from text import concepts_of
from vae import LATENT
from world import NU

N_SCENE = sum(len(v) for v in SCENE.values())
N_FIGURE = sum(len(v) for v in FIGURE.values())
N_KIND = len(FIGURE['kind'])
N_PROP = len(SCENE['prop'])


def split(c):
    """Concept vector -> scene part, figure parts, their presences, the prop's probabilities."""
    s = c[:, :N_SCENE]
    n = c[:, N_SCENE:N_SCENE + 3]
    two = n[:, 2:3]
    one = n[:, 1:2] + two
    f1 = c[:, N_SCENE + 3:N_SCENE + 3 + N_FIGURE] * one
    f2 = c[:, N_SCENE + 3 + N_FIGURE:] * two
    return s, (f1, f2), (one, two), s[:, N_SCENE - N_PROP:]


def noise_uniforms(x, t):
    """The world's free choices, read off the noise: channel means and one cosine, each N(0, 1), as uniforms.

    Only close to the last timestep is `x` noise alone; before, they fade to their mean."""
    h, w = x.shape[2:]
    root = math.sqrt(h * w) if isinstance(h, int) else (h * w) ** .5
    z = x.mean((2, 3)) * root
    cosine = torch.cos(math.pi * (torch.arange(w, device=x.device).float() + .5) / w) * 2 ** .5
    z1 = (x[:, :NU - LATENT] * cosine).mean((2, 3)) * root
    u = .5 * (1 + torch.erf(torch.cat([z, z1], 1) / 2 ** .5))
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
    """Anchors (x / W, y of the feet / H, height / H) of figure 1, figure 2, prop. Trained on its own, then frozen."""

    def __init__(self, d=256):
        super().__init__()
        self.net = MLP(N_SCENE + 2 * N_FIGURE + 2 + NU + 1, d, d, d, 9)

    def forward(self, c, u, aspect):
        s, (f1, f2), (one, two), _ = split(c)
        o = self.net(torch.cat([s, f1, f2, one, two, u * 2 - 1, aspect], 1)).view(-1, 3, 3)
        return torch.cat([o[..., :2] + .5, o[..., 2:].exp()], -1)


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


class Sprite(nn.Module):
    """A layer drawn in coordinates relative to its anchor, from learned templates (one per kind, mixed by probability)."""

    def __init__(self, kinds, extent, d, cond, blocks, fine=(64, 16), coarse=(16, 32), octaves=6):
        super().__init__()
        self.extent, self.octaves = extent, octaves
        self.fine = nn.Parameter(torch.randn(kinds, fine[1] * fine[0] ** 2) * .3)
        self.coarse = nn.Parameter(torch.randn(kinds, coarse[1] * coarse[0] ** 2) * .3)
        self.shapes = (fine, coarse)
        self.inp = nn.Linear(4 * (fine[1] + coarse[1]) + 2 * 2 * octaves + 2, d)
        self.blocks = nn.ModuleList(Block(d, cond) for _ in range(blocks))

    def forward(self, mixture, c, anchor, px, py, fx, fy, H, W):
        """px, py: patch centres in pixels (flat); fx, fy: latent centres, four per patch."""
        b = mixture.shape[0]
        ax, ay, h = anchor[:, 0:1] * W, anchor[:, 1:2] * H, anchor[:, 2:3] * H
        x0, x1, y0, y1 = self.extent
        gx = ((fx[None] - ax) / h - x0) / (x1 - x0) * 2 - 1
        gy = ((fy[None] - ay) / h - y0) / (y1 - y0) * 2 - 1
        grid = torch.stack([gx, gy], -1).unsqueeze(1)             # B,1,4N,2
        feats = []
        for table, (side, ch) in zip((self.fine, self.coarse), self.shapes):
            m = (mixture @ table).view(b, ch, side, side)
            feats.append(F.grid_sample(m, grid, mode='bilinear', padding_mode='zeros', align_corners=False).squeeze(2))
        f = torch.cat(feats, 1)                                   # B,C,4N
        f = f.view(b, f.shape[1], 4, -1).permute(0, 3, 1, 2).flatten(2)
        r = torch.stack([(px[None] - ax) / h, (py[None] - ay) / h], -1).clamp(-2, 2)
        x = self.inp(torch.cat([f, fourier(r, self.octaves), r], -1))
        for block in self.blocks:
            x = block(x, c)
        return x


class Background(nn.Module):
    """Absolute coordinates, coordinates that slide with the noise, and learned maps per setting and per weather."""

    def __init__(self, d, cond, blocks, slides=8, octaves=4, slide_octaves=6, maps=((8, 64), (4, 24))):
        super().__init__()
        self.octaves, self.slide_octaves = octaves, slide_octaves
        self.slide = nn.Linear(NU, slides)
        # a first guess at what slides, and how long its waves are: sun, clouds, two hills, waves, mountains, boats, and one left free
        nn.init.normal_(self.slide.weight, std=.01)
        with torch.no_grad():
            for row, (coordinate, amount) in enumerate(((4, -.38), (5, -.11), (6, .5), (7, .5), (7, .5), (6, -.05), (7, -.025))):
                self.slide.weight[row, coordinate] = amount
            self.slide.bias.zero_()
        self.register_buffer('stretch', torch.tensor([1., 1., .8, .8, 1.2] + [1.] * (slides - 5)))
        self.maps = nn.ParameterList(nn.Parameter(torch.randn(n, c * 24 * 40) * .3) for n, c in maps)
        self.inp = nn.Linear(4 * sum(c for _, c in maps) + 2 * 2 * octaves + 2 + slides * 2 * slide_octaves, d)
        self.blocks = nn.ModuleList(Block(d, cond) for _ in range(blocks))

    def forward(self, s, u, c, px, py, fx, fy, H, W):
        b = s.shape[0]
        grid = torch.stack([fx / W, fy / H], -1)[None, None].expand(b, 1, -1, 2) * 2 - 1
        feats = []
        for table, p in zip(self.maps, (s[:, :8], s[:, 12:16])):
            m = (p @ table).view(b, -1, 24, 40)
            feats.append(F.grid_sample(m, grid, mode='bilinear', padding_mode='border', align_corners=False).squeeze(2))
        f = torch.cat(feats, 1)
        f = f.view(b, f.shape[1], 4, -1).permute(0, 3, 1, 2).flatten(2)
        x, y = px / W, py / H
        r = torch.stack([x, y], -1)[None].expand(b, -1, 2)
        sl = x[None, :, None] * self.stretch + self.slide(u * 2 - 1).unsqueeze(1)
        h = self.inp(torch.cat([f, fourier(r, self.octaves), r, fourier(sl, self.slide_octaves)], -1))
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
        self.scene_cond = MLP(N_SCENE + 2 + NU + 2, cond, cond)
        self.figure_cond = MLP(N_FIGURE + N_SCENE + 2, cond, cond)
        self.prop_cond = MLP(N_SCENE + 2, cond, cond)
        self.trunk_cond = MLP(N_SCENE + 3 + 32, cond, cond)
        self.background = Background(d, cond, scene_blocks)
        # besides the kinds: templates for old, beard, hat, talking, lantern, umbrella
        self.figure = Sprite(N_KIND + 6, (-.75, .75, -1.25, .12), d, cond, figure_blocks)
        self.prop = Sprite(N_PROP - 1, (-.75, .75, -1.25, .25), d, cond, 2, fine=(32, 16), octaves=5)
        self.masks = nn.ModuleList(nn.Linear(d, d) for _ in range(2))
        self.patch = nn.Linear(4 * LATENT, d)
        self.patch_gate, self.skip = nn.Linear(32, d), nn.Linear(32, 4 * LATENT)
        nn.init.zeros_(self.skip.weight)
        nn.init.zeros_(self.skip.bias)
        self.trunk = nn.ModuleList(Conv(d, cond) for _ in range(trunk))
        self.head = nn.Linear(d, 4 * LATENT)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x, t, hidden):
        return self.draw(x, t.expand(x.shape[0]), concepts_of(hidden))

    def draw(self, x, t, c):
        b, _, h, w = x.shape
        H, W = h * 8., w * 8.
        gh, gw = h // 2, w // 2
        dev = x.device
        py = ((torch.arange(gh, device=dev).float() + .5) * 16)[:, None].expand(gh, gw).reshape(-1)
        px = ((torch.arange(gw, device=dev).float() + .5) * 16)[None].expand(gh, gw).reshape(-1)
        fy = torch.cat([py - 4, py - 4, py + 4, py + 4])
        fx = torch.cat([px - 4, px + 4, px - 4, px + 4])
        u = noise_uniforms(x, t)
        aspect = (torch.zeros_like(u[:, :1]) + w / h).log()
        with torch.no_grad():
            anchors = self.layout(c, u, aspect)
        s, figs, there, pp = split(c)
        te = fourier((t.float() / 1000).unsqueeze(1), 16, base=.25)
        cs = self.scene_cond(torch.cat([s, there[0], there[1], u * 2 - 1, aspect, aspect ** 2], 1))
        y = self.background(s, u, cs, px, py, fx, fy, H, W)
        size = anchors[:, :, 2].clamp(.1, 6).log()
        layers = [(self.prop, pp[:, 1:], self.prop_cond(torch.cat([s, aspect, size[:, 2:3]], 1)), anchors[:, 2], 1 - pp[:, :1], 0)]
        for i in range(2):
            f = figs[i]
            k = N_KIND + sum(len(FIGURE[q]) for q in ('color', 'hair', 'skin'))
            mixture = torch.cat([f[:, :N_KIND], f[:, k + 1:k + 2], f[:, k + 3:k + 4], f[:, k + 5:k + 6], f[:, k + 7:k + 8], f[:, k + 9:k + 11]], 1)
            layers.append((self.figure, mixture, self.figure_cond(torch.cat([f, s, aspect, size[:, i:i + 1]], 1)), anchors[:, i], there[i], 1))
        for net, mixture, cond, anchor, presence, j in layers:
            z = net(mixture, cond, anchor, px, py, fx, fy, H, W)
            y = y + torch.sigmoid(self.masks[j](z)) * presence.unsqueeze(1) * (z - y)
        p = F.pixel_unshuffle(x, 2).flatten(2).transpose(1, 2)
        y = y + self.patch(p) * self.patch_gate(te).unsqueeze(1)
        ct = self.trunk_cond(torch.cat([s, there[0], there[1], aspect, te], 1))
        y = y.transpose(1, 2).reshape(b, -1, gh, gw)
        for block in self.trunk:
            y = block(y, ct)
        y = y.flatten(2).transpose(1, 2)
        y = self.head(F.layer_norm(y, (self.head.in_features,))) + p * self.skip(te).unsqueeze(1)
        return F.pixel_shuffle(y.transpose(1, 2).reshape(b, -1, gh, gw), 2)
