"""Makes the pictures of random networks such that an error would show in them.

As they come, random weights make flat, saturated pictures. Here the words get more say, and the outputs of the networks a
spread of what trained ones have.
"""

import torch


@torch.no_grad()
def hear_words(unet):
    for name, p in unet.named_parameters():
        if "attn2.to_v" in name or "attn2.to_out.0.weight" in name:
            p.mul_(6)


@torch.no_grad()
def spread_unet(unet, generator, context, **more):
    sample = torch.randn(1, unet.config.in_channels, 16, 16, generator=generator)
    out = unet(sample, torch.tensor(500.0), context, **more).sample
    unet.conv_out.weight.mul_(1 / out.std())
    unet.conv_out.bias.zero_()


@torch.no_grad()
def spread_vae(vae, generator):
    latents = lambda: torch.randn(1, vae.config.latent_channels, 16, 16, generator=generator) / vae.config.scaling_factor
    vae.decoder.conv_out.weight.mul_(0.4 / vae.decode(latents()).sample.std((0, 2, 3)).mean())
    vae.decoder.conv_out.bias.sub_(vae.decode(latents()).sample.mean((0, 2, 3)))
