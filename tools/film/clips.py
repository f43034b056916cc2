"""Short clips of the storybook world with exact truth: figures walk, come near, go to another place in the picture, the sun and
clouds drift, the camera pushes, pans and rolls, day turns to night. Five frames each, at 0, 1/4, 1/2, 3/4 and 1; drawn twice as large and averaged."""
import math
import os
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'storybook'))
import world  # noqa: E402

WIDTH, HEIGHT = 320, 192
CORES = min(4, len(os.sched_getaffinity(0)))
TIMES = (0., .25, .5, .75, 1.)


def draw(scene, u, camera, anchors=None):
    """The scene through a camera: (zoom, x, y in parts of the picture, roll in degrees). `anchors` as world.render has them."""
    zoom, dx, dy, roll = camera
    size = (2 * WIDTH, 2 * HEIGHT)
    if size not in world._surfaces:
        world._surfaces[size] = world.skia.Surface(*size)
    cv = world._surfaces[size].getCanvas()
    cv.save()
    cv.translate(size[0] * (.5 + dx), size[1] * (.5 + dy))
    cv.rotate(roll)
    cv.scale(zoom, zoom)
    cv.translate(-size[0] / 2, -size[1] / 2)
    im = world.render(scene, u, size, anchors).astype(np.uint16)
    cv.restore()
    return ((im[::2, ::2] + im[1::2, ::2] + im[::2, 1::2] + im[1::2, 1::2] + 2) // 4).astype(np.uint8)


def staged(rng):
    """A scene, and the same one with its figures nearer or farther and perhaps elsewhere, as films go from a wide shot to a
    close-up; drawn for the one that is farther away, which shows all of them."""
    while True:
        scene = world.random_scene(rng)
        if 0 < len(scene['figures']) < 3 and scene['camera'] != 'close' and all(f['action'] == 'stand' for f in scene['figures']):
            break
    other = dict(scene, camera=rng.choice([c for c in world.CAMERAS if c != scene['camera']]))
    if rng.random() < .4:
        if rng.random() < .5:
            other['camera'] = scene['camera']
        places = world.POSITIONS if len(scene['figures']) == 1 else ('left', 'right')
        other['figures'] = [dict(f, pos=p) for f, p in zip(scene['figures'], rng.sample(places, len(places)))]
    return scene, other


def on_the_way(scene, other, u, t):
    """Where the figures stand at t, each point on a straight line."""
    size = (2 * WIDTH, 2 * HEIGHT)
    ends = zip(world.layout(scene, u, size)[0], world.layout(other, u, size)[0])
    return [a._make(x + (y - x) * t for x, y in zip(a, b)) for a, b in ends]


def clip(rng):
    """5 x H x W x 3 bytes."""
    scene, other = staged(rng) if rng.random() < .4 else (world.random_scene(rng), None)
    turned = rng.random() < .5                                         # towards the camera, or away from it
    u0 = world.sample_u(rng)
    big = math.exp(rng.uniform(math.log(.05), math.log(1.6)))         # how much happens
    du = [big * rng.gauss(0, .5) for _ in u0]
    for i in (0, 2):                                                   # figures walk: 1 is 9 % of the width
        du[i] *= rng.choice([0, 1, 3])
    for i in (1, 3):
        du[i] *= rng.choice([0, .5])
    bend = [d * rng.uniform(-.3, .3) for d in du]
    moves = rng.random() < .6
    at = 1.25 + .3 * rng.random()                                      # zoomed in, so that no border comes into view
    c0 = [at, rng.uniform(-.06, .06), rng.uniform(-.06, .06), rng.uniform(-2, 2)]
    dc = [at * rng.gauss(0, .1) * min(1, big), rng.gauss(0, .05) * big, rng.gauss(0, .03) * big, rng.gauss(0, 2) * big]
    if not moves:
        dc = [0.] * 4
        if rng.random() < .5:
            c0 = [1., 0., 0., 0.]
    later = None
    if rng.random() < .12:                                             # the light changes
        later = dict(scene, time=rng.choice(world.TIMES))
    frames = []
    for t in TIMES:
        u = [a + b * t + e * 4 * t * (1 - t) for a, b, e in zip(u0, du, bend)]
        z = c0[0] * math.exp(dc[0] / c0[0] * t)
        reach = max(0., .5 - .5 / z) * z
        clamp = lambda v: max(-reach, min(reach, v))
        cam = (max(z, 1.), clamp(c0[1] + dc[1] * t), clamp(c0[2] + dc[2] * t), (c0[3] + dc[3] * t) if c0[0] > 1 else 0.)
        anchors = other and on_the_way(scene, other, u, 1 - t if turned else t)
        im = draw(scene, u, cam, anchors)
        if later:
            im = ((1 - t) * im + t * draw(later, u, cam, anchors) + .5).astype(np.uint8)
        frames.append(im)
    return np.stack(frames)


def bank(cache: Path, seed, count):
    """Draws the clips, or reads them: C x 5 x H x W x 3 bytes."""
    name = cache / f'clips-{seed}.npy'
    if not name.exists():
        part = Path(str(name) + '.part.npy')
        out = np.lib.format.open_memmap(part, 'w+', np.uint8, (count, len(TIMES), HEIGHT, WIDTH, 3))
        with ProcessPoolExecutor(CORES) as pool:
            for i, frames in enumerate(pool.map(clip, [random.Random(f'{seed} {i}') for i in range(count)])):
                out[i] = frames
        del out
        part.rename(name)
    return np.load(name, mmap_mode='r')


if __name__ == '__main__':
    import time
    from PIL import Image
    rng = random.Random(4)
    t0 = time.time()
    ims = [clip(rng) for _ in range(6)]
    print(f'{(time.time() - t0) / 30 * 1000:.0f} ms a frame')
    Image.fromarray(np.concatenate([np.concatenate(list(c), 1) for c in ims])).resize((1600, 1152)).save(sys.argv[1])
