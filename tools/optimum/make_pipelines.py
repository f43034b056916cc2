"""Writes random pipelines of middle size, one a family, as optimum exports them: what bench/optimum.js measures.

Tiny ones would measure everything but the networks; real ones are too large to write on the side. It needs the environment of README.md.

    python tools/optimum/make_pipelines.py FOLDER [FAMILY...]
"""
import argparse
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from diffusers import (AutoencoderKL, EulerDiscreteScheduler, DDIMScheduler, LatentConsistencyModelPipeline, LCMScheduler,
                       StableDiffusionInpaintPipeline, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from optimum.exporters.onnx import main_export
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

TOKENIZER = Path(__file__).parents[2] / 'test/golden/tokenizer'
WIDTH = 512
BETAS = dict(beta_start=.00085, beta_end=.012, beta_schedule='scaled_linear', steps_offset=1)


def tokenizer(pad=None):
    one = CLIPTokenizer.from_pretrained(str(TOKENIZER), model_max_length=77)
    if pad is not None:
        one.pad_token = pad
    return one


def text_encoder(words, layers, projected=False, **more):
    config = CLIPTextConfig(vocab_size=len(words), hidden_size=WIDTH, intermediate_size=4 * WIDTH, num_hidden_layers=layers, num_attention_heads=8,
                            max_position_embeddings=77, projection_dim=WIDTH, bos_token_id=words.bos_token_id, eos_token_id=words.eos_token_id,
                            pad_token_id=words.pad_token_id, **more)
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config)


def unet(**more):
    """The layout of Stable Diffusion 1, with 96 channels where that has 320."""
    return UNet2DConditionModel(**{**dict(
        sample_size=32, in_channels=4, out_channels=4, layers_per_block=2, cross_attention_dim=WIDTH, block_out_channels=(96, 192, 384, 384), attention_head_dim=8,
        down_block_types=('CrossAttnDownBlock2D',) * 3 + ('DownBlock2D',), up_block_types=('UpBlock2D',) + ('CrossAttnUpBlock2D',) * 3), **more})


def vae(scaling_factor=.18215):
    return AutoencoderKL(in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(64, 128, 256, 256), layers_per_block=2, sample_size=256,
                         down_block_types=('DownEncoderBlock2D',) * 4, up_block_types=('UpDecoderBlock2D',) * 4, scaling_factor=scaling_factor)


def single(pipeline, scheduler, network, pad=None, **more):
    words = tokenizer(pad)
    return pipeline(vae=vae(), text_encoder=text_encoder(words, 6), tokenizer=words, unet=network, scheduler=scheduler, safety_checker=None,
                    feature_extractor=None, requires_safety_checker=False, **more)


def sd1():
    return single(StableDiffusionPipeline, DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=False), unet())


def sd2():
    scheduler = DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=False, prediction_type='v_prediction')
    return single(StableDiffusionPipeline, scheduler, unet(use_linear_projection=True, attention_head_dim=(3, 6, 12, 12)), pad='!')


def lcm():
    return single(LatentConsistencyModelPipeline, LCMScheduler(**{**BETAS, 'steps_offset': 0}, clip_sample=False, set_alpha_to_one=True), unet(time_cond_proj_dim=64))


def inpaint():
    return single(StableDiffusionInpaintPipeline, DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=False), unet(in_channels=9))


def sdxl():
    words, words_2 = tokenizer(), tokenizer('!')
    network = unet(block_out_channels=(96, 192, 384), down_block_types=('DownBlock2D',) + ('CrossAttnDownBlock2D',) * 2, transformer_layers_per_block=(1, 2, 6),
                   up_block_types=('CrossAttnUpBlock2D',) * 2 + ('UpBlock2D',), attention_head_dim=(3, 6, 12), use_linear_projection=True, cross_attention_dim=2 * WIDTH,
                   addition_embed_type='text_time', addition_time_embed_dim=64, projection_class_embeddings_input_dim=WIDTH + 6 * 64)
    return StableDiffusionXLPipeline(
        vae=vae(.13025), text_encoder=text_encoder(words, 6), text_encoder_2=text_encoder(words_2, 8, projected=True, hidden_act='gelu'), tokenizer=words,
        tokenizer_2=words_2, unet=network, scheduler=EulerDiscreteScheduler(**BETAS), force_zeros_for_empty_prompt=True)


FAMILIES = dict(sd1=sd1, sd2=sd2, lcm=lcm, sdxl=sdxl, inpaint=inpaint)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('folder')
    parser.add_argument('families', nargs='*', metavar='FAMILY', help=', '.join(FAMILIES))
    args = parser.parse_args()
    warnings.filterwarnings('ignore')
    for name in args.families or FAMILIES:
        torch.manual_seed(1)
        pipeline = FAMILIES[name]()
        target = Path(args.folder) / name
        shutil.rmtree(target, ignore_errors=True)
        with tempfile.TemporaryDirectory() as source:
            pipeline.save_pretrained(source)
            size = sum(p.numel() for p in pipeline.unet.parameters()) / 1e6
            main_export(source, output=target, task='inpainting' if name == 'inpaint' else 'text-to-image', do_validation=False, opset=17)
        print(f'{target}: UNet of {size:.0f} M parameters', flush=True)


if __name__ == '__main__':
    main()
