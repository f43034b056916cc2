"""Muon (orthogonalised momentum) for matrices and convolutions, AdamW for everything else."""
import torch


def orthogonal(g, steps=5):
    """Newton-Schulz: the nearest semi-orthogonal matrix, roughly; bfloat16 is enough for that."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = (g / (g.norm() + 1e-7)).bfloat16()
    flip = x.shape[0] > x.shape[1]
    if flip:
        x = x.T
    for _ in range(steps):
        y = x @ x.T
        x = a * x + (b * y + c * y @ y) @ x
    return (x.T if flip else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr=.02, momentum=.95, decay=.0):
        super().__init__(params, dict(lr=lr, momentum=momentum, decay=decay))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            for p in g['params']:
                if p.grad is None:
                    continue
                m = self.state[p].setdefault('m', torch.zeros_like(p))
                m.lerp_(p.grad, 1 - g['momentum'])
                d = p.grad.lerp(m, g['momentum']).flatten(1)
                d = orthogonal(d) * max(1., d.shape[0] / d.shape[1]) ** .5
                p.mul_(1 - g['lr'] * g['decay']).add_(d.view_as(p), alpha=-g['lr'])
