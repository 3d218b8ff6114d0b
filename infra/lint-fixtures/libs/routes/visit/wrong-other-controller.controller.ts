// breaks: controller-stays-home
export { CallController } from '@touchline/routes/call/call.controller.js';
