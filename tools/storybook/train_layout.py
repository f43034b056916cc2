"""Trains the layout network (concepts + noise coordinates -> anchors) on the world's own layout. Three minutes."""
import random

import torch

from captions import labels, normalise
from common import DEVICE, Clock, arguments, load, save, schedule
from text import one_hot
from unet import Layout, split
from world import FIGURES, SIZES, layout, random_scene, sample_u


def batch(rng, n):
    """-> concepts, free choices, log aspects, figures' anchors in shares (N x 3 x 8), the prop's (N x 3), which are there, heights of a close-up"""
    rows, us, aspects, figures, props, there = [], [], [], [], [], []
    for _ in range(n):
        sc, u = normalise(random_scene(rng)), sample_u(rng)
        W, H = rng.choices(SIZES, [.6, .2, .2])[0]
        anchors, prop = layout(sc, u, (W, H))
        scale = (W, H, H, W, H, H, W, H)
        figures.append([[q / s for q, s in zip(a, scale)] for a in anchors] + [[.5] * 8] * (FIGURES - len(anchors)))
        props.append([prop[0] / W, prop[1] / H, prop[2] / H] if prop else [.5] * 3)
        there.append([i < len(anchors) for i in range(FIGURES)] + [prop is not None])
        rows.append(labels(sc))
        us.append(u)
        aspects.append([W / H])
    return (one_hot(torch.tensor(rows)), torch.tensor(us), torch.tensor(aspects).log(), torch.tensor(figures), torch.tensor(props),
            torch.tensor(there).float())


def main():
    args = arguments(__doc__, minutes=3., pool=30000, lr=2e-3, batch=256)
    torch.manual_seed(0)
    net = Layout().to(DEVICE)
    if state := load(args.cache / 'layout.pt'):
        net.load_state_dict(state['layout'])
    opt = torch.optim.Adam(net.parameters(), args.lr)
    rng = random.Random(3)
    data, held = ([q.to(DEVICE) for q in d] for d in (batch(rng, args.pool), batch(random.Random(5), 2000)))

    def errors(d):
        """Mean absolute errors in shares: N x 3 x 8, N x 3; of a figure's feet and hand relative to its height"""
        c, u, aspect, figures, props, there = d
        s, n, f, _ = split(c)
        a, p = net(s, n, f, u, aspect)
        far = torch.tensor([1., 1, 1, 0, 0, 0, 1, 1], device=DEVICE)
        e = (a - figures).abs() / (figures[..., 2:3].clamp(min=1) * far + (1 - far))
        return e * there[:, :FIGURES, None], (p - props).abs() * there[:, FIGURES:]
    clock, n = Clock(args.minutes), 0
    while clock.tick() < clock.budget:
        for g in opt.param_groups:
            g['lr'] = args.lr * schedule(clock.fraction(), (n + 1) / 100, hold=.1)
        i = torch.randint(len(data[0]), (args.batch,), device=DEVICE)
        figures, props = errors([d[i] for d in data])
        loss = (figures * torch.tensor([1., 1, 1, 3, 3, 3, 1, 1], device=DEVICE)).mean() + props.mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        n += 1
        if n % 1000 == 0:
            print(n, f'{clock.elapsed:.0f}s', 'train', loss.item(), flush=True)
    with torch.no_grad():
        figures, props = errors(held)
        e = figures.sum((0, 1)) / held[5][:, :FIGURES].sum()
        q = props.sum(0) / held[5][:, FIGURES].sum()
    print('held-out mean error in pixels of 320x192:', (e.cpu() * torch.tensor([320., 192, 192, 320, 192, 192, 320, 192])).tolist(), (q.cpu() * torch.tensor([320., 192., 192.])).tolist())
    save(args.cache / 'layout.pt', layout=net.state_dict())


if __name__ == '__main__':
    main()
