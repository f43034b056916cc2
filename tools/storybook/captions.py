"""Captions as people (and storyreel) write them, with the scene that they call for.

`caption(scene, rng)` says some of a scene's attributes and returns the text with
the scene as the text leaves it: whatever went unsaid is set to its default, so
that the text determines the picture. The vocabulary is world.json; export puts it beside the model, where storyreel reads it.
"""
import copy
import json
from pathlib import Path

from places import INDOORS
from world import (ACTIONS, AGES, ANIMALS, CAMERAS, COLOR_NAMES, DEFAULTS, DRESSED, EXPRESSIONS, FEMALE, FIGURES, HAIR_NAMES, HELD, KINDS, PEOPLE, POSITIONS,
                   PROPS, SETTINGS, SKIN_NAMES, SKINNED, STYLE_NAMES, TIMES, VIEWS, WEATHERS, default_color, default_hair)

VOCABULARY = json.loads((Path(__file__).parent / 'world.json').read_text())
WORDS, GARMENTS = VOCABULARY['groups'], VOCABULARY['garments']

# what the text encoder's heads name, in the order of the model's concept vector
SCENE = {'setting': SETTINGS, 'time': TIMES, 'weather': WEATHERS, 'camera': CAMERAS, 'prop': PROPS, 'style': STYLE_NAMES}
FIGURE = {'kind': KINDS, 'color': COLOR_NAMES, 'hair': HAIR_NAMES, 'skin': SKIN_NAMES, 'age': AGES, 'beard': [0, 1],
          'hat': [0, 1], 'talk': [0, 1], 'held': HELD, 'pos': POSITIONS, 'action': ACTIONS, 'expression': EXPRESSIONS, 'view': VIEWS}
BLANK = dict(kind='man', color='blue', hair='brown', skin='light', age=2., beard=0, hat=0, talk=0, held='none', pos='center', action='stand',
             expression='happy', view='front')
AGE_STEPS = 16      # between two ages: labels are whole numbers

FILLER = ['soft light', 'warm colours', 'cinematic', 'beautiful', 'highly detailed', 'gentle mood', 'quiet', 'simple shapes', 'film still',
          'masterpiece', 'pastel', 'wide lens', '35mm', 'no text', 'calm mood', 'melancholy', 'magical', 'dreamy']
# what people say that does not show; what does stands in `ACTS` and `MOODS`
IDLE = ['stands', 'is standing', 'standing', 'waits', 'waiting', 'stands still', 'looks at the camera', 'looking at the viewer', 'is alone', 'looks around',
        'comes closer', 'looks up', 'watches', 'is watching', 'looks tired', 'stops', 'thinks', 'dreams', 'nods', 'is listening', 'looks out to sea',
        'looks at the sea', 'looks at the sky', 'looks at the stars', 'watches the waves', 'stares into the distance', 'looks at the horizon',
        'remembers the old days', 'waits for the boat', 'is ready', 'looks down', 'looks into the fire', 'stands at the railing', 'looks out of the window',
        'looks through the window', 'lights the lamp', 'drinks tea', 'comes home', 'smiles', 'smiling', 'is smiling', 'looks happy']
ACTS = {'sit': ['sits', 'sitting', 'is sitting', 'sits down', 'seated', 'sits on the ground', 'sits by the window', 'sits there', 'sitting down', 'is seated', 'has sat down'],
        'walk': ['walks', 'walking', 'is walking', 'walks slowly', 'walks along', 'strolls', 'walks away', 'wanders', 'strolling', 'on a walk', 'walks home', 'marches'],
        'run': ['runs', 'running', 'is running', 'runs fast', 'runs away', 'runs home', 'races', 'hurries', 'jogs', 'running away', 'sprints'],
        'sleep': ['sleeps', 'sleeping', 'is sleeping', 'is asleep', 'asleep', 'fast asleep', 'takes a nap', 'lies asleep', 'naps', 'lying down', 'lies on the ground', 'is fast asleep'],
        'wave': ['waves', 'waving', 'is waving', 'waves hello', 'waves goodbye', 'waves at us', 'waves a hand', 'raises a hand', 'greets us', 'waving goodbye']}
MOODS = {'sad': ['looks sad', 'sad', 'is sad', 'crying', 'cries', 'is crying', 'weeps', 'looks unhappy', 'with a sad face', 'sadly', 'in tears'],
         'angry': ['looks angry', 'angry', 'is angry', 'furious', 'frowns', 'frowning', 'scowls', 'with an angry face', 'angrily', 'looks furious', 'in a rage'],
         'surprised': ['looks surprised', 'surprised', 'is surprised', 'astonished', 'shocked', 'amazed', 'looks scared', 'afraid', 'is frightened', 'scared', 'with a surprised face'],
         'happy': ['happy', 'smiling', 'cheerful', 'happily', 'laughs quietly', 'with a smile', 'is happy']}
MOOD_BEFORE = {'sad': ['sad', 'unhappy', 'crying', 'weeping', 'gloomy'], 'angry': ['angry', 'furious', 'grumpy'], 'surprised': ['surprised', 'astonished', 'frightened', 'scared', 'startled'],
               'happy': ['happy', 'smiling', 'cheerful']}
VIEWED = {'side': ['in profile', 'from the side', 'seen from the side', 'side view', 'in side view', 'profile view', 'facing sideways', 'profile'],
          'back': ['from behind', 'seen from behind', 'from the back', 'back view', 'facing away', 'with the back turned', 'with the back to us', 'rear view', 'turned away']}
TALKS = ['talking', 'speaking', 'is talking', 'is speaking', 'talks', 'speaks', 'singing', 'sings', 'shouting', 'shouts', 'with an open mouth', 'with open mouth',
         'mouth open', 'calls out', 'says something', 'says hello', 'laughing', 'laughs', 'tells a story']
POSITION_WORDS = {q: [f'on the {q}', f'on the {q}', f'at the {q}', f'to the {q}', q, f'on the {q} side', f'on the {q}-hand side', f'{q} side', f'stands {q}',
                      f'at {q}', f'in the {q} half', f'far {q}'] for q in ('left', 'right')}
NOISE_WORDS = ('again then now here there slowly quickly quietly suddenly once upon time long ago very quite lovely strange great tiny huge ancient modern '
               'letter bread music secret journey dream shadow heart world something nothing everyone morningstar velvet gentle bright hopeful lonely brave '
               'curious mysterious peaceful day-to-day three seven twelve tom anna otto mila jonas fiona rusty bella oscar ella max leo clara').split()


def one(rng, group, value):
    words = WORDS[group][value]
    return words[0] if rng.random() < .5 else rng.choice(words)


def a(s): return ('an ' if s[:1] in 'aeiou' else 'a ') + s


def article(rng, s):
    r = rng.random()
    return a(s) if r < .72 else 'the ' + s if r < .92 else s


NUMBERS = {20: 'twenty', 30: 'thirty', 40: 'forty', 50: 'fifty', 60: 'sixty', 70: 'seventy', 80: 'eighty', 90: 'ninety'}
YEARS = (7, 19, 34, 54, 76)          # of the five ages


def years_of(age):
    """An age from 0 to 4 in years."""
    i = min(int(age), 3)
    return YEARS[i] + (YEARS[i + 1] - YEARS[i]) * (age - i)


def age_of(years):
    i = max(0, min(3, sum(years >= y for y in YEARS) - 1))
    return min(4., max(0., i + (years - YEARS[i]) / (YEARS[i + 1] - YEARS[i])))


def aged(f, rng, noun=None):
    """What names a person's age -> (age that the words mean, noun, words before it, words after it)."""
    k, a = f['kind'], f['age']
    words = WORDS['figure']
    if noun is None:
        noun = one(rng, 'figure', k)
    if noun in ('prince', 'princess'):
        return 1., noun, [], ''
    person = k in ('man', 'woman')
    child = {'man': 'boy', 'woman': 'girl'}.get(k)
    near = round(a)
    if abs(a - near) > .08 or rng.random() < .07:       # a number says it best
        y = round(years_of(a))
        if person and y < 15:
            noun = one(rng, 'figure', child)
        said = age_of(y)
        r = rng.random()
        if r < .45:
            return said, noun, [f'{y}-year-old' if rng.random() < .7 else f'{y} year old'], ''
        if r < .75 or y < 20:
            return said, noun, [], rng.choice([f' of {y}', f', {y},', f', aged {y}', f', {y} years old', f', age {y}'])
        tens = y // 10 * 10
        if tens in NUMBERS and rng.random() < .5:
            return age_of(tens + 5), noun, [], f' in {"her" if k in FEMALE else "his"} {NUMBERS[tens][:-1]}ies'
        return said, noun, [], f', {y} years old'
    if near == 0 and person:
        return 0., one(rng, 'figure', child), [rng.choice(['little', 'small', 'young'])] if rng.random() < .12 else [], ''
    if near == 1:
        if k in ('king', 'queen') and rng.random() < .5:
            return 1., {'king': 'prince', 'queen': 'princess'}[k], [], ''
        return 1., noun if person and noun not in ('father', 'mother') else k if person else noun, [rng.choice(['young', 'young', 'teenage', 'youthful'])], ''
    if near == 3:
        return 3., noun, [rng.choice(['middle-aged', 'middle-aged', 'middle aged', 'mature'])], ''
    if near == 4:
        if person and rng.random() < .25:
            return 4., rng.choice({'man': ['grandfather', 'grandpa', 'granddad'], 'woman': ['grandmother', 'grandma', 'granny']}[k]), [], ''
        return 4., noun, [rng.choice(['old', 'old', 'elderly', 'aged'])], ''
    return 2., noun, [], ''


def describe(f, rng, out):
    """A noun phrase for figure `f`; what it says is copied to `out`."""
    k = f['kind']
    much = rng.choice([1, 1, 1, .25])       # now and then a figure is hardly described
    say = lambda p: rng.random() < p * much
    noun = one(rng, 'figure', k)
    before, withs, wears = [], [], []
    after = ''
    if k in PEOPLE:
        out['age'], noun, before, after = aged(f, rng, noun)
        out['color'] = default_color(k, out['age'])
        out['hair'] = default_hair(k, out['age'])
        if not before and say(.08):
            before.append(rng.choice(['tall', 'kind', 'friendly', 'brave', 'lonely']))
    if f['expression'] != 'happy' and say(.5) or f['expression'] == 'happy' and say(.04):
        out['expression'] = f['expression']
        before.insert(0, rng.choice(MOOD_BEFORE[f['expression']]))
    if k in ANIMALS or k == 'ghost':
        if say(.85):
            out['color'] = f['color']
            c = rng.choice(WORDS['color'][f['color']])
            if k in ('cat', 'fox') and f['color'] == 'orange' and say(.4):
                c = rng.choice(['red', 'ginger']) if k == 'cat' else 'red'
            if say(.85) or k == 'ghost':
                before.append(c)
            else:
                withs.append(c + (' fur' if k not in ('owl', 'penguin', 'frog') else ' skin' if k == 'frog' else ' feathers'))
        if say(.15):
            before.insert(0, rng.choice(['small', 'little', 'big', 'young', 'friendly', 'old', 'fluffy', 'clever']))
        return phrase(rng, before, noun, withs, wears)
    if k in PEOPLE:
        hair = rng.choice(WORDS['hair'][f['hair']]) if say(.62) else None
        if hair:
            out['hair'] = f['hair']
        if f['beard'] and out['age'] >= 1 and say(.92):
            out['beard'] = 1
            style = rng.random()
            adj = rng.choice(['', '', 'long ', 'short ', 'big ', 'thick '])
            if hair and style < .4:
                withs.append(f'{hair} hair and ' + a(adj + 'beard'))
            elif hair and style < .7:
                withs.append(a(adj + hair + ' beard'))
            elif hair:
                withs.append(f'{hair} hair and ' + a(f'{hair} beard'))
            elif style < .4:
                before.append('bearded')
            else:
                withs.append(a(adj + 'beard'))
        elif hair:
            if say(.75):
                withs.append(rng.choice(['', '', '', 'long ', 'short ', 'curly ']) + hair + ' hair')
            else:
                before.append(hair + rng.choice(['-haired', ' haired']))
    if k in SKINNED and (f['skin'] != 'light' or say(.08)) and say(.95):
        out['skin'] = f['skin']
        w = rng.choice(WORDS['skin'][f['skin']])
        if say(.5):
            withs.append(w + ' skin')
        else:
            before.append(w + '-skinned')
    if k == 'wizard' and say(.3):
        withs.append(rng.choice(['a long white beard', 'a white beard', 'a pointed hat', 'a beard']))
    if say(.85):
        out['color'] = f['color']
        c = rng.choice(WORDS['color'][f['color']])
        if k == 'robot':
            if say(.8):
                before.append(c)
            else:
                withs.append(a(c + ' body'))
        else:
            wears.append((a(c + ' ' + rng.choice(GARMENTS[k])) if say(.88) else c))
    elif k in PEOPLE and say(.2):
        wears.append(a(rng.choice(GARMENTS[k])))
    if f['hat'] and k in ('man', 'woman') and say(.93):
        out['hat'] = 1
        wears.append(a(one(rng, 'hat', 'hat')))
    return phrase(rng, before, noun + after, withs, wears)


def phrase(rng, before, noun, withs, wears):
    s = article(rng, ' '.join(before + [noun]))
    w = (' ' + rng.choice(['in', 'in', 'wearing', 'dressed in']) + ' ' + rng.choice([' and ', ' and ', ', ']).join(wears)) if wears else ''
    h = (' ' + rng.choice(['with', 'with', 'with', 'who has']) + ' ' + rng.choice([' and ', ', ']).join(withs)) if withs else ''
    if h and w and rng.random() < .5:
        return s + h + rng.choice(['', '', ',']) + w
    if rng.random() < .06 and w and not h:
        return s + ',' + w
    return s + w + (rng.choice(['', ' and']) if h and w else '') + h


def place(rng, v):
    w = one(rng, 'setting', v)
    if w in ('indoors', 'inside'):
        return w
    if w == 'coast':
        return 'on the coast'
    art = rng.choice(['the ', 'the ', 'a ']) if not w.endswith('s') else rng.choice(['the ', ''])
    prep = {'harbour': ['in', 'at', 'on'], 'sea': ['at', 'on', 'by'], 'beach': ['on', 'at'], 'forest': ['in'], 'meadow': ['in', 'on'],
            'mountains': ['in', 'near'], 'room': ['in'], 'street': ['in', 'on'], 'castle': ['at', 'by', 'in front of'], 'desert': ['in'], 'farm': ['on', 'at'],
            'river': ['by', 'at'], 'kitchen': ['in'], 'cave': ['in'], 'moon': ['on']}[v]
    if v == 'moon':
        return rng.choice(['on the moon', 'on the moon', 'in space', 'on another planet', 'in outer space', 'on the lunar surface'])
    adj = rng.choice(['', '', '', '', 'wide ', 'old ', 'small ', 'quiet ', 'busy ', 'green ', 'little ', 'big ', 'empty '])
    if adj and art == 'a ':
        art = a(adj)[:-len(adj)]
    elif art == 'a ' and w[0] in 'aeiou':
        art = 'an '
    p = rng.choice(prep)
    if v == 'sea' and p == 'at' and w == 'sea':
        return 'at sea'
    return f'{p} {art}{adj}{w}'


def when(rng, v):
    w = one(rng, 'time', v)
    if w in ('early morning', 'morning', 'afternoon', 'evening', 'twilight', 'moonlight', 'daylight', 'daytime'):
        return rng.choice(['in the ', 'in the ', 'during the ']) + w
    if w in ('sunny day', 'dark night', 'starry night'):
        return 'on a ' + w
    return w if w == 'late at night' else rng.choice(['at ', 'at ', 'by ']) + w if w != 'day' else 'by day'


def sky(rng, v):
    if v == 'clear':
        return rng.choice(['under a clear sky', 'in clear weather', 'in the sunshine', 'clear sky', 'calm weather'])
    w = one(rng, 'weather', v)
    if w.endswith('y'):
        return f'on a {w} ' + rng.choice(['day', 'evening', 'morning']) if False else rng.choice([w, f'{w} weather', f'in {w} weather'])
    if w.endswith('ing') and w != 'falling snow':
        return rng.choice([f'it is {w}', f'while it is {w}', w])
    return rng.choice([f'in the {w}', f'in {a(w)}' if w in ('storm', 'thunderstorm', 'blizzard', 'downpour') else f'in {w}', w])


def prop_phrase(rng, v):
    w = one(rng, 'prop', v)
    w = a(rng.choice(['', '', '', 'small ', 'old ', 'big ', 'wooden ', 'red ', 'white ', 'tall ']) + w) if rng.random() < .8 else 'the ' + w
    return w


HOLDING = ['holding', 'with', 'carrying', 'holds', 'carries']


def acts_of(f, o, rng, say):
    """What a figure does, holds, feels and how it is turned, as words behind it; copied to `o`."""
    extra = []
    if f['held'] != 'none' and f['kind'] in DRESSED and say():
        o['held'] = f['held']
        w = one(rng, 'held', f['held'])
        extra.append(rng.choice(HOLDING + ['under'] * (f['held'] == 'umbrella') + ['reading', 'reads'] * (f['held'] == 'book'))
                     + ' ' + a(rng.choice(['', '', '', 'red ', 'old ', 'bright ']) + w))
    if f['action'] != 'stand' and say(1.05):
        o['action'] = f['action']
        extra.append(rng.choice(ACTS[f['action']]))
    if f['talk'] and say(1.1):
        o['talk'] = 1
        extra.append(rng.choice(TALKS))
    elif o['action'] == 'stand' and rng.random() < .35:
        extra.append(rng.choice(IDLE))
    if f['expression'] != o['expression'] and say(.9) or f['expression'] == 'happy' == o['expression'] and rng.random() < .06:
        o['expression'] = f['expression']
        extra.append(rng.choice(MOODS[f['expression']]))
    if f['view'] != 'front' and say(1.05):
        o['view'] = f['view']
        extra.append(rng.choice(VIEWED[f['view']]))
    rng.shuffle(extra)
    return rng.choice([' ', ' ', ', ']) + rng.choice([' and ', ' ', ', ']).join(extra) if extra else ''


def styled(style, rng):
    """Words for a style."""
    w = one(rng, 'style', style)
    if style == 'flat':
        return w
    if w in ('noir', 'black and white', 'sepia', 'pixelated', 'monochrome', 'black-and-white'):
        return rng.choice([w, w, w + ' style', f'in {w}'])
    return rng.choice([w, w, w, w + ' style', f'in {w} style', f'in the style of {a(w)}', f'drawn as {w}'])


def blank(f):
    """A figure of which only the kind was said."""
    return dict(BLANK, kind=f['kind'], color=default_color(f['kind'], 2.), hair=default_hair(f['kind'], 2.))


def caption(scene, rng, full=None):
    """-> (text, the scene that the text determines)"""
    sc = copy.deepcopy(scene)
    p = rng.choice([.75, .9, .97]) if full is None else full
    say = lambda q=1.: rng.random() < p * q
    out = dict(setting=DEFAULTS['setting'], time=DEFAULTS['time'], weather='clear', camera='medium', prop='none', style='flat', figures=[])
    n = len(sc['figures'])
    phrases, acts = [], []
    for f in sc['figures']:
        o = blank(f)
        phrases.append(describe(f, rng, o))
        out['figures'].append(o)
    if n > 1:
        for o, q in zip(out['figures'], ('left', 'right') if n == 2 else POSITIONS):
            o['pos'] = q
    for f, o in zip(sc['figures'], out['figures']):
        acts.append(acts_of(f, o, rng, say))
    POS = {q: [f'on the {w}' for w in WORDS['position'][q]] + [f'at the {WORDS["position"][q][0]}', f'on the {WORDS["position"][q][0]} side'] for q in ('left', 'right')}
    POS['center'] = ['in the center', 'in the centre', 'in the middle', 'centered']
    body = ''
    if n == 1:
        f, o = sc['figures'][0], out['figures'][0]
        where = ''
        if f['pos'] != 'center' and say(.9) or f['pos'] == 'center' and rng.random() < .25:
            o['pos'] = f['pos']
            where = ' ' + rng.choice(POS[f['pos']])
        if where and rng.random() < .12:
            body = where.strip() + rng.choice([' ', ', ']) + phrases[0] + acts[0]
        else:
            body = phrases[0] + (where + acts[0] if rng.random() < .5 else acts[0] + where)
    elif n:
        pos = [''] * n
        natural = [f['pos'] for f in sc['figures']] == [o['pos'] for o in out['figures']]
        if not natural or rng.random() < .35:
            which = rng.choice([(1, 1), (1, 0), (0, 1)]) if n == 2 else (1, 1, 1)
            for i in range(n):
                if which[i]:
                    pos[i] = ' ' + rng.choice(POS[sc['figures'][i]['pos']])
                out['figures'][i]['pos'] = sc['figures'][i]['pos']
        parts = [ph + (q + act if rng.random() < .5 else act + q) for ph, q, act in zip(phrases, pos, acts)]
        r = rng.random()
        if n == 3:
            body = parts[0] + rng.choice([', ', ', ', ' and ', ' with ', ', next to ']) + parts[1] + rng.choice([' and ', ', ', ' and ', ' and then ']) + parts[2]
            if rng.random() < .1:
                body = rng.choice(['three friends: ', 'three of them: ', 'a family: ', 'friends: ']) + body
        elif r < .5:
            body = ' and '.join(parts)
        elif r < .62:
            body = ', '.join(parts)
        elif r < .72:
            body = ' with '.join(parts)
        elif r < .82:
            body = rng.choice([' next to ', ' beside ', ' near ']).join(parts)
        elif r < .92:
            body = rng.choice([' looks at ', ' looking at ', ' meets ', ' follows ', ' waits for ', ' helps ']).join(parts)
        else:
            for o in out['figures']:
                o.update(talk=0, held='none', action='stand', view='front')
            if rng.random() < .5:
                out['figures'][0]['talk'] = 1
                said = rng.choice([' talks to ', ' speaks to ', ' talking to ', ' says something to '])
            else:
                for o in out['figures']:
                    o['action'] = 'walk'
                said = rng.choice([' walks with ', ' walking with ', ' on a walk with '])
            # a mood said behind a figure falls away with the rest
            for f, o, ph in zip(sc['figures'], out['figures'], phrases):
                if o['expression'] != 'happy' and not any(w in ph for w in MOOD_BEFORE[o['expression']]):
                    o['expression'] = 'happy'
            body = phrases[0] + pos[0] + said + phrases[1] + pos[1]
    # prop
    if sc['prop'] != 'none' and say():
        out['prop'] = sc['prop']
        w, before = prop_phrase(rng, sc['prop']), body
        if not n:
            body = rng.choice([w, w, f'view of {w}', f'{w} stands there', f'there is {w}'])
        else:
            body += rng.choice([f' next to {w}', f' near {w}', f' beside {w}', f' by {w}', f' with {w}', f', {w}', f' and {w}', f', {w} in the background',
                                f' in front of {w}', f', {w} behind', f' with {w} in the background'])
    late = ''
    if out['prop'] != 'none' and n and rng.random() < .2:       # "..., a lighthouse on a rock, ..."
        late = w + rng.choice(['', '', ' on a rock', ' on a hill', ' at the back', ' far away', ' in the distance'])
        body = before
    # camera
    cam = ''
    if sc['camera'] != 'medium' and say(1.02) or sc['camera'] == 'medium' and rng.random() < .4:
        out['camera'] = sc['camera']
        w = one(rng, 'camera', sc['camera'])
        if n:
            w = 'close-up' if w == 'face of' else w
            cam = rng.choice([f'{w} of ', f'{w} of ', a(w) + ' of ', f'{w}: ', f'{w}, ', f'{w.capitalize()}. ']) if not w.startswith('from') else f'{w}, '
            if rng.random() < .1:
                body, cam = body + ', ' + w, ''
        else:
            cam = f'{w}, ' if w.startswith('from') else rng.choice([f'{w} of ', f'{w}: ', f'{w}, '])
    if n == 0 and out['camera'] == 'close':
        out['camera'] = 'medium'
    # place, time, weather
    clauses, given = [], []
    bare = rng.random() < .45       # storyreel's form: ", harbour, dawn"
    if say(1.03):
        out['setting'] = sc['setting']
        if bare:
            w = one(rng, 'setting', sc['setting'])
            w = rng.choice([w, w, 'the ' + w, a(w) if not w.endswith('s') else w, a('small ' + w) if not w.endswith('s') else w, a('old ' + w) if not w.endswith('s') else w])
            if rng.random() < .2:
                w = rng.choice(['INT. ', 'int. ']) + w if sc['setting'] in INDOORS else rng.choice(['EXT. ', 'ext. ']) + w
            clauses.append(w)
        else:
            clauses.append(place(rng, sc['setting']))
    if say(.95):
        out['time'] = sc['time']
        clauses.append(one(rng, 'time', sc['time']) if bare else when(rng, sc['time']))
    if sc['setting'] not in INDOORS and (sc['weather'] != 'clear' and say() or sc['weather'] == 'clear' and rng.random() < .15):
        out['weather'] = sc['weather']
        clauses.append(rng.choice([one(rng, 'weather', sc['weather']), sky(rng, sc['weather'])]) if bare else sky(rng, sc['weather']))
    if out['setting'] in INDOORS:
        out['weather'] = 'clear'
    if rng.random() < .3:
        rng.shuffle(clauses)
    if late:
        clauses.insert(rng.randint(0, len(clauses)), late)
    if sc['style'] != 'flat' and say(1.1) or sc['style'] == 'flat' and rng.random() < .3:
        out['style'] = sc['style']
        w = styled(sc['style'], rng)
        if rng.random() < .25:
            cam = rng.choice([f'{w}: ', f'{w}, ', f'{w} of ' if w[:3] not in ('in ', 'dra') else f'{w}, ']) + cam
        else:
            clauses.append(w)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        clauses.append(rng.choice(FILLER) if rng.random() < .85 else ' '.join(rng.sample(NOISE_WORDS, rng.randint(1, 4))))
    sep = ', ' if bare else rng.choice([', ', ' ', ' ', '. '])
    if rng.random() < .15 and clauses:
        k = rng.randint(1, len(clauses))
        text = sep.join(clauses[:k]) + rng.choice([', ', ': ', '. ']) + cam + body + (sep if body else '') + sep.join(clauses[k:])
    else:
        text = (cam + body + (sep if body and clauses else '') + sep.join(clauses))
    if rng.random() < .1:
        words = text.split(' ')
        words.insert(rng.randint(0, len(words)), rng.choice(NOISE_WORDS))
        text = ' '.join(words)
    text = text.strip(' ,:')
    if rng.random() < .35:
        text = text[:1].upper() + text[1:]
    if rng.random() < .25:
        text += '.'
    if rng.random() < .1:
        text = text.lower()
    return text, normalise(out)


def normalise(sc):
    """Attributes that mean nothing for a kind take one fixed value, so that labels are a function of the picture."""
    for f in sc['figures']:
        k = f['kind']
        if k not in PEOPLE:
            f.update(hair=default_hair(k, 2.), age=2., beard=0)
        if k not in ('man', 'woman'):
            f['hat'] = 0
        if k in FEMALE or f['age'] < 1:
            f['beard'] = 0
        if k not in DRESSED:
            f['held'] = 'none'
            if f['action'] == 'sit':
                f['action'] = 'stand'
        if k not in SKINNED:
            f['skin'] = 'light'
    return sc


def labels(sc):
    """Indices: scene groups, number of figures, then each figure's (blank where absent). An age is its number times `AGE_STEPS`."""
    row = [v.index(sc[k]) for k, v in SCENE.items()] + [len(sc['figures'])]
    for i in range(FIGURES):
        f = sc['figures'][i] if i < len(sc['figures']) else BLANK
        row += [round(f[k] * AGE_STEPS) if k == 'age' else v.index(f[k]) for k, v in FIGURE.items()]
    return row


GROUPS = {**{k: len(v) for k, v in SCENE.items()}, 'figures': FIGURES + 1, **{f'{k}{i}': len(v) for i in range(1, FIGURES + 1) for k, v in FIGURE.items()}}

if __name__ == '__main__':
    import random
    from world import random_scene
    rng = random.Random(3)
    for _ in range(40):
        print(caption(random_scene(rng), rng)[0])
    print(GROUPS, sum(GROUPS.values()))
