from __future__ import annotations

import itertools
import re
from pathlib import Path

import av
import numpy as np
import pytest

from output import files, video
from output.captions import captions
from redaction.released import ReleasedPicture, ReleasedSound
from redaction.scan import scan
from redaction.term import Term
from speakers.error import NotReleasableError, RecordingError, StorageError
from speakers.record import Millis, Span
from tests import videos
from tests.foreign import ffprobe
from tests.output.test_sound import TAGS, correlation, delay, heard, noise

HIDDEN = Span(Millis(3_000), Millis(4_800))
NAME = videos.A_NAME.encode()


def shown(make, *spans: Span):
    return make(
        sound=ReleasedSound(allowed=True, reason="", replaced=spans), picture=ReleasedPicture(allowed=True)
    )


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    return noise(9, videos.RATE_HZ, 2)


@pytest.fixture(params=["mkv", "mp4"])
def original(request, tmp_path, samples) -> Path:
    return videos.film(tmp_path / f"film.{request.param}", samples)


def test_the_picture_is_black_where_the_sound_is_replaced_and_only_there(make, tmp_path, original):
    mp4, _ = video.publish(original, shown(make, HIDDEN), tmp_path)
    seen = videos.seen(mp4)
    assert len(seen) == 90
    assert {at for at, bright in seen if bright < 8} == {at for at, _ in seen if 2.45 < at < 5.25}
    assert min(bright for at, bright in seen if at < 2.35 or at > 5.35) > 150
    with av.open(str(mp4)) as container:  # what is shown is what was recorded
        frame = next(f for f in container.decode(container.streams.video[0]) if f.time > 7.95)
    before = av.VideoFrame.from_ndarray(videos.pattern(frame.time), format="rgb24").to_ndarray(format="gray")
    assert np.abs(frame.to_ndarray(format="gray").astype(int) - before).mean() < 12


def test_nothing_but_one_picture_one_sound_and_the_captions_is_in_it(make, tmp_path, original):
    with av.open(str(original)) as container:
        assert len(container.streams) > 3
        assert container.chapters()
        assert container.metadata["title"] == videos.A_NAME
    assert NAME in original.read_bytes()
    mp4, mp3 = video.publish(original, shown(make, HIDDEN), tmp_path)
    with av.open(str(mp4)) as container:
        assert [(s.type, s.codec_context.name) for s in container.streams] == [
            ("video", "h264"),
            ("audio", "aac"),
            ("subtitle", "mov_text"),
        ]
        assert container.chapters() == []
        ours = {"title": TAGS["title"], "copyright": TAGS["copyright"]}
        assert set(container.metadata) == {"major_brand", "minor_version", "compatible_brands", *ours}
        assert ours.items() <= container.metadata.items()
        told = {key for s in container.streams for key in s.metadata}
        assert told <= {"language", "handler_name"}
        assert 8.9 < container.duration / av.time_base < 9.3
    data = mp4.read_bytes()
    assert NAME not in data + mp3.read_bytes()
    assert not re.search(rb"x264|Lav[cf]|libx", data)


def test_its_sound_is_replaced_like_the_one_that_is_listened_to(make, tmp_path, original, samples):
    mp4, mp3 = video.publish(original, shown(make, HIDDEN), tmp_path)
    with_picture, alone = heard(mp4)[:, 0], heard(mp3)[:, 0]
    mean = samples.mean(axis=1).astype(np.float64)
    assert abs(delay(mean, with_picture)) < videos.RATE_HZ // 10
    with_picture, alone = with_picture[delay(mean, with_picture) :], alone[delay(mean, alone) :]
    hidden = slice(3 * videos.RATE_HZ, 4_800 * videos.RATE_HZ // 1000)
    for channel in samples.T:
        assert correlation(channel[hidden].astype(np.float64), with_picture[hidden]) < 0.05
    assert correlation(alone[hidden], with_picture[hidden]) > 0.99
    kept = slice(6 * videos.RATE_HZ, 8 * videos.RATE_HZ)
    assert correlation(mean[kept], with_picture[kept]) > 0.9


def texts(mp4: Path) -> list[tuple[int, int, str]]:
    """What the captions' track shows: from when to when in milliseconds, and what."""
    with av.open(str(mp4)) as container:
        (track,) = container.streams.subtitles
        packets = [p for p in container.demux(track) if p.size]
        to_ms = float(track.time_base) * 1000
        rows = [(round(p.pts * to_ms), round((p.pts + p.duration) * to_ms), bytes(p)) for p in packets]
    assert all(int.from_bytes(data[:2], "big") == len(data) - 2 for _, _, data in rows)
    return [(start, end, data[2:].decode()) for start, end, data in rows]


@pytest.mark.parametrize(("language", "tag", "colon"), [("zh", "zho", "："), ("en", "eng", ": ")])
def test_the_captions_are_a_track_of_their_own(make, tmp_path, original, language, tag, colon):
    released = make(
        language=language,
        sound=ReleasedSound(allowed=True, reason="", replaced=()),
        picture=ReleasedPicture(allowed=True),
    )
    mp4, _ = video.publish(original, released, tmp_path)
    shown = texts(mp4)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(shown))  # no sample lasts longer than what it says
    assert [(start, end) for start, end, text in shown if text] == [
        tuple_of(c.span) for c in captions(released)
    ]
    assert [text for _, _, text in shown if text] == [
        f"高慧敏{colon}各位好，今天談開放政府。",
        f"參與者 1{colon.strip()}\n我住在［地址］，<不方便>說。",
        f"高慧敏{colon}謝謝。",
        "下一位。",
    ]
    with av.open(str(mp4)) as container:
        assert container.streams.subtitles[0].metadata["language"] == tag
        decoded = [s for p in container.demux(subtitles=0) for s in p.decode()]
    assert "謝謝。" in b"".join(s.dialogue for s in decoded if hasattr(s, "dialogue")).decode()


def tuple_of(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _going(original, released, tmp_path):
    """What is published, in a folder of its own."""
    going = tmp_path / "going"
    going.mkdir()
    for path in video.publish(original, released, tmp_path):
        path.rename(going / path.name)
    return going


def test_a_name_in_the_captions_of_a_video_does_not_pass_the_scanner(make, tmp_path, original):
    released = make(
        [(0, "今天沈立言也來了。")],
        sound=ReleasedSound(allowed=True, reason="", replaced=()),
        picture=ReleasedPicture(allowed=True),
    )
    going = _going(original, released, tmp_path)
    (mp4,) = going.glob("*.mp4")
    hits = scan(going, (Term("p1/0", "沈立言"),))
    assert {h.where.split()[0].split("/")[-1].rstrip(":") for h in hits} == {mp4.name}


def test_a_name_in_the_tags_of_sound_and_video_does_not_pass_the_scanner(make, tmp_path, original):
    released = make(
        title="與沈立言談",
        sound=ReleasedSound(allowed=True, reason="", replaced=()),
        picture=ReleasedPicture(allowed=True),
    )
    going = _going(original, released, tmp_path)
    places = [h.where for h in scan(going, (Term("p1/0", "沈立言"),))]
    assert "record.mp3 tag TIT2 line 1" in places
    assert "record.mp4 tag title line 1" in places


def test_ffprobe_reads_the_captions(make, tmp_path, original):
    mp4, _ = video.publish(original, shown(make), tmp_path)
    (track,) = ffprobe(mp4, "-select_streams", "s")["streams"]
    assert (track["codec_name"], track["tags"]["language"]) == ("mov_text", "zho")


def test_a_record_without_captions_has_no_track_for_them(make, tmp_path, original):
    released = make(
        [], sound=ReleasedSound(allowed=True, reason="", replaced=()), picture=ReleasedPicture(allowed=True)
    )
    mp4, _ = video.publish(original, released, tmp_path)
    with av.open(str(mp4)) as container:
        assert [s.type for s in container.streams] == ["video", "audio"]


def test_the_same_input_gives_the_same_bytes(make, tmp_path, original):
    released = shown(make, HIDDEN)
    first = [p.read_bytes() for p in video.publish(original, released, tmp_path)]
    for _ in range(3):
        assert [p.read_bytes() for p in video.publish(original, released, tmp_path)] == first


def test_a_frame_that_stays_until_a_span_is_black(make, tmp_path, samples):
    # A recorder of slides writes a picture when it changes: the second one is still there at 3 s.
    path = videos.film(tmp_path / "slides.mkv", samples, moments=[0.0, 1.0, 6.0, 7.0])
    mp4, _ = video.publish(path, shown(make, HIDDEN), tmp_path)
    assert [(round(at), bright < 8) for at, bright in videos.seen(mp4)] == [
        (0, False),
        (1, True),
        (6, False),
        (7, False),
    ]


def test_the_last_frame_is_black_if_a_span_comes_after_it(make, tmp_path, samples):
    path = videos.film(tmp_path / "short.mkv", samples, seconds=2.0)
    mp4, _ = video.publish(path, shown(make, HIDDEN), tmp_path)
    *others, (_, last) = videos.seen(mp4)
    assert last < 8 < min(bright for _, bright in others)


def test_a_picture_that_nobody_heard_anything_to_is_left_out(make, tmp_path, samples):
    path = videos.film(tmp_path / "long.mkv", samples, seconds=14.0)
    mp4, _ = video.publish(path, shown(make), tmp_path)
    assert 8.8 < videos.seen(mp4)[-1][0] < 9.05


def test_a_late_picture_stays_late(make, tmp_path, samples):
    path = videos.film(tmp_path / "late.mkv", samples, moments=[2 + n / 10 for n in range(70)])
    mp4, _ = video.publish(path, shown(make, HIDDEN), tmp_path)
    seen = videos.seen(mp4)
    assert 1.95 < seen[0][0] < 2.05
    assert {at for at, bright in seen if bright < 8} == {at for at, _ in seen if 2.45 < at < 5.25}


def test_damaged_frames_are_not_shown(make, tmp_path, samples):
    path = videos.film(tmp_path / "film.mkv", samples, codec="mpeg4")
    whole = dict(videos.seen(video.publish(path, shown(make), tmp_path)[0]))
    assert min(whole.values()) > 150
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        places = [p.pos for p in container.demux(container.streams.video[0]) if p.pos and not p.is_keyframe]
    for place in places[30:33]:
        data[place + 20 : place + 120] = bytes(100)
    path.write_bytes(data)
    hurt = dict(videos.seen(video.publish(path, shown(make), tmp_path)[0]))
    assert all(bright < 8 or bright > 150 for bright in hurt.values())


def test_what_may_not_be_seen_is_not_published(make, tmp_path, original):
    with pytest.raises(NotReleasableError, match="picture"):
        video.publish(original, make(), tmp_path)
    silent = make(
        sound=ReleasedSound(allowed=False, reason="No.", replaced=()), picture=ReleasedPicture(allowed=True)
    )
    with pytest.raises(NotReleasableError, match="sound"):
        video.publish(original, silent, tmp_path)
    assert not list(tmp_path.glob("record.*"))


def test_a_cover_is_no_picture(make, tmp_path, samples):
    path = videos.film(tmp_path / "cover.mp4", samples, moments=[])
    assert not video.pictured(tmp_path / "nothing.mp4")
    wav = tmp_path / "sound.wav"
    with av.open(str(wav), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.ones((1, 16_000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
    assert not video.pictured(wav)
    with pytest.raises(RecordingError, match="no picture"):
        video.publish(wav, shown(make), tmp_path)
    with pytest.raises(RecordingError, match="no picture"):
        video.publish(path, shown(make), tmp_path)
    assert not list(tmp_path.glob("record.*"))


def test_a_sound_whose_clock_goes_back_takes_the_picture_with_it(make, tmp_path, original, monkeypatch):
    flaw = video.timeline.Flaw(video.timeline.Kind.RESTARTED, Millis(2_000), 3_000)
    decode = video.masked

    def told(*given):
        given[-1](flaw)
        return decode(*given[:-1])

    monkeypatch.setattr(video, "masked", told)
    with pytest.raises(RecordingError, match="goes back"):
        video.publish(original, shown(make), tmp_path)


def test_a_disk_that_refuses_leaves_nothing(make, tmp_path, original):
    into = tmp_path / "closed"
    with pytest.raises(StorageError):
        video.publish(original, shown(make), into)


def test_a_picture_that_was_filmed_sideways_is_set_upright():
    flat = np.arange(6 * 4, dtype=np.uint8).reshape(6, 4)  # 4 × 4, and its two small planes
    turned = video._turned(flat, 4, 4, 1)
    assert turned[:4].tolist() == np.rot90(flat[:4]).tolist()
    assert turned[4:].reshape(2, 2, 2)[1].tolist() == np.rot90(flat.reshape(-1)[20:].reshape(2, 2)).tolist()
    assert video._turned(flat, 4, 4, 0) is flat


def test_a_release_has_the_video_beside_the_sound_that_was_listened_to(make, tmp_path, original):
    into = tmp_path / "public"
    into.mkdir()
    released = shown(make, HIDDEN)
    written = files.write(released, into, original)
    sound = next(p for p in written if p.suffix == ".mp3").read_bytes()
    whole = files.add_video(released, written, original)
    assert {p.name.partition(".")[2] for p in into.iterdir()} == {*files.ENDINGS, "mp3", "mp4"}
    assert set(whole) == set(into.iterdir())
    assert b"<video" in next(p for p in whole if p.suffix == ".html").read_bytes()
    assert next(p for p in whole if p.suffix == ".mp3").read_bytes() == sound


def test_a_video_with_another_sound_than_the_one_listened_to_is_none(make, tmp_path, original):
    into = tmp_path / "public"
    into.mkdir()
    written = files.write(shown(make), into, original)
    with pytest.raises(RecordingError, match="another sound"):
        files.add_video(shown(make, HIDDEN), written, original)
    assert set(into.iterdir()) == set(written)
