// breaks: opentelemetry-at-home
export { trace } from '@opentelemetry/api';
