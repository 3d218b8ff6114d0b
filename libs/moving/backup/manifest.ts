import { canonicalJson } from '@touchline/event-store';
import type { SigningKeys, TextSignature } from '@touchline/audit/heads/head.js';
import type { JsonObject, Position } from '@touchline/core';

export const FORMAT = 'touchline-backup/1';

export interface BackedUpFile extends JsonObject {
  /** Within the folder. */
  file: string;
  bytes: number;
  /** Of the file as it lies there, hex. */
  sha256: string;
}

export interface BackedUpTable extends BackedUpFile {
  table: string;
  columns: string;
  rows: number;
}

/** What a backup holds, and of which moment. */
export interface Manifest extends JsonObject {
  format: typeof FORMAT;
  madeAt: string;
  log: {
    id: string;
    /** On EventStoreDB the log is not in the backup. */
    driver: 'postgres' | 'eventstoredb';
    /** Newest event that the backup, or at that moment the log, holds. */
    head: Position | null;
  };
  /** Views of which no rows are kept, since they hold names in clear; they are folded anew after a restore. */
  foldedAnew: string[];
  schema: BackedUpFile;
  erasures: BackedUpFile;
  tables: BackedUpTable[];
}

/** It is not a backup, not a whole one, not as it was made, or of a format that this release does not know. */
export class UnusableBackup extends Error {
  override readonly name = 'UnusableBackup';
}

const signedText = (manifest: Manifest): string => `${FORMAT} ${canonicalJson(manifest)}`;

export function manifestFile(manifest: Manifest, keys: SigningKeys): string {
  return `${JSON.stringify({ manifest, ...keys.signText(signedText(manifest)) }, null, 2)}\n`;
}

/** @throws UnusableBackup where it was not signed with one of our keys, which also says that not a byte of it was changed */
export function readManifest(text: string, keys: SigningKeys, { anySignature = false } = {}): Manifest {
  const { manifest, ...signature } = parsed(text);
  if ((manifest as { format?: unknown } | undefined)?.format !== FORMAT)
    throw new UnusableBackup(`the manifest is not of format ${FORMAT}`);
  if (!anySignature && !keys.haveSignedText(signedText(manifest), signature))
    throw new UnusableBackup('the manifest was changed, or was signed with a key that LOG_SIGNING_KEYS lacks');
  return manifest;
}

function parsed(text: string): { manifest: Manifest } & TextSignature {
  try {
    const { manifest, keyId, signature } = JSON.parse(text) as { manifest: Manifest; keyId?: unknown; signature?: unknown };
    return { manifest, keyId: typeof keyId === 'string' ? keyId : '', signature: typeof signature === 'string' ? signature : '' };
  } catch {
    throw new UnusableBackup('the manifest cannot be read');
  }
}
