"""Networks of diffusers and transformers as ONNX, with the names that optimum gives to inputs and outputs."""

import torch

from golden import GOLDEN

PIXELS = {0: "batch", 2: "height", 3: "width"}
TOKENS = {0: "batch", 1: "length"}


class Call(torch.nn.Module):
    """A module whose forward is the function given."""

    def __init__(self, inner, call):
        super().__init__()
        self.inner = inner
        self.call = call

    def forward(self, *args):
        return self.call(self.inner, *args)


def export(folder, module, call, inputs, outputs, axes):
    """`inputs` by name, in the order of `call`'s arguments."""
    path = folder / "model.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(Call(module, call), tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
                          dynamic_axes=axes, opset_version=17, dynamo=False)
    print(path.relative_to(GOLDEN), path.stat().st_size)


def export_text_encoder(folder, encoder, outputs):
    """`outputs` are names of the encoder's own; `hidden_states` stands for one output a layer."""

    def call(inner, ids):
        out = inner(input_ids=ids, return_dict=True, output_hidden_states="hidden_states" in outputs)
        return tuple(t for name in outputs for t in (out[name] if name == "hidden_states" else [out[name]]))

    layers = encoder.config.num_hidden_layers + 1
    names = [n for name in outputs for n in ([f"hidden_states.{i}" for i in range(layers)] if name == "hidden_states" else [name])]
    export(folder, encoder, call, {"input_ids": torch.zeros(1, 77, dtype=torch.int64)}, names, {"input_ids": TOKENS})


def export_unet(folder, unet):
    """With `timestep_cond`, `text_embeds` and `time_ids` where its config has them."""
    config = unet.config
    inputs = {
        "sample": torch.randn(2, config.in_channels, 8, 8), "timestep": torch.tensor(1.0),
        "encoder_hidden_states": torch.randn(2, 77, config.cross_attention_dim),
    }
    axes = {"sample": PIXELS, "encoder_hidden_states": TOKENS, "out_sample": PIXELS}
    if config.time_cond_proj_dim is not None:
        inputs["timestep_cond"] = torch.randn(2, config.time_cond_proj_dim)
        axes["timestep_cond"] = {0: "batch"}
    if config.addition_embed_type == "text_time":
        inputs["text_embeds"] = torch.randn(2, config.projection_class_embeddings_input_dim - 6 * config.addition_time_embed_dim)
        inputs["time_ids"] = torch.randn(2, 6)
        axes |= {"text_embeds": {0: "batch"}, "time_ids": {0: "batch"}}
    names = list(inputs)[3:]

    def call(inner, sample, timestep, context, *more):
        given = dict(zip(names, more))
        cond = given.pop("timestep_cond", None)
        return inner(sample, timestep, context, timestep_cond=cond, added_cond_kwargs=given or None, return_dict=False)[0]

    export(folder, unet, call, inputs, ["out_sample"], axes)


def export_decoder(folder, vae):
    call = lambda inner, latents: inner.decode(latents, return_dict=False)[0]
    latents = torch.randn(1, vae.config.latent_channels, 8, 8)
    export(folder, vae, call, {"latent_sample": latents}, ["sample"], {"latent_sample": PIXELS, "sample": PIXELS})
