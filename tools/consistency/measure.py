"""How much of its cast a film keeps: every attribute of every member in every shot, as the judge of the storybook model sees it.

    python tools/consistency/measure.py                       # tools/consistency/forty-shots.yaml, by a trained judge
    python tools/consistency/measure.py --nearest             # by the nearest drawing, without a trained judge
    python tools/consistency/measure.py --measure seeds       # every member with a seed; `references`: with a reference
    python tools/consistency/measure.py --model FOLDER --out FOLDER --cache FOLDER-WITH-judge.pt

The film is rendered as anybody would, and its pictures are taken from the cache. Beside it stand two ways without a storyboard,
painted by the same model: the composed prompts with a seed of its own for each shot, and what somebody types who does not
describe everybody anew in each shot ("a boy on the left, harbour, dawn"), with a seed of its own as well.

FILM.json beside the script says what is true of each shot, by its id: the scene as `evaluate.py` wants it, `who` each figure
is, and `plain`, the prompt as it would be typed. What can't be seen (hair under a hat) is not judged. --out gets pictures, result.json,
result.md, sheet.png and few.jpg, which docs/consistency.md shows. A second run paints only what is missing.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / 'tools/storybook'))
from common import arguments, load, sheet      # noqa: E402
import evaluate                                # noqa: E402

OWN_SEEDS = 4 * 10 ** 9         # far from those that storyreel gives to places
SHOWN = {'hair': 'hair colour', 'color': 'clothes or fur colour', 'hat': 'hat', 'age': 'age', 'beard': 'beard'}
FEW = ['1.3', '2.2', '4.4', '7.2', '5.2', '9.2', '10.3', '8.4']      # for the page
WAYS = ['storyreel', 'looks, own seeds', 'plain']


def storyreel(*args):
    return subprocess.run(['node', str(ROOT / 'bin/storyreel.js'), *map(str, args)], check=True, stdout=subprocess.PIPE, text=True).stdout


def with_measure(film, measure, model, out):
    """The film with a seed or a reference for each member: their second look, standing in the middle of a meadow."""
    text, members = film.read_text(), iter(range(1, 1000))

    def member(found):
        name, number, look = found[1], next(members), re.findall(r'^ {6}\d+: (.*)$', found[0], re.M)[1]
        if measure == 'seeds':
            return found[0] + f'    seed: {11 * number}\n'
        storyreel('still', f'{look} in the middle, meadow, day', '-o', out / f'{name}.png', '--seed', 5, '--model', model)
        return found[0] + f'    reference: {name}.png\n'
    changed = out / film.name
    changed.write_text(re.sub(r'^ {2}([A-Z]+):\n(?: {4,}.*\n)+', member, text.split('\nscenes:')[0] + '\n', flags=re.M) + 'scenes:' + text.split('\nscenes:')[1])
    return changed


def rendered(film, model, out):
    """Renders the film -> [(id, prompt, seed, picture file)]"""
    settings = ['--set', f'model={json.dumps(model)}']
    storyreel('render', film, '-o', out / 'film.mp4', '--cache-dir', out / 'cache', '--progress', 'none', *settings)
    shots = json.loads(storyreel('explain', film, '--json', '--cache-dir', out / 'cache', *settings))['shots']
    pictures = {p.name.split('-')[0]: p for p in (out / 'cache').rglob('*.png')}
    return [(s['id'], s['prompt'].split(' → ')[0], s['seed'], pictures[s['nodes'][0]['key']]) for s in shots]


def rows_of(shots, facts):
    """-> {way: rows for the judge}"""
    ways = {way: [] for way in WAYS}
    for i, (id, prompt, seed, picture) in enumerate(shots):
        fact = facts[id]
        scene = {k: v for k, v in fact.items() if k not in ('plain', 'figures')}
        scene['figures'] = [{k: v for k, v in f.items() if k != 'who'} for f in fact['figures']]
        who = [f['who'] for f in fact['figures']]
        for way, caption, own in zip(WAYS, (prompt, prompt, fact['plain']), (seed, OWN_SEEDS + i, OWN_SEEDS + i)):
            ways[way].append(dict(id=id, caption=caption, seed=own, scene=scene, who=who, file=f'{id}.png', picture=picture))
    return ways


def verdicts(rows):
    """-> [(member, {attribute: right or wrong})] of each figure of each shot"""
    out = []
    for r in rows:
        order = evaluate.from_left(evaluate.complete(r['scene'])['figures'])
        for j, i in enumerate(order):
            out.append((r['who'][i], {k: ok for k, at, ok in r['answers'] if at == j and k in SHOWN and ok is not None}))
    return out


def share(values):
    return float(np.mean(values)) if len(values) else float('nan')


def summary(rows):
    judged = verdicts(rows)
    right = {name: share([v[k] for _, v in judged if k in v]) for k, name in SHOWN.items() if any(k in v for _, v in judged)}
    whole = {who: share([all(v.values()) for w, v in judged if w == who]) for who in sorted({w for w, _ in judged})}
    each = [[all(v.values()) for _, v in verdicts([r])] for r in rows]
    return dict(right=right, mean=share([ok for _, v in judged for ok in v.values()]), judged=sum(len(v) for _, v in judged),
                whole=share([all(v.values()) for _, v in judged]), members=whole, shots=share([all(e) for e in each]),
                by_number={n: share([all(e) for e in each if len(e) == n]) for n in sorted({len(e) for e in each})})


def scenery(rows, folder):
    """How much the sky changes among the shots of a scene that are no close-ups: root mean square over pairs, in levels of 255."""
    scenes = {}
    for r in rows:
        if r['scene']['camera'] != 'close':
            picture = np.asarray(Image.open(folder / r['file']).convert('RGB'))
            scenes.setdefault(r['id'].split('.')[0], []).append(picture[:picture.shape[0] // 8])
    return share([evaluate.differences(skies) for skies in scenes.values() if len(skies) > 1])


def table(results, drawn):
    ways = list(results)
    lines = ['| | ' + ' | '.join(ways) + ' |', '| --- |' + ' --- |' * len(ways)]
    row = lambda name, pick: lines.append(f'| {name} | ' + ' | '.join(f'{pick(results[w]) * 100:.1f} %' for w in ways) + ' |')
    first = results[ways[0]]
    for name in first['right']:
        row(name, lambda r: r['right'][name])
    row(f'**all {first["judged"]} attributes**', lambda r: r['mean'])
    for who in first['members']:
        row(f'all of {who} at once', lambda r: r['members'][who])
    row('**all of a member at once**', lambda r: r['whole'])
    for n in first['by_number']:
        row(f'shots of {n}: everything', lambda r: r['by_number'][n])
    row('**everything in a shot**', lambda r: r['shots'])
    lines.append('| the sky among shots of a scene differs by | ' + ' | '.join(f'{results[w]["scenery"]:.1f} of 255' for w in ways) + ' |')
    return '\n'.join(lines) + f'\n\nThe judge itself, on drawn scenes of these shots: {drawn * 100:.1f} % of attributes.\n'


def main():
    args = arguments(__doc__.split('\n\n')[0], film=str(ROOT / 'tools/consistency/forty-shots.yaml'), model='storybook', out='', measure='', nearest=False)
    film, out = Path(args.film), Path(args.out or args.cache / ('consistency' + args.measure)).resolve()
    out.mkdir(parents=True, exist_ok=True)
    facts = json.loads(film.with_suffix('.json').read_text())
    if args.measure:
        film = with_measure(film, args.measure, args.model, out)
    ways = rows_of(rendered(film, args.model, out), facts)
    net = None if args.nearest else evaluate.trained(args.cache)
    results, drawn = {}, []
    for way, rows in ways.items():
        folder = out / way
        folder.mkdir(exist_ok=True)
        if way == WAYS[0]:
            for r in rows:
                (folder / r['file']).write_bytes(r['picture'].read_bytes())
        else:
            evaluate.paint(rows, folder, args.model, compared=1)
        judged = evaluate.judge(net, rows, folder, compared=1)['captions']
        drawn.append(judged['drawn']['mean'])
        results[way] = dict(summary(rows), scenery=scenery(rows, folder))
        results[way]['wrong'] = {r['id']: r['wrong'] for r in rows if r['wrong']}
    text = table(results, share(drawn))
    (out / 'result.json').write_text(json.dumps(results, indent=1) + '\n')
    (out / 'result.md').write_text(text)
    picture = lambda way, id: np.asarray(Image.open(out / way / f'{id}.png').convert('RGB'))
    sheet([picture(way, r['id']) for r in ways[WAYS[0]] for way in WAYS], 6, out / 'sheet.png')
    few = [id for id in FEW if id in facts]
    sheet([picture(way, id) for half in (few[:4], few[4:]) for way in (WAYS[0], WAYS[-1]) for id in half], 4, out / 'few.jpg')
    print(text)


if __name__ == '__main__':
    main()
