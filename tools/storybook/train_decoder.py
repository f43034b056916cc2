"""Gets the decoder used to the denoiser's latents: drawn scenes are the target of the decoded one-step
pictures, and of the encoder's latents, so that reconstruction stays as it was. Resumable."""
import copy

import torch

from common import DEVICE, Clock, arguments, load, mixed, save, schedule, sheet, to_images, to_tensor
from noise import carrying
from scenes import Scenes, held_out
from text import one_hot
from train_unet import autoencoder, cut, encoded, heads
from train_vae import NOISE, corners, edges, psnr, windows
from unet import UNet
from world import SIZES

SIDE = 12


def denoiser(cache, name='unet'):
    """-> averaged network, scaling factor"""
    state = load(cache / f'{name}.pt')
    net = UNet(**state['config'])
    net.load_state_dict(state['ema'])
    return net.to(DEVICE).eval().requires_grad_(False), state['scaling_factor']


def painted(enc, net, sf):
    """Of a shard: pictures, where the figures stand, the encoder's latents and the denoiser's one-step ones, as the decoder takes them"""
    def prepare(d):
        rows, out = encoded(enc, sf)(d), []
        with torch.no_grad(), mixed():
            for part in torch.arange(len(d['z'])).split(125):
                e = carrying(torch.randn(rows['latents'][part].shape, device=DEVICE), d['z'][part].to(DEVICE))
                out.append(-net.draw(e, torch.full((len(e),), 999., device=DEVICE), one_hot(d['rows'][part].to(DEVICE))).float() / sf)
        return dict(pictures=d['pictures'], anchors=d['anchors'], encoded=(rows['latents'].float() / sf).half(), made=torch.cat(out).half())
    return prepare


def main():
    args = arguments(__doc__, minutes=10., batch=8, lr=6e-4, name='unet', most=2000)
    enc, dec, sf = autoencoder(args.cache)
    net, _ = denoiser(args.cache, args.name)
    path = args.cache / 'decoder.pt'
    if state := load(path):
        dec.load_state_dict(state['decoder'])
    dec.requires_grad_(True)
    ema = copy.deepcopy(dec).requires_grad_(False)
    opt = torch.optim.AdamW(dec.parameters(), args.lr, betas=(.9, .98), weight_decay=0.)
    prepare = painted(enc, net, sf)
    data = Scenes(args.cache / 'scenes', prepare, args.most)
    data.refresh(-(-args.most // 150))
    held = prepare({k: v if k == 'size' else v[:60] for k, v in held_out(args.cache / 'scenes', SIZES[0]).items()})
    truth = to_tensor(held['pictures'].to(DEVICE))
    clock, n, last = Clock(args.minutes), 0, -1e9

    def report():
        with torch.no_grad():
            a, b = ema(held['encoded'].float()), ema(held['made'].float())
        print(f'{n} {clock.elapsed:.0f}s reconstruction {psnr(a, truth):.2f} dB, generated {psnr(b, truth):.2f} dB', flush=True)
        sheet([q for i in range(min(10, len(truth))) for q in (*to_images(truth[i:i + 1]), *to_images(b[i:i + 1]))], 4, args.cache / 'decoder.png')
        save(path, decoder=ema.state_dict(), n=n)
    while clock.tick() < clock.budget:
        if clock.elapsed - last > 60:
            last = clock.elapsed
            report()
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 50, hold=.2)
        d, size = data.take(args.batch)
        h, w = d['made'].shape[2:]
        parts, targets = [], []
        for source in ('encoded', 'made', 'made'):
            left, top = corners(heads(d['anchors'], h, w), SIDE, (w, h))
            parts.append(cut(d[source].float(), left, top, SIDE))
            targets.append(windows(d['pictures'], 8 * left, 8 * top, 8 * SIDE))
        p, t = torch.cat(parts), to_tensor(torch.cat(targets))
        with mixed():
            o = dec((p + NOISE * torch.randn_like(p)).contiguous(memory_format=torch.channels_last)).float() - t
        o = o[..., 8:-8, 8:-8]     # a window's rim lacks its surroundings
        loss = o.abs().mean() + (o ** 2).mean() + .5 * sum(q.abs().mean() for q in edges(o))
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dec.parameters(), 1.)
        opt.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), [q.detach() for q in dec.parameters()], 1 - min(.995, n / (n + 10)))
    report()


if __name__ == '__main__':
    main()
