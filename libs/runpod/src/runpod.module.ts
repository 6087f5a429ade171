import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { Metrics } from '#libs/metrics';
import { RUNPOD_CLIENT_OPTIONS, RunpodClient, type RunpodClientOptions } from './runpod-client.js';

/** RunPod answers /run and /status within seconds or not at all. */
const requestTimeoutMs = 30_000;

/** Provides the process's one {@link RunpodClient}: the limits it keeps are those of the whole process. */
@Module({
  providers: [
    {
      provide: RUNPOD_CLIENT_OPTIONS,
      useFactory: (config: Config, metrics: Metrics): RunpodClientOptions => ({
        baseUrl: config.runpodBaseUrl,
        apiKey: config.runpodApiKey,
        timeoutMs: requestTimeoutMs,
        onCall: (call, outcome, seconds) => metrics.observe('runpodCallSeconds', { call, outcome }, seconds),
      }),
      inject: [CONFIG, Metrics],
    },
    RunpodClient,
  ],
  exports: [RunpodClient],
})
export class RunpodModule {}
