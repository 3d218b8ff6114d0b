import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { node } from './touchline.js';

const CHECK = resolve(import.meta.dirname, '../../infra/clients/check.js');

describe('the check of clients', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'touchline-clients-test-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('says of each client and model what is not there, and does not fail for it', async () => {
    const ended = await node([CHECK, '--home', home], { env: { PATH: home, CI: 'true' } });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^clients: 0 compile, 5 left out$/m) });
    expect(ended.stdout).toMatch(/^clients: client for TypeScript LEFT OUT, there is no java$/m);
    expect(ended.stdout).toMatch(/^clients: models of messages for TypeScript LEFT OUT, Modelina could not be fetched$/m);
  });
});
