"""Random LoRAs for the tiny pipelines in each form of names, and pictures with them by diffusers' own loaders."""

import copy
import json
import shutil
import warnings

import numpy as np
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline
from peft import LoraConfig, PeftModel, get_peft_model_state_dict, inject_adapter_in_model
from safetensors.torch import save_file

import tiny_sd_model
import tiny_xl_model
from golden import GOLDEN, versions, write_json
from original_names import original

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
FOLDER = GOLDEN / "lora"
SCHEDULE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "steps_offset": 1}
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
LINEAR = (*ATTENTION, "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2")
CONV = ("conv1", "conv2", "conv_shortcut", "time_emb_proj", "downsamplers.0.conv", "upsamplers.0.conv", "conv_in", "conv_out",
        "time_embedding.linear_1", "time_embedding.linear_2")
TEXT = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")

shutil.rmtree(FOLDER, ignore_errors=True)
FOLDER.mkdir()


def named_like(names):
    return lambda path: any(path == name or path.endswith("." + name) for name in names)


def factors(network, wanted, rank, strength, seed, tucker=False):
    """module -> (down, up) of a network's Linear and Conv layers; (down, up, mid) for Tucker's form."""
    generator = torch.Generator().manual_seed(seed)
    found = {}
    for path, layer in network.named_modules():
        if not isinstance(layer, (torch.nn.Linear, torch.nn.Conv2d)) or not wanted(path):
            continue
        shape = list(layer.weight.shape)
        size = layer.weight.std() * strength / rank**0.5
        down = torch.randn(rank, *shape[1:], generator=generator)
        up = torch.randn(shape[0], rank, *[1] * (len(shape) - 2), generator=generator) * size
        if tucker and len(shape) == 4 and shape[2] > 1:
            mid = torch.randn(rank, rank, *shape[2:], generator=generator)
            found[path] = torch.randn(rank, shape[1], 1, 1, generator=generator), up, mid
        else:
            found[path] = down, up
    return found


def write(name, tensors, metadata=None, dtype=torch.float32):
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.to(dtype).contiguous() for k, v in tensors.items()}, path, metadata=metadata)
    print(path.relative_to(GOLDEN), path.stat().st_size)


def kohya(prefix, modules, alpha=None, spell=lambda path: path.replace(".", "_")):
    tensors = {}
    for path, (down, up, *mid) in modules.items():
        name = f"{prefix}_{spell(path)}"
        tensors |= {f"{name}.lora_down.weight": down, f"{name}.lora_up.weight": up}
        if mid:
            tensors[f"{name}.lora_mid.weight"] = mid[0]
        if alpha is not None:
            tensors[f"{name}.alpha"] = torch.tensor(float(alpha))
    return tensors


def text_name(path):
    """As older versions of transformers have it, and everybody's files."""
    return "text_model." + path if not path.startswith(("text_model.", "text_projection")) else path


def text_kohya(path):
    return text_name(path).replace(".", "_")


def processor(path):
    return path.replace(".to_out.0", ".to_out").replace(".to_", ".processor.to_")


def text_processor(path):
    stem, projection = text_name(path).rsplit(".", 1)
    return f"{stem}.to_{projection.removesuffix('_proj')}"


sd, xl = tiny_sd_model, tiny_xl_model
everything = named_like((*LINEAR, *CONV))

# kohya's: Linear and Conv, UNet and text encoder, alpha beside a rank of 4, halves.
write("kohya.safetensors", {
    **kohya("lora_unet", factors(sd.unet, everything, 4, 0.8, 1), alpha=2),
    **kohya("lora_te", factors(sd.text_encoder, named_like(TEXT), 2, 0.6, 2), alpha=1, spell=text_kohya),
}, {"ss_base_model_version": "sd_v1", "ss_network_dim": "4", "ss_network_alpha": "2.0"}, torch.float16)

# diffusers' since 2023, alpha left out.
tensors = {}
for path, (down, up) in factors(sd.unet, named_like(LINEAR), 3, 0.6, 3).items():
    tensors |= {f"unet.{path}.lora.down.weight": down, f"unet.{path}.lora.up.weight": up}
for path, (down, up) in factors(sd.text_encoder, named_like(TEXT), 3, 0.4, 4).items():
    tensors |= {f"text_encoder.{text_name(path)}.lora_linear_layer.{k}.weight": v for k, v in (("down", down), ("up", up))}
write("diffusers.safetensors", tensors)

# Its oldest, in attention processors.
tensors = {}
for path, (down, up) in factors(sd.unet, named_like(ATTENTION), 2, 0.9, 5).items():
    tensors |= {f"unet.{processor(path)}_lora.down.weight": down, f"unet.{processor(path)}_lora.up.weight": up}
for path, (down, up) in factors(sd.text_encoder, named_like(TEXT[:4]), 2, 0.4, 6).items():
    tensors |= {f"text_encoder.{text_processor(path)}_lora.{k}.weight": v for k, v in (("down", down), ("up", up))}
write("diffusers-2023.safetensors", tensors)


# PEFT's, as diffusers saves it today: the settings are in the file's metadata.
def adapted(network, seed, strength, **settings):
    network = copy.deepcopy(network)
    config = LoraConfig(init_lora_weights=False, **settings)
    inject_adapter_in_model(config, network)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for path, layer in network.named_modules():
            if not hasattr(layer, "lora_A") or "default" not in layer.lora_A:
                continue
            a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
            a.copy_(torch.randn(a.shape, generator=generator))
            b.copy_(torch.randn(b.shape, generator=generator) * layer.weight.std() * strength / a.shape[0] ** 0.5)
    return network, config


unet, unet_config = adapted(sd.unet, 7, 0.7, r=4, lora_alpha=3, target_modules=["to_q", "to_k", "to_v", "to_out.0", "conv1", "conv2"],
                            alpha_pattern={"to_k": 6, "mid_block.resnets.0.conv1": 1}, rank_pattern={"to_v": 2})
text, text_config = adapted(sd.text_encoder, 8, 0.5, r=2, lora_alpha=4, target_modules=list(TEXT), use_rslora=True)
plain = lambda config: {k: sorted(v) if isinstance(v, set) else v for k, v in config.to_dict().items()}
StableDiffusionPipeline.save_lora_weights(
    str(FOLDER), unet_lora_layers=get_peft_model_state_dict(unet), text_encoder_lora_layers=get_peft_model_state_dict(text),
    weight_name="peft.safetensors", unet_lora_adapter_metadata=plain(unet_config), text_encoder_lora_adapter_metadata=plain(text_config))

# PEFT's own: one network, the settings in a file beside it.
adapter, _ = adapted(sd.unet, 9, 0.9, r=3, lora_alpha=2, target_modules=["to_q", "to_k", "to_v"], alpha_pattern={"attn2.to_k": 5})
peft_model = PeftModel(copy.deepcopy(sd.unet), LoraConfig(r=3, lora_alpha=2, target_modules=["to_q", "to_k", "to_v"], alpha_pattern={"attn2.to_k": 5}, init_lora_weights=False))
ours, theirs = dict(adapter.named_modules()), dict(peft_model.base_model.model.named_modules())
with torch.no_grad():
    for path, layer in theirs.items():
        if hasattr(layer, "lora_A"):
            layer.lora_A["default"].weight.copy_(ours[path].lora_A["default"].weight)
            layer.lora_B["default"].weight.copy_(ours[path].lora_B["default"].weight)
peft_model.save_pretrained(str(FOLDER / "adapter"))
(FOLDER / "adapter" / "README.md").unlink(missing_ok=True)

# LoCon with Tucker's form, which diffusers has not: merged here by running the three convolutions after each other.
tucker = factors(sd.unet, named_like(("conv1", "conv2", *ATTENTION)), 3, 0.5, 10, tucker=True)
write("tucker.safetensors", kohya("lora_unet", tucker, alpha=2))

# SDXL by kohya: blocks counted as the original code does, both text encoders.
write("xl-original.safetensors", {
    **kohya("lora_unet", factors(xl.unet, named_like((*LINEAR, *CONV, "add_embedding.linear_1", "add_embedding.linear_2")), 3, 0.6, 11), alpha=2, spell=lambda path: original(xl.unet, path)),
    **kohya("lora_te1", factors(xl.text_encoder, named_like(TEXT), 2, 0.5, 12), alpha=1, spell=text_kohya),
    **kohya("lora_te2", factors(xl.text_encoder_2, named_like(TEXT), 2, 0.5, 13), alpha=1, spell=text_kohya),
})
unet, unet_config = adapted(xl.unet, 14, 0.7, r=4, lora_alpha=3, target_modules=list(ATTENTION))
text, text_config = adapted(xl.text_encoder_2, 15, 0.6, r=2, lora_alpha=2, target_modules=list(TEXT))
StableDiffusionXLPipeline.save_lora_weights(
    str(FOLDER), unet_lora_layers=get_peft_model_state_dict(unet), text_encoder_2_lora_layers=get_peft_model_state_dict(text),
    weight_name="xl-peft.safetensors", unet_lora_adapter_metadata=plain(unet_config), text_encoder_2_lora_adapter_metadata=plain(text_config))


def convolved(weight, down, up, mid, scale):
    """The weight plus what down, mid and up do one after the other to each input of an impulse."""
    size = weight.shape[-1]
    impulses = torch.zeros(weight.shape[1], weight.shape[1], 2 * size - 1, 2 * size - 1)
    for i in range(weight.shape[1]):
        impulses[i, i, size - 1, size - 1] = 1
    conv = torch.nn.functional.conv2d
    answer = conv(conv(conv(impulses, down), mid), up)  # inputs x outputs, turned round
    return weight + scale * answer.flip(-1, -2).transpose(0, 1)


def pipeline(kind, unet=None):
    parts = {"vae": kind.vae, "text_encoder": copy.deepcopy(kind.text_encoder), "tokenizer": kind.tokenizer, "unet": unet or copy.deepcopy(kind.unet)}
    if kind is xl:
        return StableDiffusionXLPipeline(**parts, text_encoder_2=copy.deepcopy(xl.text_encoder_2), tokenizer_2=xl.tokenizer_2,
                                         scheduler=EulerDiscreteScheduler(**SCHEDULE, timestep_spacing="leading"), add_watermarker=False)
    return StableDiffusionPipeline(**parts, scheduler=DDIMScheduler(**SCHEDULE, clip_sample=False, set_alpha_to_one=False),
                                   safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def with_tucker(weight):
    unet = copy.deepcopy(sd.unet)
    with torch.no_grad():
        for path, (down, up, *mid) in tucker.items():
            layer = unet.get_submodule(path)
            scale = weight * 2 / 3
            if mid:
                layer.weight.copy_(convolved(layer.weight, down, up, mid[0], scale))
            else:
                layer.weight.add_((scale * up.flatten(1) @ down.flatten(1)).reshape(layer.weight.shape))
    return pipeline(sd, unet)


def load(kind, *loras):
    if loras[0][0] == "tucker.safetensors":
        return with_tucker(loras[0][1])
    if loras[0][0] == "adapter":
        model = PeftModel.from_pretrained(copy.deepcopy(sd.unet), str(FOLDER / "adapter"))
        for layer in model.modules():
            if hasattr(layer, "scaling"):
                layer.scale_layer(loras[0][1])
        return pipeline(sd, model.merge_and_unload())
    pipe = pipeline(kind)
    names = []
    for i, (file, _) in enumerate(loras):
        pipe.load_lora_weights(str(FOLDER), weight_name=file, adapter_name=f"lora{i}")
        names.append(f"lora{i}")
    if names:
        pipe.set_adapters(names, [weight for _, weight in loras])
    return pipe


CASES = [
    (sd, [("kohya.safetensors", 1.0)]),
    (sd, [("diffusers.safetensors", 0.7)]),
    (sd, [("diffusers-2023.safetensors", 1.0)]),
    (sd, [("peft.safetensors", 0.8)]),
    (sd, [("adapter", 1.2)]),
    (sd, [("tucker.safetensors", 0.9)]),
    (sd, [("kohya.safetensors", 0.6), ("peft.safetensors", 0.5)]),
    (xl, [("xl-original.safetensors", 0.9)]),
    (xl, [("xl-peft.safetensors", 0.7), ("xl-original.safetensors", -0.3)]),
]
pictures, blob = [], bytearray()
for i, (kind, loras) in enumerate(CASES):
    width, height = ((16, 16), (32, 24))[i % 2]
    request = {"prompt": "a lighthouse keeper's daughter at dawn", "negative": "a dark forest", "seed": 7, "steps": 5, "guidance": 4.5, "width": width, "height": height}
    pipe = load(kind, *loras)
    pipe.set_progress_bar_config(disable=True)
    out = pipe(request["prompt"], negative_prompt=request["negative"], num_inference_steps=5, guidance_scale=4.5, width=width, height=height,
               generator=torch.Generator().manual_seed(7), output_type="np")
    rgb = (out.images[0] * 255).round().astype(np.uint8)
    print("xl" if kind is xl else "sd", loras, "mean %.0f sd %.0f clipped %.3f" % (rgb.mean(), rgb.std(), ((rgb == 0) | (rgb == 255)).mean()))
    pictures.append({"model": "sdxl" if kind is xl else "sd", "loras": [{"file": f, "weight": w} for f, w in loras], **request, "offset": len(blob)})
    blob += rgb.tobytes()
(GOLDEN / "lora.rgb").write_bytes(bytes(blob))
write_json("lora.json", {"versions": versions("diffusers", "peft", "transformers", "torch"), "pictures": pictures})
