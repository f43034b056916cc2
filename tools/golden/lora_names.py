"""Names of the modules of real UNets: in the original code of Stable Diffusion, and what diffusers' converter makes of them.

Nothing is downloaded: the networks are built from their settings without weights. `lora_names.py FILE` also writes every name
there; the golden file has one transformer block of each attention.
"""

import json
import sys

import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders.lora_conversion_utils import _convert_non_diffusers_lora_to_diffusers, _maybe_map_sgm_blocks_to_diffusers

from golden import versions, write_json
from original_names import original

SD1 = {"cross_attention_dim": 768, "block_out_channels": (320, 640, 1280, 1280), "attention_head_dim": 8}
SDXL = {
    "cross_attention_dim": 2048, "block_out_channels": (320, 640, 1280), "attention_head_dim": (5, 10, 20),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), "transformer_layers_per_block": (1, 2, 10),
    "use_linear_projection": True, "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
}


def converted(name, config):
    """A kohya key's module, as diffusers reads it."""
    keys = {f"lora_unet_{name}.lora_{way}.weight": torch.zeros(1, 1) for way in ("down", "up")}
    state, _ = _convert_non_diffusers_lora_to_diffusers(_maybe_map_sgm_blocks_to_diffusers(keys, config))
    key = next(k for k in state if ".down." in k)
    return key.removeprefix("unet.").replace("_lora.down.weight", "").replace(".lora.down.weight", "").replace(".processor.", ".").replace(".to_out", ".to_out.0")


found, everything = {}, {}
for family, settings in (("sd1", SD1), ("sdxl", SDXL)):
    with torch.device("meta"):
        unet = UNet2DConditionModel(**settings)
    paths = [path for path, layer in unet.named_modules() if isinstance(layer, (torch.nn.Linear, torch.nn.Conv2d))]
    pairs = [(original(unet, path), path) for path in paths]
    assert len(set(name for name, _ in pairs)) == len(paths)
    wrong = [(name, path, converted(name, unet.config)) for name, path in pairs if converted(name, unet.config).replace(".0.0", ".0") != path.replace(".0.0", ".0")]
    print(family, len(pairs), "names,", len(wrong), "that diffusers reads otherwise", wrong[:5])
    everything[family] = pairs
    found[family] = [pair for pair in pairs if "transformer_blocks" not in pair[1] or "transformer_blocks.0" in pair[1] and "ff" not in pair[1]]
write_json("lora-names.json", {"versions": versions("diffusers"), "names": found})
if len(sys.argv) > 1:
    with open(sys.argv[1], "w") as file:
        json.dump(everything, file)
