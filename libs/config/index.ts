export type { Settings } from './declarations.js';
export { InvalidSettings, loadSettings } from './load-settings.js';
export { REDACTED, redactedSettings, secretLogPaths } from './redaction.js';
