// breaks: domain-imports
export { latest } from '../call/call.decider.js';
