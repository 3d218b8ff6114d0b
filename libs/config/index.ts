export type { Settings } from './declarations.js';
export type { MasterKey } from './setting-types.js';
export { InvalidSettings, loadSettings } from './load-settings.js';
export { REDACTED, redactedSettings, secretKeys, secretLogPaths } from './redaction.js';
