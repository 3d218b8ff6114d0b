import { Lexer, LineCounter, isScalar, parseDocument, visit } from 'yaml';

/** More than any playbook needs, and few enough to be read at once; counted before anything is made of them. */
const MAX_TOKENS = 10_000;
const MAX_ALIASES = 100;

export type ReadYaml = { value: unknown } | { faults: { rule: 'yaml' | 'too-large'; detail: string }[] };

/** One document of plain data. What the reader does is bounded by the length of the text, whatever that holds. */
export function readYaml(text: string): ReadYaml {
  const tooMuch = tooMuchIn(text);
  if (tooMuch !== null) return { faults: [{ rule: 'too-large', detail: tooMuch }] };
  const lineCounter = new LineCounter();
  // The parser's own check compares each key with each, and its words for an error show the lines around it.
  const document = parseDocument(text, { stringKeys: true, uniqueKeys: false, prettyErrors: false, lineCounter });
  // A warning is a tag of no known meaning: the value is not what its writer took it for.
  const problems = [...document.errors, ...document.warnings].map(({ message, pos: [at] }) => {
    const { line, col } = lineCounter.linePos(at);
    return `${message} at line ${line}, column ${col}`;
  });
  const faults = problems.length > 0 ? problems : doubledKeys(document);
  if (faults.length > 0) return { faults: faults.map(yamlFault) };
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
  } catch (error) {
    // An alias of nothing, or aliases that multiply.
    if (!(error instanceof ReferenceError)) throw error;
    return { faults: [yamlFault(error.message)] };
  }
}

const yamlFault = (detail: string): { rule: 'yaml'; detail: string } => ({ rule: 'yaml', detail });

function tooMuchIn(text: string): string | null {
  let tokens = 0;
  let aliases = 0;
  for (const token of new Lexer().lex(text)) {
    if (++tokens > MAX_TOKENS) return `must not have more than ${MAX_TOKENS} parts`;
    if (token.startsWith('*') && ++aliases > MAX_ALIASES) return `must not have more than ${MAX_ALIASES} aliases`;
  }
  return null;
}

function doubledKeys(document: ReturnType<typeof parseDocument>): string[] {
  const faults: string[] = [];
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name: unknown = isScalar(key) ? key.value : key;
        if (seen.has(name)) faults.push(`the key ${String(name)} stands twice in one map`);
        seen.add(name);
      }
    },
  });
  return faults;
}
