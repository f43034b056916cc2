"""One small file by safetensors' own writer, with every element type that is read, and what is in it."""

import torch
from safetensors.torch import save_file

from golden import GOLDEN, versions, write_json

FOLDER = GOLDEN / "safetensors"
FOLDER.mkdir(parents=True, exist_ok=True)
g = torch.Generator().manual_seed(3)
normal = torch.randn(3, 5, generator=g)
tensors = {
    **{f"float.{t}": normal.to(t) for t in (torch.float32, torch.float64, torch.float16, torch.bfloat16)},
    **{f"int.{t}": torch.tensor([[-128, -1, 0], [1, 100, 127]]).to(t) for t in (torch.int8, torch.int16, torch.int32, torch.int64)},
    **{f"uint.{t}": torch.tensor([0, 1, 255]).to(t) for t in (torch.uint8, torch.uint16, torch.uint32, torch.uint64)},
    "extremes": torch.tensor([0.0, -0.0, 65504, 2**-24, 6.1e-5, torch.inf, -torch.inf], dtype=torch.float16),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 4),
    "eight": torch.tensor([1.0, -2.0]).to(torch.float8_e4m3fn),
}
save_file(tensors, FOLDER / "types.safetensors", metadata={"ss_base_model_version": "sd_v1", "title": "gr\u00fc\u00dfe"})
words = lambda v: [str(x) if abs(x) == float("inf") else x for x in v]
write_json("safetensors/types.json", {"versions": versions("safetensors", "torch"), "tensors": {
    name: {"shape": list(t.shape), "values": words(t.to(torch.float32).flatten().tolist())} for name, t in tensors.items()}})
