"""Trains the text encoder to say which scene a caption calls for. Resumable, minutes.

Judged on reserved captions and on `wordings.py`, which no training caption resembles."""
import copy
import random

import torch
import torch.nn.functional as F

from captions import AGE_STEPS, FIGURES, GROUPS, labels
from common import DEVICE, Clock, arguments, load, mixed, save, schedule
from optim import Muon
from prose import write
from text import LENGTH, Concepts, TextEncoder, Tokenizer, soft, train_tokenizer
from wordings import wordings

NAMES = list(GROUPS)


class Captions(torch.utils.data.IterableDataset):
    """Batches of captions of about the same length, so that little is padding: token ids, labels"""

    def __init__(self, seed, tok, n): self.seed, self.tok, self.n = seed, tok, n

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        yield from stream(random.Random(self.seed + 1000003 * (worker.id if worker else 0)), self.tok, self.n)


def stream(rng, tok, n):
    while True:
        items = sorted((write(rng) for _ in range(6 * n)), key=lambda item: len(item[0]))
        parts = [items[i:i + n] for i in range(0, len(items), n)]
        rng.shuffle(parts)
        for part in parts:
            texts, rows = labelled(part)
            ids = tok(texts, None)
            # to a multiple of 16: the processor's kernels are made anew for every new length
            yield F.pad(ids, (0, min(-ids.shape[1] % 16, LENGTH - ids.shape[1])), value=tok.eos), rows


def labelled(items):
    texts, scenes = zip(*items)
    return list(texts), torch.tensor([labels(s) for s in scenes])


def weights(rows):
    """Attributes of figures that are not there don't count."""
    n = rows[:, NAMES.index('figures')]
    w = torch.ones(rows.shape, device=rows.device)
    for i, k in enumerate(NAMES):
        if k[-1] in '123'[:FIGURES]:
            w[:, i] = (n >= int(k[-1])).float()
    return w


def right(logits, rows):
    """Which answers are right, N x groups; of an age between two, the nearer one."""
    return torch.stack([l.argmax(1) == (torch.round(rows[:, i] / AGE_STEPS) if NAMES[i].startswith('age') else rows[:, i]) for i, l in enumerate(logits)], 1)


def loss_of(logits, rows):
    w = weights(rows)
    return sum((F.cross_entropy(l.float(), soft(NAMES[i], rows[:, i]) if NAMES[i].startswith('age') else rows[:, i], reduction='none') * w[:, i]).mean()
               for i, l in enumerate(logits))


def main():
    args = arguments(__doc__, minutes=8., batch=48, lr=2e-3, muon=.01, writers=0)
    torch.manual_seed(0)
    folder = args.cache / 'tokenizer'
    if not (folder / 'vocab.json').exists():
        rng = random.Random(7)
        train_tokenizer(folder, [write(rng)[0] for _ in range(15000)], 1800)
    tok = Tokenizer(folder)
    enc, con = TextEncoder(len(tok)), Concepts()
    both = torch.nn.ModuleDict(dict(encoder=enc, concepts=con)).to(DEVICE)
    params = list(both.parameters())
    matrix = [p for k, p in [*enc.named_parameters(), *con.named_parameters()] if p.ndim == 2 and not any(q in k for q in ('token', 'position', 'query', 'out'))]
    rest = [p for p in params if not any(p is q for q in matrix)]
    opts = [Muon(matrix, args.muon, decay=.01), torch.optim.AdamW(rest, args.lr, betas=(.9, .98), weight_decay=0.)]
    path, clock, n = args.cache / 'text.pt', Clock(args.minutes), 0
    if state := load(path):
        enc.load_state_dict(state.get('raw', state)['encoder'])
        con.load_state_dict(state.get('raw', state)['concepts'])
        for o, q in zip(opts, state['optimizers'] or ()):
            o.load_state_dict(q)
        n = state['n']
    print(f'{sum(p.numel() for p in params) / 1e6:.2f} M parameters, {len(tok)} tokens', flush=True)
    data = iter(torch.utils.data.DataLoader(Captions(11 + n, tok, args.batch), batch_size=None, num_workers=args.writers))
    mean = copy.deepcopy(both)       # the average of the last few hundred steps reads better than the last step
    if state:
        mean['encoder'].load_state_dict(state['encoder'])
        mean['concepts'].load_state_dict(state['concepts'])
    reserve = random.Random(777)
    held = {'reserved': labelled([write(reserve, held_out=True) for _ in range(400)]), 'new wordings': labelled(wordings())}
    last = 0.

    @torch.no_grad()
    def report():
        """-> captions that were not read right, with the groups that are wrong"""
        figures, wrong = {}, []
        for name, (texts, rows) in held.items():
            rows = rows.to(DEVICE)
            w = weights(rows)
            ok = right(mean['concepts'].logits(mean['encoder'](tok(texts, None).to(DEVICE))[0]), rows)
            acc = {k: round(((ok[:, i] * w[:, i]).sum() / w[:, i].sum()).item(), 3) for i, k in enumerate(NAMES) if w[:, i].sum()}
            figures[name] = dict(mean=round(sum(acc.values()) / len(acc), 4), whole=round((ok | (w == 0)).all(1).float().mean().item(), 3), right=acc)
            wrong += [(t, [NAMES[j] for j in range(len(NAMES)) if not o[j] and v[j]]) for t, o, v in zip(texts, ok, w) if not (o | (v == 0)).all()]
        save(path, encoder=mean['encoder'].state_dict(), concepts=mean['concepts'].state_dict(),
             raw=dict(encoder=enc.state_dict(), concepts=con.state_dict()), optimizers=[o.state_dict() for o in opts], n=n, figures=figures)
        print(f'{n} {clock.elapsed:.0f}s', figures, flush=True)
        return wrong

    while clock.tick() < clock.budget:
        for o, lr in zip(opts, (args.muon, args.lr)):
            for g in o.param_groups:
                g['lr'] = lr * schedule(clock.fraction(), (n + 1) / 50)
        ids, rows = (q.to(DEVICE) for q in next(data))
        with mixed():
            lg = con.logits(enc(ids)[0])
        loss = loss_of(lg, rows)
        for o in opts:
            o.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.)
        for o in opts:
            o.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(mean.parameters()), [p.detach() for p in params], 1 - min(.998, (n + 1) / (n + 10)))
        if clock.elapsed - last > min(60, args.minutes * 20):
            last = clock.elapsed
            report()
    for text, groups in report()[-80:]:
        print(text, '->', groups)


if __name__ == '__main__':
    main()
