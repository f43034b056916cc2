"""Captions as people write prose: facts about a figure in any place of the sentence, or in sentences of their own.

`captions.caption` writes a prompt (", harbour, dawn"); `prose` writes "A boy with a red jacket stands on the
left. His hair is black. It is night." Like there, what goes unsaid is set to its default."""
import copy
import hashlib
import re

from captions import (ACTS, BLANK, GARMENTS, IDLE, MOOD_BEFORE, MOODS, POSITION_WORDS, TALKS, VIEWED, WORDS, a, aged, article, blank, caption, normalise, one,
                      place, prop_phrase, styled, when)
from places import INDOORS
from world import ANIMALS, COLOR_NAMES, DEFAULTS, DRESSED, FEMALE, FUR_OF, PEOPLE, POSITIONS, SKINNED, default_color, default_hair, random_scene

# seen in a picture, but not in this world: read over
THINGS = ('a violin', 'a bicycle', 'an apple', 'a blue bag', 'a basket of bread', 'a green scarf', 'red boots', 'black shoes',
          'white gloves', 'brown boots', 'a golden crown', 'a wooden sword', 'a letter', 'green eyes', 'blue eyes', 'brown eyes', 'big eyes',
          'a kind face', 'rosy cheeks', 'a grey backpack', 'an orange ball', 'a pink ribbon', 'purple socks', 'a silver key', 'a cup of tea', 'a fishing rod')
EVENTS = ('a dragon flies above', 'birds fly over the water', 'somewhere a bell rings', 'the wind blows', 'nothing moves', 'there are many people', 'it is cold',
          'the music plays', 'everyone waits', 'a train passes', 'the summer is over', 'it is very quiet', 'the clock strikes three', 
          'leaves fall', 'a story begins', 'what a lovely place', 'nobody knows why')
NOUNS = ('market baker dragon piano engine circus wall cloud mirror window door table chair clock bottle goat candle drum '
         'feather pocket ladder wagon kite marble whistle orchard feast pumpkin statue tower fence cellar attic stove cheese blanket pillow map compass '
         'hammer bucket rope puzzle nurse doctor baker dancer singer thief hunter shepherd whale horse cow bird '
         'snake duck goose tiger monkey spider bee butterfly turtle snail').split()
QUALITIES = ('ancient broken clumsy crooked curious elegant famous foolish gentle hungry icy jolly lazy loud lucky merry narrow noisy patient polite proud '
             'restless rusty shy silly sleepy stern stubborn tidy timid ugly wide wild wise wooden young deep close hidden lost forgotten').split()
DEEDS = ('repairs borrows sells dreams of counts forgets loves hates wants finds hides chases paints cooks buys remembers draws pushes pulls watches collects steals '
         'admires inspects carries away writes about').split()
SYLLABLES = ('ba be bo da dor el fa fen gal gri hal im jo ka ku lan lo mar mi mon na nel or pa pim qua ra rin ro sal sten ta tel tor u va ver wil yo zan').split()
ADVERBS = ('', '', '', '', ' again', ' now', ' quietly', ' alone', ' at once', ' for a long time', ' one last time', ' together')
NAMES = ('Tom', 'Anna', 'Otto', 'Mila', 'Jonas', 'Fiona', 'Rusty', 'Bella', 'Oscar', 'Ella', 'Max', 'Leo', 'Clara', 'Bruno', 'Ida', 'Nora', 'Finn')
POSES = ('stands', 'waits', 'is standing', 'looks around', 'smiles', 'is waiting', 'dreams', 'watches', 'is reading', 'eats', 'works', 'dances', 'plays', 'hides',
         'listens', 'looks at the sky')
PLURAL = {'witch': 'witches', 'man': 'men', 'woman': 'women', 'fox': 'foxes', 'fisherman': 'fishermen', 'puppy': 'puppies', 'bunny': 'bunnies', 'lady': 'ladies', 'kitty': 'kitties', 'mouse': 'mice', 'sheep': 'sheep'}
SKIES = {'rain': ['it is raining', 'it\'s raining', 'rain falls', 'it rains', 'in the rain', 'rain', 'rainy weather', 'a storm rages', 'the rain pours down'],
         'snow': ['it is snowing', 'it\'s snowing', 'snow falls', 'it snows', 'in the snow', 'snow', 'snowy weather', 'everything is covered in snow', 'in winter'],
         'fog': ['it is foggy', 'it\'s misty', 'fog everywhere', 'in thick fog', 'fog', 'foggy weather', 'fog hangs in the air', 'in the mist'],
         'clear': ['the sky is clear', 'clear sky', 'the weather is fine']}
HOURS = {'dawn': ['the sun rises', 'the sun is rising', 'it is early in the morning', 'at first light'], 'day': ['it is a sunny day', 'in broad daylight', 'it is noon'],
         'sunset': ['the sun sets', 'the sun is setting', 'as the sun goes down', 'it is evening'],
         'night': ['it is dark', 'under the stars', 'under the moon', 'the moon shines', 'it is the middle of the night', 'night has fallen']}


def unknown(rng, words=NOUNS):
    """A word that means nothing here: real, or made up."""
    return rng.choice(words) if rng.random() < .6 else ''.join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 3))) + rng.choice(['', '', 's', 'er', 'ing', 'ed', 'y'])


def aside(rng):
    """Something that is said beside the picture."""
    w, q = unknown(rng), unknown(rng, QUALITIES)
    return rng.choice([f'the {w} is {q}', f'it was {a(q)} {w}', f'{w} and {unknown(rng)}', f'no {w} today', f'{q} {w}', f'what {a(w)}', f'{unknown(rng)} {q}',
                       f'my {w}, your {unknown(rng)}', f'{w}: {q}', f'after the {w}', f'because of {a(w)}', f'{q}', f'a tale of {w}s', f'the {unknown(rng)} of the {w}'])


def capital(s): return s[:1].upper() + s[1:]


def garmented(g): return {'dress': 'dressed', 'body': 'bodied'}.get(g, g + 'ed' if not g.endswith('e') else g + 'd')


def pronouns(kind):
    return ('she', 'her') if kind in FEMALE else ( ('he', 'his') if kind in DRESSED and kind != 'robot' else ('it', 'its'))


def facts(f, rng, out, few):
    """What is said of a figure: lists of words by the place in the sentence that they fit. Copies it to `out`."""
    k, say = f['kind'], lambda p: rng.random() < p * (.35 if few else 1)
    he, his = pronouns(k)
    fs = []       # one entry per fact: {place: phrase}
    hair = rng.choice(WORDS['hair'][f['hair']]) if k in PEOPLE and say(.6) else None
    if hair:
        out['hair'] = f['hair']
        kind_of = rng.choice(['', '', '', 'long ', 'short ', 'curly ', 'wavy '])
        fs.append({'pre': hair + rng.choice(['-haired', ' haired']), 'with': f'{kind_of}{hair} hair', 'tail': f'{kind_of}{hair} hair',
                   'clause': rng.choice([f'{he} has {kind_of}{hair} hair', f'{his} hair is {hair}', f'{{the}} has {hair} hair', f'{{the}}\'s hair is {hair}'])})
    if f['beard'] and k in PEOPLE and out['age'] >= 1 and say(.92):
        out['beard'] = 1
        c = rng.choice(WORDS['hair'][f['hair']]) + ' ' if out['hair'] == f['hair'] and rng.random() < .5 else ''
        if c and not hair:
            out['hair'] = f['hair']
        b = rng.choice(['', '', 'long ', 'short ', 'big ', 'bushy ']) + c + 'beard'
        entry = {'with': a(b), 'tail': rng.choice([b, a(b)]), 'clause': rng.choice([f'{he} has {a(b)}', f'{{the}} has {a(b)}'])}
        fs.append(entry if c else {**entry, 'pre': 'bearded'})
    if k in SKINNED and (f['skin'] != 'light' or rng.random() < .06) and say(.95):
        out['skin'] = f['skin']
        w = rng.choice(WORDS['skin'][f['skin']])
        fs.append({'pre': w + '-skinned', 'with': w + ' skin', 'tail': w + ' skin', 'clause': rng.choice([f'{he} has {w} skin', f'{his} skin is {w}'])})
    if say(.88):
        out['color'] = f['color']
        c = rng.choice(WORDS['color'][f['color']])
        if k in ('cat', 'fox') and f['color'] == 'orange' and rng.random() < .3:
            c = 'ginger' if k == 'cat' else 'red'
        if k == 'ghost':
            fs.append({'pre': c, 'tail': c, 'clause': rng.choice([f'it is {c}', f'{{the}} is {c}'])})
        elif k in ANIMALS:
            fs.append({'pre': rng.choice([c, c, c, f'{c}-furred', f'{c}-coloured', f'{c}-colored']), 'with': rng.choice([f'{c} fur', f'{a(c + " coat")}', f'{a(c)} fur']),
                       'tail': rng.choice([c, f'{c} fur']), 'clause': rng.choice([f'its fur is {c}', f'it has {c} fur', f'{{the}} is {c}', f'it is {c}', f'{{the}}\'s fur is {c}'])})
        elif k == 'robot':
            fs.append({'pre': rng.choice([c, c, f'{c}-painted', f'{c} metal']), 'with': a(c + ' body'), 'tail': rng.choice([c, f'painted {c}', f'{c} metal']),
                       'clause': rng.choice([f'it is {c}', f'its body is {c}', f'{{the}} is {c}', f'it is painted {c}'])})
        else:
            g = rng.choice(GARMENTS[k])
            bare = g in ('armor', 'armour')
            dressed = f'{c} {g}'
            worn = dressed if bare else a(dressed)
            fs.append({'pre': rng.choice([f'{c}-{garmented(g)}', f'{c}-{garmented(g)}', f'{c}-dressed']),
                       'with': worn, 'tail': rng.choice([dressed, dressed, worn, f'{c} clothes', f'all in {c}', f'dressed in {c}']),
                       'in': rng.choice([worn, worn, worn, dressed, c, f'{c} clothes', 'his ' + dressed if he == 'he' else 'her ' + dressed]),
                       'clause': rng.choice([f'{he} wears {worn}', f'{he} is wearing {worn}', f'{{the}} wears {worn}', f'{his} {g} is {c}', f'{{the}}\'s {g} is {c}',
                                             f'{he} is dressed in {c}', f'{he} has {worn}', f'{his} clothes are {c}', f'{he} is in {worn}', f'the {g} is {c}'])})
    elif k in DRESSED and rng.random() < .15:
        fs.append({'in': a(rng.choice(GARMENTS[k]).replace('armor', 'cloak').replace('armour', 'cape'))})
    if f['hat'] and k in ('man', 'woman') and say(.93):
        out['hat'] = 1
        w = one(rng, 'hat', 'hat')
        w = rng.choice(['', '', 'big ', 'straw ', 'old ', 'black ', 'green ']) + w
        fs.append({'with': a(w), 'in': a(w), 'tail': rng.choice([w, a(w), f'{a(w)} on {his} head']),
                   'clause': rng.choice([f'{he} wears {a(w)}', f'{he} has {a(w)} on', f'there is {a(w)} on {his} head', f'{he} is wearing {a(w)}'])})
    if f['held'] != 'none' and k in DRESSED and say(.95):
        out['held'] = f['held']
        w = a(rng.choice(['', '', '', 'red ', 'old ', 'small ']) + one(rng, 'held', f['held']))
        entry = {'with': rng.choice([w, f'{w} in {his} hand', f'{w} in the hand']), 'tail': rng.choice([f'holding {w}', f'carrying {w}', f'{w} in {his} hand', f'with {w}']),
                 'act': rng.choice([f'holds {w}', f'is holding {w}', f'carries {w}', f'is carrying {w}', f'holding {w}', f'carrying {w}', f'with {w} in {his} hand']),
                 'clause': rng.choice([f'{he} holds {w}', f'{he} is holding {w}', f'{he} carries {w}', f'{he} has {w} in {his} hand', f'in {his} hand is {w}', f'{{the}} holds {w}'])}
        if f['held'] == 'umbrella':
            entry['act'] = rng.choice([entry['act'], f'under {w}', f'stands under {w}'])
        fs.append(entry)
    if f['action'] != 'stand' and say(1.3):
        out['action'] = f['action']
        w = rng.choice(ACTS[f['action']])
        verb = next((v for v in ACTS[f['action']] if v.startswith('is ')), w)
        fs.append({'act': w, 'tail': w, 'clause': rng.choice([f'{he} {verb}', f'{{the}} {verb}'] if verb.startswith('is') else [f'{he} {w}'])})
    if f['expression'] != 'happy' and say(1.2) or f['expression'] == 'happy' and rng.random() < .05:
        e = out['expression'] = f['expression']
        w = rng.choice(MOOD_BEFORE[e])
        fs.append({'pre': w, 'act': rng.choice(MOODS[e]), 'tail': w, 'clause': rng.choice([f'{he} is {w}', f'{he} looks {w}', f'{{the}} is {w}', f'{{the}} looks {w}'])})
    if f['view'] != 'front' and say(1.3):
        out['view'] = f['view']
        w = rng.choice(VIEWED[f['view']])
        fs.append({'act': w, 'tail': w, 'clause': rng.choice([f'we see {{the}} {w}', f'{he} is seen {w}'] if w.split()[0] in ('from', 'in') else [w])})
    if f['talk'] and say(1.4):
        out['talk'] = 1
        w = rng.choice(TALKS)
        fs.append({'act': w, 'tail': w, 'clause': rng.choice([f'{he} is talking', f'{he} talks', f'{he} speaks', f'{he} is speaking', f'{he} sings', f'{he} is laughing', f'{{the}} is talking',
                                                               f'{his} mouth is open', f'{he} shouts'])})
    if rng.random() < .13:
        w = rng.choice(THINGS) if rng.random() < .5 else a(f'{unknown(rng, QUALITIES)} {unknown(rng)}' if rng.random() < .4 else unknown(rng))
        fs.append({'with': w, 'tail': w, 'clause': f'{he} has {w}'})
    return fs


def figure_text(f, rng, out, where):
    """-> (the figure as a noun phrase with what is said around it, what it does, sentences that follow)"""
    few = rng.random() < .25
    k = f['kind']
    noun, young, after_noun = one(rng, 'figure', k), [], ''
    if k in PEOPLE:
        out['age'], noun, young, after_noun = aged(f, rng, noun)
        out['color'], out['hair'] = default_color(k, out['age']), default_hair(k, out['age'])
    fs = facts(f, rng, out, few)
    rng.shuffle(fs)
    style = rng.choice(['with', 'with', 'tail', 'clause', 'front', 'mixed', 'mixed'])
    spots = {'pre': [], 'with': [], 'in': [], 'tail': [], 'act': [], 'clause': [], 'front': []}
    for entry in fs:
        options = [q for q in ('pre', 'with', 'in', 'tail', 'act', 'clause') if q in entry]
        prefer = {'with': ['with', 'in', 'pre'], 'tail': ['tail', 'pre'], 'clause': ['clause'], 'front': ['in', 'with', 'pre'], 'mixed': options}[style]
        options = [q for q in prefer if q in options] or options
        q = rng.choice(options)
        if q == 'pre' and len(spots['pre']) > 1 and 'clause' in entry:
            q = 'clause'
        spots[q].append(entry[q])
    name = rng.choice(NAMES) if rng.random() < .18 else ''
    pre = sorted(spots['pre'], key=lambda w: 0 if w in ('old', 'elderly', 'aged') else 1 if '-' in w or 'haired' in w or w == 'bearded' else 2)
    pre = young + pre if rng.random() < .7 else pre + young
    if rng.random() < .12:
        pre.insert(0, unknown(rng, QUALITIES))
    core = ' '.join(pre + [noun]) + after_noun
    s = core if rng.random() < .12 else article(rng, core)
    withs, wears = spots['with'], spots['in']
    around = []
    if withs:
        around.append(rng.choice(['with ', 'with ', 'with ', 'who has ']) + rng.choice([' and ', ', ']).join(withs))
    if wears:
        around.append(rng.choice(['in ', 'in ', 'wearing ', 'dressed in ', 'who wears ']) + ' and '.join(wears))
    rng.shuffle(around)
    if style == 'front' and around and rng.random() < .7 and not around[0].startswith('who'):
        s = around.pop(0) + ', ' + s
    if around:
        s += rng.choice([' ', ' ', ' ', ', ']) + rng.choice([' ', ' ', ', ']).join(around)
    if spots['tail']:
        s += ', ' + rng.choice([', ', ', ', ' and ']).join(spots['tail'])
    if name:
        n = name.upper() if rng.random() < .6 else name
        s = rng.choice([f'{n}, {s},', f'{n} ({s})', f'{n}, {s},', f'{s} named {n}', f'{n} is {s}.'])
    acts = list(spots['act'])
    if rng.random() < .5:
        acts.append(rng.choice(POSES) + rng.choice(ADVERBS) if rng.random() < .75 else rng.choice([f'{unknown(rng, DEEDS)} the {unknown(rng)}', f'is {unknown(rng, QUALITIES)}', unknown(rng, DEEDS),
                                                                                                  f'{unknown(rng, DEEDS)} {a(unknown(rng))}']))
        rng.shuffle(acts)
    the = rng.choice(['the ', 'the ', 'the ' if not name else '']) + (noun if not name or rng.random() < .5 else name)
    after = [c.replace('{the}', the if the.startswith('the ') or name else 'the ' + noun) for c in spots['clause']]
    if where and rng.random() < .15:
        after.insert(rng.randint(0, len(after)), pronouns(k)[0] + rng.choice([' is ', ' stands ', ' waits ']) + where.removeprefix('stands '))
        where = ''
    if s.endswith('.'):       # "Tom is a boy." leaves what he does to the next sentence
        he = capital(pronouns(k)[0])
        s += f' {he} ' + (' and '.join(acts) if acts and acts[0].split()[0].endswith('s') else 'is ' + ' and '.join(acts) if acts else 'is there')
        acts = []
    if where and rng.random() < .1 and not name:
        s = where + rng.choice([', ', ' ', ': ']) + s
    else:
        s = s.rstrip(',') + (',' if s.endswith(',') and (where or acts) else '')
        tail = [where, ' and '.join(acts)] if rng.random() < .5 else [' and '.join(acts), where]
        s += ''.join(rng.choice([' ', ' ', ' ', ', ']) + q for q in tail if q) if not s.endswith(',') else ''.join(' ' + q for q in tail if q)
    return s, after


def somewhere(rng, q, other=''):
    if q == 'center':
        return rng.choice(['in the middle', 'in the centre', 'in the center', 'in the middle of the picture', 'at the center'])
    w = rng.choice(POSITION_WORDS[q])
    return w + (f' of {other}' if other and w in (f'to the {q}', q) else '')


def pair(rng):
    """-> (text, two figures that are said at once) or None"""
    r = rng.random()
    left, right = dict(BLANK, pos='left'), dict(BLANK, pos='right')
    if r < .4:      # "friends"
        which = rng.choice(list(WORDS['pair']))
        for f, words in zip((left, right), which.split(' and ')):
            old, _, k = words.rpartition(' ')
            age = 4. if old else 0. if k in ('boy', 'girl') else 2.
            k = {'boy': 'man', 'girl': 'woman'}.get(k, k)
            f.update(kind=k, age=age, color=default_color(k, age), hair=default_hair(k, age))
        w = rng.choice(WORDS['pair'][which])
        if which != 'old man and old woman' and w not in ('couple', 'husband and wife', 'father and son', 'mother and daughter', 'father and daughter', 'mother and son'):
            w = rng.choice(['', 'two ', 'two ', 'the ', 'the two ']) + w
        else:
            w = a(w) if w.endswith('couple') else w
        return w, [left, right]
    k = rng.choice(['man', 'woman', 'man', 'woman', 'wizard', 'knight', 'robot', 'king', 'pirate', 'witch', 'astronaut', *ANIMALS])
    age = rng.choice([0., 2., 4.]) if k in ('man', 'woman') else 2.
    noun = one(rng, 'figure', {'man': 'boy', 'woman': 'girl'}[k] if age == 0 else k)
    if ' in ' in noun:
        noun = k
    last = noun.split(' ')[-1]
    plural = ' '.join(noun.split(' ')[:-1] + [PLURAL.get(last, last + 's')])
    said = dict(kind=k, age=age, color=default_color(k, age), hair=default_hair(k, age))
    s = 'old ' + plural if age == 4 else plural
    if rng.random() < .5:
        f = dict(said)
        f['color'] = said['color'] = rng.choice(FUR_OF.get(k, COLOR_NAMES))
        c = rng.choice(WORDS['color'][f['color']])
        if k in ANIMALS + ['robot']:
            s = f'{c} {s}'
        else:
            g = rng.choice(GARMENTS[k if age else {'man': 'boy', 'woman': 'girl'}[k]])
            s += ' ' + rng.choice(['in', 'in', 'with', 'wearing']) + f' {c} ' + (g if g.startswith('arm') else g + ('es' if g.endswith('s') else 's'))
    left.update(said)
    right.update(said)
    return rng.choice(['two ', 'two ', 'two ', 'a pair of ', '2 ']) + s, [left, right]


def prose(scene, rng):
    """-> (text, the scene that the text determines)"""
    sc = copy.deepcopy(scene)
    out = dict(setting=DEFAULTS['setting'], time=DEFAULTS['time'], weather='clear', camera='medium', prop='none', style='flat', figures=[])
    p = rng.choice([.7, .9, .97])
    say = lambda q=1.: rng.random() < p * q
    n = len(sc['figures'])
    if n == 3:       # who "he" is cannot be told of three
        return caption(scene, rng)
    sentences, body = [], ''
    if n == 2 and rng.random() < .3:
        body, out['figures'] = pair(rng)
        if rng.random() < .6:
            act, w = rng.choice([('stand', 'stand'), ('walk', 'walk'), ('sit', 'sit'), ('stand', 'wait'), ('stand', 'play'), ('stand', 'are friends'), ('stand', 'look at the sky'),
                                 ('run', 'run'), ('sleep', 'sleep'), ('wave', 'wave'), ('walk', 'take a walk'), ('stand', 'smile')])
            for f in out['figures']:
                f['action'] = act
            body += ' ' + w
    elif n:
        for f in sc['figures']:
            out['figures'].append(blank(f))
        swapped = n == 2 and sc['figures'][0]['pos'] == 'right'
        if n == 2:
            out['figures'][0]['pos'], out['figures'][1]['pos'] = ('right', 'left') if swapped else ('left', 'right')
        parts, relation = [], ''
        if n == 2 and rng.random() < .12:
            relation = rng.choice([' to the left of ', ' left of ', ' on the left of ']) if not swapped else rng.choice([' to the right of ', ' right of ', ' on the right of '])
        said = (True, False) if rng.random() < .4 else (True, True) if rng.random() < .5 else (False, True)
        for i, (f, o) in enumerate(zip(sc['figures'], out['figures'])):
            where = ''
            if n == 1:
                if f['pos'] != 'center' and say(.92) or f['pos'] == 'center' and rng.random() < .15:
                    o['pos'] = f['pos']
                    where = somewhere(rng, f['pos'], rng.choice(['', 'the picture', 'the frame', 'the image']))
            elif not relation and (swapped or rng.random() < .4) and said[i]:
                where = somewhere(rng, f['pos'], rng.choice(['', '', 'the picture', 'the frame']))
            parts.append(figure_text(f, rng, o, where))
        if n == 1:
            body, after = parts[0]
            if rng.random() < .15:
                body = rng.choice(['there is ', 'we see ', 'here is ', 'a picture of ', 'I see ', 'look, ', 'this is ', f'{unknown(rng)} of ', f'{unknown(rng)} ', f'{aside(rng)}, ']) + body
            sentences += after
        else:
            (s0, a0), (s1, a1) = parts
            if relation:
                body = s0.rstrip(',') + relation + s1
                sentences += a0 + a1 if not a1 or not a0 else a0 + ['the other: ' + a1[0]] + a1[1:]
            elif a0 or rng.random() < .3:
                body = s0
                sentences += a0 + [s1] + a1
            else:
                body = s0.rstrip(',') + rng.choice([' and ', ' and ', ', ', ' with ', ' next to ', ' and then ', ' together with ', ' looks at ', ' meets ', ' beside ', '. ']) + s1
                sentences += a1
            if rng.random() < .12:
                body = rng.choice(['two friends: ', 'two friends, ', 'friends: ']) + body
            if relation and a0 and a1:
                # who "he" is cannot be told: leave such sentences out by saying the figures again
                return prose(scene, rng)
            if (a0 or a1) and sc['figures'][0]['kind'] == sc['figures'][1]['kind'] and body != s0:
                return prose(scene, rng)
    if sc['prop'] != 'none' and (say() or not n):
        out['prop'] = sc['prop']
        w = prop_phrase(rng, sc['prop'])
        side = {'left': 'right', 'right': 'left'}.get(out['figures'][0]['pos'], 'right') if n == 1 else ''
        if not body:
            body = rng.choice([w, w, f'there is {w}', f'we see {w}', f'a picture of {w}', f'{w} and nobody near'])
        elif rng.random() < .5:
            sentences.append(rng.choice([f'there is {w}', f'there is {w} behind', f'{w} stands there', f'{w} can be seen', f'behind is {w}', w, f'{w} in the background',
                                         *([f'{w} on the {side}', f'on the {side} {w}', f'{w} is on the {side}'] if side else [])]))
        else:
            body += rng.choice([' next to ', ' near ', ' beside ', ' by ', ' behind ', ', behind them ' if n == 2 else ', and ', ' close to ', ' in front of ',
                                *([f', on the {side} '] if side else [])]) + w
    if sc['camera'] != 'medium' and say() or sc['camera'] == 'medium' and rng.random() < .2:
        if n or sc['camera'] != 'close':
            out['camera'] = sc['camera']
            w = one(rng, 'camera', sc['camera'])
            w = 'close-up' if w == 'face of' else w
            joined = f'{w} of {body}' if not w.startswith('from') else f'{body} {w}'
            r = rng.random()
            if r < .5 and body:
                body = joined
            else:
                sentences.insert(rng.choice([0, len(sentences)]), rng.choice([w, w, 'camera: ' + w, a(w) if not w.startswith('from') else 'seen ' + w]))
    world = []
    if say(1.02):
        out['setting'] = sc['setting']
        s = place(rng, sc['setting'])
        if rng.random() < .6 and body:
            body += rng.choice([' ', ' ', ', ']) + s
        else:
            w = one(rng, 'setting', sc['setting'])
            bare = w if w in ('indoors', 'inside', 'alps', 'snowy mountains') or w.endswith('s') else a(w)
            world.append(rng.choice([s, w, w, bare, f'set {s}', f'the scene is {bare}', f'we are {s}', f'place: {w}', f'all this happens {s}']))
    if say(.97):
        out['time'] = sc['time']
        r = rng.random()
        w = one(rng, 'time', sc['time'])
        if r < .35 and body:
            body += rng.choice([' ', ' ', ', ']) + when(rng, sc['time'])
        elif r < .6:
            world.append(rng.choice(HOURS[sc['time']]))
        else:
            world.append(rng.choice([w, f'it is {w}', f'it\'s {w}', f'time: {w}', when(rng, sc['time'])]))
    if sc['setting'] not in INDOORS and out['setting'] not in INDOORS and (sc['weather'] != 'clear' and say() or sc['weather'] == 'clear' and rng.random() < .1):
        out['weather'] = sc['weather']
        world.append(rng.choice(SKIES[sc['weather']]))
    if sc['style'] != 'flat' and say(1.1) or sc['style'] == 'flat' and rng.random() < .15:
        out['style'] = sc['style']
        w = styled(sc['style'], rng)
        world.append(rng.choice([w, w, f'style: {w}', f'the picture is {w}' if ' ' not in w else w]))
    if rng.random() < .3:
        world.append(rng.choice(EVENTS) if rng.random() < .4 else aside(rng))
    rng.shuffle(world)
    end = rng.choice(['. ', '. ', '. ', ', ', '; '])
    first = rng.random() < .4
    pieces = [q for q in ([*world, body, *sentences] if first else [body, *sentences, *world]) if q]
    if not pieces:
        return prose(scene, rng)
    if end == '. ':
        pieces = [capital(q) for q in pieces] if rng.random() < .85 else pieces
    text = end.join(q.rstrip(',') for q in pieces)
    text = text + '.' if end == '. ' and rng.random() < .85 else text
    if rng.random() < .12:
        text = text.lower()
    if rng.random() < .3:
        text = capital(text)
    return text, normalise(out)


def reserved(text):
    """One caption in sixteen, told by a hash of its words, is for evaluation alone: no training step ever uses it."""
    return hashlib.sha256(' '.join(re.findall(r'\w+', text.lower())).encode()).digest()[0] < 16


def write(rng, scene=None, held_out=False):
    """A caption for `scene` (or random ones), as a prompt or as prose -> (text, the scene that it determines)."""
    while True:
        text, sc = (caption if rng.random() < .5 else prose)(random_scene(rng) if scene is None else scene, rng)
        if reserved(text) == held_out:
            return text, sc


if __name__ == '__main__':
    import random
    rng = random.Random(3)
    for _ in range(40):
        print(prose(random_scene(rng), rng)[0])
