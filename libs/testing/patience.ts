/**
 * How long a test waits for what must come, ms: so long that only what never comes runs into it, on the slowest machine and beside any
 * load. A deadline in a test is no measure of speed; `npm run bench` measures.
 */
export const PATIENCE_MS = 60_000;

/** Of a client whose server a test takes away: the test sits it out. */
export const DEADLINE_MS = 15_000;

/** Patience, as settings of the platform under test; a test that is about a deadline sets its own. */
export const PATIENT = {
  STORE_TIMEOUT_MS: String(PATIENCE_MS),
  READ_YOUR_WRITE_TIMEOUT_MS: String(PATIENCE_MS),
  REQUEST_TIMEOUT_MS: String(2 * PATIENCE_MS),
};
