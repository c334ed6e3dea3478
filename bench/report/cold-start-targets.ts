import type { Load } from '../cold-start/cold-start.ts';
import type { Results } from '../results.ts';
import type { Target } from './target.ts';

const mostOfPython = 0.15;

export function coldStartTargets(results: Results): Target[] {
  return [quickToLoad(results), quickToStart(results)];
}

function quickToLoad(results: Results): Target {
  return {
    target: `Functions load in at most ${mostOfPython} of the Python function's time`,
    ...ofPython(results, ({ loadMilliseconds }) => loadMilliseconds),
  };
}

function quickToStart(results: Results): Target {
  const { coldStarts } = results;
  const empty = coldStarts.emptyMilliseconds.node + coldStarts.builtInsMilliseconds;
  const python = Math.min(...coldStarts.functions.flatMap((one) => one.python?.processMilliseconds ?? []));
  const { reached, figures } = ofPython(results, ({ processMilliseconds }) => processMilliseconds);
  const floor =
    `; a Node.js process with nothing but its own https and crypto modules, which any client needs, takes ` +
    `${(empty / python).toFixed(2)} already`;
  return {
    target: `So does the whole process, from its start until the function is loaded`,
    reached,
    figures: coldStarts.pythonSkipped === undefined ? figures + floor : figures,
  };
}

function ofPython(
  { coldStarts }: Results,
  time: (load: Omit<Load, 'kilobytes'>) => number,
): Pick<Target, 'reached' | 'figures'> {
  const ratios = coldStarts.functions.flatMap(({ functionName, ours, python }) =>
    python ? [{ functionName, ratio: time(ours) / time(python) }] : [],
  );
  if (ratios.length === 0) return { reached: false, figures: `not measured: ${coldStarts.pythonSkipped}` };
  return {
    reached: ratios.every(({ ratio }) => ratio <= mostOfPython),
    figures: ratios.map(({ functionName, ratio }) => `${functionName} ${ratio.toFixed(2)}`).join(', '),
  };
}
