/** A docstring in its parts, each on one line. */
export interface Docstring {
  readonly summary: string;
  /** `@default`. */
  readonly default: string | undefined;
  /** `@param`, by name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** `@throws`. */
  readonly throws: readonly string[];
}

/** @param comment with its slashes and stars, as it stands in the code. */
export function docstringOf(comment: string): Docstring {
  const text = comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const [summary = '', ...blocks] = text.split(/(?:^| )(?=@(?:default|param|throws|packageDocumentation)\b)/);
  const tagged = blocks.map((block) => {
    const [tag = '', ...words] = block.split(' ');
    return { tag, content: words.join(' ').trim() };
  });
  const contents = (wanted: string) => tagged.filter(({ tag }) => tag === wanted).map(({ content }) => content);
  return {
    summary: summary.trim(),
    default: contents('@default')[0],
    parameters: new Map(contents('@param').map(parameter)),
    throws: contents('@throws'),
  };
}

function parameter(content: string): [string, string] {
  const [name = '', ...text] = content.split(' - ');
  return [name.trim(), text.join(' - ')];
}
