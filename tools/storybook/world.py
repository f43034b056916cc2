"""The world: everything storybook can draw, and the renderer that draws it.

A scene is a plain dict of attributes. What a caption leaves unsaid has one
canonical value (`DEFAULTS`); what may vary from seed to seed is continuous and
read from ten uniforms `u`, which the model later recovers from its initial
noise. So (caption, noise) -> picture is a function that one step can regress.
"""
import math
import numpy as np
import skia

SETTINGS = ['harbour', 'sea', 'beach', 'forest', 'meadow', 'mountains', 'room', 'street']
TIMES = ['dawn', 'day', 'sunset', 'night']
WEATHERS = ['clear', 'rain', 'snow', 'fog']
CAMERAS = ['wide', 'medium', 'close']
POSITIONS = ['left', 'center', 'right']
PEOPLE = ['man', 'woman', 'boy', 'girl']
DRESSED = PEOPLE + ['wizard', 'knight', 'robot']
ANIMALS = ['fox', 'cat', 'dog', 'rabbit', 'bear']
KINDS = DRESSED + ANIMALS
COLORS = {'red': (206, 58, 52), 'blue': (58, 104, 196), 'green': (66, 146, 84), 'yellow': (246, 200, 62),
          'purple': (132, 78, 168), 'orange': (238, 134, 52), 'white': (242, 238, 230), 'grey': (142, 148, 158),
          'black': (58, 56, 66), 'brown': (140, 92, 58), 'pink': (240, 146, 176)}
COLOR_NAMES = list(COLORS)
HAIR = {'black': (48, 40, 46), 'brown': (116, 72, 42), 'blond': (238, 200, 104), 'red': (204, 88, 40),
        'white': (232, 230, 228)}
HAIR_NAMES = list(HAIR)
FUR = dict(COLORS, orange=(232, 126, 50), white=(242, 236, 226), brown=(150, 98, 60))
FUR_OF = {'fox': ['orange', 'white', 'grey'], 'cat': ['orange', 'black', 'white', 'grey'],
          'dog': ['brown', 'black', 'white', 'yellow'], 'rabbit': ['white', 'grey', 'brown'],
          'bear': ['brown', 'black', 'white']}
SKIN = {'light': (252, 214, 180), 'brown': (196, 138, 96), 'dark': (128, 84, 62)}
SKIN_NAMES = list(SKIN)
PROPS = ['none', 'boat', 'lighthouse', 'tree', 'campfire', 'house', 'lamp']
PROPS_OF = {'harbour': ['boat', 'lighthouse', 'lamp', 'tree', 'campfire'], 'sea': ['boat', 'lighthouse'],
            'beach': ['boat', 'lighthouse', 'campfire', 'house'], 'forest': ['campfire', 'house'],
            'meadow': ['tree', 'house', 'campfire', 'lighthouse'], 'mountains': ['tree', 'house', 'campfire', 'lighthouse'],
            'room': ['lamp'], 'street': ['lamp', 'tree']}
HELD = ['none', 'lantern', 'umbrella']
DEFAULTS = {'setting': 'meadow', 'time': 'day', 'weather': 'clear', 'camera': 'medium', 'prop': 'none',
            'held': 'none', 'skin': 'light',
            'hair': {'man': 'brown', 'woman': 'brown', 'boy': 'black', 'girl': 'blond', 'old': 'white'},
            'color': {'man': 'blue', 'woman': 'red', 'boy': 'green', 'girl': 'yellow', 'wizard': 'purple',
                      'knight': 'blue', 'robot': 'grey', 'fox': 'orange', 'cat': 'grey', 'dog': 'brown',
                      'rabbit': 'white', 'bear': 'brown'}}
U = ['x1', 'size1', 'x2', 'size2', 'sun', 'cloud', 'hill', 'hill2', 'prop_x', 'prop_size']
NU = len(U)
SIZES = [(320, 192), (256, 256), (192, 320)]
HORIZON = .60

# ---------------------------------------------------------------- layout
HEIGHT = {'man': 1., 'woman': .97, 'boy': .8, 'girl': .79, 'wizard': 1., 'knight': 1., 'robot': .97,
          'fox': .72, 'cat': .68, 'dog': .72, 'rabbit': .74, 'bear': .95}
HEAD = {k: (.19 if k in ('boy', 'girl') else .2 if k == 'bear' else .24 if k in ANIMALS else .15) for k in KINDS}
HEAD_Y = {k: 1 - HEAD[k] * (1.5 if k in ANIMALS else 1.12) for k in KINDS}


def layout(scene, u, size):
    """Anchors in pixels: (x, y of the feet, height) of each figure and of the prop."""
    W, H = size
    unit = min(H, 1.15 * W)
    figs = scene['figures']
    cam = scene['camera']
    out = []
    for i, f in enumerate(figs):
        j, s = u[2 * i] - .5, 1 + .08 * (u[2 * i + 1] - .5)
        k = f['kind']
        if cam == 'close':
            two = len(figs) == 2
            x = ({'left': .28, 'center': .5, 'right': .72} if two else {'left': .34, 'center': .5, 'right': .66})[f['pos']] * W
            h = (.22 if two else .29) * min(H, (.85 if two else 1.05) * W) * s / HEAD[k]
            y = .5 * H + HEAD_Y[k] * h
        else:
            x = {'left': .25, 'center': .5, 'right': .75}[f['pos']] * W
            h = (.56 if cam == 'wide' else .8) * unit * HEIGHT[k] * s
            y = (.9 if cam == 'wide' else .975) * H
        out.append((x + .09 * W * j, y, h))
    prop = None
    if scene['prop'] != 'none':
        side = 'both' if len(figs) == 2 else figs[0]['pos'] if figs else 'none'
        x = {'left': .74, 'center': .82, 'right': .26, 'both': .5, 'none': .6}[side] * W + .06 * W * (u[8] - .5)
        k = scene['prop']
        water = k == 'boat' and scene['setting'] in ('harbour', 'sea', 'beach')
        h = {'boat': .44, 'lighthouse': .72, 'tree': .62, 'campfire': .26, 'house': .52, 'lamp': .56}[k]
        prop = (x, (.74 if water else .93 if k == 'campfire' else .8) * H, h * unit * (1 + .1 * (u[9] - .5)))
    return out, prop


# ---------------------------------------------------------------- drawing helpers
def paint(c, a=255, stroke=0):
    p = skia.Paint(AntiAlias=True, Color=skia.Color(*[max(0, min(255, int(v))) for v in c[:3]], a))
    if stroke:
        p.setStyle(skia.Paint.kStroke_Style)
        p.setStrokeWidth(stroke)
        p.setStrokeCap(skia.Paint.kRound_Cap)
    return p


def mul(c, f): return tuple(v * f for v in c)
def mix(a, b, t): return tuple(x * (1 - t) + y * t for x, y in zip(a, b))
def circle(cv, x, y, r, c): cv.drawCircle(x, y, r, paint(c))
def oval(cv, x, y, rx, ry, c, a=255): cv.drawOval(skia.Rect(x - rx, y - ry, x + rx, y + ry), paint(c, a))
def line(cv, a, b, c, w): cv.drawLine(*a, *b, paint(c, 255, w))


def poly(cv, pts, c):
    path = skia.Path()
    path.moveTo(*pts[0])
    for q in pts[1:]:
        path.lineTo(*q)
    path.close()
    cv.drawPath(path, paint(c))


def rect(cv, x, y, w, h, c, r=0):
    cv.drawRoundRect(skia.Rect(x, y, x + w, y + h), r, r, paint(c))


def glow(cv, x, y, r, c, strength=200):
    p = skia.Paint(AntiAlias=True)
    p.setBlendMode(skia.BlendMode.kPlus)
    p.setShader(skia.GradientShader.MakeRadial((x, y), r, [skia.Color(*c, strength), skia.Color(*c, 0)]))
    cv.drawCircle(x, y, r, p)


def gradient(cv, x, y, w, h, top, bottom):
    p = skia.Paint(AntiAlias=True)
    p.setShader(skia.GradientShader.MakeLinear([(0, y), (0, y + h)], [skia.Color(*map(int, top)), skia.Color(*map(int, bottom))]))
    cv.drawRect(skia.Rect(x, y, x + w, y + h), p)


def hill(cv, W, H, y, amp, phase, c, waves=.8):
    path = skia.Path()
    path.moveTo(0, H)
    for i in range(0, 41):
        path.lineTo(i / 40 * W, y + amp * math.sin((i / 40 * waves + phase) * 2 * math.pi))
    path.lineTo(W, H)
    path.close()
    cv.drawPath(path, paint(c))


def lit(c):
    """A layer whose every colour is multiplied by the light `c`."""
    p = skia.Paint()
    p.setColorFilter(skia.ColorFilters.Blend(skia.Color(*[int(v) for v in c]), skia.BlendMode.kModulate))
    return p


# ---------------------------------------------------------------- backgrounds
SKY = {'dawn': ((172, 184, 226), (255, 214, 190)), 'day': ((110, 184, 238), (214, 238, 248)),
       'sunset': ((112, 82, 150), (255, 160, 92)), 'night': ((24, 30, 72), (62, 78, 138))}
GRADE = {'dawn': (250, 228, 226), 'day': (255, 255, 255), 'sunset': (255, 206, 172), 'night': (108, 120, 186)}
FIGURE_GRADE = {'dawn': (255, 240, 236), 'day': (255, 255, 255), 'sunset': (255, 226, 204), 'night': (164, 172, 222)}
GLOOM = {'dawn': (186, 184, 194), 'day': (176, 188, 202), 'sunset': (160, 126, 132), 'night': (48, 54, 82)}
def scatter(nx, ny):
    """Fixed, evenly spread points: a jittered grid."""
    return [((i + .5 + .6 * (((i * 7 + j * 13) * .618) % 1 - .5) + .5 * (j % 2) - .25) / nx,
             (j + .5 + .7 * (((i * 11 + j * 5) * .382) % 1 - .5)) / ny) for j in range(ny) for i in range(nx)]


LIT, GLASS = (255, 222, 120), (168, 206, 226)


def pine(cv, x, y, h, g):
    rect(cv, x - h * .04, y - h * .3, h * .08, h * .3, (112, 78, 54))
    for k in range(3):
        poly(cv, [(x - h * (.27 - .05 * k), y - h * (.18 + .24 * k)), (x + h * (.27 - .05 * k), y - h * (.18 + .24 * k)),
                  (x, y - h * (.52 + .24 * k))], mul(g, .92 + .08 * k))


def gable(cv, x, y, w, h, wall, roof, window, door=True):
    rect(cv, x - w / 2, y - h * .64, w, h * .64, wall)
    poly(cv, [(x - w * .6, y - h * .62), (x + w * .6, y - h * .62), (x, y - h)], roof)
    if door:
        rect(cv, x - w * .1, y - h * .3, w * .2, h * .3, (112, 74, 50))
    return [(x - w * .36, y - h * .52, w * .2, h * .18, window), (x + w * .16, y - h * .52, w * .2, h * .18, window)]


def background(cv, scene, u, W, H):
    st, t, wx = scene['setting'], scene['time'], scene['weather']
    _, _, _, _, sun, cloud, ph, ph2 = u[:8]
    dark = t == 'night'
    window = LIT if t in ('night', 'sunset') else GLASS
    hz = HORIZON * H
    s = H / 192
    top, bot = SKY[t]
    if wx != 'clear':
        k = .45 if wx == 'snow' else .7
        top, bot = mix(top, GLOOM[t], k), mix(bot, GLOOM[t], k)
    snowy = (lambda c: mix(c, (240, 244, 252), .78)) if wx == 'snow' else (lambda c: c)
    after = []            # lights drawn after the grade, so that they shine
    if st != 'room':
        gradient(cv, 0, 0, W, hz + 2, top, bot)
        sx = W * (.12 + .76 * sun)
        clouds = lambda c: [[oval(cv, W * (x0 + .22 * (cloud - .5)) + dx * s, y0 * H + dy * s, rx * s, ry * s, c)
                             for dx, dy, rx, ry in ((-16, 3, 14, 8), (0, -2, 18, 12), (17, 3, 15, 8))] for x0, y0 in ((.24, .14), (.78, .2))]
        if wx == 'clear':
            if dark:
                for i, (x, y) in enumerate(scatter(6, 3)):
                    circle(cv, W * x, hz * (.04 + .8 * y), (1.9 if i % 3 else 2.5) * s, (255, 252, 226))
                circle(cv, sx, .17 * H, 15 * s, (255, 250, 220))
            else:
                c, y, r = {'day': ((255, 226, 104), .17, 17), 'dawn': ((255, 244, 196), .47, 19), 'sunset': ((255, 104, 64), .47, 24)}[t]
                circle(cv, sx, y * H, r * s, c)
                clouds(mix((255, 255, 255), bot, .2))
        else:
            clouds(mix(GLOOM[t], top, .2) if not dark else (70, 76, 108))
    # the sky has its own light; the land takes the light of the hour
    cv.saveLayer(None, lit(GRADE[t] if st != 'room' else mix(GRADE[t], (255, 255, 255), .35 if dark else .6)))
    if st in ('harbour', 'sea', 'beach'):
        sea, crest = mix((44, 122, 178), GLOOM[t], .35 if wx in ('rain', 'fog') else 0), (108, 178, 214)
        rect(cv, 0, hz - 14 * s, W, H, sea)
        for k in range(3 if st != 'sea' else 6):
            y = hz + (-4 + 15 * k) * s
            for i in range(5):
                oval(cv, W * ((i * .25 + (k % 2) * .125 + .1 * (ph - .5)) - .02), y, 17 * s, 2.4 * s, crest)
    if st == 'harbour':
        for i, (wall, roof) in enumerate((((244, 226, 192), (190, 82, 62)), ((214, 226, 232), (86, 104, 142)), ((240, 196, 160), (150, 92, 70)))):
            after += gable(cv, W * (.07 + .145 * i), hz + 10 * s, W * .135, (62 + 14 * (i == 1)) * s, wall, snowy(roof), window)
        for bx in (.68, .86):        # moored boats
            x, y = W * (bx + .05 * (ph2 - .5)), hz + 6 * s
            poly(cv, [(x - 20 * s, y - 6 * s), (x + 20 * s, y - 6 * s), (x + 13 * s, y + 5 * s), (x - 13 * s, y + 5 * s)], (170, 84, 62) if bx < .8 else (70, 110, 150))
            line(cv, (x, y - 6 * s), (x, y - 44 * s), (110, 80, 60), 2.6 * s)
            poly(cv, [(x + 3 * s, y - 42 * s), (x + 3 * s, y - 12 * s), (x + 18 * s, y - 12 * s)], (246, 240, 226))
        rect(cv, 0, hz + 10 * s, W * .49, H, snowy((178, 166, 152)))
        rect(cv, 0, hz + 30 * s, W, H, snowy((164, 128, 96)))
        rect(cv, 0, hz + 30 * s, W, 4 * s, snowy((196, 160, 124)))
        for k in range(1, 3):
            rect(cv, 0, hz + (32 + 18 * k) * s, W, 2 * s, snowy((140, 106, 78)))
    elif st == 'beach':
        rect(cv, 0, hz + 16 * s, W, H, snowy((244, 220, 166)))
        hill(cv, W, H, hz + 18 * s, 4 * s, ph2, (232, 244, 244), 1.2)
        hill(cv, W, H, hz + 23 * s, 4 * s, ph2, snowy((244, 220, 166)), 1.2)
        x, y = W * .09, hz + 30 * s
        line(cv, (x, y), (x + 12 * s, y - 74 * s), (156, 112, 70), 7 * s)
        for a in (-2.95, -2.3, -1.57, -.85, -.2):
            line(cv, (x + 12 * s, y - 76 * s), (x + 12 * s + math.cos(a) * 34 * s, y - 70 * s + math.sin(a) * 20 * s), (66, 150, 84), 7 * s)
    elif st == 'forest':
        hill(cv, W, H, hz - 8 * s, 5 * s, ph, snowy((120, 164, 112)))
        for i in range(8):
            pine(cv, W * (i + .5) / 8, hz + 4 * s, (94 if i % 2 else 116) * s, snowy((58, 118, 84) if i % 2 else (44, 98, 72)))
        rect(cv, 0, hz + 2 * s, W, H, snowy((106, 154, 84)))
        hill(cv, W, H, hz + 30 * s, 5 * s, ph2, snowy((124, 172, 94)))
    elif st == 'meadow':
        hill(cv, W, H, hz - 14 * s, 10 * s, ph, snowy((166, 208, 122)))
        hill(cv, W, H, hz + 6 * s, 8 * s, ph2, snowy((136, 190, 96)))
        for i in range(14):
            x, y = W * ((i * .382 + .06) % 1), hz + (26 + 46 * ((i * .618 + .2) % 1)) * s
            circle(cv, x, y, 3.2 * s, ((250, 244, 248), (250, 214, 84), (240, 128, 140))[i % 3])
    elif st == 'mountains':
        for x, h, c in ((.12, 84, (136, 142, 170)), (.84, 92, (136, 142, 170)), (.5, 108, (116, 122, 154))):
            x, h = W * (x + .1 * (ph - .5)), h * s
            poly(cv, [(x - h, hz + 4 * s), (x + h, hz + 4 * s), (x, hz - h)], c)
            poly(cv, [(x - h * .3, hz - h * .7), (x, hz - h * .6), (x + h * .3, hz - h * .7), (x, hz - h)], (246, 248, 252))
        hill(cv, W, H, hz + 2 * s, 6 * s, ph2, snowy((138, 176, 110)))
        rect(cv, 0, hz + 36 * s, W, H, snowy((124, 162, 98)))
    elif st == 'street':
        walls = ((242, 206, 150), (186, 208, 216), (236, 170, 140), (214, 214, 176), (206, 184, 214))
        roofs = ((176, 84, 66), (104, 96, 130), (150, 82, 74), (96, 120, 110), (176, 84, 66))
        for i in range(5):
            after += gable(cv, W * (i * .2 + .1), hz + 14 * s, W * .2, (96 if i % 2 else 82) * s, walls[i], snowy(roofs[i]), window)
        rect(cv, 0, hz + 12 * s, W, H, snowy((184, 174, 166)))
        rect(cv, 0, hz + 26 * s, W, H, snowy((150, 144, 146)))
        for k in range(2):
            for i in range(6):
                oval(cv, W * (i / 5.5 + (k % 2) * .09 + .08 * (ph - .5)), hz + (40 + 20 * k) * s, 15 * s, 3.4 * s, snowy((170, 164, 164)))
    elif st == 'room':
        wall = {'dawn': (240, 214, 204), 'day': (244, 224, 190), 'sunset': (246, 204, 164), 'night': (206, 178, 150)}[t]
        rect(cv, 0, 0, W, H, wall)
        rect(cv, 0, hz + 18 * s, W, H, (176, 122, 82))
        rect(cv, 0, hz + 14 * s, W, 5 * s, mul(wall, .8))
        x, w, y, h = W * .1, 78 * s, .13 * H, 66 * s
        rect(cv, x - 6 * s, y - 6 * s, w + 12 * s, h + 12 * s, (128, 86, 58))
        cv.save()
        cv.clipRect(skia.Rect(x, y, x + w, y + h))
        gradient(cv, x, y, w, h, *SKY[t])
        circle(cv, x + w * (.15 + .7 * sun), y + h * .32, 9 * s, (250, 244, 212) if dark else (255, 236, 150))
        cv.restore()
        rect(cv, x + w / 2 - 2.5 * s, y, 5 * s, h, (128, 86, 58))
        rect(cv, x, y + h / 2 - 2.5 * s, w, 5 * s, (128, 86, 58))
        bx, by, bw, bh = W * .77, .2 * H, W * .19, hz + 24 * s - .2 * H
        rect(cv, bx, by, bw, bh, (134, 88, 58))
        for k in range(3):
            rect(cv, bx + 4 * s, by + bh * (.05 + .32 * k), bw - 8 * s, bh * .26, (98, 64, 46))
            for j in range(5):
                rect(cv, bx + bw * (.1 + .165 * j), by + bh * (.1 + .32 * k), bw * .12, bh * .21, COLORS[('red', 'blue', 'yellow', 'green', 'white')[(j + k * 2) % 5]])
        oval(cv, W * .5, .9 * H, W * .34, 15 * s, (196, 92, 84))
        oval(cv, W * .5, .9 * H, W * .26, 10 * s, (222, 142, 118))
    cv.restore()
    for x, y, w, h, c in after:
        rect(cv, x, y, w, h, c if window is LIT else mix(c, GRADE[t], .15), 1.5 * s)


# ---------------------------------------------------------------- props
def draw_prop(cv, k, x, y, h, night, snow):
    g = (lambda c: mix(c, (240, 244, 252), .6)) if snow else (lambda c: c)
    if k == 'house':
        for wx, wy, ww, wh, c in gable(cv, x, y, h * 1.05, h, (244, 226, 192), g((196, 78, 60)), LIT if night else GLASS):
            rect(cv, wx, wy, ww, wh, c, 2)
    elif k == 'tree':
        rect(cv, x - h * .055, y - h * .45, h * .11, h * .45, (122, 84, 56))
        for dx, dy, r in ((-.17, -.56, .2), (.17, -.56, .2), (0, -.72, .27)):
            circle(cv, x + dx * h, y + dy * h, r * h, g((96, 164, 82)))
    elif k == 'boat':
        line(cv, (x, y - h * .2), (x, y - h), (122, 84, 60), h * .045)
        poly(cv, [(x + h * .05, y - h * .98), (x + h * .42, y - h * .3), (x + h * .05, y - h * .3)], (250, 244, 230))
        poly(cv, [(x - h * .05, y - h * .86), (x - h * .36, y - h * .3), (x - h * .05, y - h * .3)], (222, 92, 74))
        path = skia.Path()
        path.moveTo(x - h * .52, y - h * .24)
        path.lineTo(x + h * .52, y - h * .24)
        path.quadTo(x + h * .36, y + h * .05, x, y + h * .05)
        path.quadTo(x - h * .36, y + h * .05, x - h * .52, y - h * .24)
        path.close()
        cv.drawPath(path, paint((160, 98, 62)))
        rect(cv, x - h * .5, y - h * .24, h, h * .06, (236, 206, 160))
    elif k == 'lighthouse':
        b, tp = h * .15, h * .1
        at = lambda f: b + (tp - b) * f
        for i in range(5):
            f0, f1 = i / 5, (i + 1) / 5
            y0, y1 = y - h * .72 * f0, y - h * .72 * f1
            poly(cv, [(x - at(f0), y0), (x + at(f0), y0), (x + at(f1), y1), (x - at(f1), y1)], (214, 70, 60) if i % 2 == 0 else (250, 244, 234))
        rect(cv, x - h * .145, y - h * .75, h * .29, h * .045, (70, 74, 92))
        rect(cv, x - h * .08, y - h * .88, h * .16, h * .13, (255, 232, 140))
        poly(cv, [(x - h * .115, y - h * .87), (x + h * .115, y - h * .87), (x, y - h)], (196, 62, 54))
        rect(cv, x - h * .035, y - h * .13, h * .07, h * .13, (104, 70, 54), h * .03)
    elif k == 'campfire':
        line(cv, (x - h * .42, y), (x + h * .42, y - h * .16), (112, 72, 46), h * .15)
        line(cv, (x + h * .42, y), (x - h * .42, y - h * .16), (136, 90, 58), h * .15)
        for w, hh, c in ((.34, 1., (240, 104, 48)), (.2, .66, (255, 206, 84))):
            path = skia.Path()
            path.moveTo(x, y - h * hh)
            path.quadTo(x + h * w * 1.5, y - h * .4, x + h * w * .8, y - h * .1)
            path.lineTo(x - h * w * .8, y - h * .1)
            path.quadTo(x - h * w * 1.5, y - h * .4, x, y - h * hh)
            cv.drawPath(path, paint(c))
    elif k == 'lamp':
        rect(cv, x - h * .025, y - h * .8, h * .05, h * .8, (84, 70, 70))
        oval(cv, x, y, h * .15, h * .04, (84, 70, 70))
        poly(cv, [(x - h * .1, y - h), (x + h * .1, y - h), (x + h * .2, y - h * .74), (x - h * .2, y - h * .74)], (255, 224, 130))


def prop_light(cv, k, x, y, h, night):
    if k == 'campfire':
        glow(cv, x, y - h * .4, h * (1.7 if night else 1.2), (255, 140, 50), 150 if night else 80)
    elif k == 'lamp':
        glow(cv, x, y - h * .85, h * (.6 if night else .4), (255, 190, 90), 130 if night else 60)
    elif k == 'lighthouse' and night:
        glow(cv, x, y - h * .82, h * .42, (255, 220, 120), 200)


# ---------------------------------------------------------------- figures (feet at x, y; full height h)
def face(cv, x, y, R, talk, eye=(44, 38, 44), blush=True):
    if blush:
        for q in (-1, 1):
            oval(cv, x + q * R * .52, y + R * .28, R * .2, R * .13, (240, 130, 120), 110)
    for q in (-1, 1):
        oval(cv, x + q * R * .36, y - R * .02, R * .11, R * .15, eye)
    mouth(cv, x, y + R * .42, R, talk)


def mouth(cv, x, y, R, talk):
    if talk:
        oval(cv, x, y + R * .06, R * .2, R * .19, (128, 42, 48))
        oval(cv, x, y + R * .15, R * .12, R * .08, (232, 120, 116))
    else:
        cv.drawArc(skia.Rect(x - R * .26, y - R * .22, x + R * .26, y + R * .16), 25, 130, False, paint((140, 62, 60), 255, R * .085))


def person(cv, x, y, h, f):
    """Returns the hand that holds things."""
    k, c, old = f['kind'], COLORS[f['color']], f['old']
    deep, sk, hr = mul(c, .8), SKIN[f['skin']], HAIR[f['hair']]
    R = h * HEAD[k]
    hy = y - h * HEAD_Y[k]
    sh = hy + R * .92
    hip = y - h * .26
    w = h * (.17 if k in ('boy', 'girl') else .165)
    fem = k in ('woman', 'girl')
    steel = (172, 180, 194)
    if fem:
        if old:
            circle(cv, x, hy - R * 1.12, R * .42, hr)
        else:
            rect(cv, x - R * 1.16, hy - R * .7, R * 2.32, R * (2.15 if k == 'woman' else 1.5), hr, R * .75)
            if k == 'girl':
                for q in (-1, 1):
                    oval(cv, x + q * R * 1.28, hy + R * .45, R * .36, R * .7, hr)
    # legs
    shoe = (84, 62, 56)
    if k == 'robot':
        for q in (-1, 1):
            rect(cv, x + q * w * .5 - h * .035, hip, h * .07, y - hip, (112, 120, 134))
            rect(cv, x + q * w * .5 - h * .06, y - h * .045, h * .12, h * .045, (84, 92, 106), h * .02)
    elif k != 'wizard':
        leg = sk if fem else steel if k == 'knight' else (82, 84, 116)
        for q in (-1, 1):
            rect(cv, x + q * w * .46 - h * .042, hip - h * .02, h * .084, y - hip, leg)
            oval(cv, x + q * w * .54, y - h * .018, h * .066, h * .028, shoe if k != 'knight' else (120, 128, 144))
    # arms
    ac = deep if k not in ('robot', 'knight') else (140, 148, 162)
    hand = (x + w * 1.62, sh + h * .15)
    for q in (-1, 1):
        p = hand if f['held'] != 'none' and q == 1 else (x + q * w * 1.38, sh + h * .27)
        line(cv, (x + q * w * .78, sh + h * .07), p, ac, h * .075)
        circle(cv, p[0], p[1], h * .042, sk if k not in ('robot', 'knight') else (104, 112, 126))
    # body
    if k == 'wizard':
        poly(cv, [(x - w * .8, sh), (x + w * .8, sh), (x + w * 1.4, y), (x - w * 1.4, y)], c)
        rect(cv, x - w * 1.02, hip - h * .1, w * 2.04, h * .04, (246, 210, 96))
    elif fem:
        poly(cv, [(x - w * .72, sh), (x + w * .72, sh), (x + w * 1.3, y - h * .17), (x - w * 1.3, y - h * .17)], c)
        if old:
            poly(cv, [(x - w * .8, sh), (x + w * .8, sh), (x + w * .95, sh + h * .15), (x, sh + h * .22), (x - w * .95, sh + h * .15)], mix(c, (255, 250, 240), .45))
    elif k == 'robot':
        rect(cv, x - w * 1.05, sh, w * 2.1, hip - sh + h * .02, c, h * .035)
        rect(cv, x - w * .6, sh + h * .08, w * 1.2, h * .14, (72, 82, 100), h * .02)
        for j in range(3):
            circle(cv, x - w * .34 + j * w * .34, sh + h * .15, h * .026, ((248, 104, 92), (250, 220, 100), (112, 222, 140))[j])
    elif k == 'knight':
        rect(cv, x - w, sh, w * 2, hip - sh + h * .04, steel, h * .05)
        poly(cv, [(x - w * .66, sh + h * .02), (x + w * .66, sh + h * .02), (x + w * .66, hip - h * .04), (x, hip + h * .06), (x - w * .66, hip - h * .04)], c)
    else:
        rect(cv, x - w, sh, w * 2, hip - sh + h * .06, c, h * .06)
        rect(cv, x - h * .008, sh, h * .016, hip - sh + h * .06, deep)
        for j in range(2):
            circle(cv, x + w * .3, sh + h * (.14 + .1 * j), h * .016, mix(c, (255, 250, 230), .75))
    # head
    if k == 'robot':
        line(cv, (x, hy - R * .8), (x, hy - R * 1.3), (112, 120, 134), R * .14)
        circle(cv, x, hy - R * 1.35, R * .2, (248, 104, 92))
        rect(cv, x - R * 1.08, hy - R * .95, R * 2.16, R * 1.9, (196, 204, 216), R * .35)
        for q in (-1, 1):
            circle(cv, x + q * R * .45, hy - R * .12, R * .3, (255, 238, 140))
            circle(cv, x + q * R * .45, hy - R * .12, R * .13, (54, 56, 70))
        rect(cv, x - R * .5, hy + R * .4, R, R * (.34 if f['talk'] else .15), (72, 82, 100), R * .07)
        return hand
    circle(cv, x, hy, R, sk)
    if k == 'knight':
        oval(cv, x, hy - R * 1.2, R * .26, R * .55, c)
        circle(cv, x, hy, R * 1.1, steel)
        rect(cv, x - R * .8, hy - R * .3, R * 1.6, R * .62, sk, R * .2)
        for q in (-1, 1):
            oval(cv, x + q * R * .36, hy, R * .11, R * .15, (44, 38, 44))
        rect(cv, x - R * .07, hy - R * 1.05, R * .14, R * .75, (132, 140, 156))
        for q in (-1, 0, 1):
            rect(cv, x + q * R * .32 - R * .05, hy + R * .5, R * .1, R * .34, (96, 104, 120), R * .05)
        return hand
    white = HAIR['white']
    if f['beard'] or k == 'wizard':
        bc = white if k == 'wizard' else hr
        L = 2.3 if k == 'wizard' else 1.42
        path = skia.Path()
        path.moveTo(x - R * 1.0, hy + R * .05)
        path.quadTo(x - R * .95, hy + R * L, x, hy + R * (L + .08))
        path.quadTo(x + R * .95, hy + R * L, x + R * 1.0, hy + R * .05)
        path.quadTo(x + R * .5, hy + R * .3, x, hy + R * .24)
        path.quadTo(x - R * .5, hy + R * .3, x - R * 1.0, hy + R * .05)
        cv.drawPath(path, paint(bc))
    if k != 'wizard':
        path = skia.Path()
        path.addArc(skia.Rect(x - R * 1.08, hy - R * 1.14, x + R * 1.08, hy + R * .9), 180, 180)
        path.close()
        cv.save()
        cv.translate(0, -R * .1)
        cv.drawPath(path, paint(hr))
        cv.restore()
        if k == 'boy':
            for q in (-.5, 0, .5):
                poly(cv, [(x + q * R - R * .34, hy - R * .8), (x + q * R + R * .34, hy - R * .8), (x + q * R + R * .16, hy - R * 1.42)], hr)
    face(cv, x, hy + R * .12, R, f['talk'], blush=not f['beard'] and k != 'wizard')
    if old and not f['beard']:
        for q in (-1, 1):
            cv.drawCircle(x + q * R * .36, hy + R * .1, R * .28, paint((96, 84, 90), 255, R * .08))
    if f['hat']:
        oval(cv, x, hy - R * .6, R * 1.5, R * .24, deep)
        rect(cv, x - R * .85, hy - R * 1.5, R * 1.7, R * .98, deep, R * .35)
        rect(cv, x - R * .85, hy - R * .86, R * 1.7, R * .2, (250, 236, 204))
    if k == 'wizard':
        poly(cv, [(x - R * 1.4, hy - R * .4), (x + R * 1.4, hy - R * .4), (x + R * .15, hy - R * 2.3)], deep)
        circle(cv, x, hy - R * 1.05, R * .2, (250, 220, 100))
    return hand


def animal(cv, x, y, h, f):
    k, c = f['kind'], FUR[f['color']]
    black = f['color'] == 'black'
    deep, pale = mul(c, .82), mix(c, (255, 250, 240), .62 if not black else .3)
    R = h * HEAD[k]
    hy = y - h * HEAD_Y[k]
    by, ry = (hy + R * .5 + y) / 2, (y - hy - R * .3) / 2
    if k == 'fox':
        oval(cv, x + h * .3, y - h * .2, h * .13, h * .24, c)
        oval(cv, x + h * .31, y - h * .36, h * .09, h * .11, (252, 246, 238))
    elif k == 'cat':
        line(cv, (x + h * .12, y - h * .08), (x + h * .32, y - h * .12), c, h * .08)
        line(cv, (x + h * .32, y - h * .12), (x + h * .36, y - h * .4), c, h * .08)
    elif k == 'dog':
        line(cv, (x + h * .14, y - h * .12), (x + h * .34, y - h * .34), c, h * .09)
    elif k == 'rabbit':
        circle(cv, x + h * .2, y - h * .12, h * .1, pale)
    bw = h * (.26 if k == 'bear' else .2)
    oval(cv, x, by, bw, ry, c)
    oval(cv, x, by + ry * .2, bw * .58, ry * .7, pale)
    for q in (-1, 1):
        oval(cv, x + q * bw * .62, y - h * .035, h * .09, h * .045, deep)
    if k == 'bear':
        for q in (-1, 1):
            line(cv, (x + q * bw * .85, by - ry * .4), (x + q * bw * 1.1, by + ry * .2), deep, h * .11)
    # ears
    inner = (242, 170, 166) if k != 'fox' else (70, 52, 50)
    for q in (-1, 1):
        if k in ('cat', 'fox'):
            poly(cv, [(x + q * R * .1, hy - R * .8), (x + q * R * .98, hy - R * .2), (x + q * R * .86, hy - R * 1.45)], c)
            poly(cv, [(x + q * R * .4, hy - R * .78), (x + q * R * .82, hy - R * .5), (x + q * R * .76, hy - R * 1.15)], inner)
        elif k == 'rabbit':
            oval(cv, x + q * R * .42, hy - R * 1.15, R * .28, R * .8, c)
            oval(cv, x + q * R * .42, hy - R * 1.1, R * .13, R * .55, (246, 178, 182))
        elif k == 'bear':
            circle(cv, x + q * R * .76, hy - R * .74, R * .36, c)
            circle(cv, x + q * R * .76, hy - R * .74, R * .18, pale)
    circle(cv, x, hy, R, c)
    if k == 'dog':
        for q in (-1, 1):
            oval(cv, x + q * R * .98, hy + R * .1, R * .3, R * .68, deep if not black else (40, 38, 46))
    if k == 'fox':
        for q in (-1, 1):
            oval(cv, x + q * R * .46, hy + R * .42, R * .46, R * .42, (252, 246, 238))
    my = hy + R * .38
    if k in ('dog', 'bear', 'cat', 'rabbit'):
        oval(cv, x, my + R * .12, R * .5, R * .38, pale)
    eye = (250, 222, 110) if black else (96, 160, 84) if k == 'cat' else (48, 40, 44)
    for q in (-1, 1):
        oval(cv, x + q * R * .42, hy - R * .1, R * .15, R * .19, eye)
        if k == 'cat' or black:
            oval(cv, x + q * R * .42, hy - R * .1, R * .06, R * .14, (30, 26, 30))
    oval(cv, x, my - R * .04, R * .16, R * .12, (238, 134, 144) if k in ('rabbit', 'cat') else (48, 38, 42))
    mouth(cv, x, my + R * .3, R * .85, f['talk'])


def held_item(cv, k, hand, h, night):
    x, y = hand
    if k == 'lantern':
        rect(cv, x - h * .045, y + h * .05, h * .09, h * .11, (255, 226, 130), h * .02)
        rect(cv, x - h * .06, y + h * .02, h * .12, h * .035, (76, 70, 80), h * .01)
        rect(cv, x - h * .06, y + h * .155, h * .12, h * .03, (76, 70, 80), h * .01)
    elif k == 'umbrella':
        top = y - h * .62
        line(cv, (x, y + h * .05), (x, top), (96, 72, 60), h * .025)
        path = skia.Path()
        path.addArc(skia.Rect(x - h * .34, top, x + h * .34, top + h * .44), 180, 180)
        path.close()
        cv.drawPath(path, paint((222, 74, 66)))
        path = skia.Path()
        path.addArc(skia.Rect(x - h * .12, top, x + h * .12, top + h * .44), 180, 180)
        path.close()
        cv.drawPath(path, paint((250, 238, 220)))


# ---------------------------------------------------------------- weather, the whole picture
def weather(cv, wx, W, H):
    s = H / 192
    if wx == 'rain':
        p = paint((214, 228, 246), 210, 2.4 * s)
        for x, y in scatter(7, 4):
            cv.drawLine(W * x, H * y - 8 * s, W * x - 6 * s, H * y + 10 * s, p)
    elif wx == 'snow':
        p = paint((255, 255, 255), 245)
        for i, (x, y) in enumerate(scatter(8, 5)):
            cv.drawCircle(W * x, H * y, (3.4 if i % 2 else 2.6) * s, p)


def fog(cv, t, W, H, strength):
    c = {'dawn': (236, 222, 224), 'day': (230, 236, 240), 'sunset': (230, 190, 168), 'night': (112, 122, 156)}[t]
    cv.drawRect(skia.Rect(0, 0, W, H), paint(c, strength))
    for x, y in ((.2, .5), (.8, .62), (.3, .86)):
        oval(cv, W * x, H * y, .42 * W, .05 * H, c, strength)


_surfaces = {}


def render(scene, u, size=(320, 192)):
    """Draws a scene as an H x W x 3 array of bytes."""
    if size not in _surfaces:
        _surfaces[size] = skia.Surface(*size)
    surface = _surfaces[size]
    cv = surface.getCanvas()
    W, H = size
    t = scene['time']
    room = scene['setting'] == 'room'
    night = t in ('night', 'sunset')
    anchors, prop = layout(scene, u, size)
    background(cv, scene, u, W, H)
    if scene['setting'] == 'sea' and anchors:      # nobody walks on water: a jetty
        s = H / 192
        plank = mul(mix((178, 132, 94), (240, 244, 252), .6 if scene['weather'] == 'snow' else 0), 1)
        plank = tuple(a * b / 255 for a, b in zip(plank, GRADE[t]))
        rect(cv, 0, .84 * H, W, H, plank)
        rect(cv, 0, .84 * H, W, 4 * s, mix(plank, (255, 240, 220), .25))
        rect(cv, 0, .93 * H, W, 2.5 * s, mul(plank, .8))
    if scene['weather'] == 'fog' and not room:
        fog(cv, t, W, H, 130)
    tint = mix(FIGURE_GRADE[t], (255, 255, 255), .5 if room else 0)
    layer = lit(tint)
    if prop:
        lamp = scene['prop'] in ('campfire', 'lamp')
        cv.saveLayer(None, None if lamp else layer)
        draw_prop(cv, scene['prop'], *prop, night, scene['weather'] == 'snow')
        cv.restore()
        prop_light(cv, scene['prop'], *prop, night)
    for f, (x, y, h) in zip(scene['figures'], anchors):
        if scene['camera'] != 'close':
            oval(cv, x, y, h * .2, h * .028, (40, 36, 50), 70)
        cv.saveLayer(None, layer)
        hand = (person if f['kind'] in DRESSED else animal)(cv, x, y, h, f)
        if f['held'] and f['held'] != 'none' and f['kind'] in DRESSED:
            held_item(cv, f['held'], hand, h, night)
        cv.restore()
        if f['held'] == 'lantern' and f['kind'] in DRESSED:
            glow(cv, hand[0], hand[1] + h * .1, h * (.3 if night else .2), (255, 190, 90), 150 if night else 70)
    if not room:
        weather(cv, scene['weather'], W, H)
        if scene['weather'] == 'fog':
            fog(cv, t, W, H, 36)
    return np.ascontiguousarray(surface.toarray(colorType=skia.kRGB_888x_ColorType)[:, :, :3])


# ---------------------------------------------------------------- random scenes
def figure(rng, kinds=KINDS):
    """`kinds` may hold 'old man' and 'old woman' besides the plain kinds."""
    old, _, k = rng.choice(kinds).rpartition(' ')
    f = dict(kind=k, color=DEFAULTS['color'][k], hair='brown', skin='light', old=0, beard=0, hat=0, held='none',
             talk=int(rng.random() < .15), pos='center')
    if rng.random() < .7:
        f['color'] = rng.choice(FUR_OF.get(k, COLOR_NAMES))
    if k in PEOPLE:
        if k in ('man', 'woman'):
            f['old'] = int(bool(old) or rng.random() < .35)
        f['hair'] = DEFAULTS['hair']['old' if f['old'] else k]
        if rng.random() < .55 and not f['old']:
            f['hair'] = rng.choice(HAIR_NAMES)
        f['hat'] = int(rng.random() < .2)
        if k == 'man':
            f['beard'] = int(rng.random() < (.8 if old else .45))
    if k in PEOPLE + ['wizard', 'knight']:
        f['skin'] = rng.choice(SKIN_NAMES) if rng.random() < .35 else 'light'
    return f


def random_scene(rng, kinds=KINDS):
    st = rng.choice(SETTINGS)
    n = rng.choices([0, 1, 2], [.08, .62, .3])[0]
    sc = dict(setting=st, time=rng.choice(TIMES), weather='clear', camera=rng.choices(CAMERAS, [.36, .4, .24])[0],
              figures=[], prop='none')
    if sc['camera'] == 'close' and (n == 0 or n == 2 and rng.random() < .5):
        sc['camera'] = 'medium'
    if st != 'room':
        sc['weather'] = rng.choices(WEATHERS, [.55, .17, .14, .14])[0]
    if n == 1:
        f = figure(rng, kinds)
        f['pos'] = rng.choice(POSITIONS)
        sc['figures'] = [f]
    elif n == 2:
        sc['figures'] = [figure(rng, kinds), figure(rng, kinds)]
        a = ['left', 'right']
        if rng.random() < .3:
            a.reverse()
        for f, p in zip(sc['figures'], a):
            f['pos'] = p
    if rng.random() < (.45 if n else .8):
        sc['prop'] = rng.choice(PROPS_OF[st])
        if rng.random() < .08:
            sc['prop'] = rng.choice(PROPS[1:])
    if n and rng.random() < .25:
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
    rng = random.Random(5)
    size = tuple(map(int, sys.argv[2].split('x'))) if len(sys.argv) > 2 else (320, 192)
    t0 = time.time()
    ims = [render(random_scene(rng), sample_u(rng), size) for _ in range(30)]
    print(f'{(time.time() - t0) / 30 * 1000:.1f} ms a scene')
    Image.fromarray(np.concatenate([np.concatenate(ims[i * 5:i * 5 + 5], 1) for i in range(6)], 0)).save(sys.argv[1])
