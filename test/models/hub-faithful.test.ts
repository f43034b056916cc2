// The hub of these tests, read by the hub's own client. Needs a Python with huggingface_hub: PYTHON, else python3.

import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HubServer, openHubServer } from './hub-server.js'
import { noiseBytes, tinyFilesWithWeights } from './tiny-files.js'

const python = process.env.PYTHON ?? 'python3'
const hasClient = spawnSync(python, ['-c', 'import huggingface_hub']).status === 0
const run = promisify(execFile)

describe.skipIf(!hasClient)('huggingface_hub reads the same hub', () => {
  let hub: HubServer
  let folder: string
  beforeAll(async () => {
    hub = await openHubServer()
    hub.pageSize = 5
    hub.repos['owner/tiny'] = {
      files: tinyFilesWithWeights('weights.pb', noiseBytes(3_000_000)),
      card: { license: 'mit' },
      refs: ['onnx'],
    }
    hub.repos['owner/gated'] = { files: tinyFilesWithWeights('weights.pb', noiseBytes(100)), isGated: true }
    folder = await mkdtemp(join(tmpdir(), 'storyreel-hub-'))
  })
  afterAll(async () => {
    await hub.close()
    await rm(folder, { recursive: true })
  })

  /** Lines that a Python program with the client prints. */
  const client = async (code: string, env: Record<string, string> = {}): Promise<string[]> => {
    const { stdout } = await run(python, ['-c', code], {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        HF_ENDPOINT: hub.endpoint,
        HF_HUB_DISABLE_PROGRESS_BARS: '1',
        HF_HUB_DOWNLOAD_TIMEOUT: '60',
        HF_HUB_ETAG_TIMEOUT: '60',
        ...env,
      },
    })
    return stdout.trim().split('\n')
  }

  test('a whole snapshot, byte for byte', async () => {
    const [path] = await client(
      'from huggingface_hub import snapshot_download\n' +
        'print(snapshot_download("owner/tiny", revision="onnx", max_workers=1))',
    )
    expect(path).toContain(hub.commitOf('owner/tiny'))
    for (const [name, data] of Object.entries(hub.repos['owner/tiny']!.files))
      expect((await readFile(join(path!, name))).equals(data), name).toBe(true)
  })

  test('what it says of a model and its files', async () => {
    const lines = await client(
      'from huggingface_hub import HfApi\napi = HfApi()\ni = api.model_info("owner/tiny")\n' +
        'print(i.sha, i.card_data.license)\nfor f in api.list_repo_tree("owner/tiny", recursive=True):\n' +
        '  if hasattr(f, "size"): print(f.path, f.size, f.lfs.sha256 if f.lfs else f.blob_id)',
    )
    expect(lines[0]).toBe(`${hub.commitOf('owner/tiny')} mit`)
    expect(lines).toHaveLength(1 + Object.keys(hub.repos['owner/tiny']!.files).length)
    expect(lines.find((line) => line.startsWith('unet/weights.pb'))).toMatch(/ 3000000 [0-9a-f]{64}$/)
  })

  test('its refusals', async () => {
    const refusals = (calls: string[], env = {}) =>
      client(
        `from huggingface_hub import HfApi, hf_hub_download\napi = HfApi()\nfor call in ${JSON.stringify(calls)}:\n` +
          '  try:\n    eval(call)\n    print("good")\n  except Exception as e:\n    print(type(e).__name__.removeprefix("Remote"))',
        env,
      )
    // Versions before 1 call a file that there is not by the shorter name.
    const gated = 'hf_hub_download("owner/gated", "README.md")'
    expect(
      await refusals([
        'api.model_info("owner/none")',
        'api.model_info("owner/tiny", revision="v9")',
        'hf_hub_download("owner/tiny", "none.json")',
        gated,
      ]),
    ).toEqual(['RepositoryNotFoundError', 'RevisionNotFoundError', 'EntryNotFoundError', 'GatedRepoError'])
    expect(await refusals([gated], { HF_TOKEN: hub.token })).toEqual(['good'])
  })
})
