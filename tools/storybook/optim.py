"""Muon (orthogonalised momentum) for matrices and convolutions, AdamW for everything else."""
import torch


def orthogonal(g, steps=5):
    """Newton-Schulz on a stack of matrices: the nearest semi-orthogonal ones, roughly; bfloat16 is enough for that."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = (g / (g.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    flip = x.shape[1] > x.shape[2]
    if flip:
        x = x.mT
    for _ in range(steps):
        y = x @ x.mT
        x = a * x + (b * y + c * y @ y) @ x
    return (x.mT if flip else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr=.02, momentum=.95, decay=.0):
        super().__init__(params, dict(lr=lr, momentum=momentum, decay=decay))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            same = {}       # matrices of one shape are made orthogonal together
            for p in g['params']:
                if p.grad is None:
                    continue
                m = self.state[p].setdefault('m', torch.zeros_like(p))
                m.lerp_(p.grad, 1 - g['momentum'])
                d = p.grad.lerp(m, g['momentum']).flatten(1)
                same.setdefault(d.shape, []).append((p, d))
            for (rows, columns), parts in same.items():
                ds = orthogonal(torch.stack([d for _, d in parts])) * max(1., rows / columns) ** .5
                for (p, _), d in zip(parts, ds):
                    p.mul_(1 - g['lr'] * g['decay']).add_(d.view_as(p), alpha=-g['lr'])
