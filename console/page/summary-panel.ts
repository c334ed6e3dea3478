import type { RunModel } from '../shared/run-model.ts';
import { byId, html, jsonBlock } from './dom.ts';
import type { View } from './view.ts';

/** What `npm start -- --json` prints. */
export class SummaryPanel implements View {
  readonly #panel = byId('panel-summary', HTMLElement);
  #shown: unknown = 'nothing';

  render({ summary }: RunModel): void {
    if (summary === this.#shown) return;
    this.#shown = summary;
    if (summary) this.#panel.replaceChildren(jsonBlock(summary, 'Summary, JSON'));
    else this.#panel.replaceChildren(html('p', { class: 'hint' }, 'The JSON summary of the run, when it has ended.'));
  }
}
