"""Weighted and long prompts as AUTOMATIC1111's web UI reads them: syntax, chunks, embeddings, pictures of the tiny model.

Where the compel package is there, prompts without weights and commas are compared with what it makes of them.
"""

import importlib.util
import random

import numpy as np
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline
from diffusion_prompt_embedder import parse_prompt_attention
from transformers import CLIPTokenizer

import tiny_xl_model
import web_ui
from export import export_text_encoder
from golden import GOLDEN, ROOT, versions, write_json
from tiny_sd_model import WIDTH, text_encoder, tokenizer, unet, vae

SYNTAX = [
    "", " ", "normal text", "an (important) word", "(unbalanced", "\\(literal\\]", "(unnecessary)(parens)",
    "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).", "(red hair:1.3)", "(red hair: 1.3 )", "( red hair :1.3)", "(x:+1.2)", "(x:-1.2)", "(x:0)",
    "(x:.5)", "(x:5.)", "(x:1,3)", "(x:1e3)", "(x:)", "(x::1.2)", "x:1.2)", "x:1.2", "(x:1.2", "(x:1.2]", "[x:1.2]", "[x]", "[[x]]", "[[x]", "[x]]", "x]", "x)",
    "(x))", "((x)", "([x)]", "[(x])", "([x])", "(a [b (c:2) d] e)", "(a:1.1)(b)", "a\\b", "\\", "\\\\", "\\\\(x)", "\\(x\\)", "(\\))", "(x\\:1.2)", "\\[x\\]",
    "a BREAK b", "a  BREAK\n b", "aBREAK b", "a BREAKb", "a BREAK", "BREAK", "BREAK BREAK", "(a BREAK b:1.2)", "[a BREAK b]", "a_BREAK_b", "\u00e9BREAK", "-BREAK-",
    "a break b", "(BREAK)", "BREAK:BREAK", "\u00a0BREAK\u3000x", "\ufeffBREAK\ufeff", "a\x1fBREAK\x85b", "(x:\u00a01.2\u2003)", "(a:1.2:1.3)", "((a:1.2) b:1.3)", "(a)(b)c(d)", "()", "[]", "(:1.2)",
    "(((((((((x)))))))))", "\U0001f600 (\U0001f600:1.4)", "a, (b, c:1.2), [d, e]", "{x}", "<lora:x:0.5>", "[a|b]", "[a:b:0.5]", "a AND b", "(a:2)(b:2)", "(a:1)b", "a:b:c",
]


def odd_texts(count):
    rng = random.Random(5)
    alphabet = ["(", ")", "[", "]", ":", "\\", "1.2", "0.5", "-1", ".", " ", "a", "fox", "BREAK", "\n", ",", "(", ")", ":1.3)", "_", "\u96ea"]
    return ["".join(rng.choices(alphabet, k=rng.randint(1, 24))) for _ in range(count)]


def parsed(text):
    """Null where the web UI fails, over a number that is none."""
    try:
        return [[part, weight] for part, weight in parse_prompt_attention(text)]
    except ValueError:
        return None


syntax = [[text, parsed(text)] for text in [*SYNTAX, *odd_texts(400)]]
write_json("prompts/syntax.json", {"versions": versions("diffusion-prompt-embedder"), "cases": syntax})

WORDS = ["a", "lighthouse", "keeper's", "daughter", "at", "dawn", "old", "boat", "rain", "fox", "blue", "coat", "village", "watercolour", "caf\u00e9", "42"]


def words(count, seed, comma_every=0):
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + ("," if comma_every and i % comma_every == comma_every - 1 else "") for i in range(count))


def singles(count):
    """One token a word in both vocabularies."""
    return " ".join("a" for _ in range(count))


CHUNKED = [
    "", "a fox", "a (fox:1.3), [rain]", "a BREAK b", "BREAK", "BREAK a", "a BREAK", "a BREAK BREAK b", "(a BREAK b:1.2)", words(40, 1), words(120, 2), words(200, 3, 7), words(200, 4, 30),
    *[f"{singles(n)} a" for n in (73, 74, 75)], *[f"{singles(n)}, {singles(90 - n)}" for n in (50, 53, 54, 55, 56, 60, 73, 74, 75, 76)],
    *[f"{singles(n)}, {singles(10)}, {singles(90)}" for n in (50, 60, 70)], f"{singles(149)}, {singles(5)}", f"{singles(60)}, ({singles(30)}:1.4)", f"({singles(60)}, {singles(30)}:0.8) a",
    f"{singles(70)} (fox BREAK a:0.7) {singles(80)}, boat", "a <|endoftext|> b (c:1.2)", f"{singles(70)} <|endoftext|> {singles(20)}", ",,,,", ", " * 100, f"{singles(75)},", f"{singles(75)}, a", f"({singles(74)},:1.2) a a a",
]


def chunked(folder):
    """Padding is kept once; multipliers end with the last that is not 1, and are left out where there is none."""
    own = CLIPTokenizer.from_pretrained(str(folder))
    cases = []
    for text in CHUNKED:
        found = []
        for ids, weights in web_ui.chunks(text, own):
            end = len(ids)
            while end > 1 and ids[end - 1] == ids[end - 2] == own.pad_token_id:
                end -= 1
            last = max((i for i, weight in enumerate(weights) if weight != 1), default=None)
            found.append([ids[:end], None if last is None else weights[: last + 1]])
        cases.append([text, found])
    return cases


write_json("prompts/chunks.json", {
    "versions": versions("transformers", "tokenizers", "diffusion-prompt-embedder"),
    "small": chunked(GOLDEN / "tokenizer"), "storybook": chunked(ROOT / "models" / "storybook" / "tokenizer"),
})

# The web UI's rule scales by a mean, which a trained encoder's last norm keeps away from 0; a fresh one doesn't.
norm = next(module for name, module in text_encoder.named_modules() if name.endswith("final_layer_norm"))
with torch.no_grad():
    spread = torch.Generator().manual_seed(3)
    norm.weight.copy_(1 + 0.3 * torch.randn(WIDTH, generator=spread))
    norm.bias.copy_(0.4 + 0.3 * torch.randn(WIDTH, generator=spread))


export_text_encoder(GOLDEN / "prompts" / "text_encoder", text_encoder, ["last_hidden_state", "pooler_output"])

LONG = words(150, 11, 9)
REQUESTS = [
    {"prompt": [["a (lighthouse keeper's daughter:1.4) at [dawn]", 1]], "negative": "", "guidance": 1.0, "size": (16, 16)},
    {"prompt": [["a (lighthouse keeper's daughter:1.4) at [dawn]", 1]], "negative": "(rain:1.5), a boat", "guidance": 4.5, "size": (24, 24)},
    {"prompt": [[LONG, 1]], "negative": "", "guidance": 1.0, "size": (32, 24)},
    {"prompt": [[LONG, 1]], "negative": "rain", "guidance": 4.5, "size": (16, 16)},
    {"prompt": [["a fox", 1]], "negative": f"({LONG}:0.7), [boat]", "guidance": 7.5, "size": (24, 24)},
    {"prompt": [["a fox (in the (rain:1.2) BREAK) BREAK \\(an old boat\\), ((blue:0.5)", 1]], "negative": "", "guidance": 4.5, "size": (32, 24)},
    {"prompt": [["a (fox:1.3) at dawn", 0.3], [LONG, 0.7]], "negative": "a (boat)", "guidance": 4.5, "size": (16, 16)},
]


def encode(ids):
    with torch.no_grad():
        return text_encoder(ids).last_hidden_state


def sides(request, tokenizer=tokenizer, encode=encode, **options):
    """The blended prompt's embedding and the negative's, of equal length."""
    texts = [text for text, _ in request["prompt"]] + ([request["negative"]] if request["guidance"] > 1 else [])
    found = web_ui.embed_all(texts, tokenizer, encode, **options)
    positive = sum(weight * z for (_, weight), z in zip(request["prompt"], found))
    return positive, found[-1] if request["guidance"] > 1 else None


def run(pipe, request, **embeddings):
    width, height = request["size"]
    pipe.set_progress_bar_config(disable=True)
    out = pipe(num_inference_steps=5, guidance_scale=request["guidance"], width=width, height=height, generator=torch.Generator().manual_seed(7),
               output_type="np", **embeddings)
    return (out.images[0] * 255).round().astype(np.uint8)


def picture(request, positive, negative):
    pipe = StableDiffusionPipeline(vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, safety_checker=None, feature_extractor=None,
                                   scheduler=DDIMScheduler.from_pretrained(str(GOLDEN / "tiny-sd" / "scheduler")), requires_safety_checker=False)
    return run(pipe, request, prompt_embeds=positive, negative_prompt_embeds=negative)


XL_REQUESTS = [
    {"prompt": [[f"(a fox:1.3), {LONG}", 1]], "negative": "[rain], a (boat:1.2)", "guidance": 4.5, "size": (16, 16)},
    {"prompt": [["a (fox:0.6) BREAK at dawn", 1]], "negative": "", "guidance": 4.5, "size": (32, 24)},
    {"prompt": [["a ((fox)) at dawn", 1]], "negative": LONG, "guidance": 7.5, "size": (24, 24)},
]
XL_ENCODERS = ((tiny_xl_model.tokenizer, tiny_xl_model.text_encoder), (tiny_xl_model.tokenizer_2, tiny_xl_model.text_encoder_2))
XL_SCHEDULE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "timestep_spacing": "leading", "steps_offset": 1}


def xl_picture(request, **options):
    def encoding(encoder):
        def encode(ids):
            with torch.no_grad():
                return encoder(ids, output_hidden_states=True).hidden_states[-2]
        return encode

    found = [sides(request, own, encoding(encoder), **options) for own, encoder in XL_ENCODERS]
    positive, negative = (torch.cat(side, dim=-1) for side in zip(*found))

    def pooled(text):
        own, encoder = XL_ENCODERS[-1]
        with torch.no_grad():
            return encoder(torch.tensor([web_ui.chunks(text, own)[0][0]])).text_embeds

    positive_pooled, negative_pooled = pooled(request["prompt"][0][0]), pooled(request["negative"])
    if request["negative"] == "":
        negative, negative_pooled = torch.zeros_like(positive), torch.zeros_like(positive_pooled)
    pipe = StableDiffusionXLPipeline(vae=vae, text_encoder=XL_ENCODERS[0][1], tokenizer=XL_ENCODERS[0][0], text_encoder_2=XL_ENCODERS[1][1],
                                     tokenizer_2=XL_ENCODERS[1][0], unet=tiny_xl_model.unet, scheduler=EulerDiscreteScheduler(**XL_SCHEDULE), add_watermarker=False)
    return run(pipe, request, prompt_embeds=positive, pooled_prompt_embeds=positive_pooled, negative_prompt_embeds=negative,
               negative_pooled_prompt_embeds=negative_pooled)


if importlib.util.find_spec("compel"):
    from compel import Compel, SplitLongTextMode

    # Its own way is to split between words; where it splits anywhere, the two are the same.
    compel = Compel(tokenizer=tokenizer, text_encoder=text_encoder, truncate_long_prompts=False, split_long_text_mode=SplitLongTextMode.BRUTAL)
    for text in ("", "a fox", words(60, 5), words(150, 6), words(300, 8)):
        difference = (web_ui.embed(text, tokenizer, encode) - compel(text)).abs().max().item()
        print("compel", versions("compel"), len(web_ui.chunks(text, tokenizer)), "chunks, difference", difference)
        assert difference == 0

CHANGES = {"no weights": {"weigh": False}, "no backtrack": {"backtrack": 0}}
pixels, embeddings = bytearray(), bytearray()


def told(request, rgb, others):
    """What the test asks for, and where the answer lies."""
    for change, other in zip(CHANGES, others):
        print(request["size"], change, "mean difference", np.abs(rgb.astype(int) - other).mean())
    width, height = request["size"]
    offset = len(pixels)
    pixels.extend(rgb.tobytes())
    return {
        "prompt": [{"prompt": text, "weight": weight} for text, weight in request["prompt"]], "negative": request["negative"], "seed": 7, "steps": 5,
        "guidance": request["guidance"], "width": width, "height": height, "offset": offset,
    }


pictures = []
for request in REQUESTS:
    positive, negative = sides(request)
    rgb = picture(request, positive, negative)
    others = [picture(request, *sides(request, **options)) for options in CHANGES.values()]
    pictures.append({**told(request, rgb, others), "tokens": positive.shape[1], "embedding": len(embeddings)})
    embeddings += positive.numpy().astype("<f4").tobytes()
xl = [told(request, xl_picture(request), [xl_picture(request, **options) for options in CHANGES.values()]) for request in XL_REQUESTS]
(GOLDEN / "prompts" / "pictures.rgb").write_bytes(bytes(pixels))
(GOLDEN / "prompts" / "embeddings.f32").write_bytes(bytes(embeddings))
write_json("prompts/pictures.json", {"versions": versions("diffusers", "transformers", "torch"), "width": WIDTH, "pictures": pictures, "xl": xl})
