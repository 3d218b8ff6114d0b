export { CallController } from './call/call.controller.js';
