"""Figures: people and animals in their poses, seen from the front, the side and behind.

`stature` says how tall a figure is and how large its head; `skeleton` where head and hand are, without drawing, so that
layout, training and the judge know. A person's age is a number from 0 (child) through 1 (young), 2 (adult) and 3
(middle-aged) to 4 (old), and everything that age changes is drawn in between too: a film may age a face year by year.
"""
import skia

from brush import circle, curve, line, lit, mix, mul, oval, paint, poly, rect
from palette import COLORS, FUR, HAIR, SKIN

PEOPLE = ['man', 'woman', 'king', 'queen', 'pirate', 'witch']
DRESSED = PEOPLE + ['wizard', 'knight', 'robot', 'astronaut']
FEMALE = ('woman', 'queen', 'witch')
ANIMALS = ['fox', 'cat', 'dog', 'rabbit', 'bear', 'mouse', 'pig', 'lion', 'owl', 'penguin', 'frog', 'sheep', 'elephant']
SKINNED = PEOPLE + ['wizard', 'knight', 'astronaut']
HEIGHTS = {'robot': .97, 'fox': .72, 'cat': .68, 'dog': .72, 'rabbit': .74, 'bear': .95, 'mouse': .56, 'pig': .7, 'lion': .86, 'owl': .62,
           'penguin': .7, 'frog': .55, 'sheep': .72, 'elephant': .98, 'ghost': .92}
HEADS = {'bear': .2, 'ghost': .24, 'lion': .23, 'elephant': .22, 'penguin': .23, 'frog': .27, 'owl': .27, 'mouse': .26}


def by_age(age, *values):
    """Between five values, one for each age from child to old."""
    i = min(int(age), 3)
    return values[i] + (values[i + 1] - values[i]) * (age - i)


def stature(f):
    """-> height over that of an adult man, radius of the head over the figure's height"""
    k = f['kind']
    if k in PEOPLE:
        tall = by_age(f['age'], .74, .95, 1, 1, .95) * (.97 if k in FEMALE else 1)
        return tall, by_age(f['age'], .198, .164, .15, .15, .153)
    return HEIGHTS.get(k, 1.), HEADS.get(k, .24 if k in ANIMALS else .15)


def head_height(f):
    """Of the head's centre over the feet, as a share of the height, standing."""
    r = stature(f)[1]
    return 1 - r * (1.5 if f['kind'] in ANIMALS else 1.12)


def facing(f): return -1 if f['pos'] == 'right' else 1


def pose_of(f, camera):
    """What of the action a figure's body shows: near the camera only a raised hand; an animal sits as it stands."""
    a = f['action']
    if camera == 'close' and a != 'wave' or a == 'sit' and f['kind'] not in DRESSED:
        return 'stand'
    return a


def skeleton(f, x, y, h, pose):
    """Feet at x, y -> centre of the head, its radius, the hand that holds things."""
    d, r = facing(f), h * stature(f)[1]
    hx, hy = x, y - h * head_height(f)
    person = f['kind'] in DRESSED
    if pose == 'sit':
        hy += .17 * h
    elif pose == 'walk':
        hx += .015 * h * d
    elif pose == 'run':
        hx, hy = x + .07 * h * d, hy + .03 * h
    elif pose == 'sleep':
        hx, hy = (x - .3 * h * d, y - r * 1.12) if person else (x - .24 * h * d, y - r * 1.02)
    w = h * by_age(f.get('age', 2), .172, .165, .165, .172, .165) if person else 0
    sh = hy + r * .92
    grip = (hx + w * 1.62, sh + h * .15)
    if pose == 'sleep':
        grip = (x + .1 * h * d, y - .1 * h)
    return hx, hy, r, grip


# ---------------------------------------------------------------- faces
def brows(cv, x, y, R, expression, c):
    if expression == 'happy':
        return
    inner, outer = {'sad': (-.48, -.3), 'angry': (-.26, -.5), 'surprised': (-.54, -.54)}[expression]
    for q in (-1, 1):
        line(cv, (x + q * R * .18, y + R * inner), (x + q * R * .56, y + R * outer), c, R * .1)


def mouth(cv, x, y, R, talk, expression='happy'):
    if talk:
        oval(cv, x, y + R * .06, R * .22, R * .21, (128, 42, 48))
        oval(cv, x, y + R * .16, R * .13, R * .09, (232, 120, 116))
    elif expression == 'surprised':
        oval(cv, x, y + R * .04, R * .1, R * .13, (116, 48, 52))
    elif expression == 'sad':
        cv.drawArc(skia.Rect(x - R * .24, y + R * .02, x + R * .24, y + R * .36), 205, 130, False, paint((140, 62, 60), 255, R * .09))
    elif expression == 'angry':
        line(cv, (x - R * .2, y + R * .08), (x + R * .2, y + R * .04), (140, 62, 60), R * .1)
    else:
        cv.drawArc(skia.Rect(x - R * .26, y - R * .22, x + R * .26, y + R * .16), 25, 130, False, paint((140, 62, 60), 255, R * .09))


def eyes(cv, x, y, R, f, c, rx=.12, ry=.16, spread=.36, view='front', d=1):
    """Open or, asleep, closed; in profile one."""
    at = [x + q * R * spread for q in (-1, 1)] if view == 'front' else [x + d * R * .42]
    for ex in at:
        if f['action'] == 'sleep':
            cv.drawArc(skia.Rect(ex - R * .15, y - R * .14, ex + R * .15, y + R * .1), 20, 140, False, paint(c, 255, R * .08))
        else:
            oval(cv, ex, y, R * rx, R * ry, c)


def tear(cv, x, y, R): oval(cv, x, y, R * .08, R * .13, (116, 186, 236))


def face(cv, x, y, R, f, blush=150, eye=(44, 38, 44), brow=(92, 62, 52)):
    """Of a person; x, y: between the eyes, a little below the head's centre."""
    view, d, e = f['view'], facing(f), f['expression']
    big = by_age(f.get('age', 2), 1.14, 1.03, 1, .97, .95)
    if view == 'side':
        circle(cv, x + d * R * .98, y + R * .12, R * .15, SKIN[f['skin']])       # the nose
        if blush:
            oval(cv, x + d * R * .42, y + R * .3, R * .17, R * .12, (240, 130, 120), blush)
        eyes(cv, x, y, R, f, eye, .11 * big, .17 * big, view=view, d=d)
        if e != 'happy':
            inner, outer = {'sad': (-.46, -.3), 'angry': (-.26, -.46), 'surprised': (-.5, -.5)}[e]
            line(cv, (x + d * R * .62, y + R * inner), (x + d * R * .26, y + R * outer), brow, R * .1)
        mouth(cv, x + d * R * .55, y + R * .42, R * .82, f['talk'], e)
        return
    if blush:
        for q in (-1, 1):
            oval(cv, x + q * R * .54, y + R * .28, R * .2, R * .13, (240, 130, 120), blush)
    eyes(cv, x, y, R, f, eye, .12 * big, .16 * big)
    brows(cv, x, y, R, e, brow)
    if e == 'sad' and f['action'] != 'sleep':
        tear(cv, x + R * .4, y + R * .3, R)
    mouth(cv, x, y + R * .42, R, f['talk'], e)


# ---------------------------------------------------------------- people
def hair_behind(cv, x, y, R, f, hr):
    """What hangs behind the head: a girl's bunches, a woman's hair, an old woman's bun."""
    a = f['age']
    length = by_age(a, 1.5, 2.15, 2.15, 1.5, .7)
    rect(cv, x - R * 1.15, y - R * .7, R * 2.3, R * length, hr, R * .7)
    bunch, bun = by_age(a, 1, .0, 0, 0, 0), by_age(a, 0, 0, 0, 0, 1)
    if bunch > .02:
        for q in (-1, 1):
            oval(cv, x + q * R * (.9 + .38 * bunch), y + R * .45, R * .36 * bunch, R * .7 * bunch, hr)
    if bun > .02:
        circle(cv, x, y - R * (.7 + .42 * bun), R * .42 * bun, hr)


def cap(cv, x, y, R, f, hr):
    """Hair on the skull; a boy's tufts shrink as he grows up, an old man's hair recedes."""
    a, d = f['age'], facing(f)
    male = f['kind'] not in FEMALE
    if f['view'] == 'back':
        circle(cv, x, y - R * .04, R * 1.06, hr)
        if male:
            rect(cv, x - R * .6, y + R * .55, R * 1.2, R * .5, SKIN[f['skin']], R * .2)
            oval(cv, x, y + R * .3, R * .98, R * .6, hr)
    else:
        recede = by_age(a, 0, 0, 0, .12, .3) if male else 0
        cv.save()
        cv.translate(0, -R * .1)
        path = skia.Path()
        path.addArc(skia.Rect(x - R * 1.08, y - R * 1.14, x + R * 1.08, y + R * .9), 180, 180)
        path.close()
        if recede:      # a bare forehead, wider with the years
            bare = skia.Path()
            bare.addOval(skia.Rect(x - R * (.3 + 1.5 * recede), y - R * (.3 + 2.1 * recede), x + R * (.3 + 1.5 * recede), y + R * .5))
            path = skia.Op(path, bare, skia.PathOp.kDifference_PathOp)
        cv.drawPath(path, paint(hr))
        cv.restore()
        if f['view'] == 'side':
            cv.save()
            cv.clipRect(skia.Rect(min(x - d * R * .12, x - d * R * 1.2), y - R * 1.2, max(x - d * R * .12, x - d * R * 1.2), y + R * (.55 if male else .8)))
            circle(cv, x, y - R * .02, R * 1.07, hr)
            cv.restore()
            circle(cv, x - d * R * .06, y + R * .16, R * .17, mul(SKIN[f['skin']], .9))       # the ear
    tuft = by_age(a, 1, .35, 0, 0, 0) if male else 0
    if tuft > .02 and f['kind'] == 'man':
        for q in (-.5, 0, .5):
            poly(cv, [(x + q * R - R * .34, y - R * .8), (x + q * R + R * .34, y - R * .8), (x + q * R + R * .16, y - R * (.8 + .62 * tuft))], hr)


def beard(cv, x, y, R, c, L=1.42):
    curve(cv, [(x - R, y + R * .05), (x - R * .95, y + R * L), (x, y + R * (L + .08)), (x + R * .95, y + R * L), (x + R, y + R * .05),
               (x + R * .5, y + R * .3), (x, y + R * .24), (x - R * .5, y + R * .3), (x - R, y + R * .05)], c)


def years(cv, x, y, R, f, hr):
    """What the years leave in a face: grey temples, lines, brows, at last glasses."""
    a = f['age']
    if f['view'] == 'back':
        return
    grey, lines, old = by_age(a, 0, 0, 0, 1, 1), by_age(a, 0, 0, 0, .55, 1), by_age(a, 0, 0, 0, 0, 1)
    sk = SKIN[f['skin']]
    sides = (-1, 1) if f['view'] == 'front' else (facing(f),)
    if grey > .02:
        for q in (-1, 1) if f['view'] == 'front' else ():
            oval(cv, x + q * R * .92, y - R * .08, R * .15, R * .3, (208, 206, 208), int(255 * grey))
    if lines > .02:
        c, alpha = mul(sk, .72), int(230 * lines)
        for q in sides:       # beside the mouth, under the eyes
            cv.drawArc(skia.Rect(x + q * R * .5 - R * .22, y + R * .3, x + q * R * .5 + R * .22, y + R * .86), 100 if q > 0 else 350, 90, False, paint(c, alpha, R * .065))
            cv.drawArc(skia.Rect(x + q * R * .36 - R * .2, y + R * .14, x + q * R * .36 + R * .2, y + R * .42), 30, 120, False, paint(c, alpha, R * .055))
        for dy in (-.42, -.58):
            cv.drawLine(x - R * .3, y + dy * R, x + R * .3, y + dy * R, paint(c, int(alpha * .8), R * .05))
    if old > .02 and f['action'] != 'sleep':
        eyes_at = (-1, 1) if f['view'] == 'front' else (1.17 * facing(f),)
        for q in eyes_at:
            cv.drawCircle(x + q * R * .36, y + R * .1, R * .29, paint((96, 84, 90), int(255 * old), R * .085))


def person_head(cv, x, y, R, f):
    k, view, d = f['kind'], f['view'], facing(f)
    c, sk = COLORS[f['color']], SKIN[f['skin']]
    deep = mul(c, .8)
    if k == 'robot':
        line(cv, (x, y - R * .8), (x, y - R * 1.3), (112, 120, 134), R * .14)
        circle(cv, x, y - R * 1.35, R * .2, (248, 104, 92))
        rect(cv, x - R * 1.08, y - R * .95, R * 2.16, R * 1.9, (196, 204, 216), R * .35)
        if view == 'back':
            for q in (-.4, 0, .4):
                line(cv, (x - R * .6, y + q * R), (x + R * .6, y + q * R), (150, 158, 172), R * .12)
            return
        for q in ((-1, 1) if view == 'front' else (d,)):
            circle(cv, x + q * R * .45, y - R * .12, R * .3, (255, 238, 140))
            if f['action'] == 'sleep':
                rect(cv, x + q * R * .45 - R * .3, y - R * .16, R * .6, R * .1, (54, 56, 70))
            else:
                circle(cv, x + q * R * .45, y - R * .12, R * .13, (54, 56, 70))
        mx = x if view == 'front' else x + d * R * .45
        rect(cv, mx - R * .5, y + R * .4, R, R * (.36 if f['talk'] else .14), (72, 82, 100), R * .07)
        return
    circle(cv, x, y, R, sk)
    if k == 'knight':
        steel = (172, 180, 194)
        oval(cv, x, y - R * 1.2, R * .26, R * .55, c)
        circle(cv, x, y, R * 1.1, steel)
        if view == 'back':
            line(cv, (x, y - R), (x, y + R), (132, 140, 156), R * .12)
            return
        s = 0 if view == 'front' else d * R * .4
        rect(cv, x - R * .8 + s, y - R * .3, R * 1.6 - abs(s), R * .62, sk, R * .2) if s >= 0 else rect(cv, x - R * .8, y - R * .3, R * 1.6 + s, R * .62, sk, R * .2)
        eyes(cv, x, y, R, f, (44, 38, 44), .12, .16, view=view, d=d)
        rect(cv, x - R * .07, y - R * 1.05, R * .14, R * .75, (132, 140, 156))
        if f['talk']:
            oval(cv, x + s, y + R * .62, R * .26, R * .2, (84, 46, 52))
        else:
            for q in (-1, 0, 1):
                rect(cv, x + s + q * R * .32 - R * .05, y + R * .5, R * .1, R * .34, (96, 104, 120), R * .05)
        return
    if k == 'astronaut':
        circle(cv, x, y, R * 1.22, (236, 240, 246))
        if view == 'back':
            rect(cv, x - R * .5, y - R * .12, R, R * .26, c, R * .1)
            return
        circle(cv, x + (0 if view == 'front' else d * R * .16), y, R, sk)
        face(cv, x, y + R * .08, R * .95, f, 120)
        cv.drawCircle(x + (0 if view == 'front' else d * R * .16), y, R * 1.04, paint((170, 204, 230), 46))
        cv.drawCircle(x, y, R * 1.18, paint((190, 198, 210), 255, R * .16))
        cv.drawArc(skia.Rect(x - R * .85, y - R * .85, x + R * .85, y + R * .85), 200, 55, False, paint((255, 255, 255), 220, R * .13))
        return
    hr, a = HAIR[f['hair']], f['age'] if k in PEOPLE else 4
    bearded = f['beard'] or k == 'wizard'
    bc = HAIR['white'] if k == 'wizard' else hr
    if bearded and view != 'back':
        beard(cv, x + (0 if view == 'front' else d * R * .22), y, R, bc, 2.3 if k == 'wizard' else 1.42)
    if k != 'wizard':
        cap(cv, x, y, R, f, hr)
    elif view == 'back':
        rect(cv, x - R, y - R * .4, R * 2, R * 1.6, bc, R * .6)
    if view != 'back':
        if k in PEOPLE:
            years(cv, x, y + R * .12, R, f, hr)
        brow = mul(hr, .8) if f['hair'] not in ('white', 'grey', 'blond') or k == 'wizard' else (150, 140, 136) if f['hair'] != 'blond' else (168, 124, 52)
        face(cv, x, y + R * .12, R, f, 0 if bearded else int(by_age(a, 170, 125, 105, 80, 70)), brow=brow)
        if k == 'pirate' and f['action'] != 'sleep':
            ex = x - R * .36 if view == 'front' else x + d * R * .42
            line(cv, (x - R * .95, y - R * .36), (x + R * .95, y + R * .1) if view == 'front' else (ex, y + R * .1), (50, 46, 54), R * .1)
            circle(cv, ex, y + R * .12, R * .25, (50, 46, 54))
    if f['hat'] and k in ('man', 'woman'):
        oval(cv, x, y - R * .6, R * 1.5, R * .24, deep)
        rect(cv, x - R * .85, y - R * 1.5, R * 1.7, R * .98, deep, R * .35)
        rect(cv, x - R * .85, y - R * .86, R * 1.7, R * .2, (250, 236, 204))
    if k in ('wizard', 'witch'):
        hc = deep if k == 'wizard' else (66, 58, 78)
        if k == 'witch':
            oval(cv, x, y - R * .55, R * 1.7, R * .26, hc)
        poly(cv, [(x - R * (1.4 if k == 'wizard' else 1.0), y - R * (.4 if k == 'wizard' else .55)), (x + R * (1.4 if k == 'wizard' else 1.0), y - R * (.4 if k == 'wizard' else .55)), (x + R * (.15 if k == 'wizard' else -.35), y - R * 2.3)], hc)
        if k == 'wizard':
            circle(cv, x, y - R * 1.05, R * .2, (250, 220, 100))
        else:
            poly(cv, [(x - R * 1.0, y - R * .6), (x + R * 1.0, y - R * .6), (x + R * .76, y - R * .88), (x - R * .84, y - R * .88)], c)
    if k in ('king', 'queen'):
        top = y - R * (1.5 if k == 'king' else 1.35)
        gold = (248, 204, 84)
        poly(cv, [(x - R * .82, y - R * .68), (x - R * .92, top), (x - R * .42, y - R * 1.05), (x, top - R * .12), (x + R * .42, y - R * 1.05), (x + R * .92, top), (x + R * .82, y - R * .68)], gold)
        for q in (-.46, 0, .46):
            circle(cv, x + q * R, y - R * .84, R * .11, ((214, 66, 66) if k == 'king' else (110, 160, 226)))
    if k == 'pirate':
        poly(cv, [(x - R * 1.5, y - R * .5), (x + R * 1.5, y - R * .5), (x + R * .85, y - R * 1.35), (x, y - R * 1.5), (x - R * .85, y - R * 1.35)], (58, 54, 64))
        line(cv, (x - R * 1.4, y - R * .52), (x + R * 1.4, y - R * .52), (240, 224, 180), R * .12)
        if view != 'back':
            circle(cv, x, y - R * .98, R * .22, (244, 240, 230))


def person(cv, x, y, h, f, pose):
    """Feet at x, y; full height h. Returns the hand that holds things."""
    k, view, d = f['kind'], f['view'], facing(f)
    c, sk = COLORS[f['color']], SKIN[f['skin']]
    deep = mul(c, .8)
    hx, hy, R, grip = skeleton(f, x, y, h, pose)
    a = f['age'] if k in PEOPLE else 2
    fem = k in FEMALE
    steel, suit = (172, 180, 194), (236, 240, 246)
    hr = HAIR[f['hair']]
    if pose == 'sleep':
        rect(cv, x - d * .3 * h - R * 1.5, y - R * 1.6, R * 3, R * 1.6, (250, 246, 238), R * .6)         # pillow, mattress
        if fem:
            hair_behind(cv, hx, hy, R, f, hr)
        person_head(cv, hx, hy, R, f)
        q = lambda px: x + d * px * h
        t = R * 1.45 / h
        curve(cv, [(q(-.22), y), (q(-.2), y - t * h), (q(.02), y - t * h), (q(.3), y - t * h), (q(.48), y - t * .72 * h), (q(.6), y - t * .6 * h), (q(.6), y)], c)
        curve(cv, [(q(-.2), y - t * .5 * h), (q(-.19), y - t * h), (q(.02), y - t * h), (q(-.06), y - t * .6 * h), (q(-.2), y - t * .5 * h)], mix(c, (255, 250, 240), .5))
        return grip
    sh = hy + R * .92
    w = h * by_age(a, .172, .165, .165, .172, .165)
    low = .17 * h if pose == 'sit' else 0
    hip = y - h * .26 + low
    lean = hx - x
    if fem and view != 'back':
        hair_behind(cv, hx, hy, R, f, hr)
    narrow = .76 if view == 'side' else 1
    if k == 'king':         # a cloak behind
        poly(cv, [(hx - w * .9, sh), (hx + w * .9, sh), (x + w * 1.75, y - h * .05), (x - w * 1.75, y - h * .05)], mul(c, .62))
    if k == 'astronaut' and view != 'front':
        rect(cv, hx - (w * .9 if view == 'back' else d * w * .2 + w * .8), sh - h * .02, w * 1.8 if view == 'back' else w * 1.1, h * .3, (186, 194, 206), h * .04)
    # legs
    shoe = {'robot': (84, 92, 106), 'knight': (120, 128, 144), 'astronaut': (186, 194, 206), 'pirate': (58, 54, 64)}.get(k, (84, 62, 56))
    leg = {'robot': (112, 120, 134), 'knight': steel, 'astronaut': suit, 'king': (92, 70, 104), 'pirate': (96, 74, 66)}.get(k, sk if fem else (82, 84, 116))
    feet = {'stand': ((-.46, 0), (.46, 0)), 'wave': ((-.46, 0), (.46, 0)), 'walk': ((-.95, .05), (.95, 0)), 'run': ((-1.5 * d, .15), (1.15 * d, .0)), 'sit': ((-1.05, 0), (1.05, 0))}[pose]
    for (fx, fy), q in zip(feet, (-1, 1)):
        px, py = x + fx * w, y - fy * h
        thick = h * (.084 if k != 'robot' else .07)
        top = (x + lean * .5 + q * w * .42 * narrow, hip + h * .02)
        if pose == 'sit':
            line(cv, (top[0], y - .1 * h), (px, y - .055 * h), leg if k != 'wizard' and not fem else deep, h * .11)
            oval(cv, px + q * h * .02, y - h * .05, h * .055, h * .065, shoe)
            continue
        if k == 'wizard' and pose not in ('run', 'walk'):
            continue
        line(cv, top, (px, py - h * .035), leg, thick)
        side = d if view == 'side' or pose in ('run',) else q
        oval(cv, px + side * h * .02, py - h * .018, h * .066, h * .028, shoe)
    # arms
    ac = {'robot': (140, 148, 162), 'knight': (140, 148, 162), 'astronaut': mul(suit, .9)}.get(k, deep)
    glove = {'robot': (104, 112, 126), 'knight': (104, 112, 126), 'astronaut': (186, 194, 206)}.get(k, sk)
    swing = {'walk': ((-1.55, .2), (1.5, .24)), 'run': ((-1.5, .1), (1.7, .2)), 'sit': ((-1.25, .2), (1.25, .2))}.get(pose, ((-1.38, .27), (1.38, .27)))
    for q, (ax, ay) in zip((-1, 1), swing):
        p = (hx + ax * w * narrow, sh + ay * h)
        if f['held'] != 'none' and q == 1:
            p = grip
        elif pose == 'wave' and q == -1:
            p = (hx - w * 1.95, sh - h * .13)
        line(cv, (hx + q * w * .78 * narrow, sh + h * .07), p, ac, h * .075)
        circle(cv, p[0], p[1], h * (.042 if not (pose == 'wave' and q == -1) else .05), glove)
    # body
    sx = lambda v: hx + v * w * narrow          # at the shoulders
    bx = lambda v: x + lean * .3 + v * w * narrow      # at the hem
    if k == 'wizard' or k == 'queen':
        bottom = y if pose not in ('walk', 'run') else y - h * .08
        poly(cv, [(sx(-.8), sh), (sx(.8), sh), (bx(1.4), bottom), (bx(-1.4), bottom)], c)
        if k == 'wizard':
            rect(cv, bx(-1.02), hip - h * .1, w * 2.04 * narrow, h * .04, (246, 210, 96))
        else:
            poly(cv, [(bx(-1.22), bottom - h * .1), (bx(1.22), bottom - h * .1), (bx(1.4), bottom), (bx(-1.4), bottom)], mix(c, (255, 250, 240), .6))
            rect(cv, hx - w * .75 * narrow, sh + h * .16, w * 1.5 * narrow, h * .03, (248, 204, 84))
    elif fem:
        hem = y - h * .17 if pose != 'sit' else y - h * .06
        poly(cv, [(sx(-.72), sh), (sx(.72), sh), (bx(1.3), hem), (bx(-1.3), hem)], c)
        shawl = by_age(a, 0, 0, 0, 0, 1)
        if shawl > .02:
            path = skia.Path()
            path.addPoly([skia.Point(*p) for p in [(sx(-.8), sh), (sx(.8), sh), (sx(.95), sh + h * .15), (hx, sh + h * .22), (sx(-.95), sh + h * .15)]], True)
            cv.drawPath(path, paint(mix(c, (255, 250, 240), .45), int(255 * shawl)))
    elif k == 'robot':
        rect(cv, sx(-1.05), sh, w * 2.1 * narrow, hip - sh + h * .02, c, h * .035)
        if view != 'back':
            rect(cv, sx(-.6), sh + h * .08, w * 1.2 * narrow, h * .14, (72, 82, 100), h * .02)
            for j in range(3):
                circle(cv, hx + (j - 1) * w * .34 * narrow, sh + h * .15, h * .026, ((248, 104, 92), (250, 220, 100), (112, 222, 140))[j])
    elif k == 'knight':
        rect(cv, sx(-1), sh, w * 2 * narrow, hip - sh + h * .04, steel, h * .05)
        poly(cv, [(sx(-.66), sh + h * .02), (sx(.66), sh + h * .02), (sx(.66), hip - h * .04), (hx, hip + h * .06), (sx(-.66), hip - h * .04)], c)
    elif k == 'astronaut':
        rect(cv, sx(-1.08), sh, w * 2.16 * narrow, hip - sh + h * .06, suit, h * .07)
        rect(cv, sx(-1.08), sh + h * .13, w * 2.16 * narrow, h * .075, c)
        if view != 'back':
            rect(cv, sx(-.4), sh + h * .035, w * .8 * narrow, h * .07, (186, 194, 206), h * .015)
    else:
        rect(cv, sx(-1), sh, w * 2 * narrow, hip - sh + h * .06, c, h * .06)
        if k == 'pirate':
            rect(cv, sx(-.3), sh + h * .01, w * .6 * narrow, hip - sh, (240, 232, 216), h * .02)
            rect(cv, sx(-1), hip - h * .06, w * 2 * narrow, h * .045, (70, 52, 48))
            rect(cv, hx - h * .03, hip - h * .065, h * .06, h * .055, (246, 206, 90), h * .01)
        elif k == 'king':
            rect(cv, sx(-1.08), sh - h * .01, w * 2.16 * narrow, h * .07, (248, 244, 236), h * .035)
            rect(cv, sx(-1), hip - h * .05, w * 2 * narrow, h * .04, (248, 204, 84))
        elif view != 'back':
            rect(cv, hx - h * .008, sh, h * .016, hip - sh + h * .06, deep)
            for j in range(2):
                circle(cv, hx + w * .3 * narrow, sh + h * (.14 + .1 * j), h * .016, mix(c, (255, 250, 230), .75))
    if fem and view == 'back':
        hair_behind(cv, hx, hy, R, f, hr)
    person_head(cv, hx, hy, R, f)
    return grip


def ghost(cv, x, y, h, f, pose):
    c, view, d = COLORS[f['color']], f['view'], facing(f)
    hx, hy, R, grip = skeleton(f, x, y, h, pose)
    w = h * .27
    path = skia.Path()
    if pose == 'sleep':
        oval(cv, x + .08 * h * d, y - R * .75, h * .42, R * .75, c)
        circle(cv, hx, hy, R, c)
    else:
        path.moveTo(hx - R, hy)
        path.arcTo(skia.Rect(hx - R, hy - R, hx + R, hy + R), 180, 180, False)
        path.lineTo(x + w, y - h * .06)
        for i in range(4):
            px = x + w - (i + 1) * w / 2
            path.quadTo(px + w / 4, y + h * (.02 if i % 2 == 0 else -.14), px, y - h * .06)
        path.close()
        cv.drawPath(path, paint(c, 236))
        for q in (-1, 1):
            up = pose == 'wave' and q == -1
            oval(cv, hx + q * w * 1.02, hy + R * (-.25 if up else 1.15), h * .06, h * .1, c)
    if view == 'back':
        return grip
    s = 0 if view == 'front' else d * R * .4
    eyes(cv, hx, hy, R, f, (60, 56, 80), .15, .22, view=view, d=d)
    brows(cv, hx + s, hy, R, f['expression'], (120, 116, 140))
    mouth(cv, hx + s, hy + R * .42, R, f['talk'], f['expression'])
    return grip


# ---------------------------------------------------------------- animals
def animal_head(cv, x, y, R, f):
    k, view, d = f['kind'], f['view'], facing(f)
    c = FUR[f['color']]
    black = f['color'] == 'black'
    deep, pale = mul(c, .82), mix(c, (255, 250, 240), .62 if not black else .3)
    back = view == 'back'
    inner = (242, 170, 166) if k != 'fox' else (70, 52, 50)
    if k == 'lion':
        circle(cv, x, y + R * .05, R * 1.42, mul(c, .62))
    for q in (-1, 1):
        if k in ('cat', 'fox'):
            poly(cv, [(x + q * R * .1, y - R * .8), (x + q * R * .98, y - R * .2), (x + q * R * .86, y - R * 1.45)], c)
            if not back:
                poly(cv, [(x + q * R * .4, y - R * .78), (x + q * R * .82, y - R * .5), (x + q * R * .76, y - R * 1.15)], inner)
        elif k == 'rabbit':
            oval(cv, x + q * R * .42, y - R * 1.15, R * .28, R * .8, c)
            if not back:
                oval(cv, x + q * R * .42, y - R * 1.1, R * .13, R * .55, (246, 178, 182))
        elif k in ('bear', 'lion'):
            circle(cv, x + q * R * .76, y - R * .74, R * .36, c)
            circle(cv, x + q * R * .76, y - R * .74, R * .18, pale if not back else deep)
        elif k == 'mouse':
            circle(cv, x + q * R * .82, y - R * .74, R * .52, c)
            if not back:
                circle(cv, x + q * R * .82, y - R * .74, R * .34, (246, 178, 182))
        elif k == 'pig':
            poly(cv, [(x + q * R * .25, y - R * .85), (x + q * R * .95, y - R * .45), (x + q * R * .9, y - R * 1.2)], deep)
        elif k == 'elephant':
            oval(cv, x + q * R * 1.12, y - R * .05, R * .62, R * .8, deep)
            if not back:
                oval(cv, x + q * R * 1.12, y - R * .02, R * .42, R * .58, mix(deep, (246, 178, 182), .45))
        elif k == 'sheep':
            oval(cv, x + q * R * 1.08, y - R * .08, R * .4, R * .22, (92, 80, 84))
        elif k == 'owl':
            poly(cv, [(x + q * R * .25, y - R * .8), (x + q * R * .95, y - R * .4), (x + q * R * .9, y - R * 1.35)], c)
        elif k == 'frog':
            circle(cv, x + q * R * .5, y - R * .78, R * .38, c)
    circle(cv, x, y, R, c if k != 'sheep' else (92, 80, 84))
    if k == 'sheep':
        for px, py, r in ((-.62, -.62, .46), (0, -.82, .52), (.62, -.62, .46)) + (((0, 0, .95),) if back else ()):
            circle(cv, x + px * R, y + py * R, r * R, c)
    if k == 'dog':
        for q in (-1, 1):
            oval(cv, x + q * R * .98, y + R * .1, R * .3, R * .68, deep if not black else (40, 38, 46))
    if back:
        return
    s = 0 if view == 'front' else d * R * .42
    pair = (-1, 1) if view == 'front' else (d,)
    if k == 'fox':
        for q in pair:
            oval(cv, x + q * R * .46, y + R * .42, R * .46, R * .42, (252, 246, 238))
    my = y + R * .38
    if k in ('dog', 'bear', 'cat', 'rabbit', 'lion', 'mouse'):
        oval(cv, x + s * 1.2, my + R * .12, R * .5, R * .38, pale)
    if k == 'penguin':
        for q in pair:
            oval(cv, x + q * R * .36, y + R * .05, R * .44, R * .56, (246, 246, 244))
    if k == 'owl':
        for q in pair:
            circle(cv, x + q * R * .42, y - R * .08, R * .44, pale)
    ex, ey = (.42, -.1) if k != 'frog' else (.5, -.78)
    eye = (250, 222, 110) if black and k != 'penguin' else (96, 160, 84) if k == 'cat' else (246, 236, 226) if k == 'sheep' else (48, 40, 44)
    if f['action'] == 'sleep':
        for q in pair:
            cx, cy = x + q * R * ex, y + R * ey
            cv.drawArc(skia.Rect(cx - R * .18, cy - R * .16, cx + R * .18, cy + R * .12), 20, 140, False, paint(eye if k in ('sheep',) or black else (48, 40, 44), 255, R * .09))
    else:
        for q in pair:
            cx, cy = x + q * R * ex, y + R * ey
            oval(cv, cx, cy, R * .16, R * .2, eye)
            if k in ('cat', 'sheep') or black and k != 'penguin':
                oval(cv, cx, cy, R * .065, R * .14, (30, 26, 30))
        if f['expression'] != 'happy' and k != 'frog':
            for q in pair:
                a, b = {'sad': (-.42, -.26), 'angry': (-.2, -.44), 'surprised': (-.48, -.48)}[f['expression']]
                line(cv, (x + q * R * .2, y + R * (a - .06)), (x + q * R * .64, y + R * (b - .06)), mul(c, .45) if not black else (170, 160, 160), R * .1)
            if f['expression'] == 'sad':
                tear(cv, x + pair[-1] * R * .5, y + R * .26, R)
    mc = R * .85
    if k in ('owl', 'penguin'):
        n = .16 if not f['talk'] else .24
        poly(cv, [(x + s * 1.3 - R * .18, y + R * .12), (x + s * 1.3 + R * .18, y + R * .12), (x + s * 1.3 + (0 if view == 'front' else d * R * .2), y + R * (.3 + n))], (244, 168, 66))
        if f['talk']:
            oval(cv, x + s * 1.3, y + R * .56, R * .15, R * .13, (128, 42, 48))
        elif f['expression'] == 'sad' or f['expression'] == 'happy':
            mouth(cv, x + s, y + R * .56, R * .7, 0, f['expression'])
        return
    if k == 'pig':
        oval(cv, x + s * 1.2, my - R * .02, R * .36, R * .26, deep)
        for q in (-1, 1):
            oval(cv, x + s * 1.2 + q * R * .13, my - R * .02, R * .06, R * .1, mul(c, .5))
        my += R * .12
    elif k == 'elephant':
        trunk = x + s * 1.3
        line(cv, (trunk, y + R * .1), (trunk, y + R * .75), c, R * .42)
        line(cv, (trunk, y + R * .75), (trunk + R * .42 * d, y + R * 1.15), c, R * .36)
        line(cv, (trunk - R * .16, y + R * .42), (trunk + R * .16, y + R * .42), deep, R * .07)
        line(cv, (trunk - R * .16, y + R * .64), (trunk + R * .16, y + R * .64), deep, R * .07)
        mouth(cv, x - d * R * .5, y + R * .5, R * .8, f['talk'], f['expression'])
        return
    elif k == 'frog':
        wide = R * 1.4
        mouth(cv, x + s, y + R * .18, wide, f['talk'], f['expression'])
        return
    else:
        oval(cv, x + s * 1.6, my - R * .04, R * .16, R * .12, (238, 134, 144) if k in ('rabbit', 'cat', 'mouse') else (214, 160, 160) if k == 'sheep' else (48, 38, 42))
    if k == 'sheep':
        if f['talk']:
            mouth(cv, x + s, my + R * .26, mc, 1)
        else:
            line(cv, (x + s - R * .16, my + R * .3), (x + s + R * .16, my + R * .3), (214, 160, 160), R * .08)
        return
    mouth(cv, x + s, my + R * .3, mc, f['talk'], f['expression'])


def tail(cv, x, y, h, f, d=1):
    k, c = f['kind'], FUR[f['color']]
    black = f['color'] == 'black'
    pale = mix(c, (255, 250, 240), .62 if not black else .3)
    q = lambda v: x + d * v * h
    if k == 'fox':
        oval(cv, q(.3), y - h * .2, h * .13, h * .24, c)
        oval(cv, q(.31), y - h * .36, h * .09, h * .11, (252, 246, 238))
    elif k in ('cat', 'lion', 'mouse'):
        t, tc = (.08, c) if k == 'cat' else (.05, c) if k == 'lion' else (.035, (236, 160, 164))
        line(cv, (q(.12), y - h * .08), (q(.32), y - h * .12), tc, h * t)
        line(cv, (q(.32), y - h * .12), (q(.36), y - h * .4), tc, h * t)
        if k == 'lion':
            circle(cv, q(.365), y - h * .42, h * .06, mul(c, .62))
    elif k == 'dog':
        line(cv, (q(.14), y - h * .12), (q(.34), y - h * .34), c, h * .09)
    elif k == 'rabbit':
        circle(cv, q(.2), y - h * .12, h * .1, pale)
    elif k == 'pig':
        cv.drawCircle(q(.26), y - h * .26, h * .05, paint(mul(c, .82), 255, h * .035))
    elif k == 'elephant':
        line(cv, (q(.2), y - h * .3), (q(.33), y - h * .16), mul(c, .82), h * .035)


def animal(cv, x, y, h, f, pose):
    k, c, view, d = f['kind'], FUR[f['color']], f['view'], facing(f)
    black = f['color'] == 'black'
    deep, pale = mul(c, .82), mix(c, (255, 250, 240), .62 if not black else .3)
    belly = (246, 246, 244) if k == 'penguin' else pale
    limb = (244, 168, 66) if k in ('penguin', 'owl') else (92, 80, 84) if k == 'sheep' else deep
    hx, hy, R, grip = skeleton(f, x, y, h, pose)
    bw = h * {'bear': .26, 'elephant': .28, 'pig': .25, 'sheep': .27, 'frog': .25, 'penguin': .23, 'owl': .22}.get(k, .2)
    if pose == 'sleep':
        tail(cv, x + .08 * h * d, y + .02 * h, h, f, d)
        oval(cv, x + .12 * h * d, y - bw * .82, h * .36, bw * .82, c)
        oval(cv, x + .14 * h * d, y - bw * .4, h * .24, bw * .38, belly)
        animal_head(cv, hx, hy, R, f)
        return grip
    up = .09 * h if pose in ('walk', 'run') else 0
    by, ry = (hy + R * .5 + y - up) / 2, (y - up - hy - R * .3) / 2
    cx = (x + hx) / 2
    if view != 'back':
        tail(cv, cx, y - up, h, f, -1 if view == 'side' and d == 1 else 1)
    if up:
        steps = ((-.16, .0), (-.05, .045), (.08, .0), (.17, .045)) if pose == 'walk' else ((-.3, .07), (-.18, .02), (.2, .05), (.3, .0))
        for sx, sy in steps:
            line(cv, (cx + sx * h * .6, y - up - ry * .3), (x + sx * h * (1 if pose == 'walk' else d), y - sy * h - .03 * h), limb, h * .085)
    if k == 'sheep':
        for px, py in ((-.8, -.3), (.8, -.3), (-.85, .3), (.85, .3), (0, .55), (-.45, .6), (.45, .6)):
            circle(cv, cx + px * bw, by + py * ry, bw * .42, mul(c, .95))
    oval(cv, cx, by, bw * (.9 if view == 'side' else 1), ry, c)
    if view != 'back':
        oval(cv, cx + (0 if view == 'front' else d * bw * .3), by + ry * .2, bw * .58, ry * .7, belly) if k != 'sheep' else None
    else:
        tail(cv, cx - h * .3, y, h * 1, f, 1) if k in ('fox', 'cat', 'lion', 'mouse', 'dog') else circle(cv, cx, y - h * .14, h * .08, pale) if k == 'rabbit' else None
    if not up:
        for q in (-1, 1):
            oval(cv, x + q * bw * .62, y - h * .035, h * .09, h * .045, limb)
    arms = k in ('bear', 'penguin', 'owl', 'frog', 'elephant', 'pig')
    for q in (-1, 1):
        if pose == 'wave' and q == -1:
            line(cv, (cx - bw * .7, by - ry * .4), (hx - R * 1.5, hy + R * .1), deep, h * .1)
            circle(cv, hx - R * 1.5, hy + R * .1, h * .062, c if not black else (110, 106, 116))
        elif arms:
            if k in ('owl', 'penguin'):
                oval(cv, cx + q * bw * .95, by, h * .07, ry * .68, deep)
            else:
                line(cv, (cx + q * bw * .85, by - ry * .4), (cx + q * bw * 1.1, by + ry * .2), deep, h * .1)
    animal_head(cv, hx, hy, R, f)
    return grip


# ---------------------------------------------------------------- what they hold, and the whole figure
def held_item(cv, k, hand, h, color):
    x, y = hand
    if k == 'lantern':
        cv.drawArc(skia.Rect(x - h * .045, y - h * .01, x + h * .045, y + h * .08), 180, 180, False, paint((70, 64, 74), 255, h * .014))
        rect(cv, x - h * .055, y + h * .05, h * .11, h * .13, (255, 226, 130), h * .02)
        rect(cv, x - h * .07, y + h * .03, h * .14, h * .035, (70, 64, 74), h * .01)
        rect(cv, x - h * .07, y + h * .17, h * .14, h * .03, (70, 64, 74), h * .01)
    elif k == 'umbrella':
        top = y - h * .62
        line(cv, (x, y + h * .05), (x, top), (96, 72, 60), h * .025)
        for w, c in ((.34, (222, 74, 66)), (.12, (250, 238, 220))):
            path = skia.Path()
            path.addArc(skia.Rect(x - h * w, top, x + h * w, top + h * .44), 180, 180)
            path.close()
            cv.drawPath(path, paint(c))
    elif k == 'balloon':
        line(cv, (x, y), (x + h * .03, y - h * .34), (120, 112, 118), h * .012)
        oval(cv, x + h * .03, y - h * .48, h * .12, h * .15, (96, 190, 214))
        oval(cv, x - h * .01, y - h * .53, h * .03, h * .045, (196, 234, 240))
    elif k == 'book':
        rect(cv, x - h * .075, y - h * .1, h * .15, h * .17, (178, 66, 60), h * .01)
        rect(cv, x - h * .055, y - h * .07, h * .11, h * .03, (250, 236, 204))
    elif k == 'flower':
        line(cv, (x, y + h * .06), (x, y - h * .1), (76, 146, 80), h * .02)
        for dx, dy in ((-.045, 0), (.045, 0), (0, -.045), (0, .045)):
            circle(cv, x + dx * h, y - h * .14 + dy * h, h * .038, (244, 120, 150))
        circle(cv, x, y - h * .14, h * .03, (252, 216, 92))


def asleep(cv, x, y, R, d):
    """Two Z above a sleeper's head."""
    for dx, dy, s in ((.75, -1.3, .34), (1.35, -1.85, .46)):
        cx, cy, a = x + d * dx * R, y + dy * R, s * R
        path = skia.Path()
        path.moveTo(cx - a / 2, cy - a / 2)
        for p in ((cx + a / 2, cy - a / 2), (cx - a / 2, cy + a / 2), (cx + a / 2, cy + a / 2)):
            path.lineTo(*p)
        q = paint((250, 250, 255), 255, R * .13)
        q.setStrokeJoin(skia.Paint.kRound_Join)
        cv.drawPath(path, paint((90, 96, 130), 255, R * .26))
        cv.drawPath(path, q)


def speed(cv, x, y, h, d):
    """Dust behind a runner."""
    for dx, r, a in ((-.34, .06, 190), (-.46, .045, 160), (-.56, .032, 130)):
        oval(cv, x + d * dx * h, y - r * h * .8, r * h, r * h * .8, (232, 224, 214), a)


def draw_figure(cv, x, y, h, f, camera):
    """-> the hand that holds things"""
    pose, k = pose_of(f, camera), f['kind']
    if pose == 'run':
        speed(cv, x, y, h, facing(f))
    if f['action'] == 'sleep' and pose != 'sleep':        # near: a pillow behind the head
        hx, hy, R, _ = skeleton(f, x, y, h, pose)
        rect(cv, hx - R * 1.75, hy - R * 1.15, R * 3.5, R * 2.3, (250, 246, 238), R * .6)
    hand = (ghost if k == 'ghost' else person if k in DRESSED else animal)(cv, x, y, h, f, pose)
    if f['action'] == 'sleep':
        hx, hy, R, _ = skeleton(f, x, y, h, pose)
        asleep(cv, hx, hy, R, facing(f))
    if f['held'] != 'none' and k in DRESSED:
        held_item(cv, f['held'], hand, h, f['color'])
    return hand
