import type { Strategy } from './strategy.ts';

/** The real workflow definition and the real functions, which every world is played with; here they are started. */
export const ours: Strategy = {
  name: 'ours',
  source: 'this repository',
  does: 'Runs one execution of the workflow for each notice, and for each recommendation where that is configured.',
  start: ({ app, isRecommendationHeeded }) => ({
    noticed: (event) => void app.start(event),
    ...(isRecommendationHeeded && {
      recommended: (instanceId: string) => void app.start(app.aws.recommendRebalance(instanceId)),
    }),
  }),
};
