// breaks: domain-imports
export { Injectable } from '@nestjs/common';
