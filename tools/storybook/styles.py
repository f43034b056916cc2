"""Styles: what is done to a drawn picture (H x W x 3 bytes) so that it looks inked, painted, cut from paper, ..."""
import numpy as np

GREY = np.array([.299, .587, .114], np.float32)


def smooth(x, n=1):
    """Three taps each way, n times."""
    for _ in range(n):
        p = np.pad(x, ((1, 1), (1, 1)) + ((0, 0),) * (x.ndim - 2), 'edge')
        x = p[:-2, 1:-1] * .25 + p[1:-1, 1:-1] * .5 + p[2:, 1:-1] * .25
        p = np.pad(x, ((1, 1), (1, 1)) + ((0, 0),) * (x.ndim - 2), 'edge')
        x = p[1:-1, :-2] * .25 + p[1:-1, 1:-1] * .5 + p[1:-1, 2:] * .25
    return x


def outline(x, low, high):
    """0..1: how much of an edge runs through a pixel."""
    g = smooth(x @ np.array([.55, .3, .35], np.float32))
    p = np.pad(g, 1, 'edge')
    d = np.abs(p[2:, 1:-1] - p[:-2, 1:-1]) + np.abs(p[1:-1, 2:] - p[1:-1, :-2])
    return np.clip((d - low) / (high - low), 0, 1)[..., None]


def tone(x): return (x @ GREY)[..., None]


def ink(x):
    x = np.clip((x - 128) * 1.12 + 142, 0, 255)
    e = outline(x, 34, 84)
    return x * (1 - e) + np.array([26, 22, 34], np.float32) * e


def pencil(x):
    g = tone(x)
    paper = np.array([246, 243, 236], np.float32)
    shade = .74 + .26 * np.round(smooth(g) / 255 * 4) / 4
    return paper * shade * (1 - .78 * outline(x, 26, 90))


def noir(x):
    g = tone(x) / 255
    g = np.clip(1.35 * (g - .5) + .46, 0, 1)
    h, w = g.shape[:2]
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    v = 1 - .5 * np.clip(((xx / w - .5) ** 2 * 2.4 + (yy / h - .5) ** 2 * 2), 0, 1)[..., None]
    return 255 * g * v * np.array([.97, .98, 1.], np.float32)


_paper = {}


def grain(h, w):
    """A fixed, soft texture, -1..1."""
    if (h, w) not in _paper:
        r = np.random.default_rng(5)
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32) / 192
        t = sum(np.sin(2 * np.pi * (fx * xx + fy * yy) + p) for fx, fy, p in zip(r.uniform(-7, 7, 9), r.uniform(-7, 7, 9), r.uniform(0, 6.3, 9)))
        _paper[h, w] = (t / np.abs(t).max())[..., None].astype(np.float32)
    return _paper[h, w]


def watercolour(x):
    e = outline(x, 30, 110)
    soft = smooth(x)
    paper = np.array([253, 249, 241], np.float32)
    wash = soft * .68 + paper * .32 + 7 * grain(*x.shape[:2])
    return np.clip(wash * (1 - .22 * e), 0, 255)


def pixel(x, side=4):
    h, w = x.shape[:2]
    b = x.reshape(h // side, side, w // side, side, 3)[:, 1:3, :, 1:3].mean((1, 3))
    b = np.round(b / 32) * 32
    return np.repeat(np.repeat(np.clip(b, 0, 255), side, 0), side, 1)


def sepia(x):
    g = tone(x) / 255
    return 255 * np.clip(np.concatenate([g * .86 + .13, g * .78 + .075, g * .64 + .03], 2), 0, 1)


STYLES = {'flat': None, 'ink': ink, 'pencil': pencil, 'noir': noir, 'watercolour': watercolour, 'pixel': pixel,
          'cutout': None,          # the layers cast shadows: see world.render
          'sepia': sepia}


def finish(im, style):
    f = STYLES[style]
    return im if f is None else np.clip(f(im.astype(np.float32)) + .5, 0, 255).astype(np.uint8)
