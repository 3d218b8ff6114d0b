import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect, createServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEventStoreAddress } from '@touchline/config/event-store-address.js';
import { parse } from 'yaml';
import { makeAuthority, missingForAuthority } from './authority.js';

const root = resolve(import.meta.dirname, '../..');

interface Service {
  image?: string;
  command?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
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
    const onceOnly = new Set(
      Object.values(services).flatMap(({ depends_on = {} }) =>
        Object.entries(depends_on).flatMap(([name, { condition }]) => (condition === 'service_completed_successfully' ? [name] : [])),
      ),
    );
    expect([...onceOnly].sort()).toEqual(['eventstore-authority', 'eventstore-rights']);
    const running = Object.entries(services).filter(([name]) => !onceOnly.has(name));
    expect(running.map(([name]) => name).sort()).toEqual(['api', 'eventstore', 'intake', 'kafka', 'postgres', 'projector', 'relay']);
    for (const [name, service] of running) expect([name, service.healthcheck ?? service.build]).not.toContain(undefined);
  });

  describe('has the log on a server', () => {
    it('of a version that the docs call proven', async () => {
      const version = /^eventstore\/eventstore:(\d+\.\d+\.\d+)-/.exec(services['eventstore']?.image ?? '')?.[1] ?? 'none';
      const docs = await readFile(join(root, 'docs/eventstoredb.md'), 'utf8');
      expect(docs).toContain(`| EventStoreDB ${version} |`);
    });

    it('over TLS, which the platform signs in to as the user that may append and read only, never as an administrator', () => {
      expect(Object.keys(services['eventstore']?.environment ?? {}).filter((name) => /INSECURE/.test(name))).toEqual([]);
      for (const name of ['api', 'projector', 'intake', 'relay']) {
        const { environment = {}, depends_on = {}, volumes = [] } = services[name] ?? {};
        const address = environment['EVENTSTORE_URL']?.replace(/\$\{EVENTSTORE_PASSWORD:\?[^}]*\}/, 'secret') ?? '';
        expect(readEventStoreAddress(address)).toMatchObject({ server: 'eventstore:2113', user: { username: 'touchline' } });
        expect(address).toContain('?tlsCAFile=/trust/ca.crt');
        expect(volumes).toEqual(['eventstore-trust:/trust:ro']);
        expect([environment['EVENTSTORE_ADMIN_PASSWORD'], depends_on['eventstore-rights']?.condition]).toEqual([
          '',
          'service_completed_successfully',
        ]);
      }
      expect(services['eventstore-rights']?.command?.at(-1)).toContain('log grant');
    });

    it(`with a certificate that who trusts its authority takes${missingForAuthority === null ? '' : `: not tried, ${missingForAuthority}`}`, async () => {
      if (missingForAuthority !== null) return;
      const made = await makeAuthority(folder);
      const [cert, key, ca] = [await readFile(made.cert), await readFile(made.key), await readFile(made.ca)];
      await makeAuthority(folder);
      expect(await readFile(made.cert)).toEqual(cert);
      const server = createServer({ cert, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const calling = (servername: string, trusted: Buffer | undefined) =>
        new Promise<string>((resolve) => {
          const socket = connect({ port, host: '127.0.0.1', servername, ...(trusted && { ca: trusted }) });
          socket
            .on('secureConnect', () => resolve('taken'))
            .on('error', ({ message }: Error) => resolve(message))
            .on('close', () => socket.destroy());
        });
      expect(await calling('eventstore', ca)).toBe('taken');
      expect(await calling('elsewhere', ca)).toMatch(/does not match/);
      expect(await calling('eventstore', undefined)).toMatch(/certificate/);
      server.close();
    });
  });

  it('opens ports to this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(3);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('holds no secret, and does not start without one', () => {
    const held = Object.values(services).flatMap(({ environment }) => Object.entries(environment ?? {}));
    const secrets = held.filter(([name]) => /KEY|SECRET|PASSWORD|DATABASE_URL|EVENTSTORE_URL/.test(name) && !/_FILE$/.test(name));
    expect([...new Set(secrets.map(([name]) => name))].sort()).toEqual([
      'DATABASE_URL',
      'EVENTSTORE_ADMIN_PASSWORD',
      'EVENTSTORE_DEFAULT_ADMIN_PASSWORD',
      'EVENTSTORE_DEFAULT_OPS_PASSWORD',
      'EVENTSTORE_URL',
      'IDENTITY_HMAC_SECRET',
      'LOG_SIGNING_KEYS',
      'MASTER_KEYS',
      'POSTGRES_PASSWORD',
      'TOKEN_SIGNING_KEY',
    ]);
    expect(secrets.filter(([, value]) => value !== '' && !/\$\{[A-Z_]+:\?/.test(value))).toEqual([]);
  });
});
