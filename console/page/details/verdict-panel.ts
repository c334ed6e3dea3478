import { causeMessage } from '../../../simulator/aws/step-functions/cause.ts';
import { type Guarantee, guarantees } from '../../../simulator/judging/guarantees.ts';
import type { Verdict } from '../../../simulator/judging/judge.ts';
import type { RunModel } from '../../shared/run-model.ts';
import { byId, html, set } from '../dom.ts';
import type { Store } from '../store.ts';

/** How many failed executions are listed at the most. */
const mostFailures = 3;

const marks = { open: '–', kept: '✓', broken: '✕', 'not judged': '○', 'could not hold': '!' } as const;

/** The guarantees: kept, broken, not judged or could not hold, and why, once the run has ended. */
export class VerdictPanel {
  readonly #panel = byId('panel-verdict', HTMLElement);

  constructor(store: Store) {
    store.subscribe(
      ({ latest }) => [latest.id, latest.phase, latest.verdicts, latest.refusal],
      ({ latest }) => this.#show(latest),
    );
  }

  #show(model: RunModel): void {
    this.#panel.replaceChildren(
      html('p', { class: 'hint' }, hint(model)),
      ...failures(model).map((failure) => html('p', { class: 'violation' }, failure)),
      html('ul', { class: 'verdicts' }, ...guarantees.map((one) => verdictItem(one, verdictOf(model, one)))),
    );
    set(this.#panel, { 'data-phase': model.phase, 'data-run': model.id });
  }
}

function hint({ phase, verdicts = [], summary, refusal }: RunModel): string {
  if (phase === 'refused') return refusal ?? '';
  if (phase !== 'ended') return 'Judged when the run has ended.';
  const count = (verdict: Verdict['verdict']) => verdicts.filter((one) => one.verdict === verdict).length;
  const others = (['broken', 'could not hold', 'not judged'] as const).filter((verdict) => count(verdict) > 0);
  const kept = [
    `${count('kept')} of ${verdicts.length} guarantees kept`,
    ...others.map((one) => `${count(one)} ${one}`),
  ];
  const { sent = 0, failed = 0, beyondCapacity = 0 } = summary?.requests ?? {};
  return `${kept.join(', ')}. ${failed === 0 ? 'None' : failed.toLocaleString('en')} of ${sent.toLocaleString('en')} requests failed${beyondCapacity > 0 ? `, ${beyondCapacity.toLocaleString('en')} were beyond capacity` : ''}.`;
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

function verdictOf({ verdicts }: RunModel, { guarantee }: Guarantee): Verdict | undefined {
  return verdicts?.find((one) => one.guarantee === guarantee);
}

function verdictItem({ guarantee, title, meaning }: Guarantee, judged: Verdict | undefined): HTMLElement {
  const verdict = judged?.verdict ?? 'open';
  return html(
    'li',
    { 'data-verdict': verdict },
    html('span', { class: 'mark', role: 'img', 'aria-label': verdict }, marks[verdict]),
    html('span', {}, html('b', {}, `${guarantee} ${title}`), ' ', html('span', { class: 'meaning' }, meaning)),
    ...(judged?.why ?? []).map((why) => html('p', { class: verdict === 'broken' ? 'violation' : 'why' }, why)),
  );
}
