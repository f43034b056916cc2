"""A tiny random Stable Diffusion XL, the same at every import; its first text encoder and its VAE are the tiny SD's."""

import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

import tiny_sd_model
from calibrate import hear_words, spread_unet

text_encoder, vae = tiny_sd_model.text_encoder, tiny_sd_model.vae
tokenizer_2 = tiny_sd_model.tokenizer
# As in the published model, the first tokenizer pads with the end of text and the second with `!`.
tokenizer = CLIPTokenizer.from_pretrained(str(tiny_sd_model.TOKENIZER), pad_token="<|endoftext|>")
WIDTH_2, PROJECTION, TIME = 24, 20, 8

torch.manual_seed(11)
text_encoder_2 = CLIPTextModelWithProjection(CLIPTextConfig(
    vocab_size=text_encoder.config.vocab_size, hidden_size=WIDTH_2, intermediate_size=32, num_hidden_layers=3,
    num_attention_heads=2, max_position_embeddings=77, hidden_act="gelu", projection_dim=PROJECTION,
    bos_token_id=tokenizer_2.bos_token_id, eos_token_id=tokenizer_2.eos_token_id, pad_token_id=tokenizer_2.pad_token_id,
    initializer_range=0.6,
)).eval()
unet = UNet2DConditionModel(
    sample_size=8, in_channels=4, out_channels=4, cross_attention_dim=tiny_sd_model.WIDTH + WIDTH_2, block_out_channels=(8, 8),
    layers_per_block=1, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=2, norm_num_groups=4, use_linear_projection=True,
    addition_embed_type="text_time", addition_time_embed_dim=TIME, projection_class_embeddings_input_dim=6 * TIME + PROJECTION,
).eval()
hear_words(unet)
with torch.no_grad():
    # The picture's size and the pooled prompt are heard too.
    unet.add_embedding.linear_1.weight.mul_(3)
    unet.add_embedding.linear_2.weight.mul_(3)
    ids = torch.arange(77)[None]
    first = text_encoder(ids, output_hidden_states=True).hidden_states[-2]
    second = text_encoder_2(ids, output_hidden_states=True)
    context = torch.cat([first, second.hidden_states[-2]], -1)
added = {"text_embeds": second.text_embeds, "time_ids": torch.tensor([[16.0, 16, 0, 0, 16, 16]])}
spread_unet(unet, torch.Generator().manual_seed(12), context, added_cond_kwargs=added)
