import { variable } from '../environment.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How a service shows what it does, by environment variables. */
export const telemetryFields = {
  OTEL_EXPORTER_OTLP_ENDPOINT: variable
    .text()
    .refine((url) => /^https?:\/\/[^\s]+$/.test(url) && URL.canParse(url), 'must begin with http:// or https://')
    .optional(),
  OTEL_SERVICE_NAME: variable.text().optional(),
  ALO_LOG_LEVEL: variable.choice(logLevels).default('info'),
  ALO_HTTP_PORT: variable.whole(0, 65_535).default(8080),
};
