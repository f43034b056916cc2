"""A lean autoencoder with AutoencoderKL's interface: 8x down, 8 latent channels, no normalisation layers.

Most work happens at 1/8 and 1/4 of the resolution and the last step is a pixel
shuffle, because convolutions at full resolution are what a CPU pays for.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

LATENT = 8


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = nn.Conv2d(c, c, 3, padding=1), nn.Conv2d(c, c, 3, padding=1)
        nn.init.zeros_(self.b.weight)
        nn.init.zeros_(self.b.bias)

    def forward(self, x): return x + self.b(F.relu(self.a(F.relu(x))))


class Encoder(nn.Module):
    def __init__(self, c=(96, 160)):
        super().__init__()
        a, b = c
        self.net = nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, a, 3, padding=1), Residual(a), nn.Conv2d(a, b, 4, 2, 1),
                                 Residual(b), nn.ReLU(), nn.Conv2d(b, LATENT, 3, padding=1))

    def forward(self, x): return 4 * torch.tanh(self.net(x) / 4)


class Decoder(nn.Module):
    def __init__(self, c=(160, 80, 32)):
        super().__init__()
        a, b, d = c
        self.inp = nn.Sequential(nn.Conv2d(LATENT, a, 3, padding=1), Residual(a), Residual(a), nn.Conv2d(a, b * 4, 1))
        self.mid = nn.Sequential(Residual(b), Residual(b), nn.ReLU(), nn.Conv2d(b, d * 4, 3, padding=1))
        self.out = nn.Sequential(Residual(d), nn.ReLU(), nn.Conv2d(d, 12, 3, padding=1))

    def forward(self, z):
        h = F.pixel_shuffle(self.inp(z), 2)
        h = F.pixel_shuffle(self.mid(h), 2)
        return F.pixel_shuffle(self.out(h), 2)
