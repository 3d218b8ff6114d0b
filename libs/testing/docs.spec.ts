import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { joinings } from './joining.js';

const root = resolve(import.meta.dirname, '../..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** As GitHub makes them: `## Changing one` is `#changing-one`. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the documentation', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const broken = [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].filter(([, path = '', anchor]) => {
      const target = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('has every page of docs in its index, and every decision in that of the decisions', () => {
    const index = textOf('docs/README.md') + textOf('docs/adr/README.md');
    const listed = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.md') && !path.endsWith('README.md') && !path.startsWith('examples'),
    );
    expect(listed.filter((path) => !index.includes(`(${path})`) && !index.includes(`(${path.replace('adr/', '')})`))).toEqual([]);
  });

  it('tells the role of every lib and every app', () => {
    const architecture = textOf('docs/architecture.md');
    const parts = ['libs', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => `${kind}/${name}`));
    expect(parts.filter((part) => !architecture.includes(`\`${part}\``))).toEqual([]);
  });

  it('says nowhere that customers can be joined; decisions are of their time, and so are releases', () => {
    const ofNow = pages.filter((page) => !page.startsWith('docs/adr/') && page !== 'CHANGELOG.md');
    expect(ofNow.flatMap((page) => joinings(textOf(page)).map((clause) => `${page}: ${clause}`))).toEqual([]);
    const claims = [
      'Two customers are merged by',
      '客户可以合并',
      'a page that joins two customers',
      'customers are joined',
      'duplicates: deduplicated',
    ];
    expect(claims.filter((claim) => joinings(`So it is. ${claim}.`).length === 0)).toEqual([]);
  });

  it('names no file that is gone', () => {
    // Paths in text and tables, as `libs/…`, beside the links; patterns and what is yet to be written excepted.
    const named = pages
      .filter((page) => !page.startsWith('docs/how-to'))
      .flatMap((page) => [...textOf(page).matchAll(/`((?:libs|apps|infra|docs)\/[\w./-]+)`/g)].map(([, path = '']) => ({ page, path })));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(({ path }) => !existsSync(join(root, path))).map(({ page, path }) => `${page}: ${path}`)).toEqual([]);
  });
});
