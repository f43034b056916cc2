"""Textures and masks that layers are cut from, drawn once: twice as fine as the frames, so that sampling them neither
blurs nor aliases, however they move."""
import math
import os
import random
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import skia

SIDE = 512            # texels; half as many pixels
CORES = min(4, len(os.sched_getaffinity(0)))


def color(rng, spread=1.):
    base = [rng.random() for _ in range(3)]
    grey = sum(base) / 3
    s = rng.random() * spread
    return [255 * min(1., max(0., grey + (c - grey) * s)) for c in base]


def shade(rng, c, by=.25):
    f = 1 + by * (2 * rng.random() - 1)
    return [min(255., max(0., v * f + 12 * (rng.random() - .5))) for v in c]


def paint(c, a=255, stroke=0.):
    p = skia.Paint(AntiAlias=True, Color=skia.Color(*[int(v) for v in c], a))
    if stroke:
        p.setStyle(skia.Paint.kStroke_Style)
        p.setStrokeWidth(stroke)
        p.setStrokeCap(skia.Paint.kRound_Cap)
    return p


def canvas():
    surface = skia.Surface(SIDE, SIDE)
    return surface, surface.getCanvas()


def pixels(surface): return np.ascontiguousarray(surface.toarray(colorType=skia.kRGB_888x_ColorType)[:, :, :3])


def noise(rng, slope=None):
    """Coloured 1/f noise, the spectrum of natural pictures."""
    g = np.random.default_rng(rng.getrandbits(32))
    f = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None]) * SIDE
    slope = slope or 1. + rng.random()
    amp = 1 / np.maximum(f, 1.5) ** slope
    amp[f > SIDE * .3] *= .3
    planes = []
    for _ in range(3):
        z = np.fft.irfft2(amp * np.exp(2j * np.pi * g.random(f.shape)), (SIDE, SIDE))
        planes.append(z / (z.std() + 1e-9))
    own = rng.random() * .6
    lum = planes[0]
    c = np.array(color(rng))
    out = [c[i] + (25 + 30 * rng.random()) * (lum * (1 - own) + planes[i] * own) for i in range(3)]
    return np.clip(np.stack(out, -1), 0, 255).astype(np.uint8)


def path_blob(rng, x, y, r, points=7, rough=.4):
    path = skia.Path()
    pts = [(x + r * (1 + rough * (2 * rng.random() - 1)) * math.cos(2 * math.pi * i / points),
            y + r * (1 + rough * (2 * rng.random() - 1)) * math.sin(2 * math.pi * i / points)) for i in range(points)]
    mid = lambda a, b: ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    path.moveTo(*mid(pts[-1], pts[0]))
    for i in range(points):
        path.quadTo(*pts[i], *mid(pts[i], pts[(i + 1) % points]))
    path.close()
    return path


def leaves(rng):
    """Dead leaves: shapes of power-law size that hide one another; the statistics of natural pictures."""
    surface, cv = canvas()
    base = color(rng)
    cv.clear(skia.Color(*[int(v) for v in base]))
    few = rng.random() < .5
    pal = [color(rng) for _ in range(rng.randint(2, 6))]
    for _ in range(rng.randint(150, 900)):
        r = min(160., (4 if few else 2.5) / (rng.random() ** .75 + .012))
        c = shade(rng, rng.choice(pal), .3)
        x, y = rng.random() * SIDE, rng.random() * SIDE
        p = paint(c)
        if rng.random() < .6:
            d = shade(rng, c, .5)
            p.setShader(skia.GradientShader.MakeLinear([(x - r, y - r), (x + r, y + r)],
                                                       [skia.Color(*[int(v) for v in c]), skia.Color(*[int(v) for v in d])]))
        kind = rng.random()
        if kind < .45:
            cv.drawCircle(x, y, r, p)
        elif kind < .75:
            cv.drawPath(path_blob(rng, x, y, r, rng.randint(4, 9)), p)
        else:
            cv.save()
            cv.rotate(rng.random() * 360, x, y)
            cv.drawRect(skia.Rect(x - r, y - r * (.2 + rng.random()), x + r, y + r * .5), p)
            cv.restore()
    return pixels(surface)


def strokes(rng):
    """Grass, fur, hair: thousands of thin strokes that follow a slow field."""
    surface, cv = canvas()
    base = color(rng)
    cv.clear(skia.Color(*[int(v) for v in base]))
    turn, f1, f2 = rng.random() * 6.3, 1 + 3 * rng.random(), 1 + 3 * rng.random()
    length, wide = 12 + 50 * rng.random(), 1.2 + 3.5 * rng.random()
    pal = [shade(rng, base, .6) for _ in range(4)]
    for _ in range(rng.randint(1500, 4000)):
        x, y = rng.random() * SIDE, rng.random() * SIDE
        a = turn + .9 * math.sin(f1 * x / SIDE * 3 + f2 * y / SIDE * 2) + .4 * (rng.random() - .5)
        path = skia.Path()
        path.moveTo(x, y)
        b = a + .8 * (rng.random() - .5)
        path.quadTo(x + length * .5 * math.cos(a), y + length * .5 * math.sin(a), x + length * math.cos(b), y + length * math.sin(b))
        cv.drawPath(path, paint(shade(rng, rng.choice(pal), .2), rng.randint(120, 255), wide * (.5 + rng.random())))
    return pixels(surface)


def flat(rng):
    """Flat art: large areas, outlines, gradients, few colours."""
    surface, cv = canvas()
    p = skia.Paint()
    p.setShader(skia.GradientShader.MakeLinear([(0, 0), (rng.random() * 99, SIDE)],
                                               [skia.Color(*[int(v) for v in color(rng)]) for _ in range(2)]))
    cv.drawRect(skia.Rect(0, 0, SIDE, SIDE), p)
    for _ in range(rng.randint(5, 50)):
        x, y, r = rng.random() * SIDE, rng.random() * SIDE, 8 + 90 * rng.random() ** 2
        path = path_blob(rng, x, y, r, rng.randint(3, 10), .5)
        cv.drawPath(path, paint(color(rng)))
        if rng.random() < .4:
            cv.drawPath(path, paint(color(rng, .3), 255, 1.5 + 5 * rng.random()))
    return pixels(surface)


def regular(rng):
    """Bricks, boards, stripes, checks: what repeats misleads matching, and the world is full of it."""
    surface, cv = canvas()
    a, b = color(rng), None
    b = shade(rng, a, .5)
    cv.clear(skia.Color(*[int(v) for v in b]))
    w, h, gap = 14 + 90 * rng.random(), 12 + 60 * rng.random(), 1.5 + 5 * rng.random()
    cv.rotate(rng.choice([0, 0, 90, rng.random() * 360]), SIDE / 2, SIDE / 2)
    shift = rng.choice([0, .5])
    for j in range(-int(SIDE / h), int(2 * SIDE / h)):
        for i in range(-int(SIDE / w), int(2 * SIDE / w)):
            x, y = (i + shift * (j % 2)) * w, j * h
            cv.drawRect(skia.Rect(x, y, x + w - gap, y + h - gap), paint(shade(rng, a, .25)))
    return pixels(surface)


def texture(rng):
    kind = rng.choices([noise, leaves, strokes, flat, regular], [.16, .32, .24, .2, .08])[0]
    im = kind(rng).astype(np.float32)
    if kind is not noise and rng.random() < .6:        # fine grain or slow shading over it
        im += (noise(rng, .8 + 1.2 * rng.random()).astype(np.float32) - 128) * (.1 + .3 * rng.random())
    return box(np.clip(im, 0, 255))


def box(im):
    """2 x 2 box: one texel then carries what a pixel of half the resolution would see of it."""
    im = np.pad(im, ((0, 1), (0, 1), (0, 0)), mode='edge')
    return (im[:-1, :-1] + im[1:, :-1] + im[:-1, 1:] + im[1:, 1:] + 2).astype(np.float32).__truediv__(4).clip(0, 255).astype(np.uint8)


def mask(rng):
    """White where the layer is: blobs, figures of several parts, bars, leaves, tufts."""
    surface, cv = canvas()
    cv.clear(skia.Color(0, 0, 0))
    white = paint((255, 255, 255))
    c = SIDE / 2
    kind = rng.random()
    if kind < .4:
        cv.drawPath(path_blob(rng, c, c, SIDE * (.12 + .26 * rng.random()), rng.randint(4, 12), .5), white)
    elif kind < .65:
        for _ in range(rng.randint(2, 9)):
            x, y = c + (rng.random() - .5) * SIDE * .5, c + (rng.random() - .5) * SIDE * .5
            cv.drawPath(path_blob(rng, x, y, SIDE * (.03 + .12 * rng.random()), rng.randint(4, 9), .4), white)
    elif kind < .85:
        for _ in range(rng.randint(1, 7)):
            a, q = rng.random() * 6.3, (rng.random() - .5) * SIDE * .5
            x, y = c - q * math.sin(a), c + q * math.cos(a)
            l = SIDE * (.15 + .3 * rng.random())
            cv.drawLine(x - l * math.cos(a), y - l * math.sin(a), x + l * math.cos(a), y + l * math.sin(a),
                        paint((255, 255, 255), 255, 4 + 40 * rng.random() ** 2))
    else:
        for _ in range(rng.randint(30, 200)):
            x, y, a = c + rng.gauss(0, SIDE * .12), c + rng.gauss(0, SIDE * .12), rng.random() * 6.3
            l = 15 + 70 * rng.random()
            cv.drawLine(x, y, x + l * math.cos(a), y + l * math.sin(a), paint((255, 255, 255), 255, 2 + 7 * rng.random()))
    return box(pixels(surface)[:, :, :1].astype(np.float32))


def bank(cache: Path, seed, textures, masks):
    """Draws the bank, or reads it: textures T x 512 x 512 x 3 and masks M x 512 x 512 x 1, bytes."""
    names = [cache / f'textures-{seed}.npy', cache / f'masks-{seed}.npy']
    if not all(n.exists() for n in names):
        with ProcessPoolExecutor(CORES) as pool:
            for name, draw, count in zip(names, (texture, mask), (textures, masks)):
                np.save(name, np.stack(list(pool.map(draw, [random.Random(f'{seed} {draw.__name__} {i}') for i in range(count)], chunksize=4))))
    return [np.load(n, mmap_mode='r') for n in names]


if __name__ == '__main__':
    import sys
    from PIL import Image
    rng = random.Random(3)
    ims = [texture(rng) for _ in range(18)] + [np.repeat(mask(rng), 3, -1) for _ in range(6)]
    Image.fromarray(np.concatenate([np.concatenate(ims[i * 6:i * 6 + 6], 1) for i in range(4)])).resize((1536, 1024)).save(sys.argv[1])
