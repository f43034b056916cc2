"""Does somebody grow old without a jump? Renders a walk through ages and asks the judge of the storybook model for the age in each
frame; and how much the background changes from frame to frame.

    python tools/consistency/ages.py                     # examples/hundred-years.yaml
    python tools/consistency/ages.py --film FILM --shot ID --out FOLDER

--out gets the frames on a strip and result.json: each frame's age (0 a child, 1 young, 2 adult, 3 middle-aged, 4 old), the
largest step back, and how much neighbours differ (root mean square, levels of 255), the whole and the background, the outer
sixths: of painted pictures, and of frames as they are before the encoder, which changes the background more than the walk does.
"""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / 'tools/storybook'))
from captions import FIGURE          # noqa: E402
from classify import trained         # noqa: E402
from common import arguments, sheet  # noqa: E402

SIZE = (320, 192)       # what the judge knows


READ_FRAMES = """
import { readFrames } from '%s'
for (const path of process.argv.slice(1)) {
  const frames = await readFrames(path)
  for await (const frame of frames) process.stdout.write(Buffer.from(frame))
  await frames.close()
}
""" % (ROOT / 'dist/image/frames-file.js').as_uri()


def storyreel(*args):
    return subprocess.run(['node', str(ROOT / 'bin/storyreel.js'), *map(str, args)], check=True, stdout=subprocess.PIPE, text=True).stdout


def rendered(film, shot, model, out):
    """-> the shot's frames (N x H x W x 3 bytes), its painted pictures, and with in-betweens, before the camera and the encoder"""
    movie, settings = out / 'film.mp4', ['--cache-dir', out / 'cache', '--set', f'model={json.dumps(model)}']
    storyreel('render', film, '-o', movie, '--shots', shot, '--progress', 'none', *settings)
    scale = f'scale={SIZE[0]}:{SIZE[1]}:flags=area'
    raw = subprocess.run(['ffmpeg', '-v', 'error', '-i', str(movie), '-vf', scale, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], check=True, stdout=subprocess.PIPE).stdout
    nodes = next(s for s in json.loads(storyreel('explain', film, '--json', *settings))['shots'] if s['id'] == shot)['nodes']
    files = {p.name.split('-')[0]: p for p in (out / 'cache').rglob('*') if p.is_file()}
    of = lambda kind: [files[n['key']] for n in nodes if n['kind'] == kind]  # noqa: E731
    pictures = [np.asarray(Image.open(path).convert('RGB')) for path in of('keyframe')]
    shown = [pictures[0]]
    for path, picture in zip(of('inbetween'), pictures[1:], strict=True):
        shown += [*between(path, picture.shape), picture]
    return np.frombuffer(raw, np.uint8).reshape(-1, SIZE[1], SIZE[0], 3), np.stack(pictures), np.stack(shown)


def between(path, shape):
    read = ['node', '--input-type=module', '-e', READ_FRAMES, str(path)]
    return np.frombuffer(subprocess.run(read, check=True, stdout=subprocess.PIPE).stdout, np.uint8).reshape(-1, *shape)


def steps(pictures):
    edge = pictures.shape[2] // 6
    return dict(count=len(pictures), whole=differences(pictures), background=differences(np.concatenate([pictures[:, :, :edge], pictures[:, :, -edge:]], 2)))


def differences(pictures):
    d = np.array([np.sqrt(((b.astype(np.float32) - a) ** 2).mean()) for a, b in zip(pictures, pictures[1:])])
    median, most = float(np.median(d)), float(d.max())
    return dict(median=round(median, 3), most=round(most, 3), ratio=round(most / median, 2))


def main():
    args = arguments(__doc__.split('\n\n')[0], film=str(ROOT / 'examples/hundred-years.yaml'), shot='life', model='storybook', out='')
    out = Path(args.out or args.cache / 'ages')
    out.mkdir(parents=True, exist_ok=True)
    frames, pictures, shown = rendered(args.film, args.shot, args.model, out)
    net = trained(args.cache)
    ages = []
    for i in range(0, len(frames), 48):
        ages += [FIGURE['age'].index(shown['who'][0]['age']) if shown['figures'] else None for shown in net.names(list(frames[i:i + 48]))]
    seen = [a for a in ages if a is not None]
    back = max([before - age for i, age in enumerate(seen) for before in [max(seen[:i + 1])]])
    result = dict(frames=len(ages), unseen=len(ages) - len(seen), ages=ages, largest_step_back=back, painted=steps(pictures), shown=steps(shown))
    (out / 'result.json').write_text(json.dumps(result) + '\n')
    at = np.linspace(0, len(frames) - 1, 24).round().astype(int)
    sheet([frames[i] for i in at], 6, out / 'strip.png', [f'frame {i}: {ages[i]}' for i in at])
    print({k: v for k, v in result.items() if k != 'ages'})
    print('ages', ''.join('-' if a is None else str(a) for a in ages))


if __name__ == '__main__':
    main()
