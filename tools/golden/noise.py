"""torch.randn on the CPU: every size up to 40 whole, larger ones by their ends and a sum."""

import torch

from golden import versions, write_json


def generator(seed):
    return torch.Generator().manual_seed(seed)


SEEDS = [0, 7, 2**32 - 1, 2**32, 2**63]
LARGE = [63, 64, 1000, 4 * 24 * 40, 4 * 64 * 64 + 5]

whole = [
    {"seed": str(seed), "values": [[round(v, 8) for v in torch.randn(n, generator=generator(seed)).tolist()] for n in sizes]}
    for seed, sizes in ((0, range(1, 41)), (7, range(14, 19)), (2**32 - 1, range(14, 19)), (2**63, range(15, 17)))
]
large = []
for seed in SEEDS:
    for n in LARGE:
        x = torch.randn(n, generator=generator(seed))
        large.append({
            "seed": str(seed), "count": n, "first": x[:8].tolist(), "last": x[-8:].tolist(),
            "sum": x.double().sum().item(), "squares": (x.double() ** 2).sum().item(),
        })
# Draws that follow one another, over both paths and the kept second value of a pair.
g = generator(11)
sequence = [{"count": n, "values": torch.randn(n, generator=g).tolist()} for n in (3, 16, 1, 5, 20, 2, 33)]
write_json("noise.json", {"versions": versions("torch"), "whole": whole, "large": large, "sequence": {"seed": "11", "draws": sequence}})
