// Models that are known to be worth getting. Sizes are of the files that are taken, in bytes, rounded.

import { nearest } from '../diagnostic/suggest.js'
import type { Family } from './model.js'

export type CatalogueEntry = {
  name: string
  repo: string
  /** A branch, where a model's ONNX files aren't on main. */
  revision: string
  /** Or what it is instead of a model. */
  family: Family | 'preview'
  /** As its card names it. */
  licence: string
  bytes: number
  note: string
}

export const FAMILY_TITLES: Record<CatalogueEntry['family'], string> = {
  sd1: 'Stable Diffusion 1.x',
  sd2: 'Stable Diffusion 2.x',
  'sd-turbo': 'SD-Turbo',
  lcm: 'Latent Consistency Model',
  sdxl: 'Stable Diffusion XL',
  'sdxl-turbo': 'SDXL-Turbo',
  preview: 'decoder for drafts',
}

export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: 'sd-1.5',
    repo: 'onnx-community/stable-diffusion-v1-5-ONNX',
    revision: 'main',
    family: 'sd1',
    licence: 'creativeml-openrail-m',
    bytes: 4.3e9,
    note: 'full precision, 512x512; any device',
  },
  {
    name: 'sd-1.4',
    repo: 'CompVis/stable-diffusion-v1-4',
    revision: 'onnx',
    family: 'sd1',
    licence: 'creativeml-openrail-m',
    bytes: 5.5e9,
    note: 'full precision, 512x512; any device',
  },
  {
    name: 'lcm-dreamshaper-7',
    repo: 'SimianLuo/LCM_Dreamshaper_v7',
    revision: 'main',
    family: 'lcm',
    licence: 'mit',
    bytes: 4.3e9,
    note: 'good in 4 steps, full precision, 768x768; any device',
  },
  {
    name: 'sd-2.1-base',
    repo: 'aislamov/stable-diffusion-2-1-base-onnx',
    revision: 'cpu',
    family: 'sd2',
    licence: 'openrail++',
    bytes: 5.1e9,
    note: 'full precision, 512x512; the branch for every device, since main is fused for GPUs',
  },
  {
    name: 'sd-turbo',
    repo: 'schmuell/sd-turbo-ort-web',
    revision: 'main',
    family: 'sd-turbo',
    licence: 'stabilityai-non-commercial',
    bytes: 2.6e9,
    note: 'good in 1 step, half precision, 512x512; made for WebGPU',
  },
  {
    name: 'sdxl',
    repo: 'stabilityai/stable-diffusion-xl-base-1.0',
    revision: 'main',
    family: 'sdxl',
    licence: 'openrail++',
    bytes: 13.9e9,
    note: 'full precision, 1024x1024; any device with 16 GB and patience',
  },
  {
    name: 'sdxl-turbo',
    repo: 'tlwu/sdxl-turbo-onnxruntime',
    revision: 'main',
    family: 'sdxl-turbo',
    licence: 'sai-nc-community',
    bytes: 10e9,
    note: 'good in 1 step, fused half precision, 512x512; CUDA only',
  },
  {
    name: 'taesd',
    repo: 'deinferno/taesd-onnx',
    revision: 'main',
    family: 'preview',
    licence: 'mit',
    bytes: 5e6,
    note: 'TAESD, with which drafts of Stable Diffusion 1.x and 2.x decode in a fraction of the time',
  },
  {
    name: 'taesdxl',
    repo: 'julienkay/taesdxl',
    revision: 'main',
    family: 'preview',
    licence: 'mit',
    bytes: 5e6,
    note: 'the same for Stable Diffusion XL',
  },
]

export const findInCatalogue = (name: string): CatalogueEntry | null =>
  CATALOGUE.find((entry) => entry.name === name) ?? null

/** The name that was most likely meant, of the catalogue's and its repositories'. */
export const nearestInCatalogue = (name: string): string | null =>
  nearest(
    name,
    CATALOGUE.flatMap((entry) => [entry.name, entry.repo]),
  )
