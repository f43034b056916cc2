import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEditorLink } from '../../src/preview/editor-link.js'
import { KEYS } from '../../src/script/keys.js'
import { EDITORS, runInEditor } from './editor.js'

const FILM = `title: A boat
cast:
  TOM:
    looks:
      8: a boy
      30: a man
    outfits:
      storm: in a raincoat
  FOX: an orange fox

scenes:
  - scene: EXT. HARBOUR - DAWN
    shots:
      - TOM@8 and a boat
      - prompt: TOM
        duration: 2s

  - scene: EXT. SEA - NIGHT
    shots:
      - FOX
`
const FAULTS = `titel: five faults
shots:
  - {card: 船, camra: hold}
  - prompt: a boat
    camera: pusch in
  - prompt: a boat
    duration: 3 parsecs
  - a walk: x
`
const FIVE = [
  [1, 1],
  [3, 17],
  [5, 13],
  [7, 15],
  [8, 5],
]

describe.each(EDITORS)('$name', (editor) => {
  let folder: string
  const run = (...lines: string[]) => runInEditor(editor, folder, lines)
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'storyreel-vim-'))
    writeFileSync(join(folder, 'film.reel.yaml'), FILM)
    writeFileSync(join(folder, 'faults.reel.yaml'), FAULTS)
    writeFileSync(join(folder, 'plain.yaml'), 'a: b\n')
    writeFileSync(join(folder, 'modeline.yaml'), '# vim: ft=storyreel\n- a boat\n')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.skipIf(!editor.isThere)('knows scripts by name and by modeline, and no other YAML', async () => {
    expect(
      await run(
        ...['film.reel.yaml', 'modeline.yaml', 'plain.yaml'].flatMap((file) => [
          `edit ${file}`,
          'call Put(&filetype)',
        ]),
      ),
    ).toEqual(['storyreel', 'storyreel', 'yaml'])
  })

  test.skipIf(!editor.isThere)(
    ':make fills the quickfix list at line and byte column, behind wide characters too',
    async () => {
      const entries = "call Put(map(getqflist(), '[v:val.lnum, v:val.col]'))"
      expect(
        await run('edit faults.reel.yaml', 'silent! make', entries, 'call Put(getqflist()[1].text)'),
      ).toEqual([FIVE, 'a shot has no key "camra" [shot/unknown-key]'])
      // The same with the format that vim brings along.
      const plain = await run(
        'edit faults.reel.yaml',
        'setlocal errorformat&',
        'silent! make',
        "call Put(map(filter(getqflist(), 'v:val.valid'), '[v:val.lnum, v:val.col]'))",
      )
      expect(plain).toEqual([FIVE])
    },
  )

  test.skipIf(!editor.isThere)(
    'colours keys, names, suffixes, sluglines and times, on top of YAML',
    async () => {
      const at = (line: number, part: string) => {
        const column = FILM.split('\n')[line - 1]!.indexOf(part) + 1
        return `call Put(synIDattr(synID(${line}, ${column}, 1), 'name'))`
      }
      expect(
        await run(
          'edit film.reel.yaml',
          at(1, 'title'),
          at(14, 'TOM'),
          at(14, '@8'),
          at(12, 'EXT'),
          at(16, '2s'),
          at(15, 'prompt'),
        ),
      ).toEqual([
        'storyreelKey',
        'storyreelName',
        'storyreelSuffix',
        'storyreelSlugline',
        'storyreelTime',
        'storyreelKey',
      ])
    },
  )

  test.skipIf(!editor.isThere)('moves between scenes and selects shots', async () => {
    const where = "call Put(line('.'))"
    expect(
      await run(
        'edit film.reel.yaml',
        'normal gg]]',
        where,
        'normal ]]',
        where,
        'normal [[',
        where,
        '16',
        'normal yis',
        "call Put(getreg('\"'))",
        'normal yas',
        "call Put(getreg('\"'))",
        '14',
        'normal dis',
        'call Put(getline(14))',
      ),
    ).toEqual([
      12,
      18,
      12,
      '      - prompt: TOM\n        duration: 2s\n',
      '      - prompt: TOM\n        duration: 2s\n\n',
      '      - prompt: TOM',
    ])
  })

  test.skipIf(!editor.isThere)('completes without a language server', async () => {
    const complete = (line: number, text: string) => [
      'edit! film.reel.yaml',
      `call append(${line}, '${text} ')`,
      `call cursor(${line + 1}, ${text.length + 1})`,
      'let g:start = storyreel#complete#omni(1, "")',
      `call Put(storyreel#complete#omni(0, '${text}'[g:start :]))`,
    ]
    expect(
      await run(
        ...complete(16, '        cam'),
        ...complete(16, '        camera: pa'),
        ...complete(16, '      - TOM@'),
        ...complete(16, '      - a boat and F'),
        ...complete(0, 'fp'),
        ...complete(8, '    bo'),
      ),
    ).toEqual([['camera'], ['pan left', 'pan right'], ['8', '30', 'storm'], ['FOX'], ['fps'], ['born']])
  })

  test.skipIf(!editor.isThere)(
    'tells a watch where the cursor is, and goes where its reader clicks',
    async () => {
      const lines: number[] = []
      const link = await openEditorLink({
        script: join(folder, 'film.reel.yaml'),
        onCursor: (line) => {
          lines.push(line)
          // As a click on the page does.
          if (line === 16) link.jump(19)
        },
        onAgain: () => {},
      })
      try {
        const until = (condition: string) => [
          'let g:n = 0',
          `while !(${condition}) && g:n < 100`,
          '  sleep 50m',
          '  let g:n += 1',
          'endwhile',
        ]
        const put = await run(
          'edit film.reel.yaml',
          "call Put(storyreel#link#path(expand('%:p')))",
          '16',
          'doautocmd CursorMoved',
          ...until("line('.') == 19"),
          "call Put(line('.'))",
          'call storyreel#link#close()',
        )
        expect(put).toEqual([link.path, 19])
        expect(lines).toContain(16)
      } finally {
        await link.close()
      }
    },
  )

  test.skipIf(!editor.isThere)(
    ':StoryreelShot renders the shot under the cursor; faults go to the quickfix list',
    async () => {
      const wait = [
        'let g:n = 0',
        'while !exists("g:done") && g:n < 900',
        '  sleep 100m',
        '  let g:n += 1',
        'endwhile',
      ]
      const done = await run(
        'autocmd User StoryreelShot let g:done = 1',
        'edit film.reel.yaml',
        '16',
        `StoryreelShot --set size=64x64 --set fps=4 --cache-dir ${folder}/cache`,
        ...wait,
        'call Put(len(getqflist()))',
        'unlet! g:done',
        'edit faults.reel.yaml',
        '5',
        'StoryreelShot',
        ...wait,
        "call Put(map(filter(getqflist(), 'v:val.valid'), '[v:val.lnum, v:val.col]'))",
      )
      expect(done).toEqual([0, FIVE])
      expect(existsSync(join(folder, 'film.reel.line-15.mp4'))).toBe(true)
    },
  )
})

test('the plugin knows the keys of the language', () => {
  const read = (file: string) => readFileSync(new URL(`../../editors/vim/${file}`, import.meta.url), 'utf8')
  const keys = [...new Set(Object.values(KEYS).flat())].sort()
  const coloured = /title\\\|([a-z \\|]+)\\\)\\ze/.exec(read('syntax/storyreel.vim'))![1]!.split('\\|')
  expect(['title', ...coloured].sort()).toEqual(keys)
  const lists = [
    ...read('autoload/storyreel/complete.vim').matchAll(
      /^let s:(?:film|settings|scene|shot|camera|cue|member) = \[(.*)\]/gm,
    ),
  ]
  const completed = lists.flatMap(([, list]) => list!.split(', ').map((key) => key.slice(1, -1)))
  expect([...new Set(completed)].sort()).toEqual(keys)
})
