import { join } from 'node:path';
import { run } from './command.ts';

/** What npm would publish. */
export interface Tarball {
  readonly path: string;
  readonly unpackedBytes: number;
  /** Bytes by folder. */
  readonly folders: ReadonlyMap<string, number>;
}

/** Packs dist/, which has to be built, into a folder. */
export function pack(projectFolder: string, folder: string): Tarball {
  const printed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: projectFolder,
  });
  const parsed: PackReport[] | Readonly<Record<string, PackReport>> = JSON.parse(printed);
  const [report] = Object.values(parsed);
  if (!report) throw new Error(`npm pack reported nothing: ${printed}`);
  return {
    path: join(folder, report.filename),
    unpackedBytes: report.unpackedSize,
    folders: bytesByFolder(report.files),
  };
}

/** What `npm pack --json` says of a package: in a list, or, since npm 11, by its name. */
interface PackReport {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

function bytesByFolder(files: PackReport['files']): Map<string, number> {
  const folders = new Map<string, number>();
  for (const { path, size } of files) {
    const folder = path.split('/').slice(0, -1).join('/') || '.';
    folders.set(folder, (folders.get(folder) ?? 0) + size);
  }
  return folders;
}
