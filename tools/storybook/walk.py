"""Walks with the exported model, a row each: from one prompt's embedding to the next under one noise, and from one seed's
noise to another's (slerp) under one prompt. What to look for: does everything change little by little?

    python tools/storybook/walk.py --out walk.png
"""
from pathlib import Path

import numpy as np
import torch

from common import arguments, sheet
from sheet import Onnx

PROMPTS = [['a boy with red hair in a yellow shirt, meadow, day', 'a man with red hair in a blue coat, meadow, day', 'an old man with a white beard in a blue coat, meadow, day'],
           ['a woman in a red dress, street, day', 'a woman in a red dress, street, sunset', 'a woman in a red dress, street, night'],
           ['an orange fox, forest, day', 'a grey cat, forest, day']]
NOISE = ('a wizard and a lighthouse, sea, sunset', 3, 4)


def slerp(a, b, t):
    """Along the arc between two noises, so that what lies between is as strong as they are."""
    angle = torch.acos((a * b).sum() / (a.norm() * b.norm()))
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)


def main():
    args = arguments(__doc__.split('\n\n')[0], model=str(Path(__file__).parents[2] / 'models/storybook'), out='walk.png', seed=7, steps=8)
    run = Onnx(args.model, args.threads)
    draw = lambda seed: torch.randn(1, 8, 24, 40, generator=torch.Generator().manual_seed(seed))
    rows = []
    for prompts in PROMPTS:
        hidden = [run.text(run.tok([p]).numpy()) for p in prompts]
        at = np.linspace(0, len(prompts) - 1, args.steps)
        parts = [(min(int(t), len(prompts) - 2), t) for t in at]
        rows.append([run((hidden[i] * (1 - t + i) + hidden[i + 1] * (t - i)).astype(np.float32), noise=draw(args.seed)) for i, t in parts])
    prompt, first, last = NOISE
    rows.append([run(prompt, noise=slerp(draw(first), draw(last), float(t))) for t in np.linspace(0, 1, args.steps)])
    for name, row in zip([*(' -> '.join(p) for p in PROMPTS), f'{prompt}: noise {first} -> {last}'], rows):
        change = [float(np.sqrt(((a.astype(float) - b) ** 2).mean())) for a, b in zip(row, row[1:])]
        print(name, '| change from step to step:', ' '.join(f'{c:.1f}' for c in change), flush=True)
    sheet([im for row in rows for im in row], args.steps, args.out)


if __name__ == '__main__':
    main()
