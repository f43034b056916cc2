"""What the noise means: twelve coordinates of it are the world's free choices, the rest means nothing.

The coordinates are the means of the eight channels and, of the first four, one cosine across; each is N(0, 1)."""
import math

import torch

from vae import LATENT
from world import NU


def noise(seed, size):
    """As `storyreel still` makes it from a seed: channels x h x w of a picture of `size` (width, height)."""
    return torch.randn(LATENT, size[1] // 8, size[0] // 8, generator=torch.Generator().manual_seed(seed))


def _cosine(w, device): return torch.cos(math.pi * (torch.arange(w, device=device).float() + .5) / w) * 2 ** .5


def coordinates(x):
    """N x channels x h x w -> N x 12"""
    h, w = x.shape[2:]
    root = math.sqrt(h * w) if isinstance(h, int) else (h * w) ** .5
    return torch.cat([x.mean((2, 3)), (x[:, :NU - LATENT] * _cosine(w, x.device)).mean((2, 3))], 1) * root


def carrying(x, z):
    """The noise `x` with the coordinates `z` instead of its own; as random as before in everything else."""
    h, w = x.shape[2:]
    d = (z - coordinates(x)) / math.sqrt(h * w)
    x = x + d[:, :LATENT, None, None]
    x[:, :NU - LATENT] += d[:, LATENT:, None, None] * _cosine(w, x.device)
    return x


def uniforms(z):
    """N(0, 1) -> evenly in 0..1"""
    return .5 * (1 + torch.erf(z / 2 ** .5))
