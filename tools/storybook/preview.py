"""The decoder for drafts."""
import torch.nn as nn
import torch.nn.functional as F

from vae import LATENT


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c, 3, padding=1), nn.Conv2d(c, c, 3, padding=1)

    def forward(self, x): return x + self.b(F.relu(self.a(x)))


class PreviewDecoder(nn.Module):
    """The decoder's interface, 193 K parameters: nothing is computed beyond a quarter of the picture's resolution."""

    def __init__(self, a=64, b=32):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(LATENT, a, 3, padding=1), Residual(a), Residual(a), nn.ReLU(), nn.Conv2d(a, 4 * b, 1), nn.PixelShuffle(2),
                                 Residual(b), nn.ReLU(), nn.Conv2d(b, 48, 3, padding=1), nn.PixelShuffle(4))

    def forward(self, z): return self.net(z)
