"""Learned words: files in each form, pictures of the tiny models with them by diffusers' load_textual_inversion, and files that lie."""

import collections
import copy
import os
import pickle
import zipfile

import numpy as np
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline
from safetensors.torch import save_file
from transformers import CLIPTokenizer

import tiny_xl_model
from golden import GOLDEN, versions, write_json
from tiny_sd_model import TOKENIZER, WIDTH, text_encoder, unet, vae

FOLDER = GOLDEN / "textual-inversion"
FOLDER.mkdir(parents=True, exist_ok=True)
draws = torch.Generator().manual_seed(21)


def vectors(*shape):
    return torch.randn(*shape, generator=draws)


def web_ui(name, vec):
    """As AUTOMATIC1111's Embedding.save has it."""
    return {"string_to_token": {"*": 265}, "string_to_param": {"*": vec}, "name": name, "step": 500, "sd_checkpoint": "81761151", "sd_checkpoint_name": "v1-5"}


TOY, STYLE, MIST, CONCEPT, HALF = vectors(WIDTH), vectors(3, WIDTH), vectors(2, WIDTH), vectors(1, WIDTH), vectors(2, WIDTH).half()
VIEW = vectors(5, 2 * WIDTH)[1:4:2, ::2]  # Neither at the start of its storage nor contiguous.
XL = {"clip_l": vectors(2, WIDTH), "clip_g": vectors(2, tiny_xl_model.WIDTH_2)}
OLD = {"_use_new_zipfile_serialization": False}
torch.save({"<cat-toy>": TOY}, FOLDER / "learned_embeds.bin")
torch.save(web_ui("old-style", torch.nn.Parameter(STYLE)), FOLDER / "old-style.pt", **OLD)
torch.save(web_ui("Other Name", STYLE.bfloat16()), FOLDER / "renamed.pt")
save_file({"emb_params": MIST}, FOLDER / "misty.safetensors")
save_file({"<concept>": CONCEPT}, FOLDER / "concept.safetensors")
torch.save(collections.OrderedDict({"<half>": HALF}), FOLDER / "half.bin")
torch.save({"<half>": HALF}, FOLDER / "half-protocol-5.bin", pickle_protocol=5)
torch.save({"<view>": VIEW}, FOLDER / "view.pt", **OLD)
torch.save({"<view>": VIEW.double()}, FOLDER / "view-zip.pt")
save_file(XL, FOLDER / "large.safetensors")


class Runs:
    """What a pickle of it runs when it is loaded."""

    def __init__(self, call, *args):
        self.parts = call, args

    def __reduce__(self):
        return self.parts


def evil(name, value, **options):
    torch.save(value, FOLDER / name, **options)


evil("runs-system.pt", {"<x>": Runs(os.system, "touch pwned")})
evil("runs-system-old.pt", {"<x>": Runs(os.system, "touch pwned")}, **OLD)
evil("runs-eval.bin", web_ui("x", Runs(eval, "open('pwned', 'w')")), pickle_protocol=4)
evil("holds-module.pt", {"<x>": torch.nn.Linear(2, 2)})
evil("holds-container.pt", {"string_to_param": torch.nn.ParameterDict({"*": torch.nn.Parameter(STYLE)}), "name": "x"})
(FOLDER / "plain.pt").write_bytes(pickle.dumps({"<x>": [1.0, 2.0]}))
with zipfile.ZipFile(FOLDER / "deflated.pt", "w", zipfile.ZIP_DEFLATED) as archive:
    with zipfile.ZipFile(FOLDER / "learned_embeds.bin") as source:
        for entry in source.infolist():
            archive.writestr(entry.filename, source.read(entry))
for name in FOLDER.iterdir():
    name.chmod(0o644)

contents = {
    "learned_embeds.bin": TOY[None], "old-style.pt": STYLE, "renamed.pt": STYLE.bfloat16(), "misty.safetensors": MIST, "concept.safetensors": CONCEPT,
    "half.bin": HALF, "half-protocol-5.bin": HALF, "view.pt": VIEW, "view-zip.pt": VIEW,
}




def run(pipe, width, height, prompt, negative, guidance):
    pipe.set_progress_bar_config(disable=True)
    out = pipe(prompt, negative_prompt=negative, num_inference_steps=5, guidance_scale=guidance, width=width, height=height,
               generator=torch.Generator().manual_seed(7), output_type="np")
    return (out.images[0] * 255).round().astype(np.uint8)


# File → the word that diffusers is told to use for it.
LOADED = {"learned_embeds.bin": "<cat-toy>", "old-style.pt": "old-style", "misty.safetensors": "misty", "concept.safetensors": "<concept>", "half.bin": "<half>"}
REQUESTS = [
    (16, 16, "a photo of <cat-toy>, at dawn", "", 1.0),
    (24, 24, "an old-style village in the rain", "a boat", 4.5),
    (32, 24, "misty<concept> old-style, a <cat-toy>", "misty rain, <half>", 4.5),
    (16, 16, "a fox", "old-style", 7.5),
]
sd = StableDiffusionPipeline(
    vae=vae, text_encoder=copy.deepcopy(text_encoder), tokenizer=CLIPTokenizer.from_pretrained(str(TOKENIZER)), unet=unet, safety_checker=None,
    feature_extractor=None, requires_safety_checker=False, scheduler=DDIMScheduler.from_pretrained(str(GOLDEN / "tiny-sd" / "scheduler")))
for file, token in LOADED.items():
    sd.load_textual_inversion(str(FOLDER / file), token=token)
xl = StableDiffusionXLPipeline(
    vae=vae, text_encoder=copy.deepcopy(text_encoder), tokenizer=CLIPTokenizer.from_pretrained(str(TOKENIZER), pad_token="<|endoftext|>"),
    text_encoder_2=copy.deepcopy(tiny_xl_model.text_encoder_2), tokenizer_2=CLIPTokenizer.from_pretrained(str(TOKENIZER)), unet=tiny_xl_model.unet,
    scheduler=EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1),
    add_watermarker=False)
xl.load_textual_inversion(XL["clip_l"], token="large", text_encoder=xl.text_encoder, tokenizer=xl.tokenizer)
xl.load_textual_inversion(XL["clip_g"], token="large", text_encoder=xl.text_encoder_2, tokenizer=xl.tokenizer_2)
XL_REQUESTS = [(16, 16, "a large fox, at dawn", "a large boat", 4.5), (24, 24, "large", None, 4.5)]

pictures, pixels = [], bytearray()
for model, pipe, requests in (("sd", sd, REQUESTS), ("sdxl", xl, XL_REQUESTS)):
    for width, height, prompt, negative, guidance in requests:
        rgb = run(pipe, width, height, prompt, negative, guidance)
        print(model, prompt, "mean", rgb.mean(), "sd", rgb.std())
        pictures.append({"model": model, "prompt": prompt, "negative": negative or "", "seed": 7, "steps": 5, "guidance": guidance, "width": width,
                         "height": height, "offset": len(pixels)})
        pixels += rgb.tobytes()
(FOLDER / "pictures.rgb").write_bytes(bytes(pixels))
write_json("textual-inversion/index.json", {
    "versions": versions("diffusers", "transformers", "torch", "safetensors"), "loaded": list(LOADED), "pictures": pictures,
    "contents": {name: v.float().tolist() for name, v in contents.items()}, "xl": {name: v.tolist() for name, v in XL.items()},
})
