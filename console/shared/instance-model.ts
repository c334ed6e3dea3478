import type { NoticeLog } from '../../simulator/judging/run-log.ts';
import type { InstancePhase, InstanceUpdate } from './run-update.ts';

/** From then on until the next span. */
export interface Span {
  readonly fromSeconds: number;
  readonly phase: InstancePhase;
}

/** `departed`: it was there before, had no notice, and somebody has taken it out. */
export type InstanceKind = 'interrupted' | 'departed' | 'replacement' | 'untouched';

/** An instance over time. */
export class InstanceModel {
  readonly instanceId: string;
  /** It was there before the first notice. */
  readonly isOriginal: boolean;
  readonly spans: Span[] = [];
  notice: NoticeLog | undefined;
  /** When it began to leave, or EC2 took it before it did. */
  leftAtSeconds: number | undefined;
  raisedAtSeconds: number | undefined;

  constructor(instanceId: string, isOriginal: boolean) {
    this.instanceId = instanceId;
    this.isOriginal = isOriginal;
  }

  get kind(): InstanceKind {
    if (this.notice) return 'interrupted';
    if (!this.isOriginal) return 'replacement';
    return this.leftAtSeconds === undefined ? 'untouched' : 'departed';
  }

  get phase(): InstancePhase {
    return this.spans.at(-1)?.phase ?? 'out';
  }

  get sinceSeconds(): number {
    return this.spans.at(-1)?.fromSeconds ?? 0;
  }

  changed({ atSeconds, phase }: Pick<InstanceUpdate, 'atSeconds' | 'phase'>): void {
    if (this.spans.at(-1)?.fromSeconds === atSeconds) this.spans.pop();
    this.spans.push({ fromSeconds: atSeconds, phase });
    if (phase === 'draining' || phase === 'gone') this.leftAtSeconds ??= atSeconds;
  }
}
