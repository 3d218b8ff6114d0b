import { readFile, writeFile } from 'node:fs/promises';

export interface GeneratedFile {
  /** From the project's root. */
  path: string;
  content: string;
}

/** Paths of those files whose content on disk is not what would be generated now. */
export async function driftedFiles(files: readonly GeneratedFile[]): Promise<string[]> {
  const same = await Promise.all(files.map(async ({ path, content }) => (await currentContent(path)) === content));
  return files.filter((_, index) => !same[index]).map(({ path }) => path);
}

async function currentContent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Body of a generator script: writes the files, or with `--check` only says which differ and fails if any does. */
export async function writeOrCheck(files: readonly GeneratedFile[], command: string, argv: readonly string[]): Promise<void> {
  if (!argv.includes('--check')) {
    await Promise.all(files.map(({ path, content }) => writeFile(path, content)));
    return;
  }
  const drifted = await driftedFiles(files);
  if (drifted.length > 0) {
    process.stderr.write(`not up to date: ${drifted.join(', ')}; run \`${command}\`\n`);
    process.exitCode = 1;
  }
}
