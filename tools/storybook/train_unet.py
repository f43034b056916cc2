"""Trains the denoiser on drawn scenes (which may keep arriving). Resumable.

Most samples are pure noise at the last timestep, where the picture has one right
answer; some are its noise at other timesteps, some independent noise at
low ones, so that several steps, img2img and stochastic samplers work too.
Of the noise only its twelve coordinates belong to a scene; the rest is new every time.

`--workers N` shares the work among N processes."""
import copy
import signal
import time

import torch
import torch.nn.functional as F

from common import DEVICE, EVERY, Clock, arguments, averaged, in_parallel, load, mixed, save, schedule, sheet, to_images, to_tensor
from noise import carrying
from optim import Muon
from scenes import Scenes, held_out
from text import one_hot
from train_vae import corners, edges
from unet import UNet
from vae import Decoder, Encoder
from world import SIZES


def alphas():
    """Cumulative alphas of Stable Diffusion's schedule, rescaled so that the last step is noise alone (Lin et al., "Common Diffusion
    Noise Schedules and Sample Steps are Flawed", 2023, algorithm 1)."""
    root = torch.cumprod(1 - torch.linspace(.00085 ** .5, .012 ** .5, 1000) ** 2, 0).sqrt()
    root = (root - root[-1]) * root[0] / (root[0] - root[-1])
    return root ** 2


def shares(anchors, props, size):
    """Pixels -> shares of width and height, as the network takes them; what is absent stands in the middle."""
    w, h = size
    a, p = (q / torch.tensor(s, device=q.device).float() for q, s in ((anchors, [w, h, h, w, h, h, w, h]), (props, [w, h, h])))
    return torch.where(a[..., 2:3] > 0, a, .5), torch.where(p[:, 2:] > 0, p, .5)


def focus(boxes, h, w, figure=2., head=5.):
    """Loss weights at latent resolution: figures count more, heads most, small ones more than large ones."""
    y = (torch.arange(h, device=boxes.device).float() + .5)[None, None, :, None] * 8
    x = (torch.arange(w, device=boxes.device).float() + .5)[None, None, None, :] * 8
    bx, by, bh, hx, hy, r = [boxes[:, :, i, None, None] for i in range(6)]
    body = ((x - bx).abs() < torch.maximum(.32 * bh, (bx - hx).abs() * 1.6)) & (y < by + 6) & (y > torch.minimum(by - .1 * bh, hy - 1.6 * r))
    face = ((x - hx) ** 2 + (y - hy) ** 2 < (1.3 * r + 5) ** 2) & (bh > 0)
    small = (18 / r.clamp(min=1)).clamp(1, 2.5)
    return 1 + (figure * body.any(1).float() + head * (face * small).amax(1)).unsqueeze(1)


def heads(boxes, h, w):
    """Middles of latent windows, most of them at a head: N x 2, x and y in latent pixels"""
    n, rows = len(boxes), torch.arange(len(boxes), device=boxes.device)
    box = boxes[rows, torch.multinomial((boxes[:, :, 2] > 0).float() + 1e-6, 1).flatten()]
    at = box[:, 3:5] / 8 + torch.randn(n, 2, device=boxes.device) * 3
    anywhere = (box[:, 2] == 0) | (torch.rand(n, device=boxes.device) < .4)
    return torch.where(anywhere[:, None], torch.rand(n, 2, device=boxes.device) * torch.tensor([w, h], device=boxes.device), at)


def cut(x, left, top, side):
    """Of N x C x h x w the windows with these corners"""
    k = torch.arange(side, device=x.device)
    rows = torch.arange(len(x), device=x.device)[:, None, None]
    return x[rows, :, (top[:, None] + k)[:, :, None], (left[:, None] + k)[:, None]].permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def autoencoder(cache):
    """-> encoder, decoder, scaling factor"""
    state = load(cache / 'vae.pt')
    enc, dec = Encoder(), Decoder()
    enc.load_state_dict(state['encoder'])
    dec.load_state_dict(state['decoder'])
    both = torch.nn.ModuleList([enc, dec]).to(DEVICE, memory_format=torch.channels_last).requires_grad_(False)
    return both[0], both[1], state['scaling_factor']


def encoded(enc, sf):
    """What of a shard the denoiser trains on, the pictures as scaled latents"""
    def prepare(d):
        with torch.no_grad(), mixed():
            z = torch.cat([enc(to_tensor(part.to(DEVICE))).float() for part in d['pictures'].split(50)])
        return dict(z=d['z'], rows=d['rows'], anchors=d['anchors'], props=d['props'], latents=(z * sf).half().contiguous())
    return prepare


def main():
    args = arguments(__doc__, minutes=60., batch=32, lr=2e-3, muon=.02, pixel=0., pixel_from=.3, windows=12, name='unet', most=20000, report=5., compile=False, restart=False,
                     workers=1, d=208, cond=192, blocks=4, trunk=4, main=.6, pure=.85, hold=.35, average=.998)
    in_parallel(train, args)


def train(rank, args, meeting):
    first = rank == 0
    torch.manual_seed(int(time.time()) * 16 + rank)
    path, clock, n, used = args.cache / f'{args.name}.pt', Clock(args.minutes), 0, 0
    state = load(path)
    net = UNet(**state['config']) if state else UNet(d=args.d, cond=args.cond, figure_blocks=args.blocks, scene_blocks=args.blocks, trunk=args.trunk)
    if layout := load(args.cache / 'layout.pt'):
        net.layout.load_state_dict(layout['layout'])
    net.to(DEVICE)
    enc, dec, sf = autoencoder(args.cache)
    ac = alphas().to(DEVICE)
    trained = {k: p for k, p in net.named_parameters() if p.requires_grad}
    matrix = [p for k, p in trained.items() if p.ndim > 1 and not any(q in k for q in ('table', 'maps', 'skip', 'patch_gate', 'slide')) and not k.startswith('head')]
    tables = [p for k, p in trained.items() if any(q in k for q in ('table', 'maps'))]
    rest = [p for p in trained.values() if not any(p is q for q in matrix + tables)]
    opts = [Muon(matrix, args.muon, decay=.01), torch.optim.AdamW([dict(params=rest, lr=args.lr), dict(params=tables, lr=args.lr * 4)], betas=(.9, .98), weight_decay=0., fused=True)]
    base = [[g['lr'] for g in o.param_groups] for o in opts]
    ema = copy.deepcopy(net).eval()
    if state:
        for q, k in ((net, 'net'), (ema, 'ema')):       # the layout is trained apart
            q.load_state_dict({w: v for w, v in state[k].items() if not w.startswith('layout.')}, strict=False)
        if not args.restart and state['optimizers']:
            for o, s in zip(opts, state['optimizers']):
                o.load_state_dict(s)
        n, used, clock.elapsed = state['n'], state['used'], 0. if args.restart else state['elapsed']
    data = Scenes(args.cache / 'scenes', encoded(enc, sf), args.most)
    while not data.refresh(40):
        time.sleep(2)
    if first:
        print(f'{sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters, {data.refresh(0)} scenes', flush=True)
    draw = torch.compile(net.draw) if args.compile else net.draw
    held = []
    for size in SIZES:
        if (d := held_out(args.cache / 'scenes', size)) is not None:
            m = 60 if size == SIZES[0] else 20
            d = {k: v[:m].to(DEVICE) for k, v in encoded(enc, sf)({k: v if k == 'size' else v[:m] for k, v in d.items()}).items()}
            eps = torch.randn(d['latents'].shape, generator=torch.Generator().manual_seed(1)).to(DEVICE)
            held.append((d['latents'].float(), one_hot(d['rows']), carrying(eps, d['z']), *shares(d['anchors'], d['props'], size)))

    def write():
        save(path, net=net.state_dict(), ema=ema.state_dict(), optimizers=[o.state_dict() for o in opts], n=n, used=used, elapsed=clock.elapsed, config=net.config,
             scaling_factor=sf)

    @torch.no_grad()
    def report(tag):
        out = []
        for i, (z, c, e, at, prop) in enumerate(held):
            with mixed():
                p = -ema.draw(e, torch.full((len(e),), 999., device=DEVICE), c, at, prop).float()
            out.append(((p - z) ** 2).mean().item())
            m = min(20 if i == 0 else 5, len(z))
            a, b = to_images(dec(z[:m] / sf)), to_images(dec(p[:m] / sf))
            rows = [im for k in range(0, m, 5) for im in [*a[k:k + 5], *b[k:k + 5]]]
            sheet(rows, 5, args.cache / f'{args.name}_{i}.png')
        print('held-out error', tag, ['%.4f' % v for v in out], flush=True)

    logs, last_report, last_save = [], clock.elapsed, clock.elapsed
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
        d, size = data.take(args.batch, args.main)
        z, c, bx = d['latents'].float(), one_hot(d['rows']), d['anchors']
        b = len(z)
        eps, other = carrying(torch.randn_like(z), d['z']), torch.randn_like(z)
        pure = torch.arange(b, device=DEVICE) < round(args.pure * b)
        t = torch.where(pure, 999, torch.randint(0, 1000, (b,), device=DEVICE))
        free = ~pure & (torch.rand(b, device=DEVICE) < .4) & (t < 800)
        eps = torch.where(free.view(-1, 1, 1, 1), other, eps)
        a = ac[t].view(-1, 1, 1, 1)
        x, v = a.sqrt() * z + (1 - a).sqrt() * eps, a.sqrt() * eps - (1 - a).sqrt() * z
        with mixed():
            o = draw(x, t.float(), c, *shares(bx, d['props'], size)).float()
        l = (focus(bx, *z.shape[2:]) * (o - v) ** 2).mean((1, 2, 3))
        loss = l.mean()
        if args.pixel and f >= args.pixel_from:
            side, m = 12, min(args.windows, round(args.pure * b))
            at = corners(heads(bx[:m], *z.shape[2:]), side, (z.shape[3], z.shape[2]))
            with mixed():
                with torch.no_grad():
                    target = dec(cut(z[:m], *at, side) / sf).float()
                got = dec(cut(-o[:m], *at, side) / sf).float()
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
            keep = min(args.average, (1 + n) / (10 + n))
            torch._foreach_lerp_(list(ema.parameters()), [p.detach() for p in net.parameters()], 1 - keep)
            k = round(args.pure * b)
            logs.append(torch.stack([l[:k].mean(), l[k:].mean() if k < b else l.new_zeros(())]))
        if n % 50 == 0 and first:
            m = torch.stack(logs[-50:]).mean(0).tolist()
            del logs[:-50]
            print(f'{n} {clock.elapsed:.0f}s pure {m[0]:.4f} other {m[1]:.4f} {(used - u0) / max(1, clock.elapsed - t0):.1f}/s {used} samples', flush=True)
        if n % 6 == 0:
            data.refresh(1)
        if first and clock.elapsed - last_save > 60:
            last_save = clock.elapsed
            write()
        if first and clock.elapsed - last_report > args.report * 60:
            last_report = clock.elapsed
            report(f'{clock.elapsed:.0f}s {data.refresh(0)} scenes')
    if first:
        write()
        report('final')


if __name__ == '__main__':
    main()
