"""Drawing helpers around skia: shapes, gradients, glows and light."""
import math

import skia


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


def curve(cv, pts, c):
    """A closed shape: the first point, then quadratic curves, each a control point and an end."""
    path = skia.Path()
    path.moveTo(*pts[0])
    for (cx, cy), (x, y) in zip(pts[1::2], pts[2::2]):
        path.quadTo(cx, cy, x, y)
    path.close()
    cv.drawPath(path, paint(c))


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
