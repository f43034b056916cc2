"""A tiny random safety checker as ONNX, its verdicts in diffusers' pipeline, and pictures prepared for it by CLIPImageProcessor."""

import json
import shutil

import numpy as np
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPConfig, CLIPImageProcessorPil

from export import export
from golden import GOLDEN, versions, write_json
from tiny_sd_model import text_encoder, tokenizer, unet, vae

torch.set_num_threads(1)
FOLDER = GOLDEN / "safety"
SIDE, STRIDE = 224, 97
REQUESTS = [p for p in json.loads((GOLDEN / "tiny-sd.json").read_text())["pictures"] if p["scheduler"] == "ddim"]
# Large, upright, smaller than the network's own size, and one that is resized in neither direction.
SIZES = ((640, 360), (300, 421), (32, 24), (224, 500))
OTHER = {"size": {"shortest_edge": 256}, "crop_size": SIDE, "resample": 2, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.3]}

torch.manual_seed(21)
checker = StableDiffusionSafetyChecker(CLIPConfig(
    text_config={"vocab_size": 8, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1},
    vision_config={"image_size": SIDE, "patch_size": 32, "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1,
                   "num_attention_heads": 2, "initializer_range": 0.6},
    projection_dim=8,
)).eval()
processor = CLIPImageProcessorPil()


def pipeline(safety_checker):
    config = json.loads((GOLDEN / "tiny-sd" / "scheduler" / "scheduler_config.json").read_text())
    pipe = StableDiffusionPipeline(vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet,
                                   scheduler=DDIMScheduler.from_config(config), safety_checker=safety_checker,
                                   feature_extractor=processor, requires_safety_checker=safety_checker is not None)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def paint(pipe, r):
    return pipe(r["prompt"], negative_prompt=r["negative"], num_inference_steps=r["steps"], guidance_scale=r["guidance"],
                width=r["width"], height=r["height"], generator=torch.Generator().manual_seed(r["seed"]), output_type="np")


def teach():
    """What pictures have in common is taken away, and one concept is what the first of them has for itself."""
    pictures = [(paint(pipeline(None), r).images[0] * 255).round().astype(np.uint8) for r in REQUESTS]
    prepared = processor([Image.fromarray(p) for p in pictures], return_tensors="pt").pixel_values
    with torch.no_grad():
        pooled = checker.vision_model(prepared)[1]
        common = pooled.mean(0, keepdim=True)
        checker.visual_projection.weight.copy_(torch.randn(8, 8) @ (torch.eye(8) - common.T @ common / (common @ common.T)))
        embeds = torch.nn.functional.normalize(checker.visual_projection(pooled))
        checker.concept_embeds.copy_(torch.randn(17, 8))
        checker.special_care_embeds.copy_(torch.randn(3, 8))
        checker.concept_embeds[5] = embeds[0]
        likeness = embeds @ embeds[0]
        print("likeness to the first", likeness.tolist())
        checker.concept_embeds_weights[5] = (1 + likeness[1:].max()) / 2


teach()
shutil.rmtree(FOLDER, ignore_errors=True)
BATCH = {"clip_input": {0: "batch", 1: "channels", 2: "height", 3: "width"}, "images": {0: "batch", 1: "height", 2: "width", 3: "channels"}}
export(FOLDER / "safety_checker", checker, lambda inner, clip_input, images: inner.forward_onnx(clip_input, images),
       {"clip_input": torch.randn(1, 3, SIDE, SIDE), "images": torch.randn(1, SIDE, SIDE, 3)}, ["out_images", "has_nsfw_concepts"], BATCH)
(FOLDER / "feature_extractor").mkdir()
processor.save_pretrained(FOLDER / "feature_extractor")

verdicts = []
for request in REQUESTS:
    out = paint(pipeline(checker), request)
    flagged = bool(out.nsfw_content_detected[0])
    assert flagged == (out.images.max() == 0)
    verdicts.append({**{k: v for k, v in request.items() if k != "config"}, "flagged": flagged})
print("flagged", [v["flagged"] for v in verdicts])


def pattern(width, height):
    """The test draws the same: smooth in parts, sharp in others."""
    y, x, c = np.mgrid[:height, :width, :3]
    return (((x * 3 + y * 2) ^ (x * y // 50)) + c * 85).astype(np.uint8)


prepared, blob = [], bytearray()
for config in ({}, OTHER):
    for width, height in SIZES:
        values = CLIPImageProcessorPil(**config)(Image.fromarray(pattern(width, height)), return_tensors="np").pixel_values[0]
        assert values.shape == (3, SIDE, SIDE)
        sample = values.astype(np.float32).reshape(-1)[::STRIDE]
        prepared.append({"width": width, "height": height, "config": config, "offset": len(blob), "count": len(sample)})
        blob += sample.tobytes()
(FOLDER / "prepared.f32").write_bytes(bytes(blob))
write_json("safety/safety.json", {"versions": versions("diffusers", "transformers", "torch", "pillow"), "stride": STRIDE,
                                  "pictures": verdicts, "prepared": prepared})
