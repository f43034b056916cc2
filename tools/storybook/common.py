"""What every training step shares: the device, the cache folder, a clock that forgives pauses, checkpoints, sheets."""
import argparse
import math
import os
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
os.environ.setdefault('ONEDNN_PRIMITIVE_CACHE_CAPACITY', '4096')

DEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True


def mixed():
    """Products and convolutions in bfloat16, which GPUs and processors with AMX do several times as fast."""
    return torch.autocast(DEVICE.type, torch.bfloat16)


def arguments(description, **defaults):
    """--cache, --minutes, --threads and whatever else the step needs, by default value."""
    p = argparse.ArgumentParser(description=description)
    p.add_argument('--cache', type=Path, default=Path(__file__).parent / '.cache', help='folder for data and checkpoints')
    p.add_argument('--threads', type=int, default=2)
    for k, v in defaults.items():
        name = '--' + k.replace('_', '-')
        if isinstance(v, bool):
            p.add_argument(name, action='store_true')
        else:
            p.add_argument(name, type=type(v), default=v)
    a = p.parse_args()
    a.cache.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(a.threads)
    return a


class Clock:
    """Training time. On a processor it is the processor's, per thread, so that pauses and other work beside it don't count; beside a
    GPU it is the wall's."""

    def __init__(self, minutes, elapsed=0.):
        self.budget, self.elapsed, self.last = minutes * 60, elapsed, self.now()

    def now(self): return time.perf_counter() if DEVICE.type == 'cuda' else time.process_time() / torch.get_num_threads()

    def tick(self):
        now = self.now()
        self.elapsed += now - self.last
        self.last = now
        return self.elapsed

    def fraction(self): return min(1., self.elapsed / self.budget)


def schedule(f, warm, hold=.3, low=.02):
    """Learning-rate factor: linear warm-up, a plateau, then a cosine to `low`."""
    return min(1., warm) * (1. if f < hold else low + (1 - low) * .5 * (1 + math.cos(math.pi * (f - hold) / (1 - hold))))


def in_parallel(train, args):
    """Runs `train(rank, args, meeting)` in `args.workers` processes that `averaged` brings together; SIGTERM is handed on to the first."""
    if args.workers < 2:
        return train(0, args, '')
    import torch.multiprocessing as mp
    workers = mp.start_processes(joined, (train, args, tempfile.mktemp()), nprocs=args.workers, join=False, start_method='fork')
    signal.signal(signal.SIGTERM, lambda *_: os.kill(workers.pids()[0], signal.SIGTERM))
    while not workers.join():
        pass


def joined(rank, train, args, meeting):
    import torch.distributed as dist
    torch.set_num_threads(args.threads)
    dist.init_process_group('gloo', init_method=f'file://{meeting}', rank=rank, world_size=args.workers)
    train(rank, args, meeting)


EVERY = 8       # steps that a worker takes alone


def averaged(parameters, elapsed, stop=False):
    """Averages the workers' networks (local SGD: they train alone for a few steps and meet in the middle) -> the mean of their
    clocks, is one of them to stop"""
    import torch.distributed as dist
    flat = torch.cat([p.detach().flatten() for p in parameters] + [torch.tensor([elapsed, float(stop)])])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    with torch.no_grad():
        for p, q in zip(parameters, flat[:-2].split([p.numel() for p in parameters])):
            p.copy_(q.view_as(p))
    return flat[-2].item(), flat[-1].item() > 0


def save(path, **state):
    tmp = Path(str(path) + '.tmp')
    torch.save(state, tmp)
    os.replace(tmp, path)


def load(path):
    return torch.load(path, weights_only=False, map_location='cpu') if Path(path).exists() else None


def to_tensor(images):
    """Byte pictures (N x H x W x 3) -> N x 3 x H x W, -1..1"""
    x = images if torch.is_tensor(images) else torch.from_numpy(np.stack(images))
    return x.permute(0, 3, 1, 2).float().div_(127.5).sub_(1).contiguous(memory_format=torch.channels_last)


def to_images(x):
    return x.detach().float().add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).cpu().numpy()


def sheet(images, columns, path, texts=None):
    from PIL import Image, ImageDraw
    h, w = images[0].shape[:2]
    extra = 26 if texts else 0
    rows = -(-len(images) // columns)
    out = Image.new('RGB', (columns * w, rows * (h + extra)), (255, 255, 255))
    draw = ImageDraw.Draw(out)
    for i, im in enumerate(images):
        x, y = i % columns * w, i // columns * (h + extra)
        out.paste(Image.fromarray(im), (x, y))
        if texts:
            per = max(20, w // 6)
            draw.text((x + 2, y + h), texts[i][:per], fill=0)
            draw.text((x + 2, y + h + 12), texts[i][per:2 * per], fill=0)
    out.save(path)
