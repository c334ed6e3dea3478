import type { Change, Instance, LifecycleState, TargetState } from '../../simulator/aws/index.ts';
import type { InstancePhase, InstanceState } from '../shared/run-update.ts';

interface Known {
  readonly lifecycle: LifecycleState | undefined;
  readonly target: TargetState | undefined;
  readonly isHealthy: boolean;
  readonly isGone: boolean;
}

const unknown: Known = { lifecycle: undefined, target: undefined, isHealthy: true, isGone: false };

/** Follows what each instance does for its group, change by change. */
export class InstancePhases {
  readonly #known = new Map<string, Known>();

  /** The instances of the beginning: those that are InService serve. */
  constructor(instances: readonly Instance[]) {
    for (const { id, lifecycleState: lifecycle } of instances) {
      this.#known.set(id, { ...unknown, lifecycle, target: lifecycle === 'InService' ? 'healthy' : undefined });
    }
  }

  get all(): InstanceState[] {
    return [...this.#known].map(([instanceId, known]) => ({ instanceId, phase: phaseOf(known) }));
  }

  /** The instance's new phase; undefined where the change brings none. */
  changed(change: Change): InstanceState | undefined {
    if (!('instanceId' in change)) return undefined;
    const { instanceId } = change;
    const before = this.#known.get(instanceId);
    const after = next(before ?? unknown, change);
    this.#known.set(instanceId, after);
    const phase = phaseOf(after);
    return before && phaseOf(before) === phase ? undefined : { instanceId, phase };
  }
}

function next(known: Known, change: Change): Known {
  switch (change.kind) {
    case 'lifecycle':
      // An instance that its group has terminated is gone; a detached one runs on.
      return change.to === undefined && change.from?.startsWith('Terminating')
        ? { ...known, lifecycle: undefined, isGone: true }
        : { ...known, lifecycle: change.to };
    case 'target':
      return { ...known, target: change.to };
    case 'health':
      return { ...known, isHealthy: false };
    case 'reclaimed':
      return { ...known, isGone: true };
    default:
      return known;
  }
}

function phaseOf({ lifecycle, target, isHealthy, isGone }: Known): InstancePhase {
  if (isGone) return 'gone';
  if (lifecycle === undefined) return target === 'draining' ? 'draining' : 'out';
  if (lifecycle.startsWith('Pending')) return 'pending';
  if (lifecycle === 'InService') return isHealthy && target === 'healthy' ? 'serving' : 'in service';
  return lifecycle.startsWith('Terminat') || lifecycle.startsWith('Detach') ? 'draining' : 'out';
}
