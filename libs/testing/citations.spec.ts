import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decisionsCited, namesPlace, sectionsCited, sectionsOf, textsOf, unknownNames, writtenFiles } from './citations.js';

// A rule that code rests on has a place here: a section of docs/domain.md, or a decision of docs/adr (CONTRIBUTING).

const root = resolve(import.meta.dirname, '../..');
const GUIDE = 'docs/domain.md';
const files = writtenFiles();
/** These two hold examples of every fault. */
const code = [...files].filter(([path]) => !path.startsWith('libs/testing/citations.'));
const sections = sectionsOf(files.get(GUIDE) ?? '');
const decisions = readdirSync(join(root, 'docs/adr')).flatMap((name) => /^(\d{4})-.+\.md$/.exec(name)?.[1] ?? []);

/** Released with this text, which is why it stays: what was released keeps its bytes. */
const RELEASED_SO = 'true where the caller left contact details; such a call is a reception (domain §6)';

/** `path: fault` of every fault in the files. */
const faults = (from: readonly (readonly [string, string])[], faultsIn: (text: string, path: string) => string[]): string[] =>
  from.flatMap(([path, text]) => faultsIn(text, path).map((fault) => `${path}: ${fault}`));

describe('citations', () => {
  it('of the business name a section that the guide has', () => {
    const unfound = (text: string, path: string): string[] =>
      sectionsCited(text)
        .filter(({ of }) => of === 'domain' || of === '')
        .filter(({ number, of }) => !sections.includes(number) || (of === '' && path !== GUIDE))
        .map(({ number, of }) => `${of} §${number}`);
    expect(sections.length).toBeGreaterThan(50);
    expect(new Set(sections).size).toBe(sections.length);
    expect(code.flatMap(([, text]) => sectionsCited(text)).length).toBeGreaterThan(100);
    expect(faults(code, unfound)).toEqual([]);
    // So it would tell each: no such section, one that is of nothing, and the second of a list.
    expect(unfound('(domain §6.99)', '')).toEqual(['domain §6.99']);
    expect(unfound('as in §6.1', '')).toEqual([' §6.1']);
    expect(unfound('domain §6.1, §99', '')).toEqual(['domain §99']);
    expect(unfound('RFC 6962 §2.1.1, domain §6.1, §13.4 and §6 of the guide', GUIDE)).toEqual([]);
  });

  it('of decisions name a file that there is, and no number is given twice', () => {
    const unfound = (text: string): string[] => decisionsCited(text).filter((number) => !decisions.includes(number));
    expect(new Set(decisions).size).toBe(decisions.length);
    expect(code.flatMap(([, text]) => decisionsCited(text)).length).toBeGreaterThan(200);
    expect(faults(code, unfound)).toEqual([]);
    expect(unfound('(ADR 0013, 9998), docs/adr/9997 and ADR 0029 and 9996')).toEqual(['9998', '9997', '9996']);
  });

  it('name nothing that stands nowhere', () => {
    const written = code.filter(([path]) => !path.endsWith('.json'));
    expect(faults(written, unknownNames)).toEqual([]);
    expect(unknownNames('sites (D4), as D18 says; not P1, 3D, D-Day or AD12')).toEqual(['D4', 'D18']);
  });

  it('stand in no text for users: what programs say, generated pages, released forms', () => {
    // OpenAPI, AsyncAPI, problems and help are made of what the programs hold.
    const programs = code.filter(([path]) => /^(apps|libs)\/.*(?<!spec)\.ts$/.test(path) && !/\/(testing|bench)\//.test(path));
    const said = faults(
      programs.filter(([, text]) => namesPlace(text)),
      (text, path) => textsOf(path, text).filter((each) => namesPlace(each) && each !== RELEASED_SO),
    );
    expect(said).toEqual([]);

    const generated = ['.env.example', 'docs/configuration.md', 'docs/import-fields.md', 'docs/permissions.md'];
    const told = code.filter(([path]) => generated.includes(path) || /^libs\/(topics\/released|playbooks\/shipped)\//.test(path));
    expect(told.length).toBeGreaterThan(generated.length);
    // A playbook's own comments are not read.
    const asTold = (text: string): string => text.replaceAll(/^# .*$/gm, '').replaceAll(RELEASED_SO, '');
    expect(faults(told, (text, path) => (namesPlace(path.startsWith('.env') ? text : asTold(text)) ? ['names a place'] : []))).toEqual([]);

    const sample = "const a = 'why (domain §13)'; /* ADR 0013 */ const b = `x ${a} (D4)`; const c = `select 1\n  -- once (ADR 0002)`;";
    expect(textsOf('sample.ts', sample).filter(namesPlace)).toEqual(['why (domain §13)', ' (D4)']);
  });

  it('tell what was released with one, as it is', () => {
    const released = readFileSync(join(root, 'libs/topics/released/intake.call-received.v1.json'), 'utf8');
    expect(released).toContain(RELEASED_SO);
  });
});
