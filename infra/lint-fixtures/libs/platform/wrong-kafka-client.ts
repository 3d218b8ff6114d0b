// breaks: kafkajs-at-home
export { default as kafkajs } from 'kafkajs';
