/** What paymux publishes on its channels, as OpenTelemetry spans and metrics, and as log lines. */
export type { Logger } from './log-lines.js'
export type { HttpSpans, MeterProvider, OpenTelemetryApi, TelemetryOptions, TracerProvider } from './options.js'
export { startTelemetry } from './start.js'
