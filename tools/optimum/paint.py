"""Paints with optimum's ONNX Runtime pipeline, and says what it took, as JSON: one side of bench/optimum.js.

    python tools/optimum/paint.py --model FOLDER --threads 2 --steps 8 --size 256x256 --guidance 7.5 --runs 3
"""
import argparse
import json
import time


def main():
    started = time.perf_counter()
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--model', required=True)
    parser.add_argument('--threads', type=int, required=True)
    parser.add_argument('--steps', type=int, required=True)
    parser.add_argument('--size', required=True)
    parser.add_argument('--guidance', type=float, required=True)
    parser.add_argument('--runs', type=int, default=1)
    parser.add_argument('--output', help='a PNG of the first picture')
    args = parser.parse_args()

    import numpy as np
    import onnxruntime
    import torch
    from optimum.onnxruntime import ORTDiffusionPipeline, ORTPipelineForInpainting
    from PIL import Image
    torch.set_num_threads(args.threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    with open(f'{args.model}/model_index.json') as file:
        is_inpainting = 'Inpaint' in json.load(file)['_class_name']
    kind = ORTPipelineForInpainting if is_inpainting else ORTDiffusionPipeline
    pipe = kind.from_pretrained(args.model, provider='CPUExecutionProvider', session_options=options)
    pipe.set_progress_bar_config(disable=True)
    opened = time.perf_counter()
    width, height = map(int, args.size.split('x'))
    more = {}
    if is_inpainting:
        ramp = np.linspace(0, 255, width, dtype=np.uint8)[None, :, None].repeat(height, 0).repeat(3, 2)
        mask = np.zeros((height, width), np.uint8)
        mask[height // 4:height * 3 // 4, width // 4:width * 3 // 4] = 255
        more = dict(image=Image.fromarray(ramp), mask_image=Image.fromarray(mask), strength=1.)
    pictures = []
    for run in range(args.runs):
        began = time.perf_counter()
        picture = pipe(f'a fox in a meadow, take {run}', num_inference_steps=args.steps, guidance_scale=args.guidance, width=width, height=height,
                       generator=torch.Generator().manual_seed(run), **more).images[0]
        pictures.append(1e3 * (time.perf_counter() - began))
        if args.output and run == 0:
            picture.save(args.output)
    print(json.dumps(dict(importedAndOpened=1e3 * (opened - started), pictures=pictures, onnxruntime=onnxruntime.__version__)))


if __name__ == '__main__':
    main()
