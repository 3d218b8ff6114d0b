import { execFileSync } from 'node:child_process';
import { chmodSync, constants, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lays out what the test run's database and Kafka need, and starts neither: the first test file that asks does (`postgres.ts`,
 * `kafka.ts`).
 * Jest loads this file alone, outside its module mapping, so it imports nothing of ours.
 */
export default function setUpTestRun(): void {
  const directory = mkdtempSync(join(tmpdir(), 'touchline-tests-'));
  // The server may run as another user, who must be able to pass.
  chmodSync(directory, 0o711);
  const tether = join(directory, 'tether');
  execFileSync('mkfifo', ['-m', '600', tether]);
  // This process holds the only writing end for the whole run: the server ends when we do, killed or not.
  const fd = openSync(tether, constants.O_RDWR);
  process.env['TOUCHLINE_TEST_RUN'] = directory;
  process.env['TOUCHLINE_TEST_RUN_TETHER'] = String(fd);
}
