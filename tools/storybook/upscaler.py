"""The upscaler: a picture to one three times as wide and high. All convolutions work at half of the small picture's
resolution and the last step is a pixel shuffle (Shi et al., "Real-Time Single Image and Video Super-Resolution Using an
Efficient Sub-Pixel Convolutional Neural Network", 2016), because that is what a CPU can pay for."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from vae import Residual

FACTOR = 3


class Upscaler(nn.Module):
    """N x 3 x H x W in -1..1, H and W even -> N x 3 x 3H x 3W: the pixels repeated, and what the network adds to them."""

    def __init__(self, c=32, blocks=3):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(12, c, 3, padding=1), *[Residual(c) for _ in range(blocks)], nn.LeakyReLU(.1), nn.Conv2d(c, 12 * FACTOR ** 2, 3, padding=1))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)
        # A colour's 2 x 2 pixels to its 6 x 6, each repeated: a 1 x 1 convolution.
        small = torch.eye(12).view(12, 12, 1, 1)
        repeated = F.interpolate(F.pixel_shuffle(small, 2), scale_factor=FACTOR)
        self.register_buffer('repeat', F.pixel_unshuffle(repeated, 2 * FACTOR).transpose(0, 1).reshape(12 * FACTOR ** 2, 12, 1, 1).contiguous(), persistent=False)

    def forward(self, x):
        x = F.pixel_unshuffle(x, 2)
        return F.pixel_shuffle(self.net(x) + F.conv2d(x, self.repeat), 2 * FACTOR)
