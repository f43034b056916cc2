"""Judges pictures against the captions that they were made from, attribute by attribute.

    python tools/storybook/evaluate.py                                   # 500 reserved captions, painted as by `storyreel still`
    python tools/storybook/evaluate.py --captions FILE --pictures FOLDER # any pictures
    python tools/storybook/evaluate.py --nearest                         # without a trained judge

The judge (`classify.py`) has only ever seen drawn scenes; beside each figure stands what drawn scenes of the same
captions and noise get from it, and what the pictures get when they are swapped among captions. A second judge needs
no training: it draws the scene with every value of an attribute and looks which drawing is nearest. What cannot be seen
in the drawn scene (a mouth behind a beard, a lantern below the frame) is not judged.

FILE holds one JSON object a line: {"file", "caption", "seed", "scene"}. A scene may leave groups out: only what it
says is judged, {"setting": "forest", "figures": [{"kind": "fox"}]}. The folder --out gets captions.jsonl, the
pictures, result.json, result.md and sheet.png (`unseen.txt`, seeds from 1). A second run paints only what is missing.
"""
import copy
import json
import random
import subprocess
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from captions import FIGURE, SCENE, blank, normalise
from classify import TOLERANCE, kept, trained
from common import arguments, sheet
from prose import write
from noise import coordinates, noise, uniforms
from places import INDOORS
from truth import applies, from_left
from world import ANIMALS, DEFAULTS, FUR_OF, NU, POSITIONS, render

ROOT = Path(__file__).parents[2]
GROUPS = {'kind': 'species', 'hair': 'hair colour', 'skin': 'skin', 'age': 'age', 'beard': 'beard', 'hat': 'hat', 'talk': 'mouth', 'held': 'held', 'pos': 'position', 'action': 'action',
          'expression': 'expression', 'view': 'view'}
FIRST_SEED = 10 ** 9       # far from those of the cached scenes
CONTRAST = {'hair': ('black', 'white'), 'skin': ('light', 'dark'), 'beard': (0, 1), 'hat': (0, 1), 'talk': (0, 1), 'held': ('none', 'umbrella'), 'age': (0., 2.5),
            'action': ('stand', 'sleep', 'wave'), 'expression': ('happy', 'angry'), 'view': ('front', 'back')}
# looks whose attributes must survive other seeds and other places
LOOKS = ['an old man with a white beard in a yellow raincoat', 'a girl with red hair in a green dress', 'a boy with black hair in a red jacket',
         'a woman with blond hair and dark skin in a purple coat', 'a knight with a yellow tabard', 'a grey fox']
LOOK_FACTS = [dict(kind='man', color='yellow', hair='white', age=4., beard=1), dict(kind='woman', age=0., color='green', hair='red'),
              dict(kind='man', age=0., color='red', hair='black'),
              dict(kind='woman', color='purple', hair='blond', skin='dark'), dict(kind='knight', color='yellow'), dict(kind='fox', color='grey')]
LOOK_PLACES = ['harbour', 'forest', 'room', 'street']


def rows_of(count, seeds):
    """What is painted: reserved captions, one caption under many seeds, a look in many places."""
    rng, rows, taken = random.Random(424242), [], set()
    while len(rows) < count:
        text, sc = write(rng, held_out=True)
        if text.lower() not in taken:
            taken.add(text.lower())
            rows.append(dict(part='captions', caption=text, seed=FIRST_SEED + len(rows), scene=sc))
    for i, row in enumerate([r for r in rows if r['scene']['figures']][:10]):
        rows += [dict(part='seeds', same=i, caption=row['caption'], seed=FIRST_SEED * 2 + 100 * i + s, scene=row['scene']) for s in range(seeds)]
    for i, (look, facts) in enumerate(zip(LOOKS, LOOK_FACTS)):
        for s in range(seeds // 2):
            rows.append(dict(part='looks', same=i, caption=f'{look}, beach, day', seed=FIRST_SEED * 3 + 100 * i + s, scene=dict(setting='beach', time='day', figures=[facts])))
        for place in LOOK_PLACES[:seeds // 2]:
            rows.append(dict(part='looks', same=i, caption=f'{look}, {place}, sunset', seed=FIRST_SEED * 3 + 100 * i, scene=dict(setting=place, time='sunset', figures=[facts])))
    for i, row in enumerate(rows):
        row['file'] = f'{i:04d}.png'
    return rows


def paint(rows, folder, model, compared=3):
    """The product's own pictures: `paint.js` is `storyreel still` with the models loaded once; a few are compared with `still` itself."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [r for r in rows if not (folder / r['file']).exists()]
    if not missing:
        return
    lines = ''.join(json.dumps(dict(caption=r['caption'], seed=r['seed'], output=str((folder / r['file']).resolve()))) + '\n' for r in missing)
    subprocess.run(['node', str(ROOT / 'tools/storybook/paint.js'), model], input=lines, text=True, check=True)
    for r in missing[::max(1, len(missing) // compared)][:compared]:
        path = folder / 'still.png'
        subprocess.run(['node', str(ROOT / 'bin/storyreel.js'), 'still', r['caption'], '-o', str(path), '--seed', str(r['seed']), '--model', model],
                       check=True, stdout=subprocess.DEVNULL)
        if not np.array_equal(Image.open(path), Image.open(folder / r['file'])):
            raise SystemExit(f'`storyreel still` paints another picture than {r["file"]}')
        path.unlink()


def complete(scene):
    """What a scene leaves out, filled in."""
    figures = [{**blank({'kind': f.get('kind', 'man')}), **f} for f in scene.get('figures', [])]
    if len(figures) > 1:
        for f, g, side in zip(figures, scene['figures'], ('left', 'right') if len(figures) == 2 else POSITIONS):
            f['pos'] = g.get('pos', side)
    return {**dict(setting=DEFAULTS['setting'], time=DEFAULTS['time'], weather='clear', camera='medium', prop='none', style='flat'), **scene, 'figures': figures}


def seen(scene, group, i, u, size, drawn):
    """Would another value of the attribute show in the drawn picture?"""
    other = copy.deepcopy(scene)
    if group == 'prop':
        other['prop'] = 'none'
    else:
        f = other['figures'][i]
        f[group] = next(v for v in CONTRAST[group] if v != f[group])
    difference = np.abs(drawn.astype(int) - render(other, u, size)).max(2)
    return (difference > 24).sum() >= 16


def questions(scene, u, size, drawn):
    """-> [(name of the group, its key, figure from the left or None, right answer)] for all that can be judged."""
    whole, out = complete(scene), []
    for k in SCENE:
        # indoors there is no weather and on the moon no hour, and nothing but figures tells how near the camera is
        if k in scene and not (k == 'weather' and whole['setting'] in (*INDOORS, 'moon') or k == 'time' and whole['setting'] == 'moon' or k == 'camera' and not whole['figures']) and not (k == 'prop' and whole['prop'] != 'none' and not seen(whole, k, 0, u, size, drawn)):
            out.append((k, k, None, scene[k]))
    if 'figures' not in scene:
        return out
    out.append(('figures', 'figures', None, len(scene['figures'])))
    for j, i in enumerate(from_left(whole['figures'])):
        for k, v in scene['figures'][i].items():
            if applies(k, whole['figures'][i], whole['camera']) and (k not in CONTRAST or seen(whole, k, i, u, size, drawn)):
                name = GROUPS.get(k) or ('fur colour' if whole['figures'][i]['kind'] in (*ANIMALS, 'ghost') else 'clothes colour')
                out.append((name, k, j, v))
    return out


def same(k, got, want):
    """An age is right when it is the nearer one, or either of two that it lies between."""
    return abs(FIGURE['age'].index(got) - want) < TOLERANCE if k == 'age' and got is not None else got == want


def value(shown, k, j):
    """What the judge names; None of a figure that it does not see"""
    if j is None:
        return shown[k]
    return shown['who'][j][k] if j < shown['figures'] else None


def answers(asked, shown):
    """-> right or wrong, one for each question; what a missing figure shows is wrong"""
    return [same(k, value(shown, k, j), v) for _, k, j, v in asked]


def half(im):
    """Half size, so that a pixel's shift of an edge does not outweigh a face."""
    x = im.astype(np.float32)
    return x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2, 3).mean((1, 3))


def with_value(scene, k, i, value):
    """The scene with another value, and whatever that value calls for."""
    other = copy.deepcopy(scene)
    if i is None:
        other[k] = value
        return other
    f = other['figures'][i]
    f[k] = value
    if k == 'kind' and value in FUR_OF and f['color'] not in FUR_OF[value]:
        f['color'] = FUR_OF[value][0]
    return normalise(other)


def nearest(picture, scene, asked, u, size):
    """The second judge: right, when of the scenes drawn with every value of the attribute that with the true one is nearest to the
    picture, everything else as it was. None where it cannot tell."""
    small, out, order = half(picture), [], from_left(scene['figures'])
    for _, k, j, want in asked:
        i = None if j is None else order[j]
        if k == 'figures' or k == 'pos' and len(order) > 1:
            out.append(None)
            continue
        values = SCENE[k] if i is None else [0., 1., 2., 3., 4.] if k == 'age' else FIGURE[k]
        if k == 'color' and scene['figures'][i]['kind'] in FUR_OF:
            values = FUR_OF[scene['figures'][i]['kind']]
        errors = [((half(render(with_value(scene, k, i, v), u, size)) - small) ** 2).mean() for v in values]
        got = values[int(np.argmin(errors))]
        out.append(abs(got - want) < TOLERANCE if k == 'age' else got == want)
    return out


def tally(asked, verdicts):
    """-> share right per group, mean over groups, all attributes of a picture at once"""
    groups = {}
    for q, v in zip(asked, verdicts):
        for (name, *_), ok in zip(q, v):
            if ok is not None:
                groups.setdefault(name, []).append(ok)
    right = {k: round(float(np.mean(groups[k])), 4) for k in sorted(groups)}
    return dict(right=right, mean=round(float(np.mean(list(right.values()))), 4), all=round(float(np.mean([all(ok is not False for ok in v) for v in verdicts])), 4),
                judged={k: len(groups[k]) for k in sorted(groups)})


def differences(images):
    """Mean root-mean-square difference of pairs, in levels of 255."""
    return float(np.mean([np.sqrt(((a.astype(float) - b) ** 2).mean()) for a, b in combinations(images, 2)]))


def judge(net, rows, folder, compared=120):
    """-> the result; each row gets `answers` (attribute, figure from the left or None, right or not) and `wrong`, the groups that the judge
    reads otherwise. Without a network the nearest drawing judges."""
    images = [np.asarray(Image.open(folder / r['file']).convert('RGB')) for r in rows]
    sizes = [(im.shape[1], im.shape[0]) for im in images]
    us = [uniforms(coordinates(noise(r['seed'], s)[None]))[0].tolist() if 'seed' in r else [.5] * NU for r, s in zip(rows, sizes)]
    drawn = [render(complete(r['scene']), u, s) for r, u, s in zip(rows, us, sizes)]
    asked = [questions(r['scene'], u, s, d) for r, u, s, d in zip(rows, us, sizes, drawn)]

    def names(pictures):
        out = [None] * len(pictures)
        for s in set(sizes):
            at = [i for i, q in enumerate(sizes) if q == s]
            for k in range(0, len(at), 25):
                for i, o in zip(at[k:k + 25], net.names([pictures[i] for i in at[k:k + 25]])):
                    out[i] = o
        return out
    by_nearest = lambda i, im: nearest(im, complete(rows[i]['scene']), asked[i], us[i], sizes[i])
    if net:
        shown, real = names(images), names(drawn)
        told, of_drawn = (lambda i, p: answers(asked[i], shown[p])), (lambda i: answers(asked[i], real[i]))
    else:
        told, of_drawn = (lambda i, p: by_nearest(i, images[p])), (lambda i: [True] * len(asked[i]))
    verdicts = [told(i, i) for i in range(len(rows))]
    for i, (r, q, v) in enumerate(zip(rows, asked, verdicts)):
        r['answers'] = [(k, j, ok) for (_, k, j, _), ok in zip(q, v)]
        instead = lambda k, j: f', judged {value(shown[i], k, j) or "missing"}' if net else ''
        r['wrong'] = [f'{name}: {want}{instead(k, j)}' for (name, k, j, want), ok in zip(q, v) if ok is False]
    result = {}
    for part in dict.fromkeys(r.get('part', 'captions') for r in rows):
        at = [i for i, r in enumerate(rows) if r.get('part', 'captions') == part]
        pick = lambda x: [x[i] for i in at]
        result[part] = dict(pictures=len(at), **tally(pick(asked), pick(verdicts)), drawn=tally(pick(asked), [of_drawn(i) for i in at]),
                            swapped=tally(pick(asked), [told(i, at[(n + 1) % len(at)]) for n, i in enumerate(at)]))
        groups = [[i for i in at if rows[i].get('same') == g] for g in sorted({rows[i]['same'] for i in at if 'same' in rows[i]})]
        if part == 'seeds':
            result[part]['difference'] = dict(pictures=round(float(np.mean([differences([images[i] for i in g]) for g in groups])), 2),
                                              drawn=round(float(np.mean([differences([drawn[i] for i in g]) for g in groups])), 2))
        if part == 'looks':
            kept = [[dict(zip([q[1] for q in asked[i] if q[2] is not None], [v for v, q in zip(verdicts[i], asked[i]) if q[2] is not None])) for i in g] for g in groups]
            result[part]['kept'] = round(float(np.mean([v for g in kept for d in g for v in d.values() if v is not None])), 4)
    at = [i for i, r in enumerate(rows) if r.get('part', 'captions') == 'captions'][:compared]
    result['captions']['nearest'] = tally([asked[i] for i in at], [by_nearest(i, images[i]) if net else verdicts[i] for i in at])
    error = [((im / 255. - d / 255.) ** 2).mean() for im, d, r in zip(images, drawn, rows) if r.get('part', 'captions') == 'captions']
    result['psnr_to_drawn'] = round(float(np.mean([-10 * np.log10(e + 1e-9) for e in error])), 2)
    return result


def table(result, accuracy):
    part = result['captions']
    lines = ['| group | judged | right | by the nearest drawing | drawn scenes | swapped | judge alone |', '| --- | --- | --- | --- | --- | --- | --- |']
    keys = {v: k for k, v in GROUPS.items()}
    for k in part['right']:
        lines.append(f'| {k} | {part["judged"][k]} | {part["right"][k]:.3f} | {part["nearest"]["right"].get(k, float("nan")):.3f} | {part["drawn"]["right"][k]:.3f} | {part["swapped"]["right"][k]:.3f} '
                     f'| {accuracy.get(keys.get(k, "color" if k.endswith("colour") else k), float("nan")):.3f} |')
    lines.append(f'| **mean of groups** | | **{part["mean"]:.3f}** | {part["nearest"]["mean"]:.3f} | {part["drawn"]["mean"]:.3f} | {part["swapped"]["mean"]:.3f} | {np.mean(list(accuracy.values()) or [np.nan]):.3f} |')
    lines.append(f'| all of a caption at once | {part["pictures"]} | {part["all"]:.3f} | {part["nearest"]["all"]:.3f} | {part["drawn"]["all"]:.3f} | {part["swapped"]["all"]:.3f} | |')
    lines += ['', f'PSNR to the drawn scenes: {result["psnr_to_drawn"]} dB.']
    if 'seeds' in result:
        d = result['seeds']['difference']
        lines.append(f'The same caption under other seeds: pictures differ by {d["pictures"]} of 255 (root mean square), drawn scenes by {d["drawn"]}.')
    if 'looks' in result:
        lines.append(f'A look under other seeds and in other places: {result["looks"]["kept"]:.3f} of its attributes are kept.')
    return '\n'.join(lines).replace('nan', '') + '\n'


def main():
    args = arguments(__doc__.split('\n\n')[0], model='storybook', count=500, seeds=8, compared=120, nearest=False, out='', captions='', pictures='', prompts=str(Path(__file__).parent / 'unseen.txt'))
    out = Path(args.out or args.cache / 'evaluation')
    out.mkdir(parents=True, exist_ok=True)
    if args.captions:
        rows = [json.loads(line) for line in Path(args.captions).read_text().splitlines() if line.strip()]
        folder = Path(args.pictures)
    else:
        rows, folder = rows_of(args.count, args.seeds), out / 'pictures'
        (out / 'captions.jsonl').write_text(''.join(json.dumps(r) + '\n' for r in rows))
        paint(rows, folder, args.model)
        prompts = [p for p in Path(args.prompts).read_text().splitlines() if p.strip()]
        wall = [dict(caption=p, seed=i + 1, file=f'{i + 1:02d}.png') for i, p in enumerate(prompts)]
        paint(wall, out / 'sheet', args.model)
        sheet([np.asarray(Image.open(out / 'sheet' / r['file'])) for r in wall], 5, out / 'sheet.png', [f'{r["seed"]}: {r["caption"]}' for r in wall])
    result = judge(None if args.nearest else trained(args.cache), rows, folder, args.compared)
    accuracy = {} if args.nearest else kept(args.cache).get('accuracy', {})
    result['judge'] = accuracy
    result['mistakes'] = [{k: r[k] for k in ('file', 'caption', 'wrong')} for r in rows if r['wrong'] and r.get('part', 'captions') == 'captions']
    (out / 'result.json').write_text(json.dumps(result, indent=1) + '\n')
    (out / 'result.md').write_text(table(result, accuracy))
    print(table(result, accuracy))


if __name__ == '__main__':
    main()
