import { readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../..');
const WRITTEN = new Set(['.ts', '.js', '.cjs', '.mjs', '.md', '.yaml', '.yml', '.json', '.sh', '.py', '.java']);
const PASSED_OVER = ['node_modules', 'dist', 'inputs'];

/** What people write here, by path: code, pages and settings. What stands in data is nobody's citation. */
export function writtenFiles(): Map<string, string> {
  const tops = readdirSync(root, { withFileTypes: true });
  const files = tops.filter((entry) => entry.isFile() && entry.name !== 'package-lock.json').map(({ name }) => join(root, name));
  const paths = [...files, ...['.ci', 'apps', 'docs', 'infra', 'libs'].flatMap((name) => filesBelow(join(root, name)))];
  const named = paths.filter(
    (path) => WRITTEN.has(extname(path)) || ['.env.example', 'Dockerfile', 'run'].some((name) => path.endsWith(`/${name}`)),
  );
  return new Map(named.map((path) => [relative(root, path), readFileSync(path, 'utf8')]));
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return PASSED_OVER.includes(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });

/** Numbers of the sections that the guide has: `6`, `6.1`. */
export const sectionsOf = (guide: string): string[] =>
  [...guide.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? \S/gm)].map(([, number = '']) => number);

export interface Section {
  number: string;
  /** What it is a section of, as written before it: `domain`, `RFC 6962`; '' where nothing is. */
  of: string;
}

/** Every `§` of a text, in lists too: `domain §6.1, §6.6`. */
export const sectionsCited = (text: string): Section[] =>
  [...text.matchAll(/(?:(domain|RFC \d+|rfc\d+\)) )?(§[\d.]*\d(?:, §[\d.]*\d)*|§)/g)].flatMap(([, of = '', list = '']) =>
    list.split(', ').map((each) => ({ number: each.slice(1), of })),
  );

/** Numbers of the decisions that a text names: `ADR 0013`, `ADR 0043, 0008`, `docs/adr/0030`. */
export const decisionsCited = (text: string): string[] =>
  [...text.matchAll(/\b(?:ADR |adr\/)(\d{4}(?:(?:, | and )\d{4}\b)*)/g)].flatMap(([, list = '']) => list.split(/, | and /));

/** Names of decisions by a number that no page here defines: `D4`. */
export const unknownNames = (text: string): string[] => [...text.matchAll(/(?<![\w-])D\d{1,2}\b(?!-)/g)].map(([name]) => name);

/** Whether a text for people who use the platform names a place in ours, which they do not have. */
export const namesPlace = (text: string): boolean => /§|\bADR \d|\badr\/\d/.test(text) || unknownNames(text).length > 0;

/** Every text that a program holds, comments in its SQL left out. */
export function textsOf(path: string, code: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      texts.push(node.text.replaceAll(/^\s*--.*$/gm, ''));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest));
  return texts;
}
