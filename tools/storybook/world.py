"""The world: everything storybook can draw, where it stands, and the renderer.

A scene is a plain dict of attributes. What a caption leaves unsaid has one
canonical value (`DEFAULTS`); what may vary from seed to seed is continuous and
read from twelve uniforms `u`, which the model later recovers from its initial
noise. So (caption, noise) -> picture is a function that one step can regress.

    python tools/storybook/world.py world.png [320x192] [seed]
"""
from collections import namedtuple

import numpy as np
import skia

from brush import glow, lit, mix, mul, oval, rect
from figures import ANIMALS, DRESSED, FEMALE, PEOPLE, SKINNED, draw_figure, head_height, pose_of, skeleton, stature
from palette import COLORS, HAIR, SKIN
from places import FIGURE_GRADE, GRADE, INDOORS, background, draw_prop, fog, prop_light, weather
from styles import STYLES, finish

SETTINGS = ['harbour', 'sea', 'beach', 'forest', 'meadow', 'mountains', 'room', 'street', 'castle', 'desert', 'farm', 'river', 'kitchen', 'cave', 'moon']
TIMES = ['dawn', 'day', 'sunset', 'night']
WEATHERS = ['clear', 'rain', 'snow', 'fog']
CAMERAS = ['wide', 'medium', 'close']
POSITIONS = ['left', 'center', 'right']
KINDS = ['man', 'woman', 'wizard', 'knight', 'robot', 'fox', 'cat', 'dog', 'rabbit', 'bear', 'king', 'queen', 'pirate', 'witch', 'astronaut',
         'ghost', 'mouse', 'pig', 'lion', 'owl', 'penguin', 'frog', 'sheep', 'elephant']
AGES = ['child', 'young', 'adult', 'middle-aged', 'old']
COLOR_NAMES, HAIR_NAMES, SKIN_NAMES, STYLE_NAMES = list(COLORS), list(HAIR), list(SKIN), list(STYLES)
FUR_OF = {'fox': ['orange', 'white', 'grey'], 'cat': ['orange', 'black', 'white', 'grey'],
          'dog': ['brown', 'black', 'white', 'yellow'], 'rabbit': ['white', 'grey', 'brown'],
          'bear': ['brown', 'black', 'white'], 'mouse': ['grey', 'white', 'brown'], 'pig': ['pink', 'brown', 'black'], 'lion': ['yellow', 'white'],
          'owl': ['brown', 'grey', 'white'], 'penguin': ['black', 'blue'], 'frog': ['green', 'yellow', 'red'], 'sheep': ['white', 'black', 'brown'],
          'elephant': ['grey', 'blue', 'pink'], 'ghost': ['white', 'blue', 'green']}
PROPS = ['none', 'boat', 'lighthouse', 'tree', 'campfire', 'house', 'lamp', 'car', 'snowman']
PROPS_OF = {'harbour': ['boat', 'lighthouse', 'lamp', 'tree', 'campfire'], 'sea': ['boat', 'lighthouse'],
            'beach': ['boat', 'lighthouse', 'campfire', 'house'], 'forest': ['campfire', 'house', 'snowman'],
            'meadow': ['tree', 'house', 'campfire', 'lighthouse', 'snowman'], 'mountains': ['tree', 'house', 'campfire', 'lighthouse', 'snowman'],
            'room': ['lamp'], 'street': ['lamp', 'tree', 'car', 'snowman'], 'castle': ['tree', 'campfire', 'car', 'snowman'], 'desert': ['campfire', 'car', 'house'],
            'farm': ['tree', 'house', 'car', 'snowman'], 'river': ['boat', 'tree', 'house', 'campfire'], 'kitchen': ['lamp'], 'cave': ['campfire', 'boat'],
            'moon': ['car', 'house', 'lamp']}
HELD = ['none', 'lantern', 'umbrella', 'balloon', 'book', 'flower']
ACTIONS = ['stand', 'sit', 'walk', 'run', 'sleep', 'wave']
EXPRESSIONS = ['happy', 'sad', 'angry', 'surprised']
VIEWS = ['front', 'side', 'back']
DEFAULTS = {'setting': 'meadow', 'time': 'day', 'weather': 'clear', 'camera': 'medium', 'prop': 'none', 'style': 'flat',
            'held': 'none', 'skin': 'light',
            # a child, a grown-up, an old one
            'hair': {'man': ('brown', 'brown', 'white'), 'woman': ('brown', 'brown', 'white'), 'king': ('brown', 'brown', 'white'), 'queen': ('blond', 'blond', 'white'),
                     'pirate': ('black', 'black', 'white'), 'witch': ('black', 'black', 'white')},
            'color': {'man': 'blue', 'woman': 'red', 'wizard': 'purple', 'knight': 'blue', 'robot': 'grey', 'king': 'red', 'queen': 'pink', 'pirate': 'red',
                      'witch': 'black', 'astronaut': 'orange', 'boy': 'green', 'girl': 'yellow', **{k: v[0] for k, v in FUR_OF.items()}, 'cat': 'grey'}}
U = ['x1', 'size1', 'x2', 'size2', 'sun', 'cloud', 'hill', 'hill2', 'prop_x', 'prop_size', 'x3', 'size3']
NU = len(U)
FIGURES = 3
SIZES = [(320, 192), (256, 256), (192, 320)]
# feet, full height, centre of the head, its radius, the hand that holds things; all in pixels
Anchor = namedtuple('Anchor', 'x y h hx hy r gx gy')


def default_color(kind, age):
    """A child wears green or yellow where a grown-up wears blue or red."""
    return DEFAULTS['color'][{'man': 'boy', 'woman': 'girl'}.get(kind, kind) if age < .5 else kind]


def default_hair(kind, age):
    return DEFAULTS['hair'][kind][0 if age < .5 else 2 if age > 3.5 else 1] if kind in PEOPLE else 'white' if kind == 'wizard' else 'brown'


def layout(scene, u, size):
    """-> an Anchor for each figure, (x, y, height) of the prop or None"""
    W, H = size
    unit = min(H, 1.15 * W)
    figs, cam, n = scene['figures'], scene['camera'], len(scene['figures'])
    out = []
    for i, f in enumerate(figs):
        j, s = u[(0, 2, 10)[i]] - .5, 1 + .08 * (u[(1, 3, 11)[i]] - .5)
        tall, head = stature(f)
        pose = pose_of(f, cam)
        if cam == 'close':
            x = ({'left': .28, 'center': .5, 'right': .72} if n > 1 else {'left': .34, 'center': .5, 'right': .66})[f['pos']] * W
            h = (.22 if n > 1 else .29) * min(H, (.85 if n > 1 else 1.05) * W) * s / head
            y = .5 * H + head_height(f) * h
        else:
            x = ({'left': .25, 'center': .5, 'right': .75} if n < 3 else {'left': .19, 'center': .5, 'right': .81})[f['pos']] * W
            h = (.58 if cam == 'wide' else .8) * unit * tall * s * (1 if n < 3 else .88)
            if pose == 'sleep':
                h *= 1 if n == 1 else .85 if n == 2 else .72
            y = (.9 if cam == 'wide' else .975) * H
        x += (.09 if n < 3 else .05) * W * j
        hx, hy, r, (gx, gy) = skeleton(f, x, y, h, pose)
        out.append(Anchor(x, y, h, hx, hy, r, gx, gy))
    prop = None
    if scene['prop'] != 'none':
        side = 'both' if n > 1 else figs[0]['pos'] if figs else 'none'
        x = {'left': .74, 'center': .82, 'right': .26, 'both': .5 if n == 2 else .34, 'none': .6}[side] * W + .06 * W * (u[8] - .5)
        k = scene['prop']
        water = k == 'boat' and scene['setting'] in ('harbour', 'sea', 'beach', 'river')
        h = {'boat': .44, 'lighthouse': .72, 'tree': .62, 'campfire': .26, 'house': .52, 'lamp': .56, 'car': .36, 'snowman': .48}[k]
        prop = (x, (.74 if water else .93 if k == 'campfire' else .86 if k == 'car' else .8) * H, h * unit * (1 + .1 * (u[9] - .5)))
    return out, prop


# ---------------------------------------------------------------- the picture
_surfaces = {}


def layer_of(tint, night, fogged, cut):
    """How a figure's or a prop's layer is laid on: in the hour's light, with a rim that keeps it apart from the dark or the fog, or as
    paper that casts a shadow."""
    p = lit(tint)
    shadow = skia.ImageFilters.DropShadow
    if cut:
        p.setImageFilter(shadow(3, 3.5, 1.2, 1.2, skia.Color(20, 16, 30, 150), shadow(0, 0, .8, .8, skia.ColorWHITE)))
    elif night:
        p.setImageFilter(shadow(0, 0, 1.6, 1.6, skia.Color(150, 166, 226, 150)))
    elif fogged:
        p.setImageFilter(shadow(0, 0, 1.6, 1.6, skia.Color(250, 250, 252, 150)))
    return p


def render(scene, u, size=(320, 192), anchors=None):
    """Draws a scene as an H x W x 3 array of bytes; `anchors`: where its figures stand, if not where `layout` puts them."""
    if size not in _surfaces:
        _surfaces[size] = skia.Surface(*size)
    surface = _surfaces[size]
    cv = surface.getCanvas()
    W, H = size
    t, wx, st = scene['time'], scene['weather'], scene['setting']
    inside = st in INDOORS
    night = t in ('night', 'sunset')
    snowy = wx == 'snow' and not inside
    usual, prop = layout(scene, u, size)
    anchors = anchors or usual
    background(cv, scene, u, W, H)
    if st == 'sea' and anchors:      # nobody walks on water: a jetty
        s = H / 192
        plank = mix((178, 132, 94), (240, 244, 252), .6 if snowy else 0)
        plank = tuple(a * b / 255 for a, b in zip(plank, GRADE[t]))
        rect(cv, 0, .84 * H, W, H, plank)
        rect(cv, 0, .84 * H, W, 4 * s, mix(plank, (255, 240, 220), .25))
        rect(cv, 0, .93 * H, W, 2.5 * s, mul(plank, .8))
    if wx == 'fog' and not inside:
        fog(cv, t, W, H, 130)
    cut = scene['style'] == 'cutout'
    layer = layer_of(mix(FIGURE_GRADE[t], (255, 255, 255), .5 if inside else 0), t == 'night' and not inside, wx == 'fog' and not inside, cut)
    if prop:
        lamp = scene['prop'] in ('campfire', 'lamp')
        cv.saveLayer(None, layer_of((255, 255, 255), False, False, cut) if lamp else layer)
        draw_prop(cv, scene['prop'], *prop, night, snowy)
        cv.restore()
        prop_light(cv, scene['prop'], *prop, night)
    for f, a in zip(scene['figures'], anchors):
        if scene['camera'] != 'close':
            oval(cv, a.x, a.y, a.h * (.2 if f['action'] != 'sleep' else .5), a.h * .028, (40, 36, 50), 70)
        cv.saveLayer(None, layer)
        draw_figure(cv, a.x, a.y, a.h, f, scene['camera'])
        cv.restore()
        if f['held'] == 'lantern' and f['kind'] in DRESSED:
            glow(cv, a.gx, a.gy + a.h * .1, a.h * (.3 if night else .2), (255, 190, 90), 150 if night else 70)
    if not inside:
        weather(cv, wx, W, H)
        if wx == 'fog':
            fog(cv, t, W, H, 36)
    return finish(np.ascontiguousarray(surface.toarray(colorType=skia.kRGB_888x_ColorType)[:, :, :3]), scene['style'])


# ---------------------------------------------------------------- random scenes
def figure(rng, kinds=KINDS):
    k = rng.choice(kinds)
    f = dict(kind=k, color='blue', hair='brown', skin='light', age=2., beard=0, hat=0, held='none', talk=int(rng.random() < .15), pos='center',
             action='stand', expression='happy', view='front')
    if k in PEOPLE:
        # most are of an age that words name; the rest lies between
        ages = [0, 0, 1, 2, 2, 3, 4, 4] if k in ('man', 'woman') else [1, 2, 2, 3, 4]
        f['age'] = float(rng.choice(ages)) if rng.random() < .75 else round(rng.uniform(0 if k in ('man', 'woman') else 1, 4) * 16) / 16
        f['hair'] = rng.choice(HAIR_NAMES) if rng.random() < .5 else default_hair(k, f['age'])
        f['hat'] = int(k in ('man', 'woman') and rng.random() < .2)
        if k not in FEMALE and f['age'] >= 1:
            f['beard'] = int(rng.random() < .45)
    f['color'] = rng.choice(FUR_OF.get(k, COLOR_NAMES)) if rng.random() < .7 else default_color(k, f['age'])
    if k in SKINNED:
        f['skin'] = rng.choice(SKIN_NAMES) if rng.random() < .35 else 'light'
    if rng.random() < .42:
        f['action'] = rng.choice(ACTIONS[1:])
    if rng.random() < .28:
        f['expression'] = rng.choice(EXPRESSIONS[1:])
    if rng.random() < .16:
        f['view'] = rng.choice(VIEWS[1:])
    return f


def random_scene(rng, kinds=KINDS):
    """`kinds` may be a list with repetitions, for more of what is hard."""
    st = rng.choice(SETTINGS)
    n = rng.choices([0, 1, 2, 3], [.07, .55, .25, .13])[0]
    sc = dict(setting=st, time=rng.choice(TIMES), weather='clear', camera=rng.choices(CAMERAS, [.36, .4, .24])[0], figures=[], prop='none', style='flat')
    if rng.random() < .34:
        sc['style'] = rng.choice(STYLE_NAMES[1:])
    if sc['camera'] == 'close' and (n == 0 or n == 2 and rng.random() < .5 or n == 3):
        sc['camera'] = 'medium'
    if st not in INDOORS and st != 'moon':
        sc['weather'] = rng.choices(WEATHERS, [.55, .17, .14, .14])[0]
    sc['figures'] = [figure(rng, kinds) for _ in range(n)]
    if n == 1:
        sc['figures'][0]['pos'] = rng.choice(POSITIONS)
    else:
        places = {2: ['left', 'right'], 3: list(POSITIONS)}.get(n, [])
        if rng.random() < .3:
            rng.shuffle(places)
        for f, p in zip(sc['figures'], places):
            f['pos'] = p
    if rng.random() < (.45 if n < 3 else .2) if n else rng.random() < .8:
        sc['prop'] = rng.choice(PROPS_OF[st])
        if rng.random() < .08:
            sc['prop'] = rng.choice(PROPS[1:])
    if n and rng.random() < .3:
        f = rng.choice(sc['figures'])
        if f['kind'] in DRESSED:
            f['held'] = rng.choice(HELD[1:])
    return sc


def sample_u(rng): return [rng.random() for _ in range(NU)]


if __name__ == '__main__':
    import random
    import sys
    import time
    from PIL import Image
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 5)
    size = tuple(map(int, sys.argv[2].split('x'))) if len(sys.argv) > 2 else (320, 192)
    t0 = time.time()
    ims = [render(random_scene(rng), sample_u(rng), size) for _ in range(30)]
    print(f'{(time.time() - t0) / 30 * 1000:.1f} ms a scene')
    Image.fromarray(np.concatenate([np.concatenate(ims[i * 5:i * 5 + 5], 1) for i in range(6)], 0)).save(sys.argv[1])
