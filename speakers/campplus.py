"""CAM++, the speaker embedding of the offline bundle: the network that its published weights fit.

Source:
    Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware Masking",
    Interspeech 2023. The names of the parameters are those of the 3D-Speaker toolkit (Apache-2.0), whose
    checkpoint `campplus_cn_en_common.pt` is loaded into it, strictly.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

_MEL_BINS = 80
_EMBEDDING_SIZE = 192
_GROWTH = 32
_POOLED_FRAMES = 100


def _normalised(channels: int, *, relu: bool, affine: bool = True) -> nn.Sequential:
    layers: list[tuple[str, nn.Module]] = [("batchnorm", nn.BatchNorm1d(channels, affine=affine))]
    if relu:
        layers.append(("relu", nn.ReLU(inplace=True)))
    return nn.Sequential(OrderedDict(layers))


class _Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut; `stride` shortens the frequency axis only."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, stride=(stride, 1), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, channels, 1, stride=(stride, 1), bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        inner = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x)))))
        return functional.relu(inner + self.shortcut(x))


class _Head(nn.Module):
    """(batch, 80, frames) to (batch, 320, frames): a small 2-D residual network over frequency."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.layer2 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.out_channels = channels * (_MEL_BINS // 8)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.bn1(self.conv1(x.unsqueeze(1))))
        x = functional.relu(self.bn2(self.conv2(self.layer2(self.layer1(x)))))
        return x.flatten(1, 2)


class _ContextMask(nn.Module):
    """Weights each channel by what the whole and the surrounding second sound like."""

    def __init__(self, channels: int, out_channels: int, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(
            channels, out_channels, 3, padding=dilation, dilation=dilation, bias=False
        )
        self.linear1 = nn.Conv1d(channels, channels // 2, 1)
        self.linear2 = nn.Conv1d(channels // 2, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        pooled = functional.avg_pool1d(x, _POOLED_FRAMES, _POOLED_FRAMES, ceil_mode=True)
        context = functional.relu(self.linear1(x.mean(-1, keepdim=True) + pooled))
        # Every frame of a second has the same mask, so it is computed once for the second.
        mask = torch.sigmoid(self.linear2(context))
        if mask.shape[-1] > 1:
            mask = mask.repeat_interleave(_POOLED_FRAMES, dim=-1)[..., : x.shape[-1]]
        return cast("Tensor", self.linear_local(x) * mask)


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _normalised(channels, relu=True)
        self.linear1 = nn.Conv1d(channels, 4 * _GROWTH, 1, bias=False)
        self.nonlinear2 = _normalised(4 * _GROWTH, relu=True)
        self.cam_layer = _ContextMask(4 * _GROWTH, _GROWTH, dilation)

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x)))))


class _DenseBlock(nn.Module):
    """Layers whose outputs are all kept beside their input."""

    def __init__(self, layers: int, channels: int, dilation: int) -> None:
        super().__init__()
        for index in range(layers):
            self.add_module(f"tdnnd{index + 1}", _DenseLayer(channels + index * _GROWTH, dilation))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.children():
            x = torch.cat([x, layer(x)], dim=1)
        return x


class _Projection(nn.Module):
    """A 1x1 convolution with a batch norm before it (`first`) or after it."""

    def __init__(self, channels: int, out_channels: int, *, first: bool) -> None:
        super().__init__()
        self.first = first
        self.nonlinear = (
            _normalised(channels, relu=True) if first else _normalised(out_channels, relu=False, affine=False)
        )
        self.linear = nn.Conv1d(channels, out_channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return cast(
            "Tensor", self.linear(self.nonlinear(x)) if self.first else self.nonlinear(self.linear(x))
        )


class _Convolution(nn.Module):
    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, out_channels, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _normalised(out_channels, relu=True)

    def forward(self, x: Tensor) -> Tensor:
        return cast("Tensor", self.nonlinear(self.linear(x)))


class CamPlusPlus(nn.Module):
    """Speech features to a voice embedding.

    Call it with (batch, frames, 80) mean-normalised log mel features of 16 kHz sound, at least 20 frames;
    it gives (batch, 192), not normalised.
    """

    def __init__(self) -> None:
        super().__init__()
        self.head = _Head()
        channels = 128
        stages: list[tuple[str, nn.Module]] = [("tdnn", _Convolution(self.head.out_channels, channels))]
        for number, (layers, dilation) in enumerate(((12, 1), (24, 2), (16, 2)), start=1):
            stages.append((f"block{number}", _DenseBlock(layers, channels, dilation)))
            channels += layers * _GROWTH
            stages.append((f"transit{number}", _Projection(channels, channels // 2, first=True)))
            channels //= 2
        stages.append(("out_nonlinear", _normalised(channels, relu=True)))
        self.xvector = nn.Sequential(OrderedDict(stages))
        self.xvector.add_module("dense", _Projection(2 * channels, _EMBEDDING_SIZE, first=False))

    def forward(self, features: Tensor) -> Tensor:
        """Embed one batch; see the class for shapes."""
        x = self.head(features.transpose(1, 2))
        for name, stage in self.xvector.named_children():
            if name != "dense":
                x = stage(x)
        pooled = torch.cat([x.mean(-1), x.std(-1, unbiased=True)], dim=-1)
        return cast("Tensor", self.xvector.get_submodule("dense")(pooled.unsqueeze(-1)).squeeze(-1))


def load(weights: Path) -> CamPlusPlus:
    """The network with its published weights, ready to be called.

    Args:
        weights: `campplus_cn_en_common.pt`; read as plain tensors, nothing in it is executed.
    """
    network = CamPlusPlus()
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True), strict=True)
    return network.eval()


def fused(network: CamPlusPlus) -> CamPlusPlus:
    """The same network with each normalisation that follows a convolution folded into it: same result, less work.

    Args:
        network: in evaluation mode; it is changed.
    """
    for module in list(network.modules()):
        if isinstance(module, (_Head, _Residual)):
            for convolution, norm in (("conv1", "bn1"), ("conv2", "bn2")):
                _fold(module, convolution, module, norm)
        if isinstance(module, _Residual) and len(module.shortcut):
            _fold(module.shortcut, "0", module.shortcut, "1")
        if isinstance(module, _DenseLayer):
            _fold(module, "linear1", module.nonlinear2, "batchnorm")
        if isinstance(module, _Convolution):
            _fold(module, "linear", module.nonlinear, "batchnorm")
    network.head.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's types lack it
    return network


def _fold(holder: nn.Module, convolution: str, normed: nn.Module, norm: str) -> None:
    pair = getattr(holder, convolution), getattr(normed, norm)
    setattr(holder, convolution, fuse_conv_bn_eval(*pair))
    setattr(normed, norm, nn.Identity())


_WINDOW = 400
_SHIFT = 160
_FFT = 512


class Voices:
    """Embeds stretches of sound by the voice in them.

    Args:
        weights: see `load`.
        device: "cpu" or "cuda"; features are taken there as well.
    """

    dimension = _EMBEDDING_SIZE

    def __init__(self, weights: Path, device: str = "cpu") -> None:
        from torchaudio.compliance import kaldi

        self._device = torch.device(device)
        self._network = fused(load(weights)).to(self._device)
        banks, _ = kaldi.get_mel_banks(_MEL_BINS, _FFT, 16_000.0, 20.0, 0.0, 100.0, -500.0, 1.0)
        self._banks = functional.pad(banks, (0, 1)).T.contiguous().to(self._device)
        self._window = torch.hann_window(_WINDOW, periodic=False).pow(0.85).to(self._device)

    def features(self, stretches: list[npt.NDArray[np.float32]]) -> Tensor:
        """(frames, 80) log mel features of stretches in a row, without any that lies across two of them.

        Args:
            stretches: each (n_samples,) at 16 kHz; one of under 25 ms gives nothing.

        Source:
            Kaldi's `fbank` with its defaults and no dither, as torchaudio computes it.
        """
        framed = [torch.from_numpy(s).unfold(0, _WINDOW, _SHIFT) for s in stretches if len(s) >= _WINDOW]
        if not framed:
            return torch.zeros(0, _MEL_BINS, device=self._device)
        x = torch.cat(framed).to(self._device)
        x = x - x.mean(1, keepdim=True)
        x = (x - 0.97 * functional.pad(x, (1, 0), mode="replicate")[:, :-1]) * self._window
        power = torch.fft.rfft(x, _FFT).abs().square()
        features: Tensor = (power @ self._banks).clamp_min(torch.finfo(torch.float32).eps).log()
        return features

    def frames(self, lengths: list[int]) -> int:
        """Frames of features that stretches of so many samples have."""
        return sum(1 + (length - _WINDOW) // _SHIFT for length in lengths if length >= _WINDOW)

    def embed(self, features: list[Tensor]) -> npt.NDArray[np.float32]:
        """(batch, 192) embeddings of (frames, 80) features, all of the same length."""
        with torch.inference_mode():
            x = torch.stack(features)
            embeddings: npt.NDArray[np.float32] = self._network(x - x.mean(1, keepdim=True)).cpu().numpy()
        return embeddings
