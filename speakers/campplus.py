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

import torch
from torch import Tensor, nn
from torch.nn import functional

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
        nearby = pooled.repeat_interleave(_POOLED_FRAMES, dim=-1)[..., : x.shape[-1]]
        context = functional.relu(self.linear1(x.mean(-1, keepdim=True) + nearby))
        return cast("Tensor", self.linear_local(x) * torch.sigmoid(self.linear2(context)))


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
