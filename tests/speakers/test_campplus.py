"""The network's shapes, with weights by chance: that the published ones fit is checked when they are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from speakers import campplus


@pytest.fixture(scope="module")
def network() -> campplus.CamPlusPlus:
    torch.manual_seed(1)
    return campplus.CamPlusPlus().eval()


@pytest.mark.parametrize(("batch", "frames"), [(1, 20), (2, 99), (1, 101), (1, 301)])
def test_features_become_one_embedding_each(network: campplus.CamPlusPlus, batch: int, frames: int) -> None:
    with torch.inference_mode():
        embedding = network(torch.randn(batch, frames, 80))
    assert embedding.shape == (batch, 192)
    assert torch.isfinite(embedding).all()


def test_a_batch_is_embedded_as_one_by_one(network: campplus.CamPlusPlus) -> None:
    features = torch.randn(2, 120, 80)
    with torch.inference_mode():
        assert torch.allclose(network(features)[1], network(features[1:])[0], atol=1e-4)


def test_weights_that_do_not_fit_are_refused(network: campplus.CamPlusPlus, tmp_path: Path) -> None:
    weights = network.state_dict()
    torch.save(weights, tmp_path / "whole.pt")
    loaded = campplus.load(tmp_path / "whole.pt")
    assert not loaded.training
    weights.pop("head.conv1.weight")
    torch.save(weights, tmp_path / "half.pt")
    with pytest.raises(RuntimeError):
        campplus.load(tmp_path / "half.pt")
