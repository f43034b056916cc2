"""Trains the denoiser on cached shards (which may keep arriving). Resumable.

Most samples are pure noise at the last timestep, where the picture has one right
answer; some are the coupled noise at other timesteps, some independent noise at
low ones, so that several steps, img2img and stochastic samplers work too.

`--workers N` shares the work among N processes."""
import copy
import signal
import time

import torch
import torch.nn.functional as F

from cache import noise
from common import EVERY, Clock, arguments, averaged, in_parallel, load, save, schedule, sheet, to_images
from optim import Muon
from text import one_hot
from unet import UNet
from vae import Decoder


def alphas():
    from diffusers import DDIMScheduler
    return DDIMScheduler(num_train_timesteps=1000, beta_schedule='scaled_linear', beta_start=.00085, beta_end=.012,
                         prediction_type='v_prediction', rescale_betas_zero_snr=True).alphas_cumprod


class Data:
    """Shards grouped by picture size; `refresh` picks up new ones."""

    def __init__(self, folder, held=('00000.pt',), limit=0):
        self.folder, self.held, self.limit, self.seen, self.sizes = folder, held, limit, set(), {}

    def refresh(self):
        for f in sorted(self.folder.glob('*.pt')):
            if f.name in self.seen or f.name in self.held:
                continue
            self.seen.add(f.name)
            d = load(f)
            self.sizes.setdefault(tuple(d['size']), []).append(d)
        if self.limit:
            for parts in self.sizes.values():
                del parts[1:]
        return sum(len(d['rows']) for p in self.sizes.values() for d in p)

    def batch(self, n, main=.8):
        keys = list(self.sizes)
        w = torch.tensor([main if k == (320, 192) else (1 - main) / 2 for k in keys])
        parts = self.sizes[keys[torch.multinomial(w, 1).item()]]
        pick = [(int(i), int(j)) for i, j in zip(torch.randint(len(parts), (n,)), torch.randint(self.limit or len(parts[0]['rows']), (n,)))]
        cat = lambda k: torch.stack([parts[i][k][j] for i, j in pick])
        size = parts[0]['size']
        return (cat('latents').float(), one_hot(cat('rows')), torch.stack([noise(int(parts[i]['seeds'][j]), size) for i, j in pick]), cat('anchors'), cat('props'), size)


def shares(anchors, props, size):
    """Pixels -> shares of width and height, as the network takes them; what is absent stands in the middle."""
    w, h = size
    a, p = anchors / torch.tensor([w, h, h, w, h, h, w, h]).float(), props / torch.tensor([w, h, h]).float()
    return torch.where(a[..., 2:3] > 0, a, .5), torch.where(p[:, 2:] > 0, p, .5)


def focus(boxes, h, w, figure=2., head=4.):
    """Loss weights at latent resolution: figures count more, heads most."""
    y = (torch.arange(h).float() + .5)[None, None, :, None] * 8
    x = (torch.arange(w).float() + .5)[None, None, None, :] * 8
    bx, by, bh, hx, hy, r = [boxes[:, :, i, None, None] for i in range(6)]
    body = ((x - bx).abs() < torch.maximum(.32 * bh, (bx - hx).abs() * 1.6)) & (y < by + 6) & (y > torch.minimum(by - .1 * bh, hy - 1.6 * r))
    face = ((x - hx) ** 2 + (y - hy) ** 2 < (1.3 * r + 5) ** 2) & (bh > 0)
    return 1 + (figure * body.any(1).float() + head * face.any(1).float()).unsqueeze(1)


def crops(boxes, h, w, side):
    """Corners of latent windows, most of them at a head."""
    b = len(boxes)
    k = torch.randint(boxes.shape[1], (b,))
    box = boxes[torch.arange(b), k]
    box = torch.where(box[:, 2:3] > 0, box, boxes[:, 0])
    at = torch.stack([box[:, 4] / 8, box[:, 3] / 8], 1) + torch.randn(b, 2) * 3
    anywhere = (box[:, 2] == 0) | (torch.rand(b) < .4)
    at = torch.where(anywhere[:, None], torch.rand(b, 2) * torch.tensor([h, w]), at)
    return [(int(min(max(a - side / 2, 0), h - side)), int(min(max(c - side / 2, 0), w - side))) for a, c in at.tolist()]


def edges(a): return a[..., 1:, :] - a[..., :-1, :], a[..., :, 1:] - a[..., :, :-1]


def main():
    args = arguments(__doc__, minutes=60., batch=32, lr=2e-3, muon=.02, pixel=0., pixel_from=.3, name='unet', limit=0, report=5., compile=False, restart=False, workers=1,
                     d=160, cond=192, trunk=2, main=.8, pure=.85, hold=.35)
    in_parallel(train, args)


def train(rank, args, meeting):
    first = rank == 0
    torch.manual_seed(int(time.time()) * 16 + rank)
    net = UNet(d=args.d, cond=args.cond, trunk=args.trunk)
    if layout := load(args.cache / 'layout.pt'):
        net.layout.load_state_dict(layout['layout'])
    vae = load(args.cache / 'vae.pt')
    dec = Decoder().to(memory_format=torch.channels_last).requires_grad_(False)
    dec.load_state_dict(vae['decoder'])
    sf = vae['scaling_factor']
    ac = alphas()
    trained = {k: p for k, p in net.named_parameters() if p.requires_grad}
    matrix = [p for k, p in trained.items() if p.ndim > 1 and not any(q in k for q in ('table', 'maps', 'skip', 'patch_gate', 'slide')) and not k.startswith('head')]
    tables = [p for k, p in trained.items() if any(q in k for q in ('table', 'maps'))]
    rest = [p for p in trained.values() if not any(p is q for q in matrix + tables)]
    opts = [Muon(matrix, args.muon, decay=.01), torch.optim.AdamW([dict(params=rest, lr=args.lr), dict(params=tables, lr=args.lr * 4)], betas=(.9, .98), weight_decay=0., fused=True)]
    base = [[g['lr'] for g in o.param_groups] for o in opts]
    ema = copy.deepcopy(net).eval()
    path, clock, n, used = args.cache / f'{args.name}.pt', Clock(args.minutes), 0, 0
    if state := load(path):
        for q, k in ((net, 'net'), (ema, 'ema')):       # the layout is trained apart
            q.load_state_dict({w: v for w, v in state[k].items() if not w.startswith('layout.')}, strict=False)
        if not args.restart and state['optimizers']:
            for o, s in zip(opts, state['optimizers']):
                o.load_state_dict(s)
        n, used, clock.elapsed = state['n'], state['used'], 0. if args.restart else state['elapsed']
    data = Data(args.cache / 'shards', held=() if args.limit else ('00000.pt', '00008.pt', '00009.pt'), limit=args.limit)
    while not data.refresh():
        time.sleep(5)
    if first:
        print(f'{sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters, {data.refresh()} scenes', flush=True)
    draw = torch.compile(net.draw) if args.compile else net.draw
    held = []
    for f in ('00000.pt', '00008.pt', '00009.pt'):
        if (args.cache / 'shards' / f).exists():
            d = load(args.cache / 'shards' / f)
            m = 40 if f == '00000.pt' and not args.limit else args.limit or 10
            held.append((d['latents'][:m].float() * sf, one_hot(d['rows'][:m]), torch.stack([noise(int(s), d['size']) for s in d['seeds'][:m]]),
                         *shares(d['anchors'][:m], d['props'][:m], d['size'])))

    def write():
        save(path, net=net.state_dict(), ema=ema.state_dict(), optimizers=[o.state_dict() for o in opts], n=n, used=used, elapsed=clock.elapsed, config=net.config,
             scaling_factor=sf)

    @torch.no_grad()
    def report(tag):
        out = []
        for i, (z, c, e, at, prop) in enumerate(held):
            with torch.autocast('cpu', torch.bfloat16):
                p = -ema.draw(e, torch.full((len(e),), 999.), c, at, prop).float()
            out.append(((p - z) ** 2).mean().item())
            m = min(20 if i == 0 else 5, len(z))
            a, b = to_images(dec(z[:m] / sf)), to_images(dec(p[:m] / sf))
            rows = [im for k in range(0, m, 5) for im in [*a[k:k + 5], *b[k:k + 5]]]
            sheet(rows, 5, args.cache / f'{args.name}_{i}.png')
        print('held-out error', tag, ['%.4f' % v for v in out], flush=True)

    logs, last_report, last_save, last_scan = [], clock.elapsed, clock.elapsed, clock.elapsed
    t0, u0 = clock.elapsed, used
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))     # finish the step, write, leave
    shared, stopping = clock.tick(), False
    while shared < clock.budget:
        if stopping:
            return write() if first else None
        f = min(1., shared / clock.budget)
        for o, bs in zip(opts, base):
            for g, lr in zip(o.param_groups, bs):
                g['lr'] = lr * schedule(f, (n + 1) / 100, hold=args.hold)
        z, c, eps, bx, props, size = data.batch(args.batch, args.main)
        z = z * sf
        b = len(z)
        t = torch.randint(0, 1000, (b,))
        pure = torch.rand(b) < args.pure
        t[pure] = 999
        free = ~pure & (torch.rand(b) < .4) & (t < 800)
        eps[free] = torch.randn(int(free.sum()), *eps.shape[1:])
        a = ac[t].view(-1, 1, 1, 1)
        x, v = a.sqrt() * z + (1 - a).sqrt() * eps, a.sqrt() * eps - (1 - a).sqrt() * z
        with torch.autocast('cpu', torch.bfloat16):
            o = draw(x, t.float(), c, *shares(bx, props, size)).float()
        w = focus(bx, *z.shape[2:])
        l = (w * (o - v) ** 2).mean((1, 2, 3))
        loss = l.mean()
        if args.pixel and f >= args.pixel_from:
            side = 12
            rows = pure.nonzero().flatten()[:12]
            at = crops(bx[rows], *z.shape[2:], side)
            cut = lambda q: torch.stack([q[r, :, y:y + side, k:k + side] for r, (y, k) in zip(rows.tolist(), at)]).contiguous(memory_format=torch.channels_last)
            with torch.autocast('cpu', torch.bfloat16):
                with torch.no_grad():
                    target = dec(cut(z) / sf).float()
                got = dec(cut(-o) / sf).float()
            loss = loss + args.pixel * ((got - target).abs().mean() + .5 * sum((p - q).abs().mean() for p, q in zip(edges(got), edges(target))))
        for q in opts:
            q.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(trained.values()), 1.)
        for q in opts:
            q.step()
        n += 1
        used += b * args.workers
        if not meeting:
            shared, stopping = clock.tick(), bool(stop)
        elif n % EVERY == 0:
            shared, stopping = averaged(list(trained.values()), clock.tick(), bool(stop))
        with torch.no_grad():
            d = min(.998, (1 + n) / (10 + n))
            torch._foreach_lerp_([p for p in ema.parameters()], [p.detach() for p in net.parameters()], 1 - d)
        logs.append((l[pure].mean().item() if pure.any() else 0., l[~pure].mean().item() if (~pure).any() else 0.))
        if n % 50 == 0 and first:
            m = torch.tensor(logs[-50:]).mean(0)
            print(f'{n} {clock.elapsed:.0f}s pure {m[0]:.4f} other {m[1]:.4f} {(used - u0) / max(1, clock.elapsed - t0):.1f}/s {used} samples', flush=True)
        if clock.elapsed - last_scan > 60:
            last_scan = clock.elapsed
            if not args.limit:
                data.refresh()
        if first and clock.elapsed - last_save > 60:
            last_save = clock.elapsed
            write()
        if first and clock.elapsed - last_report > args.report * 60:
            last_report = clock.elapsed
            report(f'{clock.elapsed:.0f}s {data.refresh() if not args.limit else 0} scenes')
    if first:
        write()
        report('final')


if __name__ == '__main__':
    main()
