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
from tiny_sd_model import TOKENIZER, WIDTH, text_encoder, tokenizer, unet, vae

FOLDER = GOLDEN / "tiny-sd"
SCHEDULE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000}
SCHEDULERS = {
    "ddim": DDIMScheduler(**SCHEDULE, clip_sample=False, set_alpha_to_one=False, steps_offset=1),
    "euler": EulerDiscreteScheduler(**SCHEDULE, timestep_spacing="leading", steps_offset=1),
    "dpmpp-2m": DPMSolverMultistepScheduler(**SCHEDULE, steps_offset=1),
}

class TextEncoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = text_encoder

    def forward(self, input_ids):
        out = self.inner(input_ids=input_ids, return_dict=True)
        return out.last_hidden_state, out.pooler_output


class Unet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = unet

    def forward(self, sample, timestep, encoder_hidden_states):
        return self.inner(sample, timestep, encoder_hidden_states, return_dict=False)[0]


class Decoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = vae

    def forward(self, latent_sample):
        return self.inner.decode(latent_sample, return_dict=False)[0]


def export(name, module, args, inputs, outputs, axes):
    path = FOLDER / name / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(module, args, str(path), input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False)
    print(path.relative_to(GOLDEN), path.stat().st_size)


shutil.rmtree(FOLDER, ignore_errors=True)
pixels = {0: "batch", 2: "height", 3: "width"}
with torch.no_grad():
    export("text_encoder", TextEncoder(), (torch.zeros(1, 77, dtype=torch.int64),), ["input_ids"],
           ["last_hidden_state", "pooler_output"], {"input_ids": {0: "batch", 1: "length"}})
    export("unet", Unet(), (torch.randn(2, 4, 8, 8), torch.tensor(1.0), torch.randn(2, 77, WIDTH)),
           ["sample", "timestep", "encoder_hidden_states"], ["out_sample"],
           {"sample": pixels, "encoder_hidden_states": {0: "batch", 1: "length"}, "out_sample": pixels})
    export("vae_decoder", Decoder(), (torch.randn(1, 4, 8, 8),), ["latent_sample"], ["sample"], {"latent_sample": pixels, "sample": pixels})

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
