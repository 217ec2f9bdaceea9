"""Which pieces of speech are of one voice: agglomerative clustering over their embeddings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""(n, dimension) embeddings."""

MOST_VECTORS = 4_000
"""Clustering needs memory that grows with the square of what it is given; so many take 64 MB."""

FEWEST_VOICES = 3
"""From so many on, the middle of all voices is something else than one of them."""


def unit(vectors: Vectors) -> Vectors:
    """The same directions, each of length 1."""
    length = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    scaled: Vectors = vectors / np.maximum(length, 1e-9)
    return scaled


def middles(
    vectors: Vectors, seconds: npt.NDArray[np.float64], groups: list[npt.NDArray[np.intp]]
) -> Vectors:
    """(n_groups, dimension) of length 1: where the vectors of each group point, by how long each is."""
    sums = np.stack([(seconds[group, None] * vectors[group]).sum(0) for group in groups])
    return unit(sums.astype(np.float32))


def smoothed(vectors: Vectors, of: npt.NDArray[np.intp], share: float) -> Vectors:
    """Each vector with a share of its neighbours' in the same track: what one breath hides, the next one tells.

    Args:
        vectors: (n, dimension) of length 1, or zeros where nothing is known; sorted by track and time.
        of: (n,) its track.
        share: of each neighbour, 0 for none.
    """
    same = (of[1:] == of[:-1])[:, None] * np.float32(share)
    mixed = vectors.copy()
    mixed[1:] += vectors[:-1] * same
    mixed[:-1] += vectors[1:] * same
    mixed[~np.any(vectors, axis=1)] = 0
    return unit(mixed)


def condensed(of: npt.NDArray[np.intp], most: int = MOST_VECTORS) -> list[npt.NDArray[np.intp]]:
    """Which vectors are clustered as one: neighbours of one track, as few as keep the groups near `most`.

    Args:
        of: (n,) the track of each vector, sorted.
        most: groups, or as many as there are tracks.
    """
    size = -(-len(of) // most)
    borders = np.flatnonzero(np.diff(of)) + 1
    return [
        part
        for members in np.split(np.arange(len(of)), borders)
        for part in np.array_split(members, -(-len(members) // size))
    ]


def clusters(
    vectors: Vectors,
    seconds: npt.NDArray[np.float64],
    *,
    threshold: float,
    smallest_s: float,
    least: int | None,
    most: int | None,
) -> npt.NDArray[np.intp]:
    """(n,) the voice of each vector, from 0.

    Args:
        vectors: (n, dimension) of length 1, n ≥ 1.
        seconds: (n,) of speech that each stands for.
        threshold: distance of centroids, 0..2, above which two voices are two.
        smallest_s: seconds that a voice has to speak to be one; what falls short goes to the nearest voice. In a
            short recording a tenth of all speech is enough.
        least: at least so many voices, where there are as many vectors.
        most: at most so many voices.

    Source:
        Centroid linkage over unit vectors and the search for the nearest count are those of pyannote.audio's
        `AgglomerativeClustering`; a voice's size is its seconds here, not how many windows it appears in.
    """
    if len(vectors) == 1:
        return np.zeros(1, dtype=np.intp)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(vectors.astype(np.float64), method="centroid")
    enough = min(smallest_s, 0.1 * float(seconds.sum()))
    labels = fcluster(tree, threshold, criterion="distance") - 1
    large = _large(labels, seconds, enough)
    wanted = max(len(large), least or 1)
    wanted = min(wanted, most or wanted, len(vectors))
    if wanted != max(1, len(large)):
        labels, large = _cut(tree, seconds, threshold, enough, wanted)
    if not len(large):
        large = np.array([int(np.argmax(np.bincount(labels, weights=seconds)))])
    centroids = middles(vectors, seconds, [np.flatnonzero(labels == k) for k in large])
    nearest: npt.NDArray[np.intp] = np.argmax(vectors @ centroids.T, axis=1)
    for number, k in enumerate(large):
        nearest[labels == k] = number
    return nearest


def _large(
    labels: npt.NDArray[np.intp], seconds: npt.NDArray[np.float64], enough: float
) -> npt.NDArray[np.intp]:
    found: npt.NDArray[np.intp] = np.flatnonzero(np.bincount(labels, weights=seconds) >= enough)
    return found


def _cut(
    tree: npt.NDArray[np.float64],
    seconds: npt.NDArray[np.float64],
    threshold: float,
    enough: float,
    wanted: int,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Labels with exactly `wanted` voices, from the cut of the tree that is nearest to the threshold."""
    from scipy.cluster.hierarchy import fcluster

    order = np.copy(tree)
    order[:, 2] = np.arange(len(tree))
    for at in np.argsort(np.abs(tree[:, 2] - threshold), kind="stable"):
        labels = fcluster(order, at, criterion="distance") - 1
        large = _large(labels, seconds, enough)
        if len(large) == wanted:
            return labels, large
    labels = fcluster(order, len(tree) - wanted, criterion="distance") - 1
    return labels, np.arange(labels.max() + 1)


def common(
    vectors: Vectors,
    seconds: npt.NDArray[np.float64],
    of: npt.NDArray[np.intp],
    *,
    threshold: float,
    smallest_s: float,
    clear_s: float,
) -> Vectors | None:
    """(dimension,) what all voices of a recording share: its room, its noise, its microphone; None where few speak.

    Without it voices lie apart as far in a noisy recording as in a clear one. It can only be told from the voices
    themselves where there are at least `FEWEST_VOICES`.

    Args:
        vectors: (n, dimension) of length 1, or zeros where nothing is known; sorted by track and time.
        seconds: (n,) of speech that each stands for.
        of: (n,) its track.
        threshold: see `clusters`; low, so that a group is hardly ever of two voices.
        smallest_s: seconds that a group has to speak to count.
        clear_s: seconds from which a piece counts.
    """
    clear = np.flatnonzero(np.any(vectors, axis=1) & (seconds >= clear_s))
    if len(clear) < FEWEST_VOICES:
        return None
    condensed_vectors, weights = _condensed(vectors, seconds, of, clear)
    if len(condensed_vectors) < FEWEST_VOICES:
        return None
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(condensed_vectors.astype(np.float64), method="centroid")
    labels = fcluster(tree, threshold, criterion="distance") - 1
    large = _large(labels, weights, smallest_s)
    if len(large) < FEWEST_VOICES:
        return None
    shared: Vectors = middles(condensed_vectors, weights, [np.flatnonzero(labels == k) for k in large]).mean(
        0
    )
    return shared


def without(vectors: Vectors, shared: Vectors) -> Vectors:
    """The same vectors less what all have in common, each of length 1 again; zeros stay."""
    known = np.any(vectors, axis=1)
    apart = np.zeros_like(vectors)
    apart[known] = unit(vectors[known] - shared)
    return apart


def _condensed(
    vectors: Vectors, seconds: npt.NDArray[np.float64], of: npt.NDArray[np.intp], clear: npt.NDArray[np.intp]
) -> tuple[Vectors, npt.NDArray[np.float64]]:
    """(n_groups, dimension) and (n_groups,) seconds: what is clustered."""
    groups = [clear[group] for group in condensed(of[clear])]
    return middles(vectors, seconds, groups), np.array([seconds[group].sum() for group in groups])


def found(
    vectors: Vectors,
    seconds: npt.NDArray[np.float64],
    of: npt.NDArray[np.intp],
    *,
    threshold: float,
    smallest_s: float,
    clear_s: float,
    least: int | None,
    most: int | None,
) -> Vectors:
    """(n_voices, dimension) the middle of every voice, at least one.

    Args:
        vectors: (n, dimension) of length 1, or zeros where nothing is known; sorted by track and time.
        seconds: (n,) of speech that each stands for.
        of: (n,) its track.
        threshold: see `clusters`.
        smallest_s: see `clusters`.
        clear_s: seconds from which a piece may found a voice; only where there is none are shorter ones asked.
        least: see `clusters`.
        most: see `clusters`.
    """
    known = np.any(vectors, axis=1)
    clear = np.flatnonzero(known & (seconds >= clear_s))
    if len(clear) < (least or 1):
        clear = np.flatnonzero(known)
    if not len(clear):
        return np.zeros((1, vectors.shape[1]), dtype=np.float32)
    condensed_vectors, weights = _condensed(vectors, seconds, of, clear)
    labels = clusters(
        condensed_vectors, weights, threshold=threshold, smallest_s=smallest_s, least=least, most=most
    )
    return middles(
        condensed_vectors, weights, [np.flatnonzero(labels == k) for k in range(int(labels.max()) + 1)]
    )
