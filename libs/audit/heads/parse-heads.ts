import type { SignedHead } from './head.js';

/** The file holds no log heads. */
export class UnreadableHeads extends Error {
  override readonly name = 'UnreadableHeads';
}

const TEXTS = ['keyId', 'logId', 'position', 'root', 'signedAt', 'signature'] as const;

/** One head, a list of heads, or the answer of GET /admin/log/heads. @throws UnreadableHeads */
export function parseHeads(text: string, file: string): SignedHead[] {
  const heads = listOf(jsonOf(text));
  if (heads.length === 0 || !heads.every(isHead)) throw new UnreadableHeads(`${file} does not hold log heads`);
  return heads;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const { heads } = (value ?? {}) as { heads?: unknown };
  return Array.isArray(heads) ? heads : [value];
}

function isHead(value: unknown): value is SignedHead {
  const head = (value ?? {}) as Partial<Record<keyof SignedHead, unknown>>;
  return (
    head.format === 'touchline-log-head/1' &&
    Number.isSafeInteger(head.treeSize) &&
    TEXTS.every((member) => typeof head[member] === 'string')
  );
}
