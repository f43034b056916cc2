"""Draws prompts with the exported model (onnxruntime, DDIM as diffusers has it) and lays the pictures out on a sheet."""
import json
import time
from pathlib import Path

import numpy as np
import torch

from common import arguments, sheet, to_images
from text import Tokenizer


class Onnx:
    """The exported folder as a pipeline."""

    def __init__(self, folder, threads=2):
        import onnxruntime as ort
        self.folder = Path(folder)
        o = ort.SessionOptions()
        o.intra_op_num_threads = threads
        self.s = {k: ort.InferenceSession(str(self.folder / k / 'model.onnx'), o, providers=['CPUExecutionProvider'])
                  for k in ('text_encoder', 'unet', 'vae_decoder', 'vae_encoder')}
        self.tok = Tokenizer(self.folder / 'tokenizer')
        self.sf = json.loads((self.folder / 'vae_decoder/config.json').read_text())['scaling_factor']

    def text(self, ids): return self.s['text_encoder'].run(None, {'input_ids': ids.astype(np.int64)})[0]

    def unet(self, x, t, h):
        return self.s['unet'].run(None, {'sample': x, 'timestep': np.array(t, np.float32), 'encoder_hidden_states': h})[0]

    def decode(self, z): return self.s['vae_decoder'].run(None, {'latent_sample': (z / self.sf).astype(np.float32)})[0]

    def __call__(self, prompt, seed=0, size=(320, 192), steps=1, noise=None):
        from diffusers import DDIMScheduler
        sch = DDIMScheduler.from_pretrained(self.folder / 'scheduler')
        sch.set_timesteps(steps)
        h = self.text(self.tok([prompt]).numpy()) if isinstance(prompt, str) else prompt
        x = noise if noise is not None else torch.randn(1, 8, size[1] // 8, size[0] // 8, generator=torch.Generator().manual_seed(seed))
        for t in sch.timesteps:
            x = sch.step(torch.from_numpy(self.unet(x.numpy(), float(t), h)), t, x).prev_sample
        return to_images(torch.from_numpy(self.decode(x.numpy())))[0]


def main():
    here = Path(__file__).parent
    args = arguments(__doc__, model=str(here.parents[1] / 'models/storybook'), prompts=str(here / 'prompts.txt'), out='sheet.png', seed=1, steps=1, columns=5, size='320x192')
    run = Onnx(args.model, args.threads)
    prompts = [p for p in Path(args.prompts).read_text().splitlines() if p.strip()]
    size = tuple(map(int, args.size.split('x')))
    t = time.time()
    ims = [run(p, args.seed + i, size, args.steps) for i, p in enumerate(prompts)]
    print(f'{(time.time() - t) / len(prompts) * 1000:.0f} ms a picture')
    sheet(ims, args.columns, args.out, [f'{args.seed + i}: {p}' for i, p in enumerate(prompts)])


if __name__ == '__main__':
    main()
