const LOST_SQL_STATES = new Set([
  '57P01', // the server was told to stop
  '57P02', // it crashed
  '57P03', // it is starting or stopping
  '57P05', // an idle session was ended
  '53300', // it has no connection left
]);

const LOST_SYSTEM_CODES = new Set(
  'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENETDOWN ENOTFOUND EAI_AGAIN'.split(' '),
);

/** What pg says, without a code, when a connection breaks or none comes about in time. */
const LOST_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout e|This socket has been ended)/;

/** True where the server could not be reached or the connection broke: worth another try on another connection. */
export function isConnectionLoss(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, errors } = error as { code?: unknown; message?: unknown; errors?: unknown };
  // Node gives one error per address of the host it tried.
  if (Array.isArray(errors) && errors.some(isConnectionLoss)) return true;
  if (typeof code !== 'string') return typeof message === 'string' && LOST_MESSAGES.test(message);
  return code.startsWith('08') || LOST_SQL_STATES.has(code) || LOST_SYSTEM_CODES.has(code);
}

/** The SQLSTATE of a database's refusal; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
