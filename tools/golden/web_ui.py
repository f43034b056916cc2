"""AUTOMATIC1111's rule for prompts (modules/sd_hijack_clip.py, sd_emphasis.py), written anew, around transformers' models."""

import torch
from diffusion_prompt_embedder import parse_prompt_attention

ROOM = 75
BACKTRACK = 20


def cut(text, tokenizer, room=ROOM, backtrack=BACKTRACK):
    """[(ids, multipliers)] of the chunks, without BOS, EOS and padding."""
    comma = tokenizer.convert_tokens_to_ids(",</w>")
    done, ids, weights, last_comma = [], [], [], None
    for part, weight in parse_prompt_attention(text):
        if part == "BREAK" and weight == -1:
            done.append((ids, weights))
            ids, weights, last_comma = [], [], None
            continue
        for token in tokenizer(part, truncation=False, add_special_tokens=False)["input_ids"]:
            if token == comma:
                last_comma = len(ids)
            elif backtrack and len(ids) == room and last_comma is not None and room - last_comma <= backtrack:
                keep = last_comma + 1
                done.append((ids[:keep], weights[:keep]))
                ids, weights, last_comma = ids[keep:], weights[keep:], None
            if len(ids) == room:
                done.append((ids, weights))
                ids, weights, last_comma = [], [], None
            ids.append(token)
            weights.append(weight)
    if ids or not done:
        done.append((ids, weights))
    return done


def wrap(ids, weights, tokenizer, room=ROOM):
    """With BOS, EOS and padding; where the padding is another token than EOS, it is all that follows the first EOS."""
    fill = room - len(ids)
    ids = [tokenizer.bos_token_id, *ids, *[tokenizer.eos_token_id] * (fill + 1)]
    weights = [1.0, *weights, *[1.0] * (fill + 1)]
    end = ids.index(tokenizer.eos_token_id)
    return ids[: end + 1] + [tokenizer.pad_token_id] * (len(ids) - end - 1), weights


def chunks(text, tokenizer, **options):
    return [wrap(ids, weights, tokenizer) for ids, weights in cut(text, tokenizer, **options)]


def embed(text, tokenizer, encode, count=0, weigh=True, **options):
    """1 × 77·chunks × width; at least `count` chunks. `encode` is the text encoder: ids → hidden states."""
    parts = chunks(text, tokenizer, **options)
    parts += [wrap([], [], tokenizer)] * (count - len(parts))
    hidden = []
    for ids, weights in parts:
        z = encode(torch.tensor([ids]))
        if weigh:
            before = z.mean()
            z = z * torch.tensor(weights)[None, :, None]
            z = z * (before / z.mean())
        hidden.append(z)
    return torch.cat(hidden, dim=1)


def embed_all(texts, tokenizer, encode, **options):
    """All of them with as many chunks as the longest."""
    cutting = {name: value for name, value in options.items() if name != "weigh"}
    count = max(len(chunks(text, tokenizer, **cutting)) for text in texts)
    return [embed(text, tokenizer, encode, count, **options) for text in texts]
