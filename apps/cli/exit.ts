/** Exit codes; docs/import.md explains them. */
export const EXIT = {
  /** Everything was recorded, now or before. */
  done: 0,
  /** Something failed on the way; the same command goes on. */
  failed: 1,
  /** The command line, the settings, the mapping or the source cannot be used; nothing was recorded. */
  unusable: 2,
  /** Done, but not everything: the report says what is not recorded and why. */
  reported: 3,
  /** Stopped by Ctrl-C or SIGTERM; the same command goes on. */
  interrupted: 130,
  /** Whoever read what is printed reads no further, as `| head` does; the same command goes on. */
  unread: 141,
} as const;

const FILE_CODES = new Set(['ENOENT', 'EISDIR', 'ENOTDIR', 'EACCES', 'EROFS']);

/** A file that is not there or may not be used: its message names it. */
export const ofTheSystem = (error: unknown): error is Error =>
  error instanceof Error && ('path' in error || 'syscall' in error) && FILE_CODES.has(String((error as NodeJS.ErrnoException).code));
