import { expect, it } from 'vitest';
import { bundlePage, pageDocument } from '../../../console/server/page-document.ts';

const data = { graph: { width: 0, height: 0, nodes: [], edges: [] }, scenarios: [], sampleEvent: '</script>' };
const bundle = await bundlePage();

it('is no more than 350 KB of script', () => {
  expect(Buffer.byteLength(bundle.script)).toBeLessThan(350_000);
});

it('loads nothing from elsewhere', () => {
  const loaded = /(?:src|href)="(?!data:)|url\((?!#)|@import|\bimport\(|https?:\/\/(?!www\.w3\.org)/;
  expect(loaded.exec(pageDocument(bundle, data))?.[0]).toBeUndefined();
});

it('keeps data from ending the script element it is in', () => {
  expect(pageDocument(bundle, data)).toContain('"sampleEvent":"\\u003c/script>"');
});
