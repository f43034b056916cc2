"""Captions as people (and storyreel) write them, with the scene that they call for.

`caption(scene, rng)` says some of a scene's attributes and returns the text with
the scene as the text leaves it: whatever went unsaid is set to its default, so
that the text determines the picture. The vocabulary is models/storybook/world.json.
"""
import copy
import json
from pathlib import Path

from world import (ANIMALS, CAMERAS, COLOR_NAMES, DEFAULTS, DRESSED, HAIR_NAMES, HELD, KINDS, PEOPLE, POSITIONS, PROPS,
                   SETTINGS, SKIN_NAMES, TIMES, WEATHERS)

VOCABULARY = json.loads((Path(__file__).parents[2] / 'models/storybook/world.json').read_text())
WORDS, GARMENTS = VOCABULARY['groups'], VOCABULARY['garments']

# what the text encoder's heads name, in the order of the model's concept vector
SCENE = {'setting': SETTINGS, 'time': TIMES, 'weather': WEATHERS, 'camera': CAMERAS, 'prop': PROPS}
FIGURE = {'kind': KINDS, 'color': COLOR_NAMES, 'hair': HAIR_NAMES, 'skin': SKIN_NAMES, 'old': [0, 1], 'beard': [0, 1],
          'hat': [0, 1], 'talk': [0, 1], 'held': HELD, 'pos': POSITIONS}
BLANK = dict(kind='man', color='blue', hair='brown', skin='light', old=0, beard=0, hat=0, talk=0, held='none', pos='center')

FILLER = ['storybook illustration', 'flat colours', 'soft light', 'children\'s book', 'illustration', 'warm colours', 'in the style of a picture book',
          'cinematic', 'beautiful', 'highly detailed', 'hand drawn', 'ink lines', 'gentle mood', 'quiet', 'simple shapes', 'storybook style', 'film still',
          'masterpiece', 'pastel', 'vintage', 'watercolour', 'noir', 'wide lens', '35mm', 'no text', 'calm mood', 'melancholy', 'magical', 'dreamy']
ACTS = ['stands', 'is standing', 'standing', 'waits', 'waiting', 'stands still', 'looks at the camera', 'looking at the viewer', 'smiles', 'smiling',
        'is smiling', 'sits', 'sitting', 'walks', 'walking', 'is walking', 'walks slowly', 'is alone', 'looks around', 'turns around', 'comes closer',
        'looks up', 'watches', 'is watching', 'looks happy', 'looks sad', 'looks tired', 'stops', 'thinks', 'dreams', 'runs', 'running', 'waves', 'nods',
        'is listening', 'looks out to sea', 'looks at the sea', 'looks at the sky', 'looks at the stars', 'watches the waves', 'stares into the distance',
        'looks at the horizon', 'remembers the old days', 'waits for the boat', 'is ready', 'looks down', 'raises a hand', 'looks into the fire', 'stands at the railing', 'looks out of the window', 'climbs the stairs',
        'sits by the window', 'looks through the window', 'rows slowly', 'lights the lamp', 'sits at the table', 'drinks tea', 'reads a letter', 'comes home', 'sleeps', 'is asleep']
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


def describe(f, rng, out):
    """A noun phrase for figure `f`; what it says is copied to `out`."""
    k = f['kind']
    much = rng.choice([1, 1, 1, .25])       # now and then a figure is hardly described
    say = lambda p: rng.random() < p * much
    noun = one(rng, 'figure', k)
    before, withs, wears = [], [], []
    if k in ANIMALS:
        if say(.85):
            out['color'] = f['color']
            c = rng.choice(WORDS['color'][f['color']])
            if k in ('cat', 'fox') and f['color'] == 'orange' and say(.4):
                c = rng.choice(['red', 'ginger']) if k == 'cat' else 'red'
            if say(.85):
                before.append(c)
            else:
                withs.append(c + ' fur')
        if say(.15):
            before.insert(0, rng.choice(['small', 'little', 'big', 'young', 'friendly', 'old', 'fluffy', 'clever']))
        return phrase(rng, before, noun, withs, wears)
    if f['old'] and k in ('man', 'woman'):
        out['old'] = 1
        if noun in (WORDS['figure'][k][0], 'fisherman', 'sailor', 'captain', 'lighthouse keeper', 'farmer', 'lady') or say(.5):
            before.append(rng.choice(['old', 'old', 'elderly', 'aged']))
        elif noun in ('father', 'mother', 'guy', 'teacher', 'fisherwoman'):
            noun = {'man': rng.choice(['grandfather', 'grandpa', 'granddad', 'old man']), 'woman': rng.choice(['grandmother', 'grandma', 'granny', 'old woman'])}[k]
        else:
            before.append('old')
    elif k in PEOPLE and say(.1):
        before.append(rng.choice(['young', 'tall', 'kind', 'small', 'friendly', 'brave', 'lonely']))
    if k in PEOPLE:
        out['hair'] = DEFAULTS['hair']['old' if out['old'] else k]
        hair = rng.choice(WORDS['hair'][f['hair']]) if say(.62) else None
        if hair:
            out['hair'] = f['hair']
        if f['beard'] and say(.92):
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
    if k in PEOPLE + ['wizard', 'knight'] and (f['skin'] != 'light' or say(.08)) and say(.95):
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
    if f['hat'] and say(.93):
        out['hat'] = 1
        wears.append(a(one(rng, 'hat', 'hat')))
    return phrase(rng, before, noun, withs, wears)


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
            'mountains': ['in', 'near'], 'room': ['in'], 'street': ['in', 'on']}[v]
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


def caption(scene, rng, full=None):
    """-> (text, the scene that the text determines)"""
    sc = copy.deepcopy(scene)
    p = rng.choice([.75, .9, .97]) if full is None else full
    say = lambda q=1.: rng.random() < p * q
    out = dict(setting=DEFAULTS['setting'], time=DEFAULTS['time'], weather='clear', camera='medium', prop='none', figures=[])
    n = len(sc['figures'])
    # figures
    phrases = []
    for f in sc['figures']:
        o = dict(BLANK, kind=f['kind'], color=DEFAULTS['color'][f['kind']])
        if f['kind'] == 'knight' or f['kind'] == 'wizard':
            o['skin'] = 'light'
        s = describe(f, rng, o)
        phrases.append(s)
        out['figures'].append(o)
    if n == 2:
        out['figures'][0]['pos'], out['figures'][1]['pos'] = 'left', 'right'
    acts = []
    for i, (f, o) in enumerate(zip(sc['figures'], out['figures'])):
        extra = []
        if f['held'] != 'none' and say():
            o['held'] = f['held']
            w = one(rng, 'held', f['held'])
            if f['held'] == 'lantern' and rng.random() < .15:
                w = 'lamp'
            extra.append(rng.choice(['holding', 'with', 'carrying', 'holds', 'carries', 'under'] if f['held'] == 'umbrella' else ['holding', 'with', 'carrying', 'holds', 'carries'])
                         + ' ' + a(rng.choice(['', '', '', 'red ', 'old ', 'bright ']) + w))
        if f['talk'] and say(1.1):
            o['talk'] = 1
            extra.append(rng.choice(TALKS))
        elif rng.random() < .45:
            extra.append(rng.choice(ACTS))
        rng.shuffle(extra)
        acts.append(rng.choice([' ', ' ', ', ']) + rng.choice([' and ', ' ', ', ']).join(extra) if extra else '')
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
    elif n == 2:
        f0, f1 = sc['figures']
        pos = ['', '']
        swapped = f0['pos'] == 'right'
        if swapped or rng.random() < .4:
            which = rng.choice([(1, 1), (1, 0), (0, 1)])
            for i in range(2):
                if which[i]:
                    pos[i] = ' ' + rng.choice(POS[sc['figures'][i]['pos']])
            out['figures'][0]['pos'], out['figures'][1]['pos'] = f0['pos'], f1['pos']
        A = phrases[0] + (pos[0] + acts[0] if rng.random() < .5 else acts[0] + pos[0])
        B = phrases[1] + (pos[1] + acts[1] if rng.random() < .5 else acts[1] + pos[1])
        r = rng.random()
        if r < .5:
            body = A + ' and ' + B
        elif r < .62:
            body = A + ', ' + B
        elif r < .72:
            body = A + ' with ' + B
        elif r < .82:
            body = A + rng.choice([' next to ', ' beside ', ' near ']) + B
        elif r < .92:
            body = A + rng.choice([' looks at ', ' looking at ', ' meets ', ' greets ', ' follows ', ' waits for ', ' walks with ', ' helps ']) + B
        else:
            body = phrases[0] + pos[0] + rng.choice([' talks to ', ' speaks to ', ' talking to ', ' says something to ']) + phrases[1] + pos[1]
            for o in out['figures']:
                o['talk'], o['held'] = 0, 'none'
            out['figures'][0]['talk'] = 1
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
                w = rng.choice(['INT. ', 'int. ']) + w if sc['setting'] == 'room' else rng.choice(['EXT. ', 'ext. ']) + w
            clauses.append(w)
        else:
            clauses.append(place(rng, sc['setting']))
    if say(.95):
        out['time'] = sc['time']
        clauses.append(one(rng, 'time', sc['time']) if bare else when(rng, sc['time']))
    if sc['setting'] != 'room' and (sc['weather'] != 'clear' and say() or sc['weather'] == 'clear' and rng.random() < .15):
        out['weather'] = sc['weather']
        clauses.append(rng.choice([one(rng, 'weather', sc['weather']), sky(rng, sc['weather'])]) if bare else sky(rng, sc['weather']))
    if out['setting'] == 'room':
        out['weather'] = 'clear'
    if rng.random() < .3:
        rng.shuffle(clauses)
    if late:
        clauses.insert(rng.randint(0, len(clauses)), late)
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
        if f['kind'] not in PEOPLE:
            f.update(hair='white' if f['kind'] == 'wizard' else 'brown', old=0, beard=0, hat=0)
        if f['kind'] not in DRESSED:
            f['held'] = 'none'
        if f['kind'] not in PEOPLE + ['wizard', 'knight']:
            f['skin'] = 'light'
    return sc


def labels(sc):
    """Indices: scene groups, number of figures, then ten per figure (blank where absent)."""
    row = [v.index(sc[k]) for k, v in SCENE.items()] + [len(sc['figures'])]
    for i in range(2):
        f = sc['figures'][i] if i < len(sc['figures']) else BLANK
        row += [v.index(f[k]) for k, v in FIGURE.items()]
    return row


GROUPS = {**{k: len(v) for k, v in SCENE.items()}, 'figures': 3, **{f'{k}{i}': len(v) for i in (1, 2) for k, v in FIGURE.items()}}

if __name__ == '__main__':
    import random
    from world import random_scene
    rng = random.Random(3)
    for _ in range(40):
        print(caption(random_scene(rng), rng)[0])
    print(GROUPS, sum(GROUPS.values()))
