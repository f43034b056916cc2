"""Trains the layout network (concepts + noise coordinates -> anchors) on the world's own layout. Two minutes."""
import random

import torch

from captions import labels, normalise
from common import Clock, arguments, load, save, schedule
from text import one_hot
from unet import Layout
from world import SIZES, layout, random_scene, sample_u


def batch(rng, n):
    rows, us, sizes, y, mask = [], [], [], [], []
    for _ in range(n):
        sc, u = normalise(random_scene(rng)), sample_u(rng)
        size = rng.choices(SIZES, [.6, .2, .2])[0]
        figs, prop = layout(sc, u, size)
        a = (figs + [None, None])[:2] + [prop]
        y.append([[q[0] / size[0], q[1] / size[1], q[2] / size[1]] if q else [.5, .5, .5] for q in a])
        mask.append([q is not None for q in a])
        rows.append(labels(sc))
        us.append(u)
        sizes.append([size[0] / size[1]])
    return one_hot(torch.tensor(rows)), torch.tensor(us), torch.tensor(sizes).log(), torch.tensor(y), torch.tensor(mask).float()


def main():
    args = arguments(__doc__, minutes=2.5, pool=40000, lr=2e-3)
    torch.manual_seed(0)
    net = Layout()
    if state := load(args.cache / 'layout.pt'):
        net.load_state_dict(state['layout'])
    opt = torch.optim.Adam(net.parameters(), args.lr)
    rng = random.Random(3)
    data, held = batch(rng, args.pool), batch(random.Random(5), 2000)

    def error(d):
        p = net(*d[:3])
        return torch.cat([p[..., :2] - d[3][..., :2], (p[..., 2:] - d[3][..., 2:])], -1).abs() * d[4][..., None]
    clock, n = Clock(args.minutes), 0
    while clock.tick() < clock.budget:
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 100, hold=.1)
        i = torch.randint(len(data[0]), (256,))
        loss = error([d[i] for d in data]).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        n += 1
        if n % 1000 == 0:
            print(n, f'{clock.elapsed:.0f}s', 'train', loss.item(), flush=True)
    with torch.no_grad():
        e = error(held).sum((0, 1)) / held[4].sum()
    print('held-out mean error in pixels of 320x192:', (e * torch.tensor([320., 192., 192.])).tolist())
    save(args.cache / 'layout.pt', layout=net.state_dict())


if __name__ == '__main__':
    main()
