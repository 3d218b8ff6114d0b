/** A signal that Ctrl-C or SIGTERM aborts; a second time ends the process at once. */
export function untilInterrupted(message: string): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
  const stop = (): void => {
    release();
    controller.abort();
    process.stderr.write(`\n${message}`);
  };
  // Without a handler of ours a signal ends the process.
  const release = (): void => SIGNALS.forEach((name) => process.off(name, stop));
  for (const name of SIGNALS) process.on(name, stop);
  return { signal: controller.signal, release };
}
