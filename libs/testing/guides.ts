import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');

/** A file that a guide writes or changes. */
export interface Step {
  path: string;
  kind: 'ts' | 'diff';
  text: string;
}

/** The files that a guide, or a section of it, writes or changes: a line with nothing but a path, then a block with what comes into it. */
export function stepsOf(guide: string, section?: string): Step[] {
  const whole = readFileSync(join(root, 'docs/how-to', `${guide}.md`), 'utf8');
  const text = section === undefined ? whole : (whole.split(/^(?=## )/m).find((each) => each.startsWith(`## ${section}\n`)) ?? '');
  const blocks = text.matchAll(/^`(\S+\.ts)`\n\n```(ts|diff)\n([^]*?)^```$/gm);
  return [...blocks].map(([, path = '', kind, block = '']) => ({ path, kind: kind as Step['kind'], text: block }));
}

/** What a guide adds somewhere within a file that it names in words, in the order in which they come. */
export function fragmentsOf(guide: string): string[] {
  const whole = readFileSync(join(root, 'docs/how-to', `${guide}.md`), 'utf8');
  return [...whole.matchAll(/^```ts fragment\n([^]*?)^```$/gm)].map(([, block = '']) => block);
}

/** Lines that stay say where the new ones go. */
export function patched(file: string, diff: string): string {
  const lines = file.split('\n');
  let at = 0;
  for (const line of diff.trimEnd().split('\n')) {
    const [sign, text] = [line[0], line.slice(1)];
    if (sign === '+') lines.splice(at++, 0, text);
    else {
      const place = lines.indexOf(text);
      if (place === -1) throw new Error(`there is no line: ${text}`);
      at = sign === '-' ? place : place + 1;
      if (sign === '-') lines.splice(place, 1);
    }
  }
  return lines.join('\n');
}

/** What the compiler says of these files, as if they were there; or of others, with these as they would be. */
export function compile(files: ReadonlyMap<string, string>, told: readonly string[] = [...files.keys()]): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: ['libs/core/index.ts'] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const real = { readFile: host.readFile.bind(host), fileExists: host.fileExists.bind(host), getSourceFile: host.getSourceFile.bind(host) };
  host.directoryExists = (path) => ts.sys.directoryExists(path) || [...files.keys()].some((file) => file.startsWith(`${path}/`));
  host.readFile = (path) => files.get(path) ?? real.readFile(path);
  host.fileExists = (path) => files.has(path) || real.fileExists(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = files.get(path);
    return text === undefined ? real.getSourceFile(path, language, ...rest) : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...told], options, host);
  return told
    .flatMap((path) => program.getSourceFile(path) ?? [])
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}
