"""Full trajectories of diffusers' schedulers under a fixed made-up model, for many configs."""

import numpy as np
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler

from golden import versions, write_json

COUNT = 12
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
CLASSES = {"ddim": DDIMScheduler, "euler": EulerDiscreteScheduler, "dpmpp-2m": DPMSolverMultistepScheduler}


def model(x, timestep):
    """Smooth, bounded, and different at each element and timestep."""
    i = torch.arange(COUNT, dtype=torch.float64)
    return (torch.sin(1.3 * x.double() + 0.7 * i) + 0.1 * np.cos(0.01 * float(timestep))).to(torch.float32)


def configs():
    for spacing in ("leading", "trailing", "linspace"):
        for prediction in ("epsilon", "v_prediction", "sample"):
            common = {**SD, "timestep_spacing": spacing, "prediction_type": prediction}
            yield "ddim", {**common, "clip_sample": False}, 7
            yield "euler", common, 7
            yield "dpmpp-2m", common, 7
    for name in CLASSES:
        yield name, {}, 5  # the class defaults
        yield name, SD, 1
        yield name, SD, 30
        yield name, {**SD, "steps_offset": 1, "timestep_spacing": "leading"}, 9
        yield name, {**SD, "beta_schedule": "linear"}, 6
        yield name, {**SD, "beta_schedule": "squaredcos_cap_v2"}, 6
        yield name, {**SD, "num_train_timesteps": 100, "timestep_spacing": "trailing"}, 3
        yield name, {**SD, "num_train_timesteps": 8, "trained_betas": [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08]}, 3
        for prediction in ("v_prediction", "sample"):
            zero = {**SD, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": prediction}
            yield name, {**zero, "clip_sample": False} if name == "ddim" else zero, 8
    yield "ddim", {**SD, "clip_sample": True, "clip_sample_range": 0.6}, 6
    yield "ddim", {**SD, "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}, 6
    yield "euler", {**SD, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}, 6
    for name in ("euler", "dpmpp-2m"):
        for spacing in ("leading", "trailing", "linspace"):
            yield name, {**SD, "use_karras_sigmas": True, "timestep_spacing": spacing}, 8
        yield name, {**SD, "final_sigmas_type": "sigma_min"}, 6
        yield name, {**SD, "use_karras_sigmas": True, "prediction_type": "v_prediction"}, 20
    yield "dpmpp-2m", {**SD, "lower_order_final": False, "final_sigmas_type": "sigma_min"}, 6
    yield "dpmpp-2m", {**SD, "euler_at_final": True, "final_sigmas_type": "sigma_min"}, 20
    yield "dpmpp-2m", {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1}, 6


cases = []
for name, config, steps in configs():
    scheduler = CLASSES[name](**config)
    scheduler.set_timesteps(steps)
    noise = torch.randn(COUNT, generator=torch.Generator().manual_seed(3))
    x = noise * scheduler.init_noise_sigma
    trajectory = [x.tolist()]
    for t in scheduler.timesteps:
        scaled = scheduler.scale_model_input(x, t)
        x = scheduler.step(model(scaled, t), t, x).prev_sample
        trajectory.append(x.tolist())
    assert all(np.isfinite(row).all() for row in trajectory), (name, config)
    cases.append({
        "name": name, "config": config, "steps": steps, "timesteps": scheduler.timesteps.tolist(),
        "initNoiseSigma": float(scheduler.init_noise_sigma),
        "trajectory": [[float(f"{v:.9g}") for v in row] for row in ([trajectory[0], *trajectory[-3:]] if steps > 9 else trajectory)],
    })
table = DDIMScheduler(**SD).alphas_cumprod
zero = DDIMScheduler(**SD, rescale_betas_zero_snr=True).alphas_cumprod
write_json("schedulers.json", {
    "versions": versions("diffusers", "torch", "numpy"), "noise": noise.tolist(),
    "alphasCumprod": table[::37].tolist(), "alphasCumprodZeroSnr": [*zero[::37].tolist(), zero[-1].item()], "cases": cases,
})
