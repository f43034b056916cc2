"""Writes the model as ONNX graphs in the diffusers layout, weights stored as float16, and checks them against torch.

The new folder is filled beside the old one and moved into place file by file, so a reader never sees half a file."""
import json
import os
import shutil
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from captions import FIGURE, SCENE
from common import arguments, load
from preview import PreviewDecoder
from text import BOS_NAME, EOS_NAME, LENGTH, PARTS, WIDTH, Concepts, TextEncoder, TextModel, Tokenizer
from unet import UNet
from upscaler import Upscaler
from vae import LATENT, Decoder, Encoder

SCHEDULER = dict(num_train_timesteps=1000, beta_schedule='scaled_linear', beta_start=.00085, beta_end=.012, prediction_type='v_prediction',
                 rescale_betas_zero_snr=True, timestep_spacing='trailing', clip_sample=False, set_alpha_to_one=True)
# in single values of latents, which are up to 4: float16 weights cost up to .25
LARGEST_DIFFERENCE = 1
STORYREEL = dict(steps=1, guidance=1, size=[320, 192], sizes=[[320, 192], [256, 256], [192, 320]])


class LatentParameters(nn.Module):
    """The encoder's mean with a log-variance of next to nothing, as AutoencoderKL returns them."""

    def __init__(self, enc):
        super().__init__()
        self.enc = enc

    def forward(self, x):
        m = self.enc(x)
        return torch.cat([m, m * 0 - 12], 1)


def modules(cache, name='unet'):
    """-> tokenizer, text encoder, unet (averaged weights), decoder, encoder, scaling factor"""
    vae, text, unet = load(cache / 'vae.pt'), load(cache / 'text.pt'), load(cache / f'{name}.pt')
    tok = Tokenizer(cache / 'tokenizer')
    te, net, dec, enc = TextModel(TextEncoder(len(tok)), Concepts()), UNet(**unet['config']), Decoder(), Encoder()
    te.encoder.load_state_dict(text['encoder'])
    te.concepts.load_state_dict(text['concepts'])
    net.load_state_dict(unet['ema'])
    decoder = load(cache / 'decoder.pt')
    dec.load_state_dict((decoder or vae)['decoder'])
    enc.load_state_dict(vae['encoder'])
    return tok, te.eval(), net.eval(), dec.eval(), enc.eval(), unet['scaling_factor']


def half(path):
    """Stores large float weights as float16, cast to float32 at load: half the file, the same interface."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    m = onnx.load(path)
    new, casts = [], []
    for t in m.graph.initializer:
        if t.data_type == TensorProto.FLOAT and np.prod(t.dims) >= 256:
            new.append(numpy_helper.from_array(numpy_helper.to_array(t).astype(np.float16), t.name + '_half'))
            casts.append(helper.make_node('Cast', [t.name + '_half'], [t.name], to=TensorProto.FLOAT, name='cast_' + t.name))
        else:
            new.append(t)
    nodes = casts + list(m.graph.node)
    del m.graph.initializer[:], m.graph.node[:]
    m.graph.initializer.extend(new)
    m.graph.node.extend(nodes)
    onnx.checker.check_model(m)
    onnx.save(m, path)


def graph(module, args, folder, inputs, outputs, axes):
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(module, args, str(folder / 'model.onnx'), input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=18, dynamo=False)
    half(str(folder / 'model.onnx'))


def extras(cache):
    """Where they are trained, the preview decoder and the upscaler: folder -> network, an example, names of input and output"""
    found = {}
    if state := load(cache / 'preview.pt'):
        found['vae_decoder_preview'] = PreviewDecoder(), torch.randn(1, LATENT, 24, 40), 'latent_sample', 'sample'
        found['vae_decoder_preview'][0].load_state_dict(state['decoder'])
    if state := load(cache / 'upscaler.pt'):
        found['upscaler'] = Upscaler(**state['config']), torch.rand(1, 3, 192, 320) * 2 - 1, 'sample', 'upscaled'
        found['upscaler'][0].load_state_dict(state['upscaler'])
    return found


def write(folder, cache, name='unet', steps=1):
    from diffusers import DDIMScheduler
    tok, te, net, dec, enc, sf = modules(cache, name)
    hw = {0: 'b', 2: 'h', 3: 'w'}
    graph(te, (tok(['a man', 'a fox in the snow']),), folder / 'text_encoder', ['input_ids'], ['last_hidden_state', 'pooler_output'], {'input_ids': {0: 'b', 1: 's'}})
    graph(net, (torch.randn(2, LATENT, 24, 40), torch.tensor(999.), te(tok(['a man', 'a fox']))[0].detach()), folder / 'unet',
          ['sample', 'timestep', 'encoder_hidden_states'], ['out_sample'], {'sample': hw, 'encoder_hidden_states': {0: 'b', 1: 's'}})
    graph(dec, (torch.randn(1, LATENT, 24, 40),), folder / 'vae_decoder', ['latent_sample'], ['sample'], {'latent_sample': hw})
    graph(LatentParameters(enc), (torch.randn(1, 3, 192, 320),), folder / 'vae_encoder', ['sample'], ['latent_parameters'], {'sample': hw})
    for k, (extra, example, i, o) in extras(cache).items():
        graph(extra.eval(), (example,), folder / k, [i], [o], {i: hw})
    put = lambda path, o: ((folder / path).parent.mkdir(exist_ok=True), (folder / path).write_text(json.dumps(o, indent=2) + '\n'))
    (folder / 'tokenizer').mkdir(exist_ok=True)
    for f in ('vocab.json', 'merges.txt'):
        shutil.copy(cache / 'tokenizer' / f, folder / 'tokenizer' / f)
    special = dict(bos_token=BOS_NAME, eos_token=EOS_NAME, pad_token=EOS_NAME, unk_token=EOS_NAME)
    put('tokenizer/tokenizer_config.json', dict(tokenizer_class='CLIPTokenizer', model_max_length=LENGTH, do_lower_case=True, add_prefix_space=False, **special))
    put('tokenizer/special_tokens_map.json', special)
    put('unet/config.json', dict(_class_name='UNet2DConditionModel', sample_size=[24, 40], in_channels=LATENT, out_channels=LATENT, cross_attention_dim=WIDTH,
                                 block_out_channels=[net.config['d']], time_cond_proj_dim=None,
                                 # for `restore.py` and for whoever trains on: the network's own sizes, the values that the concept vector stands for
                                 storybook=net.config, concepts=dict(scene=SCENE, figure=FIGURE)))
    n = len(tok)
    put('text_encoder/config.json', dict(architectures=['CLIPTextModel'], model_type='clip_text_model', vocab_size=n, hidden_size=WIDTH, intermediate_size=4 * WIDTH,
                                         num_hidden_layers=3, num_attention_heads=6, max_position_embeddings=LENGTH, projection_dim=WIDTH, hidden_act='gelu',
                                         bos_token_id=n - 2, eos_token_id=n - 1, pad_token_id=n - 1))
    vae = dict(_class_name='AutoencoderKL', in_channels=3, out_channels=3, latent_channels=LATENT, block_out_channels=[24, 64, 128, 128],
               down_block_types=['DownEncoderBlock2D'] * 4, up_block_types=['UpDecoderBlock2D'] * 4, layers_per_block=1, norm_num_groups=8,
               scaling_factor=sf, sample_size=192)
    put('vae_decoder/config.json', vae)
    put('vae_encoder/config.json', vae)
    shutil.copy(Path(__file__).parent / 'world.json', folder / 'world.json')
    DDIMScheduler(**SCHEDULER).save_pretrained(folder / 'scheduler')
    put('model_index.json', dict(_class_name='StableDiffusionPipeline', _diffusers_version='0.42.1', requires_safety_checker=False, safety_checker=[None, None],
                                 feature_extractor=[None, None], scheduler=['diffusers', 'DDIMScheduler'], text_encoder=['transformers', 'CLIPTextModel'],
                                 tokenizer=['transformers', 'CLIPTokenizer'], unet=['diffusers', 'UNet2DConditionModel'], vae=['diffusers', 'AutoencoderKL'],
                                 storyreel=dict(STORYREEL, steps=steps)))


def check(folder, cache, name='unet'):
    """The ONNX graphs against torch, at sizes and lengths other than the traced ones."""
    import onnxruntime as ort
    from sheet import Onnx
    tok, te, net, dec, enc, sf = modules(cache, name)
    run = Onnx(folder)
    texts = ['an old man with a white beard in a yellow raincoat on the left, harbour, dawn', 'a fox', 'wide shot of a robot and a girl, forest, night, rain']
    worst = {}
    with torch.no_grad():
        ids = tok(texts)
        h = te(ids)[0]
        worst['concepts'] = np.abs(run.text(ids.numpy()) - h.numpy())[:, :len(PARTS)].max()       # the denoiser reads nothing else
        for w, hh in ((40, 24), (32, 32), (24, 40), (48, 28)):
            x = torch.randn(3, LATENT, hh, w)
            for t in (999., 400.):
                worst[f'unet {w}x{hh} {t:.0f}'] = np.abs(run.unet(x.numpy(), t, h.numpy()) - net(x, torch.tensor(t), h).numpy()).max()
            worst[f'decoder {w}x{hh}'] = np.abs(run.decode(x.numpy()) - dec(x / sf).numpy()).max()
        for k, (net, example, i, _) in extras(cache).items():
            x = torch.cat([example, example])[..., 8:, :]
            got, = ort.InferenceSession(str(folder / k / 'model.onnx'), providers=['CPUExecutionProvider']).run(None, {i: x.numpy()})
            worst[k] = np.abs(got - net(x).numpy()).max()
    print('largest differences, ONNX (float16 weights) - torch:', {k: round(float(v), 4) for k, v in worst.items()})
    if not max(worst.values()) < LARGEST_DIFFERENCE:
        raise SystemExit('the exported graphs are not what torch has')


def main():
    args = arguments(__doc__, out=str(Path(__file__).parents[2] / 'models/storybook'), name='unet', steps=1)
    out = Path(args.out)
    new = out.parent / (out.name + '.new')
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    write(new, args.cache, args.name, args.steps)
    check(new, args.cache, args.name)
    size = 0
    for f in sorted(new.rglob('*')):
        if f.is_file():
            size += f.stat().st_size
            to = out / f.relative_to(new)
            to.parent.mkdir(parents=True, exist_ok=True)
            os.replace(f, to)
    shutil.rmtree(new)
    print(f'{out.name}: {size / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
