"""Pictures of the tiny Stable Diffusion by diffusers' pipeline with every scheduler, each made from the model's config."""

import json
import logging

import numpy as np
import torch
from diffusers import StableDiffusionPipeline

from golden import GOLDEN, versions, write_json
from schedulers import CLASSES, IMPLIED
from tiny_sd_model import text_encoder, tokenizer, unet, vae

logging.disable(logging.WARNING)
SEED = 7
MODEL = json.loads((GOLDEN / "tiny-sd" / "scheduler" / "scheduler_config.json").read_text())
NAMES = [*CLASSES, "PNDMScheduler", "dpmpp-2m-karras", "unipc-exponential"]
EXTRA = {
    "PNDMScheduler": {"skip_prk_steps": True},
    "dpmpp-2m-karras": {"use_karras_sigmas": True},
    "unipc-exponential": {"use_exponential_sigmas": True},
    "dpmpp-sde": {"noise_sampler_seed": SEED},  # what diffusers draws from no generator
    "dpmpp-2m-sde": IMPLIED["dpmpp-2m-sde"],
}
BASES = {"PNDMScheduler": "pndm", "dpmpp-2m-karras": "dpmpp-2m", "unipc-exponential": "unipc"}
SIZES = ((16, 16), (24, 24), (32, 24))
PROMPTS = (("a lighthouse keeper's daughter at dawn", "a dark forest"), ("a fox", ""))

pictures = []
blob = bytearray()
for name in NAMES:
    config = {**MODEL, **({"skip_prk_steps": True} if name == "PNDMScheduler" else {})}
    scheduler = CLASSES[BASES.get(name, name)].from_config({**config, **EXTRA.get(name, {})})
    pipe = StableDiffusionPipeline(vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=scheduler,
                                   safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    for i, (width, height) in enumerate(SIZES):
        prompt, negative = PROMPTS[i % 2]
        request = {"prompt": prompt, "negative": negative, "seed": SEED, "steps": 5 + i, "guidance": (1.0, 4.5, 7.5)[i], "width": width, "height": height}
        out = pipe(prompt, negative_prompt=negative, num_inference_steps=request["steps"], guidance_scale=request["guidance"],
                   width=width, height=height, generator=torch.Generator().manual_seed(SEED), output_type="np")
        rgb = (out.images[0] * 255).round().astype(np.uint8)
        print(name, width, height, "mean", rgb.mean(), "sd", rgb.std(), "clipped", ((rgb == 0) | (rgb == 255)).mean())
        pictures.append({"scheduler": name, "config": config, **request, "offset": len(blob)})
        blob += rgb.tobytes()
(GOLDEN / "scheduler-pictures.rgb").write_bytes(bytes(blob))
write_json("scheduler-pictures.json", {"versions": versions("diffusers", "transformers", "torch"), "pictures": pictures})
