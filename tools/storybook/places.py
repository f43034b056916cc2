"""Places: backgrounds with their light, props, weather."""
import math

import skia

from brush import circle, curve, glow, gradient, hill, line, lit, mix, mul, oval, paint, poly, rect
from palette import COLORS

HORIZON = .60
INDOORS = ('room', 'kitchen', 'cave')
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
    if st not in INDOORS:
        if st == 'moon':
            top, bot = mix(top, (16, 16, 40), .72), mix(bot, (34, 30, 70), .5)
        gradient(cv, 0, 0, W, hz + 2, top, bot)
        rect(cv, 0, hz, W, H, bot)
        sx = W * (.12 + .76 * sun)
        clouds = lambda c: [[oval(cv, W * (x0 + .22 * (cloud - .5)) + dx * s, y0 * H + dy * s, rx * s, ry * s, c)
                             for dx, dy, rx, ry in ((-16, 3, 14, 8), (0, -2, 18, 12), (17, 3, 15, 8))] for x0, y0 in ((.24, .14), (.78, .2))]
        if wx == 'clear':
            if st == 'moon':
                for i, (x, y) in enumerate(scatter(7, 3)):
                    circle(cv, W * x, hz * (.04 + .8 * y), (1.7 if i % 3 else 2.4) * s, (255, 252, 226))
                circle(cv, sx, .24 * H, 21 * s, (84, 150, 216))      # the earth
                oval(cv, sx - 6 * s, .21 * H, 9 * s, 6 * s, (110, 178, 116))
                oval(cv, sx + 8 * s, .28 * H, 7 * s, 5 * s, (110, 178, 116))
            elif dark:
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
    cv.saveLayer(None, lit(GRADE[t] if st not in INDOORS else mix(GRADE[t], (255, 255, 255), .35 if dark else .6)))
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
    elif st == 'castle':
        hill(cv, W, H, hz - 6 * s, 7 * s, ph, snowy((150, 190, 116)))
        stone, deep, roof = (182, 178, 186), (150, 146, 158), snowy((116, 92, 150))
        rect(cv, W * .2, hz - 52 * s, W * .6, 62 * s, stone)
        for i in range(9):
            rect(cv, W * (.2 + .0685 * i), hz - 59 * s, W * .036, 9 * s, stone)
        for x, top in ((.2, 84), (.8, 84), (.5, 100)):
            w = W * (.062 if x != .5 else .075)
            rect(cv, W * x - w, hz - top * s, 2 * w, (top + 10) * s, deep if x != .5 else mix(stone, deep, .5))
            poly(cv, [(W * x - w * 1.3, hz - top * s), (W * x + w * 1.3, hz - top * s), (W * x, hz - (top + 40) * s)], roof)
            after.append((W * x - 4 * s, hz - (top - 14) * s, 8 * s, 15 * s, window))
        curve(cv, [(W * .5 - 15 * s, hz + 10 * s), (W * .5 - 15 * s, hz - 30 * s), (W * .5, hz - 30 * s), (W * .5 + 15 * s, hz - 30 * s), (W * .5 + 15 * s, hz + 10 * s)], (104, 74, 58))
        hill(cv, W, H, hz + 10 * s, 5 * s, ph2, snowy((132, 184, 98)))
        poly(cv, [(W * .5 - 13 * s, hz + 8 * s), (W * .5 + 13 * s, hz + 8 * s), (W * .5 + 62 * s, H), (W * .5 - 62 * s, H)], snowy((214, 196, 156)))
    elif st == 'desert':
        for x, h in ((.26, 52), (.4, 34)):
            x, h = W * (x + .1 * (ph - .5)), h * s
            poly(cv, [(x - h * 1.15, hz + 4 * s), (x + h * 1.15, hz + 4 * s), (x, hz - h)], snowy((222, 178, 110)))
            poly(cv, [(x + h * .2, hz + 4 * s), (x + h * 1.15, hz + 4 * s), (x, hz - h)], snowy((192, 146, 88)))
        hill(cv, W, H, hz - 4 * s, 9 * s, ph, snowy((240, 206, 136)))
        hill(cv, W, H, hz + 16 * s, 11 * s, ph2, snowy((228, 186, 112)), 1.1)
        for x, h in ((.07, 72), (.93, 56)):
            x, y, h = W * x, hz + 26 * s, h * s
            for a, b in (((x, y), (x, y - h)), ((x - h * .24, y - h * .38), (x - h * .24, y - h * .64)), ((x + h * .24, y - h * .5), (x + h * .24, y - h * .78)),
                         ((x - h * .24, y - h * .38), (x, y - h * .38)), ((x + h * .24, y - h * .5), (x, y - h * .5))):
                line(cv, a, b, (74, 142, 88), h * .13)
    elif st == 'farm':
        hill(cv, W, H, hz - 10 * s, 6 * s, ph, snowy((178, 204, 112)))
        x, y = W * .2, hz + 14 * s
        rect(cv, x - 42 * s, y - 50 * s, 84 * s, 50 * s, (186, 66, 56))
        poly(cv, [(x - 50 * s, y - 48 * s), (x - 32 * s, y - 76 * s), (x + 32 * s, y - 76 * s), (x + 50 * s, y - 48 * s)], snowy((108, 72, 66)))
        rect(cv, x - 17 * s, y - 34 * s, 34 * s, 34 * s, (240, 230, 214))
        rect(cv, x - 14 * s, y - 31 * s, 28 * s, 31 * s, (150, 50, 46))
        after.append((x - 7 * s, y - 64 * s, 14 * s, 11 * s, window))
        rect(cv, 0, hz + 12 * s, W, H, snowy((146, 190, 98)))
        for k in range(4):       # a field of wheat in rows
            rect(cv, 0, hz + (20 + 15 * k) * s, W, 6 * s, snowy((226, 200, 104)))
        for i in range(9):
            rect(cv, W * (.44 + .07 * i + .02 * (ph2 - .5)), hz - 8 * s, 5 * s, 24 * s, snowy((238, 232, 220)), 2 * s)
        for k in range(2):
            rect(cv, W * .43, hz + (-4 + 9 * k) * s, W * .6, 4 * s, snowy((238, 232, 220)))
    elif st == 'river':
        hill(cv, W, H, hz - 16 * s, 9 * s, ph, snowy((150, 196, 120)))
        rect(cv, 0, hz + 2 * s, W, 40 * s, mix((70, 150, 206), GLOOM[t], .3 if wx in ('rain', 'fog') else 0))
        for k in range(2):
            for i in range(5):
                oval(cv, W * ((i * .25 + (k % 2) * .125 + .1 * (ph - .5)) - .02), hz + (12 + 14 * k) * s, 16 * s, 2.4 * s, (138, 196, 226))
        x, w = W * .3, 74 * s         # a stone bridge
        curve(cv, [(x - w, hz + 14 * s), (x - w * .6, hz - 44 * s), (x, hz - 44 * s), (x + w * .6, hz - 44 * s), (x + w, hz + 14 * s), (x + w * .9, hz + 22 * s), (x + w * .62, hz + 22 * s),
                    (x + w * .45, hz - 24 * s), (x, hz - 24 * s), (x - w * .45, hz - 24 * s), (x - w * .62, hz + 22 * s), (x - w * .9, hz + 22 * s), (x - w, hz + 14 * s)], snowy((176, 164, 158)))
        hill(cv, W, H, hz + 38 * s, 5 * s, ph2, snowy((128, 182, 96)))
        for i in range(7):
            x = W * (.02 + .15 * i + .02 * (i % 3))
            line(cv, (x, hz + 42 * s), (x + 3 * s, hz + 20 * s), (84, 138, 74), 2.6 * s)
            oval(cv, x + 3 * s, hz + 18 * s, 2.6 * s, 6 * s, (136, 92, 60))
    elif st == 'moon':
        hill(cv, W, H, hz + 2 * s, 7 * s, ph, (176, 174, 188))
        hill(cv, W, H, hz + 22 * s, 5 * s, ph2, (156, 154, 170), 1.2)
        for x, y, r in ((.1, 30, 17), (.36, 22, 12), (.66, 34, 20), (.9, 24, 14), (.24, 58, 22), (.82, 60, 24)):
            oval(cv, W * x, hz + y * s, r * s, r * .34 * s, (134, 132, 150))
            oval(cv, W * x, hz + (y + 1.5) * s, r * .8 * s, r * .22 * s, (112, 110, 130))
    elif st == 'cave':
        rect(cv, 0, 0, W, H, (84, 74, 84))
        cv.save()
        path = skia.Path()
        path.addOval(skia.Rect(W * .26, .06 * H, W * .78, .06 * H + 1.24 * (hz - .06 * H)))
        cv.clipPath(path, skia.ClipOp.kIntersect, True)
        gradient(cv, 0, 0, W, hz + 2, *SKY[t])
        circle(cv, W * (.38 + .28 * sun), .22 * H, 11 * s, (250, 244, 212) if dark else (255, 236, 150))
        hill(cv, W, H, hz - 8 * s, 5 * s, ph, (120, 160, 110))
        cv.restore()
        for x, h in ((.05, 46), (.14, 30), (.22, 18), (.83, 20), (.9, 36), (.97, 52)):
            poly(cv, [(W * x - 11 * s, 0), (W * x + 11 * s, 0), (W * (x + .02 * (ph2 - .5)), h * s)], (112, 100, 108))
        rect(cv, 0, hz + 8 * s, W, H, (120, 104, 98))
        hill(cv, W, H, hz + 20 * s, 5 * s, ph2, (136, 118, 108))
        for x, y, r in ((.08, 4, 20), (.94, 6, 24), (.2, 12, 11)):
            oval(cv, W * x, hz + y * s, r * s, r * .7 * s, (102, 90, 94))
        for x, c in ((.12, (120, 206, 214)), (.88, (190, 140, 214))):       # crystals
            for d, h in ((-8, 20), (0, 32), (8, 22)):
                poly(cv, [(W * x + (d - 5) * s, hz + 16 * s), (W * x + (d + 5) * s, hz + 16 * s), (W * x + d * 1.4 * s, hz + (16 - h) * s)], c)
    elif st == 'kitchen':
        wall = {'dawn': (224, 226, 220), 'day': (222, 236, 226), 'sunset': (240, 220, 190), 'night': (182, 190, 186)}[t]
        rect(cv, 0, 0, W, H, wall)
        rect(cv, 0, hz + 18 * s, W, H, (206, 186, 158))
        for i in range(6):
            rect(cv, W * (.17 * i + .03 * (ph - .5)), hz + 18 * s, W * .085, H, (188, 164, 138))
        x, w, y, h = W * .66, 70 * s, .12 * H, 54 * s
        rect(cv, x - 5 * s, y - 5 * s, w + 10 * s, h + 10 * s, (250, 246, 236))
        cv.save()
        cv.clipRect(skia.Rect(x, y, x + w, y + h))
        gradient(cv, x, y, w, h, *SKY[t])
        circle(cv, x + w * (.15 + .7 * sun), y + h * .32, 9 * s, (250, 244, 212) if dark else (255, 236, 150))
        cv.restore()
        rect(cv, x + w / 2 - 2 * s, y, 4 * s, h, (250, 246, 236))
        rect(cv, W * .07, .3 * H, W * .34, 5 * s, (150, 104, 70))         # a shelf of pots and plates
        for i, c in enumerate(((206, 90, 70), (246, 240, 226), (96, 140, 180), (240, 190, 90))):
            rect(cv, W * (.09 + .08 * i), .3 * H - 15 * s, W * .05, 15 * s, c, 3 * s)
        rect(cv, 0, hz - 22 * s, W * .46, 44 * s, (232, 222, 206))        # the counter and the stove
        rect(cv, 0, hz - 26 * s, W * .46, 6 * s, (146, 106, 78))
        rect(cv, W * .3, hz - 24 * s, W * .15, 46 * s, (98, 104, 116))
        rect(cv, W * .32, hz - 8 * s, W * .11, 20 * s, (60, 64, 76), 3 * s)
        oval(cv, W * .375, hz - 30 * s, 14 * s, 9 * s, (190, 70, 62))
        rect(cv, W * .08, hz - 12 * s, W * .1, 30 * s, (214, 200, 182), 2 * s)
        rect(cv, W * .19, hz - 12 * s, W * .1, 30 * s, (214, 200, 182), 2 * s)
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
    elif k == 'car':
        red = (214, 74, 64)
        rect(cv, x - h * .74, y - h * .5, h * 1.48, h * .38, red, h * .13)
        curve(cv, [(x - h * .5, y - h * .48), (x - h * .4, y - h * .95), (x - h * .08, y - h * .95), (x + h * .34, y - h * .95), (x + h * .5, y - h * .48)], red)
        curve(cv, [(x - h * .38, y - h * .5), (x - h * .32, y - h * .83), (x - h * .02, y - h * .83), (x + h * .25, y - h * .83), (x + h * .36, y - h * .5)], LIT if night else GLASS)
        rect(cv, x - h * .04, y - h * .85, h * .08, h * .36, red)
        circle(cv, x + h * .67, y - h * .34, h * .07, (255, 236, 160))
        for q in (-.42, .42):
            circle(cv, x + q * h, y - h * .14, h * .18, (58, 56, 66))
            circle(cv, x + q * h, y - h * .14, h * .08, (206, 210, 216))
    elif k == 'snowman':
        for cy, r in ((-.26, .27), (-.6, .2), (-.85, .14)):
            circle(cv, x, y + cy * h, r * h, (246, 249, 253))
        for q in (-1, 1):
            line(cv, (x + q * h * .17, y - h * .62), (x + q * h * .38, y - h * .76), (112, 78, 54), h * .03)
            circle(cv, x + q * h * .05, y - h * .88, h * .02, (50, 48, 56))
        poly(cv, [(x, y - h * .85), (x, y - h * .8), (x + h * .13, y - h * .81)], (240, 134, 52))
        rect(cv, x - h * .13, y - h * .74, h * .26, h * .05, (206, 58, 52), h * .02)
        rect(cv, x - h * .16, y - h * .98, h * .32, h * .04, (58, 56, 66))
        rect(cv, x - h * .1, y - h * 1.14, h * .2, h * .18, (58, 56, 66), h * .02)
    elif k == 'lamp':
        rect(cv, x - h * .025, y - h * .8, h * .05, h * .8, (84, 70, 70))
        oval(cv, x, y, h * .15, h * .04, (84, 70, 70))
        poly(cv, [(x - h * .1, y - h), (x + h * .1, y - h), (x + h * .2, y - h * .74), (x - h * .2, y - h * .74)], (255, 224, 130))


def prop_light(cv, k, x, y, h, night):
    if k == 'campfire':
        glow(cv, x, y - h * .4, h * (1.7 if night else 1.2), (255, 140, 50), 150 if night else 80)
    elif k == 'lamp':
        glow(cv, x, y - h * .85, h * (.6 if night else .4), (255, 190, 90), 130 if night else 60)
    elif k == 'car' and night:
        glow(cv, x + h * .72, y - h * .34, h * .4, (255, 220, 120), 150)
    elif k == 'lighthouse' and night:
        glow(cv, x, y - h * .82, h * .42, (255, 220, 120), 200)


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
