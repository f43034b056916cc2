import type { StillRequest } from '../render/still.js'
import {
  anyNumber,
  collect,
  deviceOption,
  pictureSize,
  safetyOption,
  seedNumber,
  shareNumber,
  wholeNumber,
} from './options.js'
import type { Verb } from './program.js'

type StillFlags = Omit<StillRequest, 'prompt'> & { json?: boolean }

export const stillVerb: Verb = (program, { signal }) => {
  program
    .command('still')
    .description('Paint one picture from a prompt')
    .argument('<prompt>', 'what to paint')
    .requiredOption('-o, --output <file>', 'the PNG file')
    .option('--model <name>', 'diffusion model: a name or a folder', 'storybook')
    .option('--seed <n>', 'seed of the noise', seedNumber, 0)
    .option('--steps <n>', "denoising steps (default: the model's)", wholeNumber)
    .option('--guidance <scale>', "guidance scale (default: the model's)", anyNumber)
    .option(
      '--scheduler <name>',
      "sampler, such as ddim, euler-ancestral or dpmpp-2m-karras (default: the model's)",
    )
    .option(
      '--lora <file[:weight]>',
      'LoRA to add to the model, such as style.safetensors:0.8; may be repeated',
      collect,
      [],
    )
    .option(
      '--embedding <[word=]file>',
      'word learned by textual inversion; its name then stands in the prompt; may be repeated',
      collect,
      [],
    )
    .option('--negative <text>', 'what not to paint', '')
    .option('--image <file>', 'paint from this picture')
    .option(
      '--strength <share>',
      'how far from the picture, 0 to 1 (default: 0.8, with a mask 1)',
      shareNumber,
    )
    .option('--mask <file>', 'paint only the light parts of this picture, keep the dark ones of --image')
    .option('--size <WxH>', "size (default: the picture's, else the model's)", pictureSize)
    .option('--draft', "fewer steps, and the model's small decoder where it has one")
    .option('--upscale', "enlarge the picture with the model's upscaler, as films do")
    .addOption(safetyOption())
    .option('--cache-dir <folder>', 'where models with LoRAs and learned words in them are kept')
    .addOption(deviceOption('where to diffuse'))
    .option('--json', 'print what was made, with timings, as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  storyreel still "a fox in a meadow, sunset" -o fox.png --seed 7\n  storyreel still "a fox" -o large.png --model ./my-model --upscale\n  storyreel still "a fox in snow" -o winter.png --image fox.png --strength 0.6 --steps 20\n  storyreel still "an owl" -o owl.png --image fox.png --mask branch.png',
    )
    .action(async (prompt: string, flags: StillFlags) => {
      const { paintStill } = await import('../render/still.js')
      const still = await paintStill({ prompt, ...flags }, signal)
      for (const warning of still.warnings) process.stderr.write(`warning: ${warning}\n`)
      process.stdout.write(flags.json ? `${JSON.stringify(still)}\n` : `${still.output}\n`)
    })
}
