"""Which engines hear a recording: built from the settings, or given by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.catalogue import catalogue_in_force
from pipeline.models import open_model
from pipeline.settings import Settings
from pipeline.trust import with_lock
from speakers.diarize import Diarizer, PyannoteDiarizer, SectionDiarizer, use_threads
from speakers.error import ModelError
from speakers.kokoro import Kokoro, Reader
from speakers.listener import Listener, WhisperListener
from speakers.offline import OfflineDiarizer
from speakers.record import digest
from speakers.transcribe import SectionTranscriber, Transcriber, WhisperTranscriber
from speakers.voiceprint import CamPlusEncoder, VoiceEncoder

SEGMENTATION = "segmentation-3.0"
EMBEDDING = "campplus-zh-en"
READING = "kokoro"


def _no_listener() -> Listener:
    raise ModelError("These engines do not listen for names.", "Use those that the settings name.")


def _no_encoder() -> VoiceEncoder:
    raise ModelError("These engines do not recognise voices.", "Use those that the settings name.")


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of a run; models are loaded when they are first needed, and not before.

    Attributes:
        transcriber: gives the transcription engine.
        diarizer: gives the diarization engine.
        transcription: what the first one is, without loading it; part of a stage's inputs.
        diarization: what the second one is.
        made_with: (name, version or digest) of each model, for the public manifest.
        encoder: gives the engine that tells an enrolled voice from others.
        encoding: what that one is.
        listener: gives the engine that hears a recording again with names in mind.
        listening: what that one is.
        in_sections: gives the transcription engine where it can read section by section; None where it cannot.
        voices_in_sections: gives the diarization engine where it can hear part by part; None where it cannot.
    """

    transcriber: Callable[[], Transcriber]
    diarizer: Callable[[], Diarizer]
    transcription: str
    diarization: str
    made_with: tuple[tuple[str, str], ...] = ()
    encoder: Callable[[], VoiceEncoder] = _no_encoder
    encoding: str = ""
    listener: Callable[[], Listener] = _no_listener
    listening: str = ""
    in_sections: Callable[[], SectionTranscriber] | None = None
    voices_in_sections: Callable[[], SectionDiarizer] | None = None


def fingerprint(name: str, directory: Path) -> str:
    """A model by the digests of its files, as the catalogue or its first arrival pinned them.

    Raises:
        ModelError: If there is no such model.
    """
    model = with_lock(catalogue_in_force(None).model(name), directory)
    return digest(name, *(f"{file.name} {file.sha256}" for file in model.files))[:16]


def device_of(wanted: str) -> tuple[str, str]:
    """CTranslate2's device and arithmetic: int8 on a CPU, half precision on a GPU.

    Raises:
        ModelError: If a GPU is wanted and there is none.
    """
    import ctranslate2

    if wanted == "cuda" and ctranslate2.get_cuda_device_count() == 0:
        raise ModelError(
            "ZHUZI_DEVICE is cuda, but no GPU can be used here.",
            "Set it to auto or cpu, or see: zhuzi doctor.",
        )
    gpu = wanted == "cuda" or (wanted == "auto" and ctranslate2.get_cuda_device_count() > 0)
    return ("cuda", "float16") if gpu else ("cpu", "int8")


def engines(settings: Settings) -> Engines:
    """The engines that the settings name.

    Raises:
        ModelError: If a model is missing, or is not the one that is pinned.
    """
    whisper = fingerprint(settings.whisper, settings.models)
    device, arithmetic = device_of(settings.device)
    offline = settings.diarization == "offline"
    voices = "+".join(fingerprint(n, settings.models) for n in (SEGMENTATION, EMBEDDING)) if offline else ""

    @cache
    def transcriber() -> WhisperTranscriber:
        folder = open_model(settings.whisper, settings.models)
        return WhisperTranscriber(
            folder, whisper, device=device, compute_type=arithmetic, threads=settings.threads
        )

    @cache
    def bundle() -> OfflineDiarizer:
        use_threads(settings.threads)
        return OfflineDiarizer(
            open_model(SEGMENTATION, settings.models) / "pytorch_model.bin",
            open_model(EMBEDDING, settings.models) / "campplus_cn_en_common.pt",
            voices,
            device=device,
        )

    def diarizer() -> Diarizer:
        return bundle() if offline else named()

    @cache
    def named() -> PyannoteDiarizer:
        use_threads(settings.threads)
        return PyannoteDiarizer.named(settings.diarization, settings.token, device=device)

    listening = WhisperListener(lambda: transcriber().whisper, whisper)
    encoding = fingerprint(EMBEDDING, settings.models)

    @cache
    def encoder() -> VoiceEncoder:
        use_threads(settings.threads)
        return CamPlusEncoder(open_model(EMBEDDING, settings.models) / "campplus_cn_en_common.pt", encoding)

    # A model that is not there stops a job before it begins, not after an hour.
    open_model(settings.whisper, settings.models)
    if offline:
        open_model(SEGMENTATION, settings.models)
        open_model(EMBEDDING, settings.models)
    return Engines(
        transcriber=transcriber,
        diarizer=diarizer,
        transcription=f"{settings.whisper} {whisper}",
        diarization=f"{settings.diarization} {voices}",
        made_with=(
            (settings.whisper, whisper),
            *(
                ((SEGMENTATION, voices.split("+")[0]), (EMBEDDING, voices.split("+")[1]))
                if offline
                else ((settings.diarization.rsplit("/", maxsplit=1)[-1], "named"),)
            ),
        ),
        encoder=encoder,
        encoding=encoding,
        listener=lambda: listening,
        listening=listening.fingerprint,
        in_sections=transcriber,
        voices_in_sections=bundle if offline else None,
    )


def reader(settings: Settings) -> Reader:
    """The synthetic voice, which is no engine of a run: it is needed only where a release asks for it.

    Raises:
        ModelError: If it was not fetched, or is not the one that is pinned.
    """
    folder = open_model(READING, settings.models)
    return Kokoro(folder, fingerprint(READING, settings.models))
