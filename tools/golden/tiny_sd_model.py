"""A tiny random Stable Diffusion 1.x, the same at every import."""

import json
import warnings

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from calibrate import hear_words, spread_unet, spread_vae
from golden import GOLDEN

warnings.filterwarnings("ignore")
TOKENIZER = GOLDEN / "tokenizer"  # made by tokenizer.py
WIDTH = 16

torch.manual_seed(1)
vocab = len(json.loads((TOKENIZER / "vocab.json").read_text()))
tokenizer = CLIPTokenizer.from_pretrained(str(TOKENIZER))
text_encoder = CLIPTextModel(CLIPTextConfig(
    vocab_size=vocab, hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
    max_position_embeddings=77, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    pad_token_id=tokenizer.pad_token_id, initializer_range=0.6,
)).eval()
unet = UNet2DConditionModel(
    sample_size=8, in_channels=4, out_channels=4, cross_attention_dim=WIDTH, block_out_channels=(8, 16),
    layers_per_block=1, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), attention_head_dim=2, norm_num_groups=4,
).eval()
vae = AutoencoderKL(
    in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 16), norm_num_groups=4,
    down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1,
    scaling_factor=0.31, sample_size=16,
).eval()
hear_words(unet)
calibration = torch.Generator().manual_seed(2)
with torch.no_grad():
    context = text_encoder(torch.arange(77)[None]).last_hidden_state
spread_unet(unet, calibration, context)
spread_vae(vae, calibration)
