"""Token ids by transformers' CLIPTokenizer (the one made of the tokenizers library; no ftfy): the embedded model's tokenizer and a
small general one, for a few hundred strings to look at and for ten thousand by digests."""

import collections
import hashlib
import json
import random

from transformers import CLIPTokenizer

from golden import GOLDEN, ROOT, versions, write_json
from strings import strings

SPECIAL = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}

CORPUS = """
a photo of an astronaut riding a horse on mars, the lighthouse keeper's daughter stands on the pier at dawn
they're walking through the dark forest, it's raining and he'll never know that we've been there before
caf\u00e9 na\u00efve fa\u00e7ade \u00fcber stra\u00dfe \u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 \u4f60\u597d\u4e16\u754c \u3053\u3093\u306b\u3061\u306f 1234567890 highly detailed, trending, 8k
an old man with a white beard in a blue coat, storybook illustration, soft light, watercolour painting of a village
"""


def byte_alphabet():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {}, 256
    for byte in range(256):
        table[byte] = chr(byte) if byte in printable else chr(extra)
        extra += byte not in printable
    return table


def train_small(folder, merges_wanted=300):
    """A byte-pair vocabulary in CLIP's form, learned from CORPUS; its padding is `!`, as in SD 2's tokenizer."""
    table = byte_alphabet()
    words = collections.Counter(CORPUS.split())
    split = {w: [table[b] for b in w.encode()] for w in words}
    for symbols in split.values():
        symbols[-1] += "</w>"
    merges = []
    for _ in range(merges_wanted):
        pairs = collections.Counter()
        for word, symbols in split.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        (left, right), _count = min(pairs.items(), key=lambda item: (-item[1], item[0]))
        merges.append(f"{left} {right}")
        for word, symbols in split.items():
            joined = []
            for symbol in symbols:
                if joined and joined[-1] == left and symbol == right:
                    joined[-1] = left + right
                else:
                    joined.append(symbol)
            split[word] = joined
    # In the order of CLIP's vocabulary, where `!` is 0.
    letters = sorted(table.values(), key=lambda c: (ord(c) >= 256, c))
    tokens = [*letters, *(c + "</w>" for c in letters), *(m.replace(" ", "") for m in merges)]
    tokens = list(dict.fromkeys([*tokens, SPECIAL["bos_token"], SPECIAL["eos_token"]]))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, separators=(",", ":")))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    (folder / "special_tokens_map.json").write_text(json.dumps({**SPECIAL, "pad_token": "!"}))
    (folder / "tokenizer_config.json").write_text(json.dumps({**SPECIAL, "pad_token": "<|endoftext|>", "model_max_length": 77}))


def fixed_strings():
    rng = random.Random(7)
    fixed = [
        "", " ", "\t\n", "a", "A", "!", "!!!", "a!", "!a", "a b", "a  b", " a ", "the cat's hat", "they'll've been", "don't",
        "DON'T SHOUT", "I'm you're we've he'd it's", "''s", "'sun", "rock'n'roll", "x'y'z", "semi-detached", "a,b;c:d",
        "1234", "v1.5", "3x4=12", "\u00bd cup", "x\u00b2", "\u2167", "\u0661\u0662\u0663", "caf\u00e9", "cafe\u0301", "\u212b", "\ufb01ne",
        "stra\u00dfe STRASSE \u1e9e", "\u0130stanbul", "\u039f\u0394\u039f\u03a3", "\u03a3", "\u01c5", "\ufeffbom", "zero\u200bwidth", "zwj\u200dhere",
        "nbsp\u00a0here", "nel\u0085here", "ls\u2028ps\u2029", "\u3000wide\u3000space", "\u180emvs", "soft\u00adhyphen", "\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645",
        "\u0928\u092e\u0938\u094d\u0924\u0947", "\ud55c\uad6d\uc5b4", "\u65e5\u672c\u8a9e\u306e\u6587", "\u4f60\u597d\uff0c\u4e16\u754c\uff01", "\u05e9\u05dc\u05d5\u05dd", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
        "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467 family", "\U0001f1e9\U0001f1ea flag", "\u2764\ufe0f", "\U0001d54f math", "\U00010400 deseret",
        "<|endoftext|>", "a <|endoftext|> b", "<|startoftext|>a<|endoftext|>", "<|ENDOFTEXT|>", "<|EndOfText|>!!", "!!<|ENDOFTEXT|>!!",
        "<|endoftext", "endoftext|>", "a<|endoftext|>b", " <|endoftext|> ", "(red hair:1.3)", "[a|b] {c} \\(d\\)", "\"quoted\" 'single'",
        "\u201ccurly\u201d \u2018quotes\u2019 \u2014 dash\u2026", "#hashtag @name $5 100% a&b", "http://example.org/x?y=z", "tab\there", "line\nbreak\r\nhere",
        "a" * 200, "word " * 100, "ab" * 2000, "\u4f60" * 60, "\U0001f600" * 40, "1" * 100, "!" * 300, "a\u0301" * 50, "\x00null", "\x7f",
        "a photo of an astronaut riding a horse on mars", "A boy with red hair in a yellow shirt stands on the left, a boat on the right",
        "storybook illustration, a lighthouse at night in the rain", "TOM@30 walks",
    ]
    vocabulary = CORPUS.split() + ["lighthouse", "campfire", "Wizard's", "robot", "\u00c9cole", "42", "\U0001f98a", "\u96ea", "...", "--", "o'clock", "\u00e6on"]
    mixed = [rng.choice([" ", "  ", ", "]).join(rng.choices(vocabulary, k=rng.randint(1, 30))) for _ in range(130)]
    ranges = [(0x20, 0x7F), (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x600, 0x6FF), (0x2000, 0x206F), (0x3040, 0x30FF), (0x4E00, 0x4EFF), (0x1F300, 0x1F5FF)]
    noise = ["".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.randint(1, 24))) for _ in range(90)]
    return fixed + mixed + noise


MANY = 10_000
BLOCK = 100


def digest(lists):
    """SHA-256 of the ids, a line for each string."""
    return hashlib.sha256("\n".join(",".join(map(str, ids)) for ids in lists).encode()).hexdigest()


def encode_all(folder):
    tokenizer = CLIPTokenizer.from_pretrained(str(folder))
    ids = lambda texts: tokenizer(texts, truncation=False, add_special_tokens=False)["input_ids"]
    special = {k: getattr(tokenizer, f"{k}_token") for k in ("bos", "eos", "pad", "unk")}
    for text in ("", "a fox", "word " * 100):
        whole = tokenizer(text, truncation=True, padding="max_length")["input_ids"]
        assert whole == ([tokenizer.bos_token_id, *ids(text)[:75], tokenizer.eos_token_id] + [tokenizer.pad_token_id] * 77)[:77]
    many = ids(strings(MANY))
    print(folder.parent.name, "tokens of the many:", sum(map(len, many)), "longest:", max(map(len, many)))
    return {
        "maxLength": tokenizer.model_max_length, "special": special, "cases": list(map(list, zip(fixed_strings(), ids(fixed_strings())))),
        "many": [digest(many[i : i + BLOCK]) for i in range(0, MANY, BLOCK)],
    }


small = GOLDEN / "tokenizer"
train_small(small)
about = versions("transformers", "tokenizers")
write_json("tokenizer-strings.json", {"count": MANY, "block": BLOCK, "sha256": hashlib.sha256("\0".join(strings(MANY)).encode()).hexdigest()})
write_json("tokenizer-small.json", {"versions": about, **encode_all(small)})
write_json("tokenizer-storybook.json", {"versions": about, **encode_all(ROOT / "models" / "storybook" / "tokenizer")})
