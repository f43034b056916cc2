"""Gets the decoder used to the denoiser's latents: freshly drawn scenes are the target of the decoded one-step
pictures, and of the encoder's latents, so that reconstruction stays as it was. Resumable."""
import copy
import random

import torch

from cache import draw, noise, places
from captions import labels, normalise
from common import Clock, arguments, load, save, schedule, sheet, to_images, to_tensor
from text import one_hot
from train_unet import crops, edges
from train_vae import NOISE, psnr
from unet import UNet
from vae import Decoder, Encoder
from world import random_scene

SIZE, SIDE = (320, 192), 12


def batch(rng, net, enc, sf, n):
    """-> pictures, encoded latents, generated latents, anchors"""
    ims, rows, eps, bx = [], [], [], []
    for _ in range(n):
        seed = rng.getrandbits(40)
        sc = normalise(random_scene(rng))
        u, im = draw(seed, SIZE, sc)
        ims.append(im)
        rows.append(labels(sc))
        eps.append(noise(seed, SIZE))
        bx.append(torch.from_numpy(places(sc, u, SIZE)[0]))
    x, e = to_tensor(ims), torch.stack(eps)
    with torch.no_grad():
        return x, enc(x), -net.draw(e, torch.full((n,), 999.), one_hot(torch.tensor(rows))) / sf, torch.stack(bx)


def main():
    args = arguments(__doc__, minutes=10., batch=8, lr=6e-4, name='unet')
    vae, state = load(args.cache / 'vae.pt'), load(args.cache / f'{args.name}.pt')
    net, enc, dec = UNet(**state['config']), Encoder(), Decoder().to(memory_format=torch.channels_last)
    net.load_state_dict(state['ema'])
    enc.load_state_dict(vae['encoder'])
    path = args.cache / 'decoder.pt'
    dec.load_state_dict((load(path) or vae)['decoder'])
    ema = copy.deepcopy(dec)
    opt = torch.optim.AdamW(dec.parameters(), args.lr, betas=(.9, .98), weight_decay=0.)
    held = batch(random.Random(99991), net, enc, state['scaling_factor'], 20)
    rng, clock, n, last = random.Random(), Clock(args.minutes), 0, -1e9

    def report():
        with torch.no_grad():
            a, b = ema(held[1]), ema(held[2])
        print(f'{n} {clock.elapsed:.0f}s reconstruction {psnr(a, held[0]):.2f} dB, generated {psnr(b, held[0]):.2f} dB', flush=True)
        sheet([q for i in range(10) for q in (*to_images(held[0][i:i + 1]), *to_images(b[i:i + 1]))], 4, args.cache / 'decoder.png')
        save(path, decoder=ema.state_dict(), n=n)
    while clock.tick() < clock.budget:
        if clock.elapsed - last > 120:
            last = clock.elapsed
            report()
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 50, hold=.2)
        x, z, y, bx = batch(rng, net, enc, state['scaling_factor'], args.batch)
        h, w = z.shape[2:]
        parts, targets = [], []
        for source, k in ((z, 1), (y, 2)):
            for _ in range(k):
                for i, (r, c) in enumerate(crops(bx, h, w, SIDE)):
                    parts.append(source[i, :, r:r + SIDE, c:c + SIDE])
                    targets.append(x[i, :, 8 * r:8 * (r + SIDE), 8 * c:8 * (c + SIDE)])
        p, t = torch.stack(parts), torch.stack(targets)
        with torch.autocast('cpu', torch.bfloat16):
            d = dec((p + NOISE * torch.randn_like(p)).contiguous(memory_format=torch.channels_last)).float() - t
        d = d[..., 8:-8, 8:-8]     # a window's rim lacks its surroundings
        loss = d.abs().mean() + (d ** 2).mean() + .5 * sum(q.abs().mean() for q in edges(d))
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(dec.parameters(), 1.)
        opt.step()
        n += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), [q.detach() for q in dec.parameters()], 1 - min(.99, n / (n + 10)))
    report()


if __name__ == '__main__':
    main()
