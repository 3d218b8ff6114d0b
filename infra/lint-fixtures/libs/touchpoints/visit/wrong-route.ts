// breaks: routes-are-on-top
export { CallController } from '../call/call.controller.js';
