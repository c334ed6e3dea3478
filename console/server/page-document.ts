import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PageData } from '../shared/workflow-graph.ts';

export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

/** Bundles the page's modules and styles with esbuild. */
export async function bundlePage(): Promise<PageBundle> {
  const { outputFiles } = await build({
    entryPoints: [pagePath('main.ts'), pagePath('styles.css')],
    outdir: pagePath('.'),
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'error',
  });
  return { script: textOf(outputFiles, '.js'), style: textOf(outputFiles, '.css') };
}

/** One self-contained document: it loads nothing else. */
export function pageDocument({ script, style }: PageBundle, data: PageData): string {
  const template = readFileSync(pagePath('index.html'), 'utf8');
  const styled = filled(template, 'page-style', style.replaceAll('</', '<\\/'));
  const withData = filled(styled, 'page-data', JSON.stringify(data).replaceAll('<', '\\u003c'));
  return filled(withData, 'page-script', script.replaceAll('</script', '<\\/script'));
}

/** Fills the template's empty element with that id. */
function filled(template: string, id: string, content: string): string {
  const place = `id="${id}">`;
  const at = template.indexOf(`${place}</`);
  if (at < 0) throw new Error(`The page's template has no empty element with ${place}`);
  return template.slice(0, at + place.length) + content + template.slice(at + place.length);
}

function pagePath(file: string): string {
  return fileURLToPath(new URL(`../page/${file}`, import.meta.url));
}

function textOf(files: readonly { readonly path: string; readonly text: string }[], ending: string): string {
  const file = files.find(({ path }) => path.endsWith(ending));
  if (file) return file.text;
  throw new Error(`esbuild wrote no ${ending} file.`);
}
