// breaks: controller-stays-home
export { latest } from '../call/call.decider.js';
