"""How much better a name of two syllables that is not spelt so explains a stretch than words do.

Of two syllables little is left once one is misheard, so the weights are not chosen by hand: `bench/mention_weights.py`
fits them, by logistic regression, to what the model in use wrote for invented names of the development split, set into
published transcripts, and to what sounds like such names in these transcripts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from redaction.forms import Form
from redaction.syllable import Likeness, heard_as
from speakers.lexicon import frequency

_PREFIXES = "小阿"
_ODD_NATS, _MOST_NATS = 14.0, 20.0
"""From here on it speaks less, and no more, for a name that a stretch is no words."""

WEIGHTS: Mapping[str, float] = {
    "gain": 0.74,
    "odd": 0.26,
    "misheard": -0.86,
    "far": 2.46,
    "coined": 1.15,
    "阿": 1.83,
    "prefix misheard": 1.65,
    "cue": 0.85,
}
"""Of each feature; in nats, but for the yes and no of `far`, `coined` and the prefixes."""

_PRIOR_NATS = -9.9
"""How unlikely it is that a stretch that sounds a little like a name is that name."""

LEAST_NATS, SURE_NATS = -2.1, -0.4
"""What is asked of one at all, by the false forms an hour that it brings, and what makes it sure enough."""


def weighs(form: Form) -> bool:
    """Whether a form is one of those that were fitted: two syllables, written down or called after the given name."""
    return len(form.tokens) == 2 and form.rule in {"", "given-name", "nickname"}


def features(form: Form, tokens: Sequence[str], misheard: float, gain: float, cue: float) -> dict[str, float]:
    """What speaks for a name and against it, each as a number.

    Args:
        form: of two syllables.
        tokens: (2,) what stands there.
        misheard: nats that it costs to have misheard each syllable, and to read over signs between them.
        gain: of the stretch, in the lattice of words.
        cue: what the words around it are worth.
    """
    first, second = (heard_as(said, token)[1] for said, token in zip(form.tokens, tokens, strict=True))
    prefixed = form.tokens[0] in _PREFIXES
    return {
        "gain": min(gain, _ODD_NATS),
        "odd": min(max(gain - _ODD_NATS, 0.0), _MOST_NATS - _ODD_NATS),
        "misheard": misheard,
        "far": Likeness.FAR in {first, second},
        "coined": not prefixed and not frequency("".join(form.tokens)),
        "阿": tokens[0] == "阿" == form.tokens[0],
        "prefix misheard": prefixed and first < Likeness.SAME,
        "cue": cue,
    }


def fitted(known: Mapping[str, float]) -> float:
    """How much more likely the name is than words, in nats, all that is known taken together."""
    return _PRIOR_NATS + sum(WEIGHTS[name] * value for name, value in known.items())
