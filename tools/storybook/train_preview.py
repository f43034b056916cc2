"""Distils the preview decoder: what the decoder makes of a latent, at a fraction of its work. Half of the latents are
encoded scenes, half are the denoiser's. Resumable."""
import copy

import torch

from common import DEVICE, Clock, arguments, load, mixed, save, schedule, sheet, to_images
from preview import PreviewDecoder
from scenes import Scenes, held_out
from train_decoder import denoiser, painted
from train_unet import autoencoder, cut
from train_vae import NOISE, corners, edges, psnr
from world import SIZES

SIDE = 12


def main():
    args = arguments(__doc__, minutes=10., batch=24, lr=2e-3, most=2000, name='unet')
    torch.manual_seed(0)
    enc, full, sf = autoencoder(args.cache)
    net, _ = denoiser(args.cache, args.name)
    if state := load(args.cache / 'decoder.pt'):
        full.load_state_dict(state['decoder'])
    prepare = painted(enc, net, sf)
    latents = lambda d: {k: v for k, v in prepare(d).items() if k in ('encoded', 'made')}
    data = Scenes(args.cache / 'scenes', latents, args.most)
    data.refresh(-(-args.most // 150))
    held = latents({k: v if k == 'size' else v[:30] for k, v in held_out(args.cache / 'scenes', SIZES[0]).items()})
    held = torch.cat([held['encoded'], held['made']]).float()
    with torch.no_grad():
        target = full(held)
    small = PreviewDecoder()
    path, n = args.cache / 'preview.pt', 0
    if state := load(path):
        small.load_state_dict(state['decoder'])
    small.to(DEVICE, memory_format=torch.channels_last)
    ema = copy.deepcopy(small).requires_grad_(False)
    opt = torch.optim.AdamW(small.parameters(), args.lr, betas=(.9, .98), weight_decay=0.)
    clock, last = Clock(args.minutes), 0.

    def report():
        with torch.no_grad():
            o = ema(held)
        print(f'{n} {clock.elapsed:.0f}s to the full decoder: encoded {psnr(o[:len(o) // 2], target[:len(o) // 2]):.2f} dB, generated {psnr(o[len(o) // 2:], target[len(o) // 2:]):.2f} dB', flush=True)
        sheet([q for i in range(len(held) // 2 - 5, len(held) // 2 + 5) for q in (*to_images(target[i:i + 1]), *to_images(o[i:i + 1]))], 4, args.cache / 'preview.png')
        save(path, decoder=ema.state_dict())
    while clock.tick() < clock.budget:
        if clock.elapsed - last > 60:
            last = clock.elapsed
            report()
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 100, hold=.3)
        d, _ = data.take(args.batch // 2)
        z = torch.cat([d['encoded'], d['made']]).float()
        h, w = z.shape[2:]
        z = cut(z, *corners(torch.rand(len(z), 2, device=DEVICE) * torch.tensor([w, h], device=DEVICE), SIDE, (w, h)), SIDE)
        z = (z + NOISE * torch.randn_like(z)).contiguous(memory_format=torch.channels_last)
        with mixed():
            with torch.no_grad():
                wanted = full(z).float()
            o = small(z).float() - wanted
        loss = o.abs().mean() + (o ** 2).mean() + .5 * sum(q.abs().mean() for q in edges(o))
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(small.parameters(), 1.)
        opt.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), list(small.parameters()), 1 - min(.995, n / (n + 10)))
    report()


if __name__ == '__main__':
    main()
