/**
 * Takes the place of `@smithy/core/event-streams` in the functions' bundles: the SDK imports it lazily for operations
 * that stream events, of which the functions call none. A module that is imported lazily keeps esbuild from flattening
 * everything it shares with the rest, which costs far more than its own size.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error('Operations that stream events are not bundled: see infra/function-bundle.ts.');
  }
}

export function eventStreamSerdeProvider(): EventStreamSerde {
  return new EventStreamSerde();
}
