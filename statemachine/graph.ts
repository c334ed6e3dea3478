/** The graph of a definition, for whoever draws it or counts its edges. */

/** How an execution gets from one state to the next. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
  /** A choice's comment, or the errors that are caught. */
  readonly label?: string;
}

/** The fields of a state that lead to other states. */
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Comment?: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** Every transition of the definition, in its order. */
export function transitionsOf({ States }: Definition): readonly Transition[] {
  return Object.entries(States).flatMap(([from, state]) => transitionsFrom(from, state));
}

/** The graph as Mermaid draws it, on GitHub for one: what is caught is dashed. */
export function mermaidOf(definition: Definition): string {
  const names = Object.keys(definition.States);
  const id = (name: string) => `s${names.indexOf(name)}`;
  const states = Object.entries(definition.States).map(([name, state]) => `  ${id(name)}${shape(name, state)}`);
  const edges = transitionsOf(definition).map(({ from, to, kind, label }) => {
    const arrow = kind === 'catch' ? '-.->' : '-->';
    return `  ${id(from)} ${arrow}${label ? `|${label}|` : ''} ${id(to)}`;
  });
  return ['flowchart TD', `  start((start)) --> ${id(definition.StartAt)}`, ...states, ...edges].join('\n');
}

function transitionsFrom(from: string, state: State): readonly Transition[] {
  const choices = (state.Choices ?? []).map(({ Next, Comment }): Transition => {
    return { from, to: Next, kind: 'choice', ...(Comment !== undefined && { label: Comment }) };
  });
  const catches = (state.Catch ?? []).map(({ ErrorEquals, Next }): Transition => {
    return { from, to: Next, kind: 'catch', label: ErrorEquals.map(shortName).join(', ') };
  });
  return [
    ...(state.Next === undefined ? [] : [{ from, to: state.Next, kind: 'next' } as const]),
    ...choices,
    ...(state.Default === undefined ? [] : [{ from, to: state.Default, kind: 'default', label: 'otherwise' } as const]),
    ...catches,
  ];
}

function shape(name: string, { Type }: State): string {
  if (Type === 'Choice') return `{${name}}`;
  if (Type === 'Succeed' || Type === 'Fail') return `([${name}])`;
  return Type === 'Wait' ? `[/${name}/]` : `[${name}]`;
}

function shortName(error: string): string {
  return error === 'States.ALL' ? 'any error' : error.replace('DynamoDB.', '');
}
