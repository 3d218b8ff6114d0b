// breaks: controller-stays-home
export { CallController } from '@touchline/touchpoints/call/call.controller.js';
