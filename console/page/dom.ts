/** The element with an id that is in index.html. Throws where it is missing or something else. */
export function byId<T extends HTMLElement>(id: string, type: abstract new (...args: never[]) => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`index.html has no ${type.name} with the id ${id}.`);
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An HTML element with attributes (undefined: without that one) and children. */
export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** The same for SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** Sets attributes, where they differ. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
  }
}

/** Sets the text, where it differs. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** JSON as text, in a block that can be scrolled by keyboard. */
export function jsonBlock(value: unknown, label: string): HTMLElement {
  return html(
    'pre',
    { class: 'json', tabindex: 0, role: 'region', 'aria-label': label },
    JSON.stringify(value, null, 2),
  );
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** Hands the browser a file to save. */
export function download(fileName: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
  const link = html('a', { href: url, download: fileName });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** The end of an instance's id, which tells it from others. */
export function shortId(instanceId: string): string {
  return instanceId.length > 10 ? `i-…${instanceId.slice(-5)}` : instanceId;
}
