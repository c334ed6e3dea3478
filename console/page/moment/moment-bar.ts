import { statusSentence } from '../../shared/status-sentence.ts';
import { byId, set, setText } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';
import { timeScaleOf } from '../timeline/time-scale.ts';

/** The moment that is shown: what is being waited for in it, and controls that move it. */
export class MomentBar {
  readonly #store: Store;
  readonly #sentence = byId('sentence', HTMLElement);
  readonly #scrubber = byId('scrubber', HTMLInputElement);
  readonly #play = byId('play', HTMLButtonElement);
  readonly #live = byId('to-latest', HTMLButtonElement);
  readonly #time = byId('moment-time', HTMLElement);

  constructor(store: Store) {
    this.#store = store;
    this.#scrubber.addEventListener('input', () => store.goTo(Number(this.#scrubber.value)));
    this.#play.addEventListener('click', () => this.#toggle());
    this.#live.addEventListener('click', () => store.follow());
    byId('step-back', HTMLButtonElement).addEventListener('click', () => store.step(-1));
    byId('step-on', HTMLButtonElement).addEventListener('click', () => store.step(1));
    document.addEventListener('keydown', (event) => this.#shortcut(event));
    store.subscribe(
      ({ latest, model, atSeconds, selection, isPlaying, isFollowing }) => [
        latest.version,
        model.version,
        // The sentence counts whole seconds, the clock tenths.
        Math.round(atSeconds * 10),
        selection.execution,
        isPlaying,
        isFollowing,
      ],
      (snapshot) => this.#show(snapshot),
    );
  }

  #show({ model, latest, atSeconds, selection, isPlaying, isFollowing }: Snapshot): void {
    setText(this.#sentence, statusSentence(model, selection.execution));
    const { from } = timeScaleOf(latest);
    const hasRun = latest.history.length > 0;
    set(this.#scrubber, { min: Math.ceil(from), max: latest.atSeconds.toFixed(1) });
    this.#scrubber.value = atSeconds.toFixed(1);
    this.#scrubber.disabled = !hasRun;
    set(this.#scrubber, { 'aria-valuetext': `${atSeconds.toFixed(1)} seconds since the notice` });
    setText(this.#time, `${atSeconds.toFixed(1)} s of ${latest.atSeconds.toFixed(1)} s`);
    setText(this.#play, isPlaying ? '❚❚' : '▶');
    set(this.#play, { 'aria-label': isPlaying ? 'Pause' : 'Play', 'data-playing': isPlaying ? '' : undefined });
    setText(this.#live, latest.isGoingOn ? 'Live' : 'End');
    for (const button of document.querySelectorAll<HTMLButtonElement>('.moment-controls button')) {
      button.disabled = !hasRun;
    }
    this.#live.disabled = !hasRun || isFollowing;
  }

  #toggle(): void {
    if (this.#store.snapshot.isPlaying) this.#store.pause();
    else this.#store.play();
  }

  /** Where nobody types: space, and comma and full stop for the steps, as video players have them. */
  #shortcut(event: KeyboardEvent): void {
    const isTyping =
      event.target instanceof Element &&
      event.target.closest('input, select, textarea, button, a, summary, [role="button"], [role="tab"]');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === ',') this.#store.step(-1);
    else if (event.key === '.') this.#store.step(1);
    else if (event.key === ' ') this.#toggle();
    else return;
    event.preventDefault();
  }
}
