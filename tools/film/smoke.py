"""The whole chain at tiny size, in under a minute: does every step run, does a stopped training go
on, does the export match torch, can training go on from it? Not a model."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).parent


def main():
    os.environ.setdefault('OMP_NUM_THREADS', '1')
    with tempfile.TemporaryDirectory() as tmp:
        def step(script, *args):
            print('-', script, *args, flush=True)
            return subprocess.run([sys.executable, str(here / script), *args], check=True, stdout=subprocess.PIPE, text=True).stdout
        train = lambda minutes, *more: step('train.py', '--cache', f'{tmp}/cache', '--smoke', '--batch', '3', '--minutes', minutes, *more)
        train('.05', '--part', 'coarse', '--side', '64')
        told = train('.2', '--restart') + train('.3')      # the second one goes on where the first one stopped
        errors = [float(line.split(' l1 ')[1].split()[0]) for line in told.splitlines() if ' l1 ' in line]
        assert len(errors) >= 2 and all(e == e and e < .2 for e in errors), told
        print(step('export.py', '--cache', f'{tmp}/cache', '--out', f'{tmp}/model'), end='')
        assert all(Path(f'{tmp}/model/{name}.onnx').stat().st_size > 300_000 for name in ('model', 'coarse'))
        Path(f'{tmp}/cache/film.pt').unlink()
        step('restore.py', '--cache', f'{tmp}/cache', '--model', f'{tmp}/model')
        assert Path(f'{tmp}/cache/film.pt').exists()
    print('smoke run: good')


if __name__ == '__main__':
    main()
