"""Tokenizer, text encoder, and the concept bottleneck that reads a scene out of the encoder's hidden states."""
import json
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from captions import AGE_STEPS, FIGURE, FIGURES, GROUPS, SCENE

LENGTH, WIDTH = 77, 192
EOS_NAME, BOS_NAME = '<|endoftext|>', '<|startoftext|>'


def train_tokenizer(folder, texts, size=1500):
    """A byte-level BPE in CLIP's files (vocab.json, merges.txt), trained on captions."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
    t = Tokenizer(models.BPE(continuing_subword_prefix='', end_of_word_suffix='</w>'))
    t.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r'\s+'), ' '), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), 'removed', invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                                     end_of_word_suffix='</w>', special_tokens=[], show_progress=False))
    model = json.loads(t.to_str())['model']
    merges = [' '.join(m) if isinstance(m, list) else m for m in model['merges']]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = list(dict.fromkeys(alphabet + [c + '</w>' for c in alphabet] + [m.replace(' ', '') for m in merges])) + [BOS_NAME, EOS_NAME]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'vocab.json').write_text(json.dumps({w: i for i, w in enumerate(vocab)}))
    (folder / 'merges.txt').write_text('#version: 0.2\n' + '\n'.join(merges) + '\n')


class Tokenizer:
    def __init__(self, folder):
        from transformers import CLIPTokenizerFast
        self.tok = CLIPTokenizerFast(str(Path(folder) / 'vocab.json'), str(Path(folder) / 'merges.txt'), model_max_length=LENGTH)
        self.eos = len(self.tok) - 1

    def __len__(self): return len(self.tok)

    def __call__(self, texts, length=LENGTH):
        pad = 'max_length' if length else 'longest'
        return self.tok(texts, padding=pad, truncation=True, max_length=length or LENGTH, return_tensors='pt').input_ids


class Layer(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x, mask):
        b, s, d = x.shape
        q, k, v = self.qkv(self.n1(x)).view(b, s, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        w = (q @ k.transpose(-1, -2)) * (d // self.heads) ** -.5 + mask
        x = x + self.proj((w.softmax(-1) @ v).transpose(1, 2).reshape(b, s, d))
        return x + self.down(F.gelu(self.up(self.n2(x))))


class TextEncoder(nn.Module):
    """Bidirectional; what follows the end-of-text token is masked and returned as zeros, so padding never matters."""

    def __init__(self, vocab, d=WIDTH, layers=3, heads=6):
        super().__init__()
        self.eos = vocab - 1
        self.token, self.position = nn.Embedding(vocab, d), nn.Embedding(LENGTH, d)
        nn.init.normal_(self.token.weight, std=.02)
        nn.init.normal_(self.position.weight, std=.01)
        self.layers = nn.ModuleList(Layer(d, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(d)

    def forward(self, ids):
        end = (ids == self.eos).long()
        keep = ((end.cumsum(1) - end) == 0).float()           # up to and with the first end-of-text
        mask = (keep - 1)[:, None, None, :] * 1e4
        x = self.token(ids) + self.position(torch.arange(ids.shape[1], device=ids.device))[None]
        for layer in self.layers:
            x = layer(x, mask)
        x = self.norm(x) * keep[..., None]
        return x, x.sum(1) / keep.sum(1, keepdim=True)


class Concepts(nn.Module):
    """Reads every attribute group off the hidden states with a learned query of its own."""

    def __init__(self, d=WIDTH, heads=4):
        super().__init__()
        n = len(GROUPS)
        self.heads, self.sizes = heads, list(GROUPS.values())
        self.query = nn.Parameter(torch.randn(n, d) * .3)
        self.kv, self.proj = nn.Linear(d, 2 * d), nn.Linear(d, d)
        self.norm = nn.LayerNorm(d)
        self.up, self.down = nn.Linear(d, 2 * d), nn.Linear(2 * d, d)
        self.out = nn.ModuleList(nn.Linear(d, s) for s in self.sizes)

    def logits(self, h):
        b, s, d = h.shape
        mask = (h.abs().sum(-1) == 0).float()[:, None, None, :] * -1e4
        k, v = self.kv(h).view(b, s, 2, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        q = self.query.view(1, -1, self.heads, d // self.heads).transpose(1, 2)
        w = (q @ k.transpose(-1, -2)) * (d // self.heads) ** -.5 + mask
        x = self.query[None] + self.proj((w.softmax(-1) @ v).transpose(1, 2).reshape(b, -1, d))
        x = x + self.down(F.gelu(self.up(self.norm(x))))
        return [o(x[:, i]) for i, o in enumerate(self.out)]

    def forward(self, h):
        """Probabilities of all groups, concatenated: the model's concept vector."""
        return torch.cat([x.softmax(-1) for x in self.logits(h)], 1)


N_SCENE = sum(len(v) for v in SCENE.values())
N_FIGURE = sum(len(v) for v in FIGURE.values())
PARTS = [N_SCENE + FIGURES + 1] + [N_FIGURE] * FIGURES       # of the concept vector: the scene with the number of figures, then each figure


class TextModel(nn.Module):
    """What is exported as the text encoder: the parts of the concept vector take the place of the first tokens' hidden states, so
    that everything that is done to embeddings is done to concepts; between two prompts' embeddings lie their mixtures."""

    def __init__(self, encoder, concepts):
        super().__init__()
        self.encoder, self.concepts = encoder, concepts

    def forward(self, ids):
        h, pooled = self.encoder(ids)
        parts = self.concepts(h).split(PARTS, 1)
        return torch.cat([F.pad(p, (0, h.shape[2] - p.shape[1])).unsqueeze(1) for p in parts] + [h[:, len(PARTS):]], 1), pooled


def concepts_of(hidden):
    """The concept vector of embeddings; a group's probabilities sum to one however the embeddings were weighted."""
    parts = []
    for i, (n, first) in enumerate(zip(PARTS, [len(SCENE['setting'])] + [len(FIGURE['kind'])] * FIGURES)):
        c = hidden[:, i, :n]
        parts.append(c / c[:, :first].sum(1, keepdim=True).clamp(min=1e-4))
    return torch.cat(parts, 1)


def soft(group, values):
    """Labels of one group as probabilities; an age between two is some of either."""
    if not group.startswith('age'):
        return F.one_hot(values.long(), GROUPS[group]).float()
    a = values.float() / AGE_STEPS
    return (1 - (a[:, None] - torch.arange(GROUPS[group], device=a.device)).abs()).clamp(min=0)


def one_hot(rows):
    """Concept vectors of known scenes, from `captions.labels` rows (N x groups)."""
    return torch.cat([soft(k, rows[:, i]) for i, k in enumerate(GROUPS)], 1)
