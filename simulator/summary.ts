import type { RunRecord } from './run-record.ts';

/** What `npm start -- --json` prints. Other tools read these names. Times are virtual seconds. */
export interface Summary {
  readonly scenario: string;
  readonly executions: readonly ExecutionSummary[];
  readonly group: {
    readonly desiredBefore: number;
    readonly desiredAfter: number;
    readonly minInService: number;
    readonly minServing: number;
    readonly peakDesired: number;
    readonly maxSize: number;
  };
  readonly requests: { readonly sent: number; readonly failed: number };
  readonly apiCalls: Readonly<Record<string, number>>;
}

export interface ExecutionSummary {
  readonly instanceId: string;
  readonly status: string;
  readonly finalState: string;
  /** Since the notice; null where this execution detached nothing. */
  readonly detachedAfterSeconds: number | null;
  readonly secondsBeforeReclaim: number | null;
  readonly scaledOut: boolean;
  readonly decremented: boolean;
  readonly stateTransitions: number;
}

export function summarize(scenario: string, run: RunRecord): Summary {
  const { desiredBefore, desiredAfter, minInService, minServing, peakDesired, maxSize } = run.group;
  return {
    scenario,
    executions: run.executions.map(({ instanceId, status, finalState, scaledOut, decremented, stateTransitions }) => ({
      instanceId,
      status,
      finalState,
      ...(finalState === 'Handled' ? detachmentTimes(run, instanceId) : noDetachment),
      scaledOut,
      decremented,
      stateTransitions,
    })),
    group: { desiredBefore, desiredAfter, minInService, minServing, peakDesired, maxSize },
    requests: run.requests,
    apiCalls: run.apiCalls,
  };
}

const noDetachment = { detachedAfterSeconds: null, secondsBeforeReclaim: null };

function detachmentTimes(run: RunRecord, instanceId: string) {
  const notice = run.notices.find((one) => one.instanceId === instanceId);
  const detachment = run.detachments.find((one) => one.instanceId === instanceId);
  if (!notice || !detachment) return noDetachment;
  return {
    detachedAfterSeconds: milliseconds(detachment.atSeconds - notice.atSeconds),
    secondsBeforeReclaim: milliseconds(notice.reclaimAtSeconds - detachment.atSeconds),
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
