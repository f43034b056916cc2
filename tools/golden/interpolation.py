"""Networks for in-betweens in every export layout in use, with few filters and random weights, and what PyTorch makes of two
pictures with them: FILM (F. Reda et al., "FILM: Frame Interpolation for Large Motion", ECCV 2022), one like RIFE's IFNet
(Z. Huang et al., ECCV 2022), one like IFRNet (L. Kong et al., CVPR 2022).

    python tools/golden/interpolation.py                          the golden files
    python tools/golden/interpolation.py --published FOLDER       FILM at its published size, too large to keep, into FOLDER
"""

import argparse
import math
import pathlib
import shutil

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import TensorProto, helper

from golden import GOLDEN, versions, write_json

FOLDER = GOLDEN / "interpolation"
OPSET = 17


def warp(x, flow):
    """x at (own position + flow), in pixels; beyond its edges the edge. The clamp to pixel centres makes zero padding equal to
    border padding, and is the form that onnxruntime has a fast path for."""
    h, w = x.shape[2:]
    ys = torch.arange(h, dtype=x.dtype).view(1, h, 1)
    xs = torch.arange(w, dtype=x.dtype).view(1, 1, w)
    gx = (xs + flow[:, 0]).clamp(min=0).minimum(torch.as_tensor(w - 1, dtype=x.dtype))
    gy = (ys + flow[:, 1]).clamp(min=0).minimum(torch.as_tensor(h - 1, dtype=x.dtype))
    grid = torch.stack(((gx * 2 + 1) / w - 1, (gy * 2 + 1) / h - 1), -1)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def double(x, mode="bilinear"):
    return F.interpolate(x, scale_factor=2, mode=mode, **({} if mode == "nearest" else {"align_corners": False}))


class Conv(nn.Module):
    """TensorFlow's `same` convolution: an even kernel pads right and bottom. Leaky ReLU of 0.2 unless `linear`."""

    def __init__(self, i, o, size=3, linear=False):
        super().__init__()
        self.conv = nn.Conv2d(i, o, size, padding=size // 2 if size % 2 else 0)
        self.pad = (0, size - 1, 0, size - 1) if size % 2 == 0 else None
        self.linear = linear

    def forward(self, x):
        x = self.conv(x if self.pad is None else F.pad(x, self.pad))
        return x if self.linear else F.leaky_relu(x, 0.2)


PUBLISHED = dict(levels=7, fused=5, specialized=3, sub_levels=4, flow_convs=(3, 3, 3, 3), flow_filters=(32, 64, 128, 256), filters=64)


class Film(nn.Module):
    """FILM as published (film_net-L1/VGG/Style.gin share this structure). Both directions go through the same layers as one batch
    of two, which changes no number."""

    def __init__(self, levels, fused, specialized, sub_levels, flow_convs, flow_filters, filters):
        super().__init__()
        self.levels, self.fused, self.sub_levels = levels, fused, sub_levels
        widths = [filters << s for s in range(sub_levels)]
        self.extract = nn.ModuleList(
            nn.Sequential(Conv(widths[s - 1] if s else 3, widths[s]), Conv(widths[s], widths[s])) for s in range(sub_levels))
        channels = [sum(widths[: level + 1]) for level in range(levels)]
        predictors = []
        for level in range(specialized + 1):
            i, o = 2 * channels[-1 if level == specialized else level], flow_filters[level]
            layers = [Conv(i if n == 0 else o, o) for n in range(flow_convs[level])]
            predictors.append(nn.Sequential(*layers, Conv(o, o // 2, 1), Conv(o // 2, 2, 1, linear=True)))
        self.predict = nn.ModuleList(predictors)
        joined = [2 * (3 + c) + 4 for c in channels]
        below = joined[fused - 1]
        self.fuse = nn.ModuleList()
        for level in reversed(range(fused - 1)):
            o = filters << min(level, specialized)
            self.fuse.append(nn.ModuleList([Conv(below, o, 2, linear=True), Conv(joined[level] + o, o), Conv(o, o)]))
            below = o
        self.picture = Conv(below, 3, 1, linear=True)

    def features(self, pyramid):
        """The cascade: at each level, the sub-extractor's s-th scale run from s levels further up, for every s that there is."""
        found = []
        for start, x in enumerate(pyramid):
            scales = []
            for s in range(min(self.sub_levels, self.levels - start)):
                x = self.extract[s](F.avg_pool2d(x, 2) if s else x)
                scales.append(x)
            found.append(scales)
        return [torch.cat([found[level - s][s] for s in range(min(level + 1, self.sub_levels))], 1) for level in range(self.levels)]

    def forward(self, x0, x1, time):
        """-> picture, and FILM's other outputs by name, as lists from fine to coarse."""
        pyramid = [torch.cat((x0, x1))]
        for _ in range(1, self.levels):
            pyramid.append(F.avg_pool2d(pyramid[-1], 2))
        features = self.features(pyramid)
        # Of each level's batch: [flow from the first to the second, flow from the second to the first].
        flow, residuals, flows = None, [], []
        for level in reversed(range(self.levels)):
            mine, other = features[level], features[level].flip(0)
            if flow is not None:
                flow = double(2 * flow)
                other = warp(other, flow)
            residual = self.predict[min(level, len(self.predict) - 1)](torch.cat((mine, other), 1))
            flow = residual if flow is None else residual + flow
            residuals.insert(0, residual)
            flows.insert(0, flow)
        t = time.reshape(-1, 1, 1, 1)
        share = torch.cat((t, 1 - t))
        joined, warped = [], []
        for level in range(self.fused):
            # The first picture is read along the backward flow, the second along the forward one.
            scaled = flows[level].flip(0) * share
            both = warp(torch.cat((pyramid[level], features[level]), 1), scaled)
            warped.append(both[:, :3])
            joined.append(torch.cat((both[:1], both[1:], scaled[:1], scaled[1:]), 1))
        net = joined[-1]
        for level, (resized, first, second) in zip(reversed(range(self.fused - 1)), self.fuse):
            net = second(first(torch.cat((joined[level], resized(double(net, "nearest"))), 1)))
        others = {
            "backward_flow_pyramid": [f[1:] for f in flows[: self.fused]],
            "backward_residual_flow_pyramid": [r[1:] for r in residuals],
            "forward_flow_pyramid": [f[:1] for f in flows[: self.fused]],
            "forward_residual_flow_pyramid": [r[:1] for r in residuals],
            "x0_warped": [warped[0][:1]],
            "x1_warped": [warped[0][1:]],
        }
        return self.picture(net), others


class TensorflowFilm(nn.Module):
    """The saved model: channels last, time only says how many pictures there are, and a dictionary comes out, in order of its keys:
    the picture is number 24 of 27. `nchw` is tf2onnx's --inputs-as-nchw, which leaves the outputs as they are."""

    def __init__(self, film, nchw=False):
        super().__init__()
        self.film, self.nchw = film, nchw

    def forward(self, time, x0, x1):
        first, second = (x0, x1) if self.nchw else (x0.permute(0, 3, 1, 2), x1.permute(0, 3, 1, 2))
        image, others = self.film(first, second, torch.ones_like(time) * 0.5)
        outputs = {**others, "image": [image]}
        return tuple(x.permute(0, 2, 3, 1) for key in sorted(outputs) for x in outputs[key])


class TorchFilm(nn.Module):
    """One picture out, flows scaled by the given time: what a TorchScript FILM exports to, and the form of storyreel's own."""

    def __init__(self, film):
        super().__init__()
        self.film = film

    def forward(self, x0, x1, time):
        return self.film(x0, x1, time)[0]


class Stacked(nn.Module):
    """Like RIFE 4: everything in one input. Two blocks refine flow and mask; the finer one sees the warped pictures.
    7 channels: both pictures, time; 8: and the scale of the search; 11: and x, y from -1 to 1 and 2 / (side - 1)."""

    def __init__(self, channels, width=6):
        super().__init__()
        self.channels = channels
        seen = 8 if channels == 8 else 7
        self.coarse = nn.Sequential(Conv(seen, width), Conv(width, width), Conv(width, 5, linear=True))
        self.fine = nn.Sequential(Conv(seen + 6 + 5, width), Conv(width, width), Conv(width, 5, linear=True))

    def sample(self, x, flow, stack):
        if self.channels != 11:
            return warp(x, flow)
        at = torch.cat((stack[:, 7:8] + flow[:, :1] * stack[:, 9:10], stack[:, 8:9] + flow[:, 1:2] * stack[:, 10:11]), 1)
        return F.grid_sample(x, at.permute(0, 2, 3, 1), mode="bilinear", padding_mode="border", align_corners=True)

    def forward(self, stack):
        a, b = stack[:, :3], stack[:, 3:6]
        seen = stack[:, :8] if self.channels == 8 else stack[:, :7]
        step = self.coarse(F.avg_pool2d(seen, 4))
        step = double(double(step))
        flow, mask = step[:, :4] * 4, step[:, 4:]
        warped = torch.cat((self.sample(a, flow[:, :2], stack), self.sample(b, flow[:, 2:], stack)), 1)
        step = double(self.fine(F.avg_pool2d(torch.cat((seen, warped, flow, mask), 1), 2)))
        flow, mask = flow + step[:, :4] * 2, torch.sigmoid(mask + step[:, 4:])
        return mask * self.sample(a, flow[:, :2], stack) + (1 - mask) * self.sample(b, flow[:, 2:], stack)


class Ifrnet(nn.Module):
    """Like IFRNet: time enters the coarsest decoder, features of the in-between are refined together with the flows."""

    def __init__(self, width=4):
        super().__init__()
        self.width = width
        self.encode = nn.ModuleList([Conv(3, width), Conv(width, width), Conv(width, width)])
        self.coarse = nn.Sequential(Conv(2 * width + 1, width), Conv(width, 4 + width, linear=True))
        self.middle = nn.Sequential(Conv(3 * width + 4, width), Conv(width, 4 + width, linear=True))
        self.fine = nn.Sequential(Conv(3 * width + 4, width), Conv(width, 8, linear=True))

    def forward(self, img0, img1, embt):
        mean = torch.cat((img0, img1), 2).mean((1, 2, 3), keepdim=True)
        a, b = img0 - mean, img1 - mean
        x, scales = torch.cat((a, b)), []
        for encode in self.encode:
            x = encode(F.avg_pool2d(x, 2))
            scales.append(x)
        time = embt + torch.zeros_like(x[:1, :1])
        out = self.coarse(torch.cat((x[:1], x[1:], time), 1))
        for decode, features in ((self.middle, scales[1]), (self.fine, scales[0])):
            flow, state = double(out[:, :4]) * 2, double(out[:, 4:])
            pair = [warp(features[:1], flow[:, :2]), warp(features[1:], flow[:, 2:])]
            out = decode(torch.cat((state, *pair, flow), 1))
            out = torch.cat((out[:, :4] + flow, out[:, 4:]), 1)
        out = double(out)
        mask = torch.sigmoid(out[:, 4:5])
        merged = mask * warp(a, out[:, :2] * 2) + (1 - mask) * warp(b, out[:, 2:4] * 2)
        return (merged + mean + out[:, 5:]).clamp(0, 1)


def seeded(net, seed, flow_scale):
    """Random weights that keep activations level from layer to layer; `flow_scale` sets how far the flows go."""
    generator = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, Conv):
            w = module.conv.weight
            fan = w.shape[1] * w.shape[2] * w.shape[3]
            gain = math.sqrt(1 / fan) if module.linear else math.sqrt(2 / 1.04 / fan)
            with torch.no_grad():
                w.copy_(torch.randn(w.shape, generator=generator) * gain)
                module.conv.bias.copy_(torch.randn(w.shape[0], generator=generator) * 0.02)
    with torch.no_grad():
        for last in flow_layers(net):
            last.conv.weight.mul_(flow_scale)
            last.conv.bias.mul_(flow_scale)
        if isinstance(net, Film):
            net.picture.conv.bias.fill_(0.5)
    return net.eval()


def flow_layers(net):
    if isinstance(net, Film):
        return [predictor[-1] for predictor in net.predict]
    if isinstance(net, Stacked):
        return [net.coarse[-1], net.fine[-1]]
    return [net.coarse[-1], net.middle[-1], net.fine[-1]]


def pictures(width, height):
    """Two 8-bit pictures (height x width x 3): soft waves and noise, moved by a few pixels and changed in light."""
    generator = np.random.default_rng(5)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    noise = generator.uniform(-12, 12, (height + 8, width + 8, 3))
    made = []
    for k in (0, 1):
        u, v = x - 5 * k, y - 3 * k
        waves = np.stack([np.sin(u / 7 + c) * np.cos(v / (9 + c)) * (90 - 10 * k) + 126 + 4 * c for c in range(3)], -1)
        made.append(np.clip(waves + noise[3 * k: 3 * k + height, 5 * k: 5 * k + width], 0, 255).round().astype(np.uint8))
    return made


def tensor(picture):
    return torch.from_numpy(picture.astype(np.float32) / np.float32(255)).permute(2, 0, 1)[None].contiguous()


def pad(x, multiple):
    h, w = x.shape[2:]
    return F.pad(x, (0, -w % multiple, 0, -h % multiple), mode="replicate")


def stack(channels, a, b, time):
    n, _, h, w = a.shape
    planes = [a, b, torch.full((n, 1, h, w), time)]
    if channels == 8:
        planes.append(torch.ones(n, 1, h, w))
    if channels == 11:
        planes += [torch.linspace(-1, 1, w).view(1, 1, 1, w).expand(n, 1, h, w), torch.linspace(-1, 1, h).view(1, 1, h, 1).expand(n, 1, h, w),
                   torch.full((n, 1, h, w), 2 / (w - 1)), torch.full((n, 1, h, w), 2 / (h - 1))]
    return torch.cat(planes, 1)


def export(path, net, args, inputs, outputs, axes):
    path.parent.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        torch.onnx.export(net, args, str(path), input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=OPSET, dynamo=False)
    model = onnx.load(path)
    shorten(model)
    onnx.save(model, path)


def shorten(model):
    """The exporter's names are longer than these weights."""
    graph = model.graph
    kept = {value.name for value in [*graph.input, *graph.output]}
    names = {"": ""}
    rename = lambda name: name if name in kept else names.setdefault(name, f"{len(names):x}")
    for node in graph.node:
        node.ClearField("name")
        node.ClearField("doc_string")
        node.input[:] = [rename(name) for name in node.input]
        node.output[:] = [rename(name) for name in node.output]
    for weight in graph.initializer:
        weight.name = rename(weight.name)
    del graph.value_info[:]


def half(source, path):
    """The same graph with float16 at its doors, computed in float32."""
    model = onnx.load(source)
    graph = model.graph
    before, after = [], []
    for value in graph.input:
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
        inner = f"{value.name}_wide"
        for node in graph.node:
            node.input[:] = [inner if name == value.name else name for name in node.input]
        before.append(helper.make_node("Cast", [value.name], [inner], to=TensorProto.FLOAT))
    for value in graph.output:
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
        inner = f"{value.name}_wide"
        for node in graph.node:
            node.output[:] = [inner if name == value.name else name for name in node.output]
        after.append(helper.make_node("Cast", [inner], [value.name], to=TensorProto.FLOAT16))
    nodes = [*before, *graph.node, *after]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def film_outputs(names):
    """Names of the saved model's 27 outputs: its keys with a number, or numbers alone, as tf2onnx gives them."""
    lists = {"backward_flow_pyramid": 5, "backward_residual_flow_pyramid": 7, "forward_flow_pyramid": 5,
             "forward_residual_flow_pyramid": 7, "image": 1, "x0_warped": 1, "x1_warped": 1}
    keyed = [key if count == 1 else f"{key}_{i}" for key, count in lists.items() for i in range(count)]
    return keyed if names else [f"StatefulPartitionedCall:{i}" for i in range(len(keyed))]


def layouts(film, size, folder):
    """Exports `film` in each of FILM's layouts; `size` is that of the one without dynamic sizes."""
    width, height = size
    nchw, nhwc, time = torch.rand(1, 3, 64, 128), torch.rand(1, 64, 128, 3), torch.full((1, 1), 0.5)
    fixed = torch.rand(1, 3, height, width)
    last, first = {1: "height", 2: "width"}, {2: "height", 3: "width"}
    outputs = {name: last for name in film_outputs(False)}
    export(folder / "film-nhwc.onnx", TensorflowFilm(film), (time, nhwc, nhwc), ["time", "x0", "x1"], film_outputs(False),
           {"time": {0: "batch"}, "x0": last, "x1": last, **outputs})
    export(folder / "film-nchw.onnx", TensorflowFilm(film, nchw=True), (time, nchw, nchw), ["time", "x0", "x1"], film_outputs(True),
           {"x0": first, "x1": first, **{name: last for name in film_outputs(True)}})
    export(folder / "film-fixed.onnx", TensorflowFilm(film, nchw=True), (time, fixed, fixed), ["time", "x0", "x1"], film_outputs(True), {})
    export(folder / "film-torch.onnx", TorchFilm(film), (nchw, nchw, time), ["x0", "x1", "dt"], ["output"],
           {"x0": first, "x1": first, "output": first})


def odd_graphs():
    """Small graphs without weights, for sizes, times and faults: (x0, x1, time) -> image."""
    def save(name, nodes, weights=()):
        shape = [1, 3, "height", "width"]
        graph = helper.make_graph(
            nodes, name, [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in ("x0", "x1")]
            + [helper.make_tensor_value_info("time", TensorProto.FLOAT, [1, 1])],
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "out_height", "out_width"])], list(weights))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, FOLDER / f"{name}.onnx")

    node = helper.make_node
    number = lambda name, *values: helper.make_tensor(name, TensorProto.FLOAT, [len(values)] if len(values) > 1 else [], values)
    fade = [node("Sub", ["x1", "x0"], ["step"]), node("Mul", ["step", "time"], ["part"]), node("Add", ["x0", "part"], ["faded"])]
    save("cross-fade", [*fade, node("Identity", ["faded"], ["image"])])
    save("mean", [node("Add", ["x0", "x1"], ["sum"]), node("Mul", ["sum", "half"], ["image"])], [number("half", 0.5)])
    save("half-size", [*fade, node("AveragePool", ["faded"], ["image"], kernel_shape=[2, 2], strides=[2, 2])])
    save("not-a-number", [*fade, node("Mul", ["faded", "nan"], ["image"])], [number("nan", math.nan)])
    # A root of what is left up to a mean of 0.9: white pictures are more than that, the trial's are not.
    save("sometimes-not-a-number",
         [*fade, node("ReduceMean", ["faded"], ["mean"]), node("Sub", ["limit", "mean"], ["left"]), node("Sqrt", ["left"], ["root"]),
          node("Mul", ["root", "none"], ["nothing"]), node("Add", ["faded", "nothing"], ["image"])], [number("limit", 0.9), number("none", 0.0)])
    save("multiple-of-128",
         [node("AveragePool", ["x0"], ["small"], kernel_shape=[128, 128], strides=[128, 128]),
          node("Resize", ["small", "", "scales"], ["large"], mode="nearest"), *fade, node("Mul", ["large", "none"], ["nothing"]),
          node("Add", ["faded", "nothing"], ["image"])], [number("scales", 1, 1, 128, 128), number("none", 0.0)])


def compare(path, feeds, output, expected):
    """Largest difference of onnxruntime's picture from PyTorch's."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    got = session.run([names[output] if isinstance(output, int) else output], feeds)[0]
    return float(np.abs(got - expected).max())


def golden():
    shutil.rmtree(FOLDER, ignore_errors=True)
    size, odd = (128, 64), (101, 67)
    film = seeded(Film(7, 5, 3, 4, (3, 3, 3, 3), (2, 2, 4, 4), 1), 1, 0.6)
    layouts(film, size, FOLDER)
    first = {2: "height", 3: "width"}
    a, b = torch.rand(1, 3, 64, 128), torch.full((1, 1), 0.5)
    export(FOLDER / "film-own.onnx", TorchFilm(film), (a, a, b), ["x0", "x1", "time"], ["image"],
           {"x0": first, "x1": first, "image": first})
    stacked = {channels: seeded(Stacked(channels), channels, 0.4) for channels in (7, 8, 11)}
    for channels, net in stacked.items():
        export(FOLDER / f"rife-{channels}.onnx", net, (torch.rand(1, channels, 64, 128),), ["input"], ["output"],
               {"input": {0: "batch", **first}, "output": {0: "batch", **first}})
    half(FOLDER / "rife-7.onnx", FOLDER / "rife-7-half.onnx")
    ifrnet = seeded(Ifrnet(), 3, 0.4)
    export(FOLDER / "ifrnet.onnx", ifrnet, (a, a, torch.full((1, 1, 1, 1), 0.5)), ["img0", "img1", "embt"], ["imgt_pred"],
           {"img0": first, "img1": first, "imgt_pred": first})

    odd_graphs()

    inputs, blob, cases = bytearray(), bytearray(), []
    sizes = []
    for width, height in (size, odd):
        made = pictures(width, height)
        sizes.append({"width": width, "height": height, "offset": len(inputs)})
        for picture in made:
            inputs += picture.tobytes()

    def case(graph, which, time, picture):
        crop = picture[0, :, : sizes[which]["height"], : sizes[which]["width"]].permute(1, 2, 0).contiguous().numpy()
        cases.append({"graph": graph, "size": which, "time": time, "offset": len(blob) // 4})
        blob.extend(crop.astype("<f4").tobytes())
        print(f"{graph:16} {which} t={time} mean {crop.mean():.3f} sd {crop.std():.3f} range {crop.min():.2f} {crop.max():.2f}")

    with torch.no_grad():
        x = [[pad(tensor(p), 64) for p in pictures(*s)] for s in (size, odd)]
        middle = torch.full((1, 1), 0.5)
        # The same network under all of FILM's layouts: one picture is the reference of all.
        case("film-nhwc", 0, 0.5, film(*x[0], middle)[0])
        case("film-nhwc", 1, 0.5, film(*x[1], middle)[0])
        case("film-own", 0, 0.25, film(*x[0], torch.full((1, 1), 0.25))[0])
        for channels, net in stacked.items():
            case(f"rife-{channels}", 0, 0.25, net(stack(channels, *x[0], 0.25)))
        case("rife-11", 1, 0.75, stacked[11](stack(11, *x[1], 0.75)))
        case("ifrnet", 0, 0.75, ifrnet(*x[0], torch.full((1, 1, 1, 1), 0.75)))
    (FOLDER / "inputs.rgb").write_bytes(bytes(inputs))
    (FOLDER / "outputs.f32").write_bytes(bytes(blob))
    write_json("interpolation/cases.json", {"versions": versions("torch", "onnx"), "sizes": sizes, "cases": cases})
    for path in sorted(FOLDER.iterdir()):
        print(path.name, path.stat().st_size)


def published(folder):
    width, height = 256, 192
    film = seeded(Film(**PUBLISHED), 1, 0.6)
    print("parameters", sum(p.numel() for p in film.parameters()))
    layouts(film, (width, height), folder)
    made = pictures(width, height)
    with torch.no_grad():
        reference = film(*(tensor(p) for p in made), torch.full((1, 1), 0.5))[0]
    expected = reference.numpy()
    print("picture: mean", expected.mean(), "sd", expected.std())
    first = {name: tensor(p).numpy() for name, p in zip(("x0", "x1"), made)}
    last = {name: value.transpose(0, 2, 3, 1) for name, value in first.items()}
    time = np.full((1, 1), 0.5, np.float32)
    for name, feeds, output, want in (
        ("film-nhwc", {**last, "time": time}, 24, expected.transpose(0, 2, 3, 1)),
        ("film-nchw", {**first, "time": time}, "image", expected.transpose(0, 2, 3, 1)),
        ("film-fixed", {**first, "time": time}, "image", expected.transpose(0, 2, 3, 1)),
        ("film-torch", {**first, "dt": time}, "output", expected),
    ):
        feeds = {k: v for k, v in feeds.items() if k in {i.name for i in onnx.load(folder / f"{name}.onnx", load_external_data=False).graph.input}}
        print(name, (folder / f"{name}.onnx").stat().st_size, "max difference", compare(folder / f"{name}.onnx", feeds, output, want))
    (folder / "inputs.rgb").write_bytes(b"".join(p.tobytes() for p in made))
    (folder / "outputs.f32").write_bytes(expected.transpose(0, 2, 3, 1).astype("<f4").tobytes())


parser = argparse.ArgumentParser()
parser.add_argument("--published", type=pathlib.Path, metavar="FOLDER")
arguments = parser.parse_args()
torch.set_num_threads(2)
if arguments.published:
    arguments.published.mkdir(parents=True, exist_ok=True)
    published(arguments.published)
else:
    golden()
