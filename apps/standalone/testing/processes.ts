import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach } from '@jest/globals';
import { TENANT } from '@touchline/demo';

export const root = resolve(import.meta.dirname, '../../..');
export const STARTS_IN_MS = 120_000;

/** What `npm start` says when it is ready: its address, and the password. */
export const READY = /ready at (\S+)[^]*password (\S+) as[^]*Ctrl-C/;

/** A process of the platform as an operator runs it. */
export interface Running {
  said(): { out: string; errors: string };
  /** What SIGTERM leads to: the exit code, null where it had to be killed. */
  stop(): Promise<number | null>;
}

/** Starts apps and waits until they have said `ready`; what still runs after a test is killed. */
export function useProcesses() {
  const children = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  return async (app: string, env: Record<string, string>, ready: RegExp): Promise<Running & { ready: RegExpExecArray }> => {
    const child = spawn(process.execPath, [join(root, 'dist/apps', app, 'main.js')], {
      env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const gone = once(child, 'exit').then(() => children.delete(child));
    let [out, errors] = ['', ''];
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const said = await new Promise<RegExpExecArray>((resolveReady, reject) => {
      const late = setTimeout(() => reject(new Error(`${app} was not ready in time: ${out}${errors}`)), STARTS_IN_MS);
      child.stdout.on('data', (text: Buffer) => {
        out += text.toString();
        const found = ready.exec(out);
        if (found !== null) resolveReady(found);
      });
      void gone.then(() => {
        clearTimeout(late);
        reject(new Error(`${app} ended: ${out}${errors}`));
      });
    });
    const stop = async (): Promise<number | null> => {
      child.kill('SIGTERM');
      await gone;
      return child.exitCode;
    };
    return { ready: said, said: () => ({ out, errors }), stop };
  };
}

/** A signed-in person's requests. */
export async function signedIn(url: string, login: string, password: string, tenant = TENANT) {
  const json = { 'content-type': 'application/json' };
  const send = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await fetch(url + path, init);
    const body = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body}`);
    return JSON.parse(body) as T;
  };
  const body = JSON.stringify({ tenant, login, password });
  const { token } = await send<{ token: string }>('/sign-in', { method: 'POST', headers: json, body });
  const headers = { ...json, authorization: `Bearer ${token}` };
  return {
    token,
    get: <T>(path: string) => send<T>(path, { headers }),
    post: <T>(path: string, sent: object) =>
      send<T>(path, { method: 'POST', headers: { ...headers, 'idempotency-key': randomUUID() }, body: JSON.stringify(sent) }),
  };
}

export type SignedIn = Awaited<ReturnType<typeof signedIn>>;
