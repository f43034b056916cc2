// What each key says, in one sentence: for the JSON Schema, completion and hover. A test holds it to the tables of keys.

import type { KEYS, Level } from './keys.js'
import { AMBIENCES, EASES, FRAMINGS } from './names.js'
import { VOICE_WORDS } from './voice.js'

type Key = (typeof KEYS)[Level][number]

export type KeyInfo = {
  summary: string
  /** Values to begin with, the likeliest first. */
  examples: readonly string[]
}

const info = (summary: string, ...examples: string[]): KeyInfo => ({ summary, examples })

export const KEY_INFO: Readonly<Record<Key | (string & {}), KeyInfo>> = {
  title: info("The film's title, kept in its metadata."),
  size: info('Size of the film in pixels, both even.', '960x576', '1920x1080', '576x960', '768x768'),
  fps: info('Frames a second, 1 to 120; a fraction such as `24000/1001` too.', '24', '25', '30', '23.976'),
  seed: info('Start of the random numbers that a picture is made from, 0 to 4294967295.', '7'),
  style: info('Words at the end of every prompt.', 'storybook illustration'),
  negative: info('What is not to be seen. Only read with a guidance above 1.', 'blurry'),
  model: info('Diffusion model: a name or a folder.'),
  scheduler: info("Sampler of the diffusion. Default: the model's own."),
  steps: info("Denoising steps, 1 to 1000. Default: the model's."),
  guidance: info("Guidance scale, 0 to 100. Default: the model's."),
  interpolation: info(
    'What makes the frames between keyframes: a model, or `blend`, a cross-fade.',
    'film',
    'blend',
  ),
  depth: info(
    'What tells near from far for a camera with parallax: a model, or `layout`, the picture itself.',
    'layout',
  ),
  motion: info('How a walk gets from picture to picture. Default: each pair by its pictures.'),
  fit: info('How pictures of other proportions fill the film.', 'crop', 'letterbox'),
  look: info('Colours of a flashback or a dream.', 'sepia', 'black-and-white', 'faded', 'dream', 'none'),
  cast: info('Who is in the film: names in capitals, each with a look.'),
  places: info('Where the film plays: names, each with a description.'),
  defaults: info('Settings of all shots.'),
  scenes: info('The scenes, in the order in which they are shown.'),
  shots: info('The shots: a sentence each, or a mapping with settings.'),
  looks: info('What the member looks like: one text, or one for each of several ages.'),
  born: info('Year of birth. With a `year` of the scene it gives the age.'),
  outfits: info('Clothes by name; `NAME@outfit` in a shot puts them on.'),
  scene: info('A slugline such as `EXT. HARBOUR - DAWN`, or any name.'),
  place: info('Where: one of `places`, or words. Wins over the slugline.'),
  time: info('Time of day. Wins over the slugline.', 'dawn', 'day', 'sunset', 'night'),
  weather: info('Weather, in words.', 'clear', 'rain', 'snow', 'fog'),
  year: info('Year in which the scene plays; it decides how old the cast is.'),
  prompt: info('What is seen.'),
  walk: info('Two or more prompts that one take travels through.'),
  card: info('A title card: its words.'),
  id: info('A name for the shot: letters, digits, `-` and `_`.'),
  duration: info('Length: `3s`, `1.5s`, `250ms`, `48f` (frames) or `1:02`.', '3s', '5s', '1.5s'),
  camera: info(
    'Camera moves with commas between them, with a rate from 1x to 4x if wanted; or a mapping.',
    'hold',
    'push in',
    'pull out',
    'pan left',
    'pan right',
    'tilt up',
    'tilt down',
    'roll left',
    'roll right',
    'shake',
    'push in, pan left',
    'push in, parallax',
    'close-up, push in',
  ),
  zoom: info('How close the camera is, 1 to 4 times: at the first frame and at the last.', '[1, 1.4]'),
  pan: info('Where in the room of the picture, -1 (left) to 1 (right): first frame, last frame.', '[-1, 1]'),
  tilt: info('Where in the room of the picture, -1 (low) to 1 (high): first frame, last frame.', '[-1, 1]'),
  roll: info('Degrees that the camera is turned to the right: first frame, last frame.', '[0, 5]'),
  ease: info('How the move gets going and comes to rest.', ...EASES),
  shake: info('How much the hand that holds the camera trembles, 0 to 1.', '0.3'),
  framing: info('How much the picture shows, in words at the start of the prompt.', ...FRAMINGS),
  parallax: info('How much more near things move than far ones, 0 to 1.', '0.5'),
  transition: info(
    'How the film gets into the shot.',
    'cut',
    'dissolve 1s',
    'fade black 1s',
    'fade white 1s',
    'wipe left 1s',
    'slide left 1s',
    'iris in 1s',
    'whip pan right 0.5s',
    'match cut 0.5s',
    'morph 0.5s',
  ),
  keyframes: info('Seconds between two diffused pictures of a walk, 0.05 to 60.', '0.5s'),
  music: info('Music under the shots: a file, or several. It repeats, and is softer under speech.', 'none'),
  sound: info('What is heard: a file, or a word such as `rain`; or several.', ...AMBIENCES),
  file: info('A sound file, or a word such as `rain`.', ...AMBIENCES),
  volume: info('How loud: `0.5`, `50%` or `-6dB`.', '0.5', '-6dB'),
  start: info('When it starts, from the start of the shot, the scene or the film that names it.', '1s'),
  from: info('How far into the file it begins.', '10s'),
  'fade in': info('How long it takes to come up.', '1s'),
  'fade out': info('How long it takes to go down, at its end.', '2s'),
  loop: info('Whether it repeats until its shot, scene or film ends.', 'true', 'false'),
  subtitles: info(
    'Whether what is said is written as well: as a track, in the pictures, or from a file.',
    'soft',
    'burn',
    'none',
  ),
  voice: info(
    'Who speaks, and how: `old woman`, `low`, `girl, fast`. Default: as somebody looks.',
    ...VOICE_WORDS,
  ),
  lora: info('LoRA files that change the model: `FILE` or `FILE:WEIGHT`, or a list.'),
  embedding: info('Textual inversions, words that a file explains: `FILE` or `WORD=FILE`, or a list.'),
  include: info('Other files with cast, places and settings: one path, or a list.'),
  reference: info('A picture that the member looks like.'),
  lips: info('Whether mouths move while somebody speaks, in a model that paints mouths.', 'no'),
  say: info('What is said in the shot: a text, `NAME: text`, or a list of these.'),
  caption: info('Words at the bottom of the picture.'),
  image: info('A picture file: shown as it is, or, with a `prompt`, painted from.'),
  strength: info('How much of `image` is painted anew, 0 to 1.', '0.8', '0.5'),
}
