"""A tiny random UNet of a Latent Consistency Model, the same at every import; the rest of it is the tiny SD's."""

import torch
from diffusers import UNet2DConditionModel

from calibrate import hear_words, spread_unet
from tiny_sd_model import WIDTH, text_encoder

COND_WIDTH = 17  # Odd: the last number is padding.

torch.manual_seed(21)
unet = UNet2DConditionModel(
    sample_size=8, in_channels=4, out_channels=4, cross_attention_dim=WIDTH, block_out_channels=(8, 8), layers_per_block=1,
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    attention_head_dim=2, norm_num_groups=4, time_cond_proj_dim=COND_WIDTH,
).eval()
hear_words(unet)
with torch.no_grad():
    unet.time_embedding.cond_proj.weight.mul_(4)  # The guidance scale is heard too.
    context = text_encoder(torch.arange(77)[None]).last_hidden_state
spread_unet(unet, torch.Generator().manual_seed(22), context, timestep_cond=torch.zeros(1, COND_WIDTH))
