"""Modules of a UNet as the original code of Stable Diffusion names them, with `_` for dots as kohya has it."""


def original(unet, path):
    """The module's name in the original code of Stable Diffusion, which counts blocks in one row."""
    layers = unet.config.layers_per_block
    inner = {"conv1": "in_layers_2", "time_emb_proj": "emb_layers_1", "conv2": "out_layers_3", "conv_shortcut": "skip_connection"}
    parts = path.split(".")
    if parts[0] == "time_embedding":
        return {"linear_1": "time_embed_0", "linear_2": "time_embed_2"}[parts[1]]
    if parts[0] == "add_embedding":
        return {"linear_1": "label_emb_0_0", "linear_2": "label_emb_0_2"}[parts[1]]
    if parts[0] in ("conv_in", "conv_out"):
        return {"conv_in": "input_blocks_0_0", "conv_out": "out_2"}[parts[0]]
    if parts[0] == "mid_block":
        place = "middle_block_1" if parts[1] == "attentions" else f"middle_block_{2 * int(parts[2])}"
        return "_".join([place, *[inner.get(p, p) for p in parts[3:]]])
    block, kind, index = int(parts[1]), parts[2], int(parts[3])
    rest = [inner.get(p, p) for p in parts[4:]]
    if kind == "downsamplers":
        return f"input_blocks_{(block + 1) * (layers + 1)}_0_op"
    if kind == "upsamplers":
        has_attention = hasattr(unet.up_blocks[block], "attentions")
        return f"output_blocks_{block * (layers + 1) + layers}_{2 if has_attention else 1}_conv"
    inside = {"resnets": "0", "attentions": "1"}[kind]
    row = f"input_blocks_{1 + block * (layers + 1) + index}" if parts[0] == "down_blocks" else f"output_blocks_{block * (layers + 1) + index}"
    return "_".join([row, inside, *rest])
