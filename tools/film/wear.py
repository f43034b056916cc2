"""What pictures have been through before they are interpolated: compression and noise. The truth between them stays clean."""
import io

import numpy as np
import torch
from PIL import Image


def compressed(x, quality):
    """3 x h x w, 0..1, through JPEG."""
    file = io.BytesIO()
    Image.fromarray((x * 255).round().byte().permute(1, 2, 0).cpu().numpy()).save(file, 'JPEG', quality=quality, subsampling=2)
    return torch.from_numpy(np.array(Image.open(file))).to(x.device).permute(2, 0, 1).float() / 255


def pair(x0, x1, rng):
    """Both ends (B x 3 x h x w, 0..1) of each sample: a third compressed, a third noisy, by different amounts."""
    x0, x1 = x0.clone(), x1.clone()
    for i in range(len(x0)):
        kind, much = torch.rand(2, generator=rng, device=rng.device).tolist()
        if kind < .33:
            x0[i], x1[i] = (compressed(x[i], int(60 + 38 * much)) for x in (x0, x1))
        elif kind < .66:
            for x in (x0, x1):
                x[i] += torch.randn(x[i].shape, generator=rng, device=x.device) * much ** 2 * 3 / 255
    return x0.clamp(0, 1), x1.clamp(0, 1)
