"""Opens the model's folder in optimum's ORTStableDiffusionPipeline and compares its pictures with those of `storyreel still`.

It needs an environment of its own, since optimum-onnx asks for transformers 4 and the rest of this folder uses 5:
`pip install optimum-onnx==0.1.0 transformers==4.57.3 diffusers==0.35.2 onnxruntime pillow`.

    python tools/storybook/check_optimum.py --model models/storybook
"""
import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
LIMIT = 2       # of 255
PROMPTS = ['a fox, forest, night', 'close-up of an old man with a white beard in a yellow raincoat, harbour, dawn',
           'A girl in a green dress and a robot stand on the beach. It is raining.', '']


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--model', default=str(ROOT / 'models/storybook'))
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    import torch
    from optimum.onnxruntime import ORTStableDiffusionPipeline
    pipe = ORTStableDiffusionPipeline.from_pretrained(args.model, provider='CPUExecutionProvider')
    pipe.set_progress_bar_config(disable=True)
    worst = 0
    with tempfile.TemporaryDirectory() as tmp:
        for i, prompt in enumerate(PROMPTS):
            for steps, size in ((1, (320, 192)), (4, (256, 256))) if i == 0 else ((1, (320, 192)),):
                theirs = pipe(prompt, num_inference_steps=steps, guidance_scale=1., width=size[0], height=size[1], output_type='np',
                              generator=torch.Generator().manual_seed(args.seed + i)).images[0]
                path = Path(tmp) / 'still.png'
                subprocess.run(['node', str(ROOT / 'bin/storyreel.js'), 'still', prompt, '-o', str(path), '--seed', str(args.seed + i), '--steps', str(steps),
                                '--guidance', '1', '--size', '%dx%d' % size, '--model', args.model], check=True, stdout=subprocess.DEVNULL)
                ours = np.asarray(Image.open(path).convert('RGB')).astype(int)
                difference = np.abs(ours - np.round(theirs * 255).astype(int))
                worst = max(worst, int(difference.max()))
                print(f'{size[0]}x{size[1]}, {steps} step(s): largest difference {difference.max()} of 255, {(difference > 0).mean():.4%} of values differ; {prompt!r}', flush=True)
    if worst > LIMIT:
        raise SystemExit(f'the pictures differ by {worst} of 255, more than {LIMIT}')
    print('optimum and storyreel paint the same pictures')


if __name__ == '__main__':
    main()
