"""Distils the preview decoder: what the decoder makes of a latent, at a sixth of its work. Half of the latents are
encoded scenes from the shards, half are the denoiser's. Resumable."""
import copy
import random

import torch

from cache import noise
from captions import labels, normalise
from common import Clock, arguments, load, save, schedule, sheet, to_images
from export import modules
from preview import PreviewDecoder
from text import one_hot
from train_vae import NOISE, edges, psnr
from world import random_scene

SIZE, SIDE = (320, 192), 12


def generated(net, sf, rng, n):
    """Latents of `n` one-step pictures, as the decoder takes them."""
    rows, eps = [], []
    for _ in range(n):
        seed = rng.getrandbits(40)
        rows.append(labels(normalise(random_scene(rng))))
        eps.append(noise(seed, SIZE))
    with torch.no_grad():
        return -net.draw(torch.stack(eps), torch.full((n,), 999.), one_hot(torch.tensor(rows))) / sf


def windows(z, n, side=SIDE):
    """Random windows of random latents."""
    h, w = z.shape[2:]
    at = zip(torch.randint(len(z), (n,)).tolist(), torch.randint(h - side + 1, (n,)).tolist(), torch.randint(w - side + 1, (n,)).tolist())
    return torch.stack([z[i, :, r:r + side, c:c + side] for i, r, c in at])


def main():
    args = arguments(__doc__, minutes=10., batch=24, lr=2e-3, pool=1000, name='unet')
    torch.manual_seed(0)
    _, _, net, full, _, sf = modules(args.cache, args.name)
    full.requires_grad_(False).to(memory_format=torch.channels_last)
    made = torch.cat([generated(net, sf, random.Random(i), 10) for i in range(-(-args.pool // 10))])
    shards = sorted((args.cache / 'shards').glob('*.pt'))
    held_encoded, *encoded = [d['latents'].float() for d in map(load, shards) if tuple(d['size']) == SIZE]
    encoded = torch.cat(encoded or [held_encoded])
    held = torch.cat([held_encoded[:20], generated(net, sf, random.Random(99991), 20)])
    target = full(held)

    small = PreviewDecoder().to(memory_format=torch.channels_last)
    path, n = args.cache / 'preview.pt', 0
    if state := load(path):
        small.load_state_dict(state['decoder'])
    ema = copy.deepcopy(small)
    opt = torch.optim.AdamW(small.parameters(), args.lr, betas=(.9, .98), weight_decay=0.)
    clock, last = Clock(args.minutes), 0.

    def report():
        with torch.no_grad():
            o = ema(held)
        print(f'{n} {clock.elapsed:.0f}s to the full decoder: encoded {psnr(o[:20], target[:20]):.2f} dB, generated {psnr(o[20:], target[20:]):.2f} dB', flush=True)
        sheet([q for i in range(15, 25) for q in (*to_images(target[i:i + 1]), *to_images(o[i:i + 1]))], 4, args.cache / 'preview.png')
        save(path, decoder=ema.state_dict())
    while clock.tick() < clock.budget:
        if clock.elapsed - last > 60:
            last = clock.elapsed
            report()
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 100, hold=.3)
        z = torch.cat([windows(encoded, args.batch // 2), windows(made, args.batch // 2)])
        z = (z + NOISE * torch.randn_like(z)).contiguous(memory_format=torch.channels_last)
        with torch.autocast('cpu', torch.bfloat16):
            with torch.no_grad():
                target_of = full(z).float()
            d = small(z).float() - target_of
        loss = d.abs().mean() + (d ** 2).mean() + .5 * sum(q.abs().mean() for q in edges(d))
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
