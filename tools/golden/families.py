"""Tiny random pipelines of every family, and pictures of them by diffusers' own pipelines.

A folder holds the graphs that are not in tiny-sd already; families.json says how the test puts them together.
"""

import json
import logging
import shutil

import numpy as np
import torch
from diffusers import LatentConsistencyModelPipeline, StableDiffusionPipeline, StableDiffusionXLPipeline

import tiny_lcm_model
import tiny_sd_model
import tiny_xl_model
from export import export_text_encoder, export_unet
from golden import GOLDEN, versions, write_json
from schedulers import CLASSES

logging.disable(logging.WARNING)
torch.set_num_threads(1)
FOLDER = GOLDEN / "families"
SEED = 7
SIZES = ((16, 16), (24, 24), (32, 24))
PROMPTS = ("a lighthouse keeper's daughter at dawn", "a fox")
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000}
DDIM = {"_class_name": "DDIMScheduler", **SD, "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}
EULER = {"_class_name": "EulerDiscreteScheduler", **SD, "timestep_spacing": "leading", "steps_offset": 1}
TURBO = {"_class_name": "EulerDiscreteScheduler", **SD, "timestep_spacing": "trailing", "steps_offset": 1}
ZERO_SNR = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
NAMES = [*CLASSES, "dpmpp-2m-karras", "unipc-exponential"]
EXTRA = {
    "dpmpp-2m-karras": {"use_karras_sigmas": True}, "unipc-exponential": {"use_exponential_sigmas": True},
    "dpmpp-2m-sde": {"algorithm_type": "sde-dpmsolver++"},
    "dpmpp-sde": {"noise_sampler_seed": SEED},  # What diffusers draws from no generator.
}
BASES = {"dpmpp-2m-karras": "dpmpp-2m", "unipc-exponential": "unipc"}
OWN = {"DDIMScheduler": "ddim", "EulerDiscreteScheduler": "euler", "EulerAncestralDiscreteScheduler": "euler-ancestral", "LCMScheduler": "lcm"}

# What each picture asks for besides prompt and size. A null negative prompt is one that isn't given.
GUIDED = [{"guidance": 1.0, "negative": None}, {"guidance": 4.5, "negative": "a dark forest"}, {"guidance": 7.5, "negative": None}]
UNGUIDED = [{"guidance": 0.0, "negative": None, "steps": n} for n in (1, 2, 4)]
DISTILLED = [{"guidance": g, "negative": None, "steps": n} for g, n in ((8.5, 4), (1.0, 4), (3.0, 2))]

sd = {"vae": tiny_sd_model.vae, "text_encoder": tiny_sd_model.text_encoder, "tokenizer": tiny_sd_model.tokenizer,
      "unet": tiny_sd_model.unet}
unsafe = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
xl = {"vae": tiny_xl_model.vae, "text_encoder": tiny_xl_model.text_encoder, "tokenizer": tiny_xl_model.tokenizer,
      "text_encoder_2": tiny_xl_model.text_encoder_2, "tokenizer_2": tiny_xl_model.tokenizer_2, "unet": tiny_xl_model.unet}

# (name, class, parts, folder, scheduler config, schedulers besides its own, pictures, more of model_index.json, rescale)
MODELS = [
    # An old config, which the pipeline corrects.
    ("sd2", StableDiffusionPipeline, {**sd, **unsafe}, "sd", {**DDIM, "prediction_type": "v_prediction", "clip_sample": True, "steps_offset": 0}, NAMES, GUIDED, {}, 0),
    ("sd2-zero-snr", StableDiffusionPipeline, {**sd, **unsafe}, "sd", {**DDIM, **ZERO_SNR}, ["euler"], GUIDED, {}, 0.7),
    ("sd-turbo", StableDiffusionPipeline, {**sd, **unsafe}, "sd", TURBO, ["euler-ancestral"], UNGUIDED, {}, 0),
    ("lcm", LatentConsistencyModelPipeline, {**sd, **unsafe, "unet": tiny_lcm_model.unet}, "lcm", {"_class_name": "LCMScheduler", **SD}, [], DISTILLED, {}, 0),
    ("sdxl", StableDiffusionXLPipeline, xl, "sdxl", EULER, NAMES, GUIDED, {"force_zeros_for_empty_prompt": True}, 0),
    ("sdxl-words", StableDiffusionXLPipeline, xl, "sdxl", {**DDIM, "steps_offset": 0}, [], GUIDED, {"force_zeros_for_empty_prompt": False}, 0.4),
    ("sdxl-turbo", StableDiffusionXLPipeline, xl, "sdxl", {**TURBO, "_class_name": "EulerAncestralDiscreteScheduler"}, ["lcm"], UNGUIDED, {}, 0),
]

shutil.rmtree(FOLDER, ignore_errors=True)
export_unet(FOLDER / "lcm" / "unet", tiny_lcm_model.unet)
export_unet(FOLDER / "sdxl" / "unet", tiny_xl_model.unet)
export_text_encoder(FOLDER / "sdxl" / "text_encoder", tiny_xl_model.text_encoder, ["last_hidden_state", "pooler_output", "hidden_states"])
export_text_encoder(FOLDER / "sdxl" / "text_encoder_2", tiny_xl_model.text_encoder_2, ["text_embeds", "last_hidden_state", "hidden_states"])

models, pictures, blob = [], [], bytearray()
for name, pipeline, parts, folder, config, others, requests, index, rescale in MODELS:
    own = OWN[config["_class_name"]]
    index = {"_class_name": pipeline.__name__, **index, **({"storyreel": {"guidanceRescale": rescale}} if rescale else {})}
    models.append({"name": name, "folder": folder, "index": index, "scheduler": config})
    for scheduler in dict.fromkeys([own, *others]):
        settings = {k: v for k, v in config.items() if k != "_class_name"} | EXTRA.get(scheduler, {})
        options = {} if pipeline is not StableDiffusionXLPipeline else {
            "force_zeros_for_empty_prompt": index.get("force_zeros_for_empty_prompt", True), "add_watermarker": False}
        pipe = pipeline(**parts, **options, scheduler=CLASSES[BASES.get(scheduler, scheduler)].from_config(settings))
        pipe.set_progress_bar_config(disable=True)
        for i, (width, height) in enumerate(SIZES):
            request = {"prompt": PROMPTS[i % 2], "seed": SEED, "steps": 5 + i, "width": width, "height": height, **requests[i]}
            given = {"guidance_rescale": rescale} if rescale else {}
            if pipeline is not LatentConsistencyModelPipeline:
                given["negative_prompt"] = request["negative"]
            out = pipe(request["prompt"], num_inference_steps=request["steps"], guidance_scale=request["guidance"], width=width,
                       height=height, generator=torch.Generator().manual_seed(SEED), output_type="np", **given)
            rgb = (out.images[0] * 255).round().astype(np.uint8)
            print(name, scheduler, width, height, "mean %.0f sd %.0f clipped %.3f" % (rgb.mean(), rgb.std(), ((rgb == 0) | (rgb == 255)).mean()))
            pictures.append({"model": name, "scheduler": scheduler, **request, "negative": request["negative"] or "", "offset": len(blob)})
            blob += rgb.tobytes()
(GOLDEN / "families.rgb").write_bytes(bytes(blob))
write_json("families.json", {"versions": versions("diffusers", "transformers", "torch", "onnx"), "models": models, "pictures": pictures})
