import type { Strategy } from './strategy.ts';

/** The real workflow definition and the real functions, which every world is played with; here they are started. */
export const ours: Strategy = {
  name: 'ours',
  source: 'this repository',
  does: 'Runs one execution of the workflow for each notice.',
  start: ({ app }) => ({ noticed: (event) => void app.start(event) }),
};
