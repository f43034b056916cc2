"""The whole chain at tiny size, in a few minutes: does every step run, does the export match torch, and do its weights come back? Not a model."""
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

here = Path(__file__).parent


def main():
    with tempfile.TemporaryDirectory() as tmp:
        def step(script, *args, cache='cache'):
            print('-', script, *args, flush=True)
            subprocess.run([sys.executable, str(here / script), *args, *(() if script == 'world.py' else ('--cache', f'{tmp}/{cache}'))], check=True)
        step('world.py', f'{tmp}/world.png')
        step('scenes.py', '--step', '1', '--count', '3', '--scenes', '40')
        step('train_vae.py', '--minutes', '.1')
        step('train_text.py', '--minutes', '.1', '--batch', '16')
        step('train_layout.py', '--minutes', '.05', '--pool', '500')
        step('train_unet.py', '--minutes', '.1', '--batch', '8', '--pixel', '1', '--workers', '2', '--threads', '1')
        step('train_decoder.py', '--minutes', '.05', '--most', '50')
        step('train_preview.py', '--minutes', '.05', '--most', '50')
        step('train_upscaler.py', '--minutes', '.05', '--shards', '2', '--scenes', '6')
        step('export.py', '--out', f'{tmp}/model')
        step('restore.py', '--model', f'{tmp}/model', cache='restored')
        for name, part in (('vae', 'encoder'), ('text', 'encoder'), ('text', 'concepts'), ('unet', 'ema')):
            was, now = (torch.load(f'{tmp}/{cache}/{name}.pt', weights_only=False)[part] for cache in ('cache', 'restored'))
            assert all((was[k] - now[k]).abs().max() <= 1e-3 * was[k].abs().max() for k in was), f'{name}.pt is not restored'
        step('sheet.py', '--model', f'{tmp}/model', '--out', f'{tmp}/sheet.png')
        step('classify.py', '--minutes', '.15', '--batch', '8')
        Path(f'{tmp}/prompts.txt').write_text('a fox, forest\nA man talks.\n')
        step('evaluate.py', '--model', f'{tmp}/model', '--count', '4', '--seeds', '0', '--prompts', f'{tmp}/prompts.txt', '--out', f'{tmp}/evaluation')
        step('evaluate.py', '--captions', f'{tmp}/evaluation/captions.jsonl', '--pictures', f'{tmp}/evaluation/pictures', '--out', f'{tmp}/again')
        assert Path(f'{tmp}/again/result.md').read_text() == Path(f'{tmp}/evaluation/result.md').read_text()
        assert Path(f'{tmp}/sheet.png').stat().st_size > 10000
    print('smoke run: good')


if __name__ == '__main__':
    main()
