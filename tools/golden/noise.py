"""torch.randn on the CPU: every size up to 40 and some odd ones whole, to the bit; larger ones by their ends and a sum."""

import torch

from golden import GOLDEN, versions, write_json


def generator(seed):
    return torch.Generator().manual_seed(seed)


SEEDS = [0, 7, 2**32 - 1, 2**32, 2**63]
LARGE = [63, 64, 1000, 4 * 24 * 40, 4 * 64 * 64 + 5]

SIZES = [*range(1, 41), 63, 65, 1001]

whole = []
numbers = bytearray()
for seed in (0, 7, 2**32 - 1, 2**63):
    for n in SIZES:
        whole.append({"seed": str(seed), "count": n, "offset": len(numbers)})
        numbers += torch.randn(n, generator=generator(seed)).numpy().astype("<f4").tobytes()
(GOLDEN / "noise.f32").write_bytes(bytes(numbers))
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
