import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');

interface Service {
  environment?: Record<string, string>;
  ports?: string[];
  healthcheck?: object;
  build?: string;
}

describe('docker-compose.yml', () => {
  let text = '';
  let services: Record<string, Service> = {};
  let folder = '';
  beforeAll(async () => {
    text = await readFile(join(root, 'docker-compose.yml'), 'utf8');
    ({ services } = parse(text, { merge: true }) as { services: Record<string, Service> });
    folder = await mkdtemp(join(tmpdir(), 'compose-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What the check in CI says of a file: '' where it is valid. */
  async function check(content: string): Promise<string> {
    const file = join(folder, 'docker-compose.yml');
    await writeFile(file, content);
    return promisify(execFile)(process.execPath, [join(root, 'infra/check-compose.js'), file]).then(
      () => '',
      (error: unknown) => (error as { stderr: string }).stderr,
    );
  }

  it('is valid by the Compose specification', async () => {
    expect(await check(text)).toBe('');
  });

  it.each([
    ['a condition that does not exist', 'condition: service_healthy', 'condition: service_happy', /condition must be equal to one of/],
    ['a misspelt key', 'healthcheck:', 'healthchek:', /"unevaluatedProperty":"healthchek"|"additionalProperty":"healthchek"/],
    ['a wrong type', 'read_only: true', 'read_only: [yes]', /read_only must be/],
  ])('is refused with %s', async (_, from, to, fault) => {
    expect(text).toContain(from);
    expect(await check(text.replace(from, to))).toMatch(fault);
  });

  it('runs the apps and their three servers', () => {
    expect(Object.keys(services).sort()).toEqual(['api', 'eventstore', 'intake', 'kafka', 'postgres', 'projector', 'relay']);
    for (const [name, service] of Object.entries(services)) expect([name, service.healthcheck ?? service.build]).not.toContain(undefined);
  });

  it('opens ports to this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(3);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('holds no secret, and does not start without one', () => {
    const held = Object.values(services).flatMap(({ environment }) => Object.entries(environment ?? {}));
    const secrets = held.filter(([name]) => /KEY|SECRET|PASSWORD|DATABASE_URL/.test(name));
    expect([...new Set(secrets.map(([name]) => name))].sort()).toEqual([
      'DATABASE_URL',
      'IDENTITY_HMAC_SECRET',
      'LOG_SIGNING_KEYS',
      'MASTER_KEYS',
      'POSTGRES_PASSWORD',
      'TOKEN_SIGNING_KEY',
    ]);
    expect(secrets.filter(([, value]) => !/\$\{[A-Z_]+:\?/.test(value))).toEqual([]);
  });
});
