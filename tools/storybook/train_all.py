"""Trains everything at once on a machine with a GPU: scenes are drawn by most of the processor's cores while the networks
train on what is there so far.

    python tools/storybook/train_all.py --minutes 9

The text encoder and the layout start at once, the autoencoder and the judge with the first scenes, the denoiser when the
autoencoder is done; the preview decoder and the upscaler come last. On processors alone run the steps one by one (README.md).
Each step's words are in FOLDER/logs."""
import os
import subprocess
import sys
import time
from pathlib import Path

from common import arguments

HERE = Path(__file__).parent


def main():
    args = arguments(__doc__.split('\n\n')[0], minutes=9., cores=len(os.sched_getaffinity(0)), spare=8, shards=900, batch=160)
    logs, start, end = args.cache / 'logs', time.time(), time.time() + args.minutes * 60
    logs.mkdir(exist_ok=True)
    running, failed = {}, []

    def go(name, script, *words):
        out = open(logs / f'{name}.txt', 'w')
        running[name] = subprocess.Popen([sys.executable, str(HERE / script), '--cache', str(args.cache), '--threads', '1', *map(str, words)], stdout=out, stderr=out,
                                         env={**os.environ, 'OMP_NUM_THREADS': '1', 'PYTHONUNBUFFERED': '1'})
        print(f'{time.time() - start:.0f} s: {name}', flush=True)

    def done(name):
        # What does not need it goes on: hours of a machine may hang on the rest.
        if code := running[name].wait():
            failed.append(name)
            print(f'{name} failed ({code}): {(logs / f"{name}.txt").read_text()[-3000:]}', flush=True)

    def scenes(n):
        while len(list((args.cache / 'scenes').glob('*.pt'))) < n:
            if running['scenes0'].poll():
                done('scenes0')
                raise SystemExit(1)
            time.sleep(.2)

    part = lambda share: round(args.minutes * share, 3)
    left = lambda share=1.: round((end - time.time()) / 60 - args.minutes * (1 - share), 3)
    drawers = max(1, args.cores - args.spare)
    (args.cache / 'scenes').mkdir(exist_ok=True)
    for i in range(drawers):
        go(f'scenes{i}', 'scenes.py', '--first', i, '--step', drawers, '--count', -(-args.shards // drawers))
    go('text', 'train_text.py', '--minutes', part(.62), '--batch', 160, '--writers', 2)
    go('layout', 'train_layout.py', '--minutes', part(.1), '--pool', 60000, '--batch', 1024)
    scenes(max(drawers, 5))
    go('vae', 'train_vae.py', '--minutes', part(.15), '--batch', 64, '--lr', 2e-3, '--most', 8000)
    for i in range(2):
        go(f'large{i}', 'train_upscaler.py', '--draw', '--first', i, '--step', 2, '--shards', 40)
    go('judge', 'classify.py', '--minutes', part(.7), '--batch', 96, '--most', 36000)
    done('vae')
    done('layout')
    go('unet', 'train_unet.py', '--minutes', left(.85), '--batch', args.batch, '--pixel', 3, '--pixel-from', .35, '--windows', 64, '--most', 150000, '--average', .9985,
       '--report', max(.25, args.minutes / 8))
    done('unet')
    go('upscaler', 'train_upscaler.py', '--minutes', left(.98), '--batch', 32, '--lr', 1e-3, '--shards', 0, '--again', args.minutes * 4)
    go('preview', 'train_preview.py', '--minutes', left(.98), '--batch', 96, '--lr', 3e-3, '--most', 6000)
    for name in ('preview', 'upscaler', 'judge', 'text'):
        done(name)
    for p in running.values():
        p.terminate()
    raise SystemExit(f'failed: {failed}' if failed else None)


if __name__ == '__main__':
    main()
