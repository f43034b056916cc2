"""Captions in wordings that no training template uses: fifty-two hand-written sentences, five fillings each.

They are what `train_text.py` is judged by besides its own kind of captions, and must never be copied into
`captions.py` or `prose.py`. A slot names the attribute that its word stands for; `kind`, `color`, ... belong
to the first figure, `kind2`, ... to the second."""
import random
import re

from captions import BLANK, GARMENTS, WORDS, a, normalise
from places import INDOORS
from world import (ANIMALS, COLOR_NAMES, DEFAULTS, FUR_OF, HAIR_NAMES, HELD, POSITIONS, PROPS, SETTINGS, STYLE_NAMES, TIMES, WEATHERS, default_color,
                   default_hair)

# boys and girls are men and women of another age
CHILDREN = {'boy': 'man', 'girl': 'woman'}
PEOPLE = ['man', 'woman', 'boy', 'girl']
DRESSED = [*PEOPLE, 'wizard', 'knight', 'king', 'pirate', 'witch']
# (text, kinds of the first figure, of the second, what the words say besides the slots)
TEMPLATES = [
    ('{A kind} sporting {a color} {garment} pauses {at} the {setting} around {time}', DRESSED, [], {}),
    ('Red scarf forgotten, {a kind} clad in {color} lingers in the {setting}', DRESSED, [], {}),
    ('Here is {a kind}. Hair: {hair}. Clothes: {color}. Time: {time}. Place: {setting}.', PEOPLE, [], {}),
    ('the {garment} of the {kind} is {color}; behind lies the {setting}, {time}', DRESSED, [], {}),
    ('OTTO ({kind}, {hair} hair, {color} {garment}) steps into view at the {pos} edge of the frame', PEOPLE, [], {}),
    ('{a color}-clad {kind}, {setting}, it must be {time}', DRESSED, [], {}),
    ('Imagine {a kind} whose hair is {hair}, somewhere in the {setting}', PEOPLE, [], {}),
    ("it's {time} and {a kind} grips {a held} tightly", DRESSED, [], {}),
    ('{held} in one hand, {a kind} crosses the {setting}', DRESSED, [], {}),
    ('The camera finds {a kind} over on the {pos}, {setting} all around', PEOPLE + ANIMALS, [], {}),
    ('{kind} ({color} fur) enjoying the {setting} just after {time}', ANIMALS, [], {}),
    ('a proud {color} {kind} claims the {pos} half of the picture', ANIMALS, [], {}),
    ('{kind} left, {kind2} right, {setting}', PEOPLE + ANIMALS, PEOPLE + ANIMALS, {}),
    ('To one side {a kind}, to the other {a kind2}; it is {time}', PEOPLE, ANIMALS, {}),
    ('{A kind} keeps {a kind2} company beneath {a prop}', PEOPLE, ANIMALS, {}),
    ('{A kind} in {color} strolls arm in arm with {a kind2} in {color2}', PEOPLE, PEOPLE, {}),
    ('nobody here except {a kind} and {a kind2} while the {weather} goes on', PEOPLE, PEOPLE + ANIMALS, {}),
    ('{A kind}, old as the hills, {hair} hair down to the shoulders', ['man', 'woman'], [], dict(age=4.)),
    ('A bearded {kind} with {hair} hair has put on {a color} {garment}', ['man'], [], dict(beard=1)),
    ('{A kind}. {Color} {garment}. Beard. {Time}.', ['man'], [], dict(beard=1)),
    ('{hair} of hair and {color} of dress, {a kind} wanders the {setting}', ['woman', 'girl'], [], {}),
    ('{A kind} wearing a wide-brimmed hat and {a color} {garment} hums to herself', ['woman', 'girl'], [], dict(hat=1)),
    ('{A kind} lost in conversation: talking, always talking, in the {setting}', PEOPLE, [], dict(talk=1)),
    ('{A kind} opens her mouth to sing at {time}', ['woman', 'girl'], [], dict(talk=1)),
    ('Panel one: {a camera} showing {a kind} and nothing else', PEOPLE + ANIMALS, [], {}),
    ('{camera} // {kind} // {color} {garment} // {setting} // {time}', DRESSED, [], {}),
    ('{setting}; {weather}; {time}; {a kind} with a tail of dreams', PEOPLE, [], {}),
    ('What a {time}! {Weather} over the {setting}, and {a prop} far off', [], [], {}),
    ('A postcard of {a prop} at {time}', [], [], {}),
    ('somewhere in the {setting} there must be {a prop}, thinks {a kind}', PEOPLE, [], {}),
    ('You can spot {a prop} behind {a kind} dressed all in {color}', DRESSED, [], {}),
    ('{A kind}, caught by the {weather} in the {setting}', PEOPLE + ANIMALS, [], {}),
    ('ROBIN - {kind}, {hair} hair - hurries home, {weather}', PEOPLE, [], {}),
    ('my neighbour is {a kind} of few words, {hair} locks, {color} {garment}', PEOPLE, [], {}),
    ('They met in the {setting}: {a hair}-haired {kind} and {a color2} {kind2}', PEOPLE, ANIMALS, {}),
    ('{A kind} has fur as {color} as can be and lives in the {setting}', ANIMALS, [], {}),
    ('some {color} {kind} or other, {weather}, {time}', ANIMALS, [], {}),
    ('Just {a kind} with a bicycle, a basket and {a color} {garment}', PEOPLE, [], {}),
    ('{A hair}-haired {kind} eats an apple {at} the {setting}, {color} {garment} neatly buttoned', ['man', 'boy'], [], {}),
    ('on the {pos}, please: {a kind} who owns {a color} {garment}', DRESSED, [], {}),
    ('{A kind} dashes through the {setting} as fast as the legs can carry', PEOPLE + ANIMALS, [], dict(action='run')),
    ('{A kind} went to sleep in the {setting}', PEOPLE + ANIMALS, [], dict(action='sleep')),
    ('Seated comfortably, {a kind} looks about', PEOPLE, [], dict(action='sit')),
    ('{A kind} strolling, {setting}, {time}', PEOPLE + ANIMALS, [], dict(action='walk')),
    ('"Hello!" {A kind} is waving at someone in the {setting}', PEOPLE, [], dict(action='wave')),
    ('tears run down the cheeks of {a kind}, so sad', PEOPLE, [], dict(expression='sad')),
    ('{A kind} is very angry with everybody', PEOPLE + ANIMALS, [], dict(expression='angry')),
    ('we look at {a kind} from behind, {setting}', PEOPLE, [], dict(view='back')),
    ('a side view of {a kind} in the {setting}', PEOPLE, [], dict(view='side')),
    ('{A kind} in a {style} picture, {time}', PEOPLE + ANIMALS, [], {}),
    ('{A kind} of about seventy-five years, grey at the temples', ['man', 'woman'], [], dict(age=4., hair='grey')),
    ('an elderly {kind} and {a kind2} share a bench', ['man', 'woman'], PEOPLE[2:], dict(age=4.)),
]
PREPOSITIONS = {'harbour': 'by', 'sea': 'by', 'beach': 'on', 'forest': 'in', 'meadow': 'in', 'mountains': 'in', 'room': 'in', 'street': 'in', 'castle': 'by', 'desert': 'in', 'farm': 'on', 'river': 'by', 'kitchen': 'in', 'cave': 'in', 'moon': 'on'}
# nouns that fit after "the", "at", "over the", ...
PLACES = {'harbour': ['harbour', 'harbor', 'port'], 'sea': ['sea', 'ocean'], 'beach': ['beach', 'shore'], 'forest': ['forest', 'woods'],
          'meadow': ['meadow', 'field'], 'mountains': ['mountains', 'alps'], 'room': ['room', 'bedroom', 'library'], 'street': ['street', 'town', 'village'], 'castle': ['castle', 'palace'], 'desert': ['desert', 'dunes'], 'farm': ['farm'], 'river': ['river', 'bridge'],
          'kitchen': ['kitchen'], 'cave': ['cave', 'cavern'], 'moon': ['moon']}
HOURS = {'dawn': ['dawn', 'sunrise'], 'day': ['noon', 'midday'], 'sunset': ['sunset', 'dusk'], 'night': ['night', 'midnight']}
SKIES = {'rain': ['rain'], 'snow': ['snow'], 'fog': ['fog', 'mist']}


def fill(template, rng):
    text, kinds, kinds2, said = template
    names = [rng.choice(k) for k in (kinds, kinds2) if k]
    figures = [dict(BLANK, kind=CHILDREN.get(k, k), age=0. if k in CHILDREN else 2.) for k in names]
    scene = dict(setting=DEFAULTS['setting'], time=DEFAULTS['time'], weather='clear', camera='medium', prop='none', style='flat', figures=figures)
    for f, side in zip(figures, ('left', 'right') if len(figures) == 2 else ('center',)):
        f['pos'] = side
    if figures:
        figures[0].update(said)
        for f in figures:
            f['color'] = default_color(f['kind'], f['age'])
            f['hair'] = said['hair'] if f is figures[0] and 'hair' in said else default_hair(f['kind'], f['age'])
    outdoors = [s for s in SETTINGS if s not in INDOORS] if '{weather}' in text.lower() else SETTINGS

    def word(slot):
        group, i = slot.rstrip('2'), slot.endswith('2')
        if group == 'garment':
            return rng.choice([g for g in GARMENTS[names[0]] if g not in ('body', 'armor', 'armour')])
        if group == 'at':
            return '@at@'
        if group in ('setting', 'time', 'weather', 'camera', 'prop', 'style'):
            choices = {'setting': outdoors, 'time': TIMES, 'weather': WEATHERS[1:], 'camera': ['wide', 'close'], 'prop': PROPS[1:], 'style': STYLE_NAMES[1:]}[group]
            scene[group] = rng.choice(choices)
            words = {'setting': PLACES, 'time': HOURS, 'weather': SKIES, 'camera': {'wide': ['wide shot', 'long shot'], 'close': ['close-up']},
                     'prop': WORDS['prop'], 'style': WORDS['style']}[group][scene[group]]
            return rng.choice(words[:3])
        f = figures[i]
        if group == 'kind':
            return WORDS['figure'][names[i]][0]
        f[group] = rng.choice({'color': FUR_OF.get(f['kind'], COLOR_NAMES), 'hair': HAIR_NAMES, 'held': HELD[1:],
                               'pos': POSITIONS[::2]}[group])
        return {'color': f['color'], 'hair': rng.choice(WORDS['hair'][f['hair']][:2]), 'held': f['held'], 'pos': f['pos']}[group]

    def slot(match):
        name = match.group(1)
        article = name[:2].lower() == 'a '
        s = word(name[2:] if article else name.lower())
        s = a(s) if article else s
        return s[:1].upper() + s[1:] if name[:1].isupper() else s
    out = re.sub(r'\{([A-Za-z0-9 ]+)\}', slot, text).replace('@at@', PREPOSITIONS[scene['setting']])
    return out, normalise(scene)


def wordings(each=5, seed=2024):
    """-> [(text, scene)]: the same list every time."""
    rng = random.Random(seed)
    return [fill(t, rng) for t in TEMPLATES for _ in range(each)]


if __name__ == '__main__':
    for text, _ in wordings(1):
        print(text)
