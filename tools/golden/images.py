"""Pictures from pictures: img2img, inpainting, tiles and a tiny preview decoder by diffusers, and the graphs that they need."""

import json
import logging
import shutil

import numpy as np
import onnx
import torch
from diffusers import (
    AutoencoderTiny,
    LatentConsistencyModelImg2ImgPipeline,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline,
    UNet2DConditionModel,
)
from PIL import Image

import tiny_lcm_model
import tiny_xl_model
from calibrate import hear_words, spread_unet
from export import PIXELS, export, export_unet
from golden import GOLDEN, versions, write_json
from schedulers import CLASSES, IMPLIED
from tiny_sd_model import text_encoder, tokenizer, unet, vae

logging.disable(logging.WARNING)
torch.set_num_threads(1)
FOLDER = GOLDEN / "images"
SEED = 7
MODEL = json.loads((GOLDEN / "tiny-sd" / "scheduler" / "scheduler_config.json").read_text())
NAMES = [*CLASSES, "PNDMScheduler", "dpmpp-2m-karras"]
BASES = {"PNDMScheduler": "pndm", "dpmpp-2m-karras": "dpmpp-2m"}
EXTRA = {
    "PNDMScheduler": {"skip_prk_steps": True},
    "dpmpp-2m-karras": {"use_karras_sigmas": True},
    "dpmpp-sde": {"noise_sampler_seed": SEED},  # what diffusers draws from no generator
    "dpmpp-2m-sde": IMPLIED["dpmpp-2m-sde"],
}
SIZES = ((16, 16), (24, 24), (32, 24))
PROMPTS = (("a lighthouse keeper's daughter at dawn", "a dark forest"), ("a fox", ""))


def calibrate_encoder():
    """Latents of the spread that they have in a trained model, with a sampling noise that shows."""
    with torch.no_grad():
        moments = vae.encode(torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(3)) * 2 - 1).latent_dist.parameters
        mean, logvar = moments.std((0, 2, 3)).chunk(2)
        conv = vae.quant_conv
        conv.weight.mul_((torch.cat([1.5 / mean, 0.5 / logvar]))[:, None, None, None])
        conv.bias.mul_(0)
        conv.bias[4:] = -1.5
        moments = vae.encode(torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(4)) * 2 - 1).latent_dist.parameters
        conv.bias[:4] -= moments.mean((0, 2, 3))[:4]


def inpainting_unet():
    torch.manual_seed(11)
    model = UNet2DConditionModel(**{**{k: v for k, v in unet.config.items() if not k.startswith("_")}, "in_channels": 9}).eval()
    hear_words(model)
    context = text_encoder(torch.arange(77)[None]).last_hidden_state
    spread_unet(model, torch.Generator().manual_seed(2), context)
    return model


def plain_encoder(name, draws):
    """Means of 2 x 2 pixels as latents, and noise of the graph's own that is no sample of a distribution."""
    nodes = [onnx.helper.make_node("Conv", ["sample", "weight"], ["mean"], kernel_shape=[2, 2], strides=[2, 2])]
    if draws:
        nodes.append(onnx.helper.make_node("RandomNormalLike", ["mean"], ["noise"]))
        nodes.append(onnx.helper.make_node("Add", ["mean", "noise"], ["noisy"]))
    nodes.append(onnx.helper.make_node("Tanh", [nodes[-1].output[0]], ["latent_sample"]))
    weight = torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(9)).numpy()
    shape = ["batch", None, "height", "width"]
    graph = onnx.helper.make_graph(
        nodes, "encoder", [onnx.helper.make_tensor_value_info("sample", 1, shape)],
        [onnx.helper.make_tensor_value_info("latent_sample", 1, shape)], [onnx.numpy_helper.from_array(weight, "weight")])
    (FOLDER / name).mkdir()
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8), FOLDER / name / "model.onnx")


def picture(width, height, seed):
    """Blobs of colour: smooth, so that resizing is well-conditioned, and different everywhere."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    rng = np.random.default_rng(seed)
    out = np.zeros((height, width, 3))
    for _ in range(6):
        cx, cy, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.15, 0.5) * max(width, height)
        out += np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * r * r))[..., None] * rng.uniform(-1, 1, 3)
    return Image.fromarray(np.uint8(np.clip(127 + 110 * out / np.abs(out).max() + rng.normal(0, 6, out.shape), 0, 255)))


def mask(width, height, seed):
    """Greys around the middle in a third of it, so that the threshold counts."""
    y, x = np.mgrid[0:height, 0:width]
    rng = np.random.default_rng(seed)
    inside = (x > width * 0.3) & (x < width * 0.8) & (y > height * 0.2) & (y < height * 0.7)
    grey = np.where(x > width * 0.6, rng.integers(120, 136, (height, width)), 255)
    return Image.fromarray(np.uint8(np.where(inside, grey, 0)), "L").convert("RGB")


blob = bytearray()


def keep(array):
    at = len(blob)
    blob.extend(array.tobytes())
    return at


def scheduler_of(name):
    config = {**MODEL, **({"skip_prk_steps": True} if name == "PNDMScheduler" else {})}
    return config, CLASSES[BASES.get(name, name)].from_config({**config, **EXTRA.get(name, {})})


unsafe = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
sd = {"vae": vae, "text_encoder": text_encoder, "tokenizer": tokenizer, **unsafe}
xl = {name: getattr(tiny_xl_model, name) for name in ("vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "unet")}
assert xl["vae"] is vae
# By the model that paints: the pipeline for whole pictures and the one for parts, and what they are made of.
PIPELINES = {
    "sd": (StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline, {**sd, "unet": unet}),
    "inpainting": (None, StableDiffusionInpaintPipeline, sd),
    "sdxl": (StableDiffusionXLImg2ImgPipeline, StableDiffusionXLInpaintPipeline, xl),
    "lcm": (LatentConsistencyModelImg2ImgPipeline, None, {**sd, "unet": tiny_lcm_model.unet}),
}


def paint(model, is_masked, name, size, source_size, i, strength, steps):
    width, height = size
    prompt, negative = PROMPTS[i % 2]
    config, scheduler = scheduler_of(name)
    whole, part, parts = PIPELINES[model]
    pipe = (part if is_masked else whole)(**parts, scheduler=scheduler)
    pipe.set_progress_bar_config(disable=True)
    source = picture(*source_size, seed=20 + i)
    case = {"model": model, "scheduler": name, "config": config, "prompt": prompt, "negative": negative, "seed": SEED, "steps": steps,
            "guidance": (1.0, 4.5, 7.5)[i], "strength": strength, "width": width, "height": height,
            "source": {"width": source_size[0], "height": source_size[1], "offset": keep(np.asarray(source))}}
    more = {} if model == "lcm" else {"negative_prompt": negative or None}
    if is_masked:
        painted = mask(*source_size, seed=40 + i)
        case["mask"] = {"width": source_size[0], "height": source_size[1], "offset": keep(np.asarray(painted))}
        more |= {"mask_image": painted, "width": width, "height": height}
    out = pipe(prompt, image=source, num_inference_steps=steps, guidance_scale=case["guidance"], strength=strength,
               generator=torch.Generator().manual_seed(SEED), output_type="np", **more)
    rgb = (out.images[0] * 255).round().astype(np.uint8)
    assert rgb.shape == (height, width, 3), rgb.shape
    print(model, "part" if is_masked else "all", name, width, height, strength, "mean", rgb.mean(), "sd", rgb.std(), "clipped",
          ((rgb == 0) | (rgb == 255)).mean())
    return {**case, "offset": keep(rgb)}


shutil.rmtree(FOLDER, ignore_errors=True)
calibrate_encoder()
PIPELINES["inpainting"][2]["unet"] = inpainting_unet()
tiny = AutoencoderTiny(encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8), num_encoder_blocks=(1, 1),
                       num_decoder_blocks=(1, 1)).eval()
with torch.no_grad():
    for name, p in tiny.decoder.named_parameters():
        p.mul_(1.6)
    last = tiny.decoder.layers[-1]
    out = tiny.decoder.layers(torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(5)))
    last.weight.mul_(0.15 / out.std())
    last.bias.add_(0.5 - tiny.decoder.layers(torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(5))).mean((0, 2, 3)))
sample = {"sample": torch.rand(1, 3, 16, 16) * 2 - 1}
# The form of optimum 1.23 and later, and the older one, which draws by itself.
export(FOLDER / "vae_encoder", vae, lambda m, x: m.encode(x).latent_dist.parameters, sample, ["latent_parameters"],
       {"sample": PIXELS, "latent_parameters": PIXELS})
export(FOLDER / "vae_encoder_sampled", vae, lambda m, x: m.encode(x).latent_dist.sample(), sample, ["latent_sample"],
       {"sample": PIXELS, "latent_sample": PIXELS})
plain_encoder("vae_encoder_plain", False)
plain_encoder("vae_encoder_noisy", True)
export_unet(FOLDER / "unet_inpainting", PIPELINES["inpainting"][2]["unet"])
# As diffusers decodes (−1…1), and as TAESD's own repository does (0…1).
latents = {"latent_sample": torch.randn(1, 4, 8, 8)}
axes = {"latent_sample": PIXELS, "sample": PIXELS}
export(FOLDER / "taesd_decoder", tiny, lambda m, z: m.decode(z, return_dict=False)[0], latents, ["sample"], axes)
export(FOLDER / "taesd_decoder_own", tiny, lambda m, z: m.decoder.layers(torch.tanh(z / 3) * 3), latents, ["sample"], axes)
for folder, config in (("unet_inpainting", PIPELINES["inpainting"][2]["unet"].config), ("taesd_decoder", tiny.config)):
    (FOLDER / folder / "config.json").write_text(json.dumps(dict(config), indent=1))

pictures = []
STRENGTHS = ((0.6, 5), (0.75, 8), (1.0, 5))
for name in NAMES:
    for i, size in enumerate(SIZES):
        pictures.append(paint("sd", False, name, size, size, i, *STRENGTHS[i]))
    for i in (1, 2):
        pictures.append(paint("sd", True, name, SIZES[i], SIZES[i], i, *STRENGTHS[i]))
for i, size in enumerate(SIZES):
    for name in ("ddim", "euler-ancestral", "dpmpp-2m", "lcm"):
        pictures.append(paint("inpainting", True, name, size, size, i, *STRENGTHS[i]))
    for name in ("euler", "dpmpp-2m-sde"):
        pictures.append(paint("sdxl", False, name, size, size, i, *STRENGTHS[i]))
        pictures.append(paint("sdxl", True, name, size, size, i, *STRENGTHS[i]))
    pictures.append(paint("lcm", False, "lcm", size, size, i, *STRENGTHS[i]))
# Resized on the way in, up and down.
pictures.append(paint("sd", True, "ddim", (24, 24), (37, 31), 1, 0.75, 8))
pictures.append(paint("sd", True, "ddim", (32, 24), (13, 10), 2, 0.6, 5))

# Tiles: 8 latents wide, 16 pixels.
vae.enable_tiling()
tiles = []
with torch.no_grad():
    for height, width in ((20, 13), (8, 17), (9, 30)):
        z = torch.randn(1, 4, height, width, generator=torch.Generator().manual_seed(height)) * 2
        out = vae.decode(z, return_dict=False)[0]
        assert out.shape[2:] == (2 * height, 2 * width)
        x = torch.rand(1, 3, 2 * height, 2 * width, generator=torch.Generator().manual_seed(width)) * 2 - 1
        moments = vae.encode(x).latent_dist.parameters
        tiles.append({"height": height, "width": width, "latents": keep(z.numpy()), "decoded": keep(out.numpy()),
                      "pixels": keep(x.numpy()), "moments": keep(moments.numpy())})
    vae.disable_tiling()

    z = torch.randn(1, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    decoded = (tiny.decode(z, return_dict=False)[0] / 2 + 0.5).clamp(0, 1)[0].permute(1, 2, 0).numpy()
    preview = {"width": 12, "height": 8, "latents": keep(z.numpy()), "rgb": keep((decoded * 255).round().astype(np.uint8))}
    print("preview", (decoded * 255).mean(), (decoded * 255).std())

# What Pillow makes of pictures when it resizes them, and of colours when it turns them grey.
resized = []
for source, to in (((37, 31), (24, 24)), ((13, 10), (32, 24)), ((16, 40), (64, 8)), ((50, 9), (7, 9))):
    image = picture(*source, seed=60)
    resized.append({"source": list(source), "to": list(to), "before": keep(np.asarray(image)),
                    "after": keep(np.asarray(image.resize(to, Image.Resampling.LANCZOS))),
                    "grey": keep(np.asarray(image.convert("L")))})
(FOLDER / "data.bin").write_bytes(bytes(blob))
write_json("images/cases.json", {"versions": versions("diffusers", "transformers", "torch", "onnx", "pillow"), "pictures": pictures,
                                 "tiles": tiles, "preview": preview, "resized": resized})
