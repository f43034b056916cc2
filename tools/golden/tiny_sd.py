"""A tiny random Stable Diffusion 1.x pipeline: as ONNX in the diffusers layout, and pictures of it by diffusers."""

import json
import shutil

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
)

from golden import GOLDEN, versions, write_json
from export import export_decoder, export_text_encoder, export_unet
from tiny_sd_model import TOKENIZER, text_encoder, tokenizer, unet, vae

FOLDER = GOLDEN / "tiny-sd"
SCHEDULE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000}
SCHEDULERS = {
    "ddim": DDIMScheduler(**SCHEDULE, clip_sample=False, set_alpha_to_one=False, steps_offset=1),
    "euler": EulerDiscreteScheduler(**SCHEDULE, timestep_spacing="leading", steps_offset=1),
    "dpmpp-2m": DPMSolverMultistepScheduler(**SCHEDULE, steps_offset=1),
}

shutil.rmtree(FOLDER, ignore_errors=True)
export_text_encoder(FOLDER / "text_encoder", text_encoder, ["last_hidden_state", "pooler_output"])
export_unet(FOLDER / "unet", unet)
export_decoder(FOLDER / "vae_decoder", vae)

(FOLDER / "tokenizer").mkdir()
for file in TOKENIZER.iterdir():
    shutil.copy(file, FOLDER / "tokenizer" / file.name)
for name, config in (("unet", unet.config), ("vae_decoder", vae.config)):
    (FOLDER / name / "config.json").write_text(json.dumps(dict(config), indent=1))
(FOLDER / "scheduler").mkdir()
(FOLDER / "scheduler" / "scheduler_config.json").write_text(json.dumps({"_class_name": "DDIMScheduler", **SCHEDULE, "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}, indent=1))
(FOLDER / "model_index.json").write_text(json.dumps({
    "_class_name": "StableDiffusionPipeline", "_diffusers_version": versions("diffusers")["diffusers"],
    "scheduler": ["diffusers", "DDIMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
    "storyreel": {"steps": 4, "guidance": 3, "size": [16, 16]},
}, indent=1))

# The pipeline sees the graphs' own scheduler configs: no class defaults of another class.
pictures = []
blob = bytearray()
for name, scheduler in SCHEDULERS.items():
    pipe = StableDiffusionPipeline(vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=scheduler,
                                   safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    for guidance, negative in ((1.0, ""), (4.5, "a dark forest")):
        for width, height in ((16, 16), (32, 24)):
            request = {"prompt": "a lighthouse keeper's daughter at dawn", "negative": negative, "seed": 7, "steps": 5, "guidance": guidance, "width": width, "height": height}
            out = pipe(request["prompt"], negative_prompt=negative, num_inference_steps=5, guidance_scale=guidance, width=width,
                       height=height, generator=torch.Generator().manual_seed(7), output_type="np")
            rgb = (out.images[0] * 255).round().astype(np.uint8)
            print(name, guidance, width, height, "mean", rgb.mean(), "sd", rgb.std(), "clipped", ((rgb == 0) | (rgb == 255)).mean())
            config = {k: v for k, v in scheduler.config.items() if not k.startswith("_") and v is not None and v != -float("inf")}
            pictures.append({"scheduler": name, "config": config, **request, "offset": len(blob)})
            blob += rgb.tobytes()
(GOLDEN / "tiny-sd.rgb").write_bytes(bytes(blob))
write_json("tiny-sd.json", {"versions": versions("diffusers", "transformers", "torch", "onnx"), "pictures": pictures})
