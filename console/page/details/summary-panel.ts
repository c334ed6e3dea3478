import { byId, html, jsonBlock } from '../dom.ts';
import type { Store } from '../store.ts';

/** What `npm start -- --json` prints. */
export class SummaryPanel {
  constructor(store: Store) {
    const panel = byId('panel-summary', HTMLElement);
    store.subscribe(
      ({ latest }) => [latest.summary],
      ({ latest: { summary } }) => {
        if (summary) panel.replaceChildren(jsonBlock(summary, 'Summary, JSON'));
        else panel.replaceChildren(html('p', { class: 'hint' }, 'The JSON summary of the run, when it has ended.'));
      },
    );
  }
}
