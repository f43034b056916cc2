"""Trajectories of diffusers' schedulers under a fixed made-up model, for many configs, from noise and from an image."""

import hashlib
import logging
import warnings

import numpy as np
import scipy.stats
import torch
import torchsde
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    DPMSolverSDEScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)

from golden import versions, write_json

logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")
torch.set_num_threads(1)
SHAPE = (1, 4, 2, 2)
COUNT = 16
SEED = 3
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
CLASSES = {
    "ddim": DDIMScheduler,
    "pndm": PNDMScheduler,
    "euler": EulerDiscreteScheduler,
    "euler-ancestral": EulerAncestralDiscreteScheduler,
    "heun": HeunDiscreteScheduler,
    "dpmpp-2m": DPMSolverMultistepScheduler,
    "dpmpp-2m-sde": DPMSolverMultistepScheduler,
    "dpmpp-sde": DPMSolverSDEScheduler,
    "unipc": UniPCMultistepScheduler,
    "lcm": LCMScheduler,
}
# What a short name asks for beyond its class; the Brownian motion takes the picture's seed.
IMPLIED = {"dpmpp-2m-sde": {"algorithm_type": "sde-dpmsolver++"}, "dpmpp-sde": {"noise_sampler_seed": SEED}}
STOCHASTIC = ("euler-ancestral", "dpmpp-2m-sde", "lcm")
ZERO_SNR = ("ddim", "euler", "euler-ancestral", "dpmpp-2m", "dpmpp-2m-sde", "unipc", "lcm")
SIGMAS = ("euler", "heun", "dpmpp-2m", "dpmpp-2m-sde", "dpmpp-sde", "unipc")
SPACINGS = ("leading", "trailing", "linspace")
NO_SAMPLE = ("pndm", "euler-ancestral", "dpmpp-sde")
FLAGS = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas")


def model(x, timestep):
    """Smooth, bounded, and different at each element and timestep."""
    i = torch.arange(COUNT, dtype=torch.float64).reshape(SHAPE)
    return (torch.sin(1.3 * x.double() + 0.7 * i) + 0.1 * np.cos(0.01 * float(timestep))).to(torch.float32)


def configs():
    for name in CLASSES:
        predictions = [p for p in ("epsilon", "v_prediction", "sample") if p != "sample" or name not in NO_SAMPLE]
        yield name, {}, 5  # the class defaults
        for steps in (1, 2, 3, 20, 50):
            if steps < 4 and name == "pndm":
                continue  # diffusers fails: Runge-Kutta's warm-up takes four steps
            if steps == 1 and name == "dpmpp-sde":
                continue  # diffusers fails: the Brownian motion would run over an empty interval
            yield name, {**SD, "steps_offset": 1}, steps
        for spacing in SPACINGS:
            for prediction in predictions:
                yield name, {**SD, "timestep_spacing": spacing, "prediction_type": prediction, "clip_sample": False}, 7
        yield name, {**SD, "beta_schedule": "linear"}, 6
        yield name, {**SD, "beta_schedule": "squaredcos_cap_v2"}, 6
        yield name, {**SD, "num_train_timesteps": 100, "timestep_spacing": "trailing"}, 4
        betas = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08]
        yield name, {**SD, "num_train_timesteps": 8, "original_inference_steps": 8, "trained_betas": betas}, 4
        for prediction in predictions if name in ZERO_SNR else ["v_prediction"]:
            if name in ("ddim", "lcm") and prediction == "epsilon":
                continue  # nothing to divide by at zero SNR
            yield name, {**SD, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": prediction, "clip_sample": False}, 8
    for name in SIGMAS:
        for flag in FLAGS:
            for spacing in SPACINGS:
                yield name, {**SD, flag: True, "timestep_spacing": spacing}, 8
            yield name, {**SD, flag: True, "prediction_type": "v_prediction"}, 20
            yield name, {**SD, flag: True, "beta_schedule": "squaredcos_cap_v2"}, 5
            if name != "dpmpp-sde":
                yield name, {**SD, flag: True}, 1
        if name not in ("heun", "dpmpp-sde"):
            yield name, {**SD, "final_sigmas_type": "sigma_min"}, 6
            yield name, {**SD, "final_sigmas_type": "sigma_min", "use_karras_sigmas": True}, 6
    for name in ("euler", "unipc", "dpmpp-2m"):
        yield name, {**SD, "use_karras_sigmas": True, "sigma_min": 0.1, "sigma_max": 9.5}, 6
    for name in ("ddim", "heun", "lcm"):
        yield name, {**SD, "clip_sample": True, "clip_sample_range": 0.6}, 6
    for name in ("ddim", "dpmpp-2m", "unipc", "lcm"):
        yield name, {**SD, "thresholding": True, "sample_max_value": 1.6, "clip_sample": False}, 6
        yield name, {**SD, "thresholding": True, "dynamic_thresholding_ratio": 0.7, "sample_max_value": 3}, 6
        yield name, {**SD, "thresholding": True, "dynamic_thresholding_ratio": 0.68, "sample_max_value": 3}, 6
    for steps in (14, 15):
        yield "DPMSolverMultistepScheduler", {**SD, "solver_order": 3, "final_sigmas_type": "sigma_min"}, steps
    for name in ("ddim", "lcm"):
        yield name, {**SD, "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}, 6
    for steps in (1, 2, 3, 4, 5, 20, 50):
        for prediction in ("epsilon", "v_prediction"):
            yield "pndm", {**SD, "skip_prk_steps": True, "steps_offset": 1, "prediction_type": prediction}, steps
    for spacing in ("trailing", "linspace"):
        yield "pndm", {**SD, "skip_prk_steps": True, "timestep_spacing": spacing}, 9
    yield "pndm", {**SD, "skip_prk_steps": True, "set_alpha_to_one": True}, 6
    yield "heun", {**SD, "beta_schedule": "exp"}, 6
    yield "euler", {**SD, "prediction_type": "original_sample"}, 6
    for kind in ("dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver"):
        for order in (1, 2, 3):
            for solver in ("midpoint", "heun"):
                if kind == "sde-dpmsolver" and order == 3:
                    continue  # diffusers has none
                final = "zero" if kind.endswith("++") else "sigma_min"
                name = "DPMSolverMultistepScheduler"
                solved = {**SD, "algorithm_type": kind, "solver_order": order, "solver_type": solver, "final_sigmas_type": final}
                yield name, solved, 7
                yield name, {**solved, "prediction_type": "v_prediction"}, 17
    yield "DPMSolverMultistepScheduler", {**SD, "algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min", "prediction_type": "sample", "thresholding": True, "sample_max_value": 2}, 6
    yield "DPMSolverMultistepScheduler", {**SD, "algorithm_type": "deis", "solver_type": "logrho", "final_sigmas_type": "sigma_min"}, 6
    for name in ("dpmpp-2m", "dpmpp-2m-sde"):
        yield name, {**SD, "use_lu_lambdas": True}, 8
        yield name, {**SD, "lower_order_final": False, "final_sigmas_type": "sigma_min"}, 6
        yield name, {**SD, "euler_at_final": True, "final_sigmas_type": "sigma_min"}, 20
    for spacing in SPACINGS:
        yield "dpmpp-2m", {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1, "timestep_spacing": spacing}, 6
    for order in (1, 2, 3, 4):
        for solver in ("bh1", "bh2"):
            # At a last sigma of zero bh1 multiplies infinity by zero in diffusers.
            final = {"final_sigmas_type": "sigma_min"} if solver == "bh1" else {}
            yield "unipc", {**SD, "solver_order": order, "solver_type": solver, **final}, 7
            yield "unipc", {**SD, "solver_order": order, "solver_type": solver, "predict_x0": False, "final_sigmas_type": "sigma_min", "prediction_type": "v_prediction"}, 9
    yield "unipc", {**SD, "predict_x0": False, "final_sigmas_type": "sigma_min", "prediction_type": "sample"}, 6
    yield "unipc", {**SD, "disable_corrector": [0, 3], "solver_type": "midpoint"}, 8
    yield "unipc", {**SD, "lower_order_final": False, "final_sigmas_type": "sigma_min"}, 8
    yield "lcm", {**SD, "original_inference_steps": 20, "timestep_scaling": 4}, 4


def create(name, config, steps):
    kind = CLASSES.get(name, DPMSolverMultistepScheduler)
    scheduler = kind.from_config({"_class_name": kind.__name__, **config, **IMPLIED.get(name, {})})
    scheduler.set_timesteps(steps)
    if steps > 1 and name != "pndm" and scheduler.timesteps[0] == scheduler.timesteps[1]:
        scheduler.set_begin_index(0)  # without it diffusers looks the timestep up, starts at the second, and fails
    return scheduler


def draws(name, scheduler):
    return name in STOCHASTIC or str(scheduler.config.get("algorithm_type", "")).startswith("sde")


def walk(name, scheduler, x, timesteps, generator):
    extra = {"generator": generator} if draws(name, scheduler) else {}
    rows = []
    for t in timesteps:
        scaled = scheduler.scale_model_input(x, t)
        x = scheduler.step(model(scaled, t), t, x, **extra).prev_sample
        assert torch.isfinite(x).all(), (name, dict(scheduler.config))
        rows.append([float(f"{v:.8g}") for v in x.flatten().tolist()])
    # The first is kept because errors of its coefficients fade, the last because it collects all others.
    return [rows[0], *rows[1:][-1:]]


def from_noise(name, config, steps):
    scheduler = create(name, config, steps)
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(SHAPE, generator=generator) * scheduler.init_noise_sigma
    timesteps = scheduler.timesteps
    return {
        "name": name, "config": config, "steps": steps, "timesteps": [float(f"{t:.7g}") for t in timesteps.tolist()],
        "initNoiseSigma": float(scheduler.init_noise_sigma), "rows": walk(name, scheduler, x, timesteps, generator),
    }


def from_image(name, config, steps, strength):
    """As StableDiffusionImg2ImgPipeline does: get_timesteps, then prepare_latents."""
    scheduler = create(name, config, steps)
    generator = torch.Generator().manual_seed(SEED)
    start = max(steps - min(int(steps * strength), steps), 0) * scheduler.order
    timesteps = scheduler.timesteps[start:]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(start)
    if len(timesteps) == 0:
        return None
    original = torch.linspace(-1.5, 1.2, COUNT).reshape(SHAPE)
    noise = torch.randn(SHAPE, generator=generator)
    x = scheduler.add_noise(original, noise, timesteps[:1])
    return {
        "name": name, "config": config, "steps": steps, "strength": strength, "start": start, "calls": len(timesteps),
        "noisy": [float(f"{v:.8g}") for v in x.flatten().tolist()], "rows": walk(name, scheduler, x, timesteps, generator),
    }


def image_cases():
    for name in CLASSES:
        config = {**SD, "steps_offset": 1, "clip_sample": False}
        for steps, strength in ((4, 0.5), (5, 0.99), (10, 0.35), (20, 0.75), (7, 1.0)):
            yield from_image(name, config, steps, strength)
        for flag in FLAGS:
            if name in SIGMAS:
                yield from_image(name, {**config, flag: True}, 9, 0.6)
    for steps, strength in ((4, 0.5), (5, 0.99), (20, 0.75), (7, 1.0), (3, 0.4)):
        yield from_image("pndm", {**SD, "steps_offset": 1, "skip_prk_steps": True}, steps, strength)
    yield from_image("unipc", {**SD, "solver_order": 3}, 12, 0.5)


def all_timesteps():
    """A digest of the timesteps of every number of steps, as float32, for the spacings that round."""
    digests = []
    for name in ("ddim", "pndm", "euler", "dpmpp-2m", "unipc", "lcm"):
        for spacing in SPACINGS:
            config = {**SD, "timestep_spacing": spacing, "steps_offset": 1}
            scheduler = create(name, config, 4)
            hashed = hashlib.sha256()
            for steps in range(4, 51 if name == "lcm" else 999):
                scheduler.set_timesteps(steps)
                hashed.update(scheduler.timesteps.numpy().astype("<f4").tobytes())
            digests.append({"name": name, "config": config, "digest": hashed.hexdigest()})
    return digests


def brownian():
    """Increments of torchsde's motion as diffusers sets it up, and the seeds and quantiles below the noise levels."""
    cases = []
    for seed, start, end in ((0, 0.029167, 14.614647), (7, 0.0291674, 157.40714), (2**32 + 5, 0.1, 20291.25), (2**63, 0.5, 2.5)):
        motion = torchsde.BrownianInterval(t0=start, t1=end, size=(COUNT,), dtype=torch.float32, device="cpu", entropy=seed, tol=1e-6, pool_size=24, halfway_tree=True)
        times = np.exp(np.linspace(np.log(start), np.log(end), 6))
        for a, b in zip(times, times[1:]):
            cases.append({"seed": str(seed), "start": start, "end": end, "from": a, "to": b, "increment": [float(f"{v:.8g}") for v in motion(a, b).tolist()]})
    seeds = [
        {"entropy": str(entropy), "spawnKey": key, "poolSize": size, "words": np.random.SeedSequence(entropy, spawn_key=key, pool_size=size).generate_state(5).tolist()}
        for entropy in (0, 7, 2**32, 2**64 - 1) for key in ((), (0, 0), (12345, 17)) for size in (4, 24)
    ]
    quantiles = [[p, scipy.stats.beta.ppf(p, 0.6, 0.6)] for p in (0, 1e-9, 0.001, 0.02, 0.25, 1 / 3, 0.5, 0.77, 0.98, 0.9999, 1)]
    return {"increments": cases, "seeds": seeds, "betaQuantiles": quantiles}


if __name__ == "__main__":
    write_json("brownian.json", {"versions": versions("numpy", "scipy", "torch", "torchsde"), **brownian()})
    table = DDIMScheduler(**SD).alphas_cumprod
    zero = DDIMScheduler(**SD, rescale_betas_zero_snr=True).alphas_cumprod
    write_json("schedulers.json", {
        "versions": versions("diffusers", "torch", "numpy", "scipy", "torchsde"), "seed": SEED,
        "noise": torch.randn(SHAPE, generator=torch.Generator().manual_seed(SEED)).flatten().tolist(),
        "alphasCumprod": table[::37].tolist(), "alphasCumprodZeroSnr": [*zero[::37].tolist(), zero[-1].item()],
        "fromNoise": [from_noise(*case) for case in configs()],
        "fromImage": [case for case in image_cases() if case is not None],
        "allTimesteps": all_timesteps(),
    })
