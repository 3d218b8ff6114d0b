// breaks: topics-are-pure
export { createHash } from 'node:crypto';
