"""Trains the text encoder to say which scene a caption calls for. Resumable, minutes."""
import random

import torch
import torch.nn.functional as F

from captions import GROUPS, caption, labels
from common import Clock, arguments, load, save, schedule
from optim import Muon
from text import Concepts, TextEncoder, Tokenizer, train_tokenizer
from world import random_scene

NAMES = list(GROUPS)


def batch(rng, n):
    texts, rows = zip(*((t, labels(s)) for t, s in (caption(random_scene(rng), rng) for _ in range(n))))
    return list(texts), torch.tensor(rows)


def weights(rows):
    """Attributes of figures that are not there don't count."""
    n = rows[:, NAMES.index('figures')]
    w = torch.ones(rows.shape)
    for i, k in enumerate(NAMES):
        if k[-1] in '12':
            w[:, i] = (n >= int(k[-1])).float()
    return w


def main():
    args = arguments(__doc__, minutes=8., batch=96, lr=2e-3, muon=.01)
    torch.manual_seed(0)
    folder = args.cache / 'tokenizer'
    if not (folder / 'vocab.json').exists():
        rng = random.Random(7)
        train_tokenizer(folder, [caption(random_scene(rng), rng)[0] for _ in range(15000)])
    tok = Tokenizer(folder)
    enc, con = TextEncoder(len(tok)), Concepts()
    params = [*enc.parameters(), *con.parameters()]
    matrix = [p for k, p in [*enc.named_parameters(), *con.named_parameters()] if p.ndim == 2 and not any(q in k for q in ('token', 'position', 'query', 'out'))]
    rest = [p for p in params if not any(p is q for q in matrix)]
    opts = [Muon(matrix, args.muon, decay=.01), torch.optim.AdamW(rest, args.lr, betas=(.9, .98), weight_decay=0.)]
    path, clock, n = args.cache / 'text.pt', Clock(args.minutes), 0
    if state := load(path):
        enc.load_state_dict(state['encoder'])
        con.load_state_dict(state['concepts'])
        for o, q in zip(opts, state['optimizers']):
            o.load_state_dict(q)
        n = state['n']
    print(f'{sum(p.numel() for p in params) / 1e6:.2f} M parameters, {len(tok)} tokens', flush=True)
    rng = random.Random(11 + n)
    ht, hr = batch(random.Random(777), 1000)
    hw, hids = weights(hr), tok(ht, None)
    last = 0.

    def report():
        with torch.no_grad():
            lg = con.logits(enc(hids)[0])
        ok = torch.stack([l.argmax(1) == hr[:, i] for i, l in enumerate(lg)], 1)
        acc = {k: round(((ok[:, i] * hw[:, i]).sum() / hw[:, i].sum()).item(), 3) for i, k in enumerate(NAMES)}
        whole = ((ok | (hw == 0)).all(1)).float().mean().item()
        save(path, encoder=enc.state_dict(), concepts=con.state_dict(), optimizers=[o.state_dict() for o in opts], n=n, accuracy=acc, whole=whole)
        print(f'{n} {clock.elapsed:.0f}s loss {loss.item():.3f} mean {sum(acc.values()) / len(acc):.4f} whole scene {whole:.3f} {acc}', flush=True)
        return ok

    while clock.tick() < clock.budget:
        for o, lr in zip(opts, (args.muon, args.lr)):
            for g in o.param_groups:
                g['lr'] = lr * schedule(clock.fraction(), (n + 1) / 50)
        texts, rows = batch(rng, args.batch)
        w = weights(rows)
        lg = con.logits(enc(tok(texts, None))[0])
        loss = sum((F.cross_entropy(l, rows[:, i], reduction='none') * w[:, i]).mean() for i, l in enumerate(lg))
        for o in opts:
            o.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.)
        for o in opts:
            o.step()
        n += 1
        if clock.elapsed - last > min(45, args.minutes * 20):
            last = clock.elapsed
            report()
    ok = report()
    for i in [i for i in range(len(ht)) if not (ok[i] | (hw[i] == 0)).all()][:25]:
        print(ht[i], '->', [NAMES[j] for j in range(len(NAMES)) if not ok[i, j] and hw[i, j]])


if __name__ == '__main__':
    main()
