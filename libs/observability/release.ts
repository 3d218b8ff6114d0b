import { readFileSync } from 'node:fs';

/** Version of the platform, as package.json says it, which lies above the code, compiled or not. */
export function release(): string {
  for (let folder = new URL('.', import.meta.url); folder.pathname !== '/'; folder = new URL('..', folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { name?: string; version?: string };
      if (name === 'touchline' && version !== undefined) return version;
    } catch {
      // No such file in this folder.
    }
  }
  return 'unknown';
}
