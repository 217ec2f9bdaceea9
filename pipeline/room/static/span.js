/** Playing one span of a sound, once or again and again. */

let watching = 0;

/**
 * Play from one moment to another.
 * @param audio an <audio>
 * @param startMs milliseconds from the beginning of the recording
 * @param endMs where it stops
 * @param loop whether it begins again there
 */
export function playSpan(audio, startMs, endMs, {loop = false} = {}) {
  cancelAnimationFrame(watching);
  audio.currentTime = startMs / 1000;
  audio.play().catch(() => {});  // the browser says by itself why it does not play
  const watch = () => {
    if (audio.currentTime * 1000 >= endMs) {
      if (!loop) {
        audio.pause();
        return;
      }
      audio.currentTime = startMs / 1000;
    }
    if (!audio.paused || loop) watching = requestAnimationFrame(watch);
  };
  watching = requestAnimationFrame(watch);
}

/** Let it play on where a span would have ended. */
export function forget() {
  cancelAnimationFrame(watching);
}
