import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Released } from './compatibility.js';
import type { Schema } from './schema.js';

/** Where every version of every schema stands that was ever released: `<type>.v<version>.json`. */
export const releasedFolder = join(import.meta.dirname, 'released');

export const fileOf = ({ type, version }: Pick<Released, 'type' | 'version'>): string => `${type}.v${version}.json`;

/** All of them, in the order of their names. */
export function releasedSchemas(folder = releasedFolder): Released[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const [, type, version] = /^(.+)\.v(\d+)\.json$/.exec(file) ?? [];
      if (type === undefined) return [];
      return [{ type, version: Number(version), schema: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Schema }];
    });
}
