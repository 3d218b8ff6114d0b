import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');
/** In the order in which they build on each other. */
const GUIDES = ['add-a-touchpoint', 'add-a-projection', 'change-an-event'];

interface Step {
  path: string;
  kind: 'ts' | 'diff';
  text: string;
}

/** The files that a guide writes or changes: a line with nothing but a path, then a block with what comes into it. */
function stepsOf(guide: string): Step[] {
  const text = readFileSync(join(root, 'docs/how-to', `${guide}.md`), 'utf8');
  const blocks = text.matchAll(/^`(\S+\.ts)`\n\n```(ts|diff)\n([^]*?)^```$/gm);
  return [...blocks].map(([, path = '', kind, block = '']) => ({ path, kind: kind as Step['kind'], text: block }));
}

/** Lines that stay say where the new ones go. */
function patched(file: string, diff: string): string {
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

/** What the compiler says of these files, as if they were there. */
function compile(files: ReadonlyMap<string, string>): string[] {
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
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()]
    .flatMap((path) => program.getSourceFile(path) ?? [])
    .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
}

describe('the code of the how-tos', () => {
  const files = new Map<string, string>();
  const after = new Map<string, Map<string, string>>();
  beforeAll(() => {
    for (const guide of GUIDES) {
      for (const { path, kind, text } of stepsOf(guide)) {
        const file = join(root, path);
        const before = files.get(file) ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
        files.set(file, kind === 'ts' ? text : patched(before, text));
      }
      after.set(guide, new Map(files));
    }
  });

  it.each(GUIDES)('%s compiles in this release, with what it adds to the lists', (guide) => {
    const written = after.get(guide) ?? new Map<string, string>();
    expect(written.size).toBeGreaterThan(5);
    expect(compile(written)).toEqual([]);
  });

  it('would be seen not to compile', () => {
    const written = new Map(after.get('add-a-touchpoint'));
    const commands = join(root, 'libs/touchpoints/gift/gift.commands.ts');
    written.set(commands, written.get(commands)!.replace("{ 'gift.worth-invalid': 422 }", '{}'));
    expect(compile(written).join('\n')).toMatch(/gift\.commands\.ts: .*gift\.worth-invalid/);
  });
});
