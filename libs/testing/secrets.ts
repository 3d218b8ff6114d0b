import { randomBytes } from 'node:crypto';

/** The settings that must be secret, fresh; given to several processes they work on one platform. */
export const newSecrets = () => ({
  MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
  LOG_SIGNING_KEYS: `1:${randomBytes(32).toString('base64')}`,
  IDENTITY_HMAC_SECRET: randomBytes(48).toString('base64'),
  TOKEN_SIGNING_KEY: randomBytes(48).toString('base64'),
});
