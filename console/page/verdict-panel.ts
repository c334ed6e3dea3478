import { causeMessage } from '../../simulator/cause.ts';
import { type Guarantee, guarantees } from '../../simulator/guarantees.ts';
import type { RunModel } from '../shared/run-model.ts';
import { byId, html, set } from './dom.ts';
import type { View } from './view.ts';

/** So many failed executions are listed. */
const mostFailures = 3;

const marks = { open: '–', kept: '✓', broken: '✕' } as const;

/** The guarantees, with a tick or a cross once the run has ended. */
export class VerdictPanel implements View {
  readonly #panel = byId('panel-verdict', HTMLElement);
  #shown = '';

  render(model: RunModel): void {
    const shown = JSON.stringify([model.id, model.phase, model.verdicts, model.refusal]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#panel.replaceChildren(
      html('p', { class: 'hint' }, hint(model)),
      ...failures(model).map((failure) => html('p', { class: 'violation' }, failure)),
      html('ul', { class: 'verdicts' }, ...guarantees.map((one) => verdictItem(one, violationsOf(model, one)))),
    );
    set(this.#panel, { 'data-phase': model.phase, 'data-run': model.id });
  }
}

function hint({ phase, verdicts = [], summary, refusal }: RunModel): string {
  if (phase === 'refused') return refusal ?? '';
  if (phase !== 'ended') return 'Judged when the run has ended.';
  const broken = verdicts.filter(({ violations }) => violations.length > 0).length;
  const kept = broken === 0 ? 'Every guarantee was kept.' : `${broken} of ${verdicts.length} guarantees broken.`;
  const { sent = 0, failed = 0 } = summary?.requests ?? {};
  return `${kept} ${failed === 0 ? 'None' : failed.toLocaleString('en')} of ${sent.toLocaleString('en')} requests failed.`;
}

/** The executions that failed, and why. */
function failures({ phase, executions }: RunModel): string[] {
  if (phase !== 'ended') return [];
  const failed = [...executions.values()].flatMap(({ instanceId, failure }) =>
    failure ? [`The execution for ${instanceId} failed. ${failure.error}: ${causeMessage(failure.cause)}`] : [],
  );
  const more = failed.length - mostFailures;
  return more > 0 ? [...failed.slice(0, mostFailures), `${more} more failed.`] : failed;
}

function violationsOf({ verdicts }: RunModel, { guarantee }: Guarantee): readonly string[] | undefined {
  return verdicts?.find((one) => one.guarantee === guarantee)?.violations;
}

function verdictItem({ guarantee, title, meaning }: Guarantee, violations: readonly string[] | undefined): HTMLElement {
  const verdict = violations === undefined ? 'open' : violations.length === 0 ? 'kept' : 'broken';
  return html(
    'li',
    { 'data-verdict': verdict },
    html('span', { class: 'mark', role: 'img', 'aria-label': verdict }, marks[verdict]),
    html('span', {}, html('b', {}, `${guarantee} ${title}`), ' ', html('span', { class: 'meaning' }, meaning)),
    ...(violations ?? []).map((violation) => html('p', { class: 'violation' }, violation)),
  );
}
