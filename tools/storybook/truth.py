"""What a drawn picture shows, and what of a scene cannot be seen in it."""
import numpy as np

from captions import FIGURE, SCENE
from figures import pose_of
from places import INDOORS
from world import DRESSED, FEMALE, FIGURES, PEOPLE, POSITIONS, SKINNED, layout

SCENE_GROUPS = {**SCENE, 'figures': list(range(FIGURES + 1))}


def from_left(figures):
    """Indices of a scene's figures, from left to right."""
    return sorted(range(len(figures)), key=lambda i: POSITIONS.index(figures[i]['pos']))


def applies(group, f, camera):
    """Can the attribute be seen on such a figure?"""
    k, behind, pose = f['kind'], f['view'] == 'back', pose_of(f, camera)
    asleep = pose == 'sleep'
    if group in ('hair', 'age'):
        return k in PEOPLE and not (group == 'hair' and f['hat']) and not (group == 'age' and behind)
    if group == 'hat':
        return k in ('man', 'woman')
    if group == 'beard':
        return k in PEOPLE and k not in FEMALE and not behind
    if group == 'skin':
        return k in SKINNED and not behind
    if group == 'held':
        return k in DRESSED and not asleep and (camera != 'close' or f['held'] in ('umbrella', 'balloon'))
    if group == 'talk':
        return not behind
    if group == 'expression':
        return not behind and k not in ('robot', 'knight') and f['action'] != 'sleep' and not f['talk'] and not (k in ('pirate', 'frog', 'sheep', 'elephant', 'king', 'queen', 'wizard', 'witch') and camera != 'close')
    if group == 'action':
        return not (k == 'ghost' and f['action'] in ('walk', 'run')) and (camera != 'close' or f['action'] in ('wave', 'sleep') and not behind)
    if group == 'view':
        return not asleep and not (k in ('ghost', 'frog') and camera != 'close' and f['view'] == 'side')
    return True


def truth(sc, u, size):
    """-> scene labels, figure labels (3 x groups, -1 where nothing can be seen; ages as they are), boxes (3 x 3)"""
    figures = np.full((FIGURES, len(FIGURE)), -1, np.float32)
    boxes = np.zeros((FIGURES, 3), np.float32)
    anchors = layout(sc, u, size)[0]
    for j, i in enumerate(from_left(sc['figures'])):
        f, a = sc['figures'][i], anchors[i]
        figures[j] = [-1 if not applies(k, f, sc['camera']) else f[k] if k == 'age' else v.index(f[k]) for k, v in FIGURE.items()]
        boxes[j] = a.hx / size[0], a.hy / size[1], np.log(a.r / size[1])
    scene = [v.index(sc[k]) for k, v in SCENE.items()] + [len(sc['figures'])]
    if sc['setting'] in INDOORS or sc['setting'] == 'moon':
        scene[list(SCENE).index('weather')] = -1
    if sc['setting'] == 'moon':
        scene[list(SCENE).index('time')] = -1
    if not sc['figures']:
        scene[list(SCENE).index('camera')] = -1
    return scene, figures, boxes
